/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The time that nobody sets, for what is measured and for what ends.
 */
#ifndef CLOCK_H
#define CLOCK_H

#define CLOCK_SECOND	1000000000ULL	/* nanoseconds */

/** Nanoseconds since some moment in the past; never goes back. */
unsigned long long clock_ns(void);

#endif
