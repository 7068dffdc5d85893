/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The verb that records exits.
 */
#ifndef TRACE_H
#define TRACE_H

#include "jhctl.h"

extern const struct opt trace_opts[];

int trace_run(const struct args *args);

#endif
