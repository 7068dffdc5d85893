// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdarg.h>

#include <format.h>
#include <hv/log.h>
#include <hv/report.h>
#include <hv/spinlock.h>
#include <hv/uart.h>

#define MESSAGE_SIZE	160

static spinlock_t log_lock;
static spinlock_t flush_lock;
static u64 flushed;	/* position in the ring up to which the UART got it */

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

u64 log_flush(u32 bytes)
{
	static bool returned;	/* a carriage return went before this newline */
	struct jh_ring *ring = &report.log;
	u64 head, left;
	char c;

	if (!spin_trylock(&flush_lock))
		return 0;
	head = load_acquire(&ring->head);
	if (head - flushed > ring->size)
		flushed = head - ring->size;
	for (; flushed != head && bytes; bytes--) {
		c = ring->data[flushed & (ring->size - 1)];
		if (!uart_try_put(c == '\n' && !returned ? '\r' : c))
			break;
		returned = c == '\n' && !returned;
		flushed += !returned;
	}
	left = head - flushed;
	spin_unlock(&flush_lock);
	return left;
}
