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

/** cell_nothing_is_left() - assert that no cell, CPU, device or allocation is left */
void cell_nothing_is_left(void);

/** cell_create() - a cell on these CPUs with this name, and no device; NULL: @code, @err */
struct jh_cell *cell_create(const char *name, u32 cpu, u32 num_cpus);

/** cell_refused() - assert that @code and @err give this reason */
void cell_refused(u32 reason);

/** cell_load() - have the hypervisor report the cell as loaded */
void cell_load(struct jh_cell *cell);

/** cell_running() - create, load and start a cell */
struct jh_cell *cell_running(const char *name, u32 cpu);

#endif
