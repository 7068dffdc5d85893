// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cadence UART of Zynq and Zynq UltraScale+ (UG1085, chapter 21).
 */
#include <hv/mmio_access.h>
#include <hv/uart.h>

#define UART_CR		0x00
#define  CR_TX_EN	BIT(4)
#define  CR_RX_EN	BIT(2)
#define UART_IDR	0x0c
#define UART_BAUDGEN	0x18
#define UART_SR		0x2c
#define  SR_TXFULL	BIT(4)
#define UART_FIFO	0x30

static void xuartps_init(void *base, const struct jh_console *console)
{
	write32(base, UART_IDR, ~0U);
	if (console->divider)
		write32(base, UART_BAUDGEN, console->divider);
	/* After reset both directions are disabled, and what is written to the FIFO stays there. */
	write32(base, UART_CR, CR_TX_EN | CR_RX_EN);
}

static bool xuartps_ready(void *base)
{
	return !(read32(base, UART_SR) & SR_TXFULL);
}

static void xuartps_put(void *base, char c)
{
	write32(base, UART_FIFO, (u8)c);
}

const struct uart_ops uart_xuartps = {
	.init = xuartps_init, .ready = xuartps_ready, .put = xuartps_put,
};
