// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "hwcheck.h"

#include <stdlib.h>
#include <string.h>

#include <lib/config.h>

#include "device.h"
#include "jhctl.h"
#include "session.h"
#include "text.h"

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
