/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl status: the whole machine at a glance.
 */
#ifndef STATUS_H
#define STATUS_H

#include "jhctl.h"

extern const struct opt status_opts[];

int status_run(const struct args *args);

#endif
