// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "hwcheck.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <lib/config.h>

#include "device.h"
#include "jhctl.h"
#include "text.h"
#include "tree.h"

/* Which of the cell's devices the block device in @directory of sysfs hangs on; -1: none. */
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

/* Linux lets go of a disk even if a file system is mounted from it, which then is gone. */
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

int hwcheck_cell(const struct blob *blob)
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
			"KiB: take another kernel", file, page, has);
}
