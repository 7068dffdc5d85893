/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A Linux that answers as a test wants: each call is an event, in order, and one of them may fail.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What was called, each with a semicolon behind it; a test empties it. */
static char events[1024];

static inline int script_note(const char *fails, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** script_note() - add an event. Returns 0, or -1 with errno @error if it is the one that @fails */
static inline int script_note(const char *fails, int error, const char *format, ...)
{
	char text[128];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	strcat(events, text);
	strcat(events, ";");
	errno = error;
	return fails && !strcmp(fails, text) ? -1 : 0;
}

#endif
