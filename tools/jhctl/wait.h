/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The verb that waits for the end of a cell.
 */
#ifndef WAIT_H
#define WAIT_H

#include "jhctl.h"

/* Exit codes of this verb besides those in jhctl.h, documented in jhctl(8). */
#define EXIT_FAILED	5	/* the cell has failed */
#define EXIT_GONE	6	/* it was destroyed */
#define EXIT_TIMEOUT	7	/* it did not end in time */

extern const struct opt wait_opts[];

int cell_wait_run(const struct args *args);

#endif
