/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For devtree.c: a device tree as a table of nodes, each with a count of its references.
 */
#ifndef FAKE_TREE_H
#define FAKE_TREE_H

#include "ram.h"

#define OF_BAD_ADDR	(~0ULL)
#define FAKE_NODES	16
#define FAKE_REGS	4

struct fake_range {
	u64 cpu_addr, size;
};

struct property {
	const char *name;		/* NULL: the list ends */
	const char *cells;		/* of providers, which says how many numbers follow each; */
	struct device_node *to[2];	/* NULL: nobody */
};

#define FAKE_PROPERTIES	4

struct device_node {
	const char *path;		/* NULL: the table ends */
	struct device_node *parent;
	bool populated;			/* Linux has made a device of it, or code has taken it */
	struct property refers[FAKE_PROPERTIES + 1];	/* to others */
	const char *compatible;
	const char *type;
	const char *method;		/* of PSCI, or a CPU's enable-method */
	bool disabled;
	bool reusable;
	int cpu;			/* of a CPU's node: number + 1 */
	u32 num_regs;
	struct { u64 start, size; } regs[FAKE_REGS];
	u32 num_ranges;
	struct fake_range ranges[2];
	u32 num_interrupts;
	u32 interrupts[3];
	struct device_node *irq_parent;	/* of @irqs, as of_irq_parse_one() finds them */
	u32 num_irqs;
	struct { int count; u32 args[3]; } irqs[3];
	const char *other;		/* a second compatible string */
	const char *properties[3];	/* names of further ones */
	struct device_node *reset_controller;
	u32 num_resets;
	u32 resets[3];			/* lines of @reset_controller */
	u32 num_gpios;
	u32 gpios[4];			/* of one with gpio-hog: line, flags, line, flags */
	int references;
};

#define full_name	path
#define kbasename(path)	(strrchr(path, '/') + 1)

struct of_phandle_args {
	struct device_node *np;
	int args_count;
	u32 args[3];
};

#define OF_POPULATED	1

struct of_phandle_iterator {
	const struct property *property;	/* NULL: there is none */
	u32 at;
	struct device_node *node;	/* held */
};

struct of_device_id {
	const char *compatible;
	const void *data;
};

struct of_range_parser {
	struct device_node *np;
	u32 at;
};

#define of_range	fake_range

extern struct device_node fake_nodes[FAKE_NODES];

/** fake_tree_held() - number of references that were not put */
int fake_tree_held(void);

struct device_node *of_find_all_nodes(struct device_node *after);
struct device_node *of_find_node_by_path(const char *path);
struct device_node *of_find_node_by_type(struct device_node *after, const char *type);
struct device_node *of_find_matching_node_and_match(struct device_node *after,
						    const struct of_device_id *ids,
						    const struct of_device_id **match);
#define of_find_matching_node(after, ids) of_find_matching_node_and_match(after, ids, NULL)
struct device_node *of_get_next_available_child(struct device_node *parent,
						struct device_node *after);
struct device_node *of_get_cpu_node(int cpu, unsigned int *thread);
void of_node_put(struct device_node *np);
struct device_node *of_node_get(struct device_node *np);
struct device_node *of_get_next_parent(struct device_node *np);
void of_phandle_iterator_init(struct of_phandle_iterator *it, const struct device_node *np,
			      const char *name, const char *cells, int count);
int of_phandle_iterator_next(struct of_phandle_iterator *it);
bool of_device_is_compatible(const struct device_node *np, const char *compatible);
const struct of_device_id *of_match_node(const struct of_device_id *ids,
					 const struct device_node *np);
bool of_device_is_available(const struct device_node *np);
bool of_node_name_eq(const struct device_node *np, const char *name);
bool of_node_is_type(const struct device_node *np, const char *type);
int of_address_to_resource(struct device_node *np, int index, struct resource *res);
int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *values,
			       size_t count);
int of_property_match_string(const struct device_node *np, const char *name, const char *value);
int of_property_read_string_index(const struct device_node *np, const char *name, int index,
				  const char **value);
int of_count_phandle_with_args(const struct device_node *np, const char *name, const char *cells);
int of_parse_phandle_with_args(struct device_node *np, const char *name, const char *cells,
			       int index, struct of_phandle_args *args);
struct device_node *of_get_next_child(struct device_node *parent, struct device_node *after);
int of_property_read_u32(const struct device_node *np, const char *name, u32 *value);
int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index,
			       u32 *value);
bool of_property_read_bool(const struct device_node *np, const char *name);
int of_irq_parse_one(struct device_node *np, int index, struct of_phandle_args *args);
int of_pci_range_parser_init(struct of_range_parser *parser, struct device_node *np);
bool fake_next_range(struct of_range_parser *parser, struct fake_range *range);

#define of_node_check_flag(np, flag)	((void)(flag), (np)->populated)
#define of_for_each_phandle(it, code, np, name, cells, count)			\
	for (of_phandle_iterator_init(it, np, name, cells, count),			\
	     (code) = of_phandle_iterator_next(it); !(code);				\
	     (code) = of_phandle_iterator_next(it))
#define for_each_property_of_node(np, property)					\
	for ((property) = (np)->refers; (property)->name; (property)++)
#define for_each_node_by_type(np, type)						\
	for (np = of_find_node_by_type(NULL, type); np; np = of_find_node_by_type(np, type))
#define for_each_child_of_node(parent, np)					\
	for (np = of_get_next_child(parent, NULL); np; np = of_get_next_child(parent, np))
#define for_each_available_child_of_node(parent, np)				\
	for (np = of_get_next_available_child(parent, NULL); np;			\
	     np = of_get_next_available_child(parent, np))
#define for_each_of_range(parser, range)	while (fake_next_range(parser, range))

#endif
