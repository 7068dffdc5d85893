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
#include "session.h"
#include "text.h"
#include "tree.h"

/*
 * Step through the RAM that /proc/iomem lists: one range for each call, false at the end. Who is
 * not root sees nothing but zeroes there, which counts as no RAM at all.
 */
static bool next_ram(FILE *iomem, __u64 *start, __u64 *last)
{
	char line[256];
	int name;

	while (fgets(line, sizeof(line), iomem)) {
		if (sscanf(line, "%llx-%llx : %n", start, last, &name) == 2 && *last &&
		    line[0] != ' ' && !strncmp(line + name, "System RAM", 10))
			return true;
	}
	return false;
}

/* Linux would lose what lies above the highest address of root's map. */
static int check_highest(const struct blob *blob, __u64 last)
{
	__u64 highest = config_system(blob->data)->max_address;

	if (!highest || last <= highest)
		return EXIT_OK;
	return complain("%s: max-address 0x%llx lies below the end of this machine's RAM, 0x%llx; "
			"remove it to have the right one found",
			blob->file, highest, last);
}

static int check_windows(const struct blob *blob, __u64 start, __u64 last)
{
	struct subject subject = { .file = blob->file, .blob = blob->data,
				   .length = blob->length };
	struct jh_error error = { .reason = JH_ERR_MEM_IS_RAM, .object = JH_OBJ_WINDOW,
				  .cell = JH_ERROR_SAME_FILE };
	const struct jh_config_window *window;
	__u32 count, i;

	window = config_windows(blob->data, &count);
	for (i = 0; i < count; i++) {
		if (window[i].address > last || window[i].address + window[i].size <= start)
			continue;
		error.index = i;
		return session_refused("enable", &subject, &error, JH_EINVAL);
	}
	return EXIT_OK;
}

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

int hwcheck_system(const struct blob *blob)
{
	char *path = text_format("%s/proc/iomem", device_root());
	FILE *iomem = fopen(path, "re");
	__u64 start, last;
	int ret = EXIT_OK;

	free(path);
	if (!iomem)
		return EXIT_OK;
	while (!ret && next_ram(iomem, &start, &last)) {
		ret = check_windows(blob, start, last);
		if (!ret)
			ret = check_highest(blob, last);
	}
	fclose(iomem);
	return ret;
}
