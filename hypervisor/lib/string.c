// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include "string.h"

#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size)
{
	const unsigned char *f = from;
	unsigned char *t = to;

	/* Words where both ends allow it; most copies here are of aligned structs or pages. */
	if (!(((uintptr_t)t | (uintptr_t)f) % sizeof(unsigned long))) {
		for (; size >= sizeof(unsigned long); size -= sizeof(unsigned long)) {
			*(unsigned long *)t = *(const unsigned long *)f;
			t += sizeof(unsigned long);
			f += sizeof(unsigned long);
		}
	}
	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	const unsigned char *f = from;
	unsigned char *t = to;

	if (t <= f || t >= f + size)
		return memcpy(to, from, size);
	while (size--)
		t[size] = f[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	unsigned long word = (unsigned char)value * (~0UL / 255);
	unsigned char *t = to;

	if (!((uintptr_t)t % sizeof(word))) {
		for (; size >= sizeof(word); size -= sizeof(word)) {
			*(unsigned long *)t = word;
			t += sizeof(word);
		}
	}
	while (size--)
		*t++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size--; x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size--; a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}
