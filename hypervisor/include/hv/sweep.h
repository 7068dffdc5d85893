/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Passes over all of a cell's memory, in pieces that are short enough for one hypercall.
 */
#ifndef HV_SWEEP_H
#define HV_SWEEP_H

#include <hv/cell.h>

/**
 * sweep_run() - do a bounded piece (1 MiB at most) of a sweep; no CPU of the cell runs its guest
 *
 * Return: pages that are left.
 */
u64 sweep_run(struct cell *cell, enum cell_sweep sweep);

/** sweep_is_done() - has the sweep gone over all of the memory that it concerns? */
bool sweep_is_done(const struct cell *cell, enum cell_sweep sweep);

/** sweep_forget() - the sweep has to start over */
void sweep_forget(struct cell *cell, enum cell_sweep sweep);

#endif
