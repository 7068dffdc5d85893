/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * UARTs that the hypervisor can write its log to, chosen at run time by the configuration.
 */
#ifndef HV_UART_H
#define HV_UART_H

#include <hv/types.h>
#include <jh/comm.h>

/** struct uart_ops - one kind of UART; @base is where its registers are mapped */
struct uart_ops {
	/** @init: make it ready to send; the baud rate is kept unless the console has a divider */
	void (*init)(void *base, const struct jh_console *console);
	/** @ready: is there room for one more byte? */
	bool (*ready)(void *base);
	/** @put: send a byte; only after @ready returned true */
	void (*put)(void *base, char c);
};

extern const struct uart_ops uart_pl011;
extern const struct uart_ops uart_xuartps;
extern const struct uart_ops uart_8250;
extern const struct uart_ops uart_8250_reg32;

/** uart_init() - use @console, mapped at @base, from now on; either may be NULL: no console */
void uart_init(void *base, const struct jh_console *console);

/** uart_try_put() - send a byte. Return: false if there is no room; true also without a UART. */
bool uart_try_put(char c);

#endif
