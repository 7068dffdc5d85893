/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The string functions that inmates and the compiler need.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_STRING_H
#define INMATE_STRING_H

#include <inmate/types.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

#endif
