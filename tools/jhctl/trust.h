/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The trust model of this machine: hardware and firmware under root's control that could reach
 * memory, CPUs or interrupts of the other cells, and the obstacles in between.
 */
#ifndef TRUST_H
#define TRUST_H

#include "json.h"

/** struct trust - list of items; trust_free() when done */
struct trust {
	struct trust_item *item;
	int count;
	bool known;	/* there is a device tree to judge by */
};

void trust_find(struct trust *trust);
void trust_free(struct trust *trust);

/** Print the items, with equal ones on one line. */
void trust_print(const struct trust *trust);

/** Write the array "trust", one object for each item. */
void trust_print_json(struct json *json, const struct trust *trust);

#endif
