/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but private memory is an array, indexed by fake64_cpu.
 */
#ifndef FAKE64_ASM_PERCPU_H
#define FAKE64_ASM_PERCPU_H

#include <asm/host.h>
#include_next <asm/percpu.h>

#define FAKE64_CPUS	8

extern u32 fake64_cpu;
extern struct percpu fake64_percpu[FAKE64_CPUS];
extern struct regs fake64_regs[FAKE64_CPUS];
extern u64 fake64_private_table[512];

#undef this_percpu
#define this_percpu	(&fake64_percpu[fake64_cpu])
#undef guest_regs
#define guest_regs	(&fake64_regs[fake64_cpu])
#undef private_table
#define private_table	fake64_private_table

#endif
