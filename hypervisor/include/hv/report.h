/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The pages that root reads (jh/report.h).
 */
#ifndef HV_REPORT_H
#define HV_REPORT_H

#include <hv/addr.h>
#include <jh/report.h>

#define REPORT_LOG_SIZE		8192

/**
 * struct report_area - the layout of the report area
 *
 * Rows of optional units follow it, in .report.links; report.head.size covers both.
 */
struct report_area {
	struct jh_report head;
	struct jh_cell_report cells[JH_MAX_CELLS];
	struct jh_cpu_report cpus[JH_MAX_CPUS] __aligned(64);
	union {
		struct jh_ring log;
		u8 log_bytes[sizeof(struct jh_ring) + REPORT_LOG_SIZE];
	};
};

extern struct report_area report;

/** report_init() - fill in the head, before anything else uses the area */
void report_init(void);

/** report_error() - store the reason of a refusal for root; returns @ret */
int report_error(const struct jh_error *error, int ret);

/** report_cell_changed() - publish a cell's new state to root */
void report_cell_changed(u32 cell, u32 state);

/** report_cpu_moves() - a parked CPU goes to @cell: its counters restart; root's sum is kept */
void report_cpu_moves(struct jh_cpu_report *cpu, u32 cell);

/**
 * report_alloc() - allocate zeroed pages that root may read from now on
 *
 * Under the management lock. They are never freed.
 *
 * Return: the pages; NULL if there are none.
 */
void *report_alloc(u64 pages);

/** report_offset() - offset of an address of the hypervisor's memory from the area's start */
u32 report_offset(const void *address);

#endif
