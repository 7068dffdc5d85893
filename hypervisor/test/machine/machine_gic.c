// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * State of interrupts and of CPU interfaces, and the effects of acknowledge, end and deactivate
 * (IHI 0048, 3.2 and 5.2; IHI 0069, 4.5 to 4.8).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gic/lr.h>
#include <hv/cpu.h>
#include "machine_gic.h"

#define PRIORITY_SHIFT	3	/* five bits are implemented, each a level of preemption */
#define HCR_ENABLED	0x1
#define HCR_UNDERFLOW	0x2
#define GIC400_IIDR	0x0202143b

struct machine_gic machine_gic;

void machine_gic_reset(u32 version, u32 intids)
{
	u32 cpu, i;

	memset(&machine_gic, 0, sizeof(machine_gic));
	machine_gic.version = version;
	machine_gic.intids = intids;
	machine_gic.iidr = GIC400_IIDR;
	for (i = 0; i < intids; i++)
		machine_gic.spi[i] = (struct machine_irq){
			.priority = PRIORITY_DEFAULT, .group1 = true, .route = version == 2,
		};
	for (cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		for (i = 0; i < 32; i++)
			machine_gic.local[cpu][i] = (struct machine_irq){
				.priority = PRIORITY_DEFAULT, .group1 = true, .edge = i < 16,
				.enabled = i < 8,
			};
		machine_gic.physical[cpu] = (struct machine_interface){
			.enabled = true, .mask = 0xf0,
		};
	}
}

struct machine_irq *machine_irq(u32 cpu, u32 intid)
{
	return intid < 32 ? &machine_gic.local[cpu][intid] : &machine_gic.spi[intid];
}

/* --- the virtual interface --- */

static bool is_valid(u64 lr)
{
	return lr & (LR_PENDING | LR_ACTIVE);
}

/* GICv2: the guest has ended one for which EL2 wants to hear of it. */
static bool has_ended(u64 lr)
{
	return !is_valid(lr) && lr & LR_EOI && !(lr & LR_HW);
}

u32 machine_free_lrs(u32 cpu)
{
	u32 free = 0, n;

	for (n = 0; n < MACHINE_LRS; n++) {
		u64 lr = machine_gic.virtual[cpu].lr[n];

		if (!is_valid(lr) && !has_ended(lr))
			free |= 1U << n;
	}
	return free;
}

static bool wants_maintenance(u32 cpu)
{
	const struct machine_virtual *v = &machine_gic.virtual[cpu];
	u32 valid = 0, n;
	bool ended = false;

	for (n = 0; n < MACHINE_LRS; n++) {
		valid += is_valid(v->lr[n]);
		ended |= has_ended(v->lr[n]);
	}
	return v->hcr & HCR_ENABLED && (ended || (v->hcr & HCR_UNDERFLOW && valid <= 1));
}

static u32 running(u32 active)
{
	return active ? (u32)__builtin_ctz(active) << PRIORITY_SHIFT : PRIORITY_IDLE;
}

static u32 virtual_mask(const struct machine_virtual *v)
{
	return machine_gic.version == 2 ? (u32)v->control >> 27 << PRIORITY_SHIFT :
					  (u32)(v->control >> 24 & 0xff);
}

u32 machine_virtual_ack(u32 cpu)
{
	struct machine_virtual *v = &machine_gic.virtual[cpu];
	u32 n, best = MACHINE_LRS, priority = MIN(running(v->active), virtual_mask(v));

	for (n = 0; n < MACHINE_LRS; n++) {
		if ((v->lr[n] & (LR_PENDING | LR_ACTIVE)) != LR_PENDING ||
		    LR_PRIORITY(v->lr[n]) >= priority)
			continue;
		priority = LR_PRIORITY(v->lr[n]);
		best = n;
	}
	if (best == MACHINE_LRS || !(v->hcr & HCR_ENABLED))
		return MACHINE_NOTHING;
	v->lr[best] = (v->lr[best] & ~LR_PENDING) | LR_ACTIVE;
	v->active |= 1U << (priority >> PRIORITY_SHIFT);
	return LR_VINTID(v->lr[best]);
}

void machine_virtual_end(u32 cpu, u32 intid)
{
	struct machine_virtual *v = &machine_gic.virtual[cpu];
	u32 n;

	v->active &= v->active - 1;
	for (n = 0; n < MACHINE_LRS; n++) {
		if (!(v->lr[n] & LR_ACTIVE) || LR_VINTID(v->lr[n]) != intid)
			continue;
		v->lr[n] &= ~LR_ACTIVE;
		if (v->lr[n] & LR_HW)
			machine_irq(cpu, intid)->active = false;
		return;
	}
}

/* --- the physical interface --- */

/* Affinity routing off, a bit of GICD_ITARGETSR is a CPU interface. */
static bool reaches(u32 cpu, u32 intid)
{
	u64 route = machine_gic.spi[intid].route;

	if (intid < 32)
		return true;
	return machine_gic.version == 2 ? route >> cpu & 1 :
					  route == cpus[cpu].arch.mpidr || route >> 31 & 1;
}

static bool is_pending(u32 cpu, u32 intid)
{
	const struct machine_irq *irq = machine_irq(cpu, intid);

	if (intid == MACHINE_MAINTENANCE && wants_maintenance(cpu))
		return true;
	return irq->pending || irq->sources;
}

static u32 best(u32 cpu)
{
	const struct machine_interface *p = &machine_gic.physical[cpu];
	u32 intid, found = MACHINE_NOTHING, priority = MIN(running(p->active), (u32)p->mask);

	for (intid = 0; intid < machine_gic.intids && p->enabled; intid++) {
		const struct machine_irq *irq = machine_irq(cpu, intid);

		if (!irq->enabled || irq->active || irq->priority >= priority ||
		    !is_pending(cpu, intid) || !reaches(cpu, intid))
			continue;
		priority = irq->priority;
		found = intid;
	}
	return found;
}

bool machine_signalled(u32 cpu)
{
	return best(cpu) != MACHINE_NOTHING;
}

u32 machine_running(u32 cpu)
{
	return running(machine_gic.physical[cpu].active);
}

u32 machine_ack(u32 cpu)
{
	u32 intid = best(cpu), source = 0;
	struct machine_irq *irq;

	if (intid == MACHINE_NOTHING)
		return intid;
	irq = machine_irq(cpu, intid);
	irq->pending = false;
	if (irq->sources) {
		source = (u32)__builtin_ctz(irq->sources);
		irq->sources &= (u8)(irq->sources - 1);
	}
	irq->active = true;
	machine_gic.physical[cpu].active |= 1U << (irq->priority >> PRIORITY_SHIFT);
	return intid | source << 10;
}

/* A level that has not fallen would come once more, for nothing. */
void machine_deactivate(u32 cpu, u32 intid)
{
	if (intid == MACHINE_MAINTENANCE && wants_maintenance(cpu))
		machine_fail("CPU %u ends the maintenance interrupt before its cause", cpu);
	if (intid < machine_gic.intids)
		machine_irq(cpu, intid)->active = false;
}

void machine_end(u32 cpu, u32 intid)
{
	struct machine_interface *p = &machine_gic.physical[cpu];

	/* The end of what did not begin is UNPREDICTABLE (IHI 0048, GICC_EOIR). */
	assert_true(p->active);
	p->active &= p->active - 1;
	if (!p->split)
		machine_deactivate(cpu, intid);
}

void (*machine_after_send)(u32 target);

void machine_send(u32 target, u32 intid)
{
	struct machine_irq *irq = machine_irq(target, intid);

	if (machine_gic.version == 2)
		irq->sources |= (u8)(1U << fake64_cpu);
	else
		irq->pending = true;
	if (machine_after_send)
		machine_after_send(target);
}
