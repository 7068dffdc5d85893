// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends back each message of Linux', which starts this as a remote processor: /dev/rpmsg0 there,
 * by its driver rpmsg_char. The link is the one of the configuration rpmsg.toml.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/rpmsg.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

#define ECHO_REGISTERS	0x9000000	/* of the link */
#define ECHO_TRACE	0x70002000	/* in the section that both sides write, behind the table */
#define ECHO_BUFFERS	16
#define ECHO_ADDRESS	0x400

static RPMSG_TABLE(echo_table, ECHO_TRACE, ECHO_BUFFERS);
static struct rpmsg echo_rpmsg;
static volatile bool echo_rang;

static void echo_receive(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint, u32 from,
			 const void *bytes, u32 length)
{
	/* A message without a buffer for its answer is lost. */
	(void)rpmsg_send(rpmsg, endpoint->address, from, bytes, length);
}

static struct rpmsg_endpoint echo_endpoint = {
	.address = ECHO_ADDRESS,
	.name = "rpmsg-raw",
	.receive = echo_receive,
};

static void echo_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	(void)mmio_read32(ECHO_REGISTERS + JH_LINK_BELLS);
	echo_rang = true;
}

static void echo_begin(void)
{
	u32 irq = mmio_read32(ECHO_REGISTERS + JH_LINK_INTERRUPT);

	gic_init();
	gic_handle(irq, echo_bell, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
	rpmsg_begin(&echo_rpmsg, ECHO_REGISTERS, &echo_table, ECHO_BUFFERS);
	rpmsg_add(&echo_rpmsg, &echo_endpoint);
	rpmsg_trace(&echo_rpmsg, "rpmsg-echo: ready\n");
}

void inmate_main(void)
{
	s32 count = 0;

	irq_disable();
	echo_begin();
	while (count >= 0) {
		count = rpmsg_poll(&echo_rpmsg);
		/*
		 * Masked: no bell gets lost between the check and the sleep, and wfi wakes anyway.
		 */
		while (!count && !echo_rang) {
			wfi();
			irq_enable();
			isb();
			irq_disable();
		}
		echo_rang = false;
	}
	printf("rpmsg-echo: what Linux says cannot be\n");
	inmate_exit(JH_COMM_FAILED);
}
