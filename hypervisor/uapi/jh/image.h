/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * The hypervisor image and its entry. The loader (the Linux driver; a boot loader could be one,
 * too) lays out the hypervisor's memory like this, all of it cleaned and invalidated to the point
 * of coherency before the first CPU enters:
 *
 *	base			image: the file, then zeroes up to memory_size
 *	+ memory_size		one page with struct jh_boot_info
 *	+ config_offset		the system configuration (jh/config.h), config_size bytes
 *	+ percpu_offset		percpu_pages for each CPU of cpu_mask, in ascending order, zeroed
 *	+ table_offset		EL2's own tables, built by arch/<arch>/boot/boottable.c
 *	+ pool_offset		free pages up to the end, zeroed
 *
 * and calls, on every CPU at EL2 with the MMU off,
 *
 *	entry(x0 = PA of struct jh_boot_info, x1 = return address at EL1, x2 = CPU number)
 *
 * which comes back at EL1h with DAIF masked, x0 = 0 or a negative errno (the same on all CPUs),
 * x18-x30 and SP_EL1 kept. JH_HC_DISABLE, called on every CPU, comes back in the same way.
 */
#ifndef JH_IMAGE_H
#define JH_IMAGE_H

#include <jh/types.h>

#define JH_IMAGE_MAGIC		"JHIMAGE"	/* with its zero: 8 bytes */
#define JH_IMAGE_VERSION	4
#define JH_ARCH_ARM64		1

#define JH_MAX_CPUS		64	/* numbers 0..63: a set fits one word */
#define JH_MAX_POOLS		8
#define JH_MAX_UNITS		16	/* rows of jh/config.h's section of units */
#define JH_MAX_CELLS		17	/* the root cell, number 0, included */
#define JH_NAME_LEN		32	/* with the terminating zero */

#ifndef __ASSEMBLER__

/** struct jh_image_header - the first bytes of jh-gicv2.bin, jh-gicv3-base.bin and so on */
struct jh_image_header {
	__u8 magic[8];
	__u16 version;
	__u16 arch;
	__u32 entry;		/* offset of the code that a CPU enters at EL2 */
	__u32 file_size;	/* bytes in the file */
	__u32 memory_size;	/* bytes with bss, page-aligned */
	__u32 text_end;		/* page-aligned offset: [0, text_end) is executable */
	__u32 rodata_end;	/* page-aligned offset: [text_end, rodata_end) is read-only */
	__u32 percpu_pages;	/* private pages of each CPU */
	__u32 base_pages;	/* upper bound of the pages that enable takes from the pool */
	__u32 cpu_pages;	/* upper bound of further pages for each CPU */
	__u32 report_offset;	/* jh/report.h: page-aligned, inside of [rodata_end, memory_size) */
	__u32 report_size;
	__u32 layout;		/* number of EL2's address layout: boottable_build() must agree */
	__u32 optional;		/* JH_OPTIONAL_*: units that cells can use with this image */
};

/** struct jh_boot_range - a piece of physical memory, page-aligned */
struct jh_boot_range {
	__u64 address;
	__u64 size;
};

/* The devices that the hypervisor itself accesses: index into jh_boot_info.device_va. */
#define JH_BOOT_CONSOLE		0
#define JH_BOOT_UNIT(row)	(1 + (row))	/* row of the configuration's section of units */
#define JH_BOOT_DEVICES		17	/* JH_BOOT_UNIT(JH_MAX_UNITS) */

/*
 * Extensions of the CPUs that Linux certainly uses. Firmware may keep their registers for itself,
 * whatever the ID registers say, and an access that traps to EL3 would be fatal.
 */
#define JH_BOOT_USES_MPAM	0x1
#define JH_BOOT_USES_TRACE	0x2	/* trace units by system registers, with their filter */

/*
 * Bytes of jh_boot_info.doors, which are page-aligned physical addresses up to max_address that
 * neither RAM nor a device has; 0: there is no such place.
 */
#define JH_BOOT_DOORS_SIZE	0x8000

_Static_assert(JH_BOOT_DEVICES == JH_BOOT_UNIT(JH_MAX_UNITS), "a place for each row");

/** struct jh_boot_info - what the loader knows and the hypervisor cannot find out */
struct jh_boot_info {
	__u64 hv_address;	/* PA of base */
	__u64 hv_size;
	__u64 config_offset;
	__u64 config_size;
	__u64 percpu_offset;
	__u64 table_offset;
	__u64 pool_offset;
	__u64 max_address;	/* highest physical address of the machine, for root's map */
	__u64 cpu_mask;		/* all CPUs that will enter */
	__u64 cpu_ttbr[JH_MAX_CPUS];	/* PA of each CPU's level 1 table, filled by boottable */
	__u64 device_va[JH_BOOT_DEVICES];	/* filled by boottable; 0: there is none */
	__u32 num_pools;
	__u32 turned_away;	/* set by the loader while CPUs enter: one of them cannot */
	__u64 used;		/* JH_BOOT_USES_* */
	struct jh_boot_range pools[JH_MAX_POOLS]; /* memory for cells, zeroed */
	__u64 doors;		/* where root's PCI drivers find registers of links: see below */
};

#endif /* __ASSEMBLER__ */
#endif
