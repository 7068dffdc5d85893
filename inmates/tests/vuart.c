// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the virtual UART from inside a cell: its registers, its interrupt, and stores of every
 * width to all of its frame.
 *
 * Command line: irq=N is its INTID (default 33).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "fuzz.h"
#include "tap.h"

#define VUART_SIZE	0x1000
#define DR		0x000
#define FR		0x018
#define IMSC		0x038
#define RIS		0x03c
#define MIS		0x040
#define ICR		0x044
#define INT_TX		BIT(5)
#define AGAIN		3	/* how often the handler leaves the interrupt raised */

static u64 vuart_base;
static volatile u32 vuart_irqs;

static u32 vuart_get(u32 offset)
{
	return mmio_read32(vuart_base + offset);
}

static void vuart_put(u32 offset, u32 value)
{
	mmio_write32(vuart_base + offset, value);
}

static void vuart_registers(void)
{
	static const u8 ids[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	bool same = true;
	u32 i;

	for (i = 0; i < sizeof(ids); i++)
		same &= vuart_get(0xfe0 + 4 * i) == ids[i];
	tap_ok(same, "it identifies itself as a PL011");
	tap_eq(vuart_get(FR) & 0xb8, 0x90, "nothing to send, nothing received");
	tap_eq(vuart_get(DR), 0, "what was not received is 0");
	vuart_put(IMSC, 0xffffffff);
	tap_eq(vuart_get(IMSC), 0x7ff, "eleven interrupts can be enabled");
	tap_eq(vuart_get(MIS), vuart_get(RIS), "and are the raw ones then");
	vuart_put(IMSC, 0);
	tap_eq(vuart_get(MIS), 0, "or none");
	tap_eq(vuart_get(RIS), INT_TX, "what was sent is told");
	vuart_put(ICR, INT_TX);
	tap_eq(vuart_get(RIS), 0, "until it is cleared");
}

static void vuart_handler(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	if (++vuart_irqs > AGAIN)
		vuart_put(ICR, INT_TX);
}

static void vuart_open(void)
{
	irq_enable();
	isb();
	timer_delay_us(1000);
	irq_disable();
}

static void vuart_interrupt(u32 irq)
{
	gic_init();
	gic_handle(irq, vuart_handler, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_enable(irq);
	vuart_put(ICR, INT_TX);
	vuart_put(IMSC, INT_TX);
	vuart_open();
	tap_eq(vuart_irqs, 0, "no interrupt before something was sent");
	vuart_put(IMSC, 0);
	printf("# this line is sent\n");
	vuart_put(IMSC, INT_TX);
	vuart_open();
	vuart_put(IMSC, 0);
	tap_eq(vuart_irqs, AGAIN + 1, "the interrupt comes again for as long as it is raised");
	vuart_irqs = 0;
	gic_disable(irq);
	printf("# and this one\n");
	vuart_put(IMSC, INT_TX);
	vuart_open();
	vuart_put(IMSC, 0);
	tap_eq(vuart_irqs, 0, "not while it is disabled");
	vuart_put(IMSC, INT_TX);
	gic_enable(irq);
	vuart_open();
	vuart_put(IMSC, 0);
	tap_eq(vuart_irqs, AGAIN + 1, "but afterwards");
	gic_disable(irq);
}

/* All but what would be seen between the lines of this output. */
static void vuart_storm(void)
{
	static const u64 values[] = { ~0UL, 0x5a5a5a5a5a5a5a5a, 0 };
	u32 offset, size, i, stores = 0;

	for (size = 1; size <= 8; size *= 2) {
		for (offset = 8; offset < VUART_SIZE; offset += size) {
			for (i = 0; i < sizeof(values) / sizeof(values[0]); i++, stores++)
				fuzz_access(vuart_base + offset, size, values[i]);
		}
	}
	vuart_put(IMSC, 0);
	tap_ok(stores > 20000, "stores and loads of every width end nothing (%u)", stores);
	tap_eq(vuart_get(0xfe0), 0x11, "and it is still there");
}

void inmate_main(void)
{
	vuart_base = comm_region->console.address;
	tap_start("vuart");
	vuart_registers();
	vuart_interrupt(cmdline_int("irq", 33));
	vuart_storm();
	tap_end();
}
