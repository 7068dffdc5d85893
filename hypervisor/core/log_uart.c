// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/log_uart.h>
#include <hv/report.h>
#include <hv/spinlock.h>
#include <hv/uart.h>

static spinlock_t flush_lock;
static u64 flushed;	/* position in the ring up to which the UART got it */

void log_uart_init(void *base, const struct jh_console *console)
{
	uart_init(base, console);
}

u64 log_uart_flush(u32 bytes)
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
