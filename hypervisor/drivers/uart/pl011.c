// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Arm PrimeCell UART (PL011), TRM DDI 0183.
 */
#include <hv/mmio_access.h>
#include <hv/pl011.h>
#include <hv/uart.h>

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
	return !(read32(base, UARTFR) & FR_TXFF);
}

static void pl011_put(void *base, char c)
{
	write32(base, UARTDR, (u8)c);
}

const struct uart_ops uart_pl011 = { .init = pl011_init, .ready = pl011_ready, .put = pl011_put };
