// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Dispatch of traps by exception class.
 */
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <gic/gic.h>
#include <gic/vgic_cpu.h>
#include <gic/vsgi.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <hv/log.h>
#include <hv/log_uart.h>
#include <jh/hypercall.h>

/* The hyp stub's calls, which Linux makes by hvc #0 with a small number in x0. */
#define HVC_SET_VECTORS		0
#define HVC_SOFT_RESTART	1
#define HVC_RESET_VECTORS	2

static enum trap_verdict trap_wfx(u64 esr)
{
	cpu_count(JH_STAT_OTHER);
	/* WFE (bit 0) only yields. */
	if (!(esr & 1))
		vgic_cpu_standby();
	return TRAP_SKIP;
}

/*
 * Root calls the hyp stub that it had installed. SOFT_RESTART (kexec) goes to EL1: only the
 * hypervisor executes at EL2 while jh is enabled.
 */
static __cold enum trap_verdict stub_call(struct regs *regs)
{
	u64 *x = regs->x;

	cpu_count(JH_STAT_FIRMWARE);
	if (x[0] == HVC_SOFT_RESTART) {
		write_sysreg(x[1], elr_el2);
		write_sysreg(SPSR_EL1H_MASKED, spsr_el2);
		x[0] = x[2];
		x[1] = x[3];
		x[2] = x[4];
	} else {
		x[0] = 0;
	}
	return TRAP_RETRY;
}

/* The return address of an HVC is that of the next instruction. */
static enum trap_verdict trap_hvc(struct regs *regs, u64 esr)
{
	if ((esr & 0xffff) == JH_HVC_IMM)
		regs->x[0] = (u64)hypercall(regs->x[0], &regs->x[1]);
	else if (this_cell()->id == CELL_ROOT && regs->x[0] <= HVC_RESET_VECTORS)
		return stub_call(regs);
	else
		smccc_call(regs, true);
	return TRAP_RETRY;
}

/* Any other exception class means that the guest's instruction is undefined. */
static enum trap_verdict handle(struct regs *regs, u64 esr)
{
	switch (ESR_EC(esr)) {
	case EC_WFX:
		return trap_wfx(esr);
	case EC_HVC64:
		return trap_hvc(regs, esr);
	case EC_SMC64:
		smccc_call(regs, false);
		return TRAP_SKIP;
	case EC_SYSREG:
		return sysreg_trap(regs, esr);
	case EC_IABT_LOW:
		return fault_fetch(esr);
	case EC_DABT_LOW:
		return fault_data(regs, esr);
	}
	return TRAP_UNDEFINED;
}

void trap_sync(struct regs *regs)
{
	u64 esr = read_sysreg(esr_el2);

	switch (handle(regs, esr)) {
	case TRAP_RETRY:
		break;
	case TRAP_SKIP:
		trap_skip();
		break;
	case TRAP_UNDEFINED:
		cpu_count(JH_STAT_FAULT);
		inject_undefined();
		break;
	case TRAP_ABORT:
		cpu_count(JH_STAT_FAULT);
		inject_abort(esr, FSC_EXTERNAL);
		break;
	}
}

/* The guest sends an SGI (GICv3). */
void trap_sgi1r(u64 value)
{
	cpu_count(JH_STAT_IPI);
	vsgi_sgi1r(value);
}

/* Group 0 belongs to nobody: the filters keep every interrupt in group 1. */
void trap_fiq(void)
{
	cpu_count(JH_STAT_OTHER);
	gic_fiq();
}

void trap_park_cell(u32 cause, u64 address)
{
	struct jh_crash crash = {
		.cause = cause,
		.cpu = this_cpu(),
		.arch = JH_ARCH_ARM64,
		.num_registers = 32,
		.address = address,
		.syndrome = read_sysreg(esr_el2),
		.pc = read_sysreg(elr_el2),
	};
	int i;

	for (i = 0; i < 31; i++)
		crash.registers[i] = guest_regs->x[i];
	crash.registers[31] = read_sysreg(spsr_el2);
	cell_fail(&crash);
}

/*
 * An exception at EL2 is a bug of the hypervisor. The cell whose guest runs here fails; a CPU of
 * root stops for good. Another exception in this function is not reported (el2_sync in vectors.S).
 */
void trap_el2(const struct regs *regs)
{
	u64 deadline = arch_deadline(1000000);

	log_printf("jh: exception at EL2 on CPU %u: syndrome %lx, pc %lx, "
		   "address %lx, lr %lx, sp %lx\n",
		   this_cpu(), (unsigned long)read_sysreg(esr_el2),
		   (unsigned long)read_sysreg(elr_el2), (unsigned long)read_sysreg(far_el2),
		   (unsigned long)regs->x[30], (unsigned long)read_sysreg(tpidr_el2) & ~1UL);
	while (log_uart_flush(4096) && !arch_expired(deadline))
		arch_relax();
	/* The code that failed may have had any of these mappings open. */
	arch_guest_unmap_ro();
	arch_guest_unmap_rw();
	arch_unmap_uncached();
	cpu_give_up();
	if (cpu_self()->cell && this_cell()->id != CELL_ROOT)
		trap_park_cell(JH_CRASH_HYPERVISOR, read_sysreg(far_el2));
	for (;;)
		asm volatile("wfi");
}
