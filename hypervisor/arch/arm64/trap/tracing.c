// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <hv/arch.h>

/* VBAR_EL2 takes effect with the next exit: the eret before it synchronizes. */
void arch_trace(struct jh_trace_ring *ring)
{
	const char *table = this_percpu->firmware_call ? vectors_mitigating : vectors;

	if (ring) {
		this_percpu->trace = ring;
		table = this_percpu->firmware_call ? vectors_tracing_mitigating : vectors_tracing;
	}
	write_sysreg((u64)table, vbar_el2);
}
