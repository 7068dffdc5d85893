/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The verbs that show cells: list, show, stats.
 */
#ifndef LIST_H
#define LIST_H

#include "jhctl.h"
#include "json.h"
#include "report.h"

struct where;

extern const struct opt list_opts[];
extern const struct opt show_opts[];
extern const struct opt stats_opts[];

int cell_list_run(const struct args *args);
int cell_show_run(const struct args *args);
int cell_stats_run(const struct args *args);

/** Print the table of all cells. */
void list_cells(const struct report *report);

/** Write the object of cell @number, with its places if @where is not NULL. */
void list_cell_json(struct json *json, const struct report *report, __u32 number,
		    const struct where *where);

/** Write the array "cells". */
void list_cells_json(struct json *json, const struct report *report);

/** Print a line for each side of a link that @cell has. */
void stats_links(const struct report *report, __u32 cell);

/** Write them as the array "links". */
void stats_links_json(struct json *json, const struct report *report, __u32 cell);

#endif
