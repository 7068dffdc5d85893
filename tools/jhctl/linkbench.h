/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 */
#ifndef LINKBENCH_H
#define LINKBENCH_H

#include "jhctl.h"

extern const struct opt linkbench_opts[];

int linkbench_run(const struct args *args);

#endif
