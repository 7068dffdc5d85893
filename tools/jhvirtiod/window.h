/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The memory that a cell shares with this program, by the addresses at which the guest sees it.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>
#include <stdint.h>

#define WINDOWS	8	/* as many as a cell has links */

/**
 * struct window - one piece of it, from @guest on, which does not wrap; here it is at @at
 * @link:	the descriptor of its link
 */
struct window {
	uint64_t guest;
	uint64_t size;
	uint8_t *at;
	int link;
};

/** struct windows - all of it; they do not overlap */
struct windows {
	struct window window[WINDOWS];
	unsigned int count;
};

/**
 * window_at - where @length bytes from the guest's @address on are here
 *
 * Both are whatever a guest says. NULL: not all of them are in one window.
 */
void *window_at(const struct windows *windows, uint64_t address, uint64_t length);

#endif
