// SPDX-License-Identifier: GPL-2.0-only
/*
 * A side of a link. It never polls: a lost bell makes the test hang.
 *
 * Command line: registers=ADDRESS of the link. mode=test sends to demos/link-echo and checks the
 * echo. mode=die does that once and fails, mode=reset asks for a reset instead. mode=fuzz writes
 * random values wherever the other side may read them.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/link.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

#include "fuzz.h"
#include "tap.h"

#define LINK_REGISTERS	0x9000000
#define LINK_TOTAL	0x20000		/* bytes that go there and back */
#define LINK_NOWHERE	0x40000000	/* that no cell has */
#define LINK_ROUNDS	20000

static struct link test_link;
static volatile u32 test_bells, test_irqs;

static void link_handler(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	test_irqs++;
	test_bells |= link_bells(&test_link);
}

/* Take the interrupt if it is pending. */
static void link_look(void)
{
	irq_enable();
	isb();
	irq_disable();
}

static u32 link_wait(void)
{
	u32 bells;

	while (!test_bells) {
		wfi();
		link_look();
	}
	bells = test_bells;
	test_bells = 0;
	return bells;
}

static void link_begin(void)
{
	u64 registers = (u64)cmdline_int("registers", LINK_REGISTERS);
	u32 irq = mmio_read32(registers + JH_LINK_INTERRUPT);

	gic_init();
	test_link.registers = registers;
	gic_handle(irq, link_handler, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
	link_open(&test_link, registers);
}

/* --- mode=test, mode=die, mode=reset --- */

static u8 pattern(u32 n)
{
	return (u8)(n * 7 + (n >> 8) + test_link.life);
}

static void link_connect(void)
{
	while (!link_is_connected(&test_link))
		link_wait();
}

/* Sends @total bytes and gets them back: how many were wrong. */
static u32 link_exchange(u32 total)
{
	u32 sent = 0, back = 0, wrong = 0, count, i;
	u8 bytes[256];
	s32 got;

	while (back < total && link_is_connected(&test_link)) {
		for (count = 0; count < sizeof(bytes) && sent + count < total; count++)
			bytes[count] = pattern(sent + count);
		count = link_send(&test_link, bytes, count);
		sent += count;
		got = link_receive(&test_link, bytes, sizeof(bytes));
		for (i = 0; got > 0 && i < (u32)got; i++)
			wrong += bytes[i] != pattern(back++);
		if (count || got > 0)
			link_ring(&test_link, LINK_BELL_DATA);
		else
			link_wait();
		/* On a busy machine there may always be something to do. */
		link_look();
	}
	return wrong + (total - back);
}

static void link_die(bool reset)
{
	link_begin();
	link_connect();
	if (link_exchange(64)) {
		printf("link: wrong bytes\n");
		return;
	}
	if (reset)
		(void)psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	(void)mmio_read32(LINK_NOWHERE);
}

static void link_test(void)
{
	u32 irqs, i;

	tap_start("link");
	link_begin();
	tap_eq(link_get(&test_link, JH_LINK_MAX_PEERS), 2, "a link has two sides");
	tap_ok(link_get(&test_link, JH_LINK_NUM_BELLS) == 4, "with the bells of the configuration");
	link_connect();
	tap_ok(true, "the other side is there");
	for (i = 0; i < 64; i++)
		((volatile u8 *)test_link.common)[i] = (u8)i;
	irqs = test_irqs;
	tap_eq(link_exchange(LINK_TOTAL), 0, "what is sent comes back");
	irqs = test_irqs - irqs;
	tap_ok(irqs && irqs < LINK_TOTAL / 16, "by few interrupts (%u)", irqs);
	tap_eq(link_get(&test_link, JH_LINK_STATE), link_state(&test_link, test_link.id),
	       "the table has what the register has");
	tap_end();
}

/* --- mode=fuzz --- */

static void link_fuzz(void)
{
	u32 i, size, peer = 0;

	link_begin();
	link_connect();
	for (i = 0; i < LINK_ROUNDS; i++) {
		size = 1U << fuzz_random() % 4;
		fuzz_access(test_link.registers + fuzz_random() % (JH_LINK_SIZE / size) * size,
			    size, fuzz_random() * 0x100000001UL);
		/* Bells of its own, of others, that are not there. */
		link_put(&test_link, JH_LINK_DOORBELL, (fuzz_random() % 4) << 16 |
						       fuzz_random() % 32);
		/* And indices that cannot be, connected or not. */
		link_put(&test_link, JH_LINK_STATE, test_link.life << 16 |
			 (fuzz_random() & 1 ? link_state(&test_link, !test_link.id) >> 16 : 0));
		WRITE_ONCE(test_link.output->sent, fuzz_random() << 8);
		WRITE_ONCE(test_link.output->taken, fuzz_random() << 8);
		peer += link_state(&test_link, !test_link.id) != 0;
	}
	printf("link: fuzz is done, the other side was there %u of %u times\n", peer, LINK_ROUNDS);
}

void inmate_main(void)
{
	irq_disable();
	if (cmdline_is("mode", "die"))
		link_die(false);
	else if (cmdline_is("mode", "reset"))
		link_die(true);
	else if (cmdline_is("mode", "fuzz"))
		link_fuzz();
	else
		link_test();
}
