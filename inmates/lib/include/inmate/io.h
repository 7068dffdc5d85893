/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Accesses to device memory, and the barriers between CPUs.
 *
 * The accessors are written in assembler so that each is one plain load or store: a hypervisor can
 * decode those from the syndrome register, but not the write-back forms a compiler may choose.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_IO_H
#define INMATE_IO_H

#include <inmate/types.h>

static inline u8 mmio_read8(u64 addr)
{
	u32 val;

	asm volatile("ldrb %w0, [%1]" : "=r"(val) : "r"(addr) : "memory");
	return val;
}

static inline u16 mmio_read16(u64 addr)
{
	u32 val;

	asm volatile("ldrh %w0, [%1]" : "=r"(val) : "r"(addr) : "memory");
	return val;
}

static inline u32 mmio_read32(u64 addr)
{
	u32 val;

	asm volatile("ldr %w0, [%1]" : "=r"(val) : "r"(addr) : "memory");
	return val;
}

static inline u64 mmio_read64(u64 addr)
{
	u64 val;

	asm volatile("ldr %0, [%1]" : "=r"(val) : "r"(addr) : "memory");
	return val;
}

static inline void mmio_write8(u64 addr, u8 val)
{
	asm volatile("strb %w0, [%1]" : : "rZ"(val), "r"(addr) : "memory");
}

static inline void mmio_write16(u64 addr, u16 val)
{
	asm volatile("strh %w0, [%1]" : : "rZ"(val), "r"(addr) : "memory");
}

static inline void mmio_write32(u64 addr, u32 val)
{
	asm volatile("str %w0, [%1]" : : "rZ"(val), "r"(addr) : "memory");
}

static inline void mmio_write64(u64 addr, u64 val)
{
	asm volatile("str %x0, [%1]" : : "rZ"(val), "r"(addr) : "memory");
}

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

static inline void dsb_sy(void)
{
	asm volatile("dsb sy" : : : "memory");
}

static inline void dsb_ish(void)
{
	asm volatile("dsb ish" : : : "memory");
}

static inline void dmb_ish(void)
{
	asm volatile("dmb ish" : : : "memory");
}

/* After a change of a table: invalidates old translations on all CPUs of the cell. */
static inline void tlb_flush(void)
{
	asm volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" : : : "memory");
}

static inline void wfi(void)
{
	asm volatile("dsb sy\n\twfi" : : : "memory");
}

/* For every loop that waits for another CPU or for time to pass. */
static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/* A load that the compiler neither caches nor splits, of memory another CPU writes. */
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#endif
