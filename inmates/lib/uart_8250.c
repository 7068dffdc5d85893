// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * 8250-compatible UARTs, memory-mapped, with registers one or four bytes apart.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/console.h>
#include <inmate/io.h>

#define RBR		0	/* read */
#define THR		0	/* write */
#define DLL		0	/* with LCR_DLAB */
#define IER		1
#define  IER_RX		BIT(0)
#define DLM		1	/* with LCR_DLAB */
#define IIR		2
#define FCR		2
#define  FCR_ON		0x07	/* FIFOs on and cleared */
#define LCR		3
#define  LCR_8N1	0x03
#define  LCR_DLAB	0x80
#define MCR		4
#define  MCR_ON		0x0b	/* DTR, RTS, and OUT2, which gates the interrupt on PC-like parts */
#define LSR		5
#define  LSR_DR		BIT(0)
#define  LSR_THRE	BIT(5)

static u32 uart_8250_in(const struct jh_console *con, u32 reg)
{
	if (con->flags & JH_CONSOLE_REGDIST_4)
		return mmio_read32(con->address + 4 * reg) & 0xff;
	return mmio_read8(con->address + reg);
}

static void uart_8250_out(const struct jh_console *con, u32 reg, u32 val)
{
	if (con->flags & JH_CONSOLE_REGDIST_4)
		mmio_write32(con->address + 4 * reg, val);
	else
		mmio_write8(con->address + reg, val);
}

static void uart_8250_init(const struct jh_console *con)
{
	uart_8250_out(con, LCR, LCR_8N1);
	uart_8250_out(con, IER, 0);
	if (!con->divider)
		return;
	uart_8250_out(con, LCR, LCR_8N1 | LCR_DLAB);
	uart_8250_out(con, DLL, con->divider & 0xff);
	uart_8250_out(con, DLM, con->divider >> 8 & 0xff);
	uart_8250_out(con, LCR, LCR_8N1);
	uart_8250_out(con, FCR, FCR_ON);
	uart_8250_out(con, MCR, MCR_ON);
}

static void uart_8250_write(const struct jh_console *con, char c)
{
	while (!(uart_8250_in(con, LSR) & LSR_THRE))
		cpu_relax();
	uart_8250_out(con, THR, (u8)c);
}

static int uart_8250_read(const struct jh_console *con)
{
	if (!(uart_8250_in(con, LSR) & LSR_DR))
		return -1;
	return uart_8250_in(con, RBR);
}

static void uart_8250_irq_enable(const struct jh_console *con)
{
	uart_8250_out(con, MCR, MCR_ON);
	uart_8250_out(con, IER, IER_RX);
}

static void uart_8250_irq_clear(const struct jh_console *con)
{
	/* Reading the cause acknowledges it; the received characters keep the line up. */
	uart_8250_in(con, IIR);
}

const struct uart_driver uart_8250 = {
	.type = JH_CONSOLE_8250,
	.init = uart_8250_init,
	.write = uart_8250_write,
	.read = uart_8250_read,
	.irq_enable = uart_8250_irq_enable,
	.irq_clear = uart_8250_irq_clear,
};
