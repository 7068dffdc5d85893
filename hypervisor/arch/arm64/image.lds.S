/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The image is linked at the virtual address of its memory at EL2. Code that runs with the MMU off
 * is position-independent and lies in the first page (.idmap.text).
 */
#include <asm/layout.h>
#include <asm/offsets.h>

OUTPUT_ARCH(aarch64)
ENTRY(image_header)

SECTIONS
{
	. = EL2_LINEAR;
	image_start = .;
	.text : {
		KEEP(*(.header))
		. = ALIGN(64);
		idmap_start = .;
		KEEP(*(.idmap.text))
		idmap_end = .;
		/* These files fill the room before the vectors, which are aligned. */
		*entry.o(.text)
		*boot.o(.text .text.*)
		*cache.o(.text .text.*)
		*fixmap.o(.text .text.*)
		*serror.o(.text .text.*)
		*crash.o(.text .text.*)
		. = ALIGN(2048);
		KEEP(*(.vectors))
		/*
		 * More fill the room between slots, 124 bytes each, and after the table, 512 bytes.
		 */
		KEEP(*(.vectors.vectors_tracing.0))
		*destroy.o(.text .text.*)
		KEEP(*(.vectors.vectors_tracing.1))
		*checksum.o(.text .text.*)
		KEEP(*(.vectors.vectors_tracing.2))
		*imx8m.o(.text .text.*)
		KEEP(*(.vectors.vectors_tracing.3))
		*errata.o(.text .text.*)
		*sysreg.o(.text .text.*)
		KEEP(*(.vectors.vectors_tracing_mitigating.*))
		*(.text .text.*)
		image_code_end = .;
		. = ALIGN(4096);
	}
	image_text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
	}
	image_constants_end = .;
	. = ALIGN(4096);
	image_rodata_end = .;
	.data : {
		*(.data .data.*)
		image_data_end = .;
	}
	/* Zeroes at the end need no place in the file. */
	image_file_end = SIZEOF(.data) ? . : image_constants_end;
	.bss (NOLOAD) : {
		. = ALIGN(4096);
		image_report = .;
		*(.report)
		*(.report.links)
		*(.report.more)
		. = ALIGN(4096);
		image_report_end = .;
		*(SORT_BY_ALIGNMENT(.bss*))
		. = ALIGN(4096);
	}
	image_end = .;
	/* Offsets for the header in entry.S: the assembler cannot subtract across sections. */
	image_off_entry = ABSOLUTE(entry - image_start);
	image_off_file = ABSOLUTE(image_file_end - image_start);
	image_off_end = ABSOLUTE(image_end - image_start);
	image_off_text = ABSOLUTE(image_text_end - image_start);
	image_off_rodata = ABSOLUTE(image_rodata_end - image_start);
	image_off_report = ABSOLUTE(image_report - image_start);
	image_report_size = ABSOLUTE(image_report_end - image_report);
	image_optional = ABSOLUTE((DEFINED(unit_uart) ? OPTIONAL_UART : 0) |
				  (DEFINED(unit_link) ? OPTIONAL_LINK : 0));

	ASSERT(idmap_end - image_start <= 4096, "what runs with the MMU off must be in page 0")
	ASSERT((DEFINED(vectors_tracing_3) ? vectors_tracing_3 - vectors_tracing : 384) == 384,
	       "what lies between slots of vectors_tracing is too large for one")
	ASSERT(image_end - image_start <= EL2_LINEAR_SIZE, "image too large")
	ASSERT(!DEFINED(unit_link) || image_report - image_start >= 8 * 4096,
	       "room for ROOT_SIDES in core/link_root.c")

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
	}
}
