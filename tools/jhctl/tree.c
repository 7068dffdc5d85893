// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "tree.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "image.h"
#include "text.h"

#define TREE_LIMIT	(4u << 20)
#define TREE_BASE	"/sys/firmware/devicetree/base"

void *tree_load(void)
{
	char *path = text_format("%s/sys/firmware/fdt", device_root());
	size_t length = 0;
	void *fdt;

	fdt = image_read_file(path, TREE_LIMIT, &length);
	free(path);
	if (fdt && fdt_check_full(fdt, length)) {
		free(fdt);
		fdt = NULL;
		errno = EINVAL;
	}
	return fdt;
}

static __u64 read_cells(const fdt32_t *cell, int count)
{
	__u64 value = 0;

	while (count-- > 0)
		value = value << 32 | fdt32_to_cpu(*cell++);
	return value;
}

/* Translate *@address from the bus of @bus to the bus above it, by its ranges. */
static bool translate(const void *fdt, int bus, int above, __u64 *address)
{
	int child = fdt_address_cells(fdt, bus), parent = fdt_address_cells(fdt, above);
	int size = fdt_size_cells(fdt, bus), length, step;
	const fdt32_t *ranges = fdt_getprop(fdt, bus, "ranges", &length);

	if (!ranges || child < 1 || parent < 1 || size < 0)
		return false;
	step = child + parent + size;
	for (length /= (int)sizeof(*ranges); length >= step; length -= step, ranges += step) {
		__u64 start = read_cells(ranges, child);
		__u64 bytes = read_cells(ranges + child + parent, size);

		if (*address < start || *address - start >= bytes)
			continue;
		*address = *address - start + read_cells(ranges + child, parent);
		return true;
	}
	/* Empty ranges mean the same addresses on both sides. */
	return !fdt_getprop(fdt, bus, "ranges", &length) || !length;
}

bool tree_reg(const void *fdt, int node, int index, __u64 *address, __u64 *size)
{
	int bus = fdt_parent_offset(fdt, node), above, length, cells, sizes;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || bus < 0)
		return false;
	cells = fdt_address_cells(fdt, bus);
	sizes = fdt_size_cells(fdt, bus);
	if (cells < 1 || sizes < 1 || length / 4 < (index + 1) * (cells + sizes))
		return false;
	reg += index * (cells + sizes);
	*address = read_cells(reg, cells);
	*size = read_cells(reg + cells, sizes);
	for (; (above = fdt_parent_offset(fdt, bus)) >= 0; bus = above) {
		if (!translate(fdt, bus, above, address))
			return false;
	}
	return true;
}

bool tree_enabled(const void *fdt, int node)
{
	const char *status;

	for (; node >= 0; node = fdt_parent_offset(fdt, node)) {
		status = fdt_getprop(fdt, node, "status", NULL);
		if (status && strcmp(status, "okay") && strcmp(status, "ok"))
			return false;
	}
	return true;
}

void tree_base_name(const void *fdt, int node, char *name)
{
	int length = 0;
	const char *full = fdt_get_name(fdt, node, &length);
	const char *at;

	if (!full)
		length = 0;
	at = full ? memchr(full, '@', (size_t)length) : NULL;
	if (at)
		length = (int)(at - full);
	if (length >= TREE_PATH_LEN)
		length = TREE_PATH_LEN - 1;
	if (length)
		memcpy(name, full, (size_t)length);
	name[length] = 0;
}

bool tree_compatible(const void *fdt, int node, const char *pattern)
{
	const char *text;
	int i;

	for (i = 0; (text = fdt_stringlist_get(fdt, node, "compatible", i, NULL)); i++) {
		if (!fnmatch(pattern, text, 0))
			return true;
	}
	return false;
}

int tree_reference(const void *fdt, int node, const char *property, int index)
{
	int length;
	const fdt32_t *cell = fdt_getprop(fdt, node, property, &length);

	if (!cell || length / 4 <= index)
		return -FDT_ERR_NOTFOUND;
	return fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(cell[index]));
}

char *tree_device_path(const char *directory)
{
	char *link = text_format("%s/of_node", directory), *full = realpath(link, NULL), *path;
	const char *base = full ? strstr(full, TREE_BASE) : NULL;

	path = base ? text_format("%s", base + strlen(TREE_BASE)) : NULL;
	free(link);
	free(full);
	return path;
}
