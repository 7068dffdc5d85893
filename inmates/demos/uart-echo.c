// SPDX-License-Identifier: GPL-2.0-only
/*
 * Echoes what it receives, driven by the UART's receive interrupt.
 *
 * Command line: irq=N is the INTID of the UART (default 40: SPI 8, the second PL011 of QEMU's
 * virt machine).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/console.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#define ECHO_IRQ_DEFAULT	40
/* Between two polls for messages of the host while no input comes. */
#define ECHO_POLL_US		100000

static u64 echo_chars;
static u64 echo_irqs;
static bool echo_line_done;

static void echo_receive(u32 intid, void *arg)
{
	int c;

	(void)intid;
	(void)arg;
	echo_irqs++;
	/* First the interrupt, then the characters: one that comes in between raises it again. */
	console_rx_irq_clear();
	while ((c = console_getc()) >= 0) {
		echo_chars++;
		console_putc(c == '\r' ? '\n' : c);
		if (c == '\r' || c == '\n')
			echo_line_done = true;
	}
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
	if (intid >= 32) {
		gic_set_edge(intid, false);
		gic_set_target_self(intid);
	}
	gic_enable(intid);
}

void inmate_main(void)
{
	u32 irq = cmdline_int("irq", ECHO_IRQ_DEFAULT);

	if (!console_rx_irq_enable()) {
		printf("uart-echo: this cell has no UART; give it one in its configuration\n");
		inmate_exit(JH_COMM_FAILED);
	}
	gic_init();
	echo_enable(irq, echo_receive);
	echo_enable(TIMER_IRQ, echo_tick);
	timer_set(timer_now() + timer_from_us(ECHO_POLL_US));
	printf("uart-echo: type something (interrupt %u)\n", irq);

	while (!comm_poll()) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
		if (!echo_line_done)
			continue;
		echo_line_done = false;
		printf("uart-echo: %lu characters in %lu interrupts\n", echo_chars, echo_irqs);
	}
	timer_stop();
	gic_disable(irq);
	printf("uart-echo: bye\n");
}
