/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The boundary between the machine's names of CPUs and the guest's. Only here the one becomes the
 * other. Guests always read and write their own: MPIDRs, clusters and targets of SGIs
 * (gic/affinity.h), numbers of CPU interfaces (GICv2), routes and redistributors (GICv3).
 *
 * A guest whose cell numbers its CPUs sees CPU n of struct cell.order with Aff1 = n / 16 and Aff0 =
 * n % 16, with CPU interface n, and with the nth redistributor. Other guests, root included, see
 * the machine's names.
 */
#ifndef GIC_VCPUID_H
#define GIC_VCPUID_H

#include <gic/affinity.h>
#include <hv/cpu.h>

#define VCPUID_NONE		(~0U)
#define VCPUID_AFFINITY_MASK	0x30fUL		/* the bits that numbered CPUs have in it */
#define VCPUID_NO_ROUTE		(~0UL)

/** vcpuid_affinity() - affinity fields of MPIDR_EL1 of the nth CPU of a cell that numbers them */
static inline u64 vcpuid_affinity(u32 n)
{
	return (u64)(n / AFFINITY_CLUSTER_CPUS) << 8 | n % AFFINITY_CLUSTER_CPUS;
}

/** vcpuid_number() - the inverse for any value; num_cpus or more if no CPU has that affinity */
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

/** vcpuid_prepare() - fill the tables of a cell whose CPUs are known, or of root during enable */
void vcpuid_prepare(struct cell *cell) __cold;

/** vcpuid_fill() - fill the tables of one version of the GIC. In vcpuid_v2.c or vcpuid_v3.c. */
void vcpuid_fill(struct cell *cell) __cold;

/** vcpuid_enter() - store how the guest of @cell names the executing CPU, which is to run it */
void vcpuid_enter(const struct cell *cell);

/* --- GICv2, in vcpuid_v2.c --- */

/** vcpuid_interfaces() - the CPU interfaces of a cell's CPUs, as a set that its guest writes */
u32 vcpuid_interfaces(const struct cell *cell);

/** vcpuid_set_in() - the machine's CPU interfaces for a guest's set of 8; only the cell's own */
u32 vcpuid_set_in(const struct cell *cell, u32 set);

/** vcpuid_set_out() - the guest's set for the machine's; if it numbers CPUs, without others' */
u32 vcpuid_set_out(const struct cell *cell, u32 interfaces);

/* --- GICv3, in vcpuid_v3.c --- */

/** vcpuid_clusters() - number of clusters that a guest sees */
static inline u32 vcpuid_clusters(const struct arch_cell *cell)
{
	return cell->clusters == cell->numbered ? ARRAY_SIZE(cell->numbered) :
						  affinity_num_clusters;
}

/** vcpuid_cluster() - number of a guest's cluster by its key (affinity_key()), or VCPUID_NONE */
u32 vcpuid_cluster(const struct arch_cell *cell, u64 key);

/**
 * vcpuid_route_in() - the machine's value of GICD_IROUTER for a guest's
 *
 * Return: VCPUID_NO_ROUTE if no CPU of the cell has that affinity.
 */
u64 vcpuid_route_in(const struct cell *cell, u64 route);

/** vcpuid_route_out() - the guest's value of GICD_IROUTER for the machine's */
u64 vcpuid_route_out(const struct cell *cell, u64 route);

#endif
