/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <jh/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define BIT(n)			(1UL << (n))
#define GENMASK(high, low)	((~0UL >> (63 - (high))) & (~0UL << (low)))
#define FIELD(value, high, low)	(((value) & GENMASK(high, low)) >> (low))

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)		(((x) + ((a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)

#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#define __noreturn		__attribute__((noreturn))
#define __noinline		__attribute__((noinline))
/*
 * The address is NULL in an image without the object. For use in tables of constants only: code
 * that takes the address would need a GOT, and a direct call would silently do nothing.
 */
#define __weak			__attribute__((weak))
/* For rare functions: compiled for size in files that are compiled for speed. */
#define __cold			__attribute__((cold))
#define __printf(f, a)		__attribute__((format(printf, f, a)))
#define __aligned(n)		__attribute__((aligned(n)))
#define __section(s)		__attribute__((section(s)))

#endif
