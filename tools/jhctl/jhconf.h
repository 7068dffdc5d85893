/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl config: hands over to jhconf, the Python part that need not be on the target.
 */
#ifndef JHCONF_H
#define JHCONF_H

#include "jhctl.h"

int config_run(const struct args *args);

#endif
