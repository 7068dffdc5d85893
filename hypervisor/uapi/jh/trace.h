/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Records of exits: when a guest left its CPU for the hypervisor, where it was, and why. While root
 * asks for it (JH_HC_CPU_TRACE), the hypervisor writes them to a ring for each CPU, which root can
 * read.
 */
#ifndef JH_TRACE_H
#define JH_TRACE_H

#define JH_TRACE_RECORDS	256	/* of a ring, a power of two */

/* struct jh_trace_record.kind: the cause of the exit */
#define JH_TRACE_SYNC		0	/* an instruction: syndrome and detail say more */
#define JH_TRACE_IRQ		1
#define JH_TRACE_FIQ		2
#define JH_TRACE_ERROR		3	/* an asynchronous error (SError) */

#ifndef __ASSEMBLER__

#include <jh/types.h>

/**
 * struct jh_trace_record - an exit
 * @time:	ticks of the counter (arm64: CNTPCT_EL0)
 * @pc:		address of the trapped instruction, or where the guest goes on
 * @detail:	for an abort the guest-physical address; for any other JH_TRACE_SYNC the guest's
 *		first register, which is the number of a call
 * @syndrome:	for JH_TRACE_SYNC, as the architecture has it (arm64: ESR_EL2); otherwise 0
 * @kind:	JH_TRACE_*
 */
struct jh_trace_record {
	__u64 time;
	__u64 pc;
	__u64 detail;
	__u32 syndrome;
	__u32 kind;
};

/**
 * struct jh_trace_ring - the exits of a CPU
 *
 * Record number n, counted from 0, lies at records[n % JH_TRACE_RECORDS]. The hypervisor stores a
 * record, then the head. A reader copies, then reads the head again: records up to and including
 * number head - JH_TRACE_RECORDS may have been overwritten meanwhile.
 */
struct jh_trace_ring {
	volatile __u64 head;	/* records ever written */
	__u32 size;		/* bytes of all of them, where struct jh_ring has it as well */
	__u32 reserved[13];
	struct jh_trace_record records[JH_TRACE_RECORDS];
};

#endif

#endif
