// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The console.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/console.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>

static const struct uart_driver * const console_drivers[] = {
	&uart_8250, &uart_pl011, &uart_xuartps,
};

static const struct uart_driver *console_uart;
static bool console_use_putc;

static const struct uart_driver *console_find_driver(const struct jh_console *console)
{
	/* Memory-mapped UARTs only: this architecture has no I/O ports. */
	if (!console->address || !(console->flags & JH_CONSOLE_MMIO))
		return NULL;
	for (u32 n = 0; n < ARRAY_SIZE(console_drivers); n++)
		if (console_drivers[n]->type == console->type)
			return console_drivers[n];
	return NULL;
}

void console_init(void)
{
	const struct jh_console *console = &comm_region->console;
	const u32 putc_flags = JH_COMM_PUTC_PERMITTED | JH_COMM_PUTC_ACTIVE;

	console_use_putc = (comm_region->flags & putc_flags) == putc_flags;
	console_uart = console_find_driver(console);
	if (cmdline_is("console", "uart") || cmdline_is("console", "none"))
		console_use_putc = false;
	if (cmdline_is("console", "putc") || cmdline_is("console", "none"))
		console_uart = NULL;
	if (cmdline_is("console", "putc"))
		console_use_putc = comm_region->flags & JH_COMM_PUTC_PERMITTED;

	if (!console_uart)
		return;
	if (console->clock_reg)
		mmio_write32(console->clock_reg, mmio_read32(console->clock_reg) |
						 1U << (console->gate_nr & 31));
	console_uart->init(console);
}

static void console_write(char c)
{
	if (console_uart)
		console_uart->write(&comm_region->console, c);
	if (console_use_putc)
		hypercall1(JH_HC_DEBUG_CONSOLE_PUTC, (u8)c);
}

void console_putc(char c)
{
	if (c == '\n')
		console_write('\r');
	console_write(c);
}

int console_getc(void)
{
	return console_uart ? console_uart->read(&comm_region->console) : -1;
}

bool console_rx_irq_enable(void)
{
	if (!console_uart)
		return false;
	console_uart->irq_enable(&comm_region->console);
	return true;
}

void console_rx_irq_clear(void)
{
	if (console_uart)
		console_uart->irq_clear(&comm_region->console);
}
