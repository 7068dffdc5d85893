/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but firmware is a function of the test.
 */
#ifndef FAKE64_ASM_SMCCC_H
#define FAKE64_ASM_SMCCC_H

#include <asm/host.h>
#include <asm/percpu.h>

/* Registers of arm64 have no names here: the function that uses them is never called. */
#define asm(name)
#define smccc_firmware	smccc_firmware_of_arm64
#include_next <asm/smccc.h>
#undef smccc_firmware
#undef asm

s64 smccc_firmware(u32 id, u64 arg1, u64 arg2, u64 arg3);

#endif
