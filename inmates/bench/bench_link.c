// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time from the store that rings a bell of a link to the first instruction of the other cell's
 * handler.
 *
 * Side 1 sleeps, and stores the time of each interrupt in its output, where side 0 reads it. With
 * Linux on the other side (tools/testing/bench/guest/linkbench.c) it is the cell that sleeps at
 * first. Then Linux does, and the cell measures its store alone: Linux' first instruction cannot
 * tell the time.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/link.h>
#include <inmate/print.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "bench.h"

#define BENCH_REGISTERS	0x9000000
#define BENCH_WARM	8	/* samples that do not count, see bench_sync.c */
#define BENCH_LOOKS	1000000
#define BENCH_PAUSE_US	20	/* for the other side to sleep again */
#define BENCH_PATIENCE_US	10000000

extern u8 bench_vectors[];

/** struct bench_heard - output of side 1 */
struct bench_heard {
	u64 stamp;
	u64 count;
};

static struct link bench_side;

static void bench_hear(u32 intid, void *arg)
{
	struct bench_heard *heard = (struct bench_heard *)bench_side.output->data;
	u64 stamp;

	(void)intid;
	(void)arg;
	/* bench_entry.S left it there, and no C code touches it. */
	asm volatile("mov %0, x18" : "=r"(stamp));
	if (!(link_bells(&bench_side) & BIT(LINK_BELL_DATA)))
		return;
	WRITE_ONCE(heard->stamp, stamp);
	__atomic_store_n(&heard->count, heard->count + 1, __ATOMIC_RELEASE);
}

/* Until so many bells were heard, or for ever with 0. */
static void bench_listen(u64 count)
{
	const struct bench_heard *heard = (const struct bench_heard *)bench_side.output->data;
	u32 irq = link_get(&bench_side, JH_LINK_INTERRUPT);

	gic_handle(irq, bench_hear, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_enable(irq);
	sysreg_write(vbar_el1, bench_vectors);
	isb();
	irq_enable();
	while (!count || READ_ONCE(heard->count) < count)
		wfi();
	irq_disable();
	gic_disable(irq);
}

/* A function, as the other triggers are: its registers are those of any driver's writel(). */
static __attribute__((noinline)) u64 bench_bell(u64 doorbell, u32 value)
{
	u64 before;

	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tstr %w1, [%2]\n\tyield"
		     : "=&r"(before) : "r"(value), "r"(doorbell) : "memory");
	return before;
}

/* The time from a bell to its interrupt; 0: none came. */
static u64 bench_ring(void)
{
	const struct bench_heard *heard = (const struct bench_heard *)bench_side.input->data;
	u64 count = READ_ONCE(heard->count), before;
	u32 look;

	before = bench_bell(bench_side.registers + JH_LINK_DOORBELL, 1 << 16 | LINK_BELL_DATA);
	for (look = 0; look < BENCH_LOOKS; look++) {
		if (__atomic_load_n(&heard->count, __ATOMIC_ACQUIRE) != count)
			return READ_ONCE(heard->stamp) - before;
		cpu_relax();
	}
	return 0;
}

/* Linux has taken so many bells, and waits for the next one? */
static bool bench_is_ready(u32 count)
{
	const struct bench_heard *root = (const struct bench_heard *)bench_side.input->data;
	u64 end = timer_now() + timer_from_us(BENCH_PATIENCE_US);

	while (__atomic_load_n(&root->count, __ATOMIC_ACQUIRE) != count)
		if (timer_now() > end)
			return false;
	timer_delay_us(BENCH_PAUSE_US);
	return true;
}

static void bench_with_root(const struct bench *bench)
{
	u64 doorbell = bench_side.registers + JH_LINK_DOORBELL, took;
	u32 value = (u32)!bench_side.id << 16 | LINK_BELL_DATA, n;

	while (!link_is_connected(&bench_side))
		cpu_relax();
	bench_listen(bench->n + BENCH_WARM);
	for (n = 0; n < bench->n + BENCH_WARM; n++) {
		if (!bench_is_ready(n)) {
			printf("bench: missing id=bell_to_root after %u samples\n", n);
			return;
		}
		took = bench_store_time(doorbell, value);
		if (n >= BENCH_WARM)
			bench_samples[n - BENCH_WARM] = took;
	}
	bench_print("bell_to_root", NULL, bench->n);
}

void bench_link(const struct bench *bench)
{
	u64 took;
	u32 n;

	link_open(&bench_side, BENCH_REGISTERS);
	if (cmdline_is("with", "root")) {
		bench_with_root(bench);
		return;
	}
	if (bench_side.id)
		bench_listen(0);
	while (!link_state(&bench_side, 1))
		cpu_relax();
	for (n = 0; n < bench->n + BENCH_WARM; n++) {
		timer_delay_us(BENCH_PAUSE_US);
		took = bench_ring();
		if (!took) {
			printf("bench: missing id=bell after %u samples\n", n);
			return;
		}
		if (n >= BENCH_WARM)
			bench_samples[n - BENCH_WARM] = took;
	}
	bench_print("bell", NULL, bench->n);
}
