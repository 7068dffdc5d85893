/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What the parts of the machine need of each other and tests do not.
 */
#ifndef TEST_MACHINE_INSIDE_H
#define TEST_MACHINE_INSIDE_H

#include "machine.h"

/** machine_preempt() - another CPU may come first here */
void machine_preempt(void);

u64 machine_mpidr(u32 cpu);

/** frames_ack() - the interrupt acknowledge register; one that finds nothing there sleeps again */
u32 frames_ack(void);

/* A register of the interrupt controller by its name; false: it is none. */
bool frames_read_sysreg(const char *name, u64 *value);
bool frames_write_sysreg(const char *name, u64 value);

/** board_reset() - the hypervisor's memory, root's, and what lies in it for the entry */
void board_reset(u32 version);

extern struct jh_boot_info *const board_info;

#endif
