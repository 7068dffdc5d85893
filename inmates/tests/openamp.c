// SPDX-License-Identifier: GPL-2.0-only
/*
 * A remote processor of Linux as programs over OpenAMP have it: its resource table lies among its
 * data, and asks for a place for its code, for a vring at a fixed address and one anywhere, and for
 * features that nobody has. Two endpoints send back what they get, rpmsg-raw and rpmsg-tty; "crash"
 * ends it by an access to unmapped memory.
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

#define AMP_REGISTERS	0x9000000
#define AMP_TRACE	0x70001000	/* in the section that both sides write */
#define AMP_VRING	0x70020000
#define AMP_BUFFERS	32
#define AMP_RAW		0x400
#define AMP_TTY		0x401
#define AMP_NOWHERE	0x40000000	/* that no cell has */

struct amp_table {
	u32 version, entries, reserved[2];
	u32 offset[3];
	struct {
		u32 type, da, pa, length, flags, reserved;
		char name[RPMSG_NAME_LEN];
	} code;
	/* As in struct rpmsg_table. */
	__typeof__(((struct rpmsg_table *)0)->trace) trace;
	__typeof__(((struct rpmsg_table *)0)->device) device;
};

static struct amp_table amp_table __attribute__((section(".resource_table"), used)) = {
	.version = 1, .entries = 3,
	.offset = { offsetof(struct amp_table, code), offsetof(struct amp_table, trace),
		    offsetof(struct amp_table, device) },
	.code = { 0, 0, 0, 0x8000, 0, 0, "code" },
	.trace = { 2, AMP_TRACE, RPMSG_TRACE_SIZE, 0, "trace" },
	.device = { 3, 7, 0, 0x30000001, 0, 0, 0, 2, { 0, 0 }, {
		{ AMP_VRING, RPMSG_ALIGN, AMP_BUFFERS, 1, 0 },
		{ RPMSG_ANY, RPMSG_ALIGN, AMP_BUFFERS, 2, 0 } } },
};

static struct rpmsg amp_rpmsg;
static volatile bool amp_rang;

static void amp_receive(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint, u32 from,
			const void *bytes, u32 length)
{
	if (length >= 5 && !memcmp(bytes, "crash", 5))
		(void)mmio_read32(AMP_NOWHERE);
	(void)rpmsg_send(rpmsg, endpoint->address, from, bytes, length);
}

static struct rpmsg_endpoint amp_endpoints[] = {
	{ .address = AMP_RAW, .name = "rpmsg-raw", .receive = amp_receive },
	{ .address = AMP_TTY, .name = "rpmsg-tty", .receive = amp_receive },
};

static void amp_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	(void)mmio_read32(AMP_REGISTERS + JH_LINK_BELLS);
	amp_rang = true;
}

static void amp_begin(void)
{
	u32 irq = mmio_read32(AMP_REGISTERS + JH_LINK_INTERRUPT);
	u8 *trace = (u8 *)&amp_table.trace;

	gic_init();
	gic_handle(irq, amp_bell, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
	rpmsg_begin(&amp_rpmsg, AMP_REGISTERS,
		    (struct rpmsg_table *)(trace - offsetof(struct rpmsg_table, trace)),
		    AMP_BUFFERS);
	rpmsg_add(&amp_rpmsg, &amp_endpoints[0]);
	rpmsg_add(&amp_rpmsg, &amp_endpoints[1]);
	rpmsg_trace(&amp_rpmsg, "openamp: a trace\n");
}

/* What the table says before Linux's driver is there, which is all that it will ever say. */
static void amp_show(void)
{
	printf("openamp: code %x %x, status %x, features %x %x, vrings %x %x\n",
	       amp_table.code.da, amp_table.code.pa, amp_table.device.status,
	       amp_table.device.features, amp_table.device.accepted, amp_table.device.vring[0].da,
	       amp_table.device.vring[1].da);
}

void inmate_main(void)
{
	irq_disable();
	amp_begin();
	amp_show();
	for (;;) {
		if (rpmsg_poll(&amp_rpmsg) > 0)
			continue;
		while (!amp_rang) {
			wfi();
			irq_enable();
			isb();
			irq_disable();
		}
		amp_rang = false;
	}
}
