/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Functions of the machine's files for each other, not for tests.
 */
#ifndef TEST_MACHINE_INSIDE_H
#define TEST_MACHINE_INSIDE_H

#include "machine.h"

/** board_reset() - the hypervisor's memory, root's, and what lies in it for the entry */
void board_reset(u32 version);

extern struct jh_boot_info *const board_info;

#endif
