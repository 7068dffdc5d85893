// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register accesses in every form that compilers make of them. A hypervisor that emulates the
 * register gets most of them described by the hardware, but has to decode those with write-back.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/sysreg.h>

#include "gic_test.h"
#include "tap.h"

/* Priorities that every implementation keeps (four bits), negative as bytes, halves and words. */
#define DECODE_PRIORITIES	0xe0c0a080U

/* A load into a register that was all ones before. */
#define DEFINE_LOAD(name, code)							\
static u64 name(u64 addr)							\
{										\
	u64 val = ~0UL;								\
										\
	asm volatile(code : "+r"(val) : "r"(addr) : "memory");			\
	return val;								\
}

DEFINE_LOAD(load_ldrb, "ldrb %w0, [%1]")
DEFINE_LOAD(load_ldrh, "ldrh %w0, [%1]")
DEFINE_LOAD(load_ldr, "ldr %w0, [%1]")
DEFINE_LOAD(load_ldrsb, "ldrsb %w0, [%1]")
DEFINE_LOAD(load_ldrsh, "ldrsh %w0, [%1]")
DEFINE_LOAD(load_ldrsb_x, "ldrsb %0, [%1]")
DEFINE_LOAD(load_ldrsh_x, "ldrsh %0, [%1]")
DEFINE_LOAD(load_ldrsw, "ldrsw %0, [%1]")
DEFINE_LOAD(load_ldurb, "sub %0, %1, #1\n\tldurb %w0, [%0, #1]")
DEFINE_LOAD(load_ldr_offset, "sub %0, %1, #8\n\tldr %w0, [%0, #8]")
DEFINE_LOAD(load_ldr_index, "mov %0, #0\n\tldr %w0, [%1, %0]")
DEFINE_LOAD(load_ldarb, "ldarb %w0, [%1]")
DEFINE_LOAD(load_ldar, "ldar %w0, [%1]")

struct decode_load {
	const char *name;
	u64 (*load)(u64 addr);
	u32 offset;
	u64 want;
	bool half;
};

static const struct decode_load decode_loads[] = {
	{ "ldrb w", load_ldrb, 3, 0xe0 },
	{ "ldrb w", load_ldrb, 0, 0x80 },
	{ "ldrh w", load_ldrh, 2, 0xe0c0, true },
	{ "ldr w", load_ldr, 0, 0xe0c0a080 },
	{ "ldrsb w", load_ldrsb, 3, 0xffffffe0 },
	{ "ldrsh w", load_ldrsh, 2, 0xffffe0c0, true },
	{ "ldrsb x", load_ldrsb_x, 3, 0xffffffffffffffe0 },
	{ "ldrsh x", load_ldrsh_x, 2, 0xffffffffffffe0c0, true },
	{ "ldrsw x", load_ldrsw, 0, 0xffffffffe0c0a080 },
	{ "ldurb w", load_ldurb, 1, 0xa0 },
	{ "ldr w, base = target", load_ldr_offset, 0, 0xe0c0a080 },
	{ "ldr w, offset", load_ldr_index, 0, 0xe0c0a080 },
	{ "ldarb w", load_ldarb, 2, 0xc0 },
	{ "ldar w", load_ldar, 0, 0xe0c0a080 },
};

/* Write-back forms. */
struct decode_writeback {
	const char *name;
	s32 start;		/* base before, relative to the address accessed */
	s32 end;		/* base after */
	u32 offset;
	u64 want;
	bool half;
};

static const struct decode_writeback decode_writebacks[] = {
	{ "ldr w, post-index", 0, 4, 0, 0xe0c0a080 },
	{ "ldr w, pre-index", -8, 0, 0, 0xe0c0a080 },
	{ "ldrb w, post-index, down", 0, -1, 3, 0xe0 },
	{ "ldrsh x, post-index", 0, 2, 2, 0xffffffffffffe0c0, true },
};

static u64 decode_load_writeback(u32 form, u64 *base)
{
	u64 val = ~0UL;
	u64 b = *base;

	switch (form) {
	case 0:
		asm volatile("ldr %w0, [%1], #4" : "+r"(val), "+r"(b) : : "memory");
		break;
	case 1:
		asm volatile("ldr %w0, [%1, #8]!" : "+r"(val), "+r"(b) : : "memory");
		break;
	case 2:
		asm volatile("ldrb %w0, [%1], #-1" : "+r"(val), "+r"(b) : : "memory");
		break;
	default:
		asm volatile("ldrsh %0, [%1], #2" : "+r"(val), "+r"(b) : : "memory");
	}
	*base = b;
	return val;
}

/*
 * GICv2 and GICv3 make priorities accessible as bytes and words; halves work on GICv2's, and may
 * read as zero and be ignored on GICv3's, but they have to be decoded all the same.
 */
static u64 decode_half(u64 val, u64 want)
{
	return gic_version() == 3 && val == 0 ? want : val;
}

static void decode_test_loads(u64 addr, const char *where)
{
	u64 base, val;

	for (u32 n = 0; n < ARRAY_SIZE(decode_loads); n++) {
		const struct decode_load *load = &decode_loads[n];

		val = load->load(addr + load->offset);
		if (load->half)
			val = decode_half(val, load->want);
		tap_eq(val, load->want, "%s: %s, offset %u", where, load->name, load->offset);
	}

	for (u32 n = 0; n < ARRAY_SIZE(decode_writebacks); n++) {
		const struct decode_writeback *wb = &decode_writebacks[n];

		base = addr + wb->offset + wb->start;
		val = decode_load_writeback(n, &base);
		if (wb->half)
			val = decode_half(val, wb->want);
		tap_eq(val, wb->want, "%s: %s loads", where, wb->name);
		tap_eq(base - addr - wb->offset, (u64)(s64)wb->end, "%s: %s moves the base", where,
		       wb->name);
	}

	asm volatile("ldr wzr, [%0]\n\tldrb wzr, [%0]\n\tldrsw xzr, [%0]" : : "r"(addr) : "memory");
	asm volatile("mov %0, xzr" : "=r"(val));
	tap_eq(val, 0, "%s: loads into the zero register", where);
}

/* The word reads as @want after a store; puts the priorities back. */
static void decode_stored(u64 addr, u32 want, const char *where, const char *what)
{
	tap_eq(mmio_read32(addr), want, "%s: %s", where, what);
	mmio_write32(addr, DECODE_PRIORITIES);
}

static void decode_stored_half(u64 addr, u32 want, const char *where, const char *what)
{
	bool ignored = gic_version() == 3 && mmio_read32(addr) == DECODE_PRIORITIES;

	decode_stored(addr, ignored ? DECODE_PRIORITIES : want, where, what);
}

static void decode_test_stores(u64 addr, const char *where)
{
	u64 junk = 0xffffffffffffff10;
	u64 base;

	asm volatile("strb %w0, [%1, #3]" : : "r"(junk), "r"(addr) : "memory");
	decode_stored(addr, 0x10c0a080, where, "strb w");
	asm volatile("strh %w0, [%1, #2]" : : "r"(0x77772030UL), "r"(addr) : "memory");
	decode_stored_half(addr, 0x2030a080, where, "strh w");
	asm volatile("str %w0, [%1]" : : "r"(0x7777777710203040UL), "r"(addr) : "memory");
	decode_stored(addr, 0x10203040, where, "str w");
	asm volatile("strb wzr, [%0, #1]" : : "r"(addr) : "memory");
	decode_stored(addr, 0xe0c00080, where, "strb wzr");
	asm volatile("str wzr, [%0]" : : "r"(addr) : "memory");
	decode_stored(addr, 0, where, "str wzr");
	asm volatile("stlrb %w0, [%1]" : : "r"(junk), "r"(addr) : "memory");
	decode_stored(addr, 0xe0c0a010, where, "stlrb w");

	base = addr;
	asm volatile("str %w1, [%0], #4" : "+r"(base) : "r"(0x10203040) : "memory");
	tap_eq(base, addr + 4, "%s: str w, post-index moves the base", where);
	decode_stored(addr, 0x10203040, where, "str w, post-index stores");
	base = addr - 16;
	asm volatile("strb %w1, [%0, #17]!" : "+r"(base) : "r"(junk) : "memory");
	tap_eq(base, addr + 1, "%s: strb w, pre-index moves the base", where);
	decode_stored(addr, 0xe0c01080, where, "strb w, pre-index stores");
	base = addr + 2;
	asm volatile("strh wzr, [%0], #-2" : "+r"(base) : : "memory");
	tap_eq(base, addr, "%s: strh wzr, post-index moves the base", where);
	decode_stored_half(addr, 0xa080, where, "strh wzr, post-index stores");
}

static void decode_test_spi(const struct gic_test *test)
{
	u64 addr = comm_region->gicd_base + GICD_IPRIORITYR + test->spi;
	u64 base = addr;

	asm volatile("strb %w1, [%0], #1" : "+r"(base) : "r"(0x40) : "memory");
	tap_eq(base, addr + 1, "own SPI: strb w, post-index moves the base");
	tap_eq(mmio_read8(addr), 0x40, "own SPI: and stores");
	mmio_write8(addr, 0xc0);
	tap_eq(load_ldrsb_x(addr), 0xffffffffffffffc0, "own SPI: ldrsb x");
	tap_eq(load_ldr(addr & ~3UL) >> (addr & 3) * 8 & 0xff, 0xc0, "own SPI: ldr w");
	mmio_write8(addr, GIC_PRIORITY_DEFAULT);
}

/* 64-bit registers exist on GICv3 only. */
static void decode_test_64bit(const struct gic_test *test)
{
	u64 router = comm_region->gicd_base + GICD_IROUTER + 8 * test->spi;
	u64 typer = comm_region->gicr_base + 8;
	u64 base = router;
	u64 whole, val;

	if (gic_version() != 3) {
		tap_skip("64-bit accesses", "GICv2 has no 64-bit registers");
		return;
	}
	whole = mmio_read32(typer) | (u64)mmio_read32(typer + 4) << 32;
	tap_eq(mmio_read64(typer), whole, "GICR_TYPER is the same in one and in two reads");
	if (!test->spi)
		return;
	mmio_write64(router, cpu_mpidr());
	tap_eq(mmio_read64(router), cpu_mpidr(), "own GICD_IROUTER keeps this CPU");
	asm volatile("ldr %0, [%1], #8" : "=&r"(val), "+r"(base) : : "memory");
	tap_eq(val, cpu_mpidr(), "ldr x, post-index loads");
	tap_eq(base, router + 8, "ldr x, post-index moves the base");
	base = router;
	asm volatile("str %1, [%0], #8" : "+r"(base) : "r"(cpu_mpidr()) : "memory");
	tap_eq(mmio_read64(router), cpu_mpidr(), "str x, post-index stores");
}

void gic_test_decode(const struct gic_test *test)
{
	u64 addr = gic_reg(GICD_IPRIORITYR, 0, 8);
	u32 old = mmio_read32(addr);

	mmio_write32(addr, DECODE_PRIORITIES);
	decode_test_loads(addr, "SGIs");
	decode_test_stores(addr, "SGIs");
	mmio_write32(addr, old);
	if (test->spi)
		decode_test_spi(test);
	decode_test_64bit(test);
}
