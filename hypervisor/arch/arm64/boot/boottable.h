/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's own translation tables, built before EL2 is entered by whoever loads the hypervisor: EL2
 * itself must not store anything while its MMU is off. Pure: no globals, no hardware.
 */
#ifndef ARM64_BOOTTABLE_H
#define ARM64_BOOTTABLE_H

#include <jh/image.h>

/*
 * The hypervisor's memory must end at or below this physical address: EL2 also maps one page of it
 * at its physical address.
 */
#define BOOTTABLE_HV_LIMIT	0x7fc0000000ULL

/** struct boottable_device - registers that the hypervisor maps; size 0: there is no such device */
struct boottable_device {
	__u64 address;	/* physical, page-aligned */
	__u64 size;	/* bytes, page-aligned */
};

/**
 * boottable_size() - memory that the tables need
 * @info:	hv_address, hv_size and cpu_mask are used
 * @devices:	JH_BOOT_DEVICES entries
 *
 * Return: bytes, a multiple of 4096.
 */
__u64 boottable_size(const struct jh_boot_info *info, const struct boottable_device *devices);

/**
 * boottable_build() - write the tables
 * @info:	complete but for cpu_ttbr and device_va, which are filled in here
 * @image:	header of the image that lies at @base
 * @devices:	JH_BOOT_DEVICES entries
 * @base:	where the caller sees the hypervisor's memory; the tables go to its table_offset,
 *		where boottable_size() bytes must be zero
 *
 * Nothing is mapped both writable and executable, and what is private to one CPU is mapped by that
 * CPU's tables alone.
 *
 * Return: 0, or -1 if the image expects another layout, or the memory or a device does not fit into
 * EL2's address space.
 */
int boottable_build(struct jh_boot_info *info, const struct jh_image_header *image,
		    const struct boottable_device *devices, void *base);

#endif
