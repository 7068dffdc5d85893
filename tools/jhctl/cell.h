/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The verbs that change what exists: enable and disable, and the life of a cell.
 */
#ifndef CELL_H
#define CELL_H

#include "jhctl.h"
#include "report.h"

extern const struct opt enable_opts[];
extern const struct opt cell_load_opts[];
extern const struct opt cell_run_opts[];
extern const struct opt cell_shutdown_opts[];

struct blob;
struct load_plan;

/** struct cell_launched - a cell that cell_launch() left to its caller */
struct cell_launched {
	int fd;			/* of the device */
	struct cell_ref cell;
};

/**
 * struct cell_helper - who has to be there before a cell starts
 * @begin:	called once the cell exists, with its name; returns an exit code, has said why
 * @context:	for it
 */
struct cell_helper {
	int (*begin)(const void *context, const char *cell);
	const void *context;
};

/**
 * cell_launch - create, load and start the cell of @blob; frees what the plan has
 * @helper:	NULL: nobody
 * @launched:	NULL, or out: the device stays open, cell_end() closes it
 *
 * To be called after interrupt_watch(). If a step fails, or a signal comes, the cell is destroyed
 * again. Returns an exit code; the reason was printed.
 */
int cell_launch(const struct blob *blob, struct load_plan *plan, const struct cell_helper *helper,
		struct cell_launched *launched);

/** cell_end - destroy a launched cell in any state; returns an exit code, the reason was printed */
int cell_end(struct cell_launched *launched);

int enable_run(const struct args *args);
int disable_run(const struct args *args);

int cell_create_run(const struct args *args);
int cell_load_run(const struct args *args);
int cell_start_run(const struct args *args);
int cell_shutdown_run(const struct args *args);
int cell_destroy_run(const struct args *args);
int cell_run_run(const struct args *args);

#endif
