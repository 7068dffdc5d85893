/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Tables of kinds of hardware and firmware, and of what they could do to a cell.
 */
#ifndef TRUST_RULES_H
#define TRUST_RULES_H

#include <linux/types.h>

enum trust_group {
	TRUST_MASTER,		/* reads and writes memory by itself */
	TRUST_INTERRUPT,	/* raises or routes interrupts */
	TRUST_CONTROLLER,	/* clocks, resets, power, debugging, memory */
	TRUST_PROCESSOR,	/* runs programs of its own */
	TRUST_FIRMWARE,		/* acts for any caller */
	TRUST_GROUPS
};

enum trust_match {
	MATCH_COMPATIBLE,	/* a compatible string; * and ? are wildcards */
	MATCH_NAME,		/* the node's name without its address; it has registers */
	MATCH_PROPERTY,		/* the node has this property, and registers in memory */
};

/** struct trust_rule - a kind of node; the first match of each group counts */
struct trust_rule {
	enum trust_group group;
	enum trust_match kind;
	const char *pattern;	/* NULL ends the table */
	const char *what;	/* what it could do; NULL: it is harmless */
	const char *by;		/* the party that closes it, NULL: open */
};

/** struct trust_machine - hardware that the device trees of a kind of machine omit */
struct trust_machine {
	const char *compatible;	/* of the tree's root; NULL ends the table */
	enum trust_group group;
	__u64 address;
	const char *what;
};

extern const struct trust_rule trust_rules[];
extern const struct trust_machine trust_machines[];

#endif
