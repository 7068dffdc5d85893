// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/log.h>
#include "vuart_model.h"

#define MUST(condition)								\
do {										\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		abort();							\
	}									\
} while (0)

static u64 printed, printed_sum;

void ring_put(struct jh_ring *ring, const char *text, u64 length)
{
	MUST(length == 1 && ring->size == MODEL_RING);
	printed++;
	printed_sum = printed_sum * 31 + (u8)*text;
}

void model_reset(struct vuart_model *m, u32 first)
{
	memset(m, 0, sizeof(*m));
	m->output.size = MODEL_RING;
	m->uart.output = &m->output;
	m->uart.input = &m->input;
	m->input.head = m->input.tail = first;
	printed = printed_sum = 0;
	model_life(m);
}

void model_life(struct vuart_model *m)
{
	vuart_reset(&m->uart);
	m->num_waiting = 0;
	m->tx = false;
	m->imsc = 0;
	memset(m->regs, 0, sizeof(m->regs));
	m->regs[0x30 / 4] = 0x300;
	m->regs[0x34 / 4] = 0x12;
}

static u32 interrupts(const struct vuart_model *m)
{
	return (m->num_waiting ? 0x50 : 0) | (m->tx ? 0x20 : 0);
}

static u32 id_at(u32 offset)
{
	static const u8 ids[8] = { 0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1 };

	return ids[(offset - 0xfe0) / 4];
}

static u32 take(struct vuart_model *m)
{
	u32 byte = m->num_waiting ? m->waiting[0] : 0;

	if (m->num_waiting)
		memmove(m->waiting, m->waiting + 1, --m->num_waiting);
	return byte;
}

static u32 expected(struct vuart_model *m, u32 offset)
{
	switch (offset) {
	case 0x00:
		return take(m);
	case 0x18:
		return 0x87 | (m->num_waiting ? 0 : 0x10) |
		       (m->num_waiting == JH_INPUT_SIZE ? 0x40 : 0);
	case 0x38:
		return m->imsc;
	case 0x3c:
		return interrupts(m);
	case 0x40:
		return interrupts(m) & m->imsc;
	}
	return offset >= 0xfe0 && offset < 0x1000 ? id_at(offset) : m->regs[offset / 4];
}

static void same(const struct vuart_model *m)
{
	MUST(vuart_is_raised(&m->uart) == !!(interrupts(m) & m->imsc));
	MUST(printed == m->sent && printed_sum == m->sum);
	MUST(m->input.head - m->input.tail == m->num_waiting);
}

void model_read(struct vuart_model *m, u32 offset)
{
	u32 value = vuart_read(&m->uart, offset);

	MUST(value == expected(m, offset));
	same(m);
}

static u32 writable(u32 offset)
{
	switch (offset) {
	case 0x20: return 0xff;
	case 0x24: return 0xffff;
	case 0x28: return 0x3f;
	case 0x2c: return 0xff;
	case 0x30: return 0xff87;
	case 0x34: return 0x3f;
	case 0x48: return 0x7;
	}
	return 0;
}

void model_write(struct vuart_model *m, u32 offset, u32 value)
{
	vuart_write(&m->uart, offset, value);
	if (offset == 0x00) {
		m->sent++;
		m->sum = m->sum * 31 + (value & 0xff);
		m->tx = true;
	} else if (offset == 0x38) {
		m->imsc = value & 0x7ff;
	} else if (offset == 0x44 && value & 0x20) {
		m->tx = false;
	} else if (offset < 0x1000) {
		m->regs[offset / 4] = value & writable(offset);
	}
	same(m);
}

void model_feed(struct vuart_model *m, const u8 *bytes, u32 count)
{
	u32 room = JH_INPUT_SIZE - m->num_waiting, n = count < room ? count : room;

	MUST(vuart_feed(&m->uart, bytes, count) == n);
	memcpy(m->waiting + m->num_waiting, bytes, n);
	m->num_waiting += n;
	same(m);
}
