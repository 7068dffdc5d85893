// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "report.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jh/comm.h>
#include <jh/ioctl.h>
#include <jh/link.h>

#include "device.h"
#include "text.h"

#define REPORT_BYTES	65536u	/* enough for head, CPUs and cells; rings are not needed */

#define STATE_NAME(name, number, word) [JH_CELL_##name] = word,
#define STAT_NAME(upper, lower) [JH_STAT_##upper] = #lower,
#define CAUSE(name, number, address, word, text) [JH_CRASH_##name] = { text, word, address },

static const char *const state_names[JH_SHOWN_STATES] = {
	JH_CELL_STATE_ROWS(STATE_NAME)
	[JH_SHOWN_SHUT_DOWN] = JH_SHOWN_SHUT_DOWN_WORD,
};
static const char *const stat_names[JH_NUM_STATS] = { JH_STAT_ROWS(STAT_NAME) };

static const char *const cpu_states[] = {
	[JH_CPUREP_ABSENT] = "absent",
	[JH_CPUREP_RUNNING] = "running",
	[JH_CPUREP_PARKED] = "parked",
	[JH_CPUREP_FAILED] = "failed",
};

static const struct {
	const char *text;
	const char *word;
	bool address;
} crash_causes[JH_CRASH_CAUSES] = { JH_CRASH_ROWS(CAUSE) };

/* Is an array of @count elements at @offset inside the @bytes copied? An empty one always is. */
static bool inside(__u32 offset, __u32 count, size_t size, size_t bytes)
{
	if (!count)
		return true;
	return offset % 8 == 0 && offset >= sizeof(struct jh_report) && offset <= bytes &&
	       count <= (bytes - offset) / size;
}

static bool plausible(const struct jh_report *head, size_t bytes)
{
	return head->magic == JH_REPORT_MAGIC && head->num_cpus <= JH_MAX_CPUS &&
	       head->num_cells <= JH_MAX_CELLS && head->num_links <= JH_MAX_LINK_SIDES &&
	       inside(head->cpus_offset, head->num_cpus, sizeof(struct jh_cpu_report), bytes) &&
	       inside(head->cells_offset, head->num_cells, sizeof(struct jh_cell_report), bytes) &&
	       inside(head->links_offset, head->num_links, sizeof(struct jh_link_report), bytes);
}

int report_read(int fd, struct report *report)
{
	struct jh_ioctl_report call = { 0 };

	memset(report, 0, sizeof(*report));
	report->head = calloc(1, REPORT_BYTES);
	if (!report->head)
		return -1;
	call.buffer = (__u64)(uintptr_t)report->head;
	call.length = REPORT_BYTES;
	if (device_call(fd, JH_IOC_REPORT, &call)) {
		report_free(report);
		return -1;
	}
	if (!plausible(report->head, REPORT_BYTES)) {
		report_free(report);
		errno = EPROTO;
		return -1;
	}
	report->cpu = jh_cpu_reports(report->head);
	report->cell = jh_cell_reports(report->head);
	report->link = (const void *)((const char *)report->head + report->head->links_offset);
	return 0;
}

void report_free(struct report *report)
{
	int saved = errno;

	free(report->head);
	memset(report, 0, sizeof(*report));
	errno = saved;
}

bool report_exists(const struct report *report, __u32 cell)
{
	return cell < report->head->num_cells && report->cell[cell].state != JH_CELL_NONE;
}

__u32 report_find(const struct report *report, const char *name)
{
	__u64 number;
	__u32 cell;

	for (cell = 0; cell < report->head->num_cells; cell++) {
		if (report_exists(report, cell) &&
		    !strncmp(report->cell[cell].name, name, JH_NAME_LEN))
			return cell;
	}
	if (text_number(name, &number) && number < JH_MAX_CELLS &&
	    report_exists(report, (__u32)number))
		return (__u32)number;
	return REPORT_NO_CELL;
}

char *report_near(const struct report *report, const char *name)
{
	char *near = NULL;
	int least = 3;
	__u32 cell;

	for (cell = 0; cell < report->head->num_cells; cell++) {
		char *other = text_format("%.*s", JH_NAME_LEN, report->cell[cell].name);
		int distance = report_exists(report, cell) ? text_distance(name, other) : least;

		/* As many edits as letters turn any name into any other. */
		if (distance < least && distance < (int)strlen(name)) {
			least = distance;
			free(near);
			near = other;
		} else {
			free(other);
		}
	}
	return near;
}

__u64 report_exits(const struct report *report, __u32 cell)
{
	return jh_cell_stat(report->head, cell, JH_STAT_TOTAL);
}

__u32 report_shown(const struct jh_cell_report *cell)
{
	/* A number of the hypervisor's beyond its own states is none of those for users. */
	return cell->state < JH_CELL_STATES ? jh_cell_shown(cell->state, cell->comm_state) :
	       JH_SHOWN_STATES;
}

const char *report_state(const struct jh_cell_report *cell)
{
	__u32 shown = report_shown(cell);

	if (shown == JH_CELL_RUNNING && cell->comm_state == JH_COMM_RUNNING_LOCKED)
		return "running, locked";
	return shown < JH_SHOWN_STATES ? state_names[shown] : "unknown";
}

char *report_failure(const struct jh_cell_report *cell)
{
	const struct jh_crash *crash = &cell->crash;

	if (cell->state == JH_CELL_RUNNING && cell->comm_state == JH_COMM_FAILED_REVISION)
		return text_format("it does not know revision %d of the communication region",
				   JH_COMM_REVISION);
	if (cell->state == JH_CELL_RUNNING && cell->comm_state == JH_COMM_FAILED)
		return text_format("it %s", crash_causes[JH_CRASH_NONE].text);
	if (cell->state != JH_CELL_FAILED)
		return NULL;
	if (crash->cause >= JH_CRASH_CAUSES)
		return text_format("CPU %u, for reason number %u, which this jhctl does not know",
				   crash->cpu, crash->cause);
	if (crash->cause == JH_CRASH_NONE)
		return text_format("it %s", crash_causes[JH_CRASH_NONE].text);
	if (crash_causes[crash->cause].address)
		return text_format("it %s (address 0x%llx, CPU %u, pc 0x%llx)",
				   crash_causes[crash->cause].text, crash->address, crash->cpu,
				   crash->pc);
	return text_format("it %s (CPU %u, pc 0x%llx, syndrome 0x%llx)",
			   crash_causes[crash->cause].text, crash->cpu, crash->pc,
			   crash->syndrome);
}

const char *report_cause(__u32 cause)
{
	return cause < JH_CRASH_CAUSES ? crash_causes[cause].word : "unknown";
}

const char *report_stat_name(unsigned int stat)
{
	return stat < JH_NUM_STATS ? stat_names[stat] : "other";
}

const char *report_cpu_state(__u32 state)
{
	return state < ARRAY_SIZE(cpu_states) ? cpu_states[state] : "unknown";
}

char *report_side(const struct report *report, __u32 cell)
{
	if (!report_exists(report, cell))
		return NULL;
	return cell ? text_format("%.*s", JH_NAME_LEN, report->cell[cell].name) :
		      text_format("%s", JH_LINK_ROOT);
}
