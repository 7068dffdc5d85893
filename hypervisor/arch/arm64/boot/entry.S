/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The way into EL2 and out of it. Everything here lies in the image's first page, which is mapped
 * at its physical address too, so that the MMU can be turned on and off under it.
 */
#include <asm/layout.h>
#include <asm/offsets.h>
#include <asm/sysreg.h>
#include <jh/image.h>

	.section .header, "ax"
	.globl	image_header
image_header:					/* struct jh_image_header */
	.asciz	JH_IMAGE_MAGIC
	.hword	JH_IMAGE_VERSION
	.hword	JH_ARCH_ARM64
	.word	image_off_entry
	.word	image_off_file
	.word	image_off_end
	.word	image_off_text
	.word	image_off_rodata
	.word	PERCPU_PAGES
	.word	IMAGE_BASE_PAGES
	.word	IMAGE_CPU_PAGES
	.word	image_off_report
	.word	image_report_size
	.word	EL2_LAYOUT
	.word	image_optional

/*
 * entry - jh/image.h: x0 boot information (PA), x1 return address, x2 CPU number, at EL2 with the
 * MMU off. Stores nothing before the MMU is on: the caller's cacheable alias of this memory could
 * overwrite it. x0-x17 are free; x3-x10 carry what C needs to know.
 */
	.section .idmap.text, "ax"
	.globl	entry
entry:
	msr	daifset, #0xf
	mrs	x3, vbar_el2
	mrs	x4, hcr_el2
	mrs	x5, sctlr_el2
	mrs	x6, tcr_el2
	mrs	x7, mair_el2
	mrs	x8, ttbr0_el2
	adr	x9, image_header		/* = the image's physical address */

	add	x10, x0, #BOOT_INFO_CPU_TTBR
	ldr	x10, [x10, x2, lsl #3]
	msr	ttbr0_el2, x10
	ldr	x10, =EL2_MAIR
	msr	mair_el2, x10
	ldr	x10, =(TCR_EL2_RES1 | TCR_T0SZ(EL2_VA_BITS) | TCR_WALKS)
	mrs	x11, id_aa64mmfr0_el1
	and	x11, x11, #0xf
	cmp	x11, #5				/* 48 bits are enough for everybody */
	mov	x12, #5
	csel	x11, x11, x12, ls
	orr	x10, x10, x11, lsl #TCR_PS_SHIFT
	msr	tcr_el2, x10

	/* Nothing that an earlier owner of EL2 left behind may translate or execute now. */
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb

	ldr	x10, =(SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)
	msr	sctlr_el2, x10
	isb
	ldr	x10, =entry_virtual
	br	x10
	.ltorg

/*
 * exit_unmanaged - x0, x18-x30: for the receiver; x9 SCTLR_EL2, x10 VBAR_EL2, x11 HCR_EL2,
 * x12 TCR_EL2, x13 MAIR_EL2, x14 TTBR0_EL2, x15 where to go (ELR), x16 in which state (SPSR)
 */
	.globl	exit_unmanaged
exit_unmanaged:
	msr	sctlr_el2, x9
	isb
	msr	vbar_el2, x10
	msr	hcr_el2, x11
	msr	tcr_el2, x12
	msr	mair_el2, x13
	msr	ttbr0_el2, x14
	msr	vttbr_el2, xzr
	msr	elr_el2, x15
	msr	spsr_el2, x16
	isb
	/*
	 * Root's translations were cached under VMID 0 with the permissions of its stage 2, and
	 * EL2's with the hypervisor's tables: neither may outlive them.
	 */
	tlbi	alle2
	tlbi	vmalls12e1
	dsb	nsh
	isb
	eret
	dsb	nsh
	isb

	.text
	.globl	entry_virtual
entry_virtual:
	ldr	x10, =STACK_TOP
	sub	sp, x10, #256
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	str	x30, [sp, #240]
	/* From here on an exception can be reported, once (el2_sync). */
	mrs	x10, tpidr_el2
	str	x10, [sp, #80]
	msr	tpidr_el2, xzr
	ldr	x10, =vectors
	msr	vbar_el2, x10
	isb
	mov	x29, #0
	mov	x0, sp
	bl	boot_enter
	b	guest_return
	.ltorg

/*
 * boot_exit(regs, exit): leave through exit_unmanaged with the general registers of @regs and the
 * rest of struct boot_exit
 */
	.globl	boot_exit
boot_exit:
	mov	x17, x0
	ldp	x9, x10, [x1]
	ldp	x11, x12, [x1, #16]
	ldp	x13, x14, [x1, #32]
	ldp	x15, x16, [x1, #48]
	ldr	x8, [x1, #64]
	ldp	x0, x1, [x17]
	ldp	x2, x3, [x17, #16]
	ldp	x18, x19, [x17, #144]
	ldp	x20, x21, [x17, #160]
	ldp	x22, x23, [x17, #176]
	ldp	x24, x25, [x17, #192]
	ldp	x26, x27, [x17, #208]
	ldp	x28, x29, [x17, #224]
	ldr	x30, [x17, #240]
	br	x8
