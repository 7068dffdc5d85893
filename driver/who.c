// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The name of the device, driver or program that a refusal is about: {who} in its sentence.
 */
#include "jh.h"

#include <linux/kernel.h>

/* Under jh_lock. */
char jh_who_text[JH_WHO_LEN];

/** jh_who() - set the text for {who} of the refusal that follows; @format as for printf() */
void jh_who(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(jh_who_text, sizeof(jh_who_text), format, args);
	va_end(args);
}
