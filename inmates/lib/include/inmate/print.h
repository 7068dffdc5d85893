/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Formatted output to the console.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_PRINT_H
#define INMATE_PRINT_H

#include <stdarg.h>

#include <inmate/types.h>

/**
 * printf() - prints to the console, one call at a time
 *
 * Knows %s %c %d %i %u %x %X %p %%, the length modifiers l, ll and z, a minimal width, zero
 * padding and left alignment. Safe on all CPUs and in interrupt handlers; masks interrupts for as
 * long as it prints.
 */
void __printf(1, 2) printf(const char *fmt, ...);

/** vprintf() - printf() with the arguments in a list */
void vprintf(const char *fmt, va_list *args);

#endif
