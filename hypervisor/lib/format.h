/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * format_text() - a vsnprintf() with %s, %u, %x, %lu, %lx and nothing else
 * @buffer:	out: always terminated if @size > 0
 * @size:	bytes of @buffer
 * @format:	a constant; the compiler checks the callers (log_printf())
 *
 * Return: characters stored, without the terminating zero.
 */
size_t format_text(char *buffer, size_t size, const char *format, va_list args);

#endif
