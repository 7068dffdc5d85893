// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The library for RTOSes: names of its own over the inmates' library.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/console.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "bsp.h"
#include "bsp_clock.h"
#include "layout.h"

_Static_assert(BSP_TICK_IRQ == TIMER_IRQ, "the tick comes from the virtual timer");

u64 bsp_dtb;

/* The inmates' library looks for options at a fixed place; an RTOS keeps its own there. */
char __cmdline[CMDLINE_SIZE];

static struct bsp_clock bsp_tick;

/* The inmates' library calls this when it gives up. */
void __noreturn inmate_exit(u32 cell_state)
{
	bsp_exit(cell_state == JH_COMM_SHUT_DOWN);
}

bool bsp_init(void)
{
	if (!comm_is_valid())
		return false;
	console_init();
	return true;
}

void bsp_putc(char c)
{
	console_putc(c);
}

void bsp_write(const char *s, size_t size)
{
	while (size--)
		console_putc(*s++);
}

int bsp_getc(void)
{
	return console_getc();
}

u32 bsp_gic_version(void)
{
	return comm_region->gic_version;
}

u64 bsp_gicd_base(void)
{
	return comm_region->gicd_base;
}

u64 bsp_gicc_base(void)
{
	return comm_region->gicc_base;
}

u64 bsp_gicr_base(void)
{
	return comm_region->gicr_base;
}

void bsp_irq_init(void)
{
	gic_init();
	gic_set_mask(0xff);
}

void bsp_irq_enable(u32 intid, u8 priority)
{
	gic_set_priority(intid, priority);
	if (intid >= 32)
		gic_set_target_self(intid);
	gic_enable(intid);
}

void bsp_irq_disable(u32 intid)
{
	gic_disable(intid);
}

u32 bsp_irq_ack(void)
{
	return gic_ack();
}

void bsp_irq_end(u32 ack)
{
	gic_eoi(ack);
}

void bsp_tick_start(u32 hz, u8 priority)
{
	bsp_clock_start(&bsp_tick, timer_now(), timer_freq(), hz);
	timer_set(bsp_tick.deadline);
	bsp_irq_enable(BSP_TICK_IRQ, priority);
}

void bsp_tick_next(void)
{
	bsp_clock_advance(&bsp_tick);
	timer_set(bsp_tick.deadline);
}

u64 bsp_now_ns(void)
{
	return bsp_clock_ns(timer_now(), timer_freq());
}

bool bsp_shutdown_requested(void)
{
	return comm_poll();
}

void __noreturn bsp_exit(bool ok)
{
	sysreg_write(daif, 0x3c0);
	comm_set_state(ok ? JH_COMM_SHUT_DOWN : JH_COMM_FAILED);
	psci_call(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		wfi();
}
