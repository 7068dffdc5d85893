// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell's CPUs change hands while they are parked.
 */
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/report.h>
#include <hv/sample.h>
#include <hv/trace.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>

/* While any cell exists, every CPU of root that runs must run under the hypervisor. */
static int check_root_cpus(struct jh_error *error)
{
	u64 left = root_cell.cpu_mask;
	u32 cpu;

	while (left) {
		cpu = cpu_mask_next(&left);
		if (load_acquire(&cpus[cpu].state) == CPU_UNMANAGED)
			return refuse_value(error, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, 0, cpu, 0);
	}
	return 0;
}

static int refuse_cpu_taken(struct jh_error *error, u32 index, u32 cpu)
{
	int err = refuse_value(error, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, index, cpu, 0);

	error->other_object = JH_OBJ_CELL;
	error->cell = cpus[cpu].cell->id;
	return err;
}

/* Each CPU is marked STARTING, so that root's CPU_ON cannot race with the change of owner. */
static int cpus_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_cpu *list;
	u32 i, n;
	int err = check_root_cpus(error);

	if (err)
		return err;
	list = config_cpus(cell->config, &n);
	for (i = 0; i < n; i++) {
		struct cpu *cpu = &cpus[list[i].cpu];

		if (!cpu->cell)
			return refuse_value(error, JH_ERR_CPU_ABSENT, JH_OBJ_CPU, i, list[i].cpu,
					    0);
		if (cpu->cell != &root_cell)
			return refuse_cpu_taken(error, i, list[i].cpu);
		if (!compare_exchange(&cpu->state, CPU_PARKED, CPU_STARTING))
			return refuse_value(error, JH_ERR_CPU_HOTPLUG, JH_OBJ_CPU, i, list[i].cpu,
					    0);
		cell->cpu_mask |= BIT(list[i].cpu);
		cell->order[cell->num_cpus++] = (u8)list[i].cpu;
	}
	return 0;
}

static void park(u64 mask)
{
	while (mask)
		store_release(&cpus[cpu_mask_next(&mask)].state, CPU_PARKED);
}

static void cpus_commit(struct cell *cell)
{
	u32 i;

	fetch_and(&root_cell.cpu_mask, ~cell->cpu_mask);
	root_cell.report->cpu_mask = root_cell.cpu_mask;
	for (i = 0; i < cell->num_cpus; i++) {
		struct cpu *cpu = &cpus[cell->order[i]];

		cpu->cell = cell;
		cpu->place = i;
		report_cpu_moves(cpu->report, cell->id);
	}
	sample_forget(cell->cpu_mask);
	trace_forget(cell->cpu_mask);
	/* Whoever finds the CPU parked from here on also finds its new owner. */
	park(cell->cpu_mask);
}

static void cpus_revert(struct cell *cell)
{
	u64 left = cell->cpu_mask;

	trace_forget(left);
	while (left) {
		u32 cpu = cpu_mask_next(&left);

		report_cpu_moves(cpus[cpu].report, CELL_ROOT);
		cpus[cpu].report->state = JH_CPUREP_PARKED;
		/* From here on root may turn it on. */
		store_release(&cpus[cpu].cell, &root_cell);
	}
	fetch_or(&root_cell.cpu_mask, cell->cpu_mask);
	root_cell.report->cpu_mask = root_cell.cpu_mask;
	cell->cpu_mask = 0;
}

/* Park the CPUs that are still marked STARTING; after cpus_revert() there are none. */
static void cpus_release(struct cell *cell)
{
	park(cell->cpu_mask);
}

const struct unit unit_cpus = {
	.cell_prepare = cpus_prepare,
	.cell_commit = cpus_commit,
	.cell_revert = cpus_revert,
	.cell_release = cpus_release,
};
