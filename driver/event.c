// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells change their state without telling Linux, so a work polls the report area while there are
 * cells. Reading the area costs no exit; the state that a running cell reports of itself costs one
 * hypercall. A cell that has failed or that reboots is restarted from here, if its configuration
 * says so.
 */
#include "jh.h"
#include "trace.h"

#include <linux/jiffies.h>
#include <linux/ratelimit.h>
#include <linux/workqueue.h>

#define PERIOD		msecs_to_jiffies(100)
#define RESET_PERIOD	HZ			/* from a start to the next one after a reset */

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(event_work, look);

static void log_state(const struct jh_cell *cell, u32 state)
{
	const struct jh_cell_report *report = jh_report_cell(cell->id);

	if (state == JH_CELL_FAILED && report->crash.cause == JH_CRASH_NONE)
		pr_warn("cell %s says that it failed\n", kobject_name(&cell->kobj));
	else if (state == JH_CELL_FAILED)
		pr_warn("cell %s failed on CPU %u: it %s, address 0x%llx, pc 0x%llx\n",
			kobject_name(&cell->kobj), report->crash.cpu,
			jh_report_cause_text(report->crash.cause), report->crash.address,
			report->crash.pc);
	else
		pr_info("cell %s: %s\n", kobject_name(&cell->kobj), jh_report_state_name(state));
}

/**
 * jh_event_tell() - tell log, tracepoint, user space and remoteproc a cell's new state
 * @state: as of jh_report_shown()
 *
 * Under jh_lock.
 */
void jh_event_tell(struct jh_cell *cell, u32 state)
{
	cell->seen_state = state;
	cell->seen_life = jh_report_state(cell->id);
	trace_jh_cell(cell->id, state, jh_report_cell(cell->id));
	log_state(cell, state);
	jh_sysfs_event(cell, state);
	jh_rproc_told(cell, state);
}

/*
 * A running cell can report any state of itself, and withdraw it, without end; likewise it can ask
 * for one reset after the other. Such states are told at a limited rate, and the ones between are
 * dropped. States that EL2 reports are always told.
 */
static bool may_tell(struct jh_cell *cell)
{
	if (jh_cell_reboots(cell))
		return __ratelimit(&cell->told);
	return jh_report_state(cell->id) != cell->seen_life || __ratelimit(&cell->told);
}

/** jh_event_check() - tell changed states, and again while there are cells; under jh_lock */
void jh_event_check(void)
{
	struct jh_cell *cell;
	u32 state;

	if (!jh_is_active())
		return;
	list_for_each_entry(cell, &jh_cells, list) {
		jh_report_refresh(cell->id);
		state = jh_report_shown(jh_report_cell(cell->id));
		if (state != cell->seen_state && may_tell(cell))
			jh_event_tell(cell, state);
	}
	jh_call_flush_log();
	if (!list_empty(&jh_cells))
		schedule_delayed_work(&event_work, PERIOD);
}

/* If user space was not told of the reset, it is not told that the cell runs again. */
static void tell_restart(struct jh_cell *cell, bool reset)
{
	if (!reset)
		pr_info("cell %s: restart %u of %u\n", kobject_name(&cell->kobj), cell->restarts,
			config_cell(cell->config)->max_restarts);
	if (!reset || cell->seen_state != JH_CELL_RUNNING)
		jh_event_tell(cell, JH_CELL_RUNNING);
}

static void restart(struct jh_cell *cell)
{
	bool reset = jh_cell_reboots(cell);
	struct jh_error err;
	int code;

	refuse_clear(&err);
	jh_turn_hold(cell);
	cell->restarting = true;
	code = jh_cell_start_again(cell, &err);
	cell->restarting = false;
	if (code) {
		jh_log_refusal("restart of a cell", &err, code);
		cell->may_restart = false;
	} else {
		tell_restart(cell, reset);
	}
	jh_turn_release(cell);
}

/* At most one a second: the guest asks for resets, and root pays for them. */
static bool wants_reset(const struct jh_cell *cell)
{
	return jh_cell_reboots(cell) && time_after(jiffies, cell->started + RESET_PERIOD);
}

static bool gets_another_try(const struct jh_cell *cell, u32 state)
{
	return state == JH_CELL_FAILED &&
	       READ_ONCE(cell->restarts) < config_cell(cell->config)->max_restarts;
}

/**
 * jh_event_restarts() - will jh restart the cell?
 *
 * Takes no lock: the answer may be stale a moment later.
 */
bool jh_event_restarts(const struct jh_cell *cell)
{
	return READ_ONCE(cell->may_restart) &&
	       (READ_ONCE(cell->busy) || jh_cell_reboots(cell) ||
		gets_another_try(cell, jh_report_shown(jh_report_cell(cell->id))));
}

static struct jh_cell *next_restart(void)
{
	struct jh_cell *cell;

	if (!jh_is_active())
		return NULL;
	list_for_each_entry(cell, &jh_cells, list)
		if (cell->may_restart && !cell->loading && !cell->asking && !cell->busy &&
		    (gets_another_try(cell, cell->seen_state) || wants_reset(cell)))
			return cell;
	return NULL;
}

/*
 * Restarts cells that have failed, once user space was told, and cells that reboot. jh_lock is
 * released during a restart, so the walk of the list starts over after each.
 */
static void restart_cells(void)
{
	struct jh_cell *cell;

	while ((cell = next_restart()))
		restart(cell);
}

/* Never waits for jh_lock: its holder may keep it for long. */
static void look(struct work_struct *work)
{
	if (!mutex_trylock(&jh_lock)) {
		schedule_delayed_work(&event_work, PERIOD);
		return;
	}
	jh_event_check();
	restart_cells();
	mutex_unlock(&jh_lock);
}

/** jh_event_stop() - end the polling for good; there are no cells */
void jh_event_stop(void)
{
	cancel_delayed_work_sync(&event_work);
}
