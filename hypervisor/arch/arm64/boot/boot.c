// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * CPU entry and exit.
 */
#include <asm/boot.h>
#include <asm/context.h>
#include <asm/errata.h>
#include <asm/psci.h>
#include <asm/sip.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <config.h>
#include <gic/affinity.h>
#include <gic/gic.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <jh/reasons.h>

u64 hv_base;
const struct jh_boot_info *boot_info;

static u64 exit_code_pa(void)
{
	return hv_base + (u64)(exit_unmanaged - image_start);
}

static void __noreturn leave(struct regs *regs, u64 elr, u64 spsr)
{
	const struct el2_state *host = &this_percpu->host_el2;
	struct boot_exit out = {
		.sctlr = host->sctlr, .vbar = host->vbar, .hcr = host->controls.hcr,
		.tcr = host->tcr, .mair = host->mair, .ttbr0 = host->ttbr0,
		.elr = elr, .spsr = spsr, .code = exit_code_pa(),
	};

	write_sysreg(host->vtcr, vtcr_el2);
	write_sysreg(host->tpidr, tpidr_el2);
	controls_write(&host->controls, this_percpu->features);
	boot_exit(regs, &out);
}

static void save_host_el2(const struct regs *regs)
{
	struct el2_state *host = &this_percpu->host_el2;
	struct cpu_ids ids;

	host->vbar = regs->x[3];
	host->controls.hcr = regs->x[4];
	host->sctlr = regs->x[5];
	host->tcr = regs->x[6];
	host->mair = regs->x[7];
	host->ttbr0 = regs->x[8];
	host->tpidr = regs->x[10];
	host->vtcr = read_sysreg(vtcr_el2);
	cpu_ids_read(&ids);
	this_percpu->features = cpu_features_again(&ids, boot_info->used);
	controls_read(&host->controls, this_percpu->features);
	this_percpu->cell_flags = NO_CELL_FLAGS;
}

void boot_enter(struct regs *regs)
{
	u64 info = regs->x[0], back = regs->x[1];
	u32 cpu = (u32)regs->x[2];
	int i, err;

	/* Every CPU stores the same value. */
	hv_base = regs->x[9];
	this_percpu->cpu = cpu;
	this_percpu->self = &cpus[cpu];
	boot_info = pa_to_va(PA(info));
	save_host_el2(regs);
	for (i = 0; i < 18; i++)
		regs->x[i] = 0;

	err = enable_cpu(cpu, boot_info);
	regs->x[0] = (u64)(s64)err;
	if (err)
		leave(regs, back, SPSR_EL1H_MASKED);
	write_sysreg(back, elr_el2);
	write_sysreg(SPSR_EL1H_MASKED, spsr_el2);
}

int arch_cpu_prepare(u32 cpu, struct jh_error *error)
{
	int err;

	cpus[cpu].arch.mpidr = read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
	cpus[cpu].report->hardware_id = cpus[cpu].arch.mpidr;
	psci_cpu_init(cpu);
	this_percpu->stats = cpus[cpu].report->stats;
	this_percpu->cell = &root_cell;
	errata_detect();
	err = cpucheck(cpu, error);
	return err ? err : vgic_cpu_prepare(cpu, error);
}

void arch_cpu_commit(u32 cpu)
{
	(void)cpu;
	context_load_root();
	vgic_cpu_commit();
	write_sysreg(errata_vectors(), vbar_el2);
	/*
	 * Linux ran under VMID 0: translations that were cached while there was no stage 2 would
	 * bypass root's tables.
	 */
	isb();
	tlb_flush_guest_local();
}

void arch_cpu_release(u32 cpu)
{
	(void)cpu;
	vgic_cpu_release();
	guest_regs->x[0] = 0;
	leave(guest_regs, read_sysreg(elr_el2), read_sysreg(spsr_el2));
}

void arch_root_enter_unmanaged(u64 entry, u64 argument)
{
	struct regs *regs = guest_regs;
	int i;

	this_percpu->cell = &root_cell;
	context_see(&root_cell);
	vgic_cpu_reset(&root_cell);
	affinity_set_unmanaged(this_cpu(), true);
	vgic_cpu_release();
	for (i = 0; i < 31; i++)
		regs->x[i] = 0;
	regs->x[0] = argument;
	leave(regs, entry, SPSR_EL2H_MASKED);
}
