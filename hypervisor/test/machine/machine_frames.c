// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Registers of the interrupt controller: by address, and for GICv3's interfaces by name.
 */
#include <stdlib.h>
#include <string.h>

#include <gic/affinity.h>
#include <gic/lr.h>
#include <hv/mmio_access.h>
#include "machine_gic.h"

#define FRAME		0x10000UL
#define CTLR_SPLIT	BIT(9)

void (*machine_before_send)(void);

static void count_send(void)
{
	machine_gic.sends++;
	if (machine_before_send)
		machine_before_send();
}

/* --- single interrupts: registers below 0x1000 of a distributor or a redistributor --- */

enum field { GROUP, ENABLED, PENDING, ACTIVE };

static bool *field_of(struct machine_irq *irq, enum field field)
{
	switch (field) {
	case GROUP:
		return &irq->group1;
	case ENABLED:
		return &irq->enabled;
	case PENDING:
		return &irq->pending;
	case ACTIVE:
		return &irq->active;
	}
	abort();
}

/* SGIs of GICv2 become pending by their senders only (4.3.7); their group is there to stay. */
static bool takes(u32 intid, enum field field)
{
	return !(field == PENDING && intid < 16 && machine_gic.version == 2);
}

static u64 access_bits(u32 cpu, u32 first, enum field field, int how, bool write, u32 value)
{
	u32 i, result = 0;

	for (i = 0; i < 32; i++) {
		struct machine_irq *irq = machine_irq(cpu, first + i);
		bool *bit = field_of(irq, field);

		result |= (u32)(*bit || (field == PENDING && irq->sources)) << i;
		if (!write || !takes(first + i, field))
			continue;
		if (how < 0)
			*bit = value >> i & 1;
		else if (value >> i & 1)
			*bit = how;
	}
	return result;
}

static u64 access_priorities(u32 cpu, u32 first, u32 size, bool write, u64 value)
{
	u64 result = 0;
	u32 i;

	for (i = 0; i < size; i++) {
		struct machine_irq *irq = machine_irq(cpu, first + i);

		if (irq->secure)
			continue;
		if (write)
			irq->priority = (u8)(value >> 8 * i) & 0xf8;
		result |= (u64)irq->priority << 8 * i;
	}
	return result;
}

/* The triggers of SGIs are fixed. */
static u64 access_triggers(u32 cpu, u32 first, bool write, u64 value)
{
	u64 result = 0;
	u32 i;

	for (i = 0; i < 16; i++) {
		struct machine_irq *irq = machine_irq(cpu, first + i);

		if (write && first + i >= 16)
			irq->edge = value >> (2 * i + 1) & 1;
		result |= (u64)irq->edge << (2 * i + 1);
	}
	return result;
}

/* @local: a redistributor's, which has the first 32 only; GICv3's distributor lacks these. */
static u64 access_irqs(u32 cpu, u64 offset, u32 size, bool write, u64 value)
{
	static const struct {
		enum field field;
		int how;	/* -1: as written, 0: clear, 1: set */
	} rows[] = {
		{ GROUP, -1 }, { ENABLED, 1 }, { ENABLED, 0 }, { PENDING, 1 }, { PENDING, 0 },
		{ ACTIVE, 1 }, { ACTIVE, 0 },
	};

	if (offset % size)
		machine_fail("access of %u bytes at %llx", size, (unsigned long long)offset);
	if (offset >= 0x80 && offset < 0x400) {
		u32 row = (u32)offset / 0x80 - 1, first = (u32)offset % 0x80 * 8;

		if (size != 4)
			machine_fail("access of %u bytes to bits at %llx", size,
				     (unsigned long long)offset);
		return access_bits(cpu, first, rows[row].field, rows[row].how, write, (u32)value);
	}
	if (offset >= 0x400 && offset < 0x800 && (size == 1 || size == 4))
		return access_priorities(cpu, (u32)offset - 0x400, size, write, value);
	if (offset >= 0xc00 && offset < 0xd00 && size == 4)
		return access_triggers(cpu, ((u32)offset - 0xc00) * 4, write, value);
	if (write || size != 4)
		machine_fail("access of %u bytes at %llx", size, (unsigned long long)offset);
	return 0;
}

/* --- GICv3 --- */

static bool is_of_first_32(u64 offset)
{
	return (offset >= 0x80 && offset < 0x400 && !(offset & 0x7c)) ||
	       (offset >= 0x400 && offset < 0x420) || (offset >= 0xc00 && offset < 0xc08);
}

static u64 access_distributor_v3(u64 offset, u32 size, bool write, u64 value)
{
	u64 *route;

	if (offset >= 0x6000 && offset < 0x6000 + 8 * 1020) {
		route = &machine_gic.spi[(offset - 0x6000) / 8].route;
		if (write && size == 8)
			*route = value;
		return *route >> offset % 8 * 8;
	}
	switch (offset) {
	case 0x0:
		return 0x50;	/* DS, ARE */
	case 0x4:
		return machine_gic.intids / 32 - 1;
	case 0xffe8:
		return 0x3b;
	}
	return is_of_first_32(offset) ? 0 : access_irqs(0, offset, size, write, value);
}

static u64 access_redistributor(u64 offset, u32 size, bool write, u64 value)
{
	u32 cpu = (u32)(offset / (2 * FRAME));
	u64 at = offset % (2 * FRAME);

	if (at >= FRAME)
		return is_of_first_32(at - FRAME) ?
		       access_irqs(cpu, at - FRAME, size, write, value) : 0;
	if (at == 0x8)
		return machine_mpidr(cpu) << 32 | (cpu == MACHINE_CPUS - 1 ? BIT(4) : 0);
	machine_gic.rd_writes += write;
	return at == 0xffe8 ? 0x3b : 0;
}

/* ICC_SGI1R_EL1: the CPUs of one cluster, by Aff0; EL2 uses no other form. */
static void send_v3(u64 value)
{
	u32 cpu;

	if (value & ~(0xff00ff00ff0000UL | 0xf000000 | 0xffff))
		machine_fail("ICC_SGI1R_EL1: %llx", (unsigned long long)value);
	count_send();
	for (cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		u64 mpidr = machine_mpidr(cpu);

		if ((value & 0xff00ff00ff0000UL) == affinity_key(mpidr) &&
		    value >> (mpidr & 0xf) & 1)
			machine_send(cpu, (u32)(value >> 24) & 0xf);
	}
}

static u64 *named_lr(const char *name)
{
	struct machine_virtual *v = &machine_gic.virtual[fake64_cpu];
	u32 n = (u32)atoi(name + strlen("ich_lr"));

	return strncmp(name, "ich_lr", strlen("ich_lr")) || n >= MACHINE_LRS ? NULL : &v->lr[n];
}

/* ICH_EISR_EL2, GICH_EISR0: those that want a maintenance interrupt at their end have ended. */
static u32 ended_lrs(const struct machine_virtual *v)
{
	u32 ended = 0, n;

	for (n = 0; n < MACHINE_LRS; n++)
		ended |= (u32)(v->lr[n] & LR_EOI && !(v->lr[n] & LR_HW) &&
			       !(v->lr[n] & (LR_PENDING | LR_ACTIVE))) << n;
	return ended;
}

bool frames_read_sysreg(const char *name, u64 *value)
{
	const struct machine_interface *p = &machine_gic.physical[fake64_cpu];
	const struct machine_virtual *v = &machine_gic.virtual[fake64_cpu];
	const u64 *lr = named_lr(name);

	if (lr)
		*value = *lr;
	else if (!strcmp(name, "icc_iar1_el1"))
		*value = frames_ack();
	else if (!strcmp(name, "icc_iar0_el1"))
		*value = MACHINE_NOTHING;
	else if (!strcmp(name, "icc_rpr_el1"))
		*value = machine_running(fake64_cpu);
	else if (!strcmp(name, "icc_pmr_el1"))
		*value = p->mask;
	else if (!strcmp(name, "icc_ctlr_el1"))
		*value = 4 << 8 | (p->split ? BIT(1) : 0);
	else if (!strcmp(name, "icc_igrpen1_el1"))
		*value = p->enabled;
	else if (!strcmp(name, "icc_bpr1_el1"))
		*value = p->binary_point;
	else if (!strcmp(name, "icc_ap1r0_el1"))
		*value = p->active;
	else if (!strcmp(name, "ich_elrsr_el2"))
		*value = machine_free_lrs(fake64_cpu);
	else if (!strcmp(name, "ich_eisr_el2"))
		*value = ended_lrs(v);
	else if (!strcmp(name, "ich_vtr_el2"))
		*value = 4UL << 29 | 4UL << 26 | (MACHINE_LRS - 1);
	else if (!strcmp(name, "ich_hcr_el2"))
		*value = v->hcr;
	else if (!strcmp(name, "ich_vmcr_el2"))
		*value = v->control;
	else if (!strcmp(name, "ich_ap1r0_el2"))
		*value = v->active;
	else
		return false;
	return true;
}

bool frames_write_sysreg(const char *name, u64 value)
{
	struct machine_interface *p = &machine_gic.physical[fake64_cpu];
	struct machine_virtual *v = &machine_gic.virtual[fake64_cpu];
	u64 *lr = named_lr(name);

	if (lr)
		*lr = value;
	else if (!strcmp(name, "icc_sgi1r_el1"))
		send_v3(value);
	else if (!strcmp(name, "icc_eoir1_el1"))
		machine_end(fake64_cpu, (u32)value);
	else if (!strcmp(name, "icc_dir_el1"))
		machine_deactivate(fake64_cpu, (u32)value);
	else if (!strcmp(name, "icc_pmr_el1"))
		p->mask = (u8)value & 0xf8;
	else if (!strcmp(name, "icc_ctlr_el1"))
		p->split = value & BIT(1);
	else if (!strcmp(name, "icc_igrpen1_el1"))
		p->enabled = value & 1;
	else if (!strcmp(name, "icc_bpr1_el1"))
		p->binary_point = value & 7;
	else if (!strcmp(name, "icc_ap1r0_el1"))
		p->active = p->sticks ? p->active : (u32)value;
	else if (!strcmp(name, "ich_hcr_el2"))
		v->hcr = (u32)value;
	else if (!strcmp(name, "ich_vmcr_el2"))
		v->control = value;
	else if (!strcmp(name, "ich_ap1r0_el2"))
		v->active = (u32)value;
	else
		return false;
	return true;
}

/* --- GICv2 --- */

static u64 access_sources(u64 offset, u32 size, bool write, u64 value)
{
	bool set = offset >= 0xf20;
	u64 result = 0;
	u32 i;

	for (i = 0; i < size; i++) {
		struct machine_irq *irq = machine_irq(fake64_cpu, (u32)offset % 16 + i);
		u8 bits = (u8)(value >> 8 * i);

		if (write)
			irq->sources = set ? irq->sources | bits : irq->sources & (u8)~bits;
		result |= (u64)irq->sources << 8 * i;
	}
	return result;
}

/* Those of banked interrupts say which interface the reader has. */
static u64 access_targets(u64 offset, u32 size, bool write, u64 value)
{
	u32 first = (u32)offset - 0x800, i;
	u64 result = 0;

	for (i = 0; i < size; i++) {
		u64 *route = &machine_gic.spi[first + i].route;

		if (write && first >= 32)
			*route = (u8)(value >> 8 * i);
		result |= (first < 32 ? 1UL << fake64_cpu : *route) << 8 * i;
	}
	return result;
}

static u64 access_distributor_v2(u64 offset, u32 size, bool write, u64 value)
{
	u32 cpu;

	if (offset >= 0x800 && offset < 0xc00)
		return access_targets(offset, size, write, value);
	if (offset >= 0xf10 && offset < 0xf30)
		return access_sources(offset, size, write, value);
	switch (offset) {
	case 0x4:
		return (MACHINE_CPUS - 1) << 5 | (machine_gic.intids / 32 - 1);
	case 0xf00:
		/* GICD_SGIR with a list of targets; EL2 uses no other form. */
		if (!write || value & ~0xff000fUL)
			machine_fail("GICD_SGIR: %llx", (unsigned long long)value);
		count_send();
		for (cpu = 0; cpu < MACHINE_CPUS; cpu++) {
			if (value >> 16 >> cpu & 1)
				machine_send(cpu, value & 0xf);
		}
		return 0;
	case 0xfe8:
		return 0x2b;
	}
	return access_irqs(fake64_cpu, offset, size, write, value);
}

static u64 read_gicc(u64 offset)
{
	const struct machine_interface *p = &machine_gic.physical[fake64_cpu];

	switch (offset) {
	case 0x0:
		return (p->enabled ? 1 : 0) | (p->split ? CTLR_SPLIT : 0) | p->rest;
	case 0x4:
		return p->mask;
	case 0x8:
		return p->binary_point;
	case 0xc:
		return frames_ack();
	case 0x14:
		return machine_running(fake64_cpu);
	case 0xd0:
		return p->active;
	case 0xd4 ... 0xec:
		return p->more_active[(offset - 0xd4) / 4];
	case 0xfc:
		return machine_gic.iidr;
	}
	return 0;
}

static void write_gicc(u64 offset, u32 value)
{
	struct machine_interface *p = &machine_gic.physical[fake64_cpu];

	switch (offset) {
	case 0x0:
		p->enabled = value & 1;
		p->split = value & CTLR_SPLIT;
		p->rest = value & ~(CTLR_SPLIT | 1);
		break;
	case 0x4:
		p->mask = value & 0xf8;
		break;
	case 0x8:
		p->binary_point = value & 7;
		break;
	case 0x10:
		machine_end(fake64_cpu, value & 0x3ff);
		break;
	case 0xd0:
		p->active = p->sticks ? p->active : value;
		break;
	case 0xd4 ... 0xec:
		p->more_active[(offset - 0xd4) / 4] = value;
		break;
	case 0x1000:
		machine_deactivate(fake64_cpu, value & 0x3ff);
		break;
	}
}

/* GICH_LR<n> has the fields of ICH_LR<n>_EL2 in 32 bits (5.3.10). */
static u64 widened(u32 lr)
{
	u64 wide = FIELD(lr, 9, 0) | FIELD(lr, 19, 10) << 32 | FIELD(lr, 27, 23) << 51 |
		   FIELD(lr, 29, 28) << 62;

	return wide | (lr >> 31 ? LR_HW : 0);
}

static u32 narrowed(u64 lr)
{
	return (u32)(FIELD(lr, 9, 0) | FIELD(lr, 41, 32) << 10 | FIELD(lr, 55, 51) << 23 |
		     FIELD(lr, 63, 62) << 28 | (lr & LR_HW ? BIT(31) : 0));
}

static u64 access_gich(u64 offset, bool write, u32 value)
{
	struct machine_virtual *v = &machine_gic.virtual[fake64_cpu];
	u32 n = ((u32)offset - 0x100) / 4;

	if (offset >= 0x100 && n < MACHINE_LRS) {
		if (write)
			v->lr[n] = widened(value);
		return narrowed(v->lr[n]);
	}
	switch (offset) {
	case 0x0:
		v->hcr = write ? value : v->hcr;
		return v->hcr;
	case 0x4:
		return 4U << 29 | 4U << 26 | (MACHINE_LRS - 1);
	case 0x8:
		v->control = write ? value : v->control;
		return v->control;
	case 0x20:
		return ended_lrs(v);
	case 0x30:
		return machine_free_lrs(fake64_cpu);
	case 0xf0:
		v->active = write ? value : v->active;
		return v->active;
	}
	return 0;
}

/* --- by address --- */

static u64 access(u64 at, u32 size, bool write, u64 value)
{
	u64 offset = at & 0xffffff;

	machine_preempt();
	switch (at & ~0xffffffUL) {
	case MACHINE_GICD:
		if (machine_gic.version == 2)
			return access_distributor_v2(offset, size, write, value);
		return access_distributor_v3(offset, size, write, value);
	case MACHINE_GICR:
		return access_redistributor(offset, size, write, value);
	case MACHINE_GICC:
		if (!write)
			return read_gicc(offset);
		write_gicc(offset, (u32)value);
		return 0;
	case MACHINE_GICH:
		return access_gich(offset, write, (u32)value);
	}
	machine_fail("access to a device at %llx", (unsigned long long)at);
}

u64 fake64_read(const void *base, u64 offset, u32 size)
{
	return access((u64)base + offset, size, false, 0);
}

void fake64_write(void *base, u64 offset, u32 size, u64 value)
{
	access((u64)base + offset, size, true, value);
}
