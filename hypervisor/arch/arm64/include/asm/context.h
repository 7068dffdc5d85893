/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The part of a CPU's state that belongs to a guest.
 */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <asm/percpu.h>

#define MPIDR_AFFINITY	0xff00ffffffUL


/** context_load_root() - EL2's controls for the root cell, keeping what Linux had set up */
void context_load_root(void);

/** context_scrub() - nothing of the guest that ran here is left in this CPU's registers */
void context_scrub(void);

/** serror_drain() - SErrors that the guest caused are its own: let them come, none waits longer */
void serror_drain(void);

/* context_asm.S */
void context_zero_simd(void);
void context_zero_sve(void);
void context_zero_keys(void);
void context_zero_debug(u64 breakpoints, u64 watchpoints);
void context_zero_pmu(u64 counters);

#endif
