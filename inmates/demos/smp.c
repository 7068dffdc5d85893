// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts all other CPUs of the cell, plays ping-pong with each by SGIs, and sends them off again.
 *
 * Command line: rounds=N (default 100) per CPU.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/timer.h>

enum { SMP_SGI_PING = 1, SMP_SGI_PONG = 2, SMP_SGI_ALL = 3 };

#define SMP_TIMEOUT_US	5000000

static u64 smp_demo_first;		/* affinity of the first CPU */
static u64 smp_demo_up;			/* CPUs that wait for SGIs */
static u64 smp_demo_pings[INMATE_MAX_CPUS];
static u64 smp_demo_pongs;
static u64 smp_demo_alls;
static bool smp_demo_stop;

static void smp_demo_on_ping(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	smp_demo_pings[smp_cpu_index()]++;
	gic_send_sgi(SMP_SGI_PONG, smp_demo_first);
}

static void smp_demo_count(u32 intid, void *arg)
{
	(void)intid;
	atomic_inc(arg);
}

static void smp_demo_enable_sgis(void)
{
	for (u32 sgi = SMP_SGI_PING; sgi <= SMP_SGI_ALL; sgi++) {
		gic_set_priority(sgi, GIC_PRIORITY_DEFAULT);
		gic_enable(sgi);
	}
}

static void smp_demo_secondary(void *arg)
{
	(void)arg;
	gic_cpu_init();
	smp_demo_enable_sgis();
	printf("smp: CPU %u is up, MPIDR 0x%lx\n", smp_cpu_index(), cpu_mpidr());
	atomic_inc(&smp_demo_up);
	while (!READ_ONCE(smp_demo_stop)) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}

/* Waits until a counter that other CPUs or this CPU's handlers advance has reached a value. */
static bool smp_demo_wait(u64 *counter, u64 value)
{
	u64 end = timer_now() + timer_from_us(SMP_TIMEOUT_US);

	while (READ_ONCE(*counter) < value) {
		if (timer_now() > end) {
			printf("smp: gave up at %lu of %lu\n", READ_ONCE(*counter), value);
			return false;
		}
		cpu_relax();
	}
	return true;
}

static u32 smp_demo_start_all(u64 *mpidrs)
{
	u32 found = smp_discover(mpidrs, INMATE_MAX_CPUS - 1);
	u32 started = 0;
	s32 cpu;

	printf("smp: %u other CPUs in this cell\n", found);
	for (u32 n = 0; n < found; n++) {
		cpu = smp_start(mpidrs[n], smp_demo_secondary, NULL);
		if (cpu < 0)
			printf("smp: CPU_ON of 0x%lx failed with %d\n", mpidrs[n], cpu);
		else if (smp_demo_wait(&smp_demo_up, started + 1))
			mpidrs[started++] = mpidrs[n];
	}
	return started;
}

static u32 smp_demo_stop_all(const u64 *mpidrs, u32 count)
{
	u32 off = 0;

	WRITE_ONCE(smp_demo_stop, true);
	gic_send_sgi_others(SMP_SGI_ALL);
	for (u32 n = 0; n < count; n++)
		off += smp_wait_off(mpidrs[n], SMP_TIMEOUT_US);
	return off;
}

void inmate_main(void)
{
	u64 rounds = cmdline_int("rounds", 100);
	u64 mpidrs[INMATE_MAX_CPUS];
	u32 count;

	smp_demo_first = cpu_mpidr();
	gic_init();
	gic_handle(SMP_SGI_PING, smp_demo_on_ping, NULL);
	gic_handle(SMP_SGI_PONG, smp_demo_count, &smp_demo_pongs);
	gic_handle(SMP_SGI_ALL, smp_demo_count, &smp_demo_alls);
	smp_demo_enable_sgis();
	irq_enable();

	count = smp_demo_start_all(mpidrs);
	for (u32 n = 0; n < count; n++) {
		for (u64 round = 0; round < rounds; round++) {
			gic_send_sgi(SMP_SGI_PING, mpidrs[n]);
			if (!smp_demo_wait(&smp_demo_pongs, n * rounds + round + 1))
				inmate_exit(JH_COMM_FAILED);
		}
		printf("smp: MPIDR 0x%lx answered %lu of %lu\n", mpidrs[n], rounds, rounds);
	}
	gic_send_sgi_others(SMP_SGI_ALL);
	if (smp_demo_wait(&smp_demo_alls, count))
		printf("smp: SGI to all others reached %lu CPUs\n", READ_ONCE(smp_demo_alls));
	printf("smp: %u of %u CPUs are off again\n", smp_demo_stop_all(mpidrs, count), count);
}
