// SPDX-License-Identifier: GPL-2.0-only
/*
 * A remote processor of Linux that obeys the first word of a message: "echo" sends it back; "crash"
 * ends the cell by an access to unmapped memory, "end" regularly; all others are attacks on Linux
 * through the section that both sides write.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/rpmsg.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>

#define RPMSG_REGISTERS	0x9000000
#define RPMSG_TRACE	0x70002000
#define RPMSG_PROGRAM	0x2000		/* bytes for table and trace, in front of all else */
#define RPMSG_BUFFERS	16
#define RPMSG_ADDRESS	0x400
#define RPMSG_NOWHERE	0x40000000	/* that no cell has */

static RPMSG_TABLE(rpmsg_test_table, RPMSG_TRACE, RPMSG_BUFFERS);
static struct rpmsg test_rpmsg;
static volatile bool test_rang;
static u32 test_seed = 1;

static u32 random(void)
{
	test_seed = test_seed * 1664525 + 1013904223;
	return test_seed >> 8;
}

static void ring(void)
{
	dmb_ish();
	mmio_write32(RPMSG_REGISTERS + JH_LINK_DOORBELL,
		     (u32)!test_rpmsg.id << 16 | JH_RPMSG_BELL);
}

/* The used ring of what Linux receives: its flags and index, then pairs of id and length. */
static volatile u16 *used_words(void)
{
	return (volatile u16 *)test_rpmsg.to_linux.used;
}

static void use(u32 id, u32 length)
{
	volatile u32 *pairs = (volatile u32 *)(used_words() + 2);
	u32 slot = test_rpmsg.to_linux.next++ % RPMSG_BUFFERS;

	pairs[2 * slot] = id;
	pairs[2 * slot + 1] = length;
	dmb_ish();
	used_words()[1] = test_rpmsg.to_linux.next;
	ring();
}

/* An index far ahead of what Linux has given. */
static void use_too_many(void)
{
	test_rpmsg.to_linux.next += 1000;
	use(0, 20);
}

/* A message whose header and length in the used ring lie as they like. */
static void lie(u16 length_of_message, u32 length_of_buffer)
{
	u16 slot = test_rpmsg.to_linux.next % RPMSG_BUFFERS;
	const u16 *avail = (const u16 *)test_rpmsg.to_linux.avail;
	u16 head = avail[2 + slot];
	const u64 *desc = (const u64 *)test_rpmsg.to_linux.desc;
	u8 *bytes = test_rpmsg.common + (u32)((u32)desc[2 * head] - test_rpmsg.address);
	u32 header[4] = { RPMSG_ADDRESS, RPMSG_ADDRESS, 0, length_of_message };

	memcpy(bytes, header, sizeof(header));
	use(head, length_of_buffer);
}

/* Everything that this side can write, but for its own program's table, at every moment. */
static void scribble(u32 rounds)
{
	u32 words = (test_rpmsg.size - RPMSG_PROGRAM) / 4;
	volatile u32 *shared = (volatile u32 *)(test_rpmsg.common + RPMSG_PROGRAM);

	while (rounds--) {
		shared[random() % words] = random() << 8 ^ random();
		if (rounds % 64 == 0)
			ring();
	}
}

static void spoil_table(void)
{
	volatile u32 *table = (volatile u32 *)&rpmsg_test_table;
	u32 i;

	for (i = 0; i < sizeof(rpmsg_test_table) / 4; i++)
		table[i] = 0xffffffff;
	ring();
}

static bool starts(const char *bytes, u32 length, const char *word)
{
	return length >= strlen(word) && !memcmp(bytes, word, strlen(word));
}

static void obey(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint, u32 from,
		 const void *bytes, u32 length)
{
	const char *text = bytes;

	if (starts(text, length, "echo"))
		(void)rpmsg_send(rpmsg, endpoint->address, from, bytes, length);
	else if (starts(text, length, "crash"))
		(void)mmio_read32(RPMSG_NOWHERE);
	else if (starts(text, length, "end"))
		inmate_exit(JH_COMM_SHUT_DOWN);
	else if (starts(text, length, "index"))
		use_too_many();
	else if (starts(text, length, "id"))
		use(0xffff0000, 20);
	else if (starts(text, length, "length"))
		lie(0xffff, 0);
	else if (starts(text, length, "long"))
		lie(0xffff, 0xffffffff);
	else if (starts(text, length, "table"))
		spoil_table();
	else if (starts(text, length, "scribble"))
		scribble(2000000);
	printf("rpmsg: %c%c is done\n", length ? text[0] : '-', length > 1 ? text[1] : '-');
}

static struct rpmsg_endpoint test_endpoint = {
	.address = RPMSG_ADDRESS,
	.name = "rpmsg-raw",
	.receive = obey,
};

static void handle_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	(void)mmio_read32(RPMSG_REGISTERS + JH_LINK_BELLS);
	test_rang = true;
}

static void begin(void)
{
	u32 irq = mmio_read32(RPMSG_REGISTERS + JH_LINK_INTERRUPT);

	gic_init();
	gic_handle(irq, handle_bell, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
	rpmsg_begin(&test_rpmsg, RPMSG_REGISTERS, &rpmsg_test_table, RPMSG_BUFFERS);
	rpmsg_add(&test_rpmsg, &test_endpoint);
	rpmsg_trace(&test_rpmsg, "rpmsg: a trace\n");
}

/* Also when the rings are what this side made of them: Linux is what is tested. */
void inmate_main(void)
{
	irq_disable();
	begin();
	printf("rpmsg: begun\n");
	for (;;) {
		if (rpmsg_poll(&test_rpmsg) > 0)
			continue;
		while (!test_rang) {
			wfi();
			irq_enable();
			isb();
			irq_disable();
		}
		test_rang = false;
	}
}
