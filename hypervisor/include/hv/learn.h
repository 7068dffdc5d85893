/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Bring-up of a listed root (root.memory = "learn"): what it accesses outside of its list is
 * permitted from then on and logged, for `jhconf suggest` to make lines of.
 */
#ifndef HV_LEARN_H
#define HV_LEARN_H

#include <hv/types.h>

/** learn_init() - from the system's flags, JH_SYSTEM_* */
void learn_init(u32 flags);

/**
 * learn_access() - root accessed an address that nothing maps for it
 * @kind:	"read", "write" or "fetch"
 *
 * Return: true if root is to try again.
 */
bool learn_access(u64 address, const char *kind);

#endif
