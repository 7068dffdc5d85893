/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * format_text() - a small vsnprintf()
 * @buffer:	out: always terminated if @size > 0
 * @size:	bytes of @buffer
 *
 * Knows %s %c %d %u %x %p %%, the length l, a width and a leading 0. An unknown conversion is
 * copied as it stands.
 *
 * Return: characters stored, without the terminating zero.
 */
size_t format_text(char *buffer, size_t size, const char *format, va_list args);

#endif
