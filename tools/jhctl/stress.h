/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Load on the root cell, to measure its effect on the others.
 */
#ifndef STRESS_H
#define STRESS_H

/**
 * stress_start - keep every online CPU busy with memory, unmapping and short-lived processes
 *
 * CPUs disturb each other by what they share: caches, memory bandwidth, and the broadcast TLB
 * invalidations that unmapping causes. The processes end with jhctl at the latest. Returns 0, or
 * -1 with errno.
 */
int stress_start(void);

/** End what stress_start() began. */
void stress_stop(void);

#endif
