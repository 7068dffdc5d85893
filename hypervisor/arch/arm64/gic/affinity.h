/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * From affinities to CPUs without a loop over CPUs. A cluster is what one write of ICC_SGI1R_EL1
 * can address: all CPUs with the same Aff3.Aff2.Aff1. These are the clusters of the
 * machine; a guest sees those of its cell (gic/vcpuid.h).
 */
#ifndef GIC_AFFINITY_H
#define GIC_AFFINITY_H

#include <hv/cell.h>

#define AFFINITY_CLUSTER_CPUS	16

extern struct affinity_cluster affinity_clusters[JH_MAX_CPUS];
extern u32 affinity_num_clusters;

/**
 * affinity_add() - enter a CPU; -EINVAL if its Aff0 is above 15. During enable only.
 * @affinity:	its MPIDR, or where SGIs go by it the number of its CPU interface (GICv2)
 */
int affinity_add(u32 cpu, u64 affinity) __cold;

/** affinity_search() - affinity_find() by a look at each cluster */
u32 affinity_search(u64 key);

/** affinity_find() - number of the cluster of a key, or a number >= affinity_num_clusters */
static inline u32 affinity_find(u64 key)
{
	/* Aff1 tells clusters of most machines apart. One of no cluster gives 0, which exists. */
	u32 n = root_cell.arch.by_aff1[key >> 16 & 0xff];

	return likely(affinity_clusters[n].key == key) ? n : affinity_search(key);
}

/** affinity_key() - where an MPIDR's upper affinities stand in ICC_SGI1R_EL1 */
static inline u64 affinity_key(u64 mpidr)
{
	return (mpidr >> 32 & 0xff) << 48 | (mpidr >> 16 & 0xff) << 32 | (mpidr >> 8 & 0xff) << 16;
}

/** affinity_cpu_mask() - the CPU with an affinity, as a bit; 0 if there is none */
u64 affinity_cpu_mask(u64 affinity);

#define AFFINITY_KEY_MASK	(0xffUL << 48 | 0xffUL << 32 | 0xffUL << 16)

/** affinity_set_unmanaged() - root runs the CPU without the hypervisor from now on, or no longer */
void affinity_set_unmanaged(u32 cpu, bool unmanaged) __cold;

/**
 * affinity_join() - the executing CPU runs the guest of @cell from now on, whose SGIs reach it
 *
 * The targets of a cell's SGIs are its running CPUs: an SGI for a parked one goes nowhere.
 */
void affinity_join(struct cell *cell) __cold;

/** affinity_leave() - undo affinity_join(); a sender that looked before may still send one SGI */
void affinity_leave(struct cell *cell) __cold;

#endif
