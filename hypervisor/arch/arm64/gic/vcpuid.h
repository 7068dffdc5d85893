/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The boundary between the machine's CPUs and what a guest calls them: here numbers of the one kind
 * become those of the other, and nowhere else. All that guests write and read is theirs: MPIDRs,
 * clusters and targets of SGIs (gic/affinity.h), numbers of CPU interfaces (GICv2), routes and
 * redistributors (GICv3).
 *
 * A guest whose cell numbers its CPUs sees CPU n of struct cell.order as Aff1 = n / 16, Aff0 =
 * n % 16, as interface n, and its redistributor as the nth of a row. Other guests, root too, see
 * what the machine has.
 */
#ifndef GIC_VCPUID_H
#define GIC_VCPUID_H

#include <gic/affinity.h>
#include <hv/cpu.h>

#define VCPUID_NONE		(~0U)
#define VCPUID_AFFINITY_MASK	0x30fUL		/* the bits that numbered CPUs have in it */
#define VCPUID_NO_ROUTE		(~0UL)

/** vcpuid_affinity() - of the nth CPU of a cell that numbers them: affinity fields of MPIDR_EL1 */
static inline u64 vcpuid_affinity(u32 n)
{
	return (u64)(n / AFFINITY_CLUSTER_CPUS) << 8 | n % AFFINITY_CLUSTER_CPUS;
}

/** vcpuid_number() - the other way round, for any value; VCPUID_NONE or more: no CPU has it */
static inline u32 vcpuid_number(u64 affinity)
{
	return affinity & ~VCPUID_AFFINITY_MASK ? VCPUID_NONE :
		(u32)(affinity >> 4 & 0x30) | (u32)(affinity & 0xf);
}

/** vcpuid_find() - the CPU of an affinity in a cell that numbers its CPUs, or NULL */
static inline struct cpu *vcpuid_find(const struct cell *cell, u64 affinity)
{
	u32 n = vcpuid_number(affinity);

	return n < cell->num_cpus ? &cpus[cell->order[n]] : NULL;
}

/** vcpuid_prepare() - a cell whose CPUs are known, or root during enable: its tables */
void vcpuid_prepare(struct cell *cell) __cold;

/** vcpuid_fill() - those that one version of the GIC has. In vcpuid_v2.c or vcpuid_v3.c. */
void vcpuid_fill(struct cell *cell) __cold;

/** vcpuid_enter() - the executing CPU is to run the guest of @cell: what that calls it */
void vcpuid_enter(const struct cell *cell);

/* --- GICv2, in vcpuid_v2.c --- */

/** vcpuid_interfaces() - the interfaces of a cell's CPUs, a set as its guest writes it */
u32 vcpuid_interfaces(const struct cell *cell);

/** vcpuid_set_in() - the CPU interfaces that a guest means by a set of 8, as far as they are its */
u32 vcpuid_set_in(const struct cell *cell, u32 set);

/** vcpuid_set_out() - and what it calls them; others are left out where the cell numbers CPUs */
u32 vcpuid_set_out(const struct cell *cell, u32 interfaces);

/* --- GICv3, in vcpuid_v3.c --- */

/** vcpuid_clusters() - how many a guest sees */
static inline u32 vcpuid_clusters(const struct arch_cell *cell)
{
	return cell->clusters == cell->numbered ? ARRAY_SIZE(cell->numbered) :
						  affinity_num_clusters;
}

/** vcpuid_cluster() - number of a guest's cluster by its key (affinity_key()), or VCPUID_NONE */
u32 vcpuid_cluster(const struct arch_cell *cell, u64 key);

/**
 * vcpuid_route_in() - the value of GICD_IROUTER that a guest means by @route
 *
 * VCPUID_NO_ROUTE: no CPU of the cell has that affinity.
 */
u64 vcpuid_route_in(const struct cell *cell, u64 route);

/** vcpuid_route_out() - and what it calls it */
u64 vcpuid_route_out(const struct cell *cell, u64 route);

#endif
