// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Moving CPUs from Linux to a cell and back, by CPU hotplug.
 */
#include "jh.h"
#include "compat.h"

#include <linux/cpu.h>
#include <linux/nospec.h>

/* CPUs of destroyed cells that Linux gets once there is no cell (compat_needs_el2_starts()). */
static u64 cpus_waiting;

static struct jh_cell *owner_of_cpu(u32 cpu)
{
	struct jh_cell *cell;

	list_for_each_entry(cell, &jh_cells, list)
		if (cell->cpus_taken & BIT_ULL(cpu))
			return cell;
	return NULL;
}

/* @cpu < JH_MAX_CPUS: the configuration was checked. */
static int check_cpu(u32 cpu, u32 index, struct jh_error *err)
{
	struct jh_cell *owner;
	int code;

	cpu = array_index_nospec(cpu, JH_MAX_CPUS);
	owner = owner_of_cpu(cpu);
	if (owner) {
		code = refuse_other(err, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, index, JH_OBJ_CELL,
				    owner->id);
		err->cell = owner->id;
		err->value = cpu;
		return code;
	}
	if (cpu >= nr_cpu_ids || !cpu_present(cpu))
		return refuse_value(err, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, index, cpu, 0);
	if (!cpu_online(cpu) && !(cpus_waiting & BIT_ULL(cpu)))
		return refuse_value(err, JH_ERR_CPU_OFFLINE, JH_OBJ_CPU, index, cpu, 0);
	return 0;
}

/** jh_cpus_check() - can a cell have the CPUs of its checked configuration? 0 or -errno */
int jh_cpus_check(const void *config, struct jh_error *err)
{
	u32 i, count, online = 0;
	const struct jh_config_cpu *cpus = config_cpus(config, &count);
	int code = 0;

	for (i = 0; !code && i < count; i++) {
		code = check_cpu(cpus[i].cpu, i, err);
		online += !code && cpu_online(cpus[i].cpu);
	}
	if (!code && online >= num_online_cpus())
		code = refuse_value(err, JH_ERR_CPU_LAST, JH_OBJ_CPU, count - 1,
				    cpus[count - 1].cpu, 0);
	return code;
}

/**
 * jh_cpus_give_back() - bring the CPUs of a cell that is gone, or was not created, back online
 *
 * With compat_needs_el2_starts() they wait until no cell is left.
 */
void jh_cpus_give_back(struct jh_cell *cell)
{
	const char *name = kobject_name(&cell->kobj);
	u32 cpu;

	cpus_waiting |= cell->cpus_taken;
	cell->cpus_taken = 0;
	if (compat_needs_el2_starts() && jh_report_any_cell()) {
		pr_info("CPUs of cell %s come back when there are no cells\n", name);
		return;
	}
	/* A result above 0 means that it is online already: user space was faster. */
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		if ((cpus_waiting & BIT_ULL(cpu)) && add_cpu(cpu) < 0)
			pr_err("CPU %u of cell %s does not come back: "
			       "echo 1 >/sys/devices/system/cpu/cpu%u/online tries again\n",
			       cpu, name, cpu);
	cpus_waiting = 0;
}

static int take_cpu(u32 cpu)
{
	if (!(cpus_waiting & BIT_ULL(cpu)))
		return remove_cpu(cpu);
	cpus_waiting &= ~BIT_ULL(cpu);
	return 0;
}

/** jh_cpus_take() - take the CPUs of a cell offline: all of them, or none. 0 or -errno */
int jh_cpus_take(struct jh_cell *cell, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_cpu *cpus = config_cpus(cell->config, &count);

	for (i = 0; i < count; i++) {
		if (take_cpu(cpus[i].cpu)) {
			jh_cpus_give_back(cell);
			return refuse_value(err, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, i, cpus[i].cpu,
					    0);
		}
		cell->cpus_taken |= BIT_ULL(cpus[i].cpu);
	}
	return 0;
}
