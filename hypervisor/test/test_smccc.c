// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware calls of guests: who answers, the guest's registers afterwards, statistics, and the
 * check of the owner of registers that the chip's firmware would change.
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
#include <asm/sysreg.h>
#include <hv/cell.h>
#include <hv/manage.h>
#include <hv/unit.h>

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
	assert_int_equal(id, (u32)before.x[0]);
	assert_ptr_equal(args, &regs.x[1]);
	return -2;
}

/* Every other function may leave its guest; what is no fast call is no function. */
u32 psci_simple(u64 *x, u32 key)
{
	assert_ptr_equal(x, regs.x);
	assert_int_equal(key, psci_key((u32)x[0]));
	assert_true(key < PSCI_KEYS);
	if (key >> 2 & 1 || key & 2)
		return 0;
	psci_calls++;
	x[0] = (u64)-2;
	return JH_STAT_POWER;
}

static bool is_hvc;		/* the trapped instruction */

u64 fake64_read_sysreg(const char *name)
{
	assert_string_equal(name, "esr_el2");
	return (is_hvc ? EC_HVC64 : EC_SMC64) << 26;
}

void fake64_write_sysreg(const char *name, u64 value)
{
	fail_msg("%s is set to %llx", name, (unsigned long long)value);
}

static enum sip_verdict filter(const struct sip_call *call, const struct sip_caller *by)
{
	assert_int_equal(call->function, SMCCC_FUNCTION(SIP));
	assert_int_equal(call->x1, regs.x[1]);
	assert_int_equal(call->x2, regs.x[2]);
	caller = *by;
	return verdict;
}

const struct sip_filter zynqmp_filter = { NO_ACCESS, filter };
const struct sip_filter imx8m_filter = { 0, filter };

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

const struct jh_config_system *config_system(const void *blob)
{
	return blob;
}

static void firmware_is(u32 kind)
{
	const struct jh_config_system system = { .firmware = kind };

	assert_int_equal(unit_firmware.build(&system, NULL), 0);
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

static void begin_call(const struct cell *by, u32 id)
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
}

/* What it counted as, JH_STAT_*, and whether it was denied besides. */
static void called(const struct cell *by, u32 id, bool by_hvc, u32 stat, bool denied)
{
	u32 i;

	begin_call(by, id);
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

	called(by, id, false, JH_STAT_FIRMWARE, false);
	assert_results(WORDS);
	for (i = 0; i < WORDS; i++) {
		assert_int_equal(firmware[i], before.x[i]);
		assert_int_equal(regs.x[i], 0xf0 + i);
	}
}

static void refused(const struct cell *by, u32 id, bool by_hvc)
{
	called(by, id, by_hvc, JH_STAT_FIRMWARE, true);
	assert_int_equal(regs.x[0], ~0UL);
	assert_results(1);
}

static void each_call_has_its_answerer(void **state)
{
	(void)state;
	called(&cell, PSCI, false, JH_STAT_POWER, false);
	assert_int_equal(psci_calls, 1);
	assert_int_equal(regs.x[0], (u64)-2);
	assert_results(1);
	called(&cell, SMCCC_VERSION, true, JH_STAT_FIRMWARE, false);
	assert_int_equal(regs.x[0], 0x10001);
	assert_results(1);
	forwarded(&cell, TRNG);
	forwarded(&root_cell, SIP);
	refused(&cell, SIP, false);
	refused(&root_cell, SIP, true);
	called(&root_cell, KVM, true, JH_STAT_FIRMWARE, false);
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
		assert_int_equal(stats[JH_STAT_FIRMWARE], 1);
	}
	/* Of what else there is firmware knows. */
	forwarded(&cell, FEATURES);
}

/* --- the short way --- */

/* As what it counts, 0 if it is left to smccc_call(); otherwise all is as that would have it. */
static u32 simply(const struct cell *by, u32 id, bool by_hvc)
{
	u64 counted[JH_NUM_STATS];
	struct regs after;
	u32 stat, forwarded_calls, psci;

	is_hvc = by_hvc;
	begin_call(by, id);
	stat = smccc_simple(&regs);
	if (stat)
		stats[stat]++;
	after = regs;
	memcpy(counted, stats, sizeof(stats));
	forwarded_calls = firmware_calls;
	psci = psci_calls;
	begin_call(by, id);
	if (stat)
		smccc_call(&regs, by_hvc);
	if (memcmp(&after, &regs, sizeof(regs)) || memcmp(counted, stats, sizeof(stats)) ||
	    forwarded_calls != firmware_calls || psci != psci_calls)
		fail_msg("%08x by %s: x0 %llx, not %llx", id, by_hvc ? "HVC" : "SMC",
			 (unsigned long long)after.x[0], (unsigned long long)regs.x[0]);
	return stat;
}

/* Whatever the number, whoever asks and however. */
static void the_short_way_answers_as_the_long_one(void **state)
{
	const struct cell *const callers[] = { &root_cell, &cell };
	u32 high, function, who;

	(void)state;
	verdict = SIP_NOT_SUPPORTED;
	for (high = 0; high < 0x10000; high += high & 0xff ? 0x100 - (high & 0xff) : 1) {
		/* All functions of the owners with more than one row; of bits 23:16 the lowest. */
		u32 owner = high >> 8 & 0x3f;
		u32 step = (owner && owner != SMCCC_OWNER_STANDARD) || high & 0xff ? 0x1f : 1;

		for (function = 0; function < 0x10000; function += step)
			for (who = 0; who < 4; who++)
				simply(callers[who & 1], high << 16 | function, who & 2);
	}
}

static void calls_that_the_short_path_answers(void **state)
{
	static const u32 leave[] = { 0, 1, 2, 0x32000000, PSCI, 0x8400001f };
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(simply(&cell, SMCCC_VERSION, i), JH_STAT_FIRMWARE);
		assert_int_equal(simply(&root_cell, FEATURES, i), JH_STAT_FIRMWARE);
		assert_int_equal(simply(&cell, 0x84000004, i), JH_STAT_POWER);
		assert_int_equal(simply(&cell, 0x83000000, i), JH_STAT_FIRMWARE);
		assert_int_equal(simply(&root_cell, KVM, i), JH_STAT_FIRMWARE);
	}
	for (i = 0; i < ARRAY_SIZE(leave); i++)
		assert_int_equal(simply(&root_cell, leave[i], true), 0);
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
	called(&cell, SIP, false, JH_STAT_FIRMWARE, false);
	assert_int_equal(regs.x[0] | regs.x[1], 0);
	assert_results(2);
	verdict = SIP_NO_ACCESS;
	called(&root_cell, SIP, false, JH_STAT_FIRMWARE, true);
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
	called(&cell, SIP, false, JH_STAT_FIRMWARE, false);
	assert_int_equal(caller.owner(0xff000000), 1);
	assert_int_equal(caller.owner(0xff001fff), 1);
	assert_int_equal(caller.owner(0xff002000), 0);
	assert_int_equal(caller.owner(0xfeffffff), 0);
	assert_int_equal(caller.owner(0x10000fff), 1);
	called(&root_cell, SIP, false, JH_STAT_FIRMWARE, false);
	assert_int_equal(caller.owner(0xff000000), 0);
	is_mapped = false;
	assert_int_equal(caller.owner(0xff000000), JH_MAX_CELLS);
}

static void registers_of_a_cell_that_rests(void **state)
{
	(void)state;
	firmware_is(JH_FIRMWARE_ZYNQMP);
	verdict = SIP_DONE;
	called(&root_cell, SIP, false, JH_STAT_FIRMWARE, false);
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
		test(each_call_has_its_answerer),
		test(features),
		test(the_short_way_answers_as_the_long_one),
		test(calls_that_the_short_path_answers),
		test(calls_of_a_chips_firmware),
		test(owners_of_registers),
		test(registers_of_a_cell_that_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
