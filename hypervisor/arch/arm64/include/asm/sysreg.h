/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Access to system registers, and the fields that are used here (Arm ARM DDI 0487, D19; GIC
 * architecture IHI 0069, 12.2).
 */
#ifndef ASM_SYSREG_H
#define ASM_SYSREG_H

#ifdef __ASSEMBLER__
#define UL(x)	x
#else
#include <hv/types.h>

#define UL(x)	x##UL

#define read_sysreg(name)					\
({								\
	u64 value_;						\
	asm volatile("mrs %0, " #name : "=r" (value_));		\
	value_;							\
})

#define write_sysreg(value, name)				\
	asm volatile("msr " #name ", %x0" :: "rZ" ((u64)(value)))

#define isb()		asm volatile("isb" ::: "memory")
#define dsb(domain)	asm volatile("dsb " #domain ::: "memory")
#define dmb(domain)	asm volatile("dmb " #domain ::: "memory")
#endif

/* HCR_EL2 */
#define HCR_VM		(UL(1) << 0)
#define HCR_SWIO	(UL(1) << 1)
#define HCR_FMO		(UL(1) << 3)
#define HCR_IMO		(UL(1) << 4)
#define HCR_AMO		(UL(1) << 5)
#define HCR_VSE		(UL(1) << 8)
#define HCR_TWI		(UL(1) << 13)
#define HCR_TSC		(UL(1) << 19)
#define HCR_TIDCP	(UL(1) << 20)
#define HCR_TACR	(UL(1) << 21)
#define HCR_RW		(UL(1) << 31)
#define HCR_TLOR	(UL(1) << 35)
#define HCR_TERR	(UL(1) << 36)
#define HCR_APK		(UL(1) << 40)
#define HCR_API		(UL(1) << 41)
#define HCR_ENSCXT	(UL(1) << 53)
#define HCR_ATA		(UL(1) << 56)

/* HCR_EL2 of every guest, one reason a line. */
#define HCR_GUEST (HCR_VM |	/* stage 2 is what a cell is */ \
		   HCR_SWIO |	/* set/way invalidation also cleans: it reaches others' lines */ \
		   HCR_FMO |	/* group 0 interrupts are never a guest's */ \
		   HCR_AMO |	/* SErrors come here and go on to their owner */ \
		   HCR_TSC |	/* firmware calls are filtered */ \
		   HCR_RW)	/* EL1 is AArch64 */

/* HCRX_EL2: what EL1 may use */
#define HCRX_MSCEN	(UL(1) << 11)
#define HCRX_TCR2EN	(UL(1) << 14)
#define HCRX_SCTLR2EN	(UL(1) << 15)
#define HCRX_ENFPM	(UL(1) << 23)

/* CPTR_EL2 without VHE; TZ and TSM are RES1 where there is no SVE, no SME */
#define CPTR_RES1	UL(0x22ff)
#define CPTR_TZ		(UL(1) << 8)
#define CPTR_TSM	(UL(1) << 12)
#define CPTR_TTA	(UL(1) << 20)
#define CPTR_TAM	(UL(1) << 30)

/* CNTHCTL_EL2 without VHE */
#define CNTHCTL_EL1PCTEN	(UL(1) << 0)
#define CNTHCTL_EL1PCEN		(UL(1) << 1)

/* HFGRTR_EL2, HFGWTR_EL2, HDFGWTR_EL2: what does not trap */
#define HFG_NACCDATA_EL1	(UL(1) << 50)
#define HFG_NGCS_EL0		(UL(1) << 52)
#define HFG_NGCS_EL1		(UL(1) << 53)
#define HFG_NSMPRI_EL1		(UL(1) << 54)
#define HFG_NRCWMASK_EL1	(UL(1) << 56)
#define HFG_NPIRE0_EL1		(UL(1) << 57)
#define HFG_NPIR_EL1		(UL(1) << 58)
#define HFG_NPOR_EL0		(UL(1) << 59)
#define HFG_NPOR_EL1		(UL(1) << 60)
#define HFG_NS2POR_EL1		(UL(1) << 61)
#define HFG_NMAIR2_EL1		(UL(1) << 62)
#define HFG_NAMAIR2_EL1		(UL(1) << 63)
#define HDFG_NBRBCTL		(UL(1) << 60)

/* MPAM2_EL2 */
#define MPAM2_TRAPMPAM1EL1	(UL(1) << 48)
#define MPAM2_TRAPMPAM0EL1	(UL(1) << 49)

/* SCTLR_EL2 */
#define SCTLR_EL2_RES1	0x30c50830
#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_SA	(1 << 3)
#define SCTLR_I		(1 << 12)
#define SCTLR_WXN	(1 << 19)

/* SCTLR_EL1 after reset: RES1 bits, everything off */
#define SCTLR_EL1_RESET	0x30d00800

/* TCR_EL2: 4 KiB granule, write-back inner-shareable walks; PS is added at run time */
#define TCR_EL2_RES1	((1 << 31) | (1 << 23))
#define TCR_T0SZ(bits)	(64 - (bits))
#define TCR_IRGN0_WBWA	(1 << 8)
#define TCR_ORGN0_WBWA	(1 << 10)
#define TCR_SH0_INNER	(3 << 12)
#define TCR_WALKS	(TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER)
#define TCR_PS_SHIFT	16

/* VTCR_EL2 */
#define VTCR_RES1	(UL(1) << 31)
#define VTCR_SL0(level)	((u64)(2 - (level)) << 6)
#define VTCR_PS_SHIFT	16

/* SPSR_EL2 */
#define SPSR_EL1H_MASKED 0x3c5
#define SPSR_EL2H_MASKED 0x3c9
#define SPSR_M_EL0T	0x0
#define SPSR_M_EL1T	0x4
#define SPSR_M_EL1H	0x5
#define SPSR_SS		(UL(1) << 21)
#define SPSR_BTYPE	(UL(3) << 10)

/* ESR_EL2 */
#define ESR_EC(esr)	((esr) >> 26 & 0x3f)
#define ESR_IL		(UL(1) << 25)
#define EC_UNKNOWN	0x00
#define EC_WFX		0x01
#define EC_HVC64	0x16
#define EC_SMC64	0x17
#define EC_SYSREG	0x18
#define EC_IABT_LOW	0x20
#define EC_DABT_LOW	0x24
#define EC_DABT_CUR	0x25

/* ISS of a trapped MSR or MRS (Arm ARM D19.2.37), without Rt (bits 9:5) and direction (bit 0) */
#define ISS_SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ISS_ICC_SGI1R	ISS_SYSREG(3, 0, 12, 11, 5)

/* MDCR_EL2 */
#define MDCR_HPMN	0x1fUL
#define MDCR_TPMCR	(UL(1) << 5)
#define MDCR_TPM	(UL(1) << 6)
#define MDCR_TDOSA	(UL(1) << 10)
#define MDCR_TDRA	(UL(1) << 11)
#define MDCR_E2PB	(UL(3) << 12)
#define MDCR_TPMS	(UL(1) << 14)
#define MDCR_HPMD	(UL(1) << 17)
#define MDCR_TTRF	(UL(1) << 19)
#define MDCR_HCCD	(UL(1) << 23)
#define MDCR_E2TB	(UL(3) << 24)
#define MDCR_TDCC	(UL(1) << 27)

/* ICH_HCR_EL2, ICH_VMCR_EL2, ICH_LR<n>_EL2 */
#define ICH_HCR_EN	(UL(1) << 0)
#define ICH_HCR_UIE	(UL(1) << 1)
#define ICH_VMCR_VENG1	(UL(1) << 1)
#define ICH_VMCR_VEOIM	(UL(1) << 9)
#define ICH_VMCR_VBPR1_SHIFT	18
#define ICH_VMCR_VPMR_SHIFT	24
#define ICC_CTLR_EOIMODE	(UL(1) << 1)
#define ICC_SRE_ON		7	/* system registers; IRQ and FIQ bypass disabled */

#endif
