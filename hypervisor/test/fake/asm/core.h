/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The inline part of hv/arch.h for architectures that exist in tests only: their tables, and how
 * they number interrupts, are in asm/guest.h.
 */
#ifndef ASM_CORE_H
#define ASM_CORE_H

#include <asm/guest.h>
#include <hv/addr.h>
#include <jh/image.h>

#define ARCH_SLOT_PAGES		8
#define ARCH_MAX_PAGES		8192
#define ROOT_MAP_FLAGS		(MAP_READ | MAP_WRITE | MAP_EXECUTE)

struct arch_cell {
	u32 initialised;
	u32 starts;	/* lives whose beginning was looked at */
};

struct arch_cpu {
	u64 unused;
};

extern u32 fake_self;

struct cell;
struct cpu;

void fake_relax(void);
struct cell *fake_this_cell(void);
u64 *fake_this_stats(void);
void *fake_va(u64 pa);
u64 fake_pa(const void *va);

static inline void *pa_to_va(pa_t pa)
{
	return fake_va(pa.a);
}

static inline pa_t va_to_pa(const void *va)
{
	return PA(fake_pa(va));
}

static inline void arch_relax(void)
{
	fake_relax();
}

static inline u32 this_cpu(void)
{
	return fake_self;
}

struct cpu *arch_cpu_self(void);

static inline struct cell *this_cell(void)
{
	return fake_this_cell();
}

static inline u64 *this_stats(void)
{
	return fake_this_stats();
}

#endif
