/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Verdicts on trapped instructions: a type of their own, never a result value.
 */
#ifndef ASM_TRAP_H
#define ASM_TRAP_H

#include <asm/percpu.h>
#include <asm/sysreg.h>

enum trap_verdict {
	TRAP_RETRY,	/* go on at the same instruction */
	TRAP_SKIP,	/* it was emulated: go on after it */
	TRAP_UNDEFINED,	/* the guest gets an Undefined Instruction exception */
	TRAP_ABORT,	/* the guest gets a synchronous external abort */
};

/** trap_skip() - go on after the trapped instruction */
static inline void trap_skip(void)
{
	u64 spsr;

	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	/* A step or a branch target check was for the instruction that is skipped. */
	spsr = read_sysreg(spsr_el2) & ~SPSR_SS;
	/* Two instructions: as one constant both would need three. */
	asm("" : "+r" (spsr));
	write_sysreg(spsr & ~SPSR_BTYPE, spsr_el2);
}

/**
 * trap_address() - the guest-physical address of a stage 2 translation fault of a data access
 * @far:	FAR_EL2, which most callers have read: each read costs an instruction
 */
static inline u64 trap_address(u64 far)
{
	/* Page number from bit 4 on; the bits beside it are 0 or leave at the top. */
	return read_sysreg(hpfar_el2) << 8 | (far & 0xfff);
}

/* vectors.S */
void trap_sync(struct regs *regs);
void trap_sgi1r(u64 value);
void trap_fiq(void);
void trap_serror(void) __cold;
void trap_el2(const struct regs *regs) __cold;
void trap_el2_serror(void) __cold;

/** trap_park_cell() - the guest did something fatal: park its cell with a crash record */
void trap_park_cell(u32 cause, u64 address) __cold __noreturn;

/* fault_simple.c, fault.c and sysreg.c; @regs may be changed. */
bool fault_simple(struct regs *regs, u64 esr);
enum trap_verdict fault_data(struct regs *regs, u64 esr) __cold;
enum trap_verdict fault_fetch(u64 esr) __cold;
enum trap_verdict sysreg_trap(struct regs *regs, u64 esr);

#define FSC_EXTERNAL	0x10	/* synchronous external abort, not on a walk */

/** inject_undefined() - the guest takes an Undefined Instruction exception at EL1 */
void inject_undefined(void);

/** inject_abort() - the guest takes the abort of @esr at EL1, with another fault status */
void inject_abort(u64 esr, u32 status);

#endif
