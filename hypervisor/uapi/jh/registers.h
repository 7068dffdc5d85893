/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * The registers of a crash record (jh/report.h), by architecture: their order, and their names.
 */
#ifndef JH_REGISTERS_H
#define JH_REGISTERS_H

#include <jh/image.h>
#include <jh/types.h>

#define JH_MAX_REGISTERS	36

/* General registers, and PSTATE as SPSR_EL2 holds it. The syndrome is ESR_EL2. */
#define JH_REGISTERS_ARM64(X) \
X(x0) X(x1) X(x2) X(x3) X(x4) X(x5) X(x6) X(x7) X(x8) X(x9) X(x10) X(x11) X(x12) X(x13) X(x14) \
X(x15) X(x16) X(x17) X(x18) X(x19) X(x20) X(x21) X(x22) X(x23) X(x24) X(x25) X(x26) X(x27) X(x28) \
X(x29) X(x30) X(pstate)

/** jh_register_name() - of a register of a record; "?" for one that is not known here */
static inline const char *jh_register_name(__u32 arch, __u32 number)
{
#define JH_REGISTER_NAME(name) #name,
	static const char *const arm64[] = { JH_REGISTERS_ARM64(JH_REGISTER_NAME) };
#undef JH_REGISTER_NAME

	return arch == JH_ARCH_ARM64 && number < sizeof(arm64) / sizeof(arm64[0]) ?
	       arm64[number] : "?";
}

#endif
