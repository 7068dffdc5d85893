// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells change their state without asking Linux, so the report area is looked at now and then while
 * there are cells. Reading it costs no exit; what a running cell says of itself costs one.
 */
#include "jh.h"

#include <linux/jiffies.h>
#include <linux/ratelimit.h>
#include <linux/workqueue.h>

#define PERIOD	msecs_to_jiffies(100)

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(event_work, look);
static bool event_wanted;	/* changes under jh_lock */

static void log_state(const struct jh_cell *cell, u32 state)
{
	const struct jh_cell_report *report = jh_cell_report(cell->id);

	if (state == JH_CELL_FAILED && report->crash.cause == JH_CRASH_NONE)
		pr_warn("cell %s says that it failed\n", kobject_name(&cell->kobj));
	else if (state == JH_CELL_FAILED)
		pr_warn("cell %s failed on CPU %u: it %s, address 0x%llx, pc 0x%llx\n",
			kobject_name(&cell->kobj), report->crash.cpu,
			jh_sysfs_cause_text(report->crash.cause), report->crash.address,
			report->crash.pc);
	else
		pr_info("cell %s: %s\n", kobject_name(&cell->kobj), jh_sysfs_state_name(state));
}

/** jh_event_tell() - the cell got into a state (jh_cell_shown()); under jh_lock */
void jh_event_tell(struct jh_cell *cell, u32 state)
{
	cell->seen_state = state;
	cell->seen_life = jh_cell_state(cell->id);
	log_state(cell, state);
	jh_sysfs_event(cell, state);
}

/*
 * A cell that runs can say of itself what it likes, and take it back, for ever. It is heard now and
 * then only; what it says when it is heard again is told. What EL2 says is always told.
 */
static bool may_tell(struct jh_cell *cell)
{
	return jh_cell_state(cell->id) != cell->seen_life || __ratelimit(&cell->told);
}

/** jh_event_check() - tell user space what has changed; under jh_lock */
void jh_event_check(void)
{
	struct jh_cell *cell;
	u32 state;

	if (!jh_system || !jh_system->active)
		return;
	list_for_each_entry(cell, &jh_cells, list) {
		jh_cell_refresh(cell->id);
		state = jh_cell_shown(jh_cell_report(cell->id));
		if (state != cell->seen_state && may_tell(cell))
			jh_event_tell(cell, state);
	}
	jh_call_flush_log();
}

/* Never waits for jh_lock: jh_event_stop() waits for us with that lock held. */
static void look(struct work_struct *work)
{
	if (mutex_trylock(&jh_lock)) {
		jh_event_check();
		jh_restart_failed();
		mutex_unlock(&jh_lock);
	}
	if (READ_ONCE(event_wanted))
		schedule_delayed_work(&event_work, PERIOD);
}

/** jh_event_start() - there are cells now */
void jh_event_start(void)
{
	if (event_wanted)
		return;
	WRITE_ONCE(event_wanted, true);
	schedule_delayed_work(&event_work, PERIOD);
}

/** jh_event_stop() - there are no cells any more */
void jh_event_stop(void)
{
	WRITE_ONCE(event_wanted, false);
	cancel_delayed_work_sync(&event_work);
}
