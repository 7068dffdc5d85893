// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Clusters and routes, which name CPUs by their affinities.
 */
#include <gic/vcpuid.h>
#include <string.h>

void vcpuid_fill(struct cell *cell)
{
	u8 *by_aff1 = cell->arch.by_aff1;
	u32 i;

	if (!cell_numbers_cpus(cell)) {
		memcpy(by_aff1, root_cell.arch.by_aff1, sizeof(cell->arch.by_aff1));
		return;
	}
	/* Any other Aff1 finds the first cluster, whose key differs. */
	for (i = 0; i < ARRAY_SIZE(cell->arch.numbered); i++)
		by_aff1[i] = (u8)i;
}

u32 vcpuid_cluster(const struct arch_cell *cell, u64 key)
{
	u32 n = cell->by_aff1[key >> 16 & 0xff];

	if (likely(cell->clusters[n].key == key))
		return n;
	for (n = 0; n < vcpuid_clusters(cell); n++) {
		if (cell->clusters[n].key == key)
			return n;
	}
	return VCPUID_NONE;
}

u64 vcpuid_route_in(const struct cell *cell, u64 route)
{
	const struct cpu *cpu;

	if (!cell_numbers_cpus(cell))
		return affinity_cpu_mask(route) & cell->cpu_mask ? route : VCPUID_NO_ROUTE;
	cpu = vcpuid_find(cell, route);
	return cpu ? cpu->arch.mpidr : VCPUID_NO_ROUTE;
}

u64 vcpuid_route_out(const struct cell *cell, u64 route)
{
	u64 mask;

	if (!cell_numbers_cpus(cell))
		return route;
	mask = affinity_cpu_mask(route) & cell->cpu_mask;
	return mask ? vcpuid_affinity(cpus[cpu_mask_next(&mask)].place) : 0;
}
