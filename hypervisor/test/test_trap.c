// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Dispatch of each trap, and the guest's next instruction; system registers that read as zero or
 * are undefined; records of a cell that fails and of an exception at EL2.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <asm/smccc.h>
#include <asm/trap.h>
#include <gic/gic.h>
#include <gic/vgic_cpu.h>
#include <gic/vsgi.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <hv/log.h>
#include "fake64/registers.h"

#define PC		0x40080000UL
#define SPSR		(SPSR_SS | SPSR_BTYPE | 0x60000005UL)
#define ESR(ec, iss)	((u64)(ec) << 26 | ESR_IL | (iss))

u32 fake64_cpu;
struct percpu fake64_percpu[FAKE64_CPUS];
struct regs fake64_regs[FAKE64_CPUS];
u64 fake64_private_table[512];
struct cpu cpus[JH_MAX_CPUS];
struct cell root_cell;

static struct cell cell = { .id = 2 };
static u64 stats[JH_NUM_STATS];
static char story[512];			/* what was called, in order */
static enum trap_verdict verdict;	/* of fault_*() */
static struct jh_crash crash;
static jmp_buf left;
static u32 flushes, waits;
static struct regs *const regs = &fake64_regs[1];
static void __attribute__((format(printf, 1, 2))) tell(const char *format, ...)
{
	size_t used = strlen(story);
	va_list args;

	va_start(args, format);
	vsnprintf(story + used, sizeof(story) - used, format, args);
	va_end(args);
}

void vgic_cpu_standby(void)
{
	tell("standby;");
}

s64 hypercall(u64 code, const u64 args[4])
{
	tell("hypercall %llx %llx %llx;", code, args[0], args[3]);
	return -38;
}

void smccc_call(struct regs *of_guest, bool hvc)
{
	assert_ptr_equal(of_guest, regs);
	tell(hvc ? "firmware by hvc;" : "firmware by smc;");
}

enum trap_verdict fault_data(struct regs *of_guest, u64 esr)
{
	assert_ptr_equal(of_guest, regs);
	tell("data %llx;", esr);
	return verdict;
}

enum trap_verdict fault_fetch(u64 esr)
{
	tell("fetch %llx;", esr);
	return verdict;
}

void inject_undefined(void)
{
	tell("undefined;");
}

void inject_abort(u64 esr, u32 status)
{
	tell("abort %llx %x;", esr, status);
}

void vsgi_sgi1r(u64 value)
{
	tell("sgi %llx;", value);
}

void gic_fiq(void)
{
	tell("fiq;");
}

void __noreturn cell_fail(const struct jh_crash *what)
{
	crash = *what;
	tell("fail;");
	longjmp(left, 1);
}

void log_printf(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	tell("%s", text);
}

/* A page at a time, until nothing is left. */
u64 log_uart_flush(u32 bytes)
{
	assert_int_equal(bytes, 4096);
	return flushes ? flushes-- : 0;
}

u64 arch_deadline(u64 microseconds)
{
	assert_int_equal(microseconds, 1000000);
	return 77;
}

bool arch_expired(u64 deadline)
{
	assert_int_equal(deadline, 77);
	return !waits || !--waits;
}

void arch_guest_unmap_ro(void)
{
	tell("unmap ro;");
}

void arch_guest_unmap_rw(void)
{
	tell("unmap rw;");
}

void arch_unmap_uncached(void)
{
	tell("unmap uncached;");
}

void __attribute__((used)) fake64_wfi(void)
{
	tell("for ever;");
	longjmp(left, 2);
}

static int setup(void **state)
{
	u32 i;

	(void)state;
	fake64_cpu = 1;
	memset(stats, 0, sizeof(stats));
	memset(story, 0, sizeof(story));
	fake64_clear_registers();
	memset(&crash, 0, sizeof(crash));
	fake64_percpu[1] = (struct percpu){ .cell = &cell, .stats = stats, .cpu = 1,
					    .self = &cpus[1] };
	cpus[1].cell = &cell;
	for (i = 0; i < 31; i++)
		regs->x[i] = 0x100 + i;
	regs->x[31] = 0;
	*fake64_register("elr_el2") = PC;
	*fake64_register("spsr_el2") = SPSR;
	verdict = TRAP_RETRY;
	flushes = waits = 0;
	return 0;
}

static void trap(u32 ec, u64 iss)
{
	story[0] = 0;
	*fake64_register("elr_el2") = PC;
	*fake64_register("spsr_el2") = SPSR;
	*fake64_register("esr_el2") = ESR(ec, iss);
	trap_sync(regs);
}

/* Behind the instruction, without what was for the instruction alone */
static void assert_skipped(void)
{
	assert_int_equal(*fake64_register("elr_el2"), PC + 4);
	assert_int_equal(*fake64_register("spsr_el2"), 0x60000005);
}

static void assert_not_skipped(void)
{
	assert_int_equal(*fake64_register("elr_el2"), PC);
	assert_int_equal(*fake64_register("spsr_el2"), SPSR);
}

static u64 counted(void)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < JH_NUM_STATS; i++)
		sum += stats[i];
	return sum;
}

static void waiting(void **state)
{
	(void)state;
	trap(EC_WFX, 0);
	assert_string_equal(story, "standby;");
	assert_skipped();
	trap(EC_WFX, 1);
	assert_string_equal(story, "");
	assert_skipped();
	/* WFIT */
	trap(EC_WFX, 2);
	assert_string_equal(story, "standby;");
	assert_int_equal(stats[JH_STAT_OTHER], 3);
	assert_int_equal(counted(), 3);
}

static void calls(void **state)
{
	(void)state;
	trap(EC_HVC64, JH_HVC_IMM);
	assert_string_equal(story, "hypercall 100 101 104;");
	assert_int_equal((s64)regs->x[0], -38);
	assert_int_equal(regs->x[1], 0x101);
	assert_not_skipped();
	/* Of a cell, the stub's numbers are firmware's. */
	regs->x[0] = 0;
	trap(EC_HVC64, 0);
	assert_string_equal(story, "firmware by hvc;");
	assert_not_skipped();
	trap(EC_SMC64, 0);
	assert_string_equal(story, "firmware by smc;");
	assert_skipped();
	assert_int_equal(counted(), 0);
}

static void calls_of_the_stub_that_root_left(void **state)
{
	(void)state;
	fake64_percpu[1].cell = &root_cell;
	regs->x[0] = 0;
	trap(EC_HVC64, 0);
	assert_string_equal(story, "");
	assert_int_equal(regs->x[0], 0);
	assert_not_skipped();
	regs->x[0] = 2;
	trap(EC_HVC64, 0);
	assert_string_equal(story, "");
	assert_int_equal(regs->x[0], 0);
	regs->x[0] = 3;
	trap(EC_HVC64, 0);
	assert_string_equal(story, "firmware by hvc;");
	assert_int_equal(stats[JH_STAT_FIRMWARE], 2);
	/* Into the next kernel, at EL1 */
	regs->x[0] = 1;
	trap(EC_HVC64, 0);
	assert_string_equal(story, "");
	assert_int_equal(*fake64_register("elr_el2"), 0x101);
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED);
	assert_int_equal(regs->x[0], 0x102);
	assert_int_equal(regs->x[1], 0x103);
	assert_int_equal(regs->x[2], 0x104);
	assert_int_equal(regs->x[3], 0x103);
	assert_int_equal(stats[JH_STAT_FIRMWARE], 3);
}

static void faults(void **state)
{
	char expected[64];

	(void)state;
	trap(EC_DABT_LOW, 0x47);
	snprintf(expected, sizeof(expected), "data %llx;", ESR(EC_DABT_LOW, 0x47));
	assert_string_equal(story, expected);
	assert_not_skipped();
	verdict = TRAP_SKIP;
	trap(EC_DABT_LOW, 0x47);
	assert_skipped();
	assert_int_equal(counted(), 0);
	verdict = TRAP_ABORT;
	trap(EC_DABT_LOW, 0x47);
	snprintf(expected, sizeof(expected), "data %llx;abort %llx 10;", ESR(EC_DABT_LOW, 0x47),
		 ESR(EC_DABT_LOW, 0x47));
	assert_string_equal(story, expected);
	assert_not_skipped();
	assert_int_equal(stats[JH_STAT_FAULT], 1);
	verdict = TRAP_UNDEFINED;
	trap(EC_IABT_LOW, 0x6);
	snprintf(expected, sizeof(expected), "fetch %llx;undefined;", ESR(EC_IABT_LOW, 0x6));
	assert_string_equal(story, expected);
	assert_not_skipped();
	assert_int_equal(stats[JH_STAT_FAULT], 2);
	assert_int_equal(counted(), 2);
}

/* Every class in which nothing of jh's is found, those that no architecture has yet as well */
static void unhandled_classes_park_the_cell(void **state)
{
	u32 ec, others = 0;

	(void)state;
	for (ec = 0; ec < 64; ec++) {
		if (ec == EC_WFX || ec == EC_HVC64 || ec == EC_SMC64 || ec == EC_SYSREG ||
		    ec == EC_IABT_LOW || ec == EC_DABT_LOW)
			continue;
		trap(ec, 0x1234);
		assert_string_equal(story, "undefined;");
		assert_not_skipped();
		others++;
	}
	assert_int_equal(stats[JH_STAT_FAULT], others);
}

static void interrupts(void **state)
{
	(void)state;
	trap_sgi1r(0x1230004);
	assert_string_equal(story, "sgi 1230004;");
	assert_int_equal(stats[JH_STAT_IPI], 1);
	story[0] = 0;
	trap_fiq();
	assert_string_equal(story, "fiq;");
	assert_int_equal(stats[JH_STAT_OTHER], 1);
	assert_int_equal(counted(), 2);
}

/* --- system registers --- */

static u64 iss(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2, u32 rt, bool read)
{
	return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read;
}

/* Arm ARM D19: what traps here and is no use to a guest, as tables of their own */
static bool is_zero(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2)
{
	if (op0 == 1 || op0 == 3)
		if (crn == 11 || crn == 15)
			return true;
	if (op0 == 2)
		return (op1 == 0 && crn <= 1) || (op1 == 3 && crn == 0);
	if (op0 != 3)
		return false;
	if (op1 == 0)
		return (crn == 12 && crm == 11 && op2 >= 6) || (crn == 9 && crm == 14) ||
		       (crn == 5 && crm >= 3 && crm <= 5) || (crn == 1 && crm == 0 && op2 == 1) ||
		       (crn == 10 && (crm == 4 || crm == 5));
	return op1 == 3 && ((crn == 9 && crm >= 12) || (crn == 14 && crm >= 8));
}

static void every_system_register(void **state)
{
	u32 code, zeroes = 0;

	(void)state;
	for (code = 0; code < 1 << 16; code++) {
		u32 op0 = code >> 14, op1 = code >> 11 & 7, crn = code >> 7 & 15;
		u32 crm = code >> 3 & 15, op2 = code & 7;
		bool zero = is_zero(op0, op1, crn, crm, op2);

		if (op0 == 3 && !op1 && crn == 12 && crm == 11 && op2 == 5)
			continue;
		regs->x[7] = 0xabc;
		regs->x[5] = 0xdef;
		trap(EC_SYSREG, iss(op0, op1, crn, crm, op2, 7, true));
		if (zero != !regs->x[7] || strcmp(story, zero ? "" : "undefined;"))
			fail_msg("read of S%u_%u_C%u_C%u_%u", op0, op1, crn, crm, op2);
		assert_int_equal(*fake64_register("elr_el2"), zero ? PC + 4 : PC);
		trap(EC_SYSREG, iss(op0, op1, crn, crm, op2, 5, false));
		if (strcmp(story, zero ? "" : "undefined;"))
			fail_msg("write of S%u_%u_C%u_C%u_%u", op0, op1, crn, crm, op2);
		assert_int_equal(regs->x[5], 0xdef);
		zeroes += zero;
	}
	assert_int_equal(stats[JH_STAT_REGISTER], 2 * ((1 << 16) - 1));
	assert_true(zeroes > 0);
}

/* Rt 31 is no register: the stack pointer would follow. */
static void the_register_that_is_zero(void **state)
{
	(void)state;
	regs->x[31] = 0x55;
	trap(EC_SYSREG, iss(3, 0, 1, 0, 1, 31, true));
	assert_skipped();
	assert_int_equal(regs->x[31], 0x55);
	trap(EC_SYSREG, iss(3, 0, 12, 11, 5, 31, false));
	assert_string_equal(story, "sgi 0;");
	regs->x[0] = 9;
	trap(EC_SYSREG, iss(3, 0, 1, 0, 1, 0, true));
	assert_int_equal(regs->x[0], 0);
}

static void an_sgi_by_its_register(void **state)
{
	(void)state;
	regs->x[30] = 0x3000001;
	trap(EC_SYSREG, iss(3, 0, 12, 11, 5, 30, false));
	assert_string_equal(story, "sgi 3000001;");
	assert_skipped();
	assert_int_equal(stats[JH_STAT_IPI], 1);
	assert_int_equal(stats[JH_STAT_REGISTER], 0);
	/* It can only be written. */
	trap(EC_SYSREG, iss(3, 0, 12, 11, 5, 30, true));
	assert_string_equal(story, "undefined;");
	assert_int_equal(regs->x[30], 0x3000001);
}

/* --- the end of a cell --- */

static void assert_crash(u32 cause, u64 address)
{
	u32 i;

	assert_int_equal(crash.cause, cause);
	assert_int_equal(crash.cpu, 1);
	assert_int_equal(crash.arch, JH_ARCH_ARM64);
	assert_int_equal(crash.num_registers, 32);
	assert_int_equal(crash.address, address);
	assert_int_equal(crash.syndrome, 0x96000047);
	assert_int_equal(crash.pc, PC);
	for (i = 0; i < 31; i++)
		assert_int_equal(crash.registers[i], 0x100 + i);
	assert_int_equal(crash.registers[31], SPSR);
}

static void a_cell_that_fails(void **state)
{
	(void)state;
	*fake64_register("esr_el2") = 0x96000047;
	if (!setjmp(left))
		trap_park_cell(JH_CRASH_NONE + 1, 0x1234);
	assert_string_equal(story, "fail;");
	assert_crash(JH_CRASH_NONE + 1, 0x1234);
}

#define REPORT	"jh: exception at EL2 on CPU 1: syndrome 96000047, pc 40080000, "	\
		"address 5678, lr 11e, sp fff0\n"
#define UNMAPS	"unmap ro;unmap rw;unmap uncached;"

static int exception_at_el2(void)
{
	int way;

	story[0] = 0;
	*fake64_register("esr_el2") = 0x96000047;
	*fake64_register("far_el2") = 0x5678;
	*fake64_register("tpidr_el2") = 0xfff1;
	way = setjmp(left);
	if (!way)
		trap_el2(regs);
	return way;
}

static void an_exception_at_el2_costs_the_cell(void **state)
{
	(void)state;
	flushes = 3;
	waits = 100;
	assert_int_equal(exception_at_el2(), 1);
	assert_string_equal(story, REPORT UNMAPS "fail;");
	assert_crash(JH_CRASH_HYPERVISOR, 0x5678);
	/* All of the log gets out, if its UART does not stop. */
	assert_int_equal(flushes, 0);
	setup(NULL);
	flushes = 1000;
	waits = 5;
	assert_int_equal(exception_at_el2(), 1);
	assert_int_equal(flushes, 995);
}

/* Or the end of the other side would wait for it for ever, or not at all the next time. */
static void an_exception_at_el2_ends_a_step(void **state)
{
	static const u16 before[] = { 0, 7, 0xffff, 8 }, after[] = { 0, 8, 0, 8 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		setup(NULL);
		cpus[1].rings = before[i];
		cpus[1].accesses = before[i];
		cpus[1].kicks = 1;
		assert_int_equal(exception_at_el2(), 1);
		assert_int_equal(cpus[1].rings, after[i]);
		assert_int_equal(cpus[1].accesses, after[i]);
		assert_int_equal(cpus[1].kicks, 0);
	}
}

static void an_exception_at_el2_stops_roots_cpu(void **state)
{
	(void)state;
	fake64_percpu[1].cell = cpus[1].cell = &root_cell;
	assert_int_equal(exception_at_el2(), 2);
	assert_string_equal(story, REPORT UNMAPS "for ever;");
	/* Before it was given to anybody */
	cpus[1].cell = NULL;
	assert_int_equal(exception_at_el2(), 2);
	assert_string_equal(story, REPORT UNMAPS "for ever;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(waiting, setup),
		cmocka_unit_test_setup(calls, setup),
		cmocka_unit_test_setup(calls_of_the_stub_that_root_left, setup),
		cmocka_unit_test_setup(faults, setup),
		cmocka_unit_test_setup(unhandled_classes_park_the_cell, setup),
		cmocka_unit_test_setup(interrupts, setup),
		cmocka_unit_test_setup(every_system_register, setup),
		cmocka_unit_test_setup(the_register_that_is_zero, setup),
		cmocka_unit_test_setup(an_sgi_by_its_register, setup),
		cmocka_unit_test_setup(a_cell_that_fails, setup),
		cmocka_unit_test_setup(an_exception_at_el2_costs_the_cell, setup),
		cmocka_unit_test_setup(an_exception_at_el2_ends_a_step, setup),
		cmocka_unit_test_setup(an_exception_at_el2_stops_roots_cpu, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
