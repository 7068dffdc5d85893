// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/percpu.h>
#include <gic/affinity.h>
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>

struct affinity_cluster affinity_clusters[JH_MAX_CPUS];
u32 affinity_num_clusters;

u32 affinity_search(u64 key)
{
	u32 n;

	for (n = 0; n < affinity_num_clusters; n++) {
		if (affinity_clusters[n].key == key)
			break;
	}
	return n;
}

int affinity_add(u32 cpu, u64 affinity)
{
	u64 key = affinity_key(affinity);
	u32 aff0 = affinity & 0xff, n = affinity_find(key);
	struct affinity_cluster *cluster = &affinity_clusters[n];

	if (aff0 >= AFFINITY_CLUSTER_CPUS)
		return -EINVAL;
	if (n == affinity_num_clusters) {
		affinity_num_clusters++;
		cluster->key = key;
		root_cell.arch.by_aff1[key >> 16 & 0xff] = (u8)n;
	}
	cluster->present |= 1U << aff0;
	cluster->cpu[aff0] = (u8)cpu;
	cpus[cpu].arch.affinity = affinity;
	cpus[cpu].arch.cluster = (u8)n;
	return 0;
}

u64 affinity_cpu_mask(u64 affinity)
{
	u32 n = affinity_find(affinity_key(affinity)), aff0 = affinity & 0xff;

	if (n >= affinity_num_clusters || aff0 >= AFFINITY_CLUSTER_CPUS ||
	    !(affinity_clusters[n].present >> aff0 & 1))
		return 0;
	return BIT(affinity_clusters[n].cpu[aff0]);
}

void affinity_set_unmanaged(u32 number, bool unmanaged)
{
	u64 affinity = cpus[number].arch.affinity;
	u32 n = affinity_find(affinity_key(affinity)), bit = 1U << (affinity & 0xf);

	if (unmanaged) {
		fetch_or(&affinity_clusters[n].unmanaged, bit);
		fetch_and(&root_cell.arch.sgi_targets[n], (u16)~bit);
	} else {
		fetch_or(&root_cell.arch.sgi_targets[n], (u16)bit);
		fetch_and(&affinity_clusters[n].unmanaged, ~bit);
	}
}

void affinity_join(struct cell *cell)
{
	fetch_or(&cell->arch.sgi_targets[this_percpu->cluster], (u16)this_percpu->cluster_bit);
}

void affinity_leave(struct cell *cell)
{
	fetch_and(&cell->arch.sgi_targets[this_percpu->cluster], (u16)~this_percpu->cluster_bit);
}
