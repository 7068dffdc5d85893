// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "tree.h"

struct device_node fake_nodes[FAKE_NODES];

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static struct device_node *hold(struct device_node *np)
{
	if (np)
		np->references++;
	return np;
}

void of_node_put(struct device_node *np)
{
	if (np && np->references-- <= 0)
		abort();
}

struct device_node *of_node_get(struct device_node *np)
{
	return hold(np);
}

struct device_node *of_get_next_parent(struct device_node *np)
{
	struct device_node *parent = np ? hold(np->parent) : NULL;

	of_node_put(np);
	return parent;
}

/* The provider's property tells how many cells follow; without one there are none. */
void of_phandle_iterator_init(struct of_phandle_iterator *it, const struct device_node *np,
			      const char *name, const char *cells, int count)
{
	const struct property *at;

	if (count != (cells ? -1 : 0))
		abort();
	*it = (struct of_phandle_iterator){ 0 };
	for (at = np->refers; at->name; at++)
		if (same(at->name, name) && (same(at->cells, cells) || (!cells && !at->cells)))
			it->property = at;
}

int of_phandle_iterator_next(struct of_phandle_iterator *it)
{
	of_node_put(it->node);
	it->node = NULL;
	if (!it->property || it->at == ARRAY_SIZE(it->property->to))
		return -ENOENT;
	it->node = hold(it->property->to[it->at++]);
	return 0;
}

bool of_device_is_compatible(const struct device_node *np, const char *compatible)
{
	return same(np->compatible, compatible) || same(np->other, compatible);
}

int fake_tree_held(void)
{
	int i, held = 0;

	for (i = 0; i < FAKE_NODES; i++)
		held += fake_nodes[i].references;
	return held;
}

/* The next node, without a reference to it; the one to @after is given up. */
static struct device_node *step(struct device_node *after)
{
	struct device_node *np = after ? after + 1 : fake_nodes;

	of_node_put(after);
	return np < fake_nodes + FAKE_NODES && np->path ? np : NULL;
}

struct device_node *of_find_all_nodes(struct device_node *after)
{
	return hold(step(after));
}

struct device_node *of_find_node_by_path(const char *path)
{
	struct device_node *np;

	for (np = fake_nodes; np->path; np++)
		if (same(np->path, path))
			return hold(np);
	return NULL;
}

struct device_node *of_find_node_by_type(struct device_node *after, const char *type)
{
	struct device_node *np = step(after);

	while (np && !same(np->type, type))
		np = np[1].path ? np + 1 : NULL;
	return hold(np);
}

const struct of_device_id *of_match_node(const struct of_device_id *ids,
					 const struct device_node *np)
{
	for (; ids->compatible; ids++)
		if (same(ids->compatible, np->compatible))
			return ids;
	return NULL;
}

struct device_node *of_find_matching_node_and_match(struct device_node *after,
						    const struct of_device_id *ids,
						    const struct of_device_id **match)
{
	struct device_node *np = step(after);

	while (np && !of_match_node(ids, np))
		np = np[1].path ? np + 1 : NULL;
	if (np && match)
		*match = of_match_node(ids, np);
	return hold(np);
}

struct device_node *of_get_next_available_child(struct device_node *parent,
						struct device_node *after)
{
	struct device_node *np = step(after);
	size_t length = parent ? strlen(parent->path) : 0;

	if (!parent)
		return NULL;
	while (np && (strncmp(np->path, parent->path, length) || np->path[length] != '/' ||
		      np->disabled))
		np = np[1].path ? np + 1 : NULL;
	return hold(np);
}

/* Only those right below it. */
struct device_node *of_get_next_child(struct device_node *parent, struct device_node *after)
{
	struct device_node *np = step(after);
	size_t length = strlen(parent->path);

	while (np && (strncmp(np->path, parent->path, length) || np->path[length] != '/' ||
		      strchr(np->path + length + 1, '/')))
		np = np[1].path ? np + 1 : NULL;
	return hold(np);
}

int of_property_read_string_index(const struct device_node *np, const char *name, int index,
				  const char **value)
{
	*value = index ? np->other : np->compatible;
	return same(name, "compatible") && index < 2 && *value ? 0 : -ENODATA;
}

int of_count_phandle_with_args(const struct device_node *np, const char *name, const char *cells)
{
	return np->num_resets ? (int)np->num_resets : -ENOENT;
}

int of_parse_phandle_with_args(struct device_node *np, const char *name, const char *cells,
			       int index, struct of_phandle_args *args)
{
	if (!same(name, "resets") || !same(cells, "#reset-cells"))
		abort();
	if ((u32)index >= np->num_resets)
		return -ENOENT;
	*args = (struct of_phandle_args){ hold(np->reset_controller), 1, { np->resets[index] } };
	return 0;
}

/* No node has the property, so callers use its default. */
int of_property_read_u32(const struct device_node *np, const char *name, u32 *value)
{
	return same(name, "#gpio-cells") ? -EINVAL : (abort(), 0);
}

int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index,
			       u32 *value)
{
	if (!same(name, "gpios") || index >= np->num_gpios)
		return -EOVERFLOW;
	*value = np->gpios[index];
	return 0;
}

struct device_node *of_get_cpu_node(int cpu, unsigned int *thread)
{
	struct device_node *np;

	for (np = fake_nodes; np->path; np++)
		if (np->cpu == cpu + 1)
			return hold(np);
	return NULL;
}

bool of_device_is_available(const struct device_node *np)
{
	return !np->disabled;
}

/* The name is what lies between the last slash and an address. */
bool of_node_name_eq(const struct device_node *np, const char *name)
{
	const char *own = strrchr(np->path, '/') + 1;

	return strlen(name) == strcspn(own, "@") && !strncmp(own, name, strlen(name));
}

bool of_node_is_type(const struct device_node *np, const char *type)
{
	return same(np->type, type);
}

int of_address_to_resource(struct device_node *np, int index, struct resource *res)
{
	if (index < 0 || (u32)index >= np->num_regs)
		return -EINVAL;
	res->start = np->regs[index].start;
	res->end = np->regs[index].start + np->regs[index].size - 1;
	return 0;
}

int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *values,
			       size_t count)
{
	if (!same(name, "interrupts") || np->num_interrupts < count)
		return -EINVAL;
	memcpy(values, np->interrupts, count * sizeof(*values));
	return 0;
}

int of_property_match_string(const struct device_node *np, const char *name, const char *value)
{
	bool there = same(name, np->cpu ? "enable-method" : "method");

	return there && same(np->method, value) ? 0 : -ENODATA;
}

bool of_property_read_bool(const struct device_node *np, const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(np->properties); i++)
		if (same(name, np->properties[i]))
			return true;
	return same(name, "compatible") ? np->compatible != NULL :
	       same(name, "reusable") && np->reusable;
}

int of_irq_parse_one(struct device_node *np, int index, struct of_phandle_args *args)
{
	if ((u32)index >= np->num_irqs)
		return -ENOENT;
	args->np = hold(np->irq_parent);
	args->args_count = np->irqs[index].count;
	memcpy(args->args, np->irqs[index].args, sizeof(args->args));
	return 0;
}

int of_pci_range_parser_init(struct of_range_parser *parser, struct device_node *np)
{
	*parser = (struct of_range_parser){ np, 0 };
	return np->num_ranges ? 0 : -ENOENT;
}

bool fake_next_range(struct of_range_parser *parser, struct fake_range *range)
{
	if (parser->at == parser->np->num_ranges)
		return false;
	*range = parser->np->ranges[parser->at++];
	return true;
}
