/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The command line: words separated by blanks, each "key=value" or a bare "key".
 *
 * The host loads it at 0x1000, at most 256 bytes with the final zero. Of a repeated key the first
 * counts.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_CMDLINE_H
#define INMATE_CMDLINE_H

#include <inmate/types.h>

/** cmdline() - the whole command line; empty if none was loaded */
const char *cmdline(void);

/**
 * cmdline_str() - copies the value of a key
 * @key: the key, without '='
 * @buf: takes the value, cut to @size - 1 characters and always terminated
 * @size: bytes at @buf, > 0
 * @def: the value if the key is absent
 *
 * Return: @buf
 */
const char *cmdline_str(const char *key, char *buf, size_t size, const char *def);

/**
 * cmdline_int() - a number, decimal or 0x-hexadecimal, with an optional sign
 *
 * Return: @def if the key is absent or its value is not a number.
 */
s64 cmdline_int(const char *key, s64 def);

/** cmdline_bool() - true for a bare key and for the values 1, y, yes, on, true */
bool cmdline_bool(const char *key, bool def);

/** cmdline_is() - is the key present with exactly this value? */
bool cmdline_is(const char *key, const char *value);

#endif
