/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A terminal, or a file, as the keyboard of a cell.
 */
#ifndef INTERACT_H
#define INTERACT_H

#include <stdbool.h>

#include "report.h"

/**
 * interact_run - send input to a cell until the escape key or the end of the input
 * @print:	prints the cell's new output, and sets *printed if there was any; 0 or errno
 *
 * The terminal is restored, whatever ends the program but SIGKILL. Returns 0, also after a signal,
 * or errno: ETIMEDOUT if the cell took nothing of a file or a pipe for ten seconds.
 */
int interact_run(int fd, const struct cell_ref *cell, const char *name,
		 int (*print)(void *printer, bool *printed), void *printer);

#endif
