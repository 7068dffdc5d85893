// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends back what arrives over a link, to Linux or to another cell, in each of its lives.
 *
 * Command line: registers=ADDRESS of the link (default 0x9000000, as link.registers of the
 * configuration).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/link.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#define ECHO_REGISTERS	0x9000000
/* Between two polls for messages of the host while no bell rings. */
#define ECHO_POLL_US	100000

static struct link echo_link;

/* Bytes that were received wait here until there is room. */
static u8 echo_bytes[4096];
static u32 echo_first, echo_count;

static void echo_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	/* All of the link is checked each time, so it does not matter which bell rang. */
	(void)link_bells(&echo_link);
}

static void echo_tick(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	timer_set(timer_now() + timer_from_us(ECHO_POLL_US));
}

static void echo_enable(u32 intid, gic_handler_t handler)
{
	gic_handle(intid, handler, NULL);
	gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
	if (intid >= 32)
		gic_set_target_self(intid);
	gic_enable(intid);
}

/* Echoes bytes; true if there were any. Impossible positions of the other side are ignored. */
static bool echo_some(void)
{
	s32 got = 0;
	u32 sent;

	if (!echo_count) {
		got = link_receive(&echo_link, echo_bytes, sizeof(echo_bytes));
		if (got < 0)
			return false;
		echo_first = 0;
		echo_count = (u32)got;
	}
	sent = link_send(&echo_link, echo_bytes + echo_first, echo_count);
	echo_first += sent;
	echo_count -= sent;
	if (got || sent)
		link_ring(&echo_link, LINK_BELL_DATA);
	return got || sent;
}

/* Prints when the other side comes and goes; true if it is there. */
static bool echo_look(void)
{
	static u32 ups, downs, life;
	static bool up;
	bool connected = link_is_connected(&echo_link);

	if (up && (!connected || life != echo_link.peer_life)) {
		printf("link-echo: down %u\n", ++downs);
		up = false;
	}
	if (connected && !up) {
		printf("link-echo: up %u\n", ++ups);
		life = echo_link.peer_life;
		echo_count = 0;
		up = true;
	}
	return connected;
}

/* Interrupts are taken only here, so none is missed between the check and the sleep. */
static void echo_sleep(void)
{
	wfi();
	irq_enable();
	isb();
	irq_disable();
}

void inmate_main(void)
{
	u64 registers = (u64)cmdline_int("registers", ECHO_REGISTERS);
	u32 irq;

	irq_disable();
	if (mmio_read32(registers + JH_LINK_MAX_PEERS) != JH_LINK_SIDES) {
		printf("link-echo: there is no link at 0x%lx\n", registers);
		inmate_exit(JH_COMM_FAILED);
	}
	if (mmio_read32(registers + JH_LINK_NUM_BELLS) <= LINK_BELL_DATA) {
		printf("link-echo: the link has one bell, a stream wants bells = 2\n");
		inmate_exit(JH_COMM_FAILED);
	}
	irq = mmio_read32(registers + JH_LINK_INTERRUPT);
	gic_init();
	echo_link.registers = registers;
	echo_enable(irq, echo_bell);
	echo_enable(TIMER_IRQ, echo_tick);
	timer_set(timer_now() + timer_from_us(ECHO_POLL_US));
	link_open(&echo_link, registers);
	printf("link-echo: ready (interrupt %u)\n", irq);

	while (!comm_poll())
		if (!echo_look() || !echo_some())
			echo_sleep();

	link_put(&echo_link, JH_LINK_STATE, 0);
	timer_stop();
	gic_disable(irq);
	printf("link-echo: bye\n");
}
