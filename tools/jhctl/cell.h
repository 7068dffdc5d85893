/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The verbs that change what exists: enable and disable, and the life of a cell.
 */
#ifndef CELL_H
#define CELL_H

#include "jhctl.h"

extern const struct opt enable_opts[];
extern const struct opt cell_load_opts[];
extern const struct opt cell_run_opts[];
extern const struct opt cell_shutdown_opts[];

struct load_plan;

/**
 * cell_launch - create, load and start the cell of @file; frees what the plan has
 *
 * interrupt_watch() was called. What was created goes away again if the rest fails or somebody
 * interrupts. Returns an exit code, has said why.
 */
int cell_launch(const char *file, struct load_plan *plan);

int enable_run(const struct args *args);
int disable_run(const struct args *args);

int cell_create_run(const struct args *args);
int cell_load_run(const struct args *args);
int cell_start_run(const struct args *args);
int cell_shutdown_run(const struct args *args);
int cell_destroy_run(const struct args *args);
int cell_run_run(const struct args *args);

#endif
