// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "window.h"

void *window_at(const struct windows *windows, uint64_t address, uint64_t length)
{
	unsigned int i;

	for (i = 0; i < windows->count; i++) {
		const struct window *window = &windows->window[i];
		uint64_t offset = address - window->guest;

		/* An address below the window is an offset that is too large. */
		if (offset < window->size && length <= window->size - offset)
			return window->at + offset;
	}
	return NULL;
}
