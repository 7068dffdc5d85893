/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Layout of an inmate: entry at 0, command line at 0x1000, all of it below the
 * symbol __limit, which the link command sets. With LINK_COMMON its resource table is there, else
 * among its data.
 *
 * Copyright (c) The jh authors
 */
#include "layout.h"

OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
#ifdef LINK_COMMON
	link PT_LOAD FLAGS(6);
#endif
}

SECTIONS
{
	. = 0;
	.boot : {
		*(.boot)
		*(.vectors)
		. = CMDLINE_BASE;
		__cmdline = .;
		. += CMDLINE_SIZE;
	} :text
	.text : { *(.text .text.*) } :text
	.rodata : { *(.rodata .rodata.*) } :text

	. = ALIGN(4096);
	.data : {
		*(.data.pagetable)
		*(.data .data.*)
	} :data
#ifndef LINK_COMMON
	.resource_table : { KEEP(*(.resource_table)) } :data
#endif
	. = ALIGN(16);
	__bss_start = .;
	.bss : {
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
	} :data
	__bss_end = .;
	.noinit (NOLOAD) : {
		*(.noinit)
		. = ALIGN(16);
		__stacks = .;
		. += STACK_SIZE * STACK_COUNT;
		__stacks_end = .;
	} :data
	__image_end = .;
#ifdef LINK_COMMON
	/* In the memory that a link shares with Linux (jh/rpmsg.h). */
	.resource_table LINK_COMMON : { KEEP(*(.resource_table)) } :link
#endif

	ASSERT(__image_end <= __limit, "the inmate does not fit its memory")
	ASSERT(SIZEOF(.boot) == CMDLINE_BASE + CMDLINE_SIZE, "start-up code is too long")

	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.dynamic) *(.interp) }
}
