// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of config_uart.c in an image that has no virtual UARTs.
 */
#include <lib/config_fields.h>
#include <lib/refuse.h>

int config_uart_check(const void *blob, const struct jh_console *console, struct jh_error *err)
{
	(void)blob;
	(void)console;
	return refuse(err, JH_ERR_NO_UART, JH_OBJ_CONSOLE, 0);
}
