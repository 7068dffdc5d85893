/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * SGIs of guests. An SGI on its way to a CPU is a bit in the CPU's sgi_pending, on GICv2 also a
 * sender's bit in sgi_sources; the target CPU puts it into a list register. An image links
 * vsgi_v2.c or vsgi_v3.c.
 */
#ifndef GIC_VSGI_H
#define GIC_VSGI_H

#include <asm/percpu.h>
#include <gic/gic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

/** vsgi_sgi1r() - the guest wrote @value to ICC_SGI1R_EL1, which a CPU beside a GICv2 may have */
void vsgi_sgi1r(u64 value);

/** vsgi_deliver() - put pending, enabled SGIs of this CPU's guest into list registers */
void vsgi_deliver(void);

/** vsgi_virtual() - from now on this CPU's guests have virtual SGIs */
void vsgi_virtual(void);

/** vsgi_direct() - from now on this CPU's guests have physical SGIs */
void vsgi_direct(void);

/** vsgi_import() - take over SGIs that are pending at the hardware for this CPU's guest */
void vsgi_import(void) __cold;

/** vsgi_export() - the inverse of vsgi_import(), for a CPU that goes on unmanaged */
void vsgi_export(void) __cold;

/** vsgi_clear() - drop all pending SGIs of this CPU's guest; the doorbell may still ring */
void vsgi_clear(void);

/**
 * vsgi_deliver_by() - vsgi_deliver() with a function for one SGI
 * @put:	false if no list register is free
 */
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
