// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "hwcheck.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lib/config.h>

#include "device.h"
#include "jhctl.h"
#include "text.h"
#include "tree.h"

/* Index of the cell's device that the block device in @directory of sysfs belongs to; -1: none. */
static int find_controller(const struct blob *blob, char *directory)
{
	const struct jh_config_device *devices;
	__u32 count, i;
	char *path, *slash;
	int found = -1;

	devices = config_devices(blob->data, &count);
	while (found < 0 && (slash = strrchr(directory, '/'))) {
		path = tree_device_path(directory);
		for (i = 0; path && i < count; i++)
			if (!strcmp(path, devices[i].path))
				found = (int)i;
		free(path);
		*slash = '\0';
	}
	return found;
}

/* Linux unbinds a disk even if a file system is mounted from it, which is lost then. */
static int check_disk(const struct blob *blob, const char *disks, const char *name)
{
	char *link = text_format("%s/%s", disks, name), *directory = realpath(link, NULL);
	int index = directory ? find_controller(blob, directory) : -1, ret = EXIT_OK;
	__u32 count;

	if (index >= 0 && device_claimed(name))
		ret = complain("%s: devices[%d]: %s of %s is in use: unmount it first (or "
			       "swapoff), or leave the device to Linux", blob->file, index, name,
			       config_devices(blob->data, &count)[index].path);
	free(link);
	free(directory);
	return ret;
}

/* Has the device of a node in the tree, on one bus, a driver? */
static bool is_bound_on(const char *bus, const char *path)
{
	char *devices = text_format("%s/sys/bus/%s/devices", device_root(), bus);
	DIR *directory = opendir(devices);
	const struct dirent *entry;
	bool bound = false;

	while (directory && !bound && (entry = readdir(directory))) {
		char *device = text_format("%s/%s", devices, entry->d_name);
		char *driver = text_format("%s/driver", device), *node = tree_device_path(device);

		bound = node && !strcmp(node, path) && !access(driver, F_OK);
		free(node);
		free(driver);
		free(device);
	}
	if (directory)
		closedir(directory);
	free(devices);
	return bound;
}

/* Is it a device with a driver, or below a device of the cell? Its registers are unmapped then. */
static bool is_let_go(const struct jh_config_device *devices, __u32 count, const char *path)
{
	size_t length;
	__u32 i;

	for (i = 0; i < count; i++) {
		length = strlen(devices[i].path);
		if (!strncmp(path, devices[i].path, length) && path[length] == '/')
			return true;
	}
	return is_bound_on("platform", path) || is_bound_on("amba", path);
}

/* struct mapping - registers that Linux has mapped, and the function that did it */
struct mapping {
	__u64 start, size;
	char code[64];
};

/* "0x...-0x...    8192 of_iomap+0x4c/0x90 phys=0x10008000 ioremap"; the last page is a guard. */
static bool parse_mapping(const char *line, struct mapping *mapping)
{
	const char *phys = strstr(line, " phys=0x");
	long page = sysconf(_SC_PAGESIZE);
	unsigned long long size, start;

	if (!phys || !strstr(phys, " ioremap") || sscanf(phys, " phys=%llx", &start) != 1 ||
	    sscanf(line, "%*s %llu %63[A-Za-z0-9_]", &size, mapping->code) != 2 ||
	    size <= (unsigned long long)page)
		return false;
	mapping->start = start;
	mapping->size = size - (unsigned long long)page;
	return true;
}

/* Is the node in the tree? The driver refuses one that is not. */
static bool is_in_tree(const char *path)
{
	char *node = text_format("%s/sys/firmware/devicetree/base%s", device_root(), path);
	bool found = !access(node, F_OK);

	free(node);
	return found;
}

static bool is_held(const struct jh_config_device *devices, __u32 count, __u32 index)
{
	return is_in_tree(devices[index].path) && !is_let_go(devices, count, devices[index].path);
}

/* Index of the cell's memory with mapped registers of a device without a driver; -1: none. */
static int find_mapped(const struct blob *blob, const struct mapping *mapping)
{
	__u32 count, regions, i;
	const struct jh_config_device *devices = config_devices(blob->data, &count);
	const struct jh_config_memory *memory = config_memories(blob->data, &regions);

	for (i = 0; i < regions; i++) {
		if (memory[i].device && memory[i].device <= count &&
		    mapping->start < memory[i].phys + memory[i].size &&
		    memory[i].phys < mapping->start + mapping->size &&
		    is_held(devices, count, memory[i].device - 1))
			return (int)i;
	}
	return -1;
}

/*
 * Registers that early code maps have no driver that could be unbound: those of a clock source,
 * say, which neither has an interrupt nor requests its registers. No module can see that. With
 * larger pages than 4 KiB the mapping of a neighbour may cover the device, so there is no check
 * then.
 */
static int check_mappings(const struct blob *blob)
{
	char *path = text_format("%s/proc/vmallocinfo", device_root()), *line = NULL;
	FILE *file = sysconf(_SC_PAGESIZE) == 4096 ? fopen(path, "re") : NULL;
	const struct jh_config_memory *memory;
	struct mapping mapping;
	size_t size = 0;
	int ret = EXIT_OK, index;
	__u32 count;

	while (file && !ret && getline(&line, &size, file) > 0) {
		index = parse_mapping(line, &mapping) ? find_mapped(blob, &mapping) : -1;
		if (index < 0)
			continue;
		memory = config_memories(blob->data, &count) + index;
		ret = complain("%s: devices[%u]: Linux has the registers of %s at 0x%llx mapped, "
			       "by %s(), without a driver: leave the device to Linux, which runs "
			       "on it",
			       blob->file, memory->device - 1,
			       config_devices(blob->data, &count)[memory->device - 1].path,
			       (unsigned long long)memory->phys, mapping.code);
	}
	if (file)
		fclose(file);
	free(line);
	free(path);
	return ret;
}

static int check_disks(const struct blob *blob)
{
	char *disks = text_format("%s/sys/class/block", device_root());
	DIR *directory = opendir(disks);
	const struct dirent *entry;
	int ret = EXIT_OK;

	while (directory && !ret && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			ret = check_disk(blob, disks, entry->d_name);
	if (directory)
		closedir(directory);
	free(disks);
	return ret;
}

int hwcheck_cell(const struct blob *blob)
{
	int ret = check_disks(blob);

	return ret ? ret : check_mappings(blob);
}

void hwcheck_priorities(const struct blob *blob)
{
	const struct jh_config_cell *cell = config_cell(blob->data);
	void *fdt;

	if (!(cell->flags & JH_CELL_IRQ_DIRECT))
		return;
	fdt = tree_load();
	if (fdt && fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3") >= 0)
		complain("warning: %s: with direct interrupts on a GICv3 the priority mask of %.*s "
			 "masks nothing: a guest that uses it for critical sections, as FreeRTOS "
			 "does, needs interrupts = \"virtual\"",
			 blob->file, JH_NAME_LEN, cell->name);
	free(fdt);
}

int hwcheck_pages(const char *file, unsigned int page)
{
	char *path = text_format("%s/sys/devices/virtual/misc/jh/page_sizes", device_root());
	char has[32] = "", *word = has;
	FILE *sizes = fopen(path, "re");
	bool fits = !page;
	unsigned int size;
	int length;

	free(path);
	if (!sizes || !fgets(has, sizeof(has), sizes))
		fits = true;
	if (sizes)
		fclose(sizes);
	has[strcspn(has, "\n")] = 0;
	for (; sscanf(word, "%u%n", &size, &length) == 1; word += length)
		fits |= size == page;
	if (fits)
		return EXIT_OK;
	return complain("%s: it has pages of %uK, and the CPUs of this machine only those of %s "
			"KiB: use another kernel", file, page, has);
}
