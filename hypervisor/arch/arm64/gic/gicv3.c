// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * GICv3 and v4: the CPU interface by system registers. IHI 0069, chapters 4 and 12.
 */
#include <asm/sysreg.h>
#include <config.h>
#include <gic/affinity.h>
#include <gic/frame.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/gicv3.h>
#include <gic/irqchip.h>
#include <gic/vgic.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/mmio_access.h>
#include <hv/spinlock.h>
#include <refuse.h>

#define PPI_EL2_TIMER		26
#define PPI_EL2_VIRTUAL_TIMER	28
#define SGIS			0xffffU

static struct gic_frame gicd, gicr;
static u32 maintenance;
static bool raw;		/* priorities here are not those of the distributor */
static spinlock_t prepare_lock;

static void *sgi_frame(void)
{
	return (char *)this_percpu->gicr + GICR_SGI_FRAME;
}

/* --- list registers --- */

#define LR_CASES(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) \
		    X(14) X(15)

static u64 lr_read(u32 n)
{
#define READ(i)	case i: return read_sysreg(ich_lr##i##_el2);
	switch (n) {
	LR_CASES(READ)
	}
#undef READ
	return 0;
}

static void lr_write(u32 n, u64 value)
{
#define WRITE(i) case i: write_sysreg(value, ich_lr##i##_el2); break;
	switch (n) {
	LR_CASES(WRITE)
	}
#undef WRITE
}

static u64 lr_empty(void)
{
	return gicv3_lr_empty();
}

static void lr_underflow(bool on)
{
	write_sysreg(ICH_HCR_EN | (on ? ICH_HCR_UIE : 0), ich_hcr_el2);
}

static void clear_virtual_interface(void)
{
	u64 vtr = read_sysreg(ich_vtr_el2);
	u32 lrs = (u32)FIELD(vtr, 4, 0) + 1, prebits = (u32)FIELD(vtr, 28, 26) + 1, i;

	this_percpu->vgic.lr_all = BIT(lrs) - 1;
	for (i = 0; i < lrs; i++)
		lr_write(i, 0);
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
 * With two security states (DS = 0) the distributor halves our priorities into the upper half. The
 * CPU interface counts them as we do only if firmware takes Group 0 interrupts (SCR_EL3.FIQ); if
 * not, it shows what the distributor has made of them (IHI 0069, 4.8.6). Then the lowest bit of
 * the mask can be set.
 */
static bool interface_is_raw(void)
{
	u64 pmr = read_sysreg(icc_pmr_el1), lowest;

	lowest = BIT(7 - FIELD(read_sysreg(icc_ctlr_el1), 10, 8));
	write_sysreg(lowest, icc_pmr_el1);
	lowest &= read_sysreg(icc_pmr_el1);
	write_sysreg(pmr, icc_pmr_el1);
	return lowest && !(read32(gicd.va, GICD_CTLR) & GICD_CTLR_DS);
}

static void hold(bool on)
{
	u32 only_el2 = raw ? 0x80 | PRIORITY_ONLY_EL2 >> 1 : PRIORITY_ONLY_EL2;

	write_sysreg(on ? only_el2 : PRIORITY_ALL, icc_pmr_el1);
}

static void own_interface(void)
{
	write_sysreg(0, icc_bpr1_el1);
	/* Dropping the priority and deactivating are two steps: the second is the guest's. */
	write_sysreg(read_sysreg(icc_ctlr_el1) | ICC_CTLR_EOIMODE, icc_ctlr_el1);
	write_sysreg(1, icc_igrpen1_el1);
	hold(false);
	isb();
}

static void deactivate(u32 intid)
{
	write_sysreg(intid, icc_dir_el1);
}

/*
 * What a guest that acknowledged physical interrupts itself left active would make us deaf. QEMU
 * ignores the zeros where there are two security states; ends, which are split now, it counts.
 */
static void clear_active_priorities(void)
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
		write_sysreg(maintenance, icc_eoir1_el1);
}

/* The doorbell and the maintenance interrupt are enabled and outrank everything else. */
static void own_ppis(void)
{
	void *frame = sgi_frame();

	write8(frame, GICR_IPRIORITYR0 + DOORBELL_SGI, PRIORITY_EL2);
	write8(frame, GICR_IPRIORITYR0 + maintenance, PRIORITY_EL2);
	write32(frame, GICR_ISENABLER0, 1U << DOORBELL_SGI | 1U << maintenance);
	/* Writes are posted; what follows relies on them. */
	dsb(sy);
}

static __cold int check(const void *config, struct jh_error *error)
{
	u32 arch;

	gicd = gic_frame(config, JH_UNIT_GICD);
	gicr = gic_frame(config, JH_UNIT_GICR);
	maintenance = (u32)gicd.argument;
	arch = read32(gicd.va, GICD_PIDR2) >> 4 & 0xf;
	if ((arch == 3 || arch == 4) && read32(gicr.va, GICR_PIDR2) >> 4 == arch &&
	    FIELD(read_sysreg(id_aa64pfr0_el1), 27, 24))
		return 0;
	return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICD, 0),
			    gicd.pa, 0);
}

static __cold int build(const void *config, struct jh_error *error)
{
	u32 hidden = 1U << maintenance | 1U << PPI_EL2_TIMER | 1U << PPI_EL2_VIRTUAL_TIMER;
	static const struct mmio_ops distributor = { gicd_access, gicd_read32, gicd_write32 };
	static const struct mmio_ops redistributors = { gicr_access, gicr_read32, gicr_write32 };
	u32 i;

	(void)config, (void)error;
	raw = interface_is_raw();
	gicd_init(gicd.va, 3);
	gicr_init(gicr.va, gicr.size, hidden);
	for (i = 1; i < ARRAY_SIZE(root_cell.irqs); i++)
		root_cell.irqs[i] = ~0U;
	if (mmio_add(gicd.pa, gicd.size, &distributor))
		return -ENOMEM;
	return mmio_add(gicr.pa, gicr.size, &redistributors);
}

static __cold int prepare_cpu(u32 cpu, struct jh_error *error)
{
	u64 mpidr = cpus[cpu].arch.mpidr;
	int err;

	spin_lock(&prepare_lock);
	err = affinity_add(cpu, mpidr);
	this_percpu->cluster = affinity_find(affinity_key(mpidr));
	this_percpu->cluster_bit = 1U << (mpidr & 0xf);
	this_percpu->gicr = gicr_find(cpu, mpidr);
	this_percpu->sgi_offset = gicr_offset(this_percpu->gicr) + GICR_SGI_FRAME;
	gicv3_sgis_virtual();
	spin_unlock(&prepare_lock);
	if (!err && this_percpu->gicr)
		return 0;
	return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICR, 0),
			    gicr.pa, 0);
}

static __cold void commit_cpu(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	void *frame = sgi_frame();
	u64 pmr = read_sysreg(icc_pmr_el1), bpr1 = read_sysreg(icc_bpr1_el1);
	u64 vmcr = pmr << ICH_VMCR_VPMR_SHIFT | bpr1 << ICH_VMCR_VBPR1_SHIFT;
	u32 i;

	if (read_sysreg(icc_ctlr_el1) & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_VEOIM;
	if (read_sysreg(icc_igrpen1_el1) & 1)
		vmcr |= ICH_VMCR_VENG1;

	/* SGIs on their way are ours to deliver from now on. */
	cpu->sgi_enabled = read32(frame, GICR_ISENABLER0) & SGIS;
	fetch_or(&cpu->sgi_pending, read32(frame, GICR_ISPENDR0) & SGIS);
	write32(frame, GICR_ICPENDR0, SGIS);
	for (i = 0; i < 4; i++)
		((u32 *)cpu->sgi_priority)[i] = read32(frame, GICR_IPRIORITYR0 + 4 * i);
	this_percpu->found_ppis = read32(frame, GICR_ISENABLER0) & 1U << maintenance;

	clear_virtual_interface();
	write_sysreg(vmcr, ich_vmcr_el2);
	lr_underflow(false);
	own_ppis();
	own_interface();
	affinity_set_unmanaged(this_cpu(), false);
	vgic_sgis();
}

static __cold void release_cpu(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	void *frame = sgi_frame();
	u64 vmcr = read_sysreg(ich_vmcr_el2), ctlr;
	u32 i;

	vgic_drain(true);
	vmcr = read_sysreg(ich_vmcr_el2);
	write_sysreg(0, ich_hcr_el2);

	for (i = 0; i < 16; i++)
		write8(frame, GICR_IPRIORITYR0 + i, cpu->sgi_priority[i]);
	write8(frame, GICR_IPRIORITYR0 + maintenance, PRIORITY_DEFAULT);
	write32(frame, GICR_ICENABLER0, (SGIS & ~cpu->sgi_enabled) |
		(1U << maintenance & ~this_percpu->found_ppis));
	write32(frame, GICR_ISENABLER0, cpu->sgi_enabled & SGIS);
	/* A doorbell that still rings is nothing for the guest; its own SGI is a bit. */
	write32(frame, GICR_ICPENDR0, 1U << DOORBELL_SGI);
	write32(frame, GICR_ISPENDR0, cpu->sgi_pending & SGIS);
	store_release(&cpu->sgi_pending, 0);
	dsb(sy);

	ctlr = read_sysreg(icc_ctlr_el1) & ~ICC_CTLR_EOIMODE;
	write_sysreg(ctlr | (vmcr & ICH_VMCR_VEOIM ? ICC_CTLR_EOIMODE : 0), icc_ctlr_el1);
	write_sysreg(FIELD(vmcr, 20, 18), icc_bpr1_el1);
	write_sysreg(vmcr & ICH_VMCR_VENG1 ? 1 : 0, icc_igrpen1_el1);
	write_sysreg(FIELD(vmcr, 31, 24), icc_pmr_el1);
	isb();
}

/*
 * SGIs and PPIs as after a reset, but for the doorbell, whose pending bit may be the request of
 * another CPU: a CPU's siblings send and set while it parks, and whoever checked that it runs may
 * store later. So this is done when a CPU parks, to make it quiet, and once more whenever it leaves
 * the parked state, when none of its last owner's CPUs runs any more.
 */
static void clear_own_irqs(void)
{
	struct arch_cpu *cpu = &this_percpu->self->arch;
	void *frame = sgi_frame();

	write32(frame, GICR_ICENABLER0, ~(1U << DOORBELL_SGI));
	write32(frame, GICR_ICPENDR0, ~(1U << DOORBELL_SGI));
	write32(frame, GICR_ICACTIVER0, ~0U);
	store_release(&cpu->sgi_enabled, 0);
	store_release(&cpu->sgi_pending, 0);
}

static void park_cpu(void)
{
	/* Root's interrupts go on to its other CPUs; a cell that stops loses its own. */
	vgic_drain(this_cell()->id == CELL_ROOT);
	write_sysreg(0, ich_hcr_el2);
	write_sysreg(0, ich_vmcr_el2);
	clear_virtual_interface();
	clear_own_irqs();
	if (cell_is_direct(this_cell())) {
		own_ppis();
		own_interface();
		clear_active_priorities();
	}
	hold(true);
	isb();
}

/*
 * Direct interrupts: HCR_EL2.IMO is 0, FMO is 1. Acknowledging and ending are physical then, SGIs
 * trap, and the guest's writes to PMR, CTLR and DIR go to the virtual interface, where they do
 * nothing: so ending must deactivate, and nothing may be masked here (IHI 0069, 4.7 and 12.1.3).
 */
static void own_interface_direct(void)
{
	u32 i;

	write32(sgi_frame(), GICR_ICENABLER0, 1U << maintenance);
	for (i = 0; i < 16; i++) {
		if (i != DOORBELL_SGI)
			write8(sgi_frame(), GICR_IPRIORITYR0 + i, PRIORITY_DEFAULT);
	}
	write32(sgi_frame(), GICR_ISENABLER0, SGIS);
	dsb(sy);
	write_sysreg(0, ich_hcr_el2);
	write_sysreg(read_sysreg(icc_ctlr_el1) & ~ICC_CTLR_EOIMODE, icc_ctlr_el1);
	isb();
	gicv3_sgis_direct();
}

static bool hears(void)
{
	return read_sysreg(icc_igrpen1_el1) & 1 && read_sysreg(icc_rpr_el1) == PRIORITY_IDLE &&
	       !(read32(sgi_frame(), GICR_ISACTIVER0) >> DOORBELL_SGI & 1);
}

void gicv3_cpu_reset(struct cell *cell)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	void *frame = sgi_frame();
	u32 i;

	/* The virtual interface is as park_cpu() left it. */
	clear_own_irqs();
	lr_underflow(false);
	write_sysreg(7, icc_sre_el1);
	__builtin_memset(cpu->sgi_priority, PRIORITY_DEFAULT, sizeof(cpu->sgi_priority));
	for (i = 16; i < 32; i += 4)
		write32(frame, GICR_IPRIORITYR0 + i, PRIORITY_DEFAULT * 0x01010101U);
	store_release(&cpu->sgi_enabled, SGIS);
	gicv3_sgis_virtual();
	own_ppis();
	own_interface();
	if (cell_is_direct(cell))
		own_interface_direct();
}

/* --- what arrives --- */

/* List registers run empty. */
static void __cold __noinline maintain(void)
{
	cpu_count(JH_STAT_MAINTENANCE);
	vgic_refill();
	/* The line is a level: it has fallen before the interrupt can come again. */
	isb();
	deactivate(maintenance);
}

void gicv3_irq(void)
{
	u32 intid = (u32)read_sysreg(icc_iar1_el1) & 0xffffff, priority;

	if (intid < 16) {
		gicv3_doorbell(intid);
		return;
	}
	if (intid >= INTID_SPECIAL && intid < INTID_LPI) {
		cpu_count(JH_STAT_OTHER);
		return;
	}
	/* The running priority is this interrupt's, as its owner set it. */
	priority = (u32)read_sysreg(icc_rpr_el1);
	if (unlikely(raw))
		priority = priority << 1 & 0xff;
	write_sysreg(intid, icc_eoir1_el1);
	if (unlikely(intid == maintenance)) {
		maintain();
		return;
	}
	cpu_count(JH_STAT_VIRQ);
	if (unlikely(intid >= INTID_SPECIAL)) {
		if (this_cell()->id == CELL_ROOT)
			vgic_lpi(intid, priority);
	} else if (unlikely(!vgic_owns(intid))) {
		vgic_foreign(intid);
	} else if (likely(gicv3_lr_empty() == this_percpu->vgic.lr_all)) {
		/* Nearly always nothing else is on its way. */
		write_sysreg(vgic_lr_hw(intid, priority), ich_lr0_el2);
	} else {
		vgic_hw(intid, priority);
	}
}

static void fiq(void)
{
	u32 intid = (u32)read_sysreg(icc_iar0_el1) & 0xffffff;

	if (intid >= INTID_SPECIAL)
		return;
	write_sysreg(intid, icc_eoir0_el1);
	deactivate(intid);
}

bool gicv3_wait(void)
{
	u32 intid;

	dsb(sy);
	asm volatile("wfi");
	intid = (u32)read_sysreg(icc_iar1_el1) & 0xffffff;
	if (intid < INTID_SPECIAL)
		gicv3_end(intid);
	/* As in gicv3_doorbell(): the caller looks at its requests now. */
	dsb(sy);
	return intid == DOORBELL_SGI;
}

static __cold void describe(struct jh_comm_region *comm)
{
	comm->gic_version = 3;
	comm->gicd_base = gicd.pa;
	comm->gicr_base = gicr.pa;
}

static u64 irq_cpus(u32 intid)
{
	u64 route = read64(gicd_base(), GICD_IROUTER + 8UL * intid);

	return route & GICD_IROUTER_ANY ? ~0UL : affinity_cpu_mask(route);
}

static void irq_route(u32 intid, u32 cpu)
{
	write64(gicd_base(), GICD_IROUTER + 8UL * intid, cpus[cpu].arch.mpidr);
}

const struct irqchip irqchip_gicv3 = {
	.version = 3,
	.direct = HCR_IMO,
	.check = check,
	.build = build,
	.cpu_prepare = prepare_cpu,
	.cpu_commit = commit_cpu,
	.cpu_release = release_cpu,
	.cpu_park = park_cpu,
	.cpu_reset = gicv3_cpu_reset,
	.standby = vgic_standby,
	.hears = hears,
	.fiq = fiq,
	.describe = describe,
	.irq_route = irq_route,
	.irq_cpus = irq_cpus,
	.put_sgi = vgic_put_sgi,
	.lr_read = lr_read,
	.lr_write = lr_write,
	.lr_empty = lr_empty,
	.lr_underflow = lr_underflow,
	.hold = hold,
	.deactivate = deactivate,
};
