// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * GICv2 (GIC-400): physical and virtual CPU interface. IHI 0048, chapters 3 and 5.
 *
 * Without the Security Extensions, Linux uses group 0, with them group 1 in a view that shows no
 * other; either way bit 0 of GICC_CTLR enables what there is, and interrupts stay in the group in
 * which they were found. For guests all interrupts are in group 0 of the virtual interface, which
 * bit 0 of the GICC_CTLR that they see enables.
 */
#include <asm/errata.h>
#include <asm/sysreg.h>
#include <config.h>
#include <gic/affinity.h>
#include <gic/frame.h>
#include <gic/gicv2.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/spinlock.h>
#include <refuse.h>

#define GICD_V2_PIDR2		0x0fe8
#define ARCH_VERSION		2
#define ACTIVE_PRIORITIES	4	/* GICC_APR<n>, GICC_NSAPR<n>; not all of them need exist */

/*
 * A frame of this size is one of 4 KiB registers repeated 16 times in 64 KiB, followed by the same
 * for the next 4 KiB: they are contiguous in the middle (the arrangement for 64 KiB pages).
 */
#define MIRRORED_SIZE		0x20000
#define MIRRORED_START		0xf000

const u64 gic_direct_hcr = HCR_IMO | HCR_FMO;
struct gicv2 gicv2;

static spinlock_t prepare_lock;

static u64 start_of(u64 size)
{
	return size >= MIRRORED_SIZE ? MIRRORED_START : 0;
}

/* --- list registers: GICH_LR<n> has the fields of ICH_LR<n>_EL2 in 32 bits --- */

u64 gic_lr_read(u32 n)
{
	u64 lr = read32(gicv2.gich, GICH_LR + 4 * n);

	return FIELD(lr, 9, 0) | FIELD(lr, 19, 10) << LR_PINTID_SHIFT |
	       FIELD(lr, 27, 23) << 3 << LR_PRIORITY_SHIFT | FIELD(lr, 29, 28) << 62 |
	       (lr & GICH_LR_HW ? LR_HW : 0);
}

void gic_lr_write(u32 n, u64 value)
{
	u64 lr = FIELD(value, 9, 0) | FIELD(value, 41, 32) << 10 | FIELD(value, 55, 51) << 23 |
		 FIELD(value, 63, 62) << 28 | (value & LR_HW ? GICH_LR_HW : 0);

	write32(gicv2.gich, GICH_LR + 4 * n, (u32)lr);
}

void gic_lr_put_first(u64 value)
{
	u32 priority = (u32)(value >> (LR_PRIORITY_SHIFT - GICH_LR_PRIORITY_SHIFT));

	write32(gicv2.gich, GICH_LR, (u32)GICH_LR_PENDING | LR_VINTID(value) |
		(priority & GICH_LR_PRIORITY(0xff)));
}

void gic_lr_clear(u32 n)
{
	write32(gicv2.gich, GICH_LR + 4 * n, 0);
}

u64 gic_lr_empty(void)
{
	return read32(gicv2.gich, GICH_ELRSR0);
}

/*
 * GIC_ERRATUM_FORGETS_LEVELS. The line of the maintenance interrupt is one of the things that make
 * the model look again. With a list register that is in use for ever and the wish to hear of
 * underflow, the line falls when an interrupt goes to the guest and rises when the last one ends.
 * The interrupt itself is enabled only while somebody waits for it, so no exit is added.
 */
#define LR_IN_USE		(LR_ACTIVE | 1023)	/* of a number that no guest can end */

static void enable_maintenance(bool on)
{
	ppi_write(on ? GICD_ISENABLER : GICD_ICENABLER, 1U << ppi_maintenance);
}

void gic_await_end(void)
{
	if (gicv2.forgets)
		enable_maintenance(true);
}

static bool end_is_awaited(void)
{
	u64 busy = lr_busy();

	for (; busy; busy &= busy - 1) {
		u32 lr = read32(gicv2.gich, GICH_LR + 4 * (u32)__builtin_ctzl(busy));

		if ((lr & (GICH_LR_HW | GICH_LR_EOI)) == GICH_LR_EOI)
			return true;
	}
	return false;
}

void gic_lr_underflow(bool on)
{
	if (unlikely(gicv2.forgets)) {
		enable_maintenance(on || end_is_awaited());
		on = true;
	}
	write32(gicv2.gich, GICH_HCR, GICH_HCR_EN | (on ? GICH_HCR_UIE : 0));
}

static void clear_virtual_interface(void)
{
	u32 lrs = MIN((read32(gicv2.gich, GICH_VTR) & 0x3f) + 1, 32U), i;

	for (i = 0; i < lrs; i++)
		gic_lr_clear(i);
	if (gicv2.forgets)
		gic_lr_write(--lrs, LR_IN_USE);
	this_percpu->vgic.lr_all = BIT(lrs) - 1;
	/* Active priorities of the last guest would make the next one deaf. */
	write32(gicv2.gich, GICH_APR, 0);
}

/* --- the physical interface --- */

void gic_mask_guests(bool on)
{
	write32(gicv2.gicc, GICC_PMR, on ? PRIORITY_ONLY_EL2 : PRIORITY_ALL);
}

static void own_interface(void)
{
	u32 ctlr = read32(gicv2.gicc, GICC_CTLR);

	write32(gicv2.gicc, GICC_APR, 0);
	write32(gicv2.gicc, GICC_BPR, 0);
	/* EOImode 1: the priority drops at EL2, and the guest deactivates. */
	write32(gicv2.gicc, GICC_CTLR, ctlr | GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);
	gic_mask_guests(false);
	dsb(sy);
}

void gic_deactivate(u32 intid)
{
	write32(gicv2.gicc, GICC_DIR, intid);
}

/* All SGIs are enabled: one that the guest has disabled is withheld when it arrives. */
static void own_ppis(void)
{
	ppi_own(gicv2.native | 1U << DOORBELL_SGI | (gicv2.forgets ? 0 : 1U << ppi_maintenance));
}

/* --- enable --- */

int gic_check(const void *config, struct jh_error *error)
{
	struct gic_frame gicd = gic_frame(config, JH_UNIT_GICD);
	struct gic_frame gicc = gic_frame(config, JH_UNIT_GICC);
	struct gic_frame gicv = gic_frame(config, JH_UNIT_GICV);
	u64 gicc_start = start_of(gicc.size), gicv_start = start_of(gicv.size);

	/* A frame of this version alone: the driver may have loaded the image of the other one. */
	if (!gicc.size)
		return refuse_value(error, JH_ERR_IMAGE_GIC, JH_OBJ_IMAGE, 0, 3, ARCH_VERSION);
	if (gicc.size < gicc_start + GICC_USED || gicv.size < gicv_start + GICC_USED)
		return refuse_value(error, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT,
				    JH_ERROR_UNIT(JH_UNIT_GICC, 0), gicc.pa, 0);
	gicv2 = (struct gicv2){
		.gicd = gicd.va,
		.gicc = gicc.va + gicc_start,
		.gich = gic_frame(config, JH_UNIT_GICH).va,
		.gicd_pa = gicd.pa,
		.gicc_pa = gicc.pa + gicc_start,
		.gicv_pa = gicv.pa + gicv_start,
		.repeats = gicc_start && gicv_start ? MIRRORED_SIZE / GICC_USED : 1,
		.native = SGIS & ~(1U << DOORBELL_SGI),
	};
	ppi_init((u32)gicd.argument);
	gicv2.forgets = errata_of_gicv2(read32(gicv2.gicc, GICC_IIDR)) & GIC_ERRATUM_FORGETS_LEVELS;
	gicv2.ctlr = read32(gicv2.gicc, GICC_CTLR) & ~(u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);
	if ((read32(gicv2.gicd, GICD_V2_PIDR2) >> 4 & 0xf) == ARCH_VERSION &&
	    (read32(gicv2.gicc, GICC_IIDR) >> 16 & 0xf) == ARCH_VERSION)
		return 0;
	return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICD, 0),
			    gicd.pa, 0);
}

void gic_build(void)
{
	gicd_init(gicv2.gicd, ARCH_VERSION);
}

void gic_describe(struct jh_comm_region *comm)
{
	comm->gic_version = ARCH_VERSION;
	comm->gicd_base = gicv2.gicd_pa;
	comm->gicc_base = gicv2.gicc_pa;
}

/* The number of this CPU's interface: a bit in each banked GICD_ITARGETSR byte that exists. */
static u32 interface_bit(void)
{
	u32 bits = 0, i;

	for (i = 0; i < INTID_SPI; i += 4)
		bits |= read32(gicd_base, GICD_ITARGETSR + i);
	bits |= bits >> 16;
	bits = (bits | bits >> 8) & 0xff;
	/* With a single CPU the registers are not there. */
	return bits ? bits : 1;
}

int gic_cpu_prepare(u32 cpu, struct jh_error *error)
{
	u32 bit = interface_bit();
	int err = bit & (bit - 1) ? -EINVAL : 0;

	if (err)
		return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT,
				    JH_ERROR_UNIT(JH_UNIT_GICD, 0), gicv2.gicd_pa, 0);
	this_percpu->ppi_base = gicd_base;
	spin_lock(&prepare_lock);
	cpus[cpu].arch.doorbell = gicv2_sgir(bit, DOORBELL_SGI);
	err = affinity_add(cpu, (u64)__builtin_ctz(bit));
	/* Linux enables those that it uses; the others may be secure. */
	gicv2.native &= ppi_read(GICD_ISENABLER);
	spin_unlock(&prepare_lock);
	return err;
}

/* --- a CPU's way --- */

void gic_cpu_commit(void)
{
	u32 ctlr = read32(gicv2.gicc, GICC_CTLR);
	u32 vmcr = read32(gicv2.gicc, GICC_PMR) >> 3 << GICH_VMCR_PMR_SHIFT |
		   (read32(gicv2.gicc, GICC_BPR) & 7) << GICH_VMCR_BPR_SHIFT;

	if (ctlr & GICC_CTLR_EOIMODE)
		vmcr |= GICH_VMCR_EOIMODE;
	if (ctlr & GICC_CTLR_ENABLE)
		vmcr |= GICH_VMCR_ENABLE;
	clear_virtual_interface();
	write32(gicv2.gich, GICH_VMCR, vmcr);
	gic_lr_underflow(false);
	own_ppis();
	own_interface();
}

void gic_cpu_release(void)
{
	u32 vmcr = read32(gicv2.gich, GICH_VMCR);
	u32 ctlr = read32(gicv2.gicc, GICC_CTLR) & ~(u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);

	write32(gicv2.gich, GICH_HCR, 0);
	if (gicv2.forgets)
		gic_lr_clear((u32)__builtin_ctzl(~this_percpu->vgic.lr_all));
	ctlr |= vmcr & GICH_VMCR_EOIMODE ? GICC_CTLR_EOIMODE : 0;
	ctlr |= vmcr & GICH_VMCR_ENABLE ? GICC_CTLR_ENABLE : 0;
	write32(gicv2.gicc, GICC_BPR, vmcr >> GICH_VMCR_BPR_SHIFT & 7);
	write32(gicv2.gicc, GICC_PMR, vmcr >> GICH_VMCR_PMR_SHIFT << 3);
	write32(gicv2.gicc, GICC_CTLR, ctlr);
	dsb(sy);
}

/* Undo whatever a guest with direct interrupts did to the physical interface, which it accessed. */
static void take_interface(void)
{
	u32 i;

	/* The doorbell too may have been taken by the guest. Requests are looked at later. */
	write8(gicd_base, GICD_CPENDSGIR + DOORBELL_SGI, 0xff);
	ppi_write(GICD_ICACTIVER, SGIS);
	/* Split, so that an end below deactivates nothing. */
	write32(gicv2.gicc, GICC_CTLR, gicv2.ctlr | (u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE));
	for (i = 0; i < ACTIVE_PRIORITIES; i++) {
		write32(gicv2.gicc, GICC_APR + 4 * i, 0);
		write32(gicv2.gicc, GICC_NSAPR + 4 * i, 0);
	}
	/* QEMU looks at these registers only when something ends. */
	if (read32(gicv2.gicc, GICC_RPR) != PRIORITY_IDLE)
		write32(gicv2.gicc, GICC_EOIR, ppi_maintenance);
}

static void give_interface(void)
{
	ppi_write(GICD_ICENABLER, 1U << ppi_maintenance);
	ppi_reset_sgis();
	write32(gicv2.gich, GICH_HCR, 0);
	/* As after a reset: disabled, and everything masked. */
	write32(gicv2.gicc, GICC_CTLR, gicv2.ctlr);
	write32(gicv2.gicc, GICC_PMR, 0);
	dsb(sy);
}

void gic_cpu_park(bool direct)
{
	write32(gicv2.gich, GICH_HCR, 0);
	write32(gicv2.gich, GICH_VMCR, 0);
	clear_virtual_interface();
	if (direct) {
		take_interface();
		own_ppis();
		own_interface();
	}
	gic_mask_guests(true);
	dsb(sy);
}

void gic_cpu_reset(bool direct)
{
	gic_lr_underflow(false);
	own_ppis();
	own_interface();
	if (direct)
		give_interface();
}

bool gic_doorbell_wakes(void)
{
	return read32(gicv2.gicc, GICC_CTLR) & GICC_CTLR_ENABLE && read32(gicv2.gicc, GICC_PMR) &&
	       read32(gicv2.gicc, GICC_RPR) == PRIORITY_IDLE && !gicd_is_active(DOORBELL_SGI);
}

void gic_ring(const struct arch_cpu *target)
{
	gicv2_ring((u32)target->doorbell);
}

void gic_kick(u64 cpu_mask)
{
	u32 sgir = 0;

	while (cpu_mask)
		sgir |= (u32)cpus[cpu_mask_next(&cpu_mask)].arch.doorbell;
	gicv2_ring(sgir);
}

static u32 take_and_end(void)
{
	u32 iar = read32(gicv2.gicc, GICC_IAR);

	if (IAR_INTID(iar) < INTID_SPECIAL)
		gicv2_end(iar);
	return IAR_INTID(iar);
}

bool gic_wait(void)
{
	u32 intid;

	dsb(sy);
	asm volatile("wfi");
	intid = take_and_end();
	/* As in vsgi_v2_take(): the caller looks at its requests after GICC_IAR was read. */
	dmb(ishld);
	return intid == DOORBELL_SGI;
}

void gic_fiq(void)
{
	(void)take_and_end();
}

/* --- SPIs --- */

u64 gic_targets(u32 intid)
{
	u32 targets = read8(gicd_base, GICD_ITARGETSR + intid);
	u64 mask = 0;

	for (; targets; targets &= targets - 1)
		mask |= affinity_cpu_mask((u64)__builtin_ctz(targets));
	return mask;
}

void gic_route(u32 intid, u32 cpu)
{
	write8(gicd_base, GICD_ITARGETSR + intid, (u8)(1U << cpus[cpu].arch.affinity));
}
