// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A GICv3 as far as its registers for single interrupts go (IHI 0069, 12.9 and 12.11).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/mmio_access.h>
#include "fake64.h"

struct fake64_gic fake64_gic;
u32 fake64_gicv2[FAKE64_GICV2_SIZE / 4];

u64 fake64_sent[FAKE64_SENT];
u32 fake64_num_sent;

void fake64_note_sent(u64 value)
{
	fake64_sent[fake64_num_sent++ % FAKE64_SENT] = value;
}

enum field { ENABLED, PENDING, ACTIVE, GROUP };

static bool *field_of(struct fake64_irq *irq, enum field field)
{
	switch (field) {
	case ENABLED:
		return &irq->enabled;
	case PENDING:
		return &irq->pending;
	case ACTIVE:
		return &irq->active;
	case GROUP:
		return &irq->group1;
	}
	abort();
}

static void refuse(const char *what, u64 offset, u32 size)
{
	fprintf(stderr, "fake64_gic: %s of %u bytes at %llx\n", what, size, offset);
	abort();
}

/* A register with a bit for each of 32 interrupts. */
static u32 read_bits(struct fake64_irq *irqs, enum field field)
{
	u32 value = 0, i;

	for (i = 0; i < 32; i++)
		value |= (u32)*field_of(&irqs[i], field) << i;
	return value;
}

static void write_bits(struct fake64_irq *irqs, enum field field, u32 bits, int how)
{
	u32 i;

	for (i = 0; i < 32; i++) {
		if (how < 0)
			*field_of(&irqs[i], field) = bits >> i & 1;
		else if (bits >> i & 1)
			*field_of(&irqs[i], field) = how;
	}
}

static u32 read_config(const struct fake64_irq *irqs)
{
	u32 value = 0, i;

	for (i = 0; i < 16; i++)
		value |= (u32)irqs[i].edge << (2 * i + 1);
	return value;
}

/* Registers below 0x1000: @irqs are those of INTID 0 of the bank. True: there is one. */
static bool access_irqs(struct fake64_irq *irqs, u64 offset, u32 size, bool write, u64 *value)
{
	static const struct {
		enum field field;
		int how;	/* -1: as written, 0: clear, 1: set */
	} bits[] = {
		{ GROUP, -1 }, { ENABLED, 1 }, { ENABLED, 0 }, { PENDING, 1 }, { PENDING, 0 },
		{ ACTIVE, 1 }, { ACTIVE, 0 },
	};
	u32 i;

	if (offset >= 0x80 && offset < 0x400) {
		struct fake64_irq *first = irqs + offset % 0x80 * 8;
		u32 row = (u32)offset / 0x80 - 1;

		if (size != 4 || offset % 4)
			refuse("access to bits", offset, size);
		if (write)
			write_bits(first, bits[row].field, (u32)*value, bits[row].how);
		else
			*value = read_bits(first, bits[row].field);
		return true;
	}
	if (offset >= 0x400 && offset < 0x800) {
		if ((size != 1 && size != 4) || offset % size)
			refuse("access to priorities", offset, size);
		for (i = 0; i < size; i++) {
			u8 *priority = &irqs[offset - 0x400 + i].priority;

			if (irqs[offset - 0x400 + i].secure)
				continue;
			if (write)
				*priority = (u8)(*value >> 8 * i);
			else
				*value |= (u64)*priority << 8 * i;
		}
		return true;
	}
	if (offset >= 0xc00 && offset < 0xd00) {
		struct fake64_irq *first = irqs + (offset - 0xc00) * 4;

		if (size != 4 || offset % 4)
			refuse("access to configuration", offset, size);
		for (i = 0; i < 16 && write; i++)
			first[i].edge = *value >> (2 * i + 1) & 1;
		if (!write)
			*value = read_config(first);
		return true;
	}
	return false;
}

static u64 read_distributor(u64 offset, u32 size)
{
	u64 value = 0;

	if (offset >= 0x80 && access_irqs(fake64_gic.spi, offset, size, false, &value))
		return value;
	if (offset >= 0x6000 && offset < 0x6000 + 8 * 1024)
		return fake64_gic.spi[(offset - 0x6000) / 8].route >> offset % 8 * 8;
	switch (offset) {
	case 0x0:
		return fake64_gic.ctlr;
	case 0x4:
		return FAKE64_INTIDS / 32 - 1;
	case 0xffe8:
		return 0x3b;
	}
	return 0;
}

static void write_distributor(u64 offset, u32 size, u64 value)
{
	if (offset >= 0x80 && access_irqs(fake64_gic.spi, offset, size, true, &value))
		return;
	if (offset >= 0x6000 && offset < 0x6000 + 8 * 1024 && size == 8) {
		fake64_gic.spi[(offset - 0x6000) / 8].route = value;
		return;
	}
	if (offset == 0xf00 && size == 4) {
		fake64_note_sent(value);
		return;
	}
	refuse("write", offset, size);
}

/* A redistributor: an RD frame, then a frame with the registers of SGIs and PPIs. */
static u64 access_redistributor(u64 offset, u32 size, bool write, u64 value)
{
	u32 cpu = (u32)(offset / 0x20000);
	u64 at = offset % 0x20000;

	if (at >= 0x10000) {
		if ((at & 0xffff) < 0x400 && at & 0x7f)
			refuse("access to a register of SPIs in a redistributor", offset, size);
		if (!access_irqs(fake64_gic.local[cpu], at & 0xffff, size, write, &value))
			refuse("access to the SGI frame", offset, size);
		return value;
	}
	if (write)
		fake64_gic.rd_writes++;
	else if (at == 0x8)
		return cpus[cpu].arch.mpidr << 32 | (cpu == FAKE64_CPUS - 1 ? BIT(4) : 0);
	return write ? 0 : 0xabcd0000 + at;
}

static bool is_gicv2(u64 at)
{
	return at >= (u64)FAKE64_GICV2 && at < (u64)FAKE64_GICV2 + FAKE64_GICV2_SIZE;
}

static void *gicv2_at(u64 at, u32 size)
{
	if (at % size || size > 4)
		refuse("access to GICv2", at, size);
	return (char *)fake64_gicv2 + (at - (u64)FAKE64_GICV2);
}

u64 fake64_read(const void *base, u64 offset, u32 size)
{
	u64 at = (u64)base + offset;

	u64 value = 0;

	if (base == FAKE64_GICD)
		return read_distributor(offset, size);
	if (is_gicv2(at)) {
		memcpy(&value, gicv2_at(at, size), size);
		return value;
	}
	if (at >= (u64)FAKE64_GICR && at < (u64)FAKE64_GICR + FAKE64_GICR_SIZE)
		return access_redistributor(at - (u64)FAKE64_GICR, size, false, 0);
	refuse("read", at, size);
	return 0;
}

void fake64_write(void *base, u64 offset, u32 size, u64 value)
{
	u64 at = (u64)base + offset;

	if (base == FAKE64_GICD)
		write_distributor(offset, size, value);
	else if (is_gicv2(at))
		memcpy(gicv2_at(at, size), &value, size);
	else if (at >= (u64)FAKE64_GICR && at < (u64)FAKE64_GICR + FAKE64_GICR_SIZE)
		access_redistributor(at - (u64)FAKE64_GICR, size, true, value);
	else
		refuse("write", at, size);
}
