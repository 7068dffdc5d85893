// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell that dies at a chosen instruction of what it does with a link, and the other side, which
 * judges. The second CPU of the dying cell sleeps until a moment, which is a number of instructions
 * of the first one where the machine counts them (QEMU's -icount, one tick of the counter each),
 * and fails: the first one is stopped at that instruction, be it its own or the hypervisor's.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/link.h>
#include <inmate/print.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

/*
 * Command line: registers=ADDRESS of the link. mode=judge sees lives=N lives of the other side,
 * which end first=N, first + step=N, ... instructions after it began to ring and to change its
 * state. It never polls: a wake-up that is lost is one that a watchdog finds. Without a mode it is
 * the other side.
 */

#define DEATH_REGISTERS		0x9000000
#define DEATH_NOWHERE		0x40000000	/* that no cell has */
#define DEATH_ARM_US		1000	/* from the last look of the first CPU to its end */
#define DEATH_COME_US		60000000	/* for a new life, which Linux starts */
#define DEATH_END_US		2000000		/* for its end */
#define DEATH_LOOKS		3000

static struct link death_link;

static void death_enable(u32 intid)
{
	gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
	gic_enable(intid);
}

/* The judge's output says when the next life ends: its first word behind the stream's. */
static u32 *death_moment(const struct jh_stream *output)
{
	return (u32 *)(u64)output->data;
}

/* --- who dies --- */

static u64 death_deadline;
static bool death_ready, death_armed;

static void death_strike(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	(void)mmio_read32(DEATH_NOWHERE);
}

static void death_killer(void *arg)
{
	(void)arg;
	gic_cpu_init();
	death_enable(TIMER_IRQ);
	WRITE_ONCE(death_ready, true);
	while (!READ_ONCE(death_deadline))
		cpu_relax();
	timer_set(READ_ONCE(death_deadline));
	WRITE_ONCE(death_armed, true);
	irq_enable();
	for (;;)
		wfi();
}

static void death_die(void)
{
	u32 moment, n = 0, bell = (u32)!death_link.id << 16 | LINK_BELL_DATA;
	u64 mpidr, begin;

	gic_handle(TIMER_IRQ, death_strike, NULL);
	if (smp_discover(&mpidr, 1) != 1 || smp_start(mpidr, death_killer, NULL) < 0) {
		printf("linkdeath: there is no second CPU\n");
		return;
	}
	while (!READ_ONCE(death_ready))
		cpu_relax();
	do {
		moment = READ_ONCE(*death_moment(death_link.input));
	} while (!moment);
	WRITE_ONCE(death_deadline, timer_now() + timer_from_us(DEATH_ARM_US));
	while (!READ_ONCE(death_armed))
		cpu_relax();
	begin = death_deadline - moment;
	while (timer_now() < begin)
		;
	for (;;) {
		link_put(&death_link, JH_LINK_DOORBELL, bell);
		link_put(&death_link, JH_LINK_STATE, death_link.life << 16 | (n++ & 0xffff));
	}
}

/* --- who judges --- */

static volatile bool death_late;
static u32 death_lost, death_stayed, death_undead, death_unheard;

static void death_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	(void)link_bells(&death_link);
}

static void death_watchdog(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	timer_stop();
	death_late = true;
}

static u32 death_life(void)
{
	return link_state(&death_link, !death_link.id) >> 16;
}

/* Sleep until the other side's life is another one than @life; 0 is one: none. */
static bool death_await(u32 life, u64 us)
{
	death_late = false;
	timer_set(timer_now() + timer_from_us(us));
	while (death_life() == life && !death_late) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
	timer_stop();
	if (!death_late)
		return true;
	if (death_life() == life)
		death_stayed++;
	else
		death_lost++;
	return false;
}

/* What a dead side was about to write must not come any more, now or before the next life. */
static void death_look(u32 life, u32 last)
{
	u32 i;

	for (i = 0; i < DEATH_LOOKS && life != last; i++)
		if (death_life() == life)
			last = life;
	death_undead += life == last;
}

static void death_judge(void)
{
	u32 lives = (u32)cmdline_int("lives", 12), step = (u32)cmdline_int("step", 1), seen;
	u32 moment = (u32)cmdline_int("first", 100), life, last = 0;

	gic_handle(TIMER_IRQ, death_watchdog, NULL);
	death_enable(TIMER_IRQ);
	tap_start("linkdeath");
	for (seen = 0; seen < lives; seen++, moment += step) {
		WRITE_ONCE(*death_moment(death_link.output), moment);
		dmb_ish();
		if (!death_await(0, DEATH_COME_US))
			break;
		life = death_life();
		if (!death_await(life, DEATH_END_US))
			break;
		/* Linux takes far longer to start it again than an interrupt to come. */
		death_unheard += death_life() != 0;
		death_look(life, last);
		last = life;
	}
	tap_eq(seen, lives, "each life is seen, and its end");
	tap_eq(death_lost, 0, "no wake-up is lost");
	tap_eq(death_unheard, 0, "each end is heard before the next life");
	tap_eq(death_stayed, 0, "each ends in time");
	tap_eq(death_undead, 0, "nothing is heard of those that ended");
	tap_end();
}

void inmate_main(void)
{
	u64 registers = (u64)cmdline_int("registers", DEATH_REGISTERS);
	u32 irq = mmio_read32(registers + JH_LINK_INTERRUPT);
	bool judge = cmdline_is("mode", "judge");

	irq_disable();
	gic_init();
	death_link.registers = registers;
	if (judge) {
		gic_handle(irq, death_bell, NULL);
		gic_set_target_self(irq);
		death_enable(irq);
	}
	link_open(&death_link, registers);
	if (judge)
		death_judge();
	else
		death_die();
}
