// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/ppi.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vsgi.h>
#include <gic/vspi.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

void vgic_cpu_see(const struct cell *cell)
{
	vcpuid_enter(cell);
	if (cell_is_direct(cell))
		vsgi_direct();
	else
		vsgi_virtual();
}

int vgic_cpu_prepare(u32 cpu, struct jh_error *error)
{
	int err = gic_cpu_prepare(cpu, error);

	if (!err)
		vgic_cpu_see(&root_cell);
	return err;
}

void vgic_cpu_commit(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 i;

	/* From now on the hypervisor delivers SGIs, also those that are pending now. */
	cpu->sgi_enabled = ppi_read(GICD_ISENABLER) & SGIS;
	vsgi_import();
	for (i = 0; i < ARRAY_SIZE(cpu->sgi_priority); i += sizeof(u32))
		*(u32 *)&cpu->sgi_priority[i] = ppi_read(GICD_IPRIORITYR + i);
	this_percpu->found_ppis = ppi_read(GICD_ISENABLER) & 1U << ppi_maintenance;
	gic_cpu_commit();
	affinity_set_unmanaged(this_cpu(), false);
	vsgi_deliver();
}

void vgic_cpu_release(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	u32 i;

	vgic_drain(true);
	gic_cpu_release();
	for (i = 0; i < ARRAY_SIZE(cpu->sgi_priority); i += sizeof(u32))
		ppi_write(GICD_IPRIORITYR + i, *(u32 *)&cpu->sgi_priority[i]);
	write8(this_percpu->ppi_base, GICD_IPRIORITYR + ppi_maintenance, PRIORITY_DEFAULT);
	ppi_write(GICD_ICENABLER, (SGIS & ~cpu->sgi_enabled) |
		  (1U << ppi_maintenance & ~this_percpu->found_ppis));
	ppi_write(GICD_ISENABLER, (cpu->sgi_enabled & SGIS) | this_percpu->found_ppis);
	vsgi_export();
	dsb(sy);
}

/*
 * Reset SGIs and PPIs, except the doorbell, which may be a request of another CPU. Siblings may
 * send SGIs and set bits while a CPU parks, even after they last saw it running. So this is done
 * when a CPU parks, and again when it leaves the parked state: no CPU of its last owner runs any
 * more then.
 */
static void clear_own_irqs(void)
{
	ppi_clear();
	store_release(&this_percpu->self->arch.sgi_enabled, 0);
	vsgi_clear();
}

void vgic_cpu_park(void)
{
	vspi_leave();
	/* Root's interrupts go on to its other CPUs; a cell that stops loses its own. */
	vgic_drain(this_cell()->id == CELL_ROOT);
	clear_own_irqs();
	gic_cpu_park(cell_is_direct(this_cell()));
}

void vgic_cpu_reset(struct cell *cell)
{
	struct arch_cpu *cpu = &this_percpu->self->arch;
	u32 i;

	/* The virtual interface is as gic_cpu_park() left it. */
	clear_own_irqs();
	for (i = 0; i < ARRAY_SIZE(cpu->sgi_priority); i += sizeof(u64))
		*(u64 *)&cpu->sgi_priority[i] = PRIORITY_DEFAULT * 0x0101010101010101UL;
	ppi_reset_priorities();
	/* With direct interrupts a self-SGI must not take the short path (GICv2). */
	store_release(&cpu->sgi_enabled, cell_is_direct(cell) ? 0 : SGIS);
	gic_cpu_reset(cell_is_direct(cell));
	vspi_join(cell);
}

/*
 * A WFI may end at any time. If the doorbell would not end it, it is skipped, or the CPU could not
 * be recalled. Only interrupts that are routed to EL2 are sure to end a WFI at EL2.
 */
static void standby_direct(void)
{
	u64 hcr = read_sysreg(hcr_el2);

	if (!gic_doorbell_wakes())
		return;
	/* From now on the guest's WFI does not trap, unless the configuration says so. */
	if (!(this_cell()->flags & JH_CELL_WFI_TRAP))
		hcr &= ~HCR_TWI;
	write_sysreg(hcr | gic_direct_hcr, hcr_el2);
	isb();
	dsb(sy);
	asm volatile("wfi");
	write_sysreg(hcr, hcr_el2);
}

void vgic_cpu_standby(void)
{
	if (cell_is_direct(this_cell())) {
		standby_direct();
		return;
	}
	if (vgic_has_work())
		return;
	/* Interrupts are masked at EL2, but a pending one ends the sleep. */
	dsb(sy);
	asm volatile("wfi");
}
