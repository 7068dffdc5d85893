/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The console: the UART that the communication region names, the hypervisor's, or both.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_CONSOLE_H
#define INMATE_CONSOLE_H

#include <inmate/types.h>
#include <jh/comm.h>

/**
 * struct uart_driver - a kind of UART
 * @type: JH_CONSOLE_*
 * @init: makes it transmit and receive; sets the baud rate if console->divider is not 0
 * @write: sends one character; waits while the transmitter is full
 * @read: takes one received character, -1 if there is none
 * @irq_enable: asks for an interrupt per received character
 * @irq_clear: withdraws the interrupts that are pending in the UART
 */
struct uart_driver {
	u32 type;
	void (*init)(const struct jh_console *console);
	void (*write)(const struct jh_console *console, char c);
	int (*read)(const struct jh_console *console);
	void (*irq_enable)(const struct jh_console *console);
	void (*irq_clear)(const struct jh_console *console);
};

extern const struct uart_driver uart_8250;
extern const struct uart_driver uart_pl011;
extern const struct uart_driver uart_xuartps;

/**
 * console_init() - chooses the outputs
 *
 * The command line may choose: "console=uart", "console=putc" (the hypervisor's), "console=none".
 * Without it all that the communication region offers is used.
 */
void console_init(void);

/** console_putc() - prints a character, "\r\n" for a newline; not serialised, see printf() */
void console_putc(char c);

/** console_getc() - a received character, -1 if there is none or the console cannot receive */
int console_getc(void);

/** console_rx_irq_enable() - interrupts for received characters; false if there is no UART */
bool console_rx_irq_enable(void);

/** console_rx_irq_clear() - withdraws the UART's interrupt; then read until console_getc() < 0 */
void console_rx_irq_clear(void);

#endif
