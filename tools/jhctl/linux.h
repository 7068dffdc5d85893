/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl cell linux: a stock Linux in a cell.
 */
#ifndef LINUX_H
#define LINUX_H

#include "jhctl.h"

extern const struct opt linux_opts[];

int linux_run(const struct args *args);

#endif
