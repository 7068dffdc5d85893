/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 */
#ifndef LATENCY_H
#define LATENCY_H

#include "jhctl.h"

extern const struct opt latency_opts[];

int latency_run(const struct args *args);

#endif
