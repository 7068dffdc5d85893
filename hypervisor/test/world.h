/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by tests of whole lives: a booted machine, management calls, and the invariants between
 * any two of them.
 */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include <hv/cell.h>
#include <jh/hypercall.h>
#include "blob.h"
#include "fake/fake.h"

/** world_is_whole() - does the image have optional units, and what serves bring-up? */
bool world_is_whole(void);

/** world_boot() - all CPUs run root, but those of @parked, which root has turned off */
void world_boot(const struct fake_options *options, u64 parked);

/** world_cell() - a cell of @cpu with 64 KiB of automatic memory at address 0 and nothing else */
void world_cell(struct blob_parts *parts, const char *name, u32 cpu);

/** world_rich_cell() - one of CPU 3 with RAM, a device, memory of root, interrupts and a console */
void world_rich_cell(struct blob_parts *parts);

/** world_two_cpus() - one of CPUs 3, which starts, and 2, with these flags (JH_CELL_*) */
void world_two_cpus(struct blob_parts *parts, u32 flags);

/** world_run_two() - a machine with that cell, number 1; the guest has not turned on CPU 2 */
void world_run_two(u32 flags);

/** world_add_memory() - one more range */
void world_add_memory(struct blob_parts *parts, u64 phys, u64 virt, u64 size, u32 flags);

/**
 * world_add_share() - one more range, declared to be shared with the cell of the name @peer
 *
 * Configurations cannot say it yet: two devices of the cell do, which a unit of the test reads.
 */
void world_add_share(struct blob_parts *parts, const char *peer, u64 phys, u64 virt, u64 size,
		     u32 flags);

/** world_add_irq() */
void world_add_irq(struct blob_parts *parts, u32 intid, u32 flags);

/** world_put() - a configuration into root's memory at @pa; its length */
u32 world_put(u64 pa, const struct blob_parts *parts);

/* Management calls of CPU 0. */
s64 world_create(const struct blob_parts *parts);
s64 world_call(u64 code, u64 cell);
s64 world_load(u64 cell, u64 gpa, u64 size);	/* with the cleaning before */
s64 world_start(u64 cell);			/* likewise */
s64 world_clean(u64 cell);		/* until nothing is left, or an error */
s64 world_scrub(u64 cell);		/* likewise */
s64 world_destroy(u64 cell);		/* stop, scrub, destroy */
s64 world_run(const struct blob_parts *parts);	/* create, load at 0, start: number of the cell */

/** world_fail() - make the guest on @cpu do a fatal access */
void world_fail(u32 cpu);

/** world_comm() - a cell's communication region, as all see it: in memory */
struct jh_comm_region *world_comm(u64 cell);

/** world_check() - check the invariants that hold while no call is being served */
void world_check(void);

/**
 * world_remember(), world_unchanged() - nothing was leaked and nothing changed its owner since
 *
 * Pages of cells' consoles stay with the hypervisor for good, readable for root.
 */
void world_remember(void);
void world_unchanged(void);

/** world_refused() - the last call was refused for this reason, and the record says so */
void world_refused(s64 ret, int expected, u32 reason, u32 object, u32 index);

#define RAM_FLAGS	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_LOADABLE)
#define IO_FLAGS	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_IO)

/* Root's memory as tests use it. */
#define AT_CONFIG	FAKE_RAM
#define AT_IMAGE	(FAKE_RAM + 0x80000)

/** world_access() - the guest of a CPU accesses emulated registers; @size in bytes */
u64 world_access(u32 cpu, u64 address, u32 size, bool write, u64 value);

#endif
