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

/** struct module_obstacle - what keeps the module from being loaded */
struct module_obstacle {
	const char *what;	/* one clause */
	const char *step;	/* the next step, in the imperative */
	bool remains;		/* jh is refused by it even if the module is loaded */
	bool certain;		/* not only if the module is not signed */
};

/** Look for a setting of this kernel that may refuse the module. Returns whether there is one. */
bool module_obstacle(struct module_obstacle *obstacle);

/** How to get the module for a kernel that has none: one clause in the imperative. */
const char *module_how_to_build(void);

#endif
