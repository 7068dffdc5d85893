/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A virtual UART: the registers of a PL011 (Arm DDI 0183), a part of which is an SBSA UART (Arm DEN
 * 0094, appendix B), over two rings. A byte that the guest sends goes to the output ring at once,
 * so the transmitter is always empty; the guest receives what root puts into the input ring. Baud
 * rate, parity and enable bits are stored and have no effect. Nothing here knows cells, interrupts
 * or other hardware.
 */
#ifndef HV_VUART_H
#define HV_VUART_H

#include <hv/types.h>
#include <jh/report.h>

/* Registers that hold what was written and do nothing else lie from 0x20 to 0x48. */
#define VUART_PLAIN	19

/**
 * struct vuart - one of them
 * @output:	bytes that the guest sent
 * @input:	bytes for the guest: root's CPUs add, one CPU at a time; those of the guest take
 * @sent:	the state of UARTTXINTR: something was sent since it was cleared
 * @imsc:	UARTIMSC
 * @plain:	other registers, by offset / 4
 */
struct vuart {
	struct jh_ring *output;
	struct jh_input *input;
	u32 sent;
	u32 imsc;
	u16 plain[VUART_PLAIN];
};

/** vuart_reset() - reset all registers and drop the input */
void vuart_reset(struct vuart *uart);

/**
 * vuart_read(), vuart_write() - access one register
 * @offset: a multiple of 4; without a register there, reads return 0 and writes are ignored
 *
 * vuart_write() returns true if the level of the interrupt may have changed, however many CPUs
 * write at a time; a caller that compares the levels before and after could miss a change.
 */
u32 vuart_read(struct vuart *uart, u32 offset);
bool vuart_write(struct vuart *uart, u32 offset, u32 value);

/** vuart_is_raised() - the level of its interrupt */
bool vuart_is_raised(const struct vuart *uart);

/** vuart_feed() - add bytes to the input. Return: how many of @count there was room for. */
u32 vuart_feed(struct vuart *uart, const u8 *bytes, u32 count);

#endif
