/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fixed-width types and the few macros that every inmate needs.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_TYPES_H
#define INMATE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1UL << (n))

#define __noreturn	__attribute__((__noreturn__))
#define __printf(f, a)	__attribute__((__format__(__printf__, f, a)))

/* An inmate has at most this many CPUs; start.S reserves a stack for each. */
#define INMATE_MAX_CPUS	8

#endif
