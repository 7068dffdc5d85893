/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * All that a cell prints from some moment on, for the verbs that read results out of it.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stddef.h>

#include <linux/types.h>

#include "report.h"

/** struct capture - filled by capture_start(); free with capture_end() */
struct capture {
	char *text;		/* ends with a 0 */
	size_t length;
	__u64 position;
	__u64 lost;		/* bytes that were overwritten before they were read */
};

/** capture_start - empty; returns 0 or errno */
int capture_start(struct capture *capture);

/** capture_more - take in what @cell has printed since the last time; returns 0 or errno */
int capture_more(struct capture *capture, int fd, const struct cell_ref *cell);

/** capture_drop - forget what was taken in */
void capture_drop(struct capture *capture);

void capture_end(struct capture *capture);

#endif
