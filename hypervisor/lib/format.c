// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include "format.h"

#include <stdbool.h>

struct output {
	char *buffer;
	size_t size;
	size_t length;
};

static void format_put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buffer[out->length++] = c;
}

static void format_number(struct output *out, unsigned long value, unsigned int base)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		format_put(out, digits[--n]);
}

size_t format_text(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = { buffer, size, 0 };
	const char *text;
	bool is_long;

	for (; *format; format++) {
		if (*format != '%') {
			format_put(&out, *format);
			continue;
		}
		is_long = format[1] == 'l';
		format += is_long ? 2 : 1;
		if (*format == 's') {
			for (text = va_arg(args, const char *); *text; text++)
				format_put(&out, *text);
		} else {
			format_number(&out, is_long ? va_arg(args, unsigned long) :
				   va_arg(args, unsigned int), *format == 'x' ? 16 : 10);
		}
	}
	if (size)
		buffer[out.length] = '\0';
	return out.length;
}
