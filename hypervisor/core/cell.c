// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell's life:
 *
 *	CREATED -> LOADING -> LOADED -> RUNNING -> STOPPED | FAILED -> DYING -> gone
 *	              ^                    ^_________|________|
 *	              |_ load ___ LOADED, STOPPED, FAILED
 */
#include <config.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/comm.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/crash.h>
#include <hv/log.h>
#include <hv/report.h>
#include <hv/sample.h>
#include <hv/unit.h>
#include <refuse.h>
#include <string.h>

struct cell root_cell;
static struct cell *cells[JH_MAX_CELLS];
static u32 num_cells;

struct cell *cell_get(u64 id)
{
	return id < JH_MAX_CELLS ? cells[id] : NULL;
}

u32 cell_count(void)
{
	return num_cells;
}

void cell_set(u32 id, struct cell *cell)
{
	num_cells += (cell != NULL) - (cells[id] != NULL);
	cells[id] = cell;
}

void cell_set_state(struct cell *cell, u32 state)
{
	store_release(&cell->state, state);
	report_cell_changed(cell->id, state);
}

int cell_start(struct cell *cell, u32 restarts, struct jh_error *error)
{
	u64 left = cell->cpu_mask;
	u64 lost = cpu_wait_state(cell->cpu_mask, CPU_PARKED);

	if (lost)
		return refuse_value(error, JH_ERR_CPU_LOST, JH_OBJ_CELL, cell->id,
				    cpu_mask_next(&lost), 0);
	unit_reset(cell);
	memset(&cell->report->crash, 0, sizeof(cell->report->crash));
	cell->report->comm_state = JH_COMM_RUNNING;
	cell->report->starts++;
	cell->report->restarts = restarts;
	cell->report->reset = 0;
	while (left)
		cpus[cpu_mask_next(&left)].report->state = JH_CPUREP_PARKED;
	sample_forget(cell->cpu_mask);
	arch_sync_instructions();
	cell->pt.live = true;
	cell_set_state(cell, JH_CELL_RUNNING);
	/* Cannot fail: all CPUs are parked, and nobody but the lock's holder starts them. */
	cpu_turn_on(&cpus[cell->order[0]], cell->report->entry, cell->report->argument,
		    CPU_REQ_START);
	return 0;
}

/*
 * Recall CPUs of a cell from its guest. With direct interrupts the kick would arrive in the guest
 * itself, so the guest's memory is taken away first: whatever the CPU executes next faults to the
 * hypervisor, where the CPU finds the request that was noted before.
 */
static void recall_cpus(struct cell *cell, u64 mask)
{
	cpu_note(mask, CPU_REQ_PARK);
	if (cell_is_direct(cell) && !exchange(&cell->is_revoked, 1))
		pgtable_revoke(&cell->pt, cell->revoked);
	arch_kick(mask);
}

int cell_stop(struct cell *cell, struct jh_error *error)
{
	u64 lost;

	/*
	 * The state changes before the request: a CPU that a sibling turns on looks at it (cpu.c).
	 */
	if (compare_exchange(&cell->state, JH_CELL_RUNNING, JH_CELL_STOPPED)) {
		report_cell_changed(cell->id, JH_CELL_STOPPED);
		unit_ended(cell);
	}
	recall_cpus(cell, cell->cpu_mask);
	lost = cpu_wait_state(cell->cpu_mask, CPU_PARKED);
	/*
	 * Each CPU was seen parked once and no longer executes the guest. But one that came late
	 * may have turned another on before; that one sees the state and parks without having
	 * started.
	 */
	if (!lost)
		lost = cpu_wait_state(cell->cpu_mask, CPU_PARKED);
	if (lost)
		return refuse_value(error, JH_ERR_CPU_LOST, JH_OBJ_CELL, cell->id,
				    cpu_mask_next(&lost), 0);
	if (cell->pt.live)
		unit_quiet(cell);
	cell->pt.live = false;
	return 0;
}

void cell_end(bool reset)
{
	struct cell *cell = cpu_self()->cell;

	cell->report->comm_state = comm_state(cell);
	/* Only if nothing else has ended the cell; root must find @reset when it sees the state. */
	if (compare_exchange(&cell->state, JH_CELL_RUNNING, JH_CELL_STOPPED)) {
		cell->report->reset = reset;
		report_cell_changed(cell->id, JH_CELL_STOPPED);
		unit_ended(cell);
	}
	recall_cpus(cell, cell->cpu_mask & ~BIT(this_cpu()));
	cpu_park();
}

void cell_fail(const struct jh_crash *crash)
{
	struct cpu *self = cpu_self();
	struct cell *cell = self->cell;

	/* The first CPU to fail records the cause; the CPUs that it pulls down do not. */
	if (compare_exchange(&cell->state, JH_CELL_RUNNING, JH_CELL_FAILED)) {
		cell->report->crash = *crash;
		report_cell_changed(cell->id, JH_CELL_FAILED);
		unit_ended(cell);
		crash_log(cell, crash);
	}
	self->report->state = JH_CPUREP_FAILED;
	recall_cpus(cell, cell->cpu_mask & ~BIT(this_cpu()));
	cpu_park();
}
