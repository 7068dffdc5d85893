// SPDX-License-Identifier: GPL-2.0-only
/*
 * One access to memory that is not the cell's, in a form that a hypervisor may overlook. Where the
 * cell must be stopped, "SURVIVED" means that containment failed.
 *
 * Command line: form=FORM of the table at the end, addr=ADDRESS; normal: map it as memory first.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/exception.h>
#include <inmate/io.h>
#include <inmate/mmu.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>

#define MEMORY_DEFAULT		0x48000000
#define MEMORY_UNMAPPED		0x300000	/* by no table that the TLB has seen */
#define TCR_EPD1		BIT(23)
#define TCR_HA_HD		(3UL << 39)
#define BLOCK			(BIT(0) | BIT(2) | 3UL << 8 | BIT(10))

/* In each piece of assembler: that of clang forgets it behind one. */
#define ARCH			".arch armv8.1-a+fp+simd\n\t"

static u64 memory_faults;
static u64 memory_tables[512] __attribute__((aligned(4096)));

static bool memory_skip(struct exception_frame *frame, u64 esr)
{
	(void)esr;
	memory_faults++;
	frame->elr += 4;
	return true;
}

/* A form that is one piece of assembler, with the address in %0 and scratch registers. */
#define FORM(name, code)								\
static void memory_##name(u64 addr)							\
{											\
	asm volatile(ARCH "mov x2, #-1\n\tmov x3, #-1\n\tmov x4, #-1\n\tmov x5, #-1\n\t"	\
		     code									\
		     : "+r"(addr) : : "x2", "x3", "x4", "x5", "x6", "memory");		\
}

FORM(ldp, "ldp x2, x3, [%0]")
FORM(stp, "stp x2, x3, [%0, #16]!")
FORM(ldr_back, "ldr x2, [%0, #8]!")
FORM(str_back, "str x2, [%0], #8")
FORM(ldrb_back, "ldrb w2, [%0], #1")
FORM(ldxr, "ldxr x2, [%0]")
FORM(stxr, "ldxr x2, [%0]\n\tstxr w6, x3, [%0]")
FORM(ldar, "ldar x2, [%0]")
FORM(stlr, "stlr x2, [%0]")
FORM(ldlar, "ldlar x2, [%0]")
FORM(cas, "cas x2, x3, [%0]")
FORM(casp, "casp x2, x3, x4, x5, [%0]")
FORM(ldadd, "ldadd x2, x3, [%0]")
FORM(swp, "swp x2, x3, [%0]")
FORM(ldtr, "ldtr x2, [%0]")
FORM(sttr, "sttr x2, [%0]")
FORM(stnp, "stnp x2, x3, [%0]")
FORM(unaligned, "ldr x2, [%0, #3]\n\tstr x2, [%0, #5]")
FORM(cross, "sub x6, %0, #4\n\tstr x2, [x6]")
FORM(zva, "dc zva, %0")
FORM(ivac, "dc ivac, %0")
FORM(civac, "dc civac, %0")
FORM(cvac, "dc cvac, %0")
FORM(cvau, "dc cvau, %0")
FORM(icivau, "ic ivau, %0")
FORM(prfm, "prfm pldl1keep, [%0]\n\tprfm pstl1keep, [%0]")
FORM(at, "at s1e1r, %0\n\tat s1e1w, %0\n\tisb")
FORM(tlbi, "tlbi vmalle1is\n\ttlbi vae1is, x2\n\ttlbi aside1is, x2\n\ttlbi vaae1is, x2\n\t"
	   "tlbi vale1is, x2\n\ttlbi vaale1is, x2\n\ttlbi vmalle1\n\tic ialluis\n\tdsb sy\n\tisb")

static void memory_simd(u64 addr)
{
	sysreg_write(cpacr_el1, 3UL << 20);
	isb();
	asm volatile(ARCH "st1 {v0.16b-v3.16b}, [%0]" : : "r"(addr) : "memory");
}

static void memory_switch_tables(void)
{
	asm volatile("isb\n\ttlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
}

/* The walker of stage 1 reads a table there. */
static void memory_walk(u64 addr)
{
	sysreg_write(ttbr0_el1, addr & ~0xfffUL);
	memory_switch_tables();
	mmio_read32(MEMORY_UNMAPPED);
}

static void memory_walk_upper(u64 addr)
{
	sysreg_write(ttbr1_el1, addr & ~0xfffUL);
	sysreg_write(tcr_el1, (sysreg_read(tcr_el1) & ~TCR_EPD1) | 25UL << 16 | 2UL << 30);
	memory_switch_tables();
	mmio_read32(0xffffffff00000000);
}

/* And writes there: it manages the access flag and the dirty state by itself. */
static void memory_walk_store(u64 addr)
{
	memset(memory_tables, 0, sizeof(memory_tables));
	memory_tables[0] = BLOCK;
	memory_tables[1] = (addr & ~0xfffUL) | 3;
	memory_tables[2] = 0x80000000UL | BLOCK;
	dsb_sy();
	sysreg_write(tcr_el1, sysreg_read(tcr_el1) | TCR_HA_HD);
	sysreg_write(ttbr0_el1, (u64)memory_tables);
	memory_switch_tables();
	mmio_write32(0x40000000, 1);
}

#define ROW(name)	{ #name, memory_##name }
static const struct {
	const char *name;
	void (*access)(u64 addr);
} memory_forms[] = {
	ROW(ldp), ROW(stp), ROW(ldr_back), ROW(str_back), ROW(ldrb_back), ROW(ldxr), ROW(stxr),
	ROW(ldar), ROW(stlr), ROW(ldlar), ROW(cas), ROW(casp), ROW(ldadd), ROW(swp), ROW(ldtr),
	ROW(sttr), ROW(stnp), ROW(unaligned), ROW(cross), ROW(zva), ROW(ivac), ROW(civac),
	ROW(cvac), ROW(cvau), ROW(icivau), ROW(prfm), ROW(at), ROW(tlbi), ROW(simd), ROW(walk),
	ROW(walk_upper), ROW(walk_store),
};

void inmate_main(void)
{
	u64 addr = cmdline_int("addr", MEMORY_DEFAULT);
	char form[16];

	cmdline_str("form", form, sizeof(form), "");
	if (cmdline_bool("normal", false))
		mmu_set_block(addr, MMU_DATA);
	for (u32 n = 0; n < ARRAY_SIZE(memory_forms); n++) {
		if (strcmp(form, memory_forms[n].name) != 0)
			continue;
		printf("memory: %s at 0x%lx\n", form, addr);
		exception_set_handler(memory_skip);
		memory_forms[n].access(addr);
		exception_set_handler(NULL);
		printf("memory: SURVIVED, %lu faults\n", memory_faults);
		return;
	}
	printf("memory: there is no form \"%s\"\n", form);
}
