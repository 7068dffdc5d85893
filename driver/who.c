// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The name of whom a refusal is about, for {who} in its sentence.
 */
#include "jh.h"

#include <linux/kernel.h>

/* Under jh_lock. */
char jh_who_text[JH_WHO_LEN];

/** jh_who() - name the party that a refusal is about; @format as for printf() */
void jh_who(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(jh_who_text, sizeof(jh_who_text), format, args);
	va_end(args);
}
