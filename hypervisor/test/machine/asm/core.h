/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but the hypervisor's memory is an array of the test, and whoever waits for
 * another CPU lets it take its turn.
 */
#ifndef MACHINE_ASM_CORE_H
#define MACHINE_ASM_CORE_H

#include <hv/addr.h>

#define arch_relax	arch_relax_of_arm64
#define pa_to_va	pa_to_va_of_arm64
#define va_to_pa	va_to_pa_of_arm64
#include_next <asm/core.h>
#undef arch_relax
#undef pa_to_va
#undef va_to_pa

void machine_yield(void);
void *machine_va(u64 pa);
u64 machine_pa(const void *va);

static inline void arch_relax(void)
{
	machine_yield();
}

static inline void *pa_to_va(pa_t pa)
{
	return machine_va(pa.a);
}

static inline pa_t va_to_pa(const void *va)
{
	return PA(machine_pa(va));
}

#endif
