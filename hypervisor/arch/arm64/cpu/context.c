// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <asm/boot.h>
#include <asm/context.h>
#include <asm/controls.h>
#include <asm/errata.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <gic/affinity.h>
#include <gic/gic.h>
#include <gic/vgic_cpu.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/unit.h>
#include <jh/reasons.h>

static int context_build(const void *config, struct jh_error *error)
{
	(void)error;
	root_cell.arch.hcr = HCR_GUEST | HCR_IMO;
	errata_init(config_system(config)->flags & JH_SYSTEM_TRUST_GUESTS);
	return 0;
}

void context_load_root(void)
{
	const struct el2_state *host = &this_percpu->host_el2;

	write_sysreg(tlb_vtcr(&root_cell.pt), vtcr_el2);
	write_sysreg(tlb_vttbr(&root_cell.pt), vttbr_el2);
	/*
	 * The host's bits are kept: pointer authentication and tags that Linux uses must not trap.
	 */
	write_sysreg(host->controls.hcr | root_cell.arch.hcr, hcr_el2);
	controls_write(&host->controls, this_percpu->features);
	isb();
}

void context_see_anew(const struct cell *cell, u32 key)
{
	struct percpu *self = this_percpu;

	vgic_cpu_see(cell);
	self->cell_controls = controls_of_cell(self->features, cell->flags,
					       &self->host_el2.controls);
	if (cell_numbers_cpus(cell))
		self->cell_controls.vmpidr = MPIDR_RES1 | self->self->arch.vmpidr;
	self->cell_flags = key;
}

static void load_cell(const struct cell *cell)
{
	const struct el2_controls *controls = &this_percpu->cell_controls;

	write_sysreg(cell->arch.vtcr, vtcr_el2);
	write_sysreg(cell->arch.vttbr, vttbr_el2);
	/* With direct interrupts some go straight to EL1: gic_direct_hcr says which. */
	write_sysreg(controls->hcr & ~(cell_is_direct(cell) ? gic_direct_hcr : 0), hcr_el2);
	controls_write(controls, this_percpu->features);
	isb();
}

static int context_cell_prepare(struct cell *cell, struct jh_error *error)
{
	(void)error;
	cell->arch.vttbr = tlb_vttbr(&cell->pt);
	cell->arch.vtcr = tlb_vtcr(&cell->pt);
	return 0;
}

const struct unit unit_arch = {
	.build = context_build,
	.cell_prepare = context_cell_prepare,
};

void arch_comm_fill(struct jh_comm_region *comm)
{
	gic_describe(comm);
}

void context_scrub(void)
{
	const struct el2_controls *host = &this_percpu->host_el2.controls;
	u32 features = this_percpu->features;
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	scrub_registers(features, host);
	if (features & HAS_PMU)
		context_zero_pmu(FIELD(read_sysreg(pmcr_el0), 15, 11));
	context_zero_debug(FIELD(dfr0, 15, 12) + 1, FIELD(dfr0, 23, 20) + 1);
	context_zero_simd();
	/* If Linux left SVE disabled for EL1, nobody can have used it. */
	if (features & HAS_SVE && !(host->cptr & CPTR_TZ))
		context_zero_sve();
	if (features & HAS_PAUTH)
		context_zero_keys();
	isb();
}

u64 arch_guest_pc(void)
{
	return read_sysreg(elr_el2);
}

void arch_cpu_park(void)
{
	scrub_buffers(this_percpu->features);
	affinity_leave(this_cell());
	vgic_cpu_park();
	/*
	 * No walk of the old guest's stage 1 may begin once stage 2 changes under it (speculative
	 * translation errata). Parked CPUs have root's tables, which are never freed. Stage 1 is
	 * turned off only after root's stage 2 is in place.
	 */
	tlb_stop_walks();
	serror_drain();
	context_load_root();
	context_scrub();
	tlb_flush_guest_local();
	/* The old cell may be destroyed while this CPU waits. */
	this_percpu->cell = &root_cell;
}

void arch_cpu_reset(struct cell *cell)
{
	/* Whatever went wrong at EL2 is over: the stack begins anew (el2_sync in vectors.S). */
	write_sysreg(0, tpidr_el2);
	/* A parked CPU's registers were scrubbed when it parked (arch_cpu_park). */
	this_percpu->cell = cell;
	context_see(cell);
	if (cell->id == CELL_ROOT)
		context_load_root();
	else
		load_cell(cell);
	vgic_cpu_reset(cell);
	affinity_join(cell);
}

void arch_cpu_enter(u64 entry, u64 argument)
{
	/* Drop translations of an earlier life under this VMID, and instructions written since. */
	tlb_flush_guest_local();
	asm volatile("ic iallu; dsb nsh; isb" ::: "memory");
	write_sysreg(entry, elr_el2);
	write_sysreg(SPSR_EL1H_MASKED, spsr_el2);
	guest_start(argument);
}
