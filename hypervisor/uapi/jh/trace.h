/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Records of exits: when a guest left its CPU for the hypervisor, where it was, and why. The
 * hypervisor writes them, while root asks for it (JH_HC_CPU_TRACE), into a ring for each CPU that
 * lies behind the report area, where root can read.
 */
#ifndef JH_TRACE_H
#define JH_TRACE_H

#define JH_TRACE_RECORDS	256	/* of a ring, a power of two */

/* struct jh_trace_record.kind: how the exit came */
#define JH_TRACE_SYNC		0	/* by an instruction: syndrome and detail say more */
#define JH_TRACE_IRQ		1
#define JH_TRACE_FIQ		2
#define JH_TRACE_ERROR		3	/* an asynchronous error (SError) */

#ifndef __ASSEMBLER__

#include <jh/types.h>

/**
 * struct jh_trace_record - an exit
 * @time:	of the counter, in its ticks (arm64: CNTPCT_EL0)
 * @pc:		where the guest goes on, or the instruction that was trapped
 * @detail:	of an abort the guest-physical address, of anything else by an instruction the
 *		guest's first register: the number of a call
 * @syndrome:	what the architecture says of it (arm64: ESR_EL2); 0 if it is no instruction's
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
 * Record number n (counted from when the CPU began) lies at records[n % JH_TRACE_RECORDS]. The
 * hypervisor stores a record, then the head. A reader copies, then reads the head again: records up
 * to head - JH_TRACE_RECORDS, that one too, may have been overwritten meanwhile.
 */
struct jh_trace_ring {
	volatile __u64 head;	/* records ever written */
	__u32 size;		/* bytes of all of them, where struct jh_ring has it as well */
	__u32 reserved[13];
	struct jh_trace_record records[JH_TRACE_RECORDS];
};

#endif

#endif
