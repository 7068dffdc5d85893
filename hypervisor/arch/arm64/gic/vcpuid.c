// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/percpu.h>
#include <gic/vcpuid.h>

static void number_clusters(struct cell *cell)
{
	struct arch_cell *arch = &cell->arch;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(arch->numbered); i++)
		arch->numbered[i].key = affinity_key(vcpuid_affinity(i * AFFINITY_CLUSTER_CPUS));
	for (i = 0; i < cell->num_cpus; i++) {
		struct affinity_cluster *c = &arch->numbered[i / AFFINITY_CLUSTER_CPUS];

		c->present |= 1U << i % AFFINITY_CLUSTER_CPUS;
		c->cpu[i % AFFINITY_CLUSTER_CPUS] = cell->order[i];
	}
}

void vcpuid_prepare(struct cell *cell)
{
	bool numbered = cell_numbers_cpus(cell);

	cell->arch.clusters = numbered ? cell->arch.numbered : affinity_clusters;
	if (numbered)
		number_clusters(cell);
	cell->arch.last_numbered = numbered ? (s32)cell->num_cpus - 1 : -1;
	vcpuid_fill(cell);
}

void vcpuid_enter(const struct cell *cell)
{
	struct percpu *p = this_percpu;
	struct cpu *self = p->self;
	u64 affinity = self->arch.affinity;

	self->arch.vmpidr = self->arch.mpidr;
	p->cluster = self->arch.cluster;
	if (cell_numbers_cpus(cell)) {
		affinity = vcpuid_affinity(self->place);
		self->arch.vmpidr = affinity;
		p->cluster = (u8)(self->place / AFFINITY_CLUSTER_CPUS);
	}
	p->senders = cell->arch.senders;
	p->number = affinity & 0xf;
	p->cluster_bit = (u16)(1U << p->number);
}
