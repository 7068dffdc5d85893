/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A machine in the test program, with hypervisor/core linked in unchanged. CPUs are coroutines of
 * one thread, so that every interleaving can be repeated; guest memory exists twice, as caches show
 * it and as memory holds it; each CPU keeps the translations that it has walked. Whatever breaks
 * a rule of hv/arch.h fails the test by itself.
 */
#ifndef TEST_FAKE_H
#define TEST_FAKE_H

#include <stdint.h>

#include <hv/arch.h>
#include <hv/pgtable.h>
#include <jh/image.h>

#define FAKE_CPUS		8

/* The machine's memory. */
#define FAKE_HV			0x7e000000UL	/* the hypervisor's report, configuration, pool */
#define FAKE_HV_START		0x7dff0000UL	/* its code, which is never read */
#define FAKE_RAM		0x40000000UL	/* root's: what tests pass to hypercalls */
#define FAKE_RAM_SIZE		0x100000UL
#define FAKE_POOL0		0x50000000UL
#define FAKE_POOL0_SIZE		0x400000UL
#define FAKE_POOL1		0x60200000UL
#define FAKE_POOL1_SIZE		0x200000UL
#define FAKE_GICC		0x08010000UL	/* of a GICv2 */
#define FAKE_GICH		0x08030000UL
#define FAKE_GICV		0x08040000UL
#define FAKE_GIC_SIZE		0x2000UL	/* of these three */
#define FAKE_ITS		0x08080000UL	/* of a GICv3 */
#define FAKE_ITS_SIZE		0x20000UL
#define FAKE_MAX_ADDRESS	0x7fffffffUL
#define FAKE_DEVICE		0x09040000UL	/* the one of blob_system() */
#define FAKE_DEVICE2		0x0a000000UL
#define FAKE_DEVICE2_SIZE	0x4000UL
#define FAKE_HV_PAGES		384		/* of the pool, at most */
#define FAKE_IRQS		256

/* --- CPUs (fake_cpu.c) --- */

enum fake_mode {
	FAKE_OFF,	/* in firmware's hands */
	FAKE_EL2,	/* executes the hypervisor */
	FAKE_WAITING,	/* there, in arch_wait() */
	FAKE_GUEST,	/* executes its cell's guest */
	FAKE_BARE,	/* executes root without a hypervisor */
};

/** struct fake_cpu - one CPU as tests see it */
struct fake_cpu {
	enum fake_mode mode;
	const struct pgtable *pt;	/* the table of its walker, NULL: no stage 2 */
	struct cell *cell;		/* the cell of its guest */
	u64 entry, argument;		/* of the last start */
	struct jh_trace_ring *trace;	/* where its exits are recorded */
	u64 pc;				/* where its guest is, once it is called out of it */
	u32 starts;
	u32 doorbells;			/* how often it was rung */
	u32 resyncs;
	u32 virq_syncs;
	u32 busy;			/* how often it may not be released yet */
	bool deaf;			/* does not react to doorbells while it runs a guest */
	int enabled;			/* result of enable_cpu() */
};

extern struct fake_cpu fake_cpus[FAKE_CPUS];

/** fake_fail() - the test fails; may be called on any coroutine */
void fake_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define fake_check(condition)							\
	((condition) ? (void)0 : fake_fail("%s:%d: %s", __FILE__, __LINE__, #condition))

/** fake_unit_prepare() - if not NULL: what one more unit, after memory, does in its cell_prepare */
extern int (*fake_unit_prepare)(struct cell *cell, struct jh_error *error);

/** fake_post() - make a CPU that runs a guest do @call(@arg) at its next turn */
void fake_post(u32 cpu, void (*call)(void *arg), void *arg);

/** fake_run() - let CPUs take turns until none has anything to do */
void fake_run(void);

/** fake_hypercall() - a guest's call on @cpu, alone; -ENXIO if it did not return */
s64 fake_hypercall(u32 cpu, u64 code, u64 a, u64 b, u64 c, u64 d);

/** fake_park() - root turns a CPU off */
void fake_park(u32 cpu);

/* Hooks: choose the next CPU; interrupt a CPU here? Both NULL: in turn, and never. */
struct fake_schedule {
	u32 (*next)(u32 choices);	/* 0 .. choices - 1 */
	bool (*interrupt)(void);
};

extern struct fake_schedule fake_schedule;
extern u64 fake_now;			/* microseconds */

/** fake_random() - a sequence that a seed determines; bounded by @below */
void fake_seed(u64 seed);
u32 fake_random(u32 below);

/** fake_schedule_random() - random turns from now on */
void fake_schedule_random(void);

/**
 * fake_explore() - run @body once for every schedule with at most @interruptions, or @limit times
 *
 * The body calls fake_explore_here() where the part begins whose schedules matter.
 * Return: number of schedules.
 */
u64 fake_explore(void (*body)(void), u32 interruptions, u64 limit);
void fake_explore_here(void);

/* --- memory and caches (fake_memory.c) --- */

/** fake_poke(), fake_peek() - root's accesses to its memory, coherent */
void fake_poke(u64 pa, const void *data, u64 size);
void fake_peek(u64 pa, void *data, u64 size);

/** fake_memory_is() - does all of the range hold @byte, in caches and in memory? */
bool fake_memory_is(u64 pa, u64 size, u8 byte);

/** fake_memory_fill() - a guest or root filled it */
void fake_memory_fill(u64 pa, u64 size, u8 byte);

/** fake_guest_dirties() - a guest with its caches on filled it: memory is as it was */
void fake_guest_dirties(u64 pa, u64 size, u8 byte);

/** fake_guest_stores() - one with its caches off did: so are the caches */
void fake_guest_stores(u64 pa, u64 size, u8 byte);

/** fake_memory_is_dirty() - may a cache write some of it to memory at any time? */
bool fake_memory_is_dirty(u64 pa, u64 size);

/** fake_before_clean() - if not NULL: what others do just before the hypervisor cleans lines */
extern void (*fake_before_clean)(void);

/** fake_memory_coherent() - do caches and memory agree, so that a guest without caches sees it? */
bool fake_memory_coherent(u64 pa, u64 size);

/** fake_memory_view() - the hypervisor's page as memory holds it, past the caches */
void *fake_memory_view(u64 pa);

/* Instructions written and not yet announced by arch_sync_instructions(). */
bool fake_memory_code_pending(u64 pa, u64 size);

/** fake_memory_nothing_borrowed() - the CPU goes to a guest or sleeps: nothing is mapped */
void fake_memory_nothing_borrowed(void);

/* --- the pool (fake_pool.c); the linker's --wrap leads pool_*() here --- */

/** fake_pool_fail() - the @nth allocation from now on fails, 0: none */
void fake_pool_fail(u32 nth);

/** fake_pool_failed() - did it? */
bool fake_pool_failed(void);

/** fake_pool_check_free() - nobody has stored to a page after it was given back */
void fake_pool_check_free(void);

/** fake_pool_check_used() - the page must not be free */
void fake_pool_check_used(const void *page);

/** fake_pool_published() - do walkers see all stores to the page? */
bool fake_pool_published(const void *page);

/* --- translation (fake_tlb.c) --- */

struct fake_translation {
	u64 pa;
	u32 flags;	/* MAP_* */
	u32 level;
};

/** fake_walk() - look an address up in a table; false: it is not mapped */
bool fake_walk(const struct pgtable *pt, u64 gpa, struct fake_translation *result);

/** fake_touch() - a guest's access: through the CPU's TLB, which remembers */
bool fake_touch(u32 cpu, u64 gpa, struct fake_translation *result);

/** fake_watch() - all CPUs touch this address all the time, as speculation may */
void fake_watch(u64 gpa);

/** fake_tlb_check() - nothing stale is cached, no break is left without its flush */
void fake_tlb_check(void);

/** fake_tlb_page_freed() - fail if a walker could still reach the freed table */
void fake_tlb_page_freed(const void *page);

/** fake_tlb_flush() - a CPU drops its translations of @id */
void fake_tlb_flush(u32 cpu, u32 id);

/* --- the machine (fake_machine.c) --- */

/** struct fake_options - the machine that fake_boot() switches on */
struct fake_options {
	u32 cpus;		/* 1..FAKE_CPUS */
	u32 pool_pages;		/* of the hypervisor, up to FAKE_HV_PAGES */
	bool listed;		/* root.memory = "listed", */
	bool learning;		/* or "learn", which starts from a list */
	bool gicv2;		/* its interrupt controller has the frames of a GICv2 */
	u64 max_address;
	int fail_check, fail_build, fail_cell;	/* -errno of these steps, 0: they succeed */
	u32 held_irq;				/* that root does not let go of, 0: none */
	u32 secure_irq;				/* that firmware keeps, 0: none */
	u32 kept_cpus;				/* that firmware does not turn off, a set */
	int fail_prepare;	/* the same on CPU fail_cpu */
	u32 fail_cpu;
	u32 narrow_cpu, narrow_bits;	/* its address bits, 0: all have 48 */
	u64 gap;		/* microseconds from one CPU's arrival to the next one's */
	u32 missing;		/* the last so many CPUs never come, */
	bool turned_away;	/* which the driver tells */
	bool bad_config;	/* the blob's checksum is wrong */
	u64 doors;		/* of the boot information */
	bool holes;		/* root's addresses without memory read as zero */
};

extern const struct fake_options fake_defaults;

/** fake_reset() - everything as before the machine was switched on; core's variables too */
void fake_reset(void);

/** fake_boot() - power on and let all CPUs enter; 0 or the error of enable_cpu() on all CPUs */
int fake_boot(const struct fake_options *options);

/** fake_info - the boot information that the CPUs got */
extern struct jh_boot_info fake_info;
extern struct fake_options fake_options;

/** fake_virqs - how often each cell's virtual interrupt was said to have changed */
extern u32 fake_virqs[JH_MAX_CELLS];

/** fake_pended - how often each of root's interrupts was made pending */
extern u32 fake_pended[FAKE_IRQS];

/** fake_virq_raised - and whether its UART's wanted to send at that time */
extern bool fake_virq_raised[JH_MAX_CELLS];

/** fake_irq_owner() - the cell that the interrupt controller delivers an interrupt to */
u32 fake_irq_owner(u32 irq);

/** fake_irq_edge() - is it triggered by an edge? */
bool fake_irq_edge(u32 irq);

#endif
