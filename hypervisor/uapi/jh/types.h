/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Fixed-width types for the headers of this folder: the kernel's where there is a kernel or libc
 * with its headers, these in freestanding code.
 */
#ifndef JH_TYPES_H
#define JH_TYPES_H

#if defined(__ASSEMBLER__)
/* Only macros for assembler. */
#elif defined(__KERNEL__) || defined(__linux__)
#include <linux/types.h>
#else
typedef __UINT8_TYPE__ __u8;
typedef __UINT16_TYPE__ __u16;
typedef __UINT32_TYPE__ __u32;
typedef unsigned long long __u64;
typedef __INT32_TYPE__ __s32;
typedef long long __s64;
#endif

#endif
