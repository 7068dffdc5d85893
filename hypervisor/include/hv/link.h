/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Links between cells: an optional unit. What guests see is in jh/link.h.
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
 * @virq:	number of its interrupt (hv/virq.h)
 * @table:	physical address of the state table
 * @report:	what root sees of it
 * @region:	its registers
 *
 * They lie in pages of their own, of which a cell with links has one.
 */
struct link_port {
	struct cell *cell;
	const struct jh_config_link *config;
	struct link_port *peer;
	u32 bells;
	u32 control;
	u32 state;
	u32 over;
	u32 virq;
	u64 table;
	struct jh_link_report *report;
	struct mmio_region region;
};

/** link_rows - what root reads of all sides, behind the report area; free ones have no name */
extern struct jh_link_report link_rows[JH_MAX_LINK_SIDES];

#endif
