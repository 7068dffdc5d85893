// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "cell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "jhvirtiod.h"

#define REPORT_BYTES	65536u	/* as jhctl: what is needed comes first */

static bool inside(uint32_t offset, uint32_t count, size_t size, size_t bytes)
{
	return offset % 8 == 0 && offset <= bytes && count <= (bytes - offset) / size;
}

/* Its number; 0, which is root's, if there is none. */
static uint32_t find_number(const struct jh_report *report, const char *name)
{
	const struct jh_cell_report *cell =
		(const void *)((const char *)report + report->cells_offset);
	uint32_t i;

	for (i = 1; i < report->num_cells; i++)
		if (cell[i].state != JH_CELL_NONE && !strncmp(cell[i].name, name, JH_NAME_LEN))
			return i;
	return 0;
}

int cell_read(struct cell_links *links, const char *name, const struct jh_report *report,
	      size_t bytes)
{
	const struct jh_link_report *row =
		(const void *)((const char *)report + report->links_offset);
	uint32_t number, i;

	links->count = 0;
	if (report->magic != JH_REPORT_MAGIC ||
	    !inside(report->cells_offset, report->num_cells, sizeof(struct jh_cell_report),
		    bytes) ||
	    !inside(report->links_offset, report->num_links, sizeof(*row), bytes))
		return complain("the module does not say which cells there are: it is of another "
				"version");
	number = find_number(report, name);
	if (!number)
		return complain("there is no cell %s: jhctl cell create makes it", name);
	for (i = 0; i < report->num_links && links->count < WINDOWS; i++) {
		if (!row[i].name[0] || row[i].cell != number || !row[i].virtio)
			continue;
		memcpy(links->link[links->count].name, row[i].name, JH_NAME_LEN);
		links->link[links->count].name[JH_NAME_LEN] = '\0';
		links->link[links->count++].kind = row[i].virtio;
	}
	if (!links->count)
		return complain("the cell %s has no virtio devices: its configuration needs "
				"[[virtio]]", name);
	return EXIT_OK;
}

static int explain(void)
{
	switch (errno) {
	case ENOENT:
		return complain("jh is not there: modprobe jh, then jhctl enable");
	case EACCES:
	case EPERM:
		return complain("only root can take the devices of a cell");
	case ENXIO:
		return complain("jh is not enabled: jhctl enable");
	}
	return complain("/dev/jh: %s", strerror(errno));
}

int cell_find(struct cell_links *links, const char *name)
{
	struct jh_report *report = calloc(1, REPORT_BYTES);
	struct jh_ioctl_report call = { (uintptr_t)report, REPORT_BYTES, 0 };
	int fd = open("/dev/jh", O_RDWR | O_CLOEXEC), ret;

	if (!report || fd < 0 || ioctl(fd, JH_IOC_REPORT, &call))
		ret = explain();
	else
		ret = cell_read(links, name, report, REPORT_BYTES);
	if (fd >= 0)
		close(fd);
	free(report);
	return ret;
}
