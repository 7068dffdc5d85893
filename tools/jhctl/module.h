/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Loading the module, for the verb that is the first one, and what stands in its way.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>

/** Load the module jh. Returns an exit code, has said why not and what to do. */
int module_load(void);

/** Whether this program runs in a container, as files tell that container managers leave there. */
bool module_in_container(void);

/** The setting of this kernel that may refuse the module, in a sentence; NULL: there is none. */
const char *module_obstacle(void);

#endif
