/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Valid configurations for tests, as parts that a test changes before it packs them.
 */
#ifndef TEST_BLOB_H
#define TEST_BLOB_H

#include <jh/config.h>

struct blob_parts {
	__u32 kind;
	__u32 num_systems;	/* 0 or 1, or more for a test */
	__u32 num_consoles;
	__u32 num_cells;
	__u32 num_cpus;
	__u32 num_memories;
	__u32 num_irqs;
	__u32 num_devices;
	__u32 num_pools;
	__u32 num_assignable;
	__u32 num_units;
	__u32 num_links;
	__u32 num_virtios;
	__u32 num_pcis;
	__u32 num_ivshmems;
	struct jh_config_system system;
	struct jh_console console;
	struct jh_config_cell cell;
	struct jh_config_cpu cpus[JH_CONFIG_MAX_CPUS];
	struct jh_config_memory memories[JH_CONFIG_MAX_ROOT_MEMORIES];
	struct jh_config_irq irqs[JH_CONFIG_MAX_IRQS];
	struct jh_config_device devices[JH_CONFIG_MAX_DEVICES];
	struct jh_config_pool pools[JH_CONFIG_MAX_POOLS];
	struct jh_config_assignable assignable[JH_CONFIG_MAX_ASSIGNABLE];
	struct jh_config_unit units[JH_CONFIG_MAX_UNITS];
	struct jh_config_link links[JH_CONFIG_MAX_LINKS];
	struct jh_config_virtio virtios[JH_CONFIG_MAX_VIRTIO];
	struct jh_config_pci pci;
	struct jh_config_ivshmem ivshmems[JH_CONFIG_MAX_IVSHMEM];
};

/** blob_system() - QEMU's virt machine with GICv3: automatic pool, second UART assignable */
void blob_system(struct blob_parts *parts);

/** blob_add_unit() - append a row, numbered behind those of its kind before it */
struct jh_config_unit *blob_add_unit(struct blob_parts *parts, __u32 kind, __u64 address,
				     __u64 size);

/** blob_gic() - take all units away but the distributor, for tests that add others */
void blob_gic(struct blob_parts *parts, __u64 gicd, __u64 maintenance);

/** blob_cell() - a cell that owns CPU 3, 16 MiB and the second UART, its console */
void blob_cell(struct blob_parts *parts);

/**
 * blob_add_link() - one more side of a link
 *
 * With 4 bells, side 0 being the cell whose name comes first; memory of 8 pages, of which each
 * output has 2, at 0x70000000 and behind it, registers at 0x0b000000 and behind it, interrupt 100
 * and so on.
 */
struct jh_config_link *blob_add_link(struct blob_parts *parts, const char *name, const char *peer);

/** blob_add_virtio() - one more device of two queues, of 8 elements, on a link of that number */
struct jh_config_virtio *blob_add_virtio(struct blob_parts *parts, __u32 kind, __u32 link);

/**
 * blob_add_ivshmem() - one more ivshmem device, in that slot, on a link of that number
 *
 * The host is at 0x3f000000, its window 0x0b000000-0x0b00ffff, where registers of links are.
 */
struct jh_config_ivshmem *blob_add_ivshmem(struct blob_parts *parts, __u16 slot, __u32 link);

/**
 * blob_pack() - the blob of the parts, in memory of exactly its size (free it)
 * @length: set to its bytes
 */
void *blob_pack(const struct blob_parts *parts, __u32 *length);

/** blob_seal() - set length and checksum of a blob that a test changed */
void blob_seal(void *blob, __u32 length);

#endif
