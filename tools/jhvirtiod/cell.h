/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The virtio devices that a cell has, as the hypervisor tells.
 */
#ifndef CELL_H
#define CELL_H

#include <stdint.h>

#include <jh/report.h>

#include "window.h"

/** struct cell_link - a link with a virtio device on it */
struct cell_link {
	char name[JH_NAME_LEN + 1];
	uint32_t kind;		/* JH_VIRTIO_* */
};

struct cell_links {
	struct cell_link link[WINDOWS];
	unsigned int count;
};

/** cell_find - those of cell @name; returns an exit code, has said why */
int cell_find(struct cell_links *links, const char *name);

/** cell_read - the same from a copy of the report of @bytes, which may be damaged */
int cell_read(struct cell_links *links, const char *name, const struct jh_report *report,
	      size_t bytes);

#endif
