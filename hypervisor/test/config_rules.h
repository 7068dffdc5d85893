/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Rules for the elements of a configuration, one row each. A row starts from a valid configuration,
 * changes its parts, and names the reason, object, index and numbers that the checker must report.
 */
#ifndef TEST_CONFIG_RULES_H
#define TEST_CONFIG_RULES_H

#include <stddef.h>
#include "blob.h"

extern struct blob_parts s, c;	/* the system and the cell that a row changes */

struct rule {
	const char *what;
	void (*change)(void);
	__u32 reason;
	__u32 object;
	__u32 index;
	__u32 other_object;
	__u32 other_index;
	__u64 value;
	__u64 limit;
};

extern const struct rule cell_rules[], virtual_rules[], link_rules[], system_rules[];
extern const struct rule virtio_rules[], ivshmem_rules[];
extern const size_t num_cell_rules, num_virtual_rules, num_link_rules, num_system_rules;
extern const size_t num_virtio_rules, num_ivshmem_rules;

/* A change is written where it is used: one expression statement or more. */
#define RULE(name, code) static void name(void) { code; }
#define SHARED_RULE(name, code) void name(void) { code; }

static inline void nothing(void)
{
}

/* Changes from which rows of other files start, too. */
void v_ok(void);	/* a virtual UART, which a cell has in place of a device's */
void l_ok(void);	/* two links, the second with another peer */
void i_ok(void);	/* two PCI devices over two links */
void s_v2(void);	/* GICv2 */
void s_its(void);
void s_con(void);
void s_pool_at0(void);

/* Index of JH_OBJ_UNIT: one of a kind, or a row whose kind is of no use. */
#define UNIT(kind, index)	JH_ERROR_UNIT(JH_UNIT_##kind, index)
#define ROW(row)		JH_ERROR_UNIT(0, row)

#endif
