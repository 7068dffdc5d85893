/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef ASM_BOOT_H
#define ASM_BOOT_H

#include <asm/percpu.h>

/** struct boot_exit - EL2 and PSTATE for the way out, in the order that boot_exit() expects */
struct boot_exit {
	u64 sctlr;
	u64 vbar;
	u64 hcr;
	u64 tcr;
	u64 mair;
	u64 ttbr0;
	u64 elr;
	u64 spsr;
	u64 code;	/* physical address of exit_unmanaged */
};

/** boot_enter() - C's side of the entry; @regs holds what entry.S collected */
void boot_enter(struct regs *regs);

struct jh_error;

/** cpucheck() - does the executing CPU meet the requirements? 0 or -errno with @error filled in */
int cpucheck(u32 cpu, struct jh_error *error);

/** boot_exit() - leave the hypervisor with the registers of @regs (entry.S) */
void boot_exit(struct regs *regs, const struct boot_exit *exit) __noreturn;

/** guest_start() - enter the guest with @argument in x0, 0 in all other registers (vectors.S) */
void guest_start(u64 argument) __noreturn;

/* The loader's boot information, in memory that root cannot access any more. */
extern const struct jh_boot_info *boot_info;

extern const char vectors[], vectors_mitigating[], image_start[], exit_unmanaged[];
extern const char vectors_tracing[], vectors_tracing_mitigating[];

#endif
