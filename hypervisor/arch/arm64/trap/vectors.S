/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's exception vectors, and the paths from them to C and back, which fill the slots of 128
 * bytes. The room in the second table has other code that C cannot express. The guest's general
 * registers are saved at the top of the stack (struct regs); a path that only calls C functions
 * which return saves only the registers that C may clobber.
 */
#include <asm/layout.h>
#include <asm/offsets.h>
#include <asm/psci.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <jh/hypercall.h>

	/* Registers that C may clobber (arch.mk), but for x0 and x1, which are saved already. */
	.macro	save_clobbered_rest
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x16, x17, [sp, #128]
	stp	x30, xzr, [sp, #240]
	.endm

	.macro	save_clobbered
	sub	sp, sp, #256
	stp	x0, x1, [sp]
	save_clobbered_rest
	.endm

	.macro	restore_clobbered
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x16, x17, [sp, #128]
	ldr	x30, [sp, #240]
	add	sp, sp, #256
	.endm

	/* Registers that C preserves: the rest of a full frame. */
	.macro	save_preserved
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	.endm

	/* All registers but x0 and x1, which are saved already. */
	.macro	save_rest
	save_clobbered_rest
	save_preserved
	.endm

	.macro	save_all
	sub	sp, sp, #256
	stp	x0, x1, [sp]
	save_rest
	.endm

	/* Clobbers x0 and x1. */
	.macro	count stat
	ldr	x1, [sp, #256 + PERCPU_STATS]	/* struct percpu lies above the stack */
	ldr	x0, [x1, #8 * \stat]
	add	x0, x0, #1
	str	x0, [x1, #8 * \stat]
	.endm

	/* Count the statistic with the number in w0; clobbers x1 and x2. */
	.macro	count_w0
	ldr	x1, [sp, #256 + PERCPU_STATS]
	ldr	x2, [x1, w0, uxtw #3]
	add	x2, x2, #1
	str	x2, [x1, w0, uxtw #3]
	.endm

	/* Nothing may be executed past an eret, not even speculatively. */
	.macro	eret_barrier
	eret
	dsb	nsh
	isb
	.endm

	/* Go on after the trapped instruction; its step and branch target check are dropped. */
	.macro	skip_instruction
	mrs	x0, elr_el2
	add	x0, x0, #4
	msr	elr_el2, x0
	mrs	x0, spsr_el2
	bic	x0, x0, #SPSR_SS
	bic	x0, x0, #SPSR_BTYPE
	msr	spsr_el2, x0
	.endm

	/* Slot @n of a table. The code before it must fit: .org does not go back. */
	.macro	slot table, n
	.org	\table + 128 * (\n)
	.endm

	/* A slot with a branch; its label separates it from the code before it in a disassembly. */
	.macro	vector table, n, target
	slot	\table, \n
vector_\@:
	b	\target
	.endm

	/* Where vectors_tracing.S goes on */
	.globl	el2_sync, el2_irq, el2_fiq, el2_serror
	.globl	guest_sync, guest_irq, guest_fiq, guest_serror

	.section .vectors, "ax"
	.globl	vectors
	.balign	2048
vectors:
	/* EL2 with SP_EL0: never used, a bug all the same. */
	vector	vectors, 0, el2_sync

guest_smc:
	ldr	x0, [sp]
	movz	w1, #(PSCI_VERSION >> 16), lsl #16
	cmp	w0, w1
	b.eq	smc_psci_version
	/* SMCCC_ARCH_WORKAROUND_1, _2, _3: guests call them often, so they have a short path. */
	movz	w1, #(SMCCC_ARCH_WORKAROUND_1 >> 16), lsl #16
	sub	w1, w0, w1
	cmp	w1, #(SMCCC_ARCH_WORKAROUND_1 & 0xffff)
	b.eq	workaround
	b.hi	guest_smc_simple		/* it is the highest of them */
	add	w1, w1, #1			/* the others end in 0xfff */
	cmp	w1, #((SMCCC_ARCH_WORKAROUND_2 & 0xffff) + 1)
	b.eq	workaround
	cmp	w1, #((SMCCC_ARCH_WORKAROUND_3 & 0xffff) + 1)
	b.ne	guest_smc_simple
workaround:
	skip_instruction
	ldp	x0, x1, [sp], #256
	smc	#0
	eret_barrier

	vector	vectors, 1, el2_irq

	/* SMCCC by HVC: the return address is that of the next instruction. */
hvc_firmware:
	movz	w1, #(PSCI_VERSION >> 16), lsl #16
	cmp	w0, w1
	b.ne	guest_hvc_simple
	b	psci_version
smc_psci_version:
	skip_instruction
psci_version:
	count	JH_STAT_POWER
	mov	w0, #(PSCI_VERSION_1_1 & 0xffff)
	movk	w0, #(PSCI_VERSION_1_1 >> 16), lsl #16
	ldr	x1, [sp, #8]
	add	sp, sp, #256
	eret_barrier

	vector	vectors, 2, el2_fiq

	.globl	guest_return
guest_return:
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldr	x30, [sp, #240]
	add	sp, sp, #256
	eret_barrier

	vector	vectors, 3, el2_serror

	/* The common part of branch_x<n> below. */
	.globl	branch_x16
branch_x16:
	mov	x17, #PERCPU_VA
	ldr	w17, [x17, #PERCPU_MITIGATION]
	cbz	w17, 2f
	hint	#22				/* CLRBHB, where the CPU knows it */
	tbnz	w17, #8, 2f			/* MITIGATION_CLRBHB: that was all */
1:	b	. + 4
	subs	w17, w17, #1
	b.ne	1b
2:	dsb	nsh
	isb
	br	x16

/*
 * An exception from EL2 is a bug; interrupts are masked and cannot come. The stack pointer itself
 * may be wrong (the page below the stack is not mapped), so nothing is stored through it:
 * everything on the stack is given up, except the guest's frame at the top. TPIDR_EL2 keeps the old
 * stack pointer with bit 0 set; another exception before the CPU enters a guest anew finds that and
 * halts. x18 is free: C does not use it.
 */
	slot	vectors, 4
el2_sync:
el2_irq:
el2_fiq:
	mrs	x18, tpidr_el2
	cbnz	x18, el2_halt
	mov	x18, sp
	orr	x18, x18, #1
	msr	tpidr_el2, x18
	ldr	x18, =(STACK_TOP - 256)
	mov	sp, x18
	save_all
	mov	x0, sp
	bl	trap_el2
el2_halt:
	wfi
	b	el2_halt
	.ltorg

	vector	vectors, 5, el2_irq

/* Calls by SMC that always return; all others are left to trap_sync(). */
guest_smc_simple:
	save_clobbered_rest
	mov	x0, sp
	bl	smccc_simple
	cbz	w0, guest_sync_clobbered
	count_w0
	skip_instruction
	restore_clobbered
	eret_barrier

	vector	vectors, 6, el2_fiq

	/* SErrors are unmasked at EL2 only where serror_drain() waits for them. */
	slot	vectors, 7
el2_serror:
	save_clobbered
	bl	trap_el2_serror
	b	return_clobbered

/*
 * Exceptions from guests. Calls come first: cheap ones are answered without saving the registers
 * that C preserves. A frame without these registers must not reach code that leaves the guest, so
 * only calls that always return take the short path.
 */
	slot	vectors, 8
guest_sync:
	sub	sp, sp, #256
	stp	x0, x1, [sp]
	mrs	x1, esr_el2
	tbnz	w1, #31, guest_abort		/* EC >= 0x20 */
	lsr	x0, x1, #26
	cmp	x0, #EC_HVC64
	b.eq	guest_hvc
	cmp	x0, #EC_SMC64
	b.eq	guest_smc
	cmp	x0, #EC_SYSREG
	b.eq	guest_sysreg
guest_sync_full:
	save_rest
guest_sync_saved:
	mov	x0, sp
	bl	trap_sync
	b	guest_return

	slot	vectors, 9
guest_irq:
	save_clobbered
	bl	vgic_irq
	b	return_clobbered

	slot	vectors, 10
guest_fiq:
	save_clobbered
	bl	trap_fiq
	b	return_clobbered

/* The same by HVC: the return address is that of the next instruction. */
guest_hvc_simple:
	save_clobbered_rest
	mov	x0, sp
	bl	smccc_simple
	cbz	w0, guest_sync_clobbered
	count_w0
	b	return_clobbered

	slot	vectors, 11
guest_serror:
	save_clobbered
	bl	trap_serror
	b	return_clobbered

/* EL1 using AArch32, from here to the end of the table: HCR_EL2.RW is 1 for every guest. */
	slot	vectors, 12
guest_hvc:
	mov	w0, #JH_HVC_IMM
	cmp	w0, w1, uxth
	ldp	x0, x1, [sp]
	b.ne	hvc_firmware
	/* JH_HC_HYPERVISOR_GET_INFO to JH_HC_DEBUG_CONSOLE_PUTC */
	sub	x1, x0, #JH_HC_HYPERVISOR_GET_INFO
	cmp	x1, #(JH_HC_DEBUG_CONSOLE_PUTC - JH_HC_HYPERVISOR_GET_INFO)
	b.hi	guest_hvc_other
guest_hvc_short:
	save_clobbered_rest
	count	JH_STAT_HYPERCALL
	ldp	x0, x1, [sp]
	bl	hypercall_guest
	str	x0, [sp]
return_clobbered:
	restore_clobbered
	eret_barrier

/* A code above the last one cannot leave the guest: hypercall_guest() refuses it. */
guest_hvc_other:
	cmp	x0, #JH_HC_LAST
	b.hi	guest_hvc_short
	b	guest_sync_full

/*
 * Accesses to filtered devices; any other abort is left to trap_sync(). Registers that C preserves
 * are saved and restored only if one of them may be transferred. x1 is the syndrome.
 */
guest_abort:
	ubfx	w0, w1, #16, #5			/* SRT */
	save_clobbered_rest
	cmp	w0, #7
	b.hi	guest_abort_preserved
	mov	x0, sp
	bl	fault_simple
	cbnz	w0, return_clobbered
guest_sync_clobbered:
	save_preserved
	b	guest_sync_saved
guest_abort_preserved:
	save_preserved
	mov	x0, sp
	bl	fault_simple
	cbz	w0, guest_sync_saved
	b	guest_return

/* A write of ICC_SGI1R_EL1; everything else is left to trap_sync(). */
guest_sysreg:
	lsl	x1, x1, #(64 - 25)		/* the ISS */
	lsr	x1, x1, #(64 - 25)
	ubfx	x0, x1, #5, #5			/* Rt */
	bic	x1, x1, #(0x1f << 5)
	sub	x1, x1, #(ISS_ICC_SGI1R & 0xfff000)
	cmp	x1, #(ISS_ICC_SGI1R & 0xfff)
	ccmp	x0, #30, #2, eq			/* otherwise C is set, Z is not: higher */
	b.hi	guest_sync_full
	save_clobbered_rest
	cmp	w0, #7
	b.ls	1f
	save_preserved
1:	ldr	x0, [sp, x0, lsl #3]
	bl	trap_sgi1r
	skip_instruction
	b	return_clobbered
	slot	vectors, 16

/*
 * The same vectors for CPUs on which a guest may have trained branch targets (Spectre v2) and whose
 * firmware clears them: the call comes before any branch of EL2.
 */
	.macro	mitigating_vector n, target
	slot	vectors_mitigating, \n
mitigating_\@:
	stp	x0, x1, [sp, #-32]!
	stp	x2, x3, [sp, #16]
	ldr	w0, [sp, #32 + PERCPU_FIRMWARE_CALL]
	smc	#0				/* DEN 0070: clobbers x0-x3 at most */
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp], #32
	b	\target
	.endm

	.globl	vectors_mitigating
	.balign	2048
vectors_mitigating:
	/* EL2 with SP_EL0 */
	vector	vectors_mitigating, 0, el2_sync

	/* Register files that have no index, for the next owner (cpu/context.c) */
	.globl	context_zero_sve, context_zero_keys
context_zero_sve:
	.arch	armv8-a+sve
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	pfalse	p\n\().b
	.endr
	wrffr	p0.b
	.arch	armv8-a
	ret
context_zero_keys:
	msr	s3_0_c2_c1_0, xzr	/* APIAKeyLo_EL1 */
	msr	s3_0_c2_c1_1, xzr
	msr	s3_0_c2_c1_2, xzr	/* APIBKey */
	msr	s3_0_c2_c1_3, xzr
	msr	s3_0_c2_c2_0, xzr	/* APDAKey */
	msr	s3_0_c2_c2_1, xzr
	msr	s3_0_c2_c2_2, xzr	/* APDBKey */
	msr	s3_0_c2_c2_3, xzr
	msr	s3_0_c2_c3_0, xzr	/* APGAKey */
	msr	s3_0_c2_c3_1, xzr
	ret

	vector	vectors_mitigating, 1, el2_irq

	.globl	context_zero_simd
context_zero_simd:
	/* Clears the upper parts of SVE's registers too. */
	.arch	armv8-a+fp+simd
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movi	v\n\().2d, #0
	.endr
	.arch	armv8-a
	b	context_zero_simd_upper

	vector	vectors_mitigating, 2, el2_fiq

context_zero_simd_upper:
	.arch	armv8-a+fp+simd
	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0
	.endr
	msr	fpsr, xzr
	msr	fpcr, xzr
	.arch	armv8-a
	ret

	vector	vectors_mitigating, 3, el2_serror

	/* x0: number of event counters, 0 to 31 */
	.globl	context_zero_pmu
context_zero_pmu:
	cbz	x0, 2f
1:	sub	x0, x0, #1
	msr	pmselr_el0, x0
	isb
	msr	pmxevtyper_el0, xzr
	msr	pmxevcntr_el0, xzr
	cbnz	x0, 1b
2:	msr	pmselr_el0, xzr
	ret

	/* EL2 with its own stack pointer */
	vector	vectors_mitigating, 4, el2_sync

/*
 * branch_x<n>: br x<n> for C (asm/branches.h), after the mitigation that errata_mitigation() chose.
 * Nothing speculates past the isb, whichever way the conditional branches were predicted, so all
 * CPUs execute it. The build refuses indirect branches anywhere else (check-branches).
 */
	.macro	branch_by n
	.globl	branch_x\n
branch_x\n:
	mov	x16, x\n
	b	branch_x16
	.endm

	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14
	branch_by \n
	.endr

	vector	vectors_mitigating, 5, el2_irq
	branch_by 15
	branch_by 17

	vector	vectors_mitigating, 6, el2_fiq
	vector	vectors_mitigating, 7, el2_serror
	mitigating_vector 8, guest_sync
	mitigating_vector 9, guest_irq
	mitigating_vector 10, guest_fiq
	mitigating_vector 11, guest_serror

/* From here to the end of the table as above. */
	slot	vectors_mitigating, 12
/* guest_start(x0): into the guest, with all of EL2's stack free again */
	.globl	guest_start
guest_start:
	ldr	x1, =STACK_TOP
	mov	sp, x1
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	mov	x\n, #0
	.endr
	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	mov	x\n, #0
	.endr
	eret_barrier
	.ltorg

	/* x0, x1: number of breakpoints and watchpoints, 2 to 16 */
	.globl	context_zero_debug
context_zero_debug:
	mov	x2, #16
	sub	x0, x2, x0
	sub	x1, x2, x1
	adr	x2, 1f
	add	x2, x2, x0, lsl #3
	b	branch_x2
1:
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgbcr\n\()_el1, xzr
	msr	dbgbvr\n\()_el1, xzr
	.endr
	adr	x2, 2f
	add	x2, x2, x1, lsl #3
	b	branch_x2
2:
	.irp	n, 15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
	msr	dbgwcr\n\()_el1, xzr
	msr	dbgwvr\n\()_el1, xzr
	.endr
	ret
	slot	vectors_mitigating, 16
