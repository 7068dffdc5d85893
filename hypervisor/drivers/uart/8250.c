// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * 16550-compatible UARTs, with registers one or four bytes apart.
 */
#include <hv/mmio_access.h>
#include <hv/uart.h>

#define THR		0
#define DLL		0
#define IER		1
#define DLM		1
#define LCR		3
#define  LCR_8N1	0x03
#define  LCR_DLAB	0x80
#define LSR		5
#define  LSR_THRE	BIT(5)

static u32 get(void *base, u32 shift, u32 reg)
{
	return shift ? read32(base, reg << shift) : read8(base, reg);
}

static void set(void *base, u32 shift, u32 reg, u8 value)
{
	if (shift)
		write32(base, reg << shift, value);
	else
		write8(base, reg, value);
}

static void setup(void *base, u32 shift, const struct jh_console *console)
{
	set(base, shift, IER, 0);
	if (!console->divider)
		return;
	set(base, shift, LCR, LCR_8N1 | LCR_DLAB);
	set(base, shift, DLL, console->divider & 0xff);
	set(base, shift, DLM, console->divider >> 8 & 0xff);
	set(base, shift, LCR, LCR_8N1);
}

static void init8(void *base, const struct jh_console *console)
{
	setup(base, 0, console);
}

static bool ready8(void *base)
{
	return get(base, 0, LSR) & LSR_THRE;
}

static void put8(void *base, char c)
{
	set(base, 0, THR, (u8)c);
}

static void init32(void *base, const struct jh_console *console)
{
	setup(base, 2, console);
}

static bool ready32(void *base)
{
	return get(base, 2, LSR) & LSR_THRE;
}

static void put32(void *base, char c)
{
	set(base, 2, THR, (u8)c);
}

const struct uart_ops uart_8250 = { .init = init8, .ready = ready8, .put = put8 };
const struct uart_ops uart_8250_reg32 = { .init = init32, .ready = ready32, .put = put32 };
