// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The command line.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/string.h>

#include "layout.h"

extern char __cmdline[CMDLINE_SIZE];

static bool cmdline_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *cmdline(void)
{
	/* The host's bytes need not end in a zero. */
	__cmdline[CMDLINE_SIZE - 1] = '\0';
	return __cmdline;
}

/* Finds the key; returns its value ("" for a bare key) with its length, or NULL. */
static const char *cmdline_find(const char *key, size_t *len)
{
	size_t key_len = strlen(key);
	const char *p = cmdline();
	const char *word;

	while (*p) {
		while (cmdline_is_blank(*p))
			p++;
		word = p;
		while (*p && !cmdline_is_blank(*p))
			p++;
		if ((size_t)(p - word) < key_len || strncmp(word, key, key_len) != 0)
			continue;
		word += key_len;
		if (word != p && *word != '=')
			continue;
		if (*word == '=')
			word++;
		*len = p - word;
		return word;
	}
	return NULL;
}

const char *cmdline_str(const char *key, char *buf, size_t size, const char *def)
{
	size_t len;
	const char *val = cmdline_find(key, &len);

	if (!val) {
		val = def;
		len = strlen(def);
	}
	if (len > size - 1)
		len = size - 1;
	memcpy(buf, val, len);
	buf[len] = '\0';
	return buf;
}

static int cmdline_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 99;
}

s64 cmdline_int(const char *key, s64 def)
{
	bool negative = false;
	const char *p, *end;
	int base = 10;
	u64 val = 0;
	size_t len;

	p = cmdline_find(key, &len);
	if (!p)
		return def;
	end = p + len;
	if (p < end && *p == '-') {
		negative = true;
		p++;
	}
	if (end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	if (p == end)
		return def;
	for (; p < end; p++) {
		if (cmdline_digit(*p) >= base)
			return def;
		val = val * base + cmdline_digit(*p);
	}
	return negative ? -(s64)val : (s64)val;
}

bool cmdline_is(const char *key, const char *value)
{
	size_t len;
	const char *val = cmdline_find(key, &len);

	return val && len == strlen(value) && strncmp(val, value, len) == 0;
}

bool cmdline_bool(const char *key, bool def)
{
	static const char * const yes[] = { "", "1", "y", "yes", "on", "true" };
	size_t len;

	if (!cmdline_find(key, &len))
		return def;
	for (u32 n = 0; n < ARRAY_SIZE(yes); n++)
		if (cmdline_is(key, yes[n]))
			return true;
	return false;
}
