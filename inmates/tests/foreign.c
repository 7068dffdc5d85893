// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every form of access to the interrupt controller, most of which is not the cell's: all offsets,
 * sizes and patterns. It ends by itself, and no other cell is affected.
 *
 * Command line: mode=gicd|gicr|sgi|random; seed=S and n=N for the last.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

#define FOREIGN_FRAME		0x10000UL
#define FOREIGN_FRAMES		10	/* more redistributors than the cell has CPUs */
#define FOREIGN_GICD_V2		0x1000UL
#define FOREIGN_GICC		0x1000UL
#define FOREIGN_FORMS		7
#define FOREIGN_RANDOM		300000

#define GICD_CPENDSGIR		0xf10
#define GICD_SPENDSGIR_END	0xf30
#define ICC_SGI1R_EL1		S3_0_C12_C11_5
#define ICC_ASGI1R_EL1		S3_0_C12_C11_6
#define ICC_SGI0R_EL1		S3_0_C12_C11_7

static u64 foreign_accesses;
static u64 foreign_skipped;
static u64 foreign_sum;

static bool foreign_skip(struct exception_frame *frame, u64 esr)
{
	(void)esr;
	foreign_skipped++;
	frame->elr += 4;
	return true;
}

static void foreign_write(u64 at, u32 size, u64 value)
{
	foreign_accesses++;
	switch (size) {
	case 1:
		mmio_write8(at, value);
		break;
	case 2:
		mmio_write16(at, value);
		break;
	case 4:
		mmio_write32(at, value);
		break;
	case 8:
		mmio_write64(at, value);
		break;
	}
}

static void foreign_read(u64 at, u32 size)
{
	foreign_accesses++;
	switch (size) {
	case 1:
		foreign_sum += mmio_read8(at);
		break;
	case 2:
		foreign_sum += mmio_read16(at);
		break;
	case 4:
		foreign_sum += mmio_read32(at);
		break;
	case 8:
		foreign_sum += mmio_read64(at);
		break;
	}
}

/* Forms with write-back, which the hypervisor decodes itself. */
static void foreign_write_back(u64 at, u64 value, u32 form)
{
	foreign_accesses++;
	switch (form) {
	case 0:
		asm volatile("str %w1, [%0], #4" : "+r"(at) : "r"(value) : "memory");
		break;
	case 1:
		at += 8;
		asm volatile("str %1, [%0, #-8]!" : "+r"(at) : "r"(value) : "memory");
		break;
	case 2:
		asm volatile("strb %w1, [%0], #255" : "+r"(at) : "r"(value) : "memory");
		break;
	case 3:
		asm volatile("strh %w1, [%0, #2]!" : "+r"(at) : "r"(value) : "memory");
		break;
	case 4:
		asm volatile("ldrsw %1, [%0], #-256" : "+r"(at), "=r"(value) : : "memory");
		break;
	case 5:
		asm volatile("ldrsb %w1, [%0, #1]!" : "+r"(at), "=r"(value) : : "memory");
		break;
	case 6:
		/* By the stack pointer, which is another register then, and must be aligned. */
		at &= ~15UL;
		asm volatile("mov x9, sp\n\tmov sp, %0\n\tldr x10, [sp], #16\n\tmov sp, x9"
			     : : "r"(at) : "x9", "x10", "memory");
		break;
	}
}

static void foreign_range(u64 base, u64 size, u64 hole, u64 hole_end)
{
	static const u64 values[] = {
		~0UL, 0, 0x0000008000000080, 0xffffffff00000001, 0x80000000, 0x55aa55aa55aa55aa,
	};

	for (u32 v = 0; v < ARRAY_SIZE(values); v++) {
		for (u32 width = 1; width <= 8; width *= 2) {
			for (u64 offset = 0; offset < size; offset += width) {
				if (offset == hole)
					offset = hole_end;
				foreign_write(base + offset, width, values[v]);
				if (v < 2)
					foreign_read(base + offset, width);
			}
		}
	}
}

static void foreign_gicd(void)
{
	u64 gicd = comm_region->gicd_base;

	if (comm_region->gic_version == 3)
		foreign_range(gicd, FOREIGN_FRAME, 0x9000, 0xff00);
	else
		foreign_range(gicd, FOREIGN_GICD_V2, FOREIGN_GICD_V2, 0);
	for (u64 offset = 0; offset < 0x1000; offset += 4) {
		for (u32 form = 0; form < FOREIGN_FORMS; form++)
			foreign_write_back(gicd + offset, ~0UL, form);
	}
}

static void foreign_gicr(void)
{
	for (u64 n = 0; comm_region->gicr_base && n < FOREIGN_FRAMES; n++)
		foreign_range(comm_region->gicr_base + n * FOREIGN_FRAME, FOREIGN_FRAME, 0x1000,
			      0xffc0);
}

static void foreign_sgis_v2(u32 intid)
{
	u64 gicd = comm_region->gicd_base;

	for (u64 filter = 0; filter < 4; filter++) {
		for (u64 targets = 0; targets < 256; targets++) {
			foreign_write(gicd + GICD_SGIR, 4, filter << 24 | targets << 16 | intid);
			foreign_write(gicd + GICD_SGIR, 4,
				      filter << 24 | targets << 16 | BIT(15) | intid);
		}
	}
	for (u32 offset = GICD_CPENDSGIR; offset < GICD_SPENDSGIR_END; offset++)
		foreign_write(gicd + offset, 1, 0xff);
}

/* Bits of the affinities, the range selector and the routing mode, in all combinations. */
static void foreign_sgis_v3(u64 intid)
{
	static const u8 shifts[] = { 16, 17, 32, 40, 44, 45, 48 };
	static const u64 targets[] = { 0xffff, 0xb };

	for (u32 set = 0; set < 1U << ARRAY_SIZE(shifts); set++) {
		for (u32 t = 0; t < ARRAY_SIZE(targets); t++) {
			u64 value = intid << 24 | targets[t];

			for (u32 n = 0; n < ARRAY_SIZE(shifts); n++)
				value |= (u64)(set >> n & 1) << shifts[n];
			sysreg_write(ICC_SGI1R_EL1, value);
			sysreg_write(ICC_ASGI1R_EL1, value);
			sysreg_write(ICC_SGI0R_EL1, value);
			sysreg_write(ICC_SGI1R_EL1, value | 0xff0000f000000000);
			foreign_accesses += 4;
		}
	}
}

static void foreign_sgis(void)
{
	for (u32 intid = 0; intid < 16; intid++)
		comm_region->gic_version == 2 ? foreign_sgis_v2(intid) : foreign_sgis_v3(intid);
}

static u64 foreign_seed;

static u64 foreign_next(void)
{
	foreign_seed ^= foreign_seed << 13;
	foreign_seed ^= foreign_seed >> 7;
	foreign_seed ^= foreign_seed << 17;
	return foreign_seed;
}

static void foreign_random(void)
{
	bool v3 = comm_region->gic_version == 3;
	u64 count = cmdline_int("n", FOREIGN_RANDOM);

	foreign_seed = cmdline_int("seed", 1) * 0x9e3779b97f4a7c15UL;
	for (u64 n = 0; n < count; n++) {
		u64 how = foreign_next(), size = 1UL << (how & 3), base = comm_region->gicd_base;
		u64 limit = v3 ? FOREIGN_FRAME : FOREIGN_GICD_V2, at;

		if (how & 8 && v3) {
			base = comm_region->gicr_base;
			limit = FOREIGN_FRAME * 16;
		} else if (!v3 && (how & 0x18) == 0x18) {
			base = comm_region->gicc_base;
			limit = FOREIGN_GICC;
		}
		at = base + (foreign_next() % limit & ~(size - 1));
		if (how & 0x40)
			foreign_write(at, size, foreign_next());
		else
			foreign_read(at, size);
	}
}

void inmate_main(void)
{
	sysreg_write(daif, 0x3c0);
	exception_set_handler(foreign_skip);
	if (cmdline_is("mode", "gicd"))
		foreign_gicd();
	else if (cmdline_is("mode", "gicr"))
		foreign_gicr();
	else if (cmdline_is("mode", "sgi"))
		foreign_sgis();
	else
		foreign_random();
	exception_set_handler(NULL);
	printf("foreign: %lu accesses, %lu of them undefined, sum 0x%lx\nforeign: done\n",
	       foreign_accesses, foreign_skipped, foreign_sum);
}
