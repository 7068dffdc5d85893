/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The part of a CPU's state that belongs to a guest.
 */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <asm/percpu.h>
#include <hv/cpu.h>
#include <hv/cell.h>

#define MPIDR_AFFINITY	0xff00ffffffUL
#define MPIDR_RES1	BIT(31)

/** context_see_anew() - context_see(), for the first time with such a @key */
void context_see_anew(const struct cell *cell, u32 key);

/**
 * context_see() - the executing CPU is to run the guest of @cell: how it sees this CPU
 *
 * Called before the cell's controls are loaded and before vgic_cpu_reset(). Except for the senders
 * of GICv2, the view depends only on the CPU, its place in the cell and the cell's flags, and is
 * kept: a CPU that comes back finds it.
 */
static inline void context_see(const struct cell *cell)
{
	struct percpu *self = this_percpu;
	u32 key = cell->flags | self->self->place << CELL_FLAGS_BITS;

	self->senders = cell->arch.senders;
	if (unlikely(self->cell_flags != key))
		context_see_anew(cell, key);
}

/** context_load_root() - EL2's controls for the root cell, keeping what Linux had set up */
void context_load_root(void);

/** context_scrub() - clear everything that the last guest left in this CPU's registers */
void context_scrub(void);

/** serror_drain() - take all SErrors that the guest caused, so that the next owner gets none */
void serror_drain(void);

/* vectors.S */
void context_zero_simd(void);
void context_zero_sve(void);
void context_zero_keys(void);
void context_zero_debug(u64 breakpoints, u64 watchpoints);
void context_zero_pmu(u64 counters);

#endif
