// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Stage 2 aborts: address and register of the access, the next instruction, and accesses to
 * unmapped addresses. The short path and the long one agree.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/decode.h>
#include <asm/errata.h>
#include <asm/trap.h>
#include <hv/link.h>
#include <hv/mmio.h>
#include "fake64/fake64.h"

#define DEVICE		0x08000000UL
#define DEVICE_SIZE	0x10000UL
#define TRANSLATION	0x07
#define PERMISSION	0x0f
#define ABORT(iss)	((u64)EC_DABT_LOW << 26 | ESR_IL | (iss))
#define NO_VERDICT	99
#define CODE		0x40000000UL	/* the cell's RAM */
#define CODE_SIZE	0x10000UL
#define WINDOW		0x0b000000UL	/* a device of its own */
#define OWN		0x09000000UL	/* where the cell has a region for itself, */
#define MORE		0x0a000000UL	/* and one that is none of the first */
#define WRITE_BACK	(0xffUL << 56)	/* PAR_EL1.ATTR */
#define POST_INDEXED	0xb8004420	/* str w0, [x1], #4 */

static struct mmio_access seen;
static u32 accesses;
static u64 answer;
static struct mmio_region own;

static u64 device(struct mmio_access access, void *context)
{
	assert_ptr_equal(context, &seen);
	seen = access;
	accesses++;
	return answer;
}

static void begin(u32 cpu)
{
	u32 i;

	fake64_reset();
	memset(mmio_fast, 0, sizeof(mmio_fast));
	mmio_fast[0] = (struct mmio_region){ DEVICE, DEVICE_SIZE, device, &seen, NULL, 0 };
	fake64_cell.regions = NULL;
	own = (struct mmio_region){ OWN, DEVICE_SIZE, device, &seen, NULL, 0 };
	mmio_add_cell(&fake64_cell, &own);
	fake64_become(cpu);
	for (i = 0; i < 31; i++)
		guest_regs->x[i] = 0x1111111111111111UL * (i % 15 + 1);
	fake64_cell.memories[0] = (struct cell_memory){
		.pa = CODE, .size = CODE_SIZE, .flags = JH_MEM_READ | JH_MEM_EXECUTE,
	};
	fake64_cell.memories[1] = (struct cell_memory){
		.pa = WINDOW, .size = 0x1000, .flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_IO,
	};
	fake64_cell.num_memories = 2;
	accesses = 0;
	answer = 0;
	fake64_set_sysreg("sctlr_el1", SCTLR_M | SCTLR_C);
	fake64_set_sysreg("par_el1", CODE | WRITE_BACK);
	fake64_set_sysreg("spsr_el2", SPSR_M_EL1H);
	fake64_set_sysreg("elr_el2", 0x4000);
}

/* A fault at an intermediate physical address. */
static void fault_at(u64 ipa)
{
	fake64_set_sysreg("hpfar_el2", ipa >> 12 << 4);
	fake64_set_sysreg("far_el2", 0xffff800000000000 | (ipa & 0xfff));
}

static u32 take(u64 esr)
{
	volatile u32 verdict = NO_VERDICT;

	fake64_set_sysreg("esr_el2", esr);
	if (!fake64_leaves())
		verdict = ESR_EC(esr) == EC_IABT_LOW ? fault_fetch(esr) :
						       fault_data(guest_regs, esr);
	/* Whatever came of it: the guest's instruction is not mapped any more. */
	assert_int_equal(fake64_asked.borrowed, 0);
	return verdict;
}

static u64 iss(u32 size, bool sign, bool wide, bool write, u32 rt)
{
	return ISS_ISV | (u64)size << 22 | (sign ? ISS_SSE : 0) | (wide ? ISS_SF : 0) |
	       (write ? ISS_WNR : 0) | (u64)rt << 16 | TRANSLATION;
}

/* One access, by the long way or the short one; what register and device see of it. */
static void one_access(u64 at, u32 size, bool sign, bool wide, bool write, u32 rt, bool simple)
{
	u64 esr = ABORT(iss(size, sign, wide, write, rt)), mask = ~0UL >> (64 - (8 << size));
	u64 before, expected;

	begin(4);
	before = rt == 31 ? 0 : guest_regs->x[rt];
	answer = 0xfedcba9876543280 & mask;
	fault_at(at + 0x100);
	if (simple) {
		assert_int_equal(fault_simple(guest_regs, esr), !sign);
		if (sign)
			return;
		assert_int_equal(fake64_sysreg("elr_el2"), 0x4004);
	} else {
		assert_int_equal(take(esr), TRAP_SKIP);
	}
	assert_int_equal(accesses, 1);
	assert_int_equal(seen.offset, 0x100);
	assert_int_equal(seen.size, 1 << size);
	assert_int_equal(seen.write, write);
	if (write) {
		assert_int_equal(seen.value, before & mask);
	} else {
		assert_int_equal(seen.value, 0);
	}
	if (!write && rt != 31) {
		expected = answer | (sign && answer & (mask ^ mask >> 1) ? ~mask : 0);
		assert_int_equal(guest_regs->x[rt], wide ? expected : (u32)expected);
	}
	assert_int_equal(fake64_percpu[4].stats[JH_STAT_MMIO], 1);
}

static void each_kind_of_access_is_emulated(void **state)
{
	static const u64 places[] = { DEVICE, OWN, MORE };
	u32 at, size, sign, wide, write, rt, simple;

	(void)state;
	for (at = 0; at < 3; at++)
	for (size = 0; size < 4; size++)
	for (sign = 0; sign < 2; sign++)
	for (wide = 0; wide < 2; wide++)
	for (write = 0; write < 2; write++)
	for (rt = 0; rt < 32; rt++)
	for (simple = 0; simple < 2; simple++)
		if (!(sign && (write || size == 3)) && !(size == 3 && !wide))
			one_access(places[at], size, sign, wide, write, rt, simple);
}

static void the_short_path_leaves_other_accesses_to_the_long_one(void **state)
{
	static const u64 others[] = {
		ABORT(TRANSLATION),				/* no syndrome */
		ABORT(2UL << 22 | TRANSLATION),
		ABORT(ISS_ISV | 2UL << 22 | ISS_CM | TRANSLATION),
		ABORT(ISS_ISV | 2UL << 22 | ISS_S1PTW | TRANSLATION),
		ABORT(ISS_ISV | 2UL << 22 | PERMISSION),
		ABORT(ISS_ISV | 2UL << 22 | 0x10),
		(u64)EC_DABT_CUR << 26 | ESR_IL | ISS_ISV | 2UL << 22 | TRANSLATION,
		ABORT(ISS_ISV | ISS_CM | TRANSLATION),
		ABORT(ISS_ISV | ISS_S1PTW | TRANSLATION),
		ABORT(ISS_ISV | PERMISSION),
		ABORT(ISS_ISV | 0x10),				/* external */
		(u64)EC_IABT_LOW << 26 | ISS_ISV | TRANSLATION,
		(u64)EC_DABT_CUR << 26 | ISS_ISV | TRANSLATION,
		(u64)EC_HVC64 << 26 | ISS_ISV | TRANSLATION,
	};
	u64 word;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin(4);
		fault_at(DEVICE);
		assert_false(fault_simple(guest_regs, others[i]));
		assert_int_equal(accesses, 0);
		assert_int_equal(fake64_sysreg("elr_el2"), 0x4000);
	}
	/* Not aligned; beside the device. */
	word = ABORT(iss(2, false, false, false, 1));
	fault_at(DEVICE + 2);
	assert_false(fault_simple(guest_regs, word));
	fault_at(DEVICE + DEVICE_SIZE);
	assert_false(fault_simple(guest_regs, word));
	fault_at(DEVICE - 4);
	assert_false(fault_simple(guest_regs, word));
	fault_at(OWN + 2);
	assert_false(fault_simple(guest_regs, word));
	fault_at(OWN + DEVICE_SIZE);
	assert_false(fault_simple(guest_regs, word));
	fault_at(MORE + 2);
	assert_false(fault_simple(guest_regs, word));
	assert_int_equal(accesses, 0);
}

/* What one cell has for itself is nothing to another one, and to root. */
static void regions_of_a_cell_are_its_own(void **state)
{
	u64 word = ABORT(iss(2, false, false, false, 1));
	u64 half = ABORT(iss(1, false, false, true, 1));

	(void)state;
	begin(0);
	fault_at(OWN);
	assert_false(fault_simple(guest_regs, word));
	assert_false(fault_simple(guest_regs, half));
	assert_int_equal(accesses, 0);
	fault_at(MORE);
	assert_true(fault_simple(guest_regs, word));
	assert_int_equal(accesses, 1);
}

static u64 another(struct mmio_access access, void *context)
{
	(void)access;
	(void)context;
	return 0;
}

/* A bell is a store of a word. All else comes as it does to any other region. */
static void bells_have_a_short_path(void **state)
{
	u64 store = ABORT(iss(2, false, false, true, 9));
	u64 load = ABORT(iss(2, false, false, false, 1));
	u64 half = ABORT(iss(1, false, false, true, 9));
	struct link_port port;
	struct mmio_region links = { OWN, 0x1000, link_access, &port, NULL, MMIO_BELL };

	(void)state;
	begin(4);
	fake64_cell.regions = NULL;
	mmio_add_cell(&fake64_cell, &links);
	mmio_add_cell(&fake64_cell, &(struct mmio_region){ WINDOW, 0x1000, another, NULL, NULL,
							     0 });
	fault_at(OWN + 0xc);
	guest_regs->x[9] = 0xffffffff00010002;
	assert_true(fault_simple(guest_regs, store));
	assert_ptr_equal(fake64_asked.bells_of, &port);
	assert_int_equal(fake64_asked.bells, 1);
	assert_int_equal(fake64_asked.bell, 0x00010002);
	assert_int_equal(fake64_sysreg("elr_el2"), 0x4004);
	assert_int_equal(fake64_percpu[4].stats[JH_STAT_MMIO], 1);
	assert_null(fake64_asked.link);

	assert_true(fault_simple(guest_regs, load));
	assert_ptr_equal(fake64_asked.link, &port);
	assert_false(fake64_asked.link_access.write);
	assert_int_equal(guest_regs->x[1], FAKE64_LINK_VALUE);
	assert_true(fault_simple(guest_regs, half));
	assert_int_equal(fake64_asked.link_access.size, 2);
	assert_int_equal(fake64_percpu[4].stats[JH_STAT_MMIO], 3);
	fault_at(OWN + 0x10);
	assert_true(fault_simple(guest_regs, store));
	assert_true(fake64_asked.link_access.write);
	assert_int_equal(fake64_asked.link_access.offset, 0x10);

	/* Not aligned, and a region that is no link's */
	fault_at(OWN + 0xe);
	assert_false(fault_simple(guest_regs, store));
	fault_at(WINDOW + 0xc);
	assert_true(fault_simple(guest_regs, store));
	assert_int_equal(fake64_asked.bells, 1);
}

/* The registers of root's sides are a page each, in one region; programs ring, too. */
static void bells_of_root(void **state)
{
	u64 store = ABORT(iss(2, false, false, true, 9));
	u64 load = ABORT(iss(2, false, false, false, 1));
	u32 i;

	(void)state;
	begin(4);
	link_root_region = (struct mmio_region){ OWN, 0x8000, link_access, &i, NULL,
						 MMIO_BELLS };
	fake64_cell.regions = NULL;
	mmio_add_cell(&fake64_cell, &link_root_region);
	guest_regs->x[9] = 0x1234500010002;
	for (i = 0; i < 8; i++) {
		fault_at(OWN + 0x1000 * i + 0xc);
		assert_true(fault_simple(guest_regs, store));
		assert_int_equal(fake64_asked.root_bells, i + 1);
		assert_ptr_equal(fake64_asked.bells_of, &link_root_sides[i].port);
		assert_int_equal(fake64_asked.bell, 0x00010002);
	}
	assert_null(fake64_asked.link);
	assert_true(fault_simple(guest_regs, load));
	assert_int_equal(fake64_asked.link_access.offset, 0x700c);
	fault_at(OWN + 0x7010);
	assert_true(fault_simple(guest_regs, store));
	assert_int_equal(fake64_asked.link_access.offset, 0x7010);
	assert_int_equal(fake64_asked.root_bells, 8);
}

/* A57 834220: stage 2's abort comes first. A store that stage 1 forbids rings nothing. */
static void bells_that_stage_1_forbids(void **state)
{
	u64 store = ABORT(iss(2, false, false, true, 9));
	u32 el0, root, forbidden;
	struct link_port port;
	struct mmio_region region;

	(void)state;
	for (root = 0; root < 2; root++)
		for (el0 = 0; el0 < 2; el0++)
			for (forbidden = 0; forbidden < 2; forbidden++) {
				begin(4);
				region = (struct mmio_region){
					OWN, 0x1000, link_access, &port, NULL,
					root ? MMIO_BELLS : MMIO_BELL,
				};
				fake64_cell.regions = NULL;
				mmio_add_cell(&fake64_cell, &region);
				errata_machine = ERRATUM_STAGE2_FIRST;
				fake64_at_el0 = 0;
				fake64_set_sysreg("spsr_el2", el0 ? SPSR_M_EL0T : SPSR_M_EL1H);
				fake64_set_sysreg("par_el1", forbidden);
				fault_at(OWN + 0xc);
				/* A cell's programs do not ring: the long way does. */
				assert_int_equal(fault_simple(guest_regs, store),
						 !forbidden && (root || !el0));
				assert_int_equal(fake64_asked.bells, !forbidden && (root || !el0));
				assert_int_equal(fake64_at_el0, root && el0);
			}
	errata_machine = 0;
}

static void write_back_reaches_its_register(void **state)
{
	(void)state;
	begin(4);
	fault_at(DEVICE + 8);
	fake64_instruction = POST_INDEXED;
	fake64_set_sysreg("par_el1", 0x40001000 | WRITE_BACK);
	assert_int_equal(take(ABORT(ISS_WNR | TRANSLATION)), TRAP_SKIP);
	assert_int_equal(seen.value, 0x11111111);
	assert_int_equal(guest_regs->x[1], 0x2222222222222222 + 4);
	assert_int_equal(fake64_asked.mapped, 0x40001000);
	/* The guest's PAR_EL1 is as it was. */
	assert_int_equal(fake64_sysreg("par_el1"), 0x40001000 | WRITE_BACK);
	/* By way of the stack pointer in use. */
	fake64_instruction = 0xf8408fe2;	/* ldr x2, [sp, #8]! */
	fake64_set_sysreg("sp_el0", 0x100);
	fake64_set_sysreg("sp_el1", 0x200);
	answer = 0xabcd;
	assert_int_equal(take(ABORT(TRANSLATION)), TRAP_SKIP);
	assert_int_equal(guest_regs->x[2], 0xabcd);
	assert_int_equal(fake64_sysreg("sp_el1"), 0x208);
	fake64_set_sysreg("spsr_el2", SPSR_M_EL0T);
	assert_int_equal(take(ABORT(TRANSLATION)), TRAP_SKIP);
	assert_int_equal(fake64_sysreg("sp_el0"), 0x108);
	assert_int_equal(fake64_sysreg("sp_el1"), 0x208);
}

/* An access whose instruction is asked for, which translates to @par; does EL2 read it there? */
static bool is_read_at(u32 cpu, u64 par, u64 sctlr)
{
	begin(cpu);
	fault_at(DEVICE + 8);
	fake64_instruction = POST_INDEXED;
	fake64_set_sysreg("par_el1", par);
	fake64_set_sysreg("sctlr_el1", sctlr);
	fake64_asked.mapped = 0;
	if (take(ABORT(ISS_WNR | TRANSLATION)) == TRAP_SKIP) {
		assert_int_equal(fake64_asked.mapped, par & 0xfffffffff000);
		return true;
	}
	assert_int_equal(fake64_asked.mapped, 0);
	assert_int_equal(accesses, 0);
	return false;
}

static void instructions_are_read_from_ram_alone(void **state)
{
	const u64 on = SCTLR_M | SCTLR_C;

	(void)state;
	assert_true(is_read_at(4, CODE | WRITE_BACK, on));
	assert_true(is_read_at(4, (CODE + CODE_SIZE - 0x1000) | 0x44UL << 56, on));
	/* Its stage 1 says that it is a device, or it is one, or not the cell's. */
	assert_false(is_read_at(4, CODE, on));
	assert_false(is_read_at(4, CODE | 0x04UL << 56, on));
	assert_false(is_read_at(4, WINDOW | WRITE_BACK, on));
	assert_false(is_read_at(4, WINDOW | WRITE_BACK, 0));
	assert_false(is_read_at(4, (CODE + CODE_SIZE) | WRITE_BACK, on));
	assert_false(is_read_at(4, (CODE - 0x1000) | WRITE_BACK, on));
	/* With stage 1 off every access of data is said to be one of a device. */
	assert_true(is_read_at(4, CODE, 0));
	/* Root has what nobody else owns. */
	assert_true(is_read_at(0, 0x50000000 | WRITE_BACK, on));
	assert_false(is_read_at(0, 0x50000000, on));
	assert_false(is_read_at(0, FAKE64_NOT_ROOTS | WRITE_BACK, on));
}

static void instructions_are_seen_as_the_guest_wrote_them(void **state)
{
	static const u64 off[] = { 0, SCTLR_M, SCTLR_C };
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		begin(4);
		fault_at(DEVICE + 8);
		fake64_set_sysreg("sctlr_el1", off[i]);
		fake64_instruction = POST_INDEXED;
		fake64_in_cache = 0x28c10801;	/* what lay there before */
		assert_int_equal(take(ABORT(ISS_WNR | TRANSLATION)), TRAP_SKIP);
		assert_int_equal(guest_regs->x[1], 0x2222222222222222 + 4);
	}
}

static void expect_parked(u32 cause, u64 address)
{
	assert_int_equal(fake64_asked.parked_cell, cause);
	assert_int_equal(fake64_asked.parked_address, address);
	assert_int_equal(accesses, 0);
}

static void each_fatal_access_parks_the_cell(void **state)
{
	(void)state;
	begin(4);
	fault_at(0x50000123);
	assert_int_equal(take(ABORT(iss(2, false, false, true, 0))), NO_VERDICT);
	expect_parked(JH_CRASH_ACCESS, 0x50000123);
	begin(4);
	fault_at(0x50000000);
	assert_int_equal(take((u64)EC_IABT_LOW << 26 | TRANSLATION), NO_VERDICT);
	expect_parked(JH_CRASH_FETCH, 0x50000000);
	/* An instruction that cannot be decoded: a pair. */
	begin(4);
	fault_at(DEVICE);
	fake64_instruction = 0x28c10801;
	assert_int_equal(take(ABORT(TRANSLATION)), NO_VERDICT);
	expect_parked(JH_CRASH_MMIO, DEVICE);
	/* Not aligned; tables of stage 1 in a device. */
	begin(4);
	fault_at(DEVICE + 2);
	assert_int_equal(take(ABORT(iss(2, false, false, false, 0))), NO_VERDICT);
	expect_parked(JH_CRASH_MMIO, DEVICE + 2);
	begin(4);
	fault_at(DEVICE);
	assert_int_equal(take(ABORT(iss(2, false, false, false, 0) | ISS_S1PTW)), NO_VERDICT);
	expect_parked(JH_CRASH_MMIO, DEVICE);
}

static void root_gets_an_abort_instead(void **state)
{
	(void)state;
	begin(0);
	fault_at(0x50000123);
	assert_int_equal(take(ABORT(iss(2, false, false, true, 0))), TRAP_ABORT);
	assert_int_equal(take((u64)EC_IABT_LOW << 26 | TRANSLATION), TRAP_ABORT);
	fault_at(DEVICE + 1);
	assert_int_equal(take(ABORT(iss(1, false, false, true, 0))), TRAP_ABORT);
	assert_int_equal(accesses, 0);
}

static void addresses_of_permission_faults_come_from_stage_1(void **state)
{
	(void)state;
	begin(4);
	fault_at(0x1000);
	fake64_set_sysreg("par_el1", 0x60002000);
	fake64_set_sysreg("far_el2", 0xabc);
	assert_int_equal(take(ABORT(iss(2, false, false, true, 0) ^ TRANSLATION ^ PERMISSION)),
			 NO_VERDICT);
	expect_parked(JH_CRASH_ACCESS, 0x60002abc);
	/* The guest changed its tables meanwhile: it tries again. */
	begin(4);
	fake64_set_sysreg("par_el1", 1);
	assert_int_equal(take(ABORT(iss(2, false, false, true, 0) ^ TRANSLATION ^ PERMISSION)),
			 TRAP_RETRY);
	/* On a walk HPFAR_EL2 is valid. */
	begin(4);
	fault_at(0x70000000);
	assert_int_equal(take(ABORT(ISS_S1PTW | PERMISSION)), NO_VERDICT);
	expect_parked(JH_CRASH_ACCESS, 0x70000000);
}

static void cache_maintenance_of_a_device_does_nothing(void **state)
{
	(void)state;
	begin(4);
	fault_at(DEVICE);
	assert_int_equal(take(ABORT(ISS_CM | ISS_WNR | TRANSLATION)), TRAP_SKIP);
	assert_int_equal(accesses, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_access_is_emulated),
		cmocka_unit_test(the_short_path_leaves_other_accesses_to_the_long_one),
		cmocka_unit_test(regions_of_a_cell_are_its_own),
		cmocka_unit_test(bells_have_a_short_path),
		cmocka_unit_test(bells_of_root),
		cmocka_unit_test(bells_that_stage_1_forbids),
		cmocka_unit_test(write_back_reaches_its_register),
		cmocka_unit_test(instructions_are_read_from_ram_alone),
		cmocka_unit_test(instructions_are_seen_as_the_guest_wrote_them),
		cmocka_unit_test(each_fatal_access_parks_the_cell),
		cmocka_unit_test(root_gets_an_abort_instead),
		cmocka_unit_test(addresses_of_permission_faults_come_from_stage_1),
		cmocka_unit_test(cache_maintenance_of_a_device_does_nothing),
	};
	static struct mmio_region first[MMIO_FAST];
	static struct mmio_region more = { MORE, DEVICE_SIZE, device, &seen, NULL, 0 };
	u32 i;

	for (i = 0; i < MMIO_FAST; i++)
		mmio_add(&first[i]);
	mmio_add(&more);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
