/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The inline part of hv/arch.h for arm64.
 */
#ifndef ASM_CORE_H
#define ASM_CORE_H

#include <asm/layout.h>
#include <asm/percpu.h>
#include <hv/addr.h>
#include <hv/virq.h>

#define ARCH_ADDRESS_BITS	48
/* The most that one table of level 1 translates. */
#define ARCH_CELL_BITS		39
#define ARCH_SLOT_PAGES		PRIVATE_SLOT_PAGES
#define ARCH_MAX_PAGES		(EL2_LINEAR_SIZE / PAGE_SIZE)

/* Normal memory at stage 2 leaves the memory type to root's stage 1. */
#define ROOT_MAP_FLAGS		(MAP_READ | MAP_WRITE | MAP_EXECUTE)

/**
 * struct affinity_cluster - CPUs that differ in Aff0 only (gic/affinity.h)
 * @key:	Aff3.Aff2.Aff1 in their places of ICC_SGI1R_EL1
 * @present:	one bit for each Aff0 that exists
 * @unmanaged:	those of them that root runs without the hypervisor
 * @cpu:	their numbers, by Aff0
 */
struct affinity_cluster {
	u64 key;
	u32 present;
	u32 unmanaged;
	u8 cpu[16];
};

/**
 * struct arch_cell - what arm64 adds to a cell
 * @hcr:	of root: what is added to the one found
 * @clusters:	clusters that the guest sees: the machine's, or @numbered
 * @numbered:	clusters of a cell that numbers its CPUs (gic/vcpuid.h)
 * @last_numbered: the number of the last CPU of such a cell; of any other -1
 * @sgi_targets: by cluster: Aff0 values of its CPUs that run
 * @gicd_typer:	GICD_TYPER of its guest
 * @by_aff1:	GICv3: which of @clusters may have an Aff1. Root's is that of the machine
 * @interfaces:	GICv2: by a set of the guest's CPU interfaces: the physical ones. Where there is
 *		one cluster, with Aff1 0, what the empty set gives is right for @by_aff1 as well
 * @senders:	GICv2: a byte for each physical interface: the guest's number of it
 * @virq_lrs:	by number (hv/virq.h): what a list register holds while it is pending
 */
struct arch_cell {
	u64 vttbr;
	u64 vtcr;
	u64 hcr;
	const struct affinity_cluster *clusters;
	u32 gicd_typer;
	s32 last_numbered;
	u16 sgi_targets[JH_MAX_CPUS];
	u64 senders;
	u64 virq_lrs[VIRQ_MAX];
	union {
		u8 by_aff1[256];
		u8 interfaces[256];
	};
	struct affinity_cluster numbered[JH_MAX_CPUS / 16];
};

/** struct arch_cpu - what other CPUs see of a CPU, beyond struct cpu */
struct arch_cpu {
	u64 mpidr;		/* affinity fields of MPIDR_EL1 */
	u64 vmpidr;		/* the same as its guest sees them */
	u32 sgi_pending;	/* SGIs sent to the CPU and not yet in a list register */
	u32 sgi_enabled;	/* as its guest set GICR_ISENABLER0 or GICD_ISENABLER0 */
	u8 sgi_priority[16] __aligned(8);
	/* GICv2: who sent those pending, by number of CPU interface */
	u8 sgi_sources[16] __aligned(8);
	u64 affinity;		/* by which SGIs reach the CPU, see gic/affinity.h */
	u64 doorbell;		/* rings its doorbell: ICC_SGI1R_EL1 (GICv3), GICD_SGIR (GICv2) */
	u32 revoke_pending;	/* until it has evicted interrupts that changed owner */
	u8 cluster;		/* of its affinity */
	u8 hint;		/* an element of a hash table of all CPUs: see firmware/psci.c */
	u16 gicr;		/* its first frame of the redistributors (GICv3) */
};

/* Where the hypervisor's memory starts physically; set before any C code needs it. */
extern u64 hv_base;

static inline void *pa_to_va(pa_t pa)
{
	return (void *)(EL2_LINEAR + (pa.a - hv_base));
}

static inline pa_t va_to_pa(const void *va)
{
	return PA((u64)va - EL2_LINEAR + hv_base);
}

static inline void arch_relax(void)
{
	asm volatile("yield" ::: "memory");
}

static inline u32 this_cpu(void)
{
	return this_percpu->cpu;
}

static inline struct cpu *arch_cpu_self(void)
{
	return this_percpu->self;
}

static inline struct cell *this_cell(void)
{
	return this_percpu->cell;
}

static inline u64 *this_stats(void)
{
	return this_percpu->stats;
}

/* Stage 2 may start with up to 16 tables in a row (Arm ARM D8.2.2): level 1 serves 43 bits. */
static inline bool arch_pgtable_geometry(u32 bits, u32 *level, u32 *root_pages)
{
	u32 table_bits;

	if (bits < 32 || bits > ARCH_ADDRESS_BITS)
		return false;
	*level = bits > 43 ? 0 : 1;
	table_bits = *level ? 39 : 48;	/* that one table translates */
	*root_pages = bits > table_bits ? 1U << (bits - table_bits) : 1;
	return true;
}

/* Stage 2 descriptors: Arm ARM D8.3. */
#define S2_VALID	(1UL << 0)
#define S2_TABLE	(1UL << 1)
#define S2_PAGE		(1UL << 1)
#define S2_NORMAL	(0xfUL << 2)
#define S2_UNCACHED	(0x5UL << 2)
#define S2_DEVICE_NGNRE	(0x1UL << 2)
#define S2_READ		(1UL << 6)
#define S2_WRITE	(1UL << 7)
#define S2_INNER	(3UL << 8)
#define S2_AF		(1UL << 10)
#define S2_XN		(1UL << 54)
#define S2_ADDRESS	0x0000fffffffff000UL

static inline bool arch_pte_valid(u64 entry)
{
	return entry & S2_VALID;
}

static inline bool arch_pte_is_table(u64 entry, u32 level)
{
	return level < 3 && (entry & (S2_VALID | S2_TABLE)) == (S2_VALID | S2_TABLE);
}

static inline pa_t arch_pte_address(u64 entry)
{
	return PA(entry & S2_ADDRESS);
}

static inline u64 arch_pte_table(pa_t table)
{
	return table.a | S2_VALID | S2_TABLE;
}

/* flags: MAP_* of hv/addr.h */
static inline u64 arch_pte_leaf(pa_t pa, u32 flags, u32 level)
{
	return pa.a | S2_VALID | (level == 3 ? S2_PAGE : 0) | S2_AF | S2_INNER |
	       (flags & MAP_READ ? S2_READ : 0) | (flags & MAP_WRITE ? S2_WRITE : 0) |
	       (flags & MAP_EXECUTE ? 0 : S2_XN) |
	       (flags & MAP_DEVICE ? S2_DEVICE_NGNRE :
		flags & MAP_UNCACHED ? S2_UNCACHED : S2_NORMAL);
}

/* The entry of @level that translates the first part of a block one level up as that did. */
static inline u64 arch_pte_child(u64 block, u32 level)
{
	return block | (level == 3 ? S2_PAGE : 0);
}

/* The same entry for the address that is @bytes higher; with 0 an invalid entry stays so. */
static inline u64 arch_pte_advance(u64 entry, u64 bytes)
{
	return entry + bytes;
}

#endif
