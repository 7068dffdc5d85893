// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times from a cause to the target's first instruction: interrupts and CPU_ON.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "bench.h"

#define BENCH_TIMEOUT_US	1000000
#define BENCH_TIMER_US		5

#define UART_PL011_IMSC		0x38
#define UART_PL011_IMSC_TX	BIT(5)
#define UART_XUARTPS_IER	0x08
#define UART_XUARTPS_IDR	0x0c
#define UART_XUARTPS_TXEMPTY	BIT(3)

enum { BENCH_SGI = 1, BENCH_SGI_REMOTE = 2, BENCH_SGI_STOP = 3 };

/** struct bench_cpu_on - written by bench_entry.S with its MMU off */
struct bench_cpu_on {
	u64 stamp;
};

extern struct bench_cpu_on bench_cpu_on;
extern u8 bench_cpu_entry[];
extern u8 bench_vectors[];

/* The time of the last interrupt on the CPU that is being measured; 0: none yet. */
static u64 bench_stamp;
static u32 bench_taken;
static bool bench_stop;
static u64 bench_ready;

/* Register that raises the SPI: a UART with an idle transmitter asks for an interrupt. */
static u64 bench_line_on;
static u64 bench_line_off;
static u32 bench_line_on_val;
static u32 bench_line_off_val;

static void bench_handler(u32 intid, void *arg)
{
	u64 stamp;

	(void)arg;
	/* bench_entry.S left it there, and no C code touches it. */
	asm volatile("mov %0, x18" : "=r"(stamp));
	if (intid == TIMER_IRQ)
		timer_stop();
	else if (intid >= 32 && bench_line_off)
		mmio_write32(bench_line_off, bench_line_off_val);
	WRITE_ONCE(bench_taken, READ_ONCE(bench_taken) + 1);
	WRITE_ONCE(bench_stamp, stamp);
}

static void bench_enable(u32 intid)
{
	gic_handle(intid, bench_handler, NULL);
	gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
	gic_enable(intid);
}

/* Waits for bench_stamp, IRQs enabled; false after a second. */
static bool bench_wait(void)
{
	u64 end = timer_now() + timer_from_us(BENCH_TIMEOUT_US);

	while (!READ_ONCE(bench_stamp)) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

typedef u64 (*bench_trigger_t)(const struct bench *bench, u64 arg);

/* Causes one event per sample; a trigger returns the time just before its cause. */
static void bench_irq_run(const struct bench *bench, const char *id, const char *suffix,
			  bench_trigger_t trigger, u64 arg)
{
	u64 cause;

	for (u32 n = 0; n < bench->n + 8; n++) {
		WRITE_ONCE(bench_stamp, 0);
		cause = trigger(bench, arg);
		if (!bench_wait()) {
			printf("bench: missing id=%s after %u samples\n", id, n);
			return;
		}
		/* The first few warm up, see bench_sync.c. */
		if (n >= 8)
			bench_samples[n - 8] = READ_ONCE(bench_stamp) - cause;
	}
	bench_print(id, suffix, bench->n);
}

static u64 bench_trigger_timer(const struct bench *bench, u64 arg)
{
	u64 deadline = timer_now() + arg;

	(void)bench;
	timer_set(deadline);
	/* Busy, neither asleep nor polling: the plain case of an interrupted computation. */
	while (!READ_ONCE(bench_stamp) && timer_now() < deadline + arg)
		;
	return deadline;
}

static u64 bench_store(u64 addr, u32 val)
{
	u64 before;

	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tstr %w1, [%2]"
		     : "=&r"(before) : "r"(val), "r"(addr) : "memory");
	return before;
}

static u64 bench_trigger_pend(const struct bench *bench, u64 arg)
{
	return bench_store(arg, 1U << (bench->spi & 31));
}

static u64 bench_trigger_line(const struct bench *bench, u64 arg)
{
	(void)bench;
	(void)arg;
	return bench_store(bench_line_on, bench_line_on_val);
}

/* @arg: what to write to ICC_SGI1R_EL1 (GICv3) or GICD_SGIR (GICv2). */
static u64 bench_trigger_sgi(const struct bench *bench, u64 arg)
{
	u64 before;

	(void)bench;
	if (gic_version() == 2)
		return bench_store(comm_region->gicd_base + GICD_SGIR, arg);
	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tmsr S3_0_C12_C11_5, %1\n\tisb"
		     : "=&r"(before) : "r"(arg) : "memory");
	return before;
}

/* Affinity to GICv3's encoding; GICv2 sends to the caller or to all others, as @others says. */
static u64 bench_sgi_value(u32 sgi, u64 mpidr, bool others)
{
	if (gic_version() == 2)
		return (others ? 1UL : 2UL) << 24 | sgi;
	return (u64)sgi << 24 | (mpidr >> 8 & 0xff) << 16 | (mpidr >> 16 & 0xff) << 32 |
	       (mpidr >> 32 & 0xff) << 48 | BIT(mpidr & 15);
}

/* Finds out how to raise the UART's line with a store that is not emulated. */
static bool bench_find_line(void)
{
	const struct jh_console *console = &comm_region->console;

	switch (console->type) {
	case JH_CONSOLE_PL011:
		bench_line_on = bench_line_off = console->address + UART_PL011_IMSC;
		bench_line_on_val = UART_PL011_IMSC_TX;
		return true;
	case JH_CONSOLE_XUARTPS:
		bench_line_on = console->address + UART_XUARTPS_IER;
		bench_line_off = console->address + UART_XUARTPS_IDR;
		bench_line_on_val = bench_line_off_val = UART_XUARTPS_TXEMPTY;
		return true;
	default:
		return false;
	}
}

/* The time of one store, including EL2's work for it. */
static u64 bench_timed_store(u64 addr, u32 val)
{
	u64 before, after;

	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tstr %w2, [%3]\n\tisb\n\tmrs %1, cntvct_el0"
		     : "=&r"(before), "=&r"(after) : "r"(val), "r"(addr) : "memory");
	return after - before;
}

static bool bench_wait_taken(u32 count)
{
	u64 end = timer_now() + timer_from_us(BENCH_TIMEOUT_US);

	while (READ_ONCE(bench_taken) < count) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/*
 * Causes that wait, as the guest masks interrupts, and then a store: the line of an SPI behind one
 * SGI, or ICENABLER of as many SGIs as there are.
 */
static void bench_irq_masked(const struct bench *bench, const char *id, u32 sgis, u64 addr, u32 val)
{
	u32 expected = sgis == 1 ? 2 : sgis;

	for (u32 n = 0; n < bench->n + 8; n++) {
		WRITE_ONCE(bench_taken, 0);
		irq_disable();
		for (u32 sgi = BENCH_SGI; sgi < BENCH_SGI + sgis; sgi++)
			bench_trigger_sgi(bench, bench_sgi_value(sgi & 15, cpu_mpidr(), false));
		bench_samples[n < 8 ? 0 : n - 8] = bench_timed_store(addr, val);
		if (sgis > 1)
			mmio_write32(gic_reg(GICD_ISENABLER, 0, 1), 0xffff);
		irq_enable();
		if (!bench_wait_taken(expected)) {
			printf("bench: missing id=%s after %u samples\n", id, n);
			return;
		}
	}
	bench_print(id, NULL, bench->n);
}

static void bench_irq_full(const struct bench *bench)
{
	for (u32 sgi = 0; sgi < 16; sgi++)
		bench_enable(sgi);
	bench_irq_masked(bench, "icenabler_full", 16, gic_reg(GICD_ICENABLER, 0, 1), 0xffff);
	for (u32 sgi = 0; sgi < 16; sgi++) {
		if (sgi != BENCH_SGI)
			gic_disable(sgi);
	}
}

static void bench_irq_spi(const struct bench *bench)
{
	if (bench->spi < 32 || !gic_is_own(bench->spi)) {
		printf("bench: missing id=spi: interrupt %u is not ours\n", bench->spi);
		return;
	}
	gic_set_target_self(bench->spi);
	gic_set_edge(bench->spi, false);
	bench_enable(bench->spi);
	bench_irq_run(bench, "spi_pend", bench->mode, bench_trigger_pend,
		      gic_reg(GICD_ISPENDR, bench->spi, 1));
	if (bench_find_line())
		bench_irq_run(bench, "spi", bench->mode, bench_trigger_line, 0);
	if (bench_line_on)
		bench_irq_masked(bench, "spi_busy", 1, bench_line_on, bench_line_on_val);
	gic_disable(bench->spi);
}

static void bench_secondary(void *arg)
{
	(void)arg;
	sysreg_write(vbar_el1, bench_vectors);
	isb();
	gic_cpu_init();
	bench_enable(BENCH_SGI_REMOTE);
	bench_enable(BENCH_SGI_STOP);
	WRITE_ONCE(bench_ready, 1);
	irq_enable();
	while (!READ_ONCE(bench_stop))
		wfi();
	irq_disable();
}

static bool bench_wait_ready(void)
{
	u64 end = timer_now() + timer_from_us(BENCH_TIMEOUT_US);

	while (!READ_ONCE(bench_ready) && timer_now() < end)
		cpu_relax();
	return READ_ONCE(bench_ready);
}

/* The target sleeps in wfi with IRQs unmasked: its first instruction is that of the vector. */
static void bench_irq_remote(const struct bench *bench, u64 mpidr)
{
	if (smp_start(mpidr, bench_secondary, NULL) < 0 || !bench_wait_ready()) {
		printf("bench: missing id=sgi_remote: CPU 0x%lx does not start\n", mpidr);
		return;
	}
	bench_irq_run(bench, "sgi_remote", NULL, bench_trigger_sgi,
		      bench_sgi_value(BENCH_SGI_REMOTE, mpidr, true));
	WRITE_ONCE(bench_stop, true);
	/* An SGI between the target's check and its wfi does not wake it, so it is repeated. */
	for (u32 n = 0; n < 100; n++) {
		gic_send_sgi(BENCH_SGI_STOP, mpidr);
		if (smp_wait_off(mpidr, BENCH_TIMEOUT_US / 100))
			break;
	}
}

static void bench_cpu_on_sync(void)
{
	dsb_sy();
	asm volatile("dc civac, %0" : : "r"(&bench_cpu_on) : "memory");
	dsb_sy();
}

/* One CPU_ON; the samples of the caller's side go to the upper half. */
static bool bench_cpu_on_once(u64 mpidr, u64 *caller, u64 *target)
{
	u64 end = timer_now() + timer_from_us(BENCH_TIMEOUT_US);
	u64 before, after;
	s64 err;

	WRITE_ONCE(bench_cpu_on.stamp, 0);
	bench_cpu_on_sync();
	before = timer_now();
	err = psci_call(PSCI_CPU_ON, mpidr, (u64)bench_cpu_entry, 0);
	after = timer_now();
	while (!err && !READ_ONCE(bench_cpu_on.stamp) && timer_now() < end) {
		cpu_relax();
		bench_cpu_on_sync();
	}
	*caller = after - before;
	*target = READ_ONCE(bench_cpu_on.stamp) - before;
	return !err && READ_ONCE(bench_cpu_on.stamp) && smp_wait_off(mpidr, BENCH_TIMEOUT_US);
}

static void bench_cpu_on_run(const struct bench *bench, u64 mpidr)
{
	static u64 callers[BENCH_MAX_SAMPLES];
	u64 *targets = bench_samples;

	for (u32 n = 0; n < bench->n; n++) {
		if (!bench_cpu_on_once(mpidr, &callers[n], &targets[n])) {
			printf("bench: missing id=cpu_on after %u samples\n", n);
			return;
		}
	}
	bench_print("cpu_on", NULL, bench->n);
	memcpy(bench_samples, callers, bench->n * sizeof(callers[0]));
	bench_print("cpu_on_caller", NULL, bench->n);
}

void bench_irq(const struct bench *bench)
{
	u64 mpidr;

	sysreg_write(vbar_el1, bench_vectors);
	isb();
	bench_enable(TIMER_IRQ);
	bench_enable(BENCH_SGI);
	irq_enable();
	bench_irq_run(bench, "timer", bench->mode, bench_trigger_timer,
		      timer_from_us(BENCH_TIMER_US));
	bench_irq_spi(bench);
	bench_irq_run(bench, "sgi_self", NULL, bench_trigger_sgi,
		      bench_sgi_value(BENCH_SGI, cpu_mpidr(), false));
	bench_irq_full(bench);
	if (smp_discover(&mpidr, 1)) {
		bench_irq_remote(bench, mpidr);
		bench_cpu_on_run(bench, mpidr);
	}
	irq_disable();
	gic_disable(TIMER_IRQ);
}
