/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Links between cells, root too: an optional unit. What guests see is in jh/link.h.
 */
#ifndef HV_LINK_H
#define HV_LINK_H

#include <hv/mmio.h>
#include <jh/config.h>
#include <jh/report.h>

/**
 * struct link_port - a side of a link
 * @cell:	whose it is
 * @config:	in the cell's configuration
 * @peer:	the other side; NULL while that is not there. Changed under the management lock; a
 *		CPU of @cell uses it between two steps of its struct cpu.rings
 * @bells:	those that rang since they were read, a bit each
 * @control:	JH_LINK_INT_CONTROL
 * @state:	JH_LINK_STATE
 * @over:	the life of the cell is: its word of the state table stays 0
 * @root:	the other side if that is root's, also before it is @peer; NULL: a cell's
 * @virq:	number of its interrupt (hv/virq.h); 0: root's side, whose @irq is a real one
 * @irq:	INTID of it, as its guest sees it; 0: root has not told one yet
 * @table:	physical address of the state table
 * @report:	what root sees of it
 * @region:	its registers
 *
 * They lie in pages of their own, of which a cell with links has one; root's in core/link_root.c.
 */
struct link_port {
	struct cell *cell;
	const struct jh_config_link *config;
	struct link_port *peer;
	struct link_port *root;
	u32 bells;
	u32 control;
	u32 state;
	u32 over;
	u32 virq;
	u32 irq;
	u64 table;
	struct jh_link_report *report;
	struct mmio_region region;
};

/** link_count() - how many sides of links a cell has */
u32 link_count(const struct cell *cell);

/** link_access() - an access to the registers of a side, by its guest (struct mmio_region) */
u64 link_access(struct mmio_access access, void *port);

/** link_take_row() - a side gets a row of the report. 0 or -errno. */
int link_take_row(struct link_port *port, u32 index, struct jh_error *error);

/** link_await_step() - until it is not the step that it is in now, if that is odd */
void link_await_step(const u16 *steps);

/* core/link_root.c */

/** link_root_build() - root has no side yet, and filtered registers for those to come */
void link_root_build(void);

/** link_root_check() - no interrupt that a new cell claims is one that bells raise for root */
int link_root_check(const struct cell *cell, struct jh_error *error);

/**
 * link_root_prepare() - the other side of @port is root's
 * @index:	of the link in its section, for the error
 *
 * Return: 0 or -errno; what was taken is at port->root.
 */
int link_root_prepare(struct link_port *port, u32 index, struct jh_error *error);

/** link_root_show() - @root, root's side, sees the memory from now on */
void link_root_show(const struct link_port *root);

/**
 * link_root_part() - neither side of @port reaches the other any more, nor root the memory
 *
 * The cell's CPUs are parked; what root would store there would be found by the next owner.
 */
void link_root_part(struct link_port *port);

/**
 * link_root_open() - root knows of a link of the cell: its bells raise @irq from now on
 *
 * Return: where the registers of root's side are in its address space, or -errno; -EINVAL without a
 * reason if the cell has no such link, or the link another interrupt already.
 */
s64 link_root_open(struct cell *cell, u64 index, u64 irq, struct jh_error *error);

/** link_rows - what root reads of all sides, behind the report area; free ones have no name */
extern struct jh_link_report link_rows[JH_MAX_LINK_SIDES];

#endif
