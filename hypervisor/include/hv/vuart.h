/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A UART that is not there: the registers of a PL011 (Arm DDI 0183), of which an SBSA UART has a
 * part (Arm DEN 0094, appendix B), over two rings. What a guest sends is in the output ring at
 * once, so its transmitter is always empty; what it receives was put into the input ring by root.
 * Baud rate, parity and enable bits are kept and mean nothing. Nothing here knows cells, interrupts
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
 * @output:	what was sent
 * @input:	what is to be received: root's CPUs add one at a time, those of the guest take
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

/** vuart_reset() - all registers as after a reset; nothing is there to be received */
void vuart_reset(struct vuart *uart);

/**
 * vuart_read(), vuart_write() - one register
 * @offset: a multiple of 4; where there is no register it reads as 0 and ignores writes
 *
 * vuart_write() tells whether the interrupt may have another level by that, however many CPUs write
 * at a time: who compares the level before and after may miss it.
 */
u32 vuart_read(struct vuart *uart, u32 offset);
bool vuart_write(struct vuart *uart, u32 offset, u32 value);

/** vuart_is_raised() - the level of its interrupt */
bool vuart_is_raised(const struct vuart *uart);

/** vuart_feed() - let it receive: how many of @count bytes there was room for */
u32 vuart_feed(struct vuart *uart, const u8 *bytes, u32 count);

#endif
