/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A second, different implementation of the virtual UART: queues without indices. The tests and the
 * fuzzer compare hypervisor/core/vuart.c with it.
 */
#ifndef TEST_VUART_MODEL_H
#define TEST_VUART_MODEL_H

#include <hv/vuart.h>

#define MODEL_RING	64	/* bytes that the output ring keeps */

/** struct vuart_model - both of them, and the ends of the rings */
struct vuart_model {
	struct vuart uart;
	u8 waiting[JH_INPUT_SIZE];
	u32 num_waiting;
	u64 sent;		/* bytes, and a sum over them */
	u64 sum;
	bool tx;
	u32 imsc;
	u32 regs[0x1000 / 4];	/* those that hold what was written */
	struct jh_input input;
	union {
		struct jh_ring output;
		u8 output_bytes[sizeof(struct jh_ring) + MODEL_RING];
	};
};

/** model_reset() - new ones; the indices of the input start at @first */
void model_reset(struct vuart_model *m, u32 first);

/* One step on both; they abort() where the two differ. */
void model_write(struct vuart_model *m, u32 offset, u32 value);
void model_read(struct vuart_model *m, u32 offset);
void model_feed(struct vuart_model *m, const u8 *bytes, u32 count);
void model_life(struct vuart_model *m);

#endif
