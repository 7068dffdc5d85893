// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of the virtual UART: it agrees with the model after any accesses of a guest and of root.
 */
#include <stddef.h>
#include <stdint.h>

#include "vuart_model.h"

static struct vuart_model model;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steps of eight bytes: what, a register, a value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 offset, value;

	model_reset(&model, size ? 0U - *data : 0);
	for (; size >= 8; data += 8, size -= 8) {
		offset = (data[1] | (u32)data[2] << 8) % 0x400 * 4;
		value = data[4] | (u32)data[5] << 8 | (u32)data[6] << 16 | (u32)data[7] << 24;
		switch (data[0] % 8) {
		case 0:
			model_feed(&model, data, 8);
			break;
		case 1:
			model_life(&model);
			break;
		case 2: case 3:
			model_read(&model, data[3] & 1 ? offset : offset & 0x7c);
			break;
		case 4:
			model_read(&model, 0);
			break;
		default:
			model_write(&model, data[3] & 1 ? offset : offset & 0x7c, value);
		}
	}
	return 0;
}
