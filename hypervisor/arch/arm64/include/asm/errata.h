/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Errata of the CPUs that jh knows. What is worked around at build time, for all CPUs:
 * 843419 and 835769 (A53) by the linker, 819472, 824069, 826319 and 827319 (A53, clean by address)
 * by never cleaning without invalidating.
 */
#ifndef ASM_ERRATA_H
#define ASM_ERRATA_H

#include <hv/types.h>

#define ERRATUM_SPECULATIVE_AT	0x1	/* address translation ahead of a VMID switch is cached */
#define ERRATUM_BRANCH_TARGET	0x2	/* predictors must be invalidated on entry to EL2 */
#define ERRATUM_STAGE2_FIRST	0x4	/* a stage 2 fault hides one of stage 1 (A57 834220) */
#define ERRATUM_REPEAT_TLBI	0x8	/* accesses may outlive the first TLBI and DSB */

/**
 * errata_of() - which work-arounds a CPU needs
 * @midr:	MIDR_EL1
 * @csv2:	ID_AA64PFR0_EL1.CSV2: not 0, the predictors keep contexts apart
 *
 * Return: a set of ERRATUM_*.
 */
u32 errata_of(u64 midr, u32 csv2);

/*
 * Faults of interrupt controllers. QEMU's model of the GICv2 (10.0; hw/intc/arm_gic.c) does not
 * look at the physical interrupts when a guest's end deactivates one by way of a list register: one
 * whose line is high by then is signalled only when something else changes in the GIC.
 */
#define GIC_ERRATUM_FORGETS_LEVELS	0x1

/** errata_of_gicv2() - of the controller with this GICC_IIDR: a set of GIC_ERRATUM_* */
u32 errata_of_gicv2(u32 iidr);

/** errata_detect() - add the executing CPU's errata to errata_machine; called once on each CPU */
void errata_detect(void);

extern u32 errata_machine;

/** errata_has() - does some CPU of the machine need this work-around? */
static inline bool errata_has(u32 erratum)
{
	return errata_machine & erratum;
}

/** struct errata_ids - the input of errata_mitigation(): registers of a CPU */
struct errata_ids {
	u64 midr;
	u64 pfr0;
	u64 isar2;
	u64 mmfr1;
	u32 errata;	/* errata_of() */
};

#define CSV2_3			3	/* FEAT_CSV2_3: branch history is kept apart */
#define MITIGATION_CLRBHB	0x100	/* by the instruction */
#define MITIGATION_FIRMWARE	0x80000000U	/* by the call of this identifier */

/**
 * errata_mitigation() - what has to be done at EL2 against trained branch predictors
 * @firmware_has:	does firmware offer this call?
 *
 * Return: 0: nothing; below 0x100: so many rounds of branches before an indirect one, or
 * MITIGATION_CLRBHB (branch_x<n> in vectors.S); with MITIGATION_FIRMWARE the identifier of a
 * firmware call, made on entry (vectors_mitigating).
 */
u32 errata_mitigation(const struct errata_ids *ids, bool (*firmware_has)(u32 id));

/** errata_init() - @trust_guests: no mitigation against speculative attacks by guests */
void errata_init(bool trust_guests);

/** errata_vectors() - the vectors that this CPU needs, for VBAR_EL2 */
u64 errata_vectors(void);

#endif
