/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Once everything is open, this program needs nothing but its descriptors.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <sys/types.h>

/** sandbox_enter - be @user, and be able to open, make and start nothing; returns an exit code */
int sandbox_enter(uid_t user, gid_t group);

#endif
