// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include "format.h"

#include <stdbool.h>

struct output {
	char *buffer;
	size_t size;
	size_t length;
};

struct conversion {
	bool zero;
	bool is_long;
	unsigned int width;
	char kind;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buffer[out->length++] = c;
}

static void put_text(struct output *out, const char *text, unsigned int width)
{
	unsigned int n = 0;

	if (!text)
		text = "(null)";
	for (; *text; text++, n++)
		put(out, *text);
	for (; n < width; n++)
		put(out, ' ');
}

static void put_number(struct output *out, unsigned long value, bool negative,
		       const struct conversion *conv)
{
	unsigned int base = conv->kind == 'x' || conv->kind == 'p' ? 16 : 10;
	char digits[20];
	unsigned int n = 0, width = conv->width;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative && width)
		width--;
	if (negative && conv->zero)
		put(out, '-');
	for (; width > n; width--)
		put(out, conv->zero ? '0' : ' ');
	if (negative && !conv->zero)
		put(out, '-');
	while (n)
		put(out, digits[--n]);
}

static const char *parse(const char *format, struct conversion *conv)
{
	*conv = (struct conversion){ 0 };
	if (*format == '0') {
		conv->zero = true;
		format++;
	}
	while (*format >= '0' && *format <= '9' && conv->width < 100)
		conv->width = conv->width * 10 + (unsigned int)(*format++ - '0');
	while (*format == 'l') {
		conv->is_long = true;
		format++;
	}
	conv->kind = *format;
	return *format ? format + 1 : format;
}

size_t format_text(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = { buffer, size, 0 };
	struct conversion conv;
	const char *start;
	long value;

	while (*format) {
		if (*format != '%') {
			put(&out, *format++);
			continue;
		}
		start = format;
		format = parse(format + 1, &conv);
		switch (conv.kind) {
		case 's':
			put_text(&out, va_arg(args, const char *), conv.width);
			break;
		case 'c':
			put(&out, (char)va_arg(args, int));
			break;
		case 'd':
			value = conv.is_long ? va_arg(args, long) : va_arg(args, int);
			put_number(&out, value < 0 ? -(unsigned long)value : (unsigned long)value,
				   value < 0, &conv);
			break;
		case 'u':
		case 'x':
			put_number(&out, conv.is_long ? va_arg(args, unsigned long) :
				   va_arg(args, unsigned int), false, &conv);
			break;
		case 'p':
			put_number(&out, (unsigned long)va_arg(args, void *), false, &conv);
			break;
		case '%':
			put(&out, '%');
			break;
		default:
			while (start < format)
				put(&out, *start++);
		}
	}
	if (size)
		buffer[out.length] = '\0';
	return out.length;
}
