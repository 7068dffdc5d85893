// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small multitasking system with the expectations of an RTOS: it is CPU 0, with interface 0 of a
 * GICv2, memory is zero, x0 has a device tree, and the priority mask delays interrupts without
 * losing any.
 *
 * Three tasks share the CPU by a tick that preempts them. Their critical sections mask by priority,
 * as those of FreeRTOS do, and give the CPU away by an SGI to itself.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

#define TASKS_COUNT		4	/* number 0 is the one that began */
#define TASKS_STACK		4096
#define TASKS_TICKS		1000
#define TASKS_PERIOD_US		1000
#define TASKS_SGI		1
#define TASKS_MASK		0x80	/* tick and SGI are less urgent */
#define TASKS_NO_MASK		0xf0
#define TASKS_SPSR		0x5	/* EL1h, nothing masked */
#define TASKS_DTB_MAGIC		0xedfe0dd0	/* big-endian */

struct task {
	u64 sp;		/* while it does not run */
	u64 runs;	/* number of switches to it */
	u64 wake;	/* not before this tick */
};

extern char tasks_vectors[];
u64 tasks_irq(u64 sp);

/* Behind .bss, and not written by start-up: what the memory of the cell holds. */
static u64 tasks_memory[1024] __attribute__((section(".noinit")));

static u8 tasks_stacks[TASKS_COUNT][TASKS_STACK] __attribute__((aligned(16)));
static struct task tasks[TASKS_COUNT];
static volatile u32 tasks_now;		/* which runs */
static volatile u64 tasks_ticks;
static volatile bool tasks_masked;	/* a task is in its critical section */
static volatile bool tasks_torn;	/* a tick came meanwhile, or another task did */
static volatile u64 tasks_late;		/* ticks that waited for the end of one */
static volatile u64 tasks_pair[2];	/* equal outside of critical sections */
static u64 tasks_deadline, tasks_period, tasks_asked;
static volatile bool tasks_done;

static void tasks_enter(void)
{
	gic_set_mask(TASKS_MASK);
	tasks_torn |= tasks_masked;
	tasks_masked = true;
}

static void tasks_leave(void)
{
	tasks_late += timer_now() >= tasks_deadline;
	tasks_masked = false;
	gic_set_mask(TASKS_NO_MASK);
}

static void tasks_yield(void)
{
	gic_send_sgi_self(TASKS_SGI);
}

/* The next in turn that is awake; the first one always is. */
static u32 tasks_next(void)
{
	u32 n, i;

	for (i = 1; i <= TASKS_COUNT; i++) {
		n = (tasks_now + i) % TASKS_COUNT;
		if (tasks_ticks >= tasks[n].wake)
			return n;
	}
	return 0;
}

static void tasks_tick(void)
{
	tasks_ticks++;
	/* From now on, so that a machine that is slow still gets to what is less urgent. */
	tasks_deadline = timer_now() + tasks_period;
	timer_set(tasks_deadline);
	if (tasks_ticks == TASKS_TICKS) {
		timer_stop();
		tasks_done = true;
	}
}

/* Called by tasks_vectors with the stack of the task that was interrupted. */
u64 tasks_irq(u64 sp)
{
	u32 ack = gic_ack();

	tasks_torn |= tasks_masked;
	if (gic_intid(ack) == TIMER_IRQ)
		tasks_tick();
	else if (gic_intid(ack) == TASKS_SGI)
		tasks_asked++;
	if (gic_intid(ack) < GIC_SPECIAL)
		gic_eoi(ack);
	tasks[tasks_now].sp = sp;
	tasks_now = tasks_next();
	tasks[tasks_now].runs++;
	return tasks[tasks_now].sp;
}

/* Both halves of the pair, with some time between them. */
static void tasks_work(void)
{
	while (!tasks_done) {
		tasks_enter();
		tasks_torn |= tasks_pair[0] != tasks_pair[1];
		tasks_pair[0]++;
		timer_delay_us(50);
		tasks_pair[1]++;
		tasks_leave();
	}
	for (;;)
		tasks_yield();
}

/* Sleeps most of the time, and gives the CPU away before its slice ends. */
static void tasks_sleep(void)
{
	for (;;) {
		tasks[tasks_now].wake = tasks_ticks + 5;
		tasks_yield();
	}
}

static void tasks_make(u32 n, void (*entry)(void))
{
	struct exception_frame *frame = (void *)(tasks_stacks[n] + TASKS_STACK - sizeof(*frame));

	frame->elr = (u64)entry;
	frame->spsr = TASKS_SPSR;
	tasks[n].sp = (u64)frame;
}

static void tasks_test_board(void)
{
	const u32 *tree = (const u32 *)start_regs.x[0];
	u64 used = 0;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(tasks_memory); n++)
		used |= tasks_memory[n];
	tap_eq(used, 0, "memory that nothing was loaded to is zero");
	tap_eq(cpu_mpidr(), 0, "this is CPU 0");
	if (tap_ok(tree, "x0 has something"))
		tap_eq(*tree, TASKS_DTB_MAGIC, "which is a device tree");
	if (gic_version() != 2)
		return;
	tap_eq(mmio_read8(comm_region->gicd_base + GICD_ITARGETSR), 1, "its interface is number 0");
	/* As NuttX and XScuGic do, for all there may be. */
	for (n = 32; n < GIC_NUM_IRQS; n += 4)
		mmio_write32(comm_region->gicd_base + GICD_ITARGETSR + n, 0x01010101);
}

static void tasks_run(void)
{
	tasks_make(1, tasks_work);
	tasks_make(2, tasks_work);
	tasks_make(3, tasks_sleep);
	gic_set_priority(TIMER_IRQ, 0xa0);
	gic_set_priority(TASKS_SGI, 0xe0);
	gic_set_mask(TASKS_NO_MASK);
	gic_enable(TIMER_IRQ);
	gic_enable(TASKS_SGI);
	tasks_period = timer_from_us(TASKS_PERIOD_US);
	tasks_deadline = timer_now() + tasks_period;
	timer_set(tasks_deadline);
	while (!tasks_done)
		tasks_yield();
	irq_disable();
	/* With one that is lost all others are: each sets the next. */
	tap_eq(tasks_ticks, TASKS_TICKS, "each tick was taken");
}

void inmate_main(void)
{
	tap_start("tasks");
	gic_init();
	irq_disable();
	tasks_test_board();
	sysreg_write(vbar_el1, (u64)tasks_vectors);
	isb();
	irq_enable();
	tasks_run();
	tap_ok(!tasks_torn, "no interrupt came into a critical section");
	tap_ok(tasks_late > 10, "some waited for the end of one (%lu)", tasks_late);
	tap_eq(tasks_pair[0], tasks_pair[1], "no task was interrupted in one");
	tap_ok(tasks_pair[0] > 100, "tasks work (%lu times)", tasks_pair[0]);
	tap_ok(tasks[1].runs > 10 && tasks[2].runs > 10, "each has its turn (%lu and %lu)",
	       tasks[1].runs, tasks[2].runs);
	tap_ok(tasks[3].runs > TASKS_TICKS / 50, "a sleeper wakes up (%lu times)", tasks[3].runs);
	tap_ok(tasks_asked > 100, "the CPU is given away by an SGI (%lu times)", tasks_asked);
	tap_end();
}
