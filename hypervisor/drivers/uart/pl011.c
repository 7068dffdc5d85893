// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Arm PrimeCell UART (PL011), TRM DDI 0183.
 */
#include <hv/mmio_access.h>
#include <hv/uart.h>

#define UARTDR		0x000
#define UARTFR		0x018
#define  UARTFR_TXFF	BIT(5)
#define UARTIBRD	0x024
#define UARTLCR_H	0x02c
#define  LCR_H_8N1_FIFO	0x70
#define UARTCR		0x030
#define  CR_UARTEN	BIT(0)
#define  CR_TXE		BIT(8)
#define UARTIMSC	0x038

static void pl011_init(void *base, const struct jh_console *console)
{
	write32(base, UARTIMSC, 0);
	if (console->divider) {
		write32(base, UARTCR, 0);
		write32(base, UARTIBRD, console->divider);
		write32(base, UARTLCR_H, LCR_H_8N1_FIFO);
	}
	write32(base, UARTCR, read32(base, UARTCR) | CR_UARTEN | CR_TXE);
}

static bool pl011_ready(void *base)
{
	return !(read32(base, UARTFR) & UARTFR_TXFF);
}

static void pl011_put(void *base, char c)
{
	write32(base, UARTDR, (u8)c);
}

const struct uart_ops uart_pl011 = { .init = pl011_init, .ready = pl011_ready, .put = pl011_put };
