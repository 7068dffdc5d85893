// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware calls of guests: who answers, what of the guest's registers changes, what is counted,
 * and who is asked for the owner of registers that the chip's firmware would change.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/psci.h>
#include <asm/sip.h>
#include <asm/smccc.h>
#include <hv/cell.h>
#include <hv/manage.h>

#define PSCI		0x84000003u
#define FEATURES	0x80000001u
#define TRNG		0x84000050u	/* for everybody */
#define SIP		0xc2000013u
#define KVM		0xc6000000u	/* by HVC: void for root, nothing for cells */
#define WORDS		8
#define NO_ACCESS	2002		/* in the words of the chip's firmware */

u32 fake64_cpu;
struct percpu fake64_percpu[FAKE64_CPUS];
struct regs fake64_regs[FAKE64_CPUS];
u64 fake64_private_table[512];
struct cell root_cell;

static struct cell cell;
static u64 stats[JH_NUM_STATS];
static struct regs regs, before;
static u64 firmware[WORDS];		/* what firmware was given */
static u32 firmware_calls, psci_calls, cells;
static enum sip_verdict verdict;	/* what the chip's filter decides */
static struct sip_caller caller;	/* as it was told */
static bool is_mapped, is_managing;
static u32 managed;			/* begun and not ended */

void fake64_smc(u64 *const registers[8])
{
	u32 i;

	firmware_calls++;
	for (i = 0; i < WORDS; i++) {
		firmware[i] = *registers[i];
		*registers[i] = 0xf0 + i;
	}
}

s64 psci_call(u32 id, const u64 *args)
{
	psci_calls++;
	assert_int_equal(id, PSCI);
	assert_ptr_equal(args, &regs.x[1]);
	return -2;
}

static enum sip_verdict filter(const struct sip_call *call, const struct sip_caller *by)
{
	assert_int_equal(call->function, SMCCC_FUNCTION(SIP));
	assert_int_equal(call->x1, regs.x[1]);
	assert_int_equal(call->x2, regs.x[2]);
	caller = *by;
	return verdict;
}

const struct sip_filter zynqmp_filter = { "ZynqMP", NO_ACCESS, filter };
const struct sip_filter imx8m_filter = { "i.MX8M", 0, filter };

struct cell *cell_get(u64 id)
{
	return id == 1 ? &cell : NULL;
}

u32 cell_count(void)
{
	return cells;
}

bool pgtable_is_mapped(const struct pgtable *pt, gpa_t gpa, u64 size)
{
	(void)gpa;
	assert_ptr_equal(pt, &root_cell.pt);
	assert_int_equal(size, 1);
	return is_mapped;
}

bool manage_try_begin(void)
{
	managed += !is_managing;
	return !is_managing;
}

void manage_end(void)
{
	managed--;
}

static void firmware_is(u32 kind)
{
	const struct jh_config_system system = { .firmware = kind };

	sip_init(&system);
}

static int setup(void **state)
{
	(void)state;
	cell.id = 1;
	cell.num_memories = 2;
	cell.memories[0].pa = 0x10000000;
	cell.memories[0].size = 0x1000;
	cell.memories[1].pa = 0xff000000;
	cell.memories[1].size = 0x2000;
	cell.state = JH_CELL_RUNNING;
	fake64_percpu[0].stats = stats;
	fake64_percpu[0].cell = &root_cell;
	cells = 2;
	is_mapped = true;
	is_managing = false;
	firmware_is(JH_FIRMWARE_OTHER);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(managed, 0);
	return 0;
}

/* What it counted as, JH_STAT_*, and whether it was denied besides. */
static void called(const struct cell *by, u32 id, bool by_hvc, u32 stat, bool denied)
{
	u32 i;

	fake64_percpu[0].cell = (struct cell *)by;
	memset(stats, 0, sizeof(stats));
	firmware_calls = psci_calls = 0;
	for (i = 0; i < ARRAY_SIZE(regs.x); i++)
		regs.x[i] = 0x1000 + i;
	/* The upper half of a function's register means nothing. */
	regs.x[0] = 0xdead00000000 | id;
	before = regs;
	smccc_call(&regs, by_hvc);
	for (i = 0; i < JH_NUM_STATS; i++)
		assert_int_equal(stats[i], i == stat || (denied && i == JH_STAT_DENIED));
}

/* All but the first @results registers are as the guest left them. */
static void assert_results(u32 results)
{
	assert_memory_equal(&regs.x[results], &before.x[results], sizeof(regs.x) - results * 8);
	assert_int_equal(firmware_calls, results == WORDS);
}

static void forwarded(const struct cell *by, u32 id)
{
	u32 i;

	called(by, id, false, JH_STAT_SMCCC, false);
	assert_results(WORDS);
	for (i = 0; i < WORDS; i++) {
		assert_int_equal(firmware[i], before.x[i]);
		assert_int_equal(regs.x[i], 0xf0 + i);
	}
}

static void refused(const struct cell *by, u32 id, bool by_hvc)
{
	called(by, id, by_hvc, JH_STAT_SMCCC, true);
	assert_int_equal(regs.x[0], ~0UL);
	assert_results(1);
}

static void who_answers(void **state)
{
	(void)state;
	called(&cell, PSCI, false, JH_STAT_PSCI, false);
	assert_int_equal(psci_calls, 1);
	assert_int_equal(regs.x[0], (u64)-2);
	assert_results(1);
	called(&cell, SMCCC_VERSION, true, JH_STAT_SMCCC, false);
	assert_int_equal(regs.x[0], 0x10001);
	assert_results(1);
	forwarded(&cell, TRNG);
	forwarded(&root_cell, SIP);
	refused(&cell, SIP, false);
	refused(&root_cell, SIP, true);
	called(&root_cell, KVM, true, JH_STAT_SMCCC, false);
	assert_int_equal(regs.x[0] | regs.x[1], 0);
	assert_results(2);
	refused(&cell, KVM, true);
}

static void features(void **state)
{
	static const u32 ours[] = { SMCCC_VERSION, SMCCC_ARCH_FEATURES };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		memset(stats, 0, sizeof(stats));
		firmware_calls = 0;
		regs.x[0] = FEATURES;
		regs.x[1] = 0xdead00000000 | ours[i];
		smccc_call(&regs, false);
		assert_int_equal(regs.x[0], SMCCC_SUCCESS);
		assert_int_equal(firmware_calls, 0);
		assert_int_equal(stats[JH_STAT_SMCCC], 1);
	}
	/* Of what else there is firmware knows. */
	forwarded(&cell, FEATURES);
}

static void calls_of_a_chips_firmware(void **state)
{
	(void)state;
	firmware_is(JH_FIRMWARE_ZYNQMP);
	verdict = SIP_FORWARD;
	forwarded(&cell, SIP);
	assert_int_equal(caller.cell, 1);
	assert_false(caller.alone);
	verdict = SIP_DONE;
	called(&cell, SIP, false, JH_STAT_SMCCC, false);
	assert_int_equal(regs.x[0] | regs.x[1], 0);
	assert_results(2);
	verdict = SIP_NO_ACCESS;
	called(&root_cell, SIP, false, JH_STAT_SMCCC, true);
	assert_int_equal(regs.x[0], NO_ACCESS);
	assert_int_equal(regs.x[1], 0);
	assert_results(2);
	assert_int_equal(caller.cell, 0);
	verdict = SIP_NOT_SUPPORTED;
	cells = 1;
	refused(&root_cell, SIP, false);
	assert_true(caller.alone);
	/* By HVC, or yielding, they are nobody's. */
	verdict = SIP_FORWARD;
	refused(&cell, SIP, true);
	refused(&cell, SIP & ~SMCCC_FAST, false);
}

/* Whose registers are these? A cell knows its own; all others are root's, if root has them. */
static void owners_of_registers(void **state)
{
	(void)state;
	firmware_is(JH_FIRMWARE_ZYNQMP);
	verdict = SIP_DONE;
	called(&cell, SIP, false, JH_STAT_SMCCC, false);
	assert_int_equal(caller.owner(0xff000000), 1);
	assert_int_equal(caller.owner(0xff001fff), 1);
	assert_int_equal(caller.owner(0xff002000), 0);
	assert_int_equal(caller.owner(0xfeffffff), 0);
	assert_int_equal(caller.owner(0x10000fff), 1);
	called(&root_cell, SIP, false, JH_STAT_SMCCC, false);
	assert_int_equal(caller.owner(0xff000000), 0);
	is_mapped = false;
	assert_int_equal(caller.owner(0xff000000), JH_MAX_CELLS);
}

static void registers_of_a_cell_that_rests(void **state)
{
	(void)state;
	firmware_is(JH_FIRMWARE_ZYNQMP);
	verdict = SIP_DONE;
	called(&root_cell, SIP, false, JH_STAT_SMCCC, false);
	assert_false(caller.rests(0xff000000));
	cell.state = JH_CELL_STOPPED;
	assert_true(caller.rests(0xff000000));
	assert_true(caller.rests(0xff001fff));
	assert_false(caller.rests(0xff002000));
	assert_false(caller.rests(0xfeffffff));
	/* While somebody manages cells nothing rests. */
	is_managing = true;
	assert_false(caller.rests(0xff000000));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(who_answers),
		test(features),
		test(calls_of_a_chips_firmware),
		test(owners_of_registers),
		test(registers_of_a_cell_that_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
