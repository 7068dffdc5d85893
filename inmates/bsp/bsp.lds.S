/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A linker script for a program in one piece, at --defsym=BSP_RAM=ADDRESS, with RAM of
 * --defsym=BSP_RAM_SIZE=BYTES. An RTOS with a script of its own puts .bsp.start at the entry of the
 * cell and defines the five symbols.
 *
 * Copyright (c) The jh authors
 */
OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(bsp_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = BSP_RAM;
	__bsp_ram_start = .;
	.text : {
		KEEP(*(.bsp.start))
		*(.text .text.* .vectors)
	} :text
	.rodata : { *(.rodata .rodata.*) } :text

	. = ALIGN(4096);
	.data : { *(.data .data.*) } :data
	. = ALIGN(16);
	__bss_start = .;
	.bss : {
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
	} :data
	__bss_end = .;
	.bsp.tables (NOLOAD) : { *(.bsp.tables) } :data
	__bsp_heap_start = .;
	__bsp_ram_end = BSP_RAM + BSP_RAM_SIZE;
	/* The stack of start-up and of main() is the end of RAM. */
	__bsp_stack_top = __bsp_ram_end;

	ASSERT(__bsp_heap_start + 0x4000 <= __bsp_ram_end, "the program does not fit its RAM")

	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.dynamic) *(.interp) }
}
