// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Numbers of CPU interfaces, and sets of them, which have a bit for each.
 */
#include <gic/vcpuid.h>

#define INTERFACES	8
#define SETS		(1U << INTERFACES)

static u32 interface_of(u32 cpu)
{
	return cpus[cpu].arch.affinity % INTERFACES;
}

/* Enter the CPU interface of the guest's next number; all lower ones have been entered. */
static void meet(struct cell *cell, u32 number, u32 interface)
{
	u32 set;

	cell->arch.senders |= (u64)number << 8 * interface;
	/* All sets in which it has the highest number. */
	for (set = 0; set < 1U << number; set++)
		cell->arch.interfaces[1U << number | set] =
			(u8)(cell->arch.interfaces[set] | 1U << interface);
}

static void see_all(struct cell *cell)
{
	u32 *sets = (u32 *)cell->arch.interfaces, i;

	cell->arch.senders = 0x0706050403020100;
	for (i = 0; i < SETS / 4; i++)
		sets[i] = i * 0x04040404 + 0x03020100;
}

/*
 * For a cell that numbers its CPUs, sets with numbers that it does not have are never looked up; an
 * interface of no CPU of the cell gets number 0 in @senders.
 */
void vcpuid_fill(struct cell *cell)
{
	u32 i;

	if (!cell_numbers_cpus(cell))
		see_all(cell);
	for (i = 0; i < MIN(cell->num_cpus, (u32)INTERFACES) && cell_numbers_cpus(cell); i++)
		meet(cell, i, interface_of(cell->order[i]));
}

u32 vcpuid_interfaces(const struct cell *cell)
{
	u64 left = READ_ONCE(cell->cpu_mask);
	u32 bits = 0;

	while (left)
		bits |= 1U << interface_of(cpu_mask_next(&left));
	return vcpuid_set_out(cell, bits);
}

u32 vcpuid_set_in(const struct cell *cell, u32 set)
{
	return cell->arch.interfaces[set & vcpuid_interfaces(cell) & (SETS - 1)];
}

u32 vcpuid_set_out(const struct cell *cell, u32 interfaces)
{
	u32 set = 0, i;

	for (i = 0; i < INTERFACES; i++) {
		u32 bit = 1U << (cell->arch.senders >> 8 * i & 7);

		/* Number 0 of an interface that is not the cell's does not lead back to it. */
		if (interfaces & cell->arch.interfaces[bit] & 1U << i)
			set |= bit;
	}
	return set;
}
