/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but system registers are found by name.
 */
#ifndef FAKE64_ASM_SYSREG_H
#define FAKE64_ASM_SYSREG_H

#include <asm/host.h>
#include_next <asm/sysreg.h>

u64 fake64_read_sysreg(const char *name);
void fake64_write_sysreg(const char *name, u64 value);

#undef read_sysreg
#define read_sysreg(name)		fake64_read_sysreg(#name)
#undef write_sysreg
#define write_sysreg(value, name)	fake64_write_sysreg(#name, (u64)(value))

/* A test of orders is told of barriers as well. */
#ifdef FAKE64_TELLS_BARRIERS
void fake64_barrier(const char *name);
#undef isb
#define isb()				fake64_barrier("isb")
#undef dsb
#define dsb(domain)			fake64_barrier("dsb " #domain)
#undef dmb
#define dmb(domain)			fake64_barrier("dmb " #domain)
#endif

#endif
