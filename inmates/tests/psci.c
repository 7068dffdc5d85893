// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests PSCI: errors, the state in which CPUs start, many cycles, suspend, and the ways to end.
 *
 * Command line: cycles=N (default 100) per CPU; end=off, end=reset or end=reset2 ends the cell by
 * that function of PSCI instead of by its state.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

#define PSCI_CONTEXT		0x0123456789abcdef
#define PSCI_RACE_ROUNDS	50
#define PSCI_TIMEOUT_US		2000000

/** struct psci_raw - state of a CPU at its first instruction; the layout is known to psci_raw.S */
struct psci_raw {
	u64 context;
	u64 current_el;
	u64 daif;
	u64 sctlr;
	u64 cntv_ctl;
	u64 cpacr;
	u64 spsel;
	u64 padding;
	u64 arrivals __attribute__((aligned(64)));
	u64 permission __attribute__((aligned(64)));
};

extern struct psci_raw psci_raw;
extern u8 psci_raw_entry[];

static u64 psci_runs;
static u64 psci_race_target;
static u64 psci_race_round;
static s64 psci_race_result;

/* The other CPU has its MMU off: data goes through memory both ways, past this CPU's caches. */
static void psci_raw_sync(void)
{
	dsb_sy();
	for (u64 p = (u64)&psci_raw; p < (u64)(&psci_raw + 1); p += 64)
		asm volatile("dc civac, %0" : : "r"(p) : "memory");
	dsb_sy();
}

static u64 psci_raw_arrivals(void)
{
	psci_raw_sync();
	return READ_ONCE(psci_raw.arrivals);
}

static void psci_raw_prepare(bool permission)
{
	memset(&psci_raw, 0, sizeof(psci_raw));
	psci_raw.permission = permission;
	psci_raw_sync();
}

static void psci_raw_permit(void)
{
	psci_raw_sync();
	WRITE_ONCE(psci_raw.permission, 1);
	psci_raw_sync();
}

static bool psci_wait_off(u64 mpidr)
{
	return smp_wait_off(mpidr, PSCI_TIMEOUT_US);
}

static bool psci_wait_arrivals(u64 count)
{
	u64 end = timer_now() + timer_from_us(PSCI_TIMEOUT_US);

	while (psci_raw_arrivals() < count && timer_now() < end)
		cpu_relax();
	return psci_raw_arrivals() == count;
}

static void psci_test_errors(void)
{
	u64 entry = (u64)psci_raw_entry;
	u64 foreign = 0;
	s64 err;

	tap_eq(psci_call(PSCI_CPU_ON, cpu_mpidr(), entry, 0), PSCI_ALREADY_ON,
	       "CPU_ON of this CPU: it is on already");
	tap_eq(psci_call(PSCI_CPU_ON, 0xf0f0f, entry, 0), PSCI_INVALID_PARAMETERS,
	       "CPU_ON of a CPU that does not exist");
	tap_eq(psci_call(PSCI_CPU_ON, cpu_mpidr() | BIT(24), entry, 0), PSCI_INVALID_PARAMETERS,
	       "CPU_ON with a reserved bit in the affinity");
	for (u64 mpidr = 0; mpidr < 16; mpidr++) {
		if (psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0) >= 0)
			continue;
		foreign++;
		err = psci_call(PSCI_CPU_ON, mpidr, entry, 0);
		if (err != PSCI_INVALID_PARAMETERS && err != PSCI_DENIED)
			tap_ok(false, "CPU_ON of foreign CPU 0x%lx gave %ld", mpidr, err);
	}
	tap_ok(true, "CPU_ON of %lu CPUs that are not ours is refused", foreign);
	tap_eq(psci_call(PSCI_AFFINITY_INFO, cpu_mpidr(), 0, 0), PSCI_AFF_ON,
	       "AFFINITY_INFO of this CPU");
}

/* Once through the raw entry; @when: before or after somebody used it. */
static void psci_test_entry(u64 mpidr, const char *when)
{
	psci_raw_prepare(true);
	tap_eq(psci_call(PSCI_CPU_ON, mpidr, (u64)psci_raw_entry, PSCI_CONTEXT), PSCI_SUCCESS,
	       "%s: CPU_ON of 0x%lx", when, mpidr);
	tap_ok(psci_wait_arrivals(1), "%s: it arrives", when);
	tap_eq(psci_raw.context, PSCI_CONTEXT, "%s: the context id is in x0", when);
	tap_eq(psci_raw.current_el, 1 << 2, "%s: at EL1", when);
	tap_eq(psci_raw.spsel, 1, "%s: with SP_EL1", when);
	tap_eq(psci_raw.daif, 0x3c0, "%s: with exceptions masked", when);
	tap_eq(psci_raw.sctlr & 0x1005, 0, "%s: with MMU and caches off", when);
	tap_eq(psci_raw.cntv_ctl, 0, "%s: with its timer off", when);
	tap_eq(psci_raw.cpacr >> 20 & 3, 3, "%s: with FP enabled", when);
	tap_ok(psci_wait_off(mpidr), "%s: and goes off again", when);
}

static bool psci_wait_runs(u64 count)
{
	u64 end = timer_now() + timer_from_us(PSCI_TIMEOUT_US);

	while (READ_ONCE(psci_runs) < count && timer_now() < end)
		cpu_relax();
	return READ_ONCE(psci_runs) == count;
}

/* Turns off with state left: a timer about to fire, a pending SGI, a closed CPU interface. */
static void psci_leave_mess(void *arg)
{
	(void)arg;
	gic_cpu_init();
	gic_enable(TIMER_IRQ);
	gic_enable(3);
	gic_send_sgi_self(3);
	gic_set_mask(0);
	timer_set(timer_now());
	atomic_inc(&psci_runs);
}

static void psci_count_run(void *arg)
{
	(void)arg;
	atomic_inc(&psci_runs);
}

static void psci_test_cycles(u64 mpidr, u64 cycles)
{
	s32 err = 0;
	u64 done;

	psci_runs = 0;
	for (done = 0; done < cycles; done++) {
		err = smp_start(mpidr, done & 1 ? psci_count_run : psci_leave_mess, NULL);
		if (err < 0 || !psci_wait_runs(done + 1) || !psci_wait_off(mpidr))
			break;
	}
	if (err < 0)
		printf("# CPU_ON number %lu gave %d\n", done + 1, err);
	tap_eq(psci_runs, cycles, "%lu cycles of CPU_ON and CPU_OFF of 0x%lx", cycles, mpidr);
}

static void psci_test_already_on(u64 mpidr)
{
	s64 err;

	psci_raw_prepare(false);
	psci_call(PSCI_CPU_ON, mpidr, (u64)psci_raw_entry, 0);
	/* QEMU's firmware forgets about a CPU that is about to start. */
	if (!cmdline_bool("native", false)) {
		err = psci_call(PSCI_CPU_ON, mpidr, (u64)psci_raw_entry, 0);
		tap_ok(err == PSCI_ALREADY_ON || err == PSCI_ON_PENDING,
		       "second CPU_ON of 0x%lx is refused at once", mpidr);
	}
	psci_wait_arrivals(1);
	tap_eq(psci_call(PSCI_CPU_ON, mpidr, (u64)psci_raw_entry, 0), PSCI_ALREADY_ON,
	       "CPU_ON of 0x%lx is refused when it has arrived", mpidr);
	tap_eq(psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0), PSCI_AFF_ON, "AFFINITY_INFO: on");
	psci_raw_permit();
	tap_ok(psci_wait_off(mpidr), "AFFINITY_INFO: off, later");
}

/* The second racer: in every round a CPU_ON of the same target. */
static void psci_race(void *arg)
{
	(void)arg;
	for (u64 round = 1; round <= PSCI_RACE_ROUNDS; round++) {
		while (READ_ONCE(psci_race_round) < round)
			cpu_relax();
		WRITE_ONCE(psci_race_result,
			   psci_call(PSCI_CPU_ON, psci_race_target, (u64)psci_raw_entry, 0));
	}
}

static void psci_test_race(u64 racer, u64 target)
{
	u64 bad = 0;
	s64 mine;

	psci_race_target = target;
	if (smp_start(racer, psci_race, NULL) < 0)
		return;
	for (u64 round = 1; round <= PSCI_RACE_ROUNDS; round++) {
		psci_raw_prepare(false);
		WRITE_ONCE(psci_race_result, 1);
		dmb_ish();
		WRITE_ONCE(psci_race_round, round);
		mine = psci_call(PSCI_CPU_ON, target, (u64)psci_raw_entry, 0);
		while (READ_ONCE(psci_race_result) == 1)
			cpu_relax();
		bad += (mine == 0) + (READ_ONCE(psci_race_result) == 0) != 1;
		bad += !psci_wait_arrivals(1);
		psci_raw_permit();
		bad += !psci_wait_off(target);
	}
	tap_eq(bad, 0, "%d times two CPUs start a third: one of them succeeds", PSCI_RACE_ROUNDS);
	tap_ok(psci_wait_off(racer), "and the second racer goes off");
}

static void psci_test_suspend(void)
{
	s64 err;

	gic_enable(TIMER_IRQ);
	for (u32 n = 0; n < 10; n++) {
		timer_set(timer_now() + timer_from_us(1000));
		err = psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
		if (err)
			break;
	}
	tap_eq(err, PSCI_SUCCESS, "CPU_SUSPEND to standby returns when the timer fires");
	timer_set(timer_now() + timer_from_us(1000));
	err = psci_call(PSCI_CPU_SUSPEND, BIT(16), (u64)psci_raw_entry, 0);
	tap_ok(err == PSCI_SUCCESS || err == PSCI_INVALID_PARAMETERS || err == PSCI_DENIED,
	       "CPU_SUSPEND to power-down is standby, or refused");
	timer_stop();
	gic_disable(TIMER_IRQ);
}

static void psci_end(void)
{
	if (cmdline_is("end", "off"))
		psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	else if (cmdline_is("end", "reset"))
		psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	else if (cmdline_is("end", "reset2"))
		psci_call(PSCI_SYSTEM_RESET2, 0, 0, 0);
	else
		return;
	printf("psci: NOT ENDED\n");
}

void inmate_main(void)
{
	u64 cycles = cmdline_int("cycles", 100);
	u64 mpidrs[INMATE_MAX_CPUS];
	u32 count;

	tap_start("psci");
	gic_init();
	psci_test_errors();
	psci_test_suspend();
	count = smp_discover(mpidrs, INMATE_MAX_CPUS - 1);
	for (u32 n = 0; n < count; n++) {
		psci_test_entry(mpidrs[n], "first time");
		psci_test_cycles(mpidrs[n], cycles);
		psci_test_entry(mpidrs[n], "after a mess");
		psci_test_already_on(mpidrs[n]);
	}
	if (cmdline_bool("native", false))
		tap_skip("two CPUs start a third", "QEMU's firmware lets both succeed");
	else if (count >= 2)
		psci_test_race(mpidrs[0], mpidrs[1]);
	else
		tap_skip("two CPUs start a third", "this cell has less than three");
	tap_end();
	psci_end();
}
