/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Bring-up of a listed root (root.memory = "learn"): an access outside of its list is permitted
 * from then on, and logged; `jhconf suggest` makes lines of the configuration from the log.
 */
#ifndef HV_LEARN_H
#define HV_LEARN_H

#include <hv/types.h>

/** learn_init() - turn learning on or off as the system's flags (JH_SYSTEM_*) say */
void learn_init(u32 flags);

/**
 * learn_access() - root accessed an address that is not mapped for it
 * @kind:	"read", "write" or "fetch"
 *
 * Return: true if root is to make the access again.
 */
bool learn_access(u64 address, const char *kind);

#endif
