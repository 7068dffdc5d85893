/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Consoles of cells: a ring for the output of each, and room for its input.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include <hv/cell.h>

struct jh_error;

/**
 * console_ring() - get the empty ring of a cell that is being prepared
 *
 * It belongs to the cell's number and is never freed.
 *
 * Return: the ring, which root can read, or NULL with the error filled in if there is no memory.
 */
struct jh_ring *console_ring(const struct cell *cell, struct jh_error *error);

/** console_input() - the input of the cell with this ring: zeroes until root fills it */
struct jh_input *console_input(struct jh_ring *ring);

#endif
