/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The log on a UART. On request of root, a CPU fills the UART's FIFO from the ring; no CPU ever
 * waits for a UART. An image without optional units has none: the driver loads it for systems
 * without a console alone.
 */
#ifndef HV_LOG_UART_H
#define HV_LOG_UART_H

#include <hv/types.h>
#include <jh/comm.h>

/** log_uart_init() - use @console, mapped at @base, from now on; either may be NULL: no UART */
void log_uart_init(void *base, const struct jh_console *console);

/**
 * log_uart_flush() - send bytes of the log that the UART did not get yet, @bytes at most
 *
 * Sends no more than the UART has room for; never waits.
 *
 * Return: bytes that are left; 0 also while another CPU does it.
 */
u64 log_uart_flush(u32 bytes);

#endif
