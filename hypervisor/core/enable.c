// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/learn.h>
#include <hv/log.h>
#include <hv/log_uart.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/rendezvous.h>
#include <hv/report.h>
#include <hv/root.h>
#include <hv/unit.h>
#include <refuse.h>

const struct jh_boot_info *system_info;
const void *system_config;
static bool enabled;
static struct rendezvous rendezvous;

static int enable_check(u32 cpu, struct jh_error *error)
{
	const struct jh_boot_info *info = system_info;
	int err;

	(void)cpu;
	report_init();
	system_config = pa_to_va(PA(info->hv_address + info->config_offset));
	pool_init(pa_to_va(PA(info->hv_address + info->pool_offset)),
		  (info->hv_size - info->pool_offset) / PAGE_SIZE);
	log_uart_init((void *)info->device_va[JH_BOOT_CONSOLE], NULL);
	/*
	 * The driver has checked the contents with the same code. To check them again would protect
	 * nobody: until the hypervisor runs, root can change the hypervisor itself.
	 */
	err = config_check_frame(system_config, info->config_size, JH_CONFIG_SYSTEM, error);
	if (err)
		return err;
	log_uart_init((void *)info->device_va[JH_BOOT_CONSOLE], config_console(system_config));
	return unit_check(system_config, error);
}

static int enable_build(u32 cpu, struct jh_error *error)
{
	const struct jh_config_system *system = config_system(system_config);
	int err;

	(void)cpu;
	owner_init();
	learn_init(system->flags);
	root_init();
	err = unit_build(system_config, error);
	if (err)
		return err;
	err = root_map(error);
	if (err)
		return err;
	cell_set(CELL_ROOT, &root_cell);
	return 0;
}

/* Root's map is as wide as the machine's highest address asks for: can this CPU walk it? */
static int enable_prepare(u32 cpu, struct jh_error *error)
{
	u32 bits = arch_address_bits();

	if (root_cell.pt.bits > bits)
		return refuse_value(error, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0, system_info->max_address,
				    (1UL << bits) - 1);
	return arch_cpu_prepare(cpu, error);
}

struct phase {
	int (*run)(u32 cpu, struct jh_error *error);
	bool first_only;
};

/* The order of bring-up. All CPUs wait for each other after each phase; any failure ends it. */
static const struct phase phases[] = {
	{ enable_check, true },
	{ enable_build, true },
	{ enable_prepare, false },
};

_Static_assert(ARRAY_SIZE(phases) <= RENDEZVOUS_TIMES, "a verdict for each");

static void enable_commit(u32 cpu)
{
	cpus[cpu].report->state = JH_CPUREP_RUNNING;
	store_release(&cpus[cpu].state, CPU_RUNNING);
	arch_cpu_commit(cpu);
}

/* A CPU that root ran without the hypervisor, while no cell existed, and now hands over again. */
static int enable_late(u32 cpu)
{
	struct jh_error error = { 0 };
	int err;

	if (!cpu_mask_has(system_info->cpu_mask, cpu) ||
	    load_acquire(&cpus[cpu].state) != CPU_UNMANAGED)
		return -EINVAL;
	err = enable_prepare(cpu, &error);
	if (!err)
		enable_commit(cpu);
	return err;
}

int enable_cpu(u32 cpu, const struct jh_boot_info *info)
{
	struct jh_error error = { 0 };
	bool first = info->cpu_mask >> cpu == 1;	/* the highest number */
	u32 i;
	int err = 0;

	if (load_acquire(&enabled))
		return enable_late(cpu);
	/* Every CPU stores the same value. */
	store_release(&system_info, info);
	for (i = 0; i < ARRAY_SIZE(phases); i++) {
		if (first || !phases[i].first_only)
			err = phases[i].run(cpu, &error);
		if (err)
			report_error(&error, err);
		err = rendezvous_wait(&rendezvous, info->cpu_mask, i + 1, &info->turned_away, err);
		if (err)
			return err;
	}
	enable_commit(cpu);
	if (first) {
		root_cell.pt.live = true;
		cell_set_state(&root_cell, JH_CELL_RUNNING);
		log_printf("jh: enabled, %u pages of %u in use\n", (u32)pool_used(),
			   (u32)pool_size());
		report.head.pool_used = pool_used();
		store_release(&report.head.enabled, 1);
		store_release(&enabled, true);
	}
	return 0;
}
