// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/pool.h>
#include <hv/report.h>

_Static_assert(sizeof(struct jh_cpu_report) % 64 == 0 &&
	       offsetof(struct report_area, cpus) % 64 == 0, "two CPUs share no line of a cache");

struct report_area report __section(".report") __aligned(PAGE_SIZE);

void report_init(void)
{
	report.head = (struct jh_report){
		/*
		 * Other CPUs may have given up on this one, and stored that error, before it came.
		 */
		.error = report.head.error,
		.magic = JH_REPORT_MAGIC,
		.size = ALIGN_UP(sizeof(report), PAGE_SIZE),
		.num_cpus = JH_MAX_CPUS,
		.cpus_offset = offsetof(struct report_area, cpus),
		.num_cells = JH_MAX_CELLS,
		.cells_offset = offsetof(struct report_area, cells),
		.log_offset = offsetof(struct report_area, log),
	};
	report.log.size = REPORT_LOG_SIZE;
}

int report_error(const struct jh_error *error, int ret)
{
	report.head.error = *error;
	return ret;
}

void report_cell_changed(u32 cell, u32 state)
{
	store_release(&report.cells[cell].state, state);
	fetch_add(&report.head.event_count, 1);
}

void report_cpu_moves(struct jh_cpu_report *cpu, u32 cell)
{
	u32 i;

	for (i = JH_STAT_TOTAL + 1; i < JH_NUM_STATS; i++) {
		if (cpu->cell == CELL_ROOT)
			report.head.root_stats[i] += cpu->stats[i];
		cpu->stats[i] = 0;
	}
	cpu->ignored = 0;
	cpu->cell = cell;
}

void *report_alloc(u64 pages)
{
	void *memory = pool_alloc(pages);
	u64 pa;

	if (!memory)
		return NULL;
	pa = va_to_pa(memory).a;
	pgtable_map(&root_cell.pt, GPA(pa), PA(pa), pages * PAGE_SIZE, MAP_READ);
	return memory;
}

u32 report_offset(const void *address)
{
	return (u32)((const char *)address - (const char *)&report);
}
