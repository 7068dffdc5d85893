/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of the native shim: above the device tree that QEMU puts at the start of RAM.
 *
 * Copyright (c) The jh authors
 */
OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(native_entry)

SECTIONS
{
	. = 0x40200000;
	.text : { *(.entry) *(.text .text.*) *(.rodata .rodata.*) }
	.data : { *(.data .data.*) }
	.bss : { *(.bss .bss.* COMMON) . = ALIGN(16); }

	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }
}
