// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests a cell on Zynq UltraScale+ that owns both CAN controllers: frames go from each to the
 * other over one bus, received by interrupt (AMD UG1085, UG1087 module CAN).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

#define CAN(n)			(0xff060000UL + 0x10000 * (n))
#define CAN_IRQ(n)		(55 + (n))
#define CAN_SRR			0x00
#define  CAN_SRR_RESET		0x1
#define  CAN_SRR_ON		0x2
#define CAN_MSR			0x04
#define CAN_BRPR		0x08
#define CAN_BTR			0x0c
#define  CAN_BTR_16_QUANTA	(10 | 3 << 4 | 1 << 7)
#define CAN_ISR			0x1c
#define CAN_IER			0x20
#define CAN_ICR			0x24
#define  CAN_INT_RXOK		0x10
#define CAN_TX			0x30	/* identifier, length, data, data */
#define CAN_RX			0x50
#define CAN_FRAMES		8
#define CAN_PATIENCE_US		1000000

static volatile u32 can_received[2];
static u32 can_last[2][4];

static void can_receive(u32 intid, void *arg)
{
	u32 n = intid - CAN_IRQ(0);

	(void)arg;
	for (u32 i = 0; i < 4; i++)
		can_last[n][i] = mmio_read32(CAN(n) + CAN_RX + 4 * i);
	mmio_write32(CAN(n) + CAN_ICR, ~0U);
	can_received[n]++;
}

static void can_start(u32 n)
{
	u32 intid = CAN_IRQ(n);

	mmio_write32(CAN(n) + CAN_SRR, CAN_SRR_RESET);
	mmio_write32(CAN(n) + CAN_BRPR, 9);
	mmio_write32(CAN(n) + CAN_BTR, CAN_BTR_16_QUANTA);
	mmio_write32(CAN(n) + CAN_MSR, 0);
	mmio_write32(CAN(n) + CAN_ICR, ~0U);
	mmio_write32(CAN(n) + CAN_IER, CAN_INT_RXOK);
	gic_handle(intid, can_receive, NULL);
	gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(intid);
	gic_enable(intid);
	mmio_write32(CAN(n) + CAN_SRR, CAN_SRR_ON);
}

/* One frame of eight bytes; true if it has arrived at the other controller. */
static bool can_send(u32 from, u32 number)
{
	u32 to = !from, before = can_received[to];
	const u32 frame[4] = { (0x100 + number) << 21, 8U << 28, 0x11223344 * number, ~number };
	u64 deadline = timer_now() + timer_from_us(CAN_PATIENCE_US);

	for (u32 i = 0; i < 4; i++)
		mmio_write32(CAN(from) + CAN_TX + 4 * i, frame[i]);
	while (can_received[to] == before && timer_now() < deadline) {
		irq_enable();
		cpu_relax();
		irq_disable();
	}
	return can_received[to] == before + 1 && can_last[to][0] == frame[0] &&
	       can_last[to][1] >> 28 == 8 && can_last[to][2] == frame[2] &&
	       can_last[to][3] == frame[3];
}

void inmate_main(void)
{
	bool arrived = true;

	gic_init();
	tap_start("can");
	for (u32 n = 0; n < 2; n++)
		tap_ok(gic_is_own(CAN_IRQ(n)), "interrupt %u is ours", CAN_IRQ(n));
	for (u32 n = 0; n < 2; n++)
		can_start(n);
	for (u32 number = 0; number < CAN_FRAMES; number++)
		arrived = can_send(0, number) && arrived;
	tap_ok(arrived, "%u frames from the first to the second", CAN_FRAMES);
	arrived = true;
	for (u32 number = 0; number < CAN_FRAMES; number++)
		arrived = can_send(1, number) && arrived;
	tap_ok(arrived, "%u frames from the second to the first", CAN_FRAMES);
	for (u32 n = 0; n < 2; n++) {
		mmio_write32(CAN(n) + CAN_SRR, CAN_SRR_RESET);
		gic_disable(CAN_IRQ(n));
	}
	tap_eq(gic_spurious(), 0, "no interrupt came without a cause");
	if (!tap_end())
		inmate_exit(JH_COMM_FAILED);
}
