/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and register values of the native shim.
 *
 * Copyright (c) The jh authors
 */
#ifndef NATIVE_H
#define NATIVE_H

#include <inmate/types.h>

#define NATIVE_CPUS		8

/* Physical addresses that QEMU loads files to; native/run has them, too. */
#define NATIVE_CMDLINE		0x41f00000UL
#define NATIVE_IMAGE		0x42000000UL

/* Guest-physical. */
#define NATIVE_RAM_SIZE		0x1000000UL
#define NATIVE_COMM		0x80000000UL

/* QEMU virt. */
#define NATIVE_DEVICES		0x08000000UL
#define NATIVE_DEVICES_END	0x0a000000UL
#define NATIVE_GICD		0x08000000UL
#define NATIVE_GICC		0x08010000UL
#define NATIVE_GICR		0x080a0000UL
#define NATIVE_UART		0x09000000UL

/* Stage 2 descriptors: read-write, accessed, Normal write-back inner shareable or Device. */
#define S2_TABLE		3UL
#define S2_PAGE			2UL
#define S2_NORMAL		(1UL | 0xf << 2 | 3 << 6 | 3 << 8 | 1 << 10)
#define S2_DEVICE		(1UL | 1 << 2 | 3 << 6 | 1 << 10)

/* 39-bit input from level 1, 40-bit output, walks write-back inner shareable. */
#define VTCR			(25 | 1 << 6 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16 | BIT(31))
/* VM, TSC, RW: stage 2, smc traps, EL1 is AArch64; interrupts go straight to EL1. */
#define HCR			(BIT(0) | BIT(19) | BIT(31))

#define CLASS_HVC		0x16
#define CLASS_SMC		0x17

struct native_cpu;

extern u8 native_entry_secondary[];

void __noreturn native_enter(u64 pc, u64 x0);
void __noreturn native_first_cpu(void);
void __noreturn native_secondary(const struct native_cpu *cpu);
void native_trap(u64 *x, u64 vector);

#endif
