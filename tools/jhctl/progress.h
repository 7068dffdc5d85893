/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A sign of life on stderr, if that is a terminal, for whatever takes longer than two seconds.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <linux/types.h>

/** Begin: @what ("loading rtos.bin") is kept until progress_stop(). */
void progress_start(const char *what);

/** Bytes done, of how many. Without it, dots are shown. */
void progress_update(__u64 done, __u64 total);

/** End: the line is wiped. */
void progress_stop(void);

#endif
