/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 */
#ifndef CYCLICTEST_H
#define CYCLICTEST_H

#include "jhctl.h"

extern const struct opt cyclictest_opts[];

int cyclictest_run(const struct args *args);

#endif
