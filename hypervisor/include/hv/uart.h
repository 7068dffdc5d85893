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
	/** @init: get it ready to send, keeping the baud rate unless the console names a divider */
	void (*init)(void *base, const struct jh_console *console);
	/** @ready: is there room for one more byte? */
	bool (*ready)(void *base);
	/** @put: send a byte; only after @ready said yes */
	void (*put)(void *base, char c);
};

extern const struct uart_ops uart_pl011;
extern const struct uart_ops uart_xuartps;
extern const struct uart_ops uart_8250;
extern const struct uart_ops uart_8250_reg32;

/** uart_init() - use the console at @base from now on; NULL: none */
void uart_init(void *base, const struct jh_console *console);

/** uart_try_put() - send a byte if there is room for it, or no UART at all; was it? */
bool uart_try_put(char c);

#endif
