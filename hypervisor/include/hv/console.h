/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Consoles of cells: a ring for what one prints, and room for what it is to receive.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/cell.h>

struct jh_error;

/**
 * console_ring() - the ring of a cell that is being prepared, emptied; it belongs to the cell's
 *		    number and is never freed
 *
 * Return: the ring, which root can read, or NULL with the error filled in: no memory.
 */
struct jh_ring *console_ring(const struct cell *cell, struct jh_error *error);

/** console_input() - what the cell with this ring is to receive: zeroes until somebody fills it */
struct jh_input *console_input(struct jh_ring *ring);

#endif
