/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl console: the hypervisor's log, or what a cell printed.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "jhctl.h"

extern const struct opt console_opts[];

int console_run(const struct args *args);

#endif
