/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SGIs of guests. Those that are on their way to a CPU are bits in its sgi_pending, and on GICv2
 * senders in sgi_sources; they become list registers there. An image links vsgi_v2.c or vsgi_v3.c.
 */
#ifndef GIC_VSGI_H
#define GIC_VSGI_H

#include <asm/percpu.h>
#include <gic/gic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

/** vsgi_sgi1r() - the guest wrote @value to ICC_SGI1R_EL1, which a CPU beside a GICv2 may have */
void vsgi_sgi1r(u64 value);

/** vsgi_deliver() - what waits for this CPU's guest and is enabled goes to list registers */
void vsgi_deliver(void);

/** vsgi_virtual() - SGIs of the guests that this CPU runs are list registers from now on */
void vsgi_virtual(void);

/** vsgi_direct() - they are physical ones, until vsgi_virtual() */
void vsgi_direct(void);

/** vsgi_import() - SGIs that are pending at the hardware are this CPU's guest's now */
void vsgi_import(void) __cold;

/** vsgi_export() - and the other way round, for a CPU that goes on without the hypervisor */
void vsgi_export(void) __cold;

/** vsgi_clear() - nothing waits for this CPU's guest; its doorbell may still ring */
void vsgi_clear(void);

/** vsgi_deliver_by() - vsgi_deliver() with what puts one SGI; false: no list register is free */
static inline void vsgi_deliver_by(bool (*put)(u32 intid, u32 priority))
{
	struct arch_cpu *cpu = &this_percpu->self->arch;
	/* Acquire: what the sender stored before the SGI is seen by the guest after it. */
	u32 ready = load_acquire(&cpu->sgi_pending) & cpu->sgi_enabled;

	for (; ready; ready &= ready - 1) {
		u32 intid = (u32)__builtin_ctz(ready);

		fetch_and(&cpu->sgi_pending, ~(1U << intid));
		if (!put(intid, cpu->sgi_priority[intid])) {
			fetch_or(&cpu->sgi_pending, 1U << intid);
			gic_lr_underflow(true);
			return;
		}
	}
}

#endif
