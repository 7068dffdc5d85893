// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Cadence UART of Zynq and ZynqMP (UG1085, UG1087 module UART).
 *
 * Copyright (c) The jh authors
 */
#include <inmate/console.h>
#include <inmate/io.h>

#define CR		0x00
#define  CR_RX_EN	BIT(2)
#define  CR_TX_EN	BIT(4)
#define  CR_RESETS	0x3
#define MR		0x04
#define  MR_8N1		0x20
#define IER		0x08
#define IDR		0x0c
#define ISR		0x14
#define  INT_RTRIG	BIT(0)
#define  INT_TOUT	BIT(8)
#define BAUDGEN		0x18
#define RXTOUT		0x1c
#define RXWM		0x20
#define SR		0x2c
#define  SR_RXEMPTY	BIT(1)
#define  SR_TXFULL	BIT(4)
#define FIFO		0x30
#define BAUDDIV		0x34

static void uart_xuartps_init(const struct jh_console *con)
{
	mmio_write32(con->address + IDR, ~0U);
	if (con->divider) {
		/* One bit lasts BAUDGEN * (BAUDDIV + 1) clocks. */
		mmio_write32(con->address + CR, CR_RESETS);
		mmio_write32(con->address + MR, MR_8N1);
		mmio_write32(con->address + BAUDGEN, con->divider);
		mmio_write32(con->address + BAUDDIV, 15);
	}
	/* Until both are on, and neither disable bit is set, nothing is sent. */
	mmio_write32(con->address + CR, CR_TX_EN | CR_RX_EN);
}

static void uart_xuartps_write(const struct jh_console *con, char c)
{
	while (mmio_read32(con->address + SR) & SR_TXFULL)
		cpu_relax();
	mmio_write32(con->address + FIFO, (u8)c);
}

static int uart_xuartps_read(const struct jh_console *con)
{
	if (mmio_read32(con->address + SR) & SR_RXEMPTY)
		return -1;
	return mmio_read32(con->address + FIFO) & 0xff;
}

static void uart_xuartps_irq_enable(const struct jh_console *con)
{
	mmio_write32(con->address + RXWM, 1);
	mmio_write32(con->address + RXTOUT, 10);
	mmio_write32(con->address + ISR, ~0U);
	mmio_write32(con->address + IER, INT_RTRIG | INT_TOUT);
}

static void uart_xuartps_irq_clear(const struct jh_console *con)
{
	mmio_write32(con->address + ISR, mmio_read32(con->address + ISR));
}

const struct uart_driver uart_xuartps = {
	.type = JH_CONSOLE_XUARTPS,
	.init = uart_xuartps_init,
	.write = uart_xuartps_write,
	.read = uart_xuartps_read,
	.irq_enable = uart_xuartps_irq_enable,
	.irq_clear = uart_xuartps_irq_clear,
};
