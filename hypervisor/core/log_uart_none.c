// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of log_uart.c in an image without drivers of UARTs: root reads the log from its ring.
 */
#include <hv/log_uart.h>

void log_uart_init(void *base, const struct jh_console *console)
{
	(void)base;
	(void)console;
}

u64 log_uart_flush(u32 bytes)
{
	(void)bytes;
	return 0;
}
