// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The order of TLB maintenance: what another CPU has cached is gone at the end, also on CPUs whose
 * invalidations have to be made twice; the table and its form belong together whenever a walk may
 * begin, and none begins that an erratum would combine with the wrong stage 1.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/errata.h>
#include <asm/tlb.h>
#include <hv/arch.h>
#include <hv/cell.h>

#define EPD		(1UL << 7 | 1UL << 23)
#define PAGES		100	/* that the other CPU has cached */

u32 errata_machine;
u64 hv_base = 0x40000000;

static struct {
	u64 vttbr, vtcr, tcr, sctlr;
} own, now;

static const struct pgtable root = { .root = (u64 *)(EL2_LINEAR + 0x1000), .level = 1, .bits = 40 };
static const struct pgtable cell = {
	.root = (u64 *)(EL2_LINEAR + 0x4000), .level = 1, .bits = 39, .id = 1,
};

/* Another CPU's TLB: how many times each was invalidated, with a barrier behind. */
static u32 asked_stage2[PAGES], done_stage2[PAGES], asked_combined, done_combined;
static bool published;

static u64 *reg(const char *name)
{
	static u64 mmfr0 = 2;	/* 40 bits */

	return !strcmp(name, "vttbr_el2") ? &now.vttbr : !strcmp(name, "vtcr_el2") ? &now.vtcr :
	       !strcmp(name, "tcr_el1") ? &now.tcr : !strcmp(name, "sctlr_el1") ? &now.sctlr :
	       !strcmp(name, "id_aa64mmfr0_el1") ? &mmfr0 : NULL;
}

u64 fake64_read_sysreg(const char *name)
{
	assert_non_null(reg(name));
	return *reg(name);
}

/* Registers take effect before or after the next isb, in any order: those that may go wrong. */
static void check_walks(void)
{
	if (!(errata_machine & ERRATUM_SPECULATIVE_AT) || now.vttbr == own.vttbr)
		return;
	assert_int_equal(now.tcr & EPD, EPD);
	assert_int_equal(now.sctlr & SCTLR_M, SCTLR_M);
}

void fake64_write_sysreg(const char *name, u64 value)
{
	assert_non_null(reg(name));
	*reg(name) = value;
	check_walks();
	/* Without stage 1 addresses go to stage 2 as they are: not before walks are off. */
	if (value & SCTLR_M && !strcmp(name, "sctlr_el1") && !(own.sctlr & SCTLR_M))
		assert_int_equal(now.tcr & EPD, EPD);
}

static bool belongs(const struct pgtable *pt)
{
	return now.vttbr == tlb_vttbr(pt) && now.vtcr == tlb_vtcr(pt);
}

void fake64_barrier(const char *name)
{
	u32 i;

	if (!strcmp(name, "isb"))
		assert_true(belongs(&root) || belongs(&cell));
	if (!strcmp(name, "dsb ishst"))
		published = true;
	if (strcmp(name, "dsb ish"))
		return;
	for (i = 0; i < PAGES; i++) {
		done_stage2[i] += asked_stage2[i];
		asked_stage2[i] = 0;
	}
	done_combined += asked_combined;
	asked_combined = 0;
}

/* An invalidation counts once where it was not asked for again before the barrier. */
void fake64_tlbi(const char *operation, u64 value)
{
	u32 needed = errata_machine & ERRATUM_REPEAT_TLBI ? 2 : 1, i;

	assert_true(published);
	assert_true(belongs(&cell));
	if (!strcmp(operation, "vmalls12e1is")) {
		for (i = 0; i < PAGES; i++)
			asked_stage2[i] = 1;
		asked_combined = 1;
	} else if (!strcmp(operation, "ipas2e1is")) {
		assert_true(value < PAGES);
		asked_stage2[value] = 1;
	} else {
		assert_string_equal(operation, "vmalle1is");
		for (i = 1; i <= 3; i++)
			assert_true(done_stage2[i] >= needed);
		asked_combined = 1;
	}
}

static void begin(u32 errata, u64 sctlr)
{
	errata_machine = errata;
	own.tcr = 0x3510;
	own.sctlr = sctlr;
	own.vttbr = tlb_vttbr(&root);
	own.vtcr = tlb_vtcr(&root);
	now = own;
	memset(asked_stage2, 0, sizeof(asked_stage2));
	memset(done_stage2, 0, sizeof(done_stage2));
	asked_combined = done_combined = 0;
	published = false;
}

static void expect_gone(u32 first, u32 count)
{
	u32 needed = errata_machine & ERRATUM_REPEAT_TLBI ? 2 : 1, i;

	for (i = first; i < first + count; i++)
		assert_true(done_stage2[i] >= needed);
	assert_true(done_combined >= needed);
	/* The guest that this CPU runs goes on as it was. */
	assert_memory_equal(&now, &own, sizeof(now));
}

static void on_all_kinds_of_cpus(void (*test)(void))
{
	u32 errata;

	for (errata = 0; errata < 4; errata++) {
		u32 set = (errata & 1 ? ERRATUM_SPECULATIVE_AT : 0) |
			  (errata & 2 ? ERRATUM_REPEAT_TLBI : 0);

		begin(set, 0x30d00800 | SCTLR_M);
		test();
		begin(set, 0x30d00800);
		test();
	}
}

static void change_pages(void)
{
	arch_pgtable_changed(&cell, GPA(0x1000), 3 * PAGE_SIZE);
	expect_gone(1, 3);
}

static void change_all(void)
{
	arch_pgtable_changed(&cell, GPA(0), 1UL << 39);
	expect_gone(0, PAGES);
}

static void retire(void)
{
	arch_pgtable_retired(&cell);
	expect_gone(0, PAGES);
}

static void nothing_stale_is_left(void **state)
{
	(void)state;
	on_all_kinds_of_cpus(change_pages);
	on_all_kinds_of_cpus(change_all);
	on_all_kinds_of_cpus(retire);
}

static void ones_own_table_needs_no_switch(void **state)
{
	(void)state;
	begin(ERRATUM_REPEAT_TLBI | ERRATUM_SPECULATIVE_AT, 0x30d00800);
	own.vttbr = now.vttbr = tlb_vttbr(&cell);
	own.vtcr = now.vtcr = tlb_vtcr(&cell);
	change_pages();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_stale_is_left),
		cmocka_unit_test(ones_own_table_needs_no_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
