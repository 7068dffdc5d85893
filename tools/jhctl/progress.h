/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A count of seconds on stderr, if that is a terminal, for work that takes longer than two.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <linux/types.h>

/** Begin: @what ("loading rtos.bin") is kept until progress_stop(). */
void progress_start(const char *what);

/** End, and wipe the line. */
void progress_stop(void);

#endif
