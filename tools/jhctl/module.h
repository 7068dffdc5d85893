/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Loading the module, and finding out what prevents that.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>

/** Load the module jh. Returns an exit code; the reason and the next step were printed. */
int module_load(void);

/** Whether this program runs in a container, by files that container managers create. */
bool module_in_container(void);

/** A sentence about a setting of this kernel that may refuse the module; NULL: there is none. */
const char *module_obstacle(void);

#endif
