// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdarg.h>

#include <format.h>
#include <hv/log.h>
#include <hv/report.h>
#include <hv/spinlock.h>

#define MESSAGE_SIZE	160

static spinlock_t log_lock;

void ring_put(struct jh_ring *ring, const char *text, u64 length)
{
	u64 head = ring->head;
	u64 i;

	for (i = 0; i < length; i++)
		ring->data[(head + i) & (ring->size - 1)] = text[i];
	/* Release: a reader that sees the new head sees the bytes below it. */
	store_release(&ring->head, head + length);
}

void log_printf(const char *format, ...)
{
	char text[MESSAGE_SIZE];
	va_list args;
	u64 length;

	va_start(args, format);
	length = format_text(text, sizeof(text), format, args);
	va_end(args);

	spin_lock(&log_lock);
	ring_put(&report.log, text, length);
	spin_unlock(&log_lock);
}
