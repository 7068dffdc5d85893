// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Logs the library's output. Programs that test printing itself do without this file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "fake/fake.h"

void __printf(1, 2) own_printf(const char *format, ...);

void own_printf(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fake_note("%s", text);
}
