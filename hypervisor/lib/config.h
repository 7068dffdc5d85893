/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Checking and reading compiled configurations (jh/config.h). The same code runs in the hypervisor
 * (on what root sends for a cell), in the driver, in jhctl and on the developer's machine. It
 * allocates nothing, has no state, does a bounded amount of work, and reads nothing outside of
 * [blob, blob + length).
 */
#ifndef LIB_CONFIG_H
#define LIB_CONFIG_H

#include <jh/config.h>
#include <jh/error.h>
#include <jh/reasons.h>

/* The first INTID of each kind after SGIs, which begin at 0 (Arm IHI 0069, 2.2.1) */
#define INTID_PPI		16
#define INTID_SPI		32
#define INTID_SPECIAL		1020

/**
 * config_check() - check one configuration by itself
 * @blob:   the configuration, 8-aligned; the caller's private copy, which nobody else can change
 * @length: bytes at @blob
 * @kind:   JH_CONFIG_SYSTEM or JH_CONFIG_CELL: what the caller expects
 * @err:    filled with the reason on refusal, zeroed otherwise
 *
 * Return: 0, or the negative errno of the reason. The accessors below may be used after a 0 only.
 */
int config_check(const void *blob, __u64 length, __u32 kind, struct jh_error *err);

/**
 * config_check_frame() - the part of config_check() that the accessors below rely on
 *
 * Header, checksum and sections, not the values of the elements. Parameters as above.
 */
int config_check_frame(const void *blob, __u64 length, __u32 kind, struct jh_error *err);

/**
 * config_check_width() - check that CPUs can address everything in a checked system configuration
 * @last: the last address that they have
 */
int config_check_width(const void *blob, __u64 last, struct jh_error *err);

/** config_cell_check() - check the elements of a cell configuration whose frame was checked */
int config_cell_check(const void *blob, struct jh_error *err);

/**
 * config_check_against() - check a cell's configuration against the system's
 * @system: checked system configuration
 * @cell:   checked cell configuration
 * @err:    as above; object and index are of the cell, other_object and other_index of the system
 *
 * An automatic pool has no address here, so fixed RAM is compared with the pools only if all of
 * them have addresses. The hypervisor knows the addresses and checks again at creation.
 *
 * Return: 0 or the negative errno of the reason.
 */
int config_check_against(const void *system, const void *cell, struct jh_error *err);

/**
 * config_check_entry() - check that the address where a cell's first CPU starts is executable
 * memory
 * @cell:  checked cell configuration
 * @entry: guest-physical address, which may be anything
 *
 * Return: 0 or the negative errno of the reason.
 */
int config_check_entry(const void *cell, __u64 entry, struct jh_error *err);

/** config_system() - the one JH_SECTION_SYSTEM element of a checked system configuration */
const struct jh_config_system *config_system(const void *blob);

/** config_cell() - the one JH_SECTION_CELL element of a checked cell configuration */
const struct jh_config_cell *config_cell(const void *blob);

/** config_console() - the console of a checked configuration, NULL if it has none */
const struct jh_console *config_console(const void *blob);

/** config_pci() - the PCI host of a checked cell configuration, NULL if it has none */
const struct jh_config_pci *config_pci(const void *blob);

/* The arrays of a checked configuration: *count elements; NULL if *count is 0. */
const struct jh_config_cpu *config_cpus(const void *blob, __u32 *count);
const struct jh_config_memory *config_memories(const void *blob, __u32 *count);
const struct jh_config_irq *config_irqs(const void *blob, __u32 *count);
const struct jh_config_device *config_devices(const void *blob, __u32 *count);
const struct jh_config_pool *config_pools(const void *blob, __u32 *count);
const struct jh_config_assignable *config_assignable(const void *blob, __u32 *count);
const struct jh_config_unit *config_units(const void *blob, __u32 *count);
const struct jh_config_link *config_links(const void *blob, __u32 *count);
const struct jh_config_virtio *config_virtios(const void *blob, __u32 *count);
const struct jh_config_ivshmem *config_ivshmems(const void *blob, __u32 *count);

#define CONFIG_LINK_BELLS	16	/* that a side of a link may have */
#define CONFIG_LINK_SECTIONS	4
#define CONFIG_VIRTIO_QUEUES	4	/* that a virtio device may have, */
#define CONFIG_VIRTIO_SIZE	1024	/* and elements that one of them may have */
#define CONFIG_ECAM_SIZE		0x100000	/* bytes of configuration space: a bus */
#define CONFIG_ECAM_SLOTS	32	/* of a bus */

/**
 * struct config_section - a part of a link's memory, as one side sees it
 * @offset: from the start of the memory, page-aligned
 * @size:   bytes, whole pages; 0: there is no such part
 * @mine:   this side may write it
 * @common: both sides may write it
 *
 * The parts are contiguous.
 */
struct config_section {
	__u64 offset;
	__u64 size;
	int mine;
	int common;
};

/**
 * config_link_section() - a part of a checked link's memory, as its side sees it
 * @index: 0: the state table; 1: the part that both write; 2 and 3: the outputs of sides 0 and 1
 */
struct config_section config_link_section(const struct jh_config_link *link, __u32 index);

/** config_link_regions() - number of parts that are not empty */
__u32 config_link_regions(const struct jh_config_link *link);

/** config_is_assignable() - do the system's assignable ranges cover all of a range? */
int config_is_assignable(const void *system, __u64 start, __u64 size);

/** config_unit() - the row of a kind and index of a checked system configuration, or NULL */
const struct jh_config_unit *config_unit(const void *blob, __u32 kind, __u32 index);

/** config_kind_flags() - JH_KIND_* of a JH_UNIT_*; 0 for an unknown kind */
__u32 config_kind_flags(__u32 kind);

/** config_gic_version() - version of the GIC that a system's units make: 2, 3; 0: none */
__u32 config_gic_version(const void *blob);

/** config_cpu_mask() - the CPUs of a checked cell configuration: bit n is cpuN */
__u64 config_cpu_mask(const void *blob);

/** config_length() - bytes of a checked configuration */
__u32 config_length(const void *blob);

/**
 * config_element() - an element of a configuration that need not have passed the check
 * @blob:   8-aligned
 * @length: bytes at @blob
 * @type:   JH_SECTION_*
 * @index:  of the element
 *
 * For messages about a configuration that was refused.
 *
 * Return: the element; NULL if it is missing or lies partly outside of the configuration.
 */
const void *config_element(const void *blob, __u64 length, __u32 type, __u32 index);

#endif
