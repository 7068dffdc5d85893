/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The resource table of a program that runs as a remote processor.
 */
#ifndef DRIVER_RTABLE_H
#define DRIVER_RTABLE_H

#include <linux/remoteproc.h>

struct bounce;
struct jh_cell;

int rtable_accept(struct rproc *rproc, struct bounce *bounce, const struct jh_cell *cell);
void rtable_settle(struct resource_table *table, size_t size);
void rtable_say_ready(struct resource_table *table, size_t size, bool ready);

#endif
