// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * SErrors belong to the guest that runs: it gets them, and leaves none for the CPU's next owner.
 */
#include <asm/context.h>
#include <asm/controls.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <hv/cpu.h>
#include <jh/hypercall.h>

/* ESR_EL2 of an SError: IDS and ISS, which are VSESR_EL2's fields as well (Arm ARM D19.2.160). */
#define ESR_SERROR	0x1ffffffUL

/* Give the SError to the guest as a virtual one, which it takes once it unmasks them. */
void trap_serror(void)
{
	cpu_count(JH_STAT_OTHER);
	/* With its syndrome: without one Linux takes a corrected error for a fatal one. */
	if (this_percpu->features & HAS_RAS)
		write_sysreg(read_sysreg(esr_el2) & ESR_SERROR, s3_4_c5_c2_3);	/* VSESR_EL2 */
	write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2);
}

void trap_el2_serror(void)
{
	cpu_count(JH_STAT_OTHER);
}

void serror_drain(void)
{
	u64 elr = read_sysreg(elr_el2), spsr = read_sysreg(spsr_el2);

	dsb(sy);
	isb();
	if (this_percpu->features & HAS_RAS) {
		/* ESB: an SError that the guest caused is deferred to DISR_EL1 if it is masked. */
		asm volatile("hint #16" ::: "memory");
		write_sysreg(0, s3_0_c12_c1_1);				/* DISR_EL1 */
	}
	asm volatile("msr daifclr, #4; isb; msr daifset, #4" ::: "memory");
	write_sysreg(elr, elr_el2);
	write_sysreg(spsr, spsr_el2);
}
