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
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/gicv2.h>
#include <gic/irqchip.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/spinlock.h>
#include <refuse.h>

#define PPI_EL2_TIMER		26
#define PPI_EL2_VIRTUAL_TIMER	28
#define GICD_V2_PIDR2		0x0fe8
#define PPIS			0xffff0000U
#define SGIS			0x0000ffffU
#define ARCH_VERSION		2

/*
 * A frame of this size is one of 4 KiB registers repeated 16 times in 64 KiB, followed by the same
 * for the next 4 KiB: they are contiguous in the middle (the arrangement for 64 KiB pages).
 */
#define MIRRORED_SIZE		0x20000
#define MIRRORED_START		0xf000

struct gicv2 gicv2;

static spinlock_t prepare_lock;

static u64 start_of(u64 size)
{
	return size >= MIRRORED_SIZE ? MIRRORED_START : 0;
}

/* --- list registers: GICH_LR<n> has the fields of ICH_LR<n>_EL2 in 32 bits --- */

static u64 lr_read(u32 n)
{
	u64 lr = read32(gicv2.gich, GICH_LR + 4 * n);

	return FIELD(lr, 9, 0) | FIELD(lr, 19, 10) << LR_PINTID_SHIFT |
	       FIELD(lr, 27, 23) << 3 << LR_PRIORITY_SHIFT | FIELD(lr, 29, 28) << 62 |
	       (lr & GICH_LR_HW ? LR_HW : 0);
}

static void lr_write(u32 n, u64 value)
{
	u64 lr = FIELD(value, 9, 0) | FIELD(value, 41, 32) << 10 | FIELD(value, 55, 51) << 23 |
		 FIELD(value, 63, 62) << 28 | (value & LR_HW ? GICH_LR_HW : 0);

	write32(gicv2.gich, GICH_LR + 4 * n, (u32)lr);
}

static u64 lr_empty(void)
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
	write32(gicv2.gicd, on ? GICD_ISENABLER : GICD_ICENABLER, 1U << gicv2.maintenance);
}

void gicv2_await_end(void)
{
	if (gicv2.forgets)
		enable_maintenance(true);
}

static bool end_is_awaited(void)
{
	u64 busy = this_percpu->vgic.lr_all & ~lr_empty();

	for (; busy; busy &= busy - 1) {
		u32 lr = read32(gicv2.gich, GICH_LR + 4 * (u32)__builtin_ctzl(busy));

		if ((lr & (GICH_LR_HW | GICH_LR_EOI)) == GICH_LR_EOI)
			return true;
	}
	return false;
}

static void lr_underflow(bool on)
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
		lr_write(i, 0);
	if (gicv2.forgets)
		lr_write(--lrs, LR_IN_USE);
	this_percpu->vgic.lr_all = BIT(lrs) - 1;
	/* Active priorities of the last guest would make the next one deaf. */
	write32(gicv2.gich, GICH_APR, 0);
}

/* --- the physical interface --- */

static void hold(bool on)
{
	write32(gicv2.gicc, GICC_PMR, on ? PRIORITY_ONLY_EL2 : PRIORITY_ALL);
}

static void own_interface(void)
{
	u32 ctlr = read32(gicv2.gicc, GICC_CTLR);

	write32(gicv2.gicc, GICC_APR, 0);
	write32(gicv2.gicc, GICC_BPR, 0);
	/* Dropping the priority and deactivating are two steps: the second is the guest's. */
	write32(gicv2.gicc, GICC_CTLR, ctlr | GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);
	hold(false);
	dsb(sy);
}

static void deactivate(u32 intid)
{
	write32(gicv2.gicc, GICC_DIR, intid);
}

/*
 * The doorbell and the maintenance interrupt are enabled and outrank everything else. So are the
 * guest's SGIs: what it has disabled is withheld from it when it comes.
 */
static void own_ppis(void)
{
	write8(gicv2.gicd, GICD_IPRIORITYR + DOORBELL_SGI, PRIORITY_EL2);
	write8(gicv2.gicd, GICD_IPRIORITYR + gicv2.maintenance, PRIORITY_EL2);
	write32(gicv2.gicd, GICD_ISENABLER, gicv2.native | 1U << DOORBELL_SGI |
		(gicv2.forgets ? 0 : 1U << gicv2.maintenance));
	/* Writes are posted; what follows relies on them. */
	dsb(sy);
}

/* --- enable --- */

static __cold int check(const void *config, struct jh_error *error)
{
	struct gic_frame gicd = gic_frame(config, JH_UNIT_GICD);
	struct gic_frame gicc = gic_frame(config, JH_UNIT_GICC);
	struct gic_frame gicv = gic_frame(config, JH_UNIT_GICV);
	u64 gicc_start = start_of(gicc.size), gicv_start = start_of(gicv.size);

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
		.maintenance = (u32)gicd.argument,
		.native = SGIS & ~(1U << DOORBELL_SGI),
	};
	gicv2.forgets = errata_of_gicv2(read32(gicv2.gicc, GICC_IIDR)) & GIC_ERRATUM_FORGETS_LEVELS;
	gicv2.ctlr = read32(gicv2.gicc, GICC_CTLR) & ~(u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);
	if ((read32(gicv2.gicd, GICD_V2_PIDR2) >> 4 & 0xf) == ARCH_VERSION &&
	    (read32(gicv2.gicc, GICC_IIDR) >> 16 & 0xf) == ARCH_VERSION)
		return 0;
	return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICD, 0),
			    gicd.pa, 0);
}

/*
 * What nobody may reach: the physical interface, its control of guests, and the virtual interface
 * but for the pages that map_cell() shows. KVM in root clears list registers when a CPU comes up.
 */
static u64 hidden(struct mmio_access access)
{
	(void)access;
	return 0;
}

static u64 hidden_read(u32 offset)
{
	(void)offset;
	return 0;
}

static void hidden_write(u32 offset, u32 value)
{
	(void)offset, (void)value;
}

static __cold int add_region(const void *config, u32 kind, const struct mmio_ops *ops)
{
	struct gic_frame frame = gic_frame(config, kind);

	return mmio_add(frame.pa, frame.size, ops);
}

static __cold int build(const void *config, struct jh_error *error)
{
	static const struct mmio_ops distributor = { gicv2_access, gicv2_read32, gicv2_write32 };
	static const struct mmio_ops others = { hidden, hidden_read, hidden_write };
	u32 ppis = 1U << gicv2.maintenance | 1U << PPI_EL2_TIMER | 1U << PPI_EL2_VIRTUAL_TIMER, i;

	(void)error;
	gicd_init(gicv2.gicd, ARCH_VERSION);
	gicr_init(NULL, 0, ppis);
	for (i = 1; i < ARRAY_SIZE(root_cell.irqs); i++)
		root_cell.irqs[i] = ~0U;
	if (add_region(config, JH_UNIT_GICD, &distributor) ||
	    add_region(config, JH_UNIT_GICC, &others) ||
	    add_region(config, JH_UNIT_GICH, &others) ||
	    add_region(config, JH_UNIT_GICV, &others))
		return -ENOMEM;
	return 0;
}

static __cold int map_cell(struct cell *cell)
{
	gpa_t gpa = GPA(gicv2.gicc_pa);
	pa_t pa = PA(cell_is_direct(cell) ? gicv2.gicc_pa : gicv2.gicv_pa);
	int err = pgtable_prepare(&cell->pt, gpa, pa, GICC_USED, 0);

	if (!err)
		pgtable_map(&cell->pt, gpa, pa, GICC_USED, MAP_READ | MAP_WRITE | MAP_DEVICE);
	return err;
}

/* The number of this CPU's interface: a bit in each banked GICD_ITARGETSR byte that exists. */
static u32 interface_bit(void)
{
	u32 bits = 0, i;

	for (i = 0; i < INTID_SPI; i += 4)
		bits |= read32(gicv2.gicd, GICD_ITARGETSR + i);
	bits |= bits >> 16;
	bits = (bits | bits >> 8) & 0xff;
	/* With a single CPU the registers are not there. */
	return bits ? bits : 1;
}

static __cold int prepare_cpu(u32 cpu, struct jh_error *error)
{
	u32 bit = interface_bit();
	int err = bit & (bit - 1) ? -EINVAL : 0;

	if (err)
		return refuse_value(error, JH_ERR_GIC_SILENT, JH_OBJ_UNIT,
				    JH_ERROR_UNIT(JH_UNIT_GICD, 0), gicv2.gicd_pa, 0);
	spin_lock(&prepare_lock);
	err = affinity_add(cpu, (u64)__builtin_ctz(bit));
	/* Linux enables those that it uses; the others may be secure. */
	gicv2.native &= read32(gicv2.gicd, GICD_ISENABLER);
	spin_unlock(&prepare_lock);
	this_percpu->cluster = 0;
	this_percpu->cluster_bit = bit;
	return err;
}

/* --- a CPU's way --- */

static __cold void commit_cpu(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 ctlr = read32(gicv2.gicc, GICC_CTLR), i;
	u32 vmcr = read32(gicv2.gicc, GICC_PMR) >> 3 << GICH_VMCR_PMR_SHIFT |
		   (read32(gicv2.gicc, GICC_BPR) & 7) << GICH_VMCR_BPR_SHIFT;

	if (ctlr & GICC_CTLR_EOIMODE)
		vmcr |= GICH_VMCR_EOIMODE;
	if (ctlr & GICC_CTLR_ENABLE)
		vmcr |= GICH_VMCR_ENABLE;

	/* SGIs on their way are ours to deliver from now on. */
	cpu->sgi_enabled = read32(gicv2.gicd, GICD_ISENABLER) & ~PPIS;
	gicv2_sgis_take();
	for (i = 0; i < 16; i++)
		cpu->sgi_priority[i] = read8(gicv2.gicd, GICD_IPRIORITYR + i);
	this_percpu->found_ppis = read32(gicv2.gicd, GICD_ISENABLER) & 1U << gicv2.maintenance;

	clear_virtual_interface();
	write32(gicv2.gich, GICH_VMCR, vmcr);
	lr_underflow(false);
	own_ppis();
	own_interface();
	affinity_set_unmanaged(this_cpu(), false);
	vgic_sgis();
}

static __cold void release_cpu(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 vmcr, ctlr, i;

	vgic_drain(true);
	vmcr = read32(gicv2.gich, GICH_VMCR);
	write32(gicv2.gich, GICH_HCR, 0);
	if (gicv2.forgets)
		lr_write((u32)__builtin_ctzl(~this_percpu->vgic.lr_all), 0);

	for (i = 0; i < 16; i++)
		write8(gicv2.gicd, GICD_IPRIORITYR + i, cpu->sgi_priority[i]);
	write8(gicv2.gicd, GICD_IPRIORITYR + gicv2.maintenance, PRIORITY_DEFAULT);
	write32(gicv2.gicd, GICD_ICENABLER, (~PPIS & ~cpu->sgi_enabled) |
		(1U << gicv2.maintenance & ~this_percpu->found_ppis));
	write32(gicv2.gicd, GICD_ISENABLER,
		(cpu->sgi_enabled & ~PPIS) | this_percpu->found_ppis);
	/* A doorbell that still rings is nothing for the guest; its own SGI is noted. */
	write8(gicv2.gicd, GICD_CPENDSGIR + DOORBELL_SGI, 0xff);
	gicv2_sgis_give();

	ctlr = read32(gicv2.gicc, GICC_CTLR) & ~(u32)(GICC_CTLR_EOIMODE | GICC_CTLR_ENABLE);
	ctlr |= vmcr & GICH_VMCR_EOIMODE ? GICC_CTLR_EOIMODE : 0;
	ctlr |= vmcr & GICH_VMCR_ENABLE ? GICC_CTLR_ENABLE : 0;
	write32(gicv2.gicc, GICC_BPR, vmcr >> GICH_VMCR_BPR_SHIFT & 7);
	write32(gicv2.gicc, GICC_PMR, vmcr >> GICH_VMCR_PMR_SHIFT << 3);
	write32(gicv2.gicc, GICC_CTLR, ctlr);
	dsb(sy);
}

/*
 * SGIs and PPIs as after a reset, but for the doorbell, whose pending bits may be the request of
 * another CPU. The registers are banked, so nobody but this CPU sets what they hold, but SGIs come
 * while it parks: this is done when a CPU parks, and once more whenever it leaves the parked state,
 * when none of its last owner's CPUs runs any more.
 */
static void clear_own_irqs(void)
{
	write32(gicv2.gicd, GICD_ICENABLER, ~(1U << DOORBELL_SGI));
	write32(gicv2.gicd, GICD_ICPENDR, PPIS);
	write32(gicv2.gicd, GICD_ICACTIVER, ~0U);
	store_release(&cpu_self()->arch.sgi_enabled, 0);
	gicv2_sgis_forget();
}

static void park_cpu(void)
{
	/* Root's interrupts go on to its other CPUs; a cell that stops loses its own. */
	vgic_drain(this_cell()->id == CELL_ROOT);
	write32(gicv2.gich, GICH_HCR, 0);
	write32(gicv2.gich, GICH_VMCR, 0);
	clear_virtual_interface();
	clear_own_irqs();
	if (cell_is_direct(this_cell())) {
		gicv2_take_interface();
		own_ppis();
		own_interface();
	}
	hold(true);
	dsb(sy);
}

void gicv2_cpu_reset(struct cell *cell)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 i;

	/* The virtual interface is as park_cpu() left it. */
	clear_own_irqs();
	lr_underflow(false);
	__builtin_memset(cpu->sgi_priority, PRIORITY_DEFAULT, sizeof(cpu->sgi_priority));
	for (i = 16; i < 32; i += 4)
		write32(gicv2.gicd, GICD_IPRIORITYR + i, PRIORITY_DEFAULT * 0x01010101U);
	store_release(&cpu->sgi_enabled, ~PPIS);
	own_ppis();
	own_interface();
	if (cell_is_direct(cell))
		gicv2_give_interface();
}

void gicv2_kick(u64 cpu_mask)
{
	u32 targets = 0;

	while (cpu_mask)
		targets |= 1U << (cpus[cpu_mask_next(&cpu_mask)].arch.affinity & 7);
	gicv2_ring(targets);
}

/* --- what arrives --- */

/* List registers run empty, or an SGI has ended for which those of other senders wait. */
static void __noinline maintain(void)
{
	u32 ended = read32(gicv2.gich, GICH_EISR0);

	cpu_count(JH_STAT_MAINTENANCE);
	for (; ended; ended &= ended - 1)
		lr_write((u32)__builtin_ctz(ended), 0);
	vgic_refill();
	/* The line is a level: it has fallen before the interrupt can come again. */
	dsb(sy);
	deactivate(gicv2.maintenance);
}

void gicv2_irq(void)
{
	u32 iar = read32(gicv2.gicc, GICC_IAR), intid = IAR_INTID(iar), priority;

	if (intid < 16) {
		gicv2_take_sgi(iar);
		return;
	}
	if (unlikely(intid >= INTID_SPECIAL)) {
		cpu_count(JH_STAT_OTHER);
		return;
	}
	/* The running priority is this interrupt's, as its owner set it. */
	priority = read32(gicv2.gicc, GICC_RPR);
	write32(gicv2.gicc, GICC_EOIR, iar);
	if (unlikely(intid == gicv2.maintenance)) {
		maintain();
		return;
	}
	cpu_count(JH_STAT_VIRQ);
	if (unlikely(!vgic_owns(intid)))
		vgic_foreign(intid);
	else if (likely(gicv2_all_lrs_empty()))
		write32(gicv2.gich, GICH_LR, (u32)(GICH_LR_HW | GICH_LR_PENDING) |
			priority >> 3 << 23 | intid << 10 | intid);
	else
		vgic_hw(intid, priority);
}

static u32 take_and_end(void)
{
	u32 iar = read32(gicv2.gicc, GICC_IAR);

	if (IAR_INTID(iar) < INTID_SPECIAL)
		gicv2_end(iar);
	return IAR_INTID(iar);
}

static void fiq(void)
{
	(void)take_and_end();
}

bool gicv2_wait(void)
{
	u32 intid;

	dsb(sy);
	asm volatile("wfi");
	intid = take_and_end();
	/* As in gicv2_take_sgi(): the caller looks at its requests after GICC_IAR was read. */
	dmb(ishld);
	return intid == DOORBELL_SGI;
}

static __cold void describe(struct jh_comm_region *comm)
{
	comm->gic_version = ARCH_VERSION;
	comm->gicd_base = gicv2.gicd_pa;
	comm->gicc_base = gicv2.gicc_pa;
}

static u64 irq_cpus(u32 intid)
{
	u32 targets = read8(gicv2.gicd, GICD_ITARGETSR + intid);
	u64 mask = 0;

	for (; targets; targets &= targets - 1)
		mask |= affinity_cpu_mask((u64)__builtin_ctz(targets));
	return mask;
}

static void irq_route(u32 intid, u32 cpu)
{
	write8(gicv2.gicd, GICD_ITARGETSR + intid, (u8)(1U << cpus[cpu].arch.affinity));
}

const struct irqchip irqchip_gicv2 = {
	.version = 2,
	.direct = HCR_IMO | HCR_FMO,
	.check = check,
	.build = build,
	.map_cell = map_cell,
	.cpu_prepare = prepare_cpu,
	.cpu_commit = commit_cpu,
	.cpu_release = release_cpu,
	.cpu_park = park_cpu,
	.cpu_reset = gicv2_cpu_reset,
	.standby = vgic_standby,
	.hears = gicv2_hears,
	.fiq = fiq,
	.describe = describe,
	.irq_route = irq_route,
	.irq_cpus = irq_cpus,
	.gicd_other = gicv2_access_other,
	.put_sgi = gicv2_put_sgi,
	.lr_read = lr_read,
	.lr_write = lr_write,
	.lr_empty = lr_empty,
	.lr_underflow = lr_underflow,
	.hold = hold,
	.deactivate = deactivate,
};
