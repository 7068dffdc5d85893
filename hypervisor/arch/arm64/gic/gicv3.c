// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * GICv3 and v4: the CPU interface by system registers. IHI 0069, chapters 4 and 12.
 */
#include <asm/context.h>
#include <config.h>
#include <gic/affinity.h>
#include <gic/frame.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/gicv3.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <hv/cpu.h>
#include <hv/spinlock.h>
#include <refuse.h>

#define ARCH_VERSION		3

const u64 gic_direct_hcr = HCR_IMO;
bool gicv3_nonsecure_priorities;

static struct gic_frame gicd, gicr;
static spinlock_t prepare_lock;

/* --- list registers --- */

#define LR_CASES(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) \
		    X(14) X(15)

u64 gic_lr_read(u32 n)
{
#define READ(i)	case i: return read_sysreg(ich_lr##i##_el2);
	switch (n) {
	LR_CASES(READ)
	}
#undef READ
	return 0;
}

void gic_lr_write(u32 n, u64 value)
{
#define WRITE(i) case i: write_sysreg(value, ich_lr##i##_el2); break;
	switch (n) {
	LR_CASES(WRITE)
	}
#undef WRITE
}

void gic_lr_put_first(u64 value)
{
	write_sysreg(value, ich_lr0_el2);
}

void gic_lr_clear(u32 n)
{
	gic_lr_write(n, 0);
}

u64 gic_lr_empty(void)
{
	return read_sysreg(ich_elrsr_el2);
}

void gic_lr_underflow(bool on)
{
	write_sysreg(ICH_HCR_EN | (on ? ICH_HCR_UIE : 0), ich_hcr_el2);
}

void gic_await_end(void)
{
}

static void clear_virtual_interface(void)
{
	u64 vtr = read_sysreg(ich_vtr_el2);
	u32 lrs = (u32)FIELD(vtr, 4, 0) + 1, prebits = (u32)FIELD(vtr, 28, 26) + 1, i;

	this_percpu->vgic.lr_all = BIT(lrs) - 1;
	for (i = 0; i < lrs; i++)
		gic_lr_clear(i);
	/* Active priorities of the last guest would make the next one deaf. */
	write_sysreg(0, ich_ap0r0_el2);
	write_sysreg(0, ich_ap1r0_el2);
	if (prebits >= 6) {
		write_sysreg(0, ich_ap0r1_el2);
		write_sysreg(0, ich_ap1r1_el2);
	}
	if (prebits >= 7) {
		write_sysreg(0, ich_ap0r2_el2);
		write_sysreg(0, ich_ap0r3_el2);
		write_sysreg(0, ich_ap1r2_el2);
		write_sysreg(0, ich_ap1r3_el2);
	}
}

/* --- the physical interface --- */

/*
 * With two security states (DS = 0) the distributor halves nonsecure priorities into the upper
 * half. The CPU interface counts them as they were written only if firmware takes Group 0
 * interrupts (SCR_EL3.FIQ); if not, it shows what the distributor has made of them (IHI 0069,
 * 4.8.6). Then the lowest bit of the mask can be set.
 */
static bool priorities_are_nonsecure(void)
{
	u64 pmr = read_sysreg(icc_pmr_el1), lowest;

	lowest = BIT(7 - FIELD(read_sysreg(icc_ctlr_el1), 10, 8));
	write_sysreg(lowest, icc_pmr_el1);
	lowest &= read_sysreg(icc_pmr_el1);
	write_sysreg(pmr, icc_pmr_el1);
	return lowest && !(read32(gicd_base, GICD_CTLR) & GICD_CTLR_DS);
}

void gic_mask_guests(bool on)
{
	u32 only_el2 = gicv3_nonsecure_priorities ? 0x80 | PRIORITY_ONLY_EL2 >> 1 :
						    PRIORITY_ONLY_EL2;

	write_sysreg(on ? only_el2 : PRIORITY_ALL, icc_pmr_el1);
}

static void own_interface(void)
{
	write_sysreg(0, icc_bpr1_el1);
	/* EOImode 1: the priority drops at EL2, and the guest deactivates. */
	write_sysreg(read_sysreg(icc_ctlr_el1) | ICC_CTLR_EOIMODE, icc_ctlr_el1);
	write_sysreg(1, icc_igrpen1_el1);
	gic_mask_guests(false);
	isb();
}

void gic_deactivate(u32 intid)
{
	write_sysreg(intid, icc_dir_el1);
}

/*
 * Priorities that a guest with direct interrupts left active would make EL2 deaf. QEMU
 * ignores the zeros where there are two security states; ends, which are split now, it counts.
 */
static __cold void clear_active_priorities(void)
{
	u32 prebits = (u32)FIELD(read_sysreg(ich_vtr_el2), 28, 26) + 1, i;

	write_sysreg(0, icc_ap1r0_el1);
	if (prebits >= 6)
		write_sysreg(0, icc_ap1r1_el1);
	if (prebits >= 7) {
		write_sysreg(0, icc_ap1r2_el1);
		write_sysreg(0, icc_ap1r3_el1);
	}
	isb();
	for (i = 0; i < 1U << prebits && read_sysreg(icc_rpr_el1) != PRIORITY_IDLE; i++)
		write_sysreg(ppi_maintenance, icc_eoir1_el1);
}

static void own_ppis(void)
{
	ppi_own(1U << DOORBELL_SGI | 1U << ppi_maintenance);
}

/* --- enable --- */

int gic_check(const void *config, struct jh_error *error)
{
	u32 arch;

	gicd = gic_frame(config, JH_UNIT_GICD);
	gicr = gic_frame(config, JH_UNIT_GICR);
	/* A frame of this version alone: the driver may have loaded the image of the other one. */
	if (!gicr.size)
		return refuse_value(error, JH_ERR_IMAGE_GIC, JH_OBJ_IMAGE, 0, 2, ARCH_VERSION);
	ppi_init((u32)gicd.argument);
	arch = read32(gicd.va, GICD_PIDR2) >> 4 & 0xf;
	if ((arch == 3 || arch == 4) && read32(gicr.va, GICR_PIDR2) >> 4 == arch &&
	    FIELD(read_sysreg(id_aa64pfr0_el1), 27, 24))
		return 0;
	return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICD, 0),
			    gicd.pa, 0);
}

void gic_build(void)
{
	gicd_init(gicd.va, ARCH_VERSION);
	gicr_init(gicr.va, gicr.size);
	gicv3_nonsecure_priorities = priorities_are_nonsecure();
}

void gic_describe(struct jh_comm_region *comm)
{
	comm->gic_version = ARCH_VERSION;
	comm->gicd_base = gicd.pa;
	comm->gicr_base = gicr.pa;
}

int gic_cpu_prepare(u32 cpu, struct jh_error *error)
{
	u64 mpidr = cpus[cpu].arch.mpidr;
	char *redistributor;
	int err;

	spin_lock(&prepare_lock);
	err = affinity_add(cpu, mpidr);
	cpus[cpu].arch.doorbell = (u64)DOORBELL_SGI << SGI1R_INTID_SHIFT | affinity_key(mpidr) |
				  1U << (mpidr & 0xf);
	redistributor = gicr_find(cpu, mpidr);
	spin_unlock(&prepare_lock);
	if (err || !redistributor)
		return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT,
				    JH_ERROR_UNIT(JH_UNIT_GICR, 0), gicr.pa, 0);
	this_percpu->ppi_base = redistributor + GICR_SGI_FRAME;
	return 0;
}

/* --- a CPU's way --- */

void gic_cpu_commit(void)
{
	u64 vmcr = read_sysreg(icc_pmr_el1) << ICH_VMCR_VPMR_SHIFT |
		   read_sysreg(icc_bpr1_el1) << ICH_VMCR_VBPR1_SHIFT;

	if (read_sysreg(icc_ctlr_el1) & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_VEOIM;
	if (read_sysreg(icc_igrpen1_el1) & 1)
		vmcr |= ICH_VMCR_VENG1;
	clear_virtual_interface();
	write_sysreg(vmcr, ich_vmcr_el2);
	gic_lr_underflow(false);
	own_ppis();
	own_interface();
}

void gic_cpu_release(void)
{
	u64 vmcr = read_sysreg(ich_vmcr_el2);
	u64 ctlr = read_sysreg(icc_ctlr_el1) & ~ICC_CTLR_EOIMODE;

	write_sysreg(0, ich_hcr_el2);
	write_sysreg(ctlr | (vmcr & ICH_VMCR_VEOIM ? ICC_CTLR_EOIMODE : 0), icc_ctlr_el1);
	write_sysreg(FIELD(vmcr, 20, 18), icc_bpr1_el1);
	write_sysreg(vmcr & ICH_VMCR_VENG1 ? 1 : 0, icc_igrpen1_el1);
	write_sysreg(FIELD(vmcr, 31, 24), icc_pmr_el1);
	isb();
}

void gic_cpu_park(bool direct)
{
	write_sysreg(0, ich_hcr_el2);
	write_sysreg(0, ich_vmcr_el2);
	clear_virtual_interface();
	if (direct) {
		own_ppis();
		own_interface();
		clear_active_priorities();
	}
	gic_mask_guests(true);
	isb();
}

/*
 * Direct interrupts: HCR_EL2.IMO is 0, FMO is 1. Acknowledging and ending are physical then, SGIs
 * trap, and the guest's writes to PMR, CTLR and DIR go to the virtual interface, where they do
 * nothing: so ending must deactivate, and nothing may be masked here (IHI 0069, 4.7 and 12.1.3).
 */
static __cold void give_interface(void)
{
	ppi_write(GICD_ICENABLER, 1U << ppi_maintenance);
	ppi_reset_sgis();
	dsb(sy);
	write_sysreg(0, ich_hcr_el2);
	write_sysreg(read_sysreg(icc_ctlr_el1) & ~ICC_CTLR_EOIMODE, icc_ctlr_el1);
	isb();
}

void gic_cpu_reset(bool direct)
{
	gic_lr_underflow(false);
	write_sysreg(ICC_SRE_ON, icc_sre_el1);
	own_ppis();
	own_interface();
	if (direct)
		give_interface();
}

bool gic_doorbell_wakes(void)
{
	return read_sysreg(icc_igrpen1_el1) & 1 && read_sysreg(icc_rpr_el1) == PRIORITY_IDLE &&
	       !gicd_is_active(DOORBELL_SGI);
}

void gic_ring(const struct arch_cpu *target)
{
	gicv3_ring(target->doorbell);
}

void gic_kick(u64 cpu_mask)
{
	while (cpu_mask)
		gicv3_ring(cpus[cpu_mask_next(&cpu_mask)].arch.doorbell);
	isb();
}

bool gic_wait(void)
{
	u32 intid;

	dsb(sy);
	asm volatile("wfi");
	intid = gicv3_ack();
	if (intid < INTID_SPECIAL)
		gicv3_end(intid);
	/* As in vsgi_v3_doorbell(): the caller looks at its requests now. */
	dsb(sy);
	return intid == DOORBELL_SGI;
}

void gic_fiq(void)
{
	u32 intid = (u32)read_sysreg(icc_iar0_el1) & 0xffffff;

	if (intid >= INTID_SPECIAL)
		return;
	write_sysreg(intid, icc_eoir0_el1);
	gic_deactivate(intid);
}

/* --- SPIs --- */

u64 gic_targets(u32 intid)
{
	u64 route = read64(gicd_base, GICD_IROUTER + 8UL * intid);

	return route & GICD_IROUTER_ANY ? ~0UL : affinity_cpu_mask(route);
}

void gic_route(u32 intid, u32 cpu)
{
	write64(gicd_base, GICD_IROUTER + 8UL * intid, cpus[cpu].arch.mpidr);
}
