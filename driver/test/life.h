/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Cells by name and CPU, over a hypervisor that keeps the rules of their lives.
 */
#ifndef TEST_LIFE_H
#define TEST_LIFE_H

#include "cells.h"

extern struct blob_parts parts;		/* the next cell's configuration */
extern struct jh_error err;
extern int code;			/* of the last call that may be refused */

/* Of each test; afterwards nothing of any cell is left. */
int cell_setup(void **state);
int cell_teardown(void **state);

/** cell_nothing_is_left() - nothing of any cell is, whatever happened in between */
void cell_nothing_is_left(void);

/** cell_create() - a cell on these CPUs with this name, and no device; NULL: @code, @err */
struct jh_cell *cell_create(const char *name, u32 cpu, u32 num_cpus);

/** cell_refused() - @code and @err give this reason */
void cell_refused(u32 reason);

/** cell_load() - it is loaded, whoever did it */
void cell_load(struct jh_cell *cell);

/** cell_running() - one that was created, loaded and started */
struct jh_cell *cell_running(const char *name, u32 cpu);

#endif
