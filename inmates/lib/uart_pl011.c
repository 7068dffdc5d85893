// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Arm PrimeCell UART PL011 (ARM DDI 0183).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/console.h>
#include <inmate/io.h>

#define DR		0x00
#define FR		0x18
#define  FR_RXFE	BIT(4)
#define  FR_TXFF	BIT(5)
#define IBRD		0x24
#define FBRD		0x28
#define LCR_H		0x2c
#define  LCR_H_8N1_FIFO	0x70
#define CR		0x30
#define  CR_ON		0x301	/* UARTEN, TXE, RXE */
#define IFLS		0x34
#define IMSC		0x38
#define  INT_RX		BIT(4)
#define  INT_RT		BIT(6)
#define ICR		0x44

static void uart_pl011_init(const struct jh_console *con)
{
	mmio_write32(con->address + IMSC, 0);
	if (con->divider) {
		mmio_write32(con->address + CR, 0);
		mmio_write32(con->address + IBRD, con->divider);
		mmio_write32(con->address + FBRD, 0);
	}
	if ((mmio_read32(con->address + CR) & CR_ON) == CR_ON)
		return;
	mmio_write32(con->address + LCR_H, LCR_H_8N1_FIFO);
	mmio_write32(con->address + CR, CR_ON);
}

static void uart_pl011_write(const struct jh_console *con, char c)
{
	while (mmio_read32(con->address + FR) & FR_TXFF)
		cpu_relax();
	mmio_write32(con->address + DR, (u8)c);
}

static int uart_pl011_read(const struct jh_console *con)
{
	if (mmio_read32(con->address + FR) & FR_RXFE)
		return -1;
	return mmio_read32(con->address + DR) & 0xff;
}

static void uart_pl011_irq_enable(const struct jh_console *con)
{
	/* Receive FIFO at an eighth; the receive time-out covers what stays below that. */
	mmio_write32(con->address + IFLS, 0);
	mmio_write32(con->address + ICR, 0x7ff);
	mmio_write32(con->address + IMSC, INT_RX | INT_RT);
}

static void uart_pl011_irq_clear(const struct jh_console *con)
{
	mmio_write32(con->address + ICR, INT_RX | INT_RT);
}

const struct uart_driver uart_pl011 = {
	.type = JH_CONSOLE_PL011,
	.init = uart_pl011_init,
	.write = uart_pl011_write,
	.read = uart_pl011_read,
	.irq_enable = uart_pl011_irq_enable,
	.irq_clear = uart_pl011_irq_clear,
};
