/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A checked copy of the hypervisor's report area (jh/report.h): cells, CPUs and links.
 */
#ifndef REPORT_H
#define REPORT_H

#include <jh/report.h>

#include "jhctl.h"

#define REPORT_NO_CELL	0xffffffffu

/** struct report - the copy; the arrays point into it. Free with report_free(). */
struct report {
	struct jh_report *head;
	const struct jh_cpu_report *cpu;	/* head->num_cpus of them */
	const struct jh_cell_report *cell;	/* head->num_cells of them */
	const struct jh_link_report *link;	/* head->num_links of them */
};

/** struct cell_ref - names one cell for good, even if its number is reused */
struct cell_ref {
	__u32 number;
	__u32 generation;
};

/**
 * report_read - fetch the report
 * @fd:	of device_open()
 *
 * Returns 0, or -1 with errno: ENXIO while jh is disabled, EPROTO if the driver's report has
 * another format than jhctl's.
 */
int report_read(int fd, struct report *report);
void report_free(struct report *report);

/** The cell with this name or, failing that, number; REPORT_NO_CELL if there is none. */
__u32 report_find(const struct report *report, const char *name);

/** The name of a cell that is similar to @name, to be freed; NULL if there is none. */
char *report_near(const struct report *report, const char *name);

/** Whether slot @cell is in use. */
bool report_exists(const struct report *report, __u32 cell);

/** Sum of the exits of all CPUs of @cell; root's includes those of CPUs that left it. */
__u64 report_exits(const struct report *report, __u32 cell);

/** The cell's state for users, JH_CELL_* or JH_SHOWN_*; JH_SHOWN_STATES if it is unknown. */
__u32 report_shown(const struct jh_cell_report *cell);

/** "running", "failed", …: the cell's state in one word. */
const char *report_state(const struct jh_cell_report *cell);

/** A sentence on why a cell failed, to be freed; NULL if it did not. */
char *report_failure(const struct jh_cell_report *cell);

/** One word for why a cell failed, JH_CRASH_*. */
const char *report_cause(__u32 cause);

/** One word for a reason of an exit, JH_STAT_*. */
const char *report_stat_name(unsigned int stat);

/** One word for the state of a CPU, JH_CPUREP_*. */
const char *report_cpu_state(__u32 state);

/**
 * report_side - the name of a cell as a side of links: "root" for root's, as configurations say
 *
 * To be freed; NULL if @cell is none, as JH_LINK_NOBODY.
 */
char *report_side(const struct report *report, __u32 cell);

#endif
