// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Compiled to assembler, from which <asm/offsets.h> is made: no number is kept by hand in a .S.
 */
#include <asm/percpu.h>
#include <hv/cpu.h>
#include <jh/config.h>
#include <jh/image.h>
#include <jh/trace.h>

#define DEFINE(name, value)	asm volatile("\n#define " #name " %0" :: "i" (value))

/* An upper bound of the pages that enable takes from the pool: the root cell's tables. */
#define BASE_PAGES	96
#define CPU_PAGES	0

void offsets(void);

void offsets(void)
{
	DEFINE(BOOT_INFO_CPU_TTBR, offsetof(struct jh_boot_info, cpu_ttbr));
	DEFINE(IMAGE_BASE_PAGES, BASE_PAGES);
	DEFINE(IMAGE_CPU_PAGES, CPU_PAGES);
	DEFINE(OPTIONAL_UART, JH_OPTIONAL_UART);
	DEFINE(OPTIONAL_LINK, JH_OPTIONAL_LINK);
	DEFINE(PERCPU_FIRMWARE_CALL, offsetof(struct percpu, firmware_call));
	DEFINE(PERCPU_MITIGATION, offsetof(struct percpu, mitigation));
	DEFINE(PERCPU_STATS, offsetof(struct percpu, stats));
	DEFINE(PERCPU_TRACE, offsetof(struct percpu, trace));
	DEFINE(TRACE_RECORD, offsetof(struct jh_trace_ring, records));
	DEFINE(TRACE_RECORD_SHIFT, __builtin_ctzl(sizeof(struct jh_trace_record)));
}
