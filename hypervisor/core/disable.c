// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/disable.h>
#include <hv/errno.h>
#include <hv/rendezvous.h>
#include <hv/report.h>
#include <refuse.h>
#include <string.h>

/*
 * Attempts use these structures in turn: a CPU may still be looking at the one of the last attempt
 * when that of the next one is cleared.
 */
#define TRIES	4
static struct rendezvous ends[TRIES];
static u32 try;
static const u32 nobody_turned_away;

/* No CPU returns before all have come for the @nth time; the next attempt has a new structure. */
static int try_again(struct rendezvous *end, u64 online, u32 nth, int err)
{
	(void)rendezvous_wait(end, online, nth, &nobody_turned_away, err);
	if (online >> this_cpu() == 1) {
		memset(&ends[(try + 2) % TRIES], 0, sizeof(*ends));
		store_release(&try, try + 1);
	}
	return err;
}

/*
 * A CPU that waits inside the hypervisor, or is still on its way to firmware, executes code in
 * memory that Linux is about to get back. Each must be off; if one is not, jh stays enabled.
 */
static int kill_parked(u64 mask, struct jh_error *error)
{
	u32 cpu;

	while (mask) {
		cpu = cpu_mask_next(&mask);
		if (arch_cpu_kill(&cpus[cpu]))
			return refuse_value(error, JH_ERR_CPU_STAYS, JH_OBJ_MACHINE, 0, cpu, 0);
	}
	return 0;
}

/* The lowest cell but root; CELL_ROOT if there is none. */
static u32 first_cell(void)
{
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++)
		if (cell_get(id))
			return id;
	return CELL_ROOT;
}

int disable_cpu(void)
{
	struct rendezvous *end = &ends[load_acquire(&try) % TRIES];
	u64 online = 0, parked = 0, left = root_cell.cpu_mask;
	struct jh_error error = { 0 };
	u32 cpu, state, cell;
	int err;

	while (left) {
		cpu = cpu_mask_next(&left);
		state = load_acquire(&cpus[cpu].state);
		if (state == CPU_RUNNING)
			online |= BIT(cpu);
		else if (state != CPU_UNMANAGED)
			parked |= BIT(cpu);
	}
	cell = first_cell();
	if (cell != CELL_ROOT) {
		err = refuse(&error, JH_ERR_CELLS_ALIVE, JH_OBJ_CELL, cell);
		return report_error(&error, err);
	}
	/* An interrupt in flight that cannot be put back must be delivered first. */
	err = rendezvous_wait(end, online, 1, &nobody_turned_away,
			      arch_cpu_may_release() ? 0 : -EAGAIN);
	if (err)
		return try_again(end, online, 2, err);
	if (online >> this_cpu() == 1) {
		err = kill_parked(parked, &error);
		if (err)
			report_error(&error, err);
		else
			store_release(&report.head.enabled, 0);
	}
	err = rendezvous_wait(end, online, 2, &nobody_turned_away, err);
	if (err)
		return try_again(end, online, 3, err);
	arch_cpu_release(this_cpu());
}
