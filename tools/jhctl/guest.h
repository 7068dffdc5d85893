/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The device tree of a guest: what its cell has, described as a small board. Made from the cell's
 * configuration and the machine's own tree; nothing else is looked at.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>

#include <linux/types.h>

#define GUEST_SEED	64		/* bytes of rng-seed */
#define GUEST_LIMIT	(1u << 20)	/* bytes of a tree */

/**
 * struct guest - what the tree is made of
 * @config:	checked configuration of the cell
 * @machine:	the machine's tree, checked (tree_load())
 * @mpidr:	by Linux's number of a CPU: its MPIDR's affinity fields
 * @cpus:	how many there are
 * @arguments:	for the kernel; "" for none
 * @initrd:	its address; 0 bytes: there is none
 * @seed:	random; the first 8 bytes place the kernel (kaslr-seed), the rest are rng-seed
 */
struct guest {
	const void *config;
	const void *machine;
	const __u64 *mpidr;
	__u32 cpus;
	const char *arguments;
	__u64 initrd;
	__u64 initrd_size;
	__u8 seed[8 + GUEST_SEED];
};

/**
 * guest_tree - make the tree
 *
 * Warnings about what the guest will miss go to stderr. Returns the tree, to be freed; NULL if that
 * is impossible, has said why.
 */
void *guest_tree(const struct guest *guest);

/**
 * guest_has_zone - can a stock Linux keep what its virtio devices reach in their links' memory?
 *
 * @config was checked. False also if it has no virtio devices.
 */
bool guest_has_zone(const void *config);

/** guest_bounce_slabs - what swiotlb= of such a Linux may be at most */
__u64 guest_bounce_slabs(const void *config);

#endif
