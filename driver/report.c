// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Reading the report area: the states of cells and CPUs as the hypervisor reports them, and words
 * for them.
 */
#include "jh.h"

#include <linux/kernel.h>

static bool array_fits(u32 offset, u32 count, size_t element, u32 size)
{
	return offset <= size && (u64)count * element <= size - offset && IS_ALIGNED(offset, 8);
}

/** jh_report_is_sound() - do the arrays of the report area lie inside its @size bytes? */
bool jh_report_is_sound(const struct jh_report *report, u32 size)
{
	return report->magic == JH_REPORT_MAGIC && report->size <= size &&
	       report->num_cells == JH_MAX_CELLS && report->num_cpus == JH_MAX_CPUS &&
	       array_fits(report->cpus_offset, report->num_cpus, sizeof(struct jh_cpu_report),
			  report->size) &&
	       array_fits(report->cells_offset, report->num_cells, sizeof(struct jh_cell_report),
			  report->size);
}

/** jh_report_cell() - a cell's part of the report area; @id < JH_MAX_CELLS, jh active */
const struct jh_cell_report *jh_report_cell(u32 id)
{
	return jh_cell_reports(jh_system->report) + id;
}

/** jh_report_state() - a cell's JH_CELL_*, as the hypervisor reports it */
u32 jh_report_state(u32 id)
{
	return READ_ONCE(jh_report_cell(id)->state);
}

/** jh_report_any_cell() - is there a cell besides root? jh active */
bool jh_report_any_cell(void)
{
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++)
		if (jh_report_state(id) != JH_CELL_NONE)
			return true;
	return false;
}

/** jh_report_reset() - has the cell stopped by asking for a reset? */
bool jh_report_reset(u32 id)
{
	return jh_report_state(id) == JH_CELL_STOPPED && READ_ONCE(jh_report_cell(id)->reset);
}

/** jh_report_shown() - the state for users: jh_cell_shown() */
u32 jh_report_shown(const struct jh_cell_report *report)
{
	return jh_cell_shown(READ_ONCE(report->state), READ_ONCE(report->comm_state));
}

/**
 * jh_report_refresh() - have the hypervisor read the state that a running cell reports of itself
 *
 * Under jh_lock.
 */
void jh_report_refresh(u32 id)
{
	if (jh_report_shown(jh_report_cell(id)) == JH_CELL_RUNNING)
		jh_call(JH_HC_CELL_GET_STATE, id, 0, 0, 0);
}

#define STATE_NAME(name, number, word) [JH_CELL_##name] = word,
#define CAUSE_WORD(name, number, address, word, text) [JH_CRASH_##name] = word,
#define CAUSE_TEXT(name, number, address, word, text) [JH_CRASH_##name] = text,

static const char *const state_names[JH_SHOWN_STATES] = {
	JH_CELL_STATE_ROWS(STATE_NAME)
	[JH_SHOWN_SHUT_DOWN] = JH_SHOWN_SHUT_DOWN_WORD,
};

static const char *const cause_words[JH_CRASH_CAUSES] = { JH_CRASH_ROWS(CAUSE_WORD) };
static const char *const cause_texts[JH_CRASH_CAUSES] = { JH_CRASH_ROWS(CAUSE_TEXT) };

/** jh_report_state_name() - the name of a state of jh_report_shown() */
const char *jh_report_state_name(u32 state)
{
	return state < JH_SHOWN_STATES ? state_names[state] : "unknown";
}

/** jh_report_cause_text() - a JH_CRASH_* as a sentence that begins with "it" */
const char *jh_report_cause_text(u32 cause)
{
	return cause < JH_CRASH_CAUSES ? cause_texts[cause] : "failed for an unknown cause";
}

/** jh_report_cause_word() - a JH_CRASH_* as one word, for programs */
const char *jh_report_cause_word(u32 cause)
{
	return cause < JH_CRASH_CAUSES ? cause_words[cause] : "unknown";
}
