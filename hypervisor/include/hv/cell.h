/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Cells. Number 0 is the root cell, which owns everything that no other cell does.
 */
#ifndef HV_CELL_H
#define HV_CELL_H

#include <hv/arch.h>
#include <hv/mmio.h>
#include <hv/pgtable.h>
#include <hv/virq.h>
#include <hv/vuart.h>
#include <jh/comm.h>
#include <jh/config.h>
#include <jh/image.h>
#include <jh/report.h>

struct link_port;
struct virtio;
struct ivshmem_host;

#define CELL_ROOT		0
#define CELL_MAX_MEMORIES	JH_CONFIG_MAX_MEMORIES
#define CELL_IRQS		1024	/* interrupts of cells have lower numbers */
#define CELL_FLAGS_BITS		24	/* struct cell.flags has fewer */

/** enum cell_sweep - passes over all of a cell's memory, done in pieces (hv/sweep.h) */
enum cell_sweep {
	SWEEP_CLEAN,	/* before a life: no line of it stays in a cache */
	SWEEP_SCRUB,	/* before the end: all of it becomes zero */
	CELL_SWEEPS,
};

/**
 * struct cell_memory - a range that the cell owns, page-aligned
 * @swept:	for each sweep: pages that it has done, from the start
 * @peer:	offset in the cell's configuration of the name of the one other cell that may have
 *		this range too; 0 if it is shared with nobody, or with root (JH_MEM_SHARED_ROOT)
 * @goes:	its contents end with the cell's life although the peer may have it too
 */
struct cell_memory {
	u64 pa;
	u64 gpa;
	u64 size;
	u32 flags;	/* JH_MEM_* */
	u32 swept[CELL_SWEEPS];
	u16 peer;
	u16 goes;
};

/**
 * struct cell - one cell
 * @virqs:	the interrupts that the hypervisor raises for it; the first, for a short path
 * @id:		its number, index into cells[]
 * @state:	JH_CELL_*; changed by the holder of the management lock; only the steps from RUNNING
 *		to STOPPED and FAILED are also taken by a CPU of the cell itself
 * @flags:	JH_CELL_* of its configuration
 * @num_memories: used elements of @memories
 * @cpu_mask:	its CPUs; for root those that are not another cell's
 * @num_cpus:	how many CPUs the cell has; 0 for root
 * @order:	numbers of its CPUs in the order of the configuration: the first one starts
 * @pt:		its address space; a running cell's never changes, root's only in what is assignable
 * @comm:	physical address of the communication region, 0 for root. Guest and hypervisor
 *		both write to its first line, with the guest's caches on or off, so neither has
 *		it in a cache (MAP_UNCACHED, arch_map_uncached())
 * @console:	output that it prints by hypercall; NULL for root and where that is not permitted
 * @vuart:	its virtual UART; the output of one that it does not have is NULL
 * @uart_region: the registers of @vuart, one of @regions
 * @links:	its sides of links (hv/link.h), in the order of its configuration; NULL if none
 * @virtio:	its virtio devices (hv/virtio.h), likewise
 * @ivshmem:	its PCI host (hv/ivshmem.h); NULL if it has none
 * @config:	private copy of its configuration; NULL for root
 * @config_pages: pages at @config
 * @revoked:	for a cell with direct interrupts: room for the entries of the first table while its
 *		CPUs are stopped by taking its memory away
 * @is_revoked:	the entries of the first table are in @revoked
 * @regions:	registers that are filtered for this cell alone (hv/mmio.h)
 * @irqs:	interrupts that it owns: bit n of word w is number 32 * w + n
 * @plain_irqs:	@irqs without the words that @virqs are in: the architecture's short paths use it
 * @arch:	the architecture's part
 * @report:	its row of the report area
 * @memories:	its ranges, those of links included
 */
struct cell {
	struct virqs virqs;
	u32 id;
	u32 state;
	u32 flags;
	u32 num_memories;
	u64 cpu_mask;
	u32 num_cpus;
	u8 order[JH_MAX_CPUS];
	u32 is_revoked;
	struct pgtable pt;
	u64 comm;
	struct jh_ring *console;
	const void *config;
	u64 config_pages;
	u64 *revoked;
	const struct mmio_region *regions;
	u32 irqs[CELL_IRQS / 32];
	u32 plain_irqs[CELL_IRQS / 32];
	struct arch_cell arch;
	struct jh_cell_report *report;
	struct vuart vuart;
	struct mmio_region uart_region;
	struct link_port *links;
	struct virtio *virtio;
	struct ivshmem_host *ivshmem;
	struct cell_memory memories[CELL_MAX_MEMORIES];
};

extern struct cell root_cell;

/** cell_get() - the cell with number @id, which may be any value; NULL if there is none */
struct cell *cell_get(u64 id);

/** cell_count() - number of cells that exist, root included */
u32 cell_count(void);

/** cell_set() - enter a cell into, or with NULL remove it from, the table of cells */
void cell_set(u32 id, struct cell *cell);

/** cell_set_state() - change the state and tell root */
void cell_set_state(struct cell *cell, u32 state);

/** cell_owns_irq() - does the cell own this interrupt? */
static inline bool cell_owns_irq(const struct cell *cell, u32 irq)
{
	return irq < CELL_IRQS && cell->irqs[irq / 32] >> (irq % 32) & 1;
}

/** cell_virq_is_raised() - the present level of the interrupt of the cell's virtual UART */
static inline bool cell_virq_is_raised(const struct cell *cell)
{
	return vuart_is_raised(&cell->vuart);
}

/**
 * cell_memory_piece() - the physical memory at @offset of a range
 * @offset:	less than its size
 * @pa:		out: physical address
 *
 * Return: bytes that are contiguous from there on: at least to the end of the page.
 */
u64 cell_memory_piece(const struct cell_memory *m, u64 offset, u64 *pa);

/**
 * cell_memory_add() - claim and map a range for a cell whose units are being prepared
 * @m:		swept[] is 0; the cell has room for one more (CELL_MAX_MEMORIES)
 * @index:	of the range in its section, for the error
 *
 * A unit that comes after unit_memory adds the memory that it shares with another cell this way. It
 * has nothing to undo: the range is released with the rest of the cell's memory.
 *
 * Return: 0 or -errno, see owner_check_memory().
 */
int cell_memory_add(struct cell *cell, const struct cell_memory *m, u32 index,
		    struct jh_error *error);

/** cell_is_direct() - do physical interrupts go straight to the cell's guest? */
static inline bool cell_is_direct(const struct cell *cell)
{
	return cell->flags & JH_CELL_IRQ_DIRECT;
}

/** cell_numbers_cpus() - does its guest see CPUs numbered 0, 1, ... in the order of @order? */
static inline bool cell_numbers_cpus(const struct cell *cell)
{
	return !(cell->flags & JH_CELL_PHYSICAL_IDS);
}

/**
 * cell_start() - reset everything that the guest sees and start its first CPU
 * @restarts:	for the report, see struct jh_cell_report
 *
 * Return: 0, or -EIO if a CPU of the last life is not parked within 100 ms (the error names it).
 */
int cell_start(struct cell *cell, u32 restarts, struct jh_error *error);

/**
 * cell_stop() - park all CPUs of a cell
 *
 * Return: 0, or -EIO if a CPU does not come within 100 ms (the error names it).
 */
int cell_stop(struct cell *cell, struct jh_error *error);

/**
 * cell_end() - the cell of the executing CPU has stopped itself; the CPU is parked
 * @reset:	it asked for a reset of its machine
 */
void cell_end(bool reset) __noreturn;

/** cell_fail() - the cell of the executing CPU did something fatal; the CPU is parked */
void cell_fail(const struct jh_crash *crash) __noreturn;

#endif
