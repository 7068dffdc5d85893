// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The life of an inmate: start and end, messages, CPUs, timer, tables, and reports of faults.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <inmate/comm.h>
#include <inmate/console.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/mmu.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/timer.h>

#include "fake/fake.h"
#include "layout.h"

void init_first_cpu(void);
void smp_secondary(u32 cpu);
void exception_dispatch(struct exception_frame *frame, u32 vector);

struct jh_comm_region fake_comm;
char command_line[CMDLINE_SIZE] __asm__("__cmdline");
u64 pagetable_root[512] __attribute__((aligned(4096)));
static u64 table[512] __attribute__((aligned(4096)));
u8 start_secondary[4];

void inmate_main(void)
{
	fake_note("main, state %u\n", fake_comm.cell_state);
}

void console_init(void)
{
	fake_note("console\n");
}

void gic_dispatch(void)
{
	fake_note("gic\n");
}

/* Runs what ends the inmate. */
static void ends(void (*what)(void))
{
	if (!setjmp(fake_end)) {
		what();
		fail();
	}
}

static void starts_with_a_region(const char *signature, u32 revision)
{
	fake_reset();
	memset(&fake_comm, 0, sizeof(fake_comm));
	memcpy(fake_comm.signature, signature, 6);
	fake_comm.revision = (u16)revision;
	command_line[0] = '\0';
}

#define EXIT	"msr daif 3c0\ndmb ish\ndsb sy\n"

static void from_start_to_end(void **state)
{
	(void)state;
	starts_with_a_region(JH_COMM_SIGNATURE, JH_COMM_REVISION);
	ends(init_first_cpu);
	fake_expect("console\nmain, state 0\n" EXIT "sleep\n");
	assert_int_equal(fake_comm.cell_state, JH_COMM_SHUT_DOWN);
	strcpy(command_line, "exit=psci");
	ends(init_first_cpu);
	fake_expect("console\nmain, state 2\n" EXIT "smc 84000008 0 0 0\nsleep\n");
}

static void a_strange_region_ends_it(void **state)
{
	(void)state;
	starts_with_a_region(JH_COMM_SIGNATURE, JH_COMM_REVISION + 1);
	ends(init_first_cpu);
	fake_expect(EXIT "sleep\n");
	assert_int_equal(fake_comm.cell_state, JH_COMM_FAILED_REVISION);
	starts_with_a_region("JHCOMx", JH_COMM_REVISION);
	assert_false(comm_is_valid());
	starts_with_a_region(JH_COMM_SIGNATURE, JH_COMM_REVISION);
	assert_true(comm_is_valid());
	fake_comm.signature[5]++;
	assert_false(comm_is_valid());
}

static void each_message_is_answered(void **state)
{
	static const struct {
		u32 message;
		bool ends;
		u32 reply;
	} rows[] = {
		{ JH_MSG_SHUTDOWN_REQUEST, true, JH_REPLY_APPROVED },
		{ JH_MSG_RECONFIG_COMPLETED, false, JH_REPLY_RECEIVED },
		{ 77, false, JH_REPLY_UNKNOWN },
	};
	u32 i;

	(void)state;
	starts_with_a_region(JH_COMM_SIGNATURE, JH_COMM_REVISION);
	assert_false(comm_poll());
	fake_expect("");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_comm.msg_to_cell = rows[i].message;
		fake_comm.reply_from_cell = 99;
		assert_int_equal(comm_poll(), rows[i].ends);
		assert_int_equal(fake_comm.reply_from_cell, rows[i].reply);
		assert_int_equal(fake_comm.msg_to_cell, JH_MSG_NONE);
		fake_expect("dmb ish\ndsb sy\n");
	}
}

/* CPUs 1, 0x10f and 0xf00 are the cell's, and two clusters of its first CPU. */
static u64 affinity_info(u64 function, u64 mpidr, u64 b, u64 c)
{
	assert_int_equal(function, PSCI_AFFINITY_INFO);
	assert_int_equal(b | c, 0);
	assert_true(mpidr != 0x102);
	if (mpidr == 1)
		return PSCI_AFF_OFF;
	return mpidr == 0x10f || mpidr == 0xf00 ? PSCI_AFF_ON : (u32)PSCI_INVALID_PARAMETERS;
}

static void cpus_are_found(void **state)
{
	u64 found[4] = { 9, 9, 9, 9 };

	(void)state;
	fake_reset();
	fake_mpidr = 0x80000102;
	fake_answer = affinity_info;
	assert_int_equal(smp_discover(found, 4), 3);
	assert_int_equal(found[0], 1);
	assert_int_equal(found[1], 0x10f);
	assert_int_equal(found[2], 0xf00);
	assert_int_equal(found[3], 9);
	found[2] = 9;
	assert_int_equal(smp_discover(found, 2), 2);
	assert_int_equal(found[2], 9);
}

static u64 answer, calls, arguments[4];

static u64 answers(u64 function, u64 a, u64 b, u64 c)
{
	calls++;
	arguments[0] = function;
	arguments[1] = a;
	arguments[2] = b;
	arguments[3] = c;
	return answer;
}

static void entry(void *arg)
{
	fake_note("entry %s\n", (const char *)arg);
}

static void other_entry(void *arg)
{
	fake_note("other %s\n", (const char *)arg);
}

static u32 secondary;

static void secondary_runs(void)
{
	smp_secondary(secondary);
}

static void cpus_start_and_end(void **state)
{
	u32 i;

	(void)state;
	fake_reset();
	fake_answer = answers;
	answer = (u32)PSCI_ALREADY_ON;
	assert_int_equal(smp_start(0x100, entry, "none"), PSCI_ALREADY_ON);
	answer = 0;
	assert_int_equal(smp_start(0x101, entry, "first"), 1);
	assert_int_equal(arguments[0], PSCI_CPU_ON);
	assert_int_equal(arguments[1], 0x101);
	assert_ptr_equal((void *)arguments[2], start_secondary);
	assert_int_equal(arguments[3], 1);
	assert_int_equal(smp_start(0x102, entry, "second"), 2);
	assert_int_equal(smp_start(0x101, other_entry, "again"), 1);
	for (i = 3; i < INMATE_MAX_CPUS; i++)
		assert_int_equal(smp_start(0x200 + i, entry, ""), i);
	fake_reset();
	fake_answer = answers;
	calls = 0;
	assert_int_equal(smp_start(0x300, entry, ""), PSCI_DENIED);
	assert_int_equal(calls, 0);
	assert_int_equal(smp_start(0x207, entry, "last"), 7);
	fake_reset();

	command_line[0] = '\0';
	fake_answer = answers;
	answer = (u32)PSCI_DENIED;
	secondary = 1;
	ends(secondary_runs);
	fake_expect("other again\nsmc 84000002 0 0 0\nsmp: CPU_OFF came back with -3\n" EXIT
		    "sleep\n");
	assert_int_equal(fake_comm.cell_state, JH_COMM_FAILED);
	secondary = 2;
	ends(secondary_runs);
	fake_expect("entry second\nsmc 84000002 0 0 0\nsmp: CPU_OFF came back with -3\n" EXIT
		    "sleep\n");
}

/* The new CPU's entry reaches memory before CPU_ON. */
static void a_cpu_starts_behind_a_barrier(void **state)
{
	char text[128];

	(void)state;
	fake_reset();
	assert_int_equal(smp_start(0x101, entry, "x"), 1);
	snprintf(text, sizeof(text), "dsb ish\nsmc c4000003 101 %lx 1\n", (u64)start_secondary);
	fake_expect(text);
}

/* Each look at the counter is a tick of ten microseconds. */
static u64 now;

static void time_passes(u64 address)
{
	(void)address;
	fake_set_sysreg("cntfrq_el0", 1000000);
	now += 10;
	fake_set_sysreg("cntvct_el0", now);
}

static u64 off_at_last(u64 function, u64 a, u64 b, u64 c)
{
	answers(function, a, b, c);
	return calls == 3 ? PSCI_AFF_OFF : PSCI_AFF_ON;
}

static void wait_off_polls_and_times_out(void **state)
{
	u64 began;

	(void)state;
	fake_reset();
	fake_at_read = time_passes;
	fake_answer = off_at_last;
	calls = 0;
	assert_true(smp_wait_off(0x105, 100000));
	assert_int_equal(calls, 3);
	assert_int_equal(arguments[0], PSCI_AFFINITY_INFO);
	assert_int_equal(arguments[1], 0x105);
	assert_int_equal(arguments[2] | arguments[3], 0);
	calls = 5;
	began = now;
	assert_false(smp_wait_off(0x105, 1000));
	assert_in_range(now - began, 1000, 1200);
	/* It does not ask all the time. */
	assert_in_range(calls, 5 + 10, 5 + 18);
}

static void timer(void **state)
{
	u64 began;

	(void)state;
	fake_reset();
	fake_set_sysreg("cntfrq_el0", 62500000);
	fake_set_sysreg("cntvct_el0", 77);
	assert_int_equal(timer_freq(), 62500000);
	assert_int_equal(timer_now(), 77);
	fake_expect("mrs cntfrq_el0\nisb\nmrs cntvct_el0\n");
	assert_int_equal(timer_from_us(1000), 62500);
	assert_int_equal(timer_from_us(1), 62);
	assert_int_equal(timer_to_ns(62500), 1000000);
	fake_reset();
	timer_set(0x1234);
	timer_stop();
	fake_expect("msr cntv_cval_el0 1234\nmsr cntv_ctl_el0 1\nisb\nmsr cntv_ctl_el0 0\nisb\n");
	fake_at_read = time_passes;
	began = now;
	timer_delay_us(500);
	assert_in_range(now - began, 500, 530);
	/* As soon as it is time, not a tick later. */
	fake_reset();
	fake_set_sysreg("cntfrq_el0", 1000000);
	fake_set_sysreg("cntvct_el0", 5);
	timer_delay_us(0);
	fake_expect("isb\nmrs cntvct_el0\nmrs cntfrq_el0\nisb\nmrs cntvct_el0\n");
}

/* At the first of two flushes the entry is 0, at the second it has its new value. */
static const u64 *changed;

static void looks_at_entry(void)
{
	fake_note("%lx\n", *changed);
}

static void an_entry_is_broken_before_it_is_made(void **state)
{
	(void)state;
	fake_reset();
	pagetable_root[1] = 0x40000000UL | PTE_DEVICE;
	changed = &pagetable_root[1];
	fake_at_flush = looks_at_entry;
	mmu_set_block(0x40000000UL, MMU_CODE);
	fake_expect("tlb flush\n0\ntlb flush\n40000040000705\n");
}

static void blocks_of_the_map(void **state)
{
	(void)state;
	fake_reset();
	pagetable_root[3] = 0x00c0000000UL | PTE_DEVICE;
	pagetable_root[511] = 0;
	mmu_set_block(0x00d2345678, MMU_DATA);
	assert_int_equal(pagetable_root[3], 0x00c0000000UL | PTE_DATA);
	fake_expect("tlb flush\ntlb flush\n");
	mmu_set_block(0x7fffffffffUL, MMU_DEVICE);
	assert_int_equal(pagetable_root[511], 0x7fc0000000UL | PTE_DEVICE);
	mmu_set_block(0x7fffffffffUL, MMU_CODE);
	assert_int_equal(pagetable_root[511], 0x7fc0000000UL | PTE_CODE);
	pagetable_root[2] = (u64)table | PTE_TABLE;
	mmu_set_block(0x80234567UL, MMU_DATA);
	mmu_set_block(0xbfe00000UL, MMU_CODE);
	assert_int_equal(pagetable_root[2], (u64)table | PTE_TABLE);
	assert_int_equal(table[1], 0x80200000UL | PTE_DATA);
	assert_int_equal(table[511], 0xbfe00000UL | PTE_CODE);
	assert_int_equal(table[0] | table[2] | table[510], 0);
}

static struct exception_frame frame;
static u32 vector;

static void exception(void)
{
	exception_dispatch(&frame, vector);
}

#define NULLS(a, b, c)							\
	"FAULT: x" a " 0000000000000000 x" b " 0000000000000000 x" c " 0000000000000000\n"

/* Expects this head of a report; the registers after it are the same for all. */
static void told(u32 number, u64 esr, const char *head)
{
	static char text[2048];

	fake_reset();
	fake_cpu = 2;
	fake_set_sysreg("esr_el1", esr);
	fake_set_sysreg("far_el1", 0xfa0);
	memset(&frame, 0, sizeof(frame));
	frame.elr = 0xe1;
	frame.spsr = 0x5;
	frame.x[30] = 0x30;
	frame.x[3] = 0x33;
	frame.x[10] = 0xaa;
	frame.x[29] = 0x29;
	vector = number;
	ends(exception);
	snprintf(text, sizeof(text), "mrs esr_el1\n%smrs far_el1\n\nFAULT: pc 0xe1 pstate 0x5 ESR "
		 "0x%lx FAR 0xfa0\n"
		 NULLS("0 ", "1 ", "2 ")
		 "FAULT: x3  0000000000000033 x4  0000000000000000 x5  0000000000000000\n"
		 NULLS("6 ", "7 ", "8 ")
		 "FAULT: x9  0000000000000000 x10 00000000000000aa x11 0000000000000000\n"
		 NULLS("12", "13", "14") NULLS("15", "16", "17") NULLS("18", "19", "20")
		 NULLS("21", "22", "23") NULLS("24", "25", "26")
		 "FAULT: x27 0000000000000000 x28 0000000000000000 x29 0000000000000029\n"
		 "FAULT: x30 0000000000000030\n" EXIT "sleep\n", head, esr);
	fake_expect(text);
	assert_int_equal(fake_comm.cell_state, JH_COMM_FAILED);
	fake_comm.cell_state = 0;
}

static void faults_are_reported(void **state)
{
	static const struct {
		u64 class;
		const char *name;
	} rows[] = {
		{ 0x00, "undefined instruction" }, { 0x07, "trapped floating-point access" },
		{ 0x0e, "illegal execution state" }, { 0x15, "supervisor call" },
		{ 0x18, "trapped system register access" }, { 0x22, "misaligned pc" },
		{ 0x26, "misaligned stack pointer" }, { 0x2f, "SError" },
		{ 0x3c, "breakpoint instruction" }, { 0x3f, "unknown" },
	};
	char head[256];
	u32 i;

	(void)state;
	command_line[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(head, sizeof(head), "FAULT: exception on CPU 2 (vector 4): %s",
			 rows[i].name);
		told(4, rows[i].class << 26, head);
	}
	told(7, 0x2f000000UL << 2, "FAULT: SError on CPU 2 (vector 7): SError");
	told(6, 0, "FAULT: FIQ on CPU 2 (vector 6): undefined instruction");
}

static void aborts_are_reported(void **state)
{
	static const struct {
		u64 status;
		const char *name;
	} rows[] = {
		{ 0x00, "address size fault" }, { 0x05, "translation fault" },
		{ 0x0a, "access flag fault" }, { 0x0f, "permission fault" },
		{ 0x10, "synchronous external abort" }, { 0x17, "external abort on a table walk" },
		{ 0x21, "alignment fault" }, { 0x3c, "unknown" },
	};
	char head[256];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(head, sizeof(head), "FAULT: exception on CPU 2 (vector 0): data abort"
			 "mrs far_el1\n, %s, reading 0xfa0", rows[i].name);
		told(0, 0x25UL << 26 | rows[i].status, head);
	}
	told(0, 0x25UL << 26 | 0x47, "FAULT: exception on CPU 2 (vector 0): data abort"
	     "mrs far_el1\n, translation fault, writing 0xfa0");
	told(0, 0x24UL << 26 | 0x07, "FAULT: exception on CPU 2 (vector 0): data abort of EL0"
	     "mrs far_el1\n, translation fault, reading 0xfa0");
	told(0, 0x21UL << 26 | 0x47, "FAULT: exception on CPU 2 (vector 0): instruction abort"
	     "mrs far_el1\n, translation fault, fetching 0xfa0");
	told(0, 0x20UL << 26 | 0x0d, "FAULT: exception on CPU 2 (vector 0): instruction abort of "
	     "EL0mrs far_el1\n, permission fault, fetching 0xfa0");
}

static bool resumes;

static bool handler(struct exception_frame *of, u64 esr)
{
	fake_note("handler %lx\n", esr);
	of->elr += 4;
	return resumes;
}

static void handlers(void **state)
{
	(void)state;
	fake_reset();
	frame.elr = 0x100;
	vector = 5;
	exception();
	fake_expect("mrs esr_el1\ngic\n");
	vector = 1;
	exception();
	fake_expect("mrs esr_el1\ngic\n");
	exception_set_handler(handler);
	exception();
	fake_expect("mrs esr_el1\ngic\n");
	resumes = true;
	vector = 4;
	fake_set_sysreg("esr_el1", 0x5600);
	exception();
	fake_expect("mrs esr_el1\nhandler 5600\n");
	assert_int_equal(frame.elr, 0x104);
	resumes = false;
	ends(exception);
	exception_set_handler(NULL);
	told(4, 0, "FAULT: exception on CPU 2 (vector 4): undefined instruction");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_start_to_end),
		cmocka_unit_test(a_strange_region_ends_it),
		cmocka_unit_test(each_message_is_answered),
		cmocka_unit_test(cpus_are_found),
		cmocka_unit_test(cpus_start_and_end),
		cmocka_unit_test(a_cpu_starts_behind_a_barrier),
		cmocka_unit_test(wait_off_polls_and_times_out),
		cmocka_unit_test(timer),
		cmocka_unit_test(an_entry_is_broken_before_it_is_made),
		cmocka_unit_test(blocks_of_the_map),
		cmocka_unit_test(faults_are_reported),
		cmocka_unit_test(aborts_are_reported),
		cmocka_unit_test(handlers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
