// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Applies the tables of trust_rules.c to the device tree.
 */
#include "trust.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "jhctl.h"
#include "text.h"
#include "tree.h"
#include "trust_rules.h"

/* struct trust_item - one thing that could reach cells */
struct trust_item {
	enum trust_group group;
	const char *what;
	const char *by;		/* the party that closes it, NULL: open */
	char *guard;		/* path of the IOMMU before it, NULL: none */
	char *path;		/* of the device-tree node, NULL: not in the tree */
	bool held;		/* a cell has it, not root */
	bool resettable;	/* has reset lines of its own: it stops when its cell ends */
	__u64 address;
};

static const char *const group_names[TRUST_GROUPS] = {
	[TRUST_MASTER] = "bus master",
	[TRUST_INTERRUPT] = "interrupts",
	[TRUST_CONTROLLER] = "controller",
	[TRUST_PROCESSOR] = "processor",
	[TRUST_FIRMWARE] = "firmware",
};

static struct trust_item *append(struct trust *trust)
{
	trust->item = realloc(trust->item, (size_t)(trust->count + 1) * sizeof(*trust->item));
	if (!trust->item)
		exit(complain("out of memory"));
	memset(&trust->item[trust->count], 0, sizeof(*trust->item));
	return &trust->item[trust->count++];
}

static char *node_path(const void *fdt, int node)
{
	char path[TREE_PATH_LEN];

	return fdt_get_path(fdt, node, path, sizeof(path)) ? NULL : text_format("%s", path);
}

static bool matches(const void *fdt, int node, const struct trust_rule *rule)
{
	char name[TREE_PATH_LEN];
	__u64 address, size;

	if (rule->kind == MATCH_COMPATIBLE)
		return tree_compatible(fdt, node, rule->pattern);
	if (rule->kind == MATCH_PROPERTY && !fdt_getprop(fdt, node, rule->pattern, NULL))
		return false;
	if (rule->kind == MATCH_NAME) {
		tree_base_name(fdt, node, name);
		if (strcmp(name, rule->pattern))
			return false;
	}
	/* A device on an I2C bus, say, has no registers of its own in memory. */
	return tree_reg(fdt, node, 0, &address, &size);
}

/* The IOMMU of the node's accesses, if there is one and it is enabled. */
static char *find_guard(const void *fdt, int node)
{
	int iommu = tree_reference(fdt, node, "iommus", 0);

	if (iommu < 0)
		iommu = tree_reference(fdt, node, "iommu-map", 1);
	return iommu >= 0 && tree_enabled(fdt, iommu) ? node_path(fdt, iommu) : NULL;
}

/* Words of the reset line at the head of a list; 0: there is none, or it names nothing. */
static int line_words(const void *fdt, const fdt32_t *line, int left)
{
	int provider, length;
	const fdt32_t *cells;

	if (left < 1)
		return 0;
	provider = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*line));
	cells = provider < 0 ? NULL : fdt_getprop(fdt, provider, "#reset-cells", &length);
	if (!cells || length != 4 || fdt32_to_cpu(*cells) >= (unsigned int)left)
		return 0;
	return 1 + (int)fdt32_to_cpu(*cells);
}

static bool names_line(const void *fdt, int node, const fdt32_t *line, int words)
{
	int length, at, count;
	const fdt32_t *lines = fdt_getprop(fdt, node, "resets", &length);

	if (!lines || !tree_enabled(fdt, node))
		return false;
	for (at = 0; (count = line_words(fdt, lines + at, length / 4 - at)); at += count)
		if (count == words && !memcmp(lines + at, line, (size_t)words * 4))
			return true;
	return false;
}

/* Has the node reset lines, all its own? The driver does not assert lines of other devices. */
static bool has_own_resets(const void *fdt, int node)
{
	int length, at, count, other;
	const fdt32_t *lines = fdt_getprop(fdt, node, "resets", &length);

	if (!lines)
		return false;
	for (at = 0; (count = line_words(fdt, lines + at, length / 4 - at)); at += count)
		for (other = 0; other >= 0; other = fdt_next_node(fdt, other, NULL))
			if (other != node && names_line(fdt, other, lines + at, count))
				return false;
	return at;
}

/* The first matching rule of each group counts. */
static void judge_node(struct trust *trust, const void *fdt, int node)
{
	unsigned int groups = 0;
	const struct trust_rule *rule;
	struct trust_item *item;
	__u64 size;

	for (rule = trust_rules; rule->pattern; rule++) {
		if (groups >> rule->group & 1 || !matches(fdt, node, rule))
			continue;
		groups |= 1u << rule->group;
		if (!rule->what)
			continue;
		item = append(trust);
		item->group = rule->group;
		item->what = rule->what;
		item->by = rule->by;
		item->path = node_path(fdt, node);
		if (!tree_reg(fdt, node, 0, &item->address, &size))
			item->address = 0;
		item->resettable = has_own_resets(fdt, node);
		if (rule->group == TRUST_MASTER)
			item->guard = find_guard(fdt, node);
	}
}

static void judge_machine(struct trust *trust, const void *fdt)
{
	const struct trust_machine *machine;
	struct trust_item *item;

	for (machine = trust_machines; machine->compatible; machine++) {
		if (!tree_compatible(fdt, 0, machine->compatible))
			continue;
		item = append(trust);
		item->group = machine->group;
		item->what = machine->what;
		item->address = machine->address;
	}
}

static void mark_path(struct trust *trust, const char *path)
{
	int i;

	for (i = 0; i < trust->count; i++) {
		if (trust->item[i].path && !strcmp(trust->item[i].path, path))
			trust->item[i].held = true;
	}
}

/* Devices of cells are bound to the module's stub drivers, one for each kind of bus. */
static void mark_held(struct trust *trust, const char *stub)
{
	char *directory = text_format("%s%s", device_root(), stub);
	struct dirent **entry;
	int count = scandir(directory, &entry, text_visible, alphasort), i;

	for (i = 0; i < count; i++) {
		char *device = text_format("%s/%s", directory, entry[i]->d_name);
		char *path = tree_device_path(device);

		if (path)
			mark_path(trust, path);
		free(path);
		free(device);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	free(directory);
}

static int compare(const void *left, const void *right)
{
	const struct trust_item *a = left, *b = right;
	int order = (int)a->group - (int)b->group;

	if (!order)
		order = strcmp(a->what, b->what);
	if (!order)
		order = strcmp(a->guard ? a->guard : "", b->guard ? b->guard : "");
	if (!order)
		order = (a->address > b->address) - (a->address < b->address);
	return order ? order : strcmp(a->path ? a->path : "", b->path ? b->path : "");
}

void trust_find(struct trust *trust)
{
	void *fdt = tree_load();
	int node;

	memset(trust, 0, sizeof(*trust));
	trust->known = fdt;
	if (!fdt)
		return;
	for (node = fdt_next_node(fdt, 0, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		if (tree_enabled(fdt, node))
			judge_node(trust, fdt, node);
	}
	judge_machine(trust, fdt);
	mark_held(trust, "/sys/bus/platform/drivers/jh-stub");
	mark_held(trust, "/sys/bus/amba/drivers/jh-stub");
	if (trust->count)
		qsort(trust->item, (size_t)trust->count, sizeof(*trust->item), compare);
	free(fdt);
}

void trust_free(struct trust *trust)
{
	int i;

	for (i = 0; i < trust->count; i++) {
		free(trust->item[i].guard);
		free(trust->item[i].path);
	}
	free(trust->item);
	memset(trust, 0, sizeof(*trust));
}

/* "open", or the obstacle. */
static char *verdict(const struct trust_item *item)
{
	if (item->by)
		return text_format("closed by %s", item->by);
	if (item->held && item->group == TRUST_MASTER && !item->resettable)
		return text_format("in the hands of a cell, which could reach root and all others, "
				   "and nothing stops it when the cell ends");
	if (item->held)
		return text_format("in the hands of a cell, which could reach root and all others");
	if (item->guard)
		return text_format("open to root, which programs %s before it", item->guard);
	return text_format("open");
}

static bool alike(const struct trust_item *a, const struct trust_item *b)
{
	return a->group == b->group && a->held == b->held &&
	       a->resettable == b->resettable && !strcmp(a->what, b->what) &&
	       a->by == b->by &&
	       !strcmp(a->guard ? a->guard : "", b->guard ? b->guard : "");
}

static char *place(const struct trust_item *item)
{
	return item->path ? text_format("%s", item->path) : text_format("0x%llx", item->address);
}

void trust_print(const struct trust *trust)
{
	int i, next;

	if (!trust->known) {
		puts("trust model: unknown, there is no device tree that this user can read");
		return;
	}
	puts("trust model: what could reach the cells, in root's hands if nobody else is named");
	for (i = 0; i < trust->count; i = next) {
		const struct trust_item *item = &trust->item[i];
		char *where = place(item), *state = verdict(item);

		for (next = i + 1; next < trust->count && alike(item, &trust->item[next]); next++)
			;
		if (next - i > 1) {
			char *last = place(&trust->item[next - 1]);
			char *all = text_format("%s ... %s (%d)", where, last, next - i);

			free(last);
			free(where);
			where = all;
		}
		printf("  %-10s  %s: %s\n              %s\n", group_names[item->group], where,
		       state, item->what);
		free(where);
		free(state);
	}
}

void trust_print_json(struct json *json, const struct trust *trust)
{
	int i;

	json_open(json, "trust", '[');
	for (i = 0; i < trust->count; i++) {
		const struct trust_item *item = &trust->item[i];

		json_open(json, NULL, '{');
		json_string(json, "kind", group_names[item->group]);
		json_string(json, "node", item->path);
		json_hex(json, "address", item->address);
		json_string(json, "what", item->what);
		json_bool(json, "open", !item->by);
		json_string(json, "closed_by", item->by);
		json_string(json, "iommu", item->guard);
		json_bool(json, "in_cell", item->held);
		json_bool(json, "resettable", item->resettable);
		json_close(json, '}');
	}
	json_close(json, ']');
}
