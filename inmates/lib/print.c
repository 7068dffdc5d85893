// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Formatted output.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/console.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/string.h>

struct print_spec {
	bool left;
	bool zero;
	bool negative;
	u32 width;
	u32 longs;
};

static struct spinlock print_lock;

static void print_padded(const char *s, size_t len, const struct print_spec *spec)
{
	u32 pad = spec->width > len + spec->negative ? spec->width - len - spec->negative : 0;

	if (spec->negative && spec->zero)
		console_putc('-');
	for (u32 n = 0; n < pad && !spec->left; n++)
		console_putc(spec->zero ? '0' : ' ');
	if (spec->negative && !spec->zero)
		console_putc('-');
	while (len--)
		console_putc(*s++);
	for (u32 n = 0; n < pad && spec->left; n++)
		console_putc(' ');
}

static void print_number(u64 val, u32 base, bool upper, const struct print_spec *spec)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char buf[20];
	size_t pos = sizeof(buf);

	do {
		buf[--pos] = digits[val % base];
		val /= base;
	} while (val);
	print_padded(&buf[pos], sizeof(buf) - pos, spec);
}

static const char *print_parse(const char *fmt, struct print_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else
			break;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		spec->width = spec->width * 10 + *fmt - '0';
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs++;
	return fmt;
}

static void print_conversion(char conv, struct print_spec *spec, va_list *args)
{
	const char *s;
	s64 val;
	char c;

	switch (conv) {
	case 'd':
	case 'i':
		val = spec->longs ? va_arg(*args, s64) : va_arg(*args, int);
		spec->negative = val < 0;
		print_number(val < 0 ? -(u64)val : (u64)val, 10, false, spec);
		break;
	case 'u':
	case 'x':
	case 'X':
		print_number(spec->longs ? va_arg(*args, u64) : va_arg(*args, u32),
			     conv == 'u' ? 10 : 16, conv == 'X', spec);
		break;
	case 'p':
		console_putc('0');
		console_putc('x');
		print_number(va_arg(*args, u64), 16, false, spec);
		break;
	case 's':
		s = va_arg(*args, const char *);
		print_padded(s, strlen(s), spec);
		break;
	case 'c':
		c = va_arg(*args, int);
		print_padded(&c, 1, spec);
		break;
	default:
		console_putc(conv);
	}
}

void vprintf(const char *fmt, va_list *args)
{
	struct print_spec spec;
	u64 flags;

	flags = spin_lock_irqsave(&print_lock);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			console_putc(*fmt);
			continue;
		}
		fmt = print_parse(fmt + 1, &spec);
		if (!*fmt)
			break;
		print_conversion(*fmt, &spec, args);
	}
	spin_unlock_irqrestore(&print_lock, flags);
}

void printf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, &args);
	va_end(args);
}
