// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests a cell on Zynq UltraScale+ that owns UART1 and the first triple timer counter: its three
 * interrupts, and what the platform management firmware does for it (AMD UG1085, UG1087, UG1200).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "abi_calls.h"
#include "tap.h"

#define TTC			0xff110000UL
#define TTC_CLOCK(n)		(TTC + 0x00 + 4 * (n))
#define  TTC_CLOCK_BY_2048	(1 | 10 << 1)
#define TTC_CONTROL(n)		(TTC + 0x0c + 4 * (n))
#define  TTC_CONTROL_OFF	0x01
#define  TTC_CONTROL_INTERVAL	0x02
#define  TTC_CONTROL_RESTART	0x10
#define  TTC_CONTROL_NO_WAVE	0x20
#define TTC_INTERVAL(n)		(TTC + 0x24 + 4 * (n))
#define TTC_INTERRUPT(n)	(TTC + 0x54 + 4 * (n))	/* read to clear */
#define TTC_ENABLE(n)		(TTC + 0x60 + 4 * (n))
#define TTC_IRQ(n)		(68 + (n))
#define TTC_WANTED		5
#define TTC_PATIENCE_US		2000000

#define EEMI(call)		(0xc2000000 | (call))
#define EEMI_CLOCK_ENABLE	36
#define EEMI_CLOCK_DISABLE	37
#define EEMI_FORCE_POWERDOWN	8
#define EEMI_SYSTEM_SHUTDOWN	12
#define EEMI_MMIO_WRITE		19
#define EEMI_EFUSE_ACCESS	53
#define EEMI_NO_ACCESS		2002
#define EEMI_CLOCK_BUS		31
#define EEMI_CLOCK_UART0	56
#define EEMI_NODE_DDR		55

static volatile u32 ttc_ticks[3];

static void ttc_tick(u32 intid, void *arg)
{
	u32 n = intid - TTC_IRQ(0);

	(void)arg;
	if (mmio_read32(TTC_INTERRUPT(n)) & 1)
		ttc_ticks[n]++;
}

/* @interval: ticks of 15 to 21 microseconds: the input clock is 100 to 133 MHz */
static void ttc_start(u32 n, u32 interval)
{
	u32 intid = TTC_IRQ(n);

	mmio_write32(TTC_CONTROL(n), TTC_CONTROL_OFF | TTC_CONTROL_NO_WAVE);
	mmio_write32(TTC_CLOCK(n), TTC_CLOCK_BY_2048);
	mmio_write32(TTC_INTERVAL(n), interval);
	mmio_read32(TTC_INTERRUPT(n));
	mmio_write32(TTC_ENABLE(n), 1);
	gic_handle(intid, ttc_tick, NULL);
	gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(intid);
	gic_enable(intid);
	mmio_write32(TTC_CONTROL(n), TTC_CONTROL_INTERVAL | TTC_CONTROL_RESTART |
				     TTC_CONTROL_NO_WAVE);
}

static void ttc_stop(u32 n)
{
	mmio_write32(TTC_ENABLE(n), 0);
	mmio_write32(TTC_CONTROL(n), TTC_CONTROL_OFF | TTC_CONTROL_NO_WAVE);
	gic_disable(TTC_IRQ(n));
	mmio_read32(TTC_INTERRUPT(n));
}

static void ttc_test_interrupts(void)
{
	u64 deadline;
	u32 before;

	for (u32 n = 0; n < 3; n++)
		tap_ok(gic_is_own(TTC_IRQ(n)), "interrupt %u is ours", TTC_IRQ(n));
	for (u32 n = 0; n < 3; n++)
		ttc_start(n, 300 * (n + 1));
	deadline = timer_now() + timer_from_us(TTC_PATIENCE_US);
	while (ttc_ticks[2] < TTC_WANTED && timer_now() < deadline) {
		irq_enable();
		cpu_relax();
		irq_disable();
	}
	for (u32 n = 0; n < 3; n++)
		tap_ok(ttc_ticks[n] >= TTC_WANTED, "counter %u ticks", n);
	for (u32 n = 0; n < 3; n++)
		ttc_stop(n);
	before = ttc_ticks[0];
	irq_enable();
	timer_delay_us(20000);
	irq_disable();
	tap_eq(ttc_ticks[0], before, "and stops");
	tap_ok(!gic_is_own(TTC_IRQ(3)), "the next counters' interrupt is not ours");
	tap_eq(gic_spurious(), 0, "no interrupt came without a cause");
}

static u32 ttc_firmware(u32 call, u32 first, u32 second)
{
	u64 x[31];

	memset(x, 0, sizeof(x));
	x[0] = EEMI(call);
	x[1] = (u64)second << 32 | first;
	abi_smc(x);
	return (u32)x[0];
}

/* Only what the hypervisor decides by itself: an emulated machine has no such firmware. */
static void ttc_test_firmware(void)
{
	tap_eq(ttc_firmware(EEMI_CLOCK_ENABLE, EEMI_CLOCK_BUS, 0), 0,
	       "the clock of all peripherals is on");
	tap_eq(ttc_firmware(EEMI_CLOCK_DISABLE, EEMI_CLOCK_BUS, 0), 0,
	       "turning it off is void");
	tap_eq(ttc_firmware(EEMI_CLOCK_DISABLE, EEMI_CLOCK_UART0, 0), 0,
	       "turning root's clock off is void");
	tap_eq(ttc_firmware(EEMI_CLOCK_ENABLE, EEMI_CLOCK_UART0, 0), EEMI_NO_ACCESS,
	       "turning it on is refused");
	tap_eq(ttc_firmware(EEMI_FORCE_POWERDOWN, EEMI_NODE_DDR, 0), EEMI_NO_ACCESS,
	       "as is a life without RAM");
	tap_eq(ttc_firmware(EEMI_MMIO_WRITE, TTC, ~0U), EEMI_NO_ACCESS,
	       "writing by firmware, to own registers too");
	tap_eq(ttc_firmware(EEMI_EFUSE_ACCESS, 0, 0), EEMI_NO_ACCESS, "the fuses");
	tap_eq(ttc_firmware(EEMI_SYSTEM_SHUTDOWN, 0, 0), EEMI_NO_ACCESS,
	       "and the end of the machine");
}

void inmate_main(void)
{
	gic_init();
	tap_start("ttc");
	ttc_test_interrupts();
	ttc_test_firmware();
	if (!tap_end())
		inmate_exit(JH_COMM_FAILED);
}
