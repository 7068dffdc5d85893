/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Output of a cell in memory, for the verbs that parse it.
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

/** capture_start - begin with an empty text; returns 0 or errno */
int capture_start(struct capture *capture);

/** capture_more - append the output of @cell since the last call; returns 0 or errno */
int capture_more(struct capture *capture, int fd, const struct cell_ref *cell);

/** capture_drop - empty the text; the next capture_more() continues where the last one ended */
void capture_drop(struct capture *capture);

void capture_end(struct capture *capture);

#endif
