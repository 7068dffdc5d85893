// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Numbers of CPUs for guests and of the machine: each valid number, set, affinity and route leads
 * to its own CPU and back, all others to none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gic/vcpuid.h>
#include "fake64/fake64.h"

/* A cell of these CPUs in this order, which no other cell has. */
static void cell_of(const u8 *order, u32 count, u32 flags)
{
	u32 i;

	fake64_reset();
	fake64_cell.num_cpus = count;
	fake64_cell.cpu_mask = 0;
	memcpy(fake64_cell.order, order, count);
	for (i = 0; i < count; i++) {
		cpus[order[i]].place = i;
		fake64_cell.cpu_mask |= BIT(order[i]);
	}
	root_cell.cpu_mask = 0xff & ~fake64_cell.cpu_mask;
	for (i = 0; i < FAKE64_CPUS; i++) {
		struct cell *cell = fake64_cell.cpu_mask >> i & 1 ? &fake64_cell : &root_cell;

		cpus[i].cell = cell;
		fake64_percpu[i].cell = cell;
	}
	fake64_number(flags);
}

/* Some of the CPUs in some order. */
static u32 random_order(u8 *order)
{
	u32 count = 1 + (u32)rand() % FAKE64_CPUS, i, other;
	u8 kept;

	for (i = 0; i < FAKE64_CPUS; i++)
		order[i] = (u8)i;
	for (i = 0; i < FAKE64_CPUS; i++) {
		other = (u32)rand() % FAKE64_CPUS;
		kept = order[i];
		order[i] = order[other];
		order[other] = kept;
	}
	return count;
}

static void affinities_are_numbers(void **state)
{
	u64 affinity;
	u32 n;

	(void)state;
	for (n = 0; n < JH_MAX_CPUS; n++) {
		assert_int_equal(vcpuid_number(vcpuid_affinity(n)), n);
		assert_int_equal(vcpuid_affinity(n) & 0xff, n % 16);
		assert_int_equal(vcpuid_affinity(n) >> 8, n / 16);
	}
	for (affinity = 0; affinity < 1UL << 18; affinity++) {
		n = vcpuid_number(affinity);
		assert_true(n >= JH_MAX_CPUS || vcpuid_affinity(n) == affinity);
	}
	for (n = 4; n < 64; n++) {
		if (n < 8 || n > 9)
			assert_int_equal(vcpuid_number(BIT(n)), VCPUID_NONE);
	}
}

static void cpus_are_found(void **state)
{
	u8 order[FAKE64_CPUS];
	u64 affinity;
	u32 count, round, n;

	(void)state;
	srand(21);
	for (round = 0; round < 100; round++) {
		count = random_order(order);
		cell_of(order, count, 0);
		for (affinity = 0; affinity < 0x500; affinity++) {
			n = vcpuid_number(affinity);
			assert_ptr_equal(vcpuid_find(&fake64_cell, affinity),
					 n < count ? &cpus[order[n]] : NULL);
		}
		assert_null(vcpuid_find(&fake64_cell, BIT(31)));
		assert_null(vcpuid_find(&fake64_cell, ~0UL));
	}
}

#if JH_GIC == 2
/* Whom a set of interfaces means, one CPU at a time. */
static u32 set_of(const u8 *order, u32 count, u32 set)
{
	u32 interfaces = 0, n;

	for (n = 0; n < count; n++) {
		if (set >> n & 1)
			interfaces |= 1U << order[n];
	}
	return interfaces;
}

static void sets_of_interfaces(void **state)
{
	u8 order[FAKE64_CPUS];
	u32 count, round, set, n;

	(void)state;
	srand(22);
	for (round = 0; round < 200; round++) {
		count = random_order(order);
		cell_of(order, count, 0);
		assert_int_equal(vcpuid_interfaces(&fake64_cell), (1U << count) - 1);
		for (set = 0; set < 256; set++) {
			u32 in = vcpuid_set_in(&fake64_cell, set);

			assert_int_equal(in, set_of(order, count, set));
			if (set < 1U << count)
				assert_int_equal(fake64_cell.arch.interfaces[set], in);
			assert_int_equal(vcpuid_set_out(&fake64_cell, in),
					 set & ((1U << count) - 1));
			/* Others are not seen, whoever else is in the set. */
			assert_int_equal(vcpuid_set_out(&fake64_cell, set), vcpuid_set_out(
					 &fake64_cell, set & (u32)fake64_cell.cpu_mask));
		}
		for (n = 0; n < count; n++)
			assert_int_equal(fake64_cell.arch.senders >> 8 * order[n] & 0xff, n);
	}
}

/* Root, and a cell that keeps the machine's numbers, mean what they say, as far as it is theirs. */
static void the_machine_is_as_it_is(void **state)
{
	static const u8 order[] = { 6, 4, 7, 5 };
	const struct cell *cell = &fake64_cell;
	u32 set, n;

	(void)state;
	for (n = 0; n < 2; n++, cell = &root_cell) {
		cell_of(order, 4, JH_CELL_PHYSICAL_IDS);
		for (set = 0; set < 256; set++) {
			assert_int_equal(vcpuid_set_in(cell, set), set & (u32)cell->cpu_mask);
			assert_int_equal(vcpuid_set_out(cell, set), set);
			assert_int_equal(cell->arch.interfaces[set], set);
			assert_int_equal(cell->arch.senders >> set % 8 * 8 & 0xff, set % 8);
		}
		assert_ptr_equal(cell->arch.clusters, affinity_clusters);
	}
}
#else
static void routes(void **state)
{
	u8 order[FAKE64_CPUS];
	u32 count, round, n;
	u64 route;

	(void)state;
	srand(23);
	for (round = 0; round < 100; round++) {
		count = random_order(order);
		cell_of(order, count, 0);
		for (route = 0; route < 0x500; route++) {
			n = vcpuid_number(route);
			assert_int_equal(vcpuid_route_in(&fake64_cell, route), n < count ?
					 cpus[order[n]].arch.mpidr : VCPUID_NO_ROUTE);
		}
		assert_int_equal(vcpuid_route_in(&fake64_cell, 1UL << 32), VCPUID_NO_ROUTE);
		assert_int_equal(vcpuid_route_in(&fake64_cell, 1UL << 16), VCPUID_NO_ROUTE);
		for (n = 0; n < count; n++)
			assert_int_equal(vcpuid_route_out(&fake64_cell, cpus[order[n]].arch.mpidr),
					 vcpuid_affinity(n));
		/* One that leads out of the cell is not told. */
		for (n = 0; n < FAKE64_CPUS; n++) {
			if (cpus[n].cell == &root_cell)
				assert_int_equal(vcpuid_route_out(&fake64_cell,
								  cpus[n].arch.mpidr), 0);
		}
	}
}

static void clusters_of_many(void **state)
{
	const struct arch_cell *arch = &fake64_cell.arch;
	u32 count, n;

	(void)state;
	for (count = 1; count <= JH_MAX_CPUS; count++) {
		fake64_reset();
		fake64_cell.num_cpus = count;
		for (n = 0; n < count; n++)
			fake64_cell.order[n] = (u8)(JH_MAX_CPUS - 1 - n);
		fake64_cell.flags = 0;
		memset(&fake64_cell.arch, 0, sizeof(fake64_cell.arch));
		vcpuid_prepare(&fake64_cell);
		assert_int_equal(vcpuid_clusters(arch), 4);
		for (n = 0; n < JH_MAX_CPUS; n++) {
			u64 affinity = vcpuid_affinity(n);
			const struct affinity_cluster *c =
				&arch->clusters[arch->by_aff1[affinity >> 8]];

			assert_int_equal(c->key, affinity_key(affinity));
			assert_int_equal(vcpuid_cluster(arch, c->key), n / 16);
			assert_int_equal(c->present >> n % 16 & 1, n < count);
			assert_int_equal(c->unmanaged, 0);
			if (n < count)
				assert_int_equal(c->cpu[n % 16], JH_MAX_CPUS - 1 - n);
		}
		for (n = 4; n < 256; n++)
			assert_int_equal(vcpuid_cluster(arch, (u64)n << 16), VCPUID_NONE);
		assert_int_equal(vcpuid_cluster(arch, 1UL << 32), VCPUID_NONE);
		assert_int_equal(vcpuid_cluster(arch, 1UL << 48), VCPUID_NONE);
	}
}

static void the_machine_is_as_it_is(void **state)
{
	static const u8 order[] = { 6, 4, 7, 5 };
	const struct cell *cell = &fake64_cell;
	u32 cpu, n;

	(void)state;
	for (n = 0; n < 2; n++, cell = &root_cell) {
		cell_of(order, 4, JH_CELL_PHYSICAL_IDS);
		for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
			u64 mpidr = cpus[cpu].arch.mpidr;

			assert_int_equal(vcpuid_route_in(cell, mpidr),
					 cpus[cpu].cell == cell ? mpidr : VCPUID_NO_ROUTE);
			assert_int_equal(vcpuid_route_out(cell, mpidr), mpidr);
			assert_int_equal(vcpuid_cluster(&cell->arch, affinity_key(mpidr)),
					 affinity_find(affinity_key(mpidr)));
		}
		assert_int_equal(vcpuid_cluster(&cell->arch, 0x20000), VCPUID_NONE);
		assert_ptr_equal(cell->arch.clusters, affinity_clusters);
		assert_int_equal(vcpuid_clusters(&cell->arch), affinity_num_clusters);
	}
}
#endif

static void what_a_cpu_is_called(void **state)
{
	u8 order[FAKE64_CPUS];
	u32 count, round, cpu;

	(void)state;
	srand(24);
	for (round = 0; round < 100; round++) {
		count = random_order(order);
		cell_of(order, count, round % 2 ? 0 : JH_CELL_PHYSICAL_IDS);
		for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
			const struct percpu *p = &fake64_percpu[cpu];
			const struct arch_cpu *arch = &cpus[cpu].arch;
			bool numbered = round % 2 && cpus[cpu].cell == &fake64_cell;
			u32 number = numbered ? cpus[cpu].place : arch->affinity & 0xf;

			assert_int_equal(arch->vmpidr, numbered ? number : arch->mpidr);
			assert_int_equal(p->number, number);
			assert_int_equal(p->cluster_bit, 1U << number);
			assert_int_equal(p->cell->arch.clusters[p->cluster].cpu[number], cpu);
			assert_true(p->cell->arch.sgi_targets[p->cluster] >> number & 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(affinities_are_numbers),
		cmocka_unit_test(cpus_are_found),
#if JH_GIC == 2
		cmocka_unit_test(sets_of_interfaces),
#else
		cmocka_unit_test(routes),
		cmocka_unit_test(clusters_of_many),
#endif
		cmocka_unit_test(what_a_cpu_is_called),
		cmocka_unit_test(the_machine_is_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
