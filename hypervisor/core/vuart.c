// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/log.h>
#include <hv/pl011.h>
#include <hv/vuart.h>

#define CR_RESET	0x300	/* receiver and transmitter, but for UARTEN */
#define IFLS_RESET	0x12

/* The bits of a plain register that can be written. */
static const u16 plain_bits[VUART_PLAIN] = {
	[UARTILPR / 4] = 0xff, [UARTIBRD / 4] = 0xffff, [UARTFBRD / 4] = 0x3f,
	[UARTLCR_H / 4] = 0xff, [UARTCR / 4] = 0xff87, [UARTIFLS / 4] = 0x3f, [UARTDMACR / 4] = 7,
};

/* UARTPeriphID0-3: part 0x011 of Arm, revision 3 (FIFOs of 32 bytes); UARTPCellID0-3. */
static const u8 ids[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

/*
 * Other CPUs may take bytes meanwhile. The tail is read first: an older tail makes the count too
 * large at most, never negative.
 */
static u32 received(const struct jh_input *input)
{
	u32 tail = load_acquire(&input->tail);
	u32 count = load_acquire(&input->head) - tail;

	return MIN(count, (u32)JH_INPUT_SIZE);
}

/* As with a trigger level of one byte. UARTRTINTR is raised as well: some drivers count on it. */
static u32 raw_interrupts(const struct vuart *uart)
{
	return (received(uart->input) ? INT_RX | INT_RT : 0) |
	       (load_acquire(&uart->sent) ? INT_TX : 0);
}

bool vuart_is_raised(const struct vuart *uart)
{
	return raw_interrupts(uart) & load_acquire(&uart->imsc);
}

/* If several CPUs read at a time, one of them gets the byte; the index never goes back. */
static u32 receive(struct jh_input *input)
{
	u32 tail = load_acquire(&input->tail);
	u8 byte;

	if (tail == load_acquire(&input->head))
		return 0;
	byte = (u8)input->data[tail % JH_INPUT_SIZE];
	return compare_exchange(&input->tail, tail, tail + 1) ? byte : 0;
}

u32 vuart_feed(struct vuart *uart, const u8 *bytes, u32 count)
{
	struct jh_input *input = uart->input;
	u32 head = input->head, used = received(input), i;

	count = MIN(count, used < JH_INPUT_SIZE ? JH_INPUT_SIZE - used : 0);
	for (i = 0; i < count; i++)
		input->data[(head + i) % JH_INPUT_SIZE] = (char)bytes[i];
	/* Release: who sees the new head sees the bytes below it. */
	store_release(&input->head, head + count);
	return count;
}

static u32 flags(const struct vuart *uart)
{
	u32 used = received(uart->input);

	return FR_TXFE | FR_CTS | FR_DSR | FR_DCD | (used ? 0 : FR_RXFE) |
	       (used < JH_INPUT_SIZE ? 0 : FR_RXFF);
}

u32 vuart_read(struct vuart *uart, u32 offset)
{
	switch (offset) {
	case UARTDR:
		return receive(uart->input);
	case UARTFR:
		return flags(uart);
	case UARTIMSC:
		return uart->imsc;
	case UARTRIS:
		return raw_interrupts(uart);
	case UARTMIS:
		return raw_interrupts(uart) & uart->imsc;
	}
	if (offset >= UARTPERIPHID)
		return (offset - UARTPERIPHID) / 4 < ARRAY_SIZE(ids) ?
		       ids[(offset - UARTPERIPHID) / 4] : 0;
	return offset / 4 < VUART_PLAIN ? uart->plain[offset / 4] : 0;
}

/*
 * If two CPUs write at a time, the one that changes the value returns true. The exchange comes
 * before the load after it (RCsc, Arm ARM B2.3.7): if one CPU sends while another changes the mask,
 * at least one of the two sees the other's store.
 */
static bool set_sent(struct vuart *uart, u32 sent)
{
	return exchange(&uart->sent, sent) != sent && load_acquire(&uart->imsc) & INT_TX;
}

static bool set_mask(struct vuart *uart, u32 mask)
{
	return (exchange(&uart->imsc, mask) ^ mask) & raw_interrupts(uart);
}

bool vuart_write(struct vuart *uart, u32 offset, u32 value)
{
	char c = (char)value;

	switch (offset) {
	case UARTDR:
		/* One writer at a time: CPUs of the same cell may lose a byte to each other. */
		ring_put(uart->output, &c, 1);
		return set_sent(uart, 1);
	case UARTIMSC:
		return set_mask(uart, value & INT_ALL);
	case UARTICR:
		return value & INT_TX && set_sent(uart, 0);
	}
	if (offset / 4 < VUART_PLAIN)
		uart->plain[offset / 4] = (u16)value & plain_bits[offset / 4];
	return false;
}

void vuart_reset(struct vuart *uart)
{
	u32 i;

	for (i = 0; i < VUART_PLAIN; i++)
		uart->plain[i] = 0;
	uart->plain[UARTCR / 4] = CR_RESET;
	uart->plain[UARTIFLS / 4] = IFLS_RESET;
	store_release(&uart->imsc, 0);
	store_release(&uart->sent, 0);
	store_release(&uart->input->tail, uart->input->head);
}
