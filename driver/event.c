// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells change their state without asking Linux, so the report area is looked at now and then while
 * there are cells. Reading it costs no exit; what a running cell says of itself costs one. A cell
 * that has failed, or reboots, is started again from here, if its configuration says so.
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

/** jh_event_tell() - the cell got into a state (jh_report_shown()); under jh_lock */
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
 * A cell that runs can say of itself what it likes, and take it back, for ever; likewise it can ask
 * for one reset after the other. It is heard now and then only; what it says when it is heard again
 * is told. What EL2 says is always told.
 */
static bool may_tell(struct jh_cell *cell)
{
	if (jh_cell_reboots(cell))
		return __ratelimit(&cell->told);
	return jh_report_state(cell->id) != cell->seen_life || __ratelimit(&cell->told);
}

/** jh_event_check() - tell what has changed, now and while there are cells; under jh_lock */
void jh_event_check(void)
{
	struct jh_cell *cell;
	u32 state;

	if (!jh_system || !jh_system->active)
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

/* A reset that nobody was told of is over again. */
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

/* Not more often than once in a while: what the guest does, root pays for. */
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
 * jh_event_restarts() - has the cell ended to be started again, or is it about to be?
 *
 * Without a lock: it may be otherwise a moment later.
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

	if (!jh_system || !jh_system->active)
		return NULL;
	list_for_each_entry(cell, &jh_cells, list)
		if (cell->may_restart && !cell->loading && !cell->asking && !cell->busy &&
		    (gets_another_try(cell, cell->seen_state) || wants_reset(cell)))
			return cell;
	return NULL;
}

/*
 * Give cells that have failed another try, of which user space knows already, and those that reboot
 * another life. Others manage meanwhile, so the list is begun anew each time.
 */
static void restart_cells(void)
{
	struct jh_cell *cell;

	while ((cell = next_restart()))
		restart(cell);
}

/* Never waits for jh_lock: who holds it may be at work for long. */
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

/** jh_event_stop() - nobody looks any more; there are no cells */
void jh_event_stop(void)
{
	cancel_delayed_work_sync(&event_work);
}
