/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Links between cells, root included: an optional unit. Guests see them as jh/link.h describes.
 */
#ifndef HV_LINK_H
#define HV_LINK_H

#include <hv/mmio.h>
#include <jh/config.h>
#include <jh/link.h>
#include <jh/report.h>

/* struct link_port.bells */
#define LINK_BELLS	0x0000ffffU
#define LINK_ENABLED	0x00010000U	/* JH_LINK_INT_CONTROL: bells raise the interrupt */
#define LINK_ALIVE	0x00020000U	/* from its cell's reset to the end of that life */

/**
 * struct link_port - a side of a link
 * @peer:	the other side; NULL while that is not there. Changed under the management lock; a
 *		CPU of @cell uses it between two steps of its struct cpu.rings, or of @accesses
 * @bells:	the bells that rang since they were read, a bit each (LINK_BELLS), LINK_ENABLED and
 *		LINK_ALIVE: one word, so that who rings changes and learns all of it at once
 * @doorbell:	what its guest stores to ring bell 0 of the other side; the others follow
 * @num_bells:	how many there are
 * @virq:	number of its virtual interrupt (hv/virq.h); 0 on root's side, which has a real
 *		one, and if @ivshmem raises it
 * @cell:	the cell whose side it is
 * @report:	its row of the report area
 * @config:	its row of the cell's configuration
 * @state:	JH_LINK_STATE
 * @root:	the other side if that is root's, also before it is @peer; NULL if it is a cell's
 * @irq:	the interrupt that bells raise, as its guest sees it; 0 until root has named one,
 *		and with @ivshmem
 * @table:	physical address of the state table
 * @region:	its registers, or those of @virtio
 * @virtio:	the device that stands on it (hv/virtio.h); NULL: none does
 * @ivshmem:	likewise (hv/ivshmem.h); then it has no @region
 *
 * The sides of a cell lie in one page of their own, those of root in core/link_root.c.
 */
struct link_port {
	struct link_port *peer;
	u32 bells;
	u32 doorbell;
	u32 num_bells;
	u32 virq;
	struct cell *cell;
	struct jh_link_report *report;
	const struct jh_config_link *config;
	struct link_port *root;
	u32 state;
	u32 irq;
	u64 table;
	struct mmio_region region;
	struct virtio *virtio;
	struct ivshmem *ivshmem;
};

/** link_count() - number of sides of links that a cell has */
u32 link_count(const struct cell *cell);

/** link_access() - an access to the registers of a side, by its guest (struct mmio_region) */
u64 link_access(struct mmio_access access, void *port);

/**
 * link_bell() - the guest stores a word to JH_LINK_DOORBELL; does nothing with one that names no
 * bell of the other side
 *
 * Return: true, for the tail of a short path.
 */
bool link_bell(const struct link_port *port, u32 value);

/** link_bell_of_root() - the same for a side of root's, which may go meanwhile or be gone */
bool link_bell_of_root(const struct link_port *port, u32 value);

/** link_ready() - a side that has just been made: whom it rings, which bells there are */
void link_ready(struct link_port *port);

/** link_ring() - ring bells of the other side, a bit each, that it has */
void link_ring(const struct link_port *port, u32 bells);

/** link_set_state() - the side's word of the state table; by a CPU of its cell, which runs */
void link_set_state(struct link_port *port, u32 state);

/**
 * link_take_row() - give a side a row of the report
 * @index:	of the link in its section, for the error
 *
 * Return: 0, or -ENOSPC with the error filled in.
 */
int link_take_row(struct link_port *port, u32 index, struct jh_error *error);

/** link_await_step() - wait until a CPU has left the step that it is in now, if that is odd */
void link_await_step(const u16 *steps);

/* core/link_root.c */

/**
 * link_root_build() - filter the registers of root's sides; root has none yet
 *
 * Return: 0, or -EINVAL with the error filled in: the loader's doors are somebody's.
 */
int link_root_build(struct jh_error *error);

#define LINK_ROOT_SIDES	8	/* of all cells' links together */

/**
 * struct link_root - root's side of a link
 * @config:	made from that of the cell
 * @port:	free without a cell
 */
struct link_root {
	struct jh_config_link config;
	struct link_port port;
} __aligned(256);	/* is found by a shift */

extern struct link_root link_root_sides[LINK_ROOT_SIDES];

/* The registers of root's sides, a page each, where programs of root find them. */
extern struct mmio_region link_root_region;

/** link_root_side() - the side whose registers are at @offset of the region */
static inline const struct link_port *link_root_side(u64 offset)
{
	return &link_root_sides[offset / JH_LINK_SIZE].port;
}

/** link_root_other() - root stores to the doorbell of a side, and it is no bell, or not only one */
bool link_root_other(const struct link_port *port, u32 value);

/** link_root_check() - refuse a cell that claims an interrupt which bells raise for root */
int link_root_check(const struct cell *cell, struct jh_error *error);

/**
 * link_root_prepare() - make root's side, the other side of @port
 * @index:	of the link in its section, for the error
 *
 * Return: 0 or -errno; then port->root may be set and is released with @port.
 */
int link_root_prepare(struct link_port *port, u32 index, struct jh_error *error);

/** link_root_show() - map the memory of a link for root, whose side is @root */
void link_root_show(const struct link_port *root);

/** link_root_await() - wait until each access of root's to a side, begun before, is over */
void link_root_await(void);

/**
 * link_root_part() - separate @port and root's side: no more bells, no more memory for root
 *
 * The cell's CPUs are parked. Called before the scrub, because the next owner of the memory would
 * find anything that root stores later.
 */
void link_root_part(struct link_port *port);

/**
 * link_root_open() - JH_HC_CELL_LINK: bells of a link of @cell raise @irq of root from now on
 * @index:	of the link in the cell's configuration; any value
 * @irq:	any value
 *
 * Return: physical address of the registers of root's side, or -errno. -EINVAL comes without a
 * reason: the cell has no such link with root, or the link has another interrupt already.
 */
s64 link_root_open(struct cell *cell, u64 index, u64 irq, struct jh_error *error);

/** link_rows - what root reads of all sides, after the report area; free rows have no name */
extern struct jh_link_report link_rows[JH_MAX_LINK_SIDES];

#endif
