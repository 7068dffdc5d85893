/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A source of random numbers for a cell: those of root's kernel.
 */
#ifndef ENTROPY_H
#define ENTROPY_H

#include "device.h"

extern const struct kind entropy_kind;

/** entropy_open - make it a source of random numbers; returns an exit code */
int entropy_open(struct device *device);

#endif
