// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once for a long time: periodic timer, SGIs between all CPUs, an SPI, hypercalls,
 * and patterns in registers and memory that must not change.
 *
 * Command line: seconds=N (default 10; 0: until shut down), period_us=N (default 1000), spi=N
 * (default 40, left out if it is not the cell's), strict: a lost period is a failure.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/timer.h>

#include "abi_calls.h"
#include "tap.h"

#define STRESS_SGI		1
#define STRESS_TIMEOUT_US	5000000
#define STRESS_WORDS		1024

/** struct stress_cpu - one CPU's figures, written by that CPU alone but for @asked */
struct stress_cpu {
	u64 asked;		/* last number that the sender wrote before its SGI */
	u64 answered;		/* last number seen by the SGI handler */
	u64 ticks;
	u64 lost;
	u64 deadline;
	u64 rounds;		/* of the pattern check */
	u64 corrupt;
	bool ready;		/* takes interrupts: an SGI sent before that may be lost */
} __attribute__((aligned(128)));

static struct stress_cpu stress_cpus[INMATE_MAX_CPUS];
static u64 stress_fp[INMATE_MAX_CPUS][64];
static u64 stress_fp_now[INMATE_MAX_CPUS][64];
static u64 stress_memory[STRESS_WORDS];
static u64 stress_period;
static u64 stress_spis;
static bool stress_stop;

static void stress_tick(u32 intid, void *arg)
{
	struct stress_cpu *cpu = &stress_cpus[smp_cpu_index()];
	u64 now = timer_now();

	(void)intid;
	(void)arg;
	cpu->ticks++;
	cpu->deadline += stress_period;
	while (cpu->deadline <= now) {
		cpu->lost++;
		cpu->deadline += stress_period;
	}
	timer_set(cpu->deadline);
}

static void stress_on_sgi(u32 intid, void *arg)
{
	struct stress_cpu *cpu = &stress_cpus[smp_cpu_index()];

	(void)intid;
	(void)arg;
	WRITE_ONCE(cpu->answered, __atomic_load_n(&cpu->asked, __ATOMIC_ACQUIRE));
}

static void stress_on_spi(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	WRITE_ONCE(stress_spis, stress_spis + 1);
}

static void stress_setup_cpu(void)
{
	struct stress_cpu *cpu = &stress_cpus[smp_cpu_index()];
	u64 *fp = stress_fp[smp_cpu_index()];

	for (u32 n = 0; n < 64; n++)
		fp[n] = 0x9e3779b97f4a7c15 * (64 * smp_cpu_index() + n + 1);
	gic_set_priority(STRESS_SGI, GIC_PRIORITY_DEFAULT);
	gic_set_priority(TIMER_IRQ, 0x80);
	gic_enable(STRESS_SGI);
	gic_enable(TIMER_IRQ);
	cpu->deadline = timer_now() + stress_period;
	timer_set(cpu->deadline);
	irq_enable();
	/* Release: pairs with stress_wait_ready(), after the interrupt controller's set-up. */
	__atomic_store_n(&cpu->ready, true, __ATOMIC_RELEASE);
}

/* FP registers and general registers keep their values across interrupts and hypercalls. */
static void stress_check_patterns(void)
{
	u32 index = smp_cpu_index();
	struct stress_cpu *cpu = &stress_cpus[index];
	u64 *now = stress_fp_now[index];
	u64 x[31];

	abi_fp_load(stress_fp[index]);
	for (u32 n = 0; n < 31; n++)
		x[n] = ~0UL / 31 * n;
	x[0] = 0xdead;
	for (u32 n = 0; n < 20; n++) {
		abi_hypercall(x);
		cpu->corrupt += (s64)x[0] != -38;
		x[0] = 0xdead;
	}
	for (u32 n = 1; n < 31; n++)
		cpu->corrupt += x[n] != ~0UL / 31 * n;
	abi_fp_store(now);
	cpu->corrupt += memcmp(now, stress_fp[index], sizeof(stress_fp[index])) != 0;
	cpu->rounds++;
}

static void stress_secondary(void *arg)
{
	(void)arg;
	gic_cpu_init();
	stress_setup_cpu();
	while (!READ_ONCE(stress_stop)) {
		stress_check_patterns();
		wfi();
	}
	irq_disable();
	timer_stop();
}

/* One SGI to a CPU, and its answer; false if that does not come. */
static bool stress_ping(u32 index, u64 mpidr)
{
	struct stress_cpu *cpu = &stress_cpus[index];
	u64 end = timer_now() + timer_from_us(STRESS_TIMEOUT_US);
	u64 number = cpu->asked + 1;

	__atomic_store_n(&cpu->asked, number, __ATOMIC_RELEASE);
	gic_send_sgi(STRESS_SGI, mpidr);
	while (READ_ONCE(cpu->answered) != number) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

static bool stress_spi(u32 spi)
{
	u64 end = timer_now() + timer_from_us(STRESS_TIMEOUT_US);
	u64 before = READ_ONCE(stress_spis);

	gic_set_pending(spi);
	while (READ_ONCE(stress_spis) == before) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return READ_ONCE(stress_spis) == before + 1;
}

static u64 stress_memory_errors(void)
{
	u64 errors = 0;

	for (u32 n = 0; n < STRESS_WORDS; n++)
		errors += READ_ONCE(stress_memory[n]) != 0x5851f42d4c957f2dUL * n;
	return errors;
}

static struct stress_cpu stress_sum(u32 count)
{
	struct stress_cpu sum = { 0 };

	for (u32 n = 0; n <= count; n++) {
		sum.ticks += READ_ONCE(stress_cpus[n].ticks);
		sum.lost += READ_ONCE(stress_cpus[n].lost);
		sum.answered += READ_ONCE(stress_cpus[n].answered);
		sum.rounds += READ_ONCE(stress_cpus[n].rounds);
		sum.corrupt += READ_ONCE(stress_cpus[n].corrupt);
	}
	return sum;
}

static void stress_report(u32 count, u64 missing)
{
	struct stress_cpu sum = stress_sum(count);

	printf("# cpus %u ticks %lu lost %lu sgis %lu spis %lu ", count + 1, sum.ticks, sum.lost,
	       sum.answered, stress_spis);
	printf("checks %lu corrupt %lu missing %lu\n", sum.rounds, sum.corrupt, missing);
}

/* Runs until the time is up or the host asks; returns how many interrupts never came. */
static u64 stress_run(const u64 *mpidrs, u32 count, u32 spi, u64 seconds)
{
	u64 end = seconds ? timer_now() + seconds * timer_freq() : UINT64_MAX;
	u64 report = timer_now() + timer_freq();
	u64 missing = 0;

	while (timer_now() < end && !missing && !comm_poll()) {
		for (u32 n = 1; n <= count; n++)
			missing += !stress_ping(n, mpidrs[n - 1]);
		missing += !stress_ping(0, cpu_mpidr());
		if (spi)
			missing += !stress_spi(spi);
		stress_check_patterns();
		missing += stress_memory_errors();
		if (timer_now() < report)
			continue;
		stress_report(count, missing);
		report += timer_freq();
	}
	return missing;
}

static bool stress_wait_ready(u32 index)
{
	u64 end = timer_now() + timer_from_us(STRESS_TIMEOUT_US);

	while (!__atomic_load_n(&stress_cpus[index].ready, __ATOMIC_ACQUIRE)) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

static u32 stress_start_all(u64 *mpidrs)
{
	u32 found = smp_discover(mpidrs, INMATE_MAX_CPUS - 1);
	u32 count = 0, ready = 0;

	for (u32 n = 0; n < found; n++)
		if (smp_start(mpidrs[n], stress_secondary, NULL) == (s32)count + 1)
			mpidrs[count++] = mpidrs[n];
	for (u32 n = 1; n <= count; n++)
		ready += stress_wait_ready(n);
	tap_eq(ready, found, "all other CPUs start");
	return count;
}

void inmate_main(void)
{
	u64 mpidrs[INMATE_MAX_CPUS], missing;
	u32 spi = cmdline_int("spi", 40);
	u32 count, off = 0;

	tap_start("stress");
	for (u32 n = 0; n < STRESS_WORDS; n++)
		stress_memory[n] = 0x5851f42d4c957f2dUL * n;
	stress_period = timer_from_us(cmdline_int("period_us", 1000));
	gic_init();
	gic_handle(TIMER_IRQ, stress_tick, NULL);
	gic_handle(STRESS_SGI, stress_on_sgi, NULL);
	if (spi < 32 || !gic_is_own(spi))
		spi = 0;
	if (spi) {
		gic_handle(spi, stress_on_spi, NULL);
		gic_set_edge(spi, true);
		gic_set_priority(spi, 0x90);
		gic_set_target_self(spi);
		gic_enable(spi);
	}
	count = stress_start_all(mpidrs);
	stress_setup_cpu();
	missing = stress_run(mpidrs, count, spi, cmdline_int("seconds", 10));

	WRITE_ONCE(stress_stop, true);
	for (u32 n = 0; n < count; n++)
		off += smp_wait_off(mpidrs[n], STRESS_TIMEOUT_US);
	irq_disable();
	timer_stop();
	stress_report(count, missing);
	tap_eq(missing, 0, "no interrupt is missing");
	tap_eq(stress_sum(count).corrupt, 0, "no register was corrupted");
	tap_eq(stress_memory_errors(), 0, "no memory was corrupted");
	tap_eq(gic_spurious(), 0, "no spurious interrupt");
	tap_eq(off, count, "all other CPUs are off again");
	if (cmdline_bool("strict", false))
		tap_eq(stress_sum(count).lost, 0, "no period was lost");
	tap_end();
}
