/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl top.
 */
#ifndef TOP_H
#define TOP_H

#include "jhctl.h"

extern const struct opt top_opts[];

int top_run(const struct args *args);

#endif
