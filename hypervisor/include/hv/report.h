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
 * struct report_area - the area, in its order
 *
 * What optional units tell lies behind it, in .report.links; report.head.size has both.
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

/** report_init() - describe the area in its first words; before anything else uses it */
void report_init(void);

/** report_error() - note why a management call is refused; returns @ret */
int report_error(const struct jh_error *error, int ret);

/** report_cell_changed() - publish a cell's new state to root */
void report_cell_changed(u32 cell, u32 state);

/** report_cpu_moves() - a parked CPU's statistics start anew; what it counted for root stays */
void report_cpu_moves(struct jh_cpu_report *cpu, u32 cell);

/**
 * report_alloc() - pages behind the area, zeroed, for what root is to read
 *
 * Under the management lock. They stay: nobody takes them from root again.
 *
 * Return: NULL if there are none.
 */
void *report_alloc(u64 pages);

/** report_offset() - where an address of the hypervisor's memory lies from the area's start */
u32 report_offset(const void *address);

#endif
