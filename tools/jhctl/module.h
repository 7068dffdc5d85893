/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Loading the module, for the verb that is the first one.
 */
#ifndef MODULE_H
#define MODULE_H

/** Load the module jh. Returns an exit code, has said why not and what to do. */
int module_load(void);

#endif
