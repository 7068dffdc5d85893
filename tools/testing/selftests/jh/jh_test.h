/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For the tests in C: /dev/jh, files, configurations.
 */
#ifndef JH_TEST_H
#define JH_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/ioctl.h>
#include <jh/reasons.h>
#include <jh/report.h>

#define JH_CELLS	"/etc/jh/"
#define JH_INMATES	"/usr/lib/jh/inmates/"
#define JH_SYSFS	"/sys/devices/virtual/misc/jh/"

/** struct jh_file - a file's content, on the heap */
struct jh_file {
	uint8_t *data;
	uint32_t size;
};

/** jh_read() - a whole file; size 0 if it cannot be read */
static inline struct jh_file jh_read(const char *path)
{
	struct jh_file file = { NULL, 0 };
	struct stat stat;
	ssize_t done;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return file;
	if (!fstat(fd, &stat) && stat.st_size > 0 && stat.st_size < 1 << 24) {
		/* Files of sysfs are shorter than they say; as text they end with a zero. */
		file.data = calloc(1, (size_t)stat.st_size + 1);
		done = file.data ? read(fd, file.data, (size_t)stat.st_size) : 0;
		file.size = done > 0 ? (uint32_t)done : 0;
	}
	close(fd);
	return file;
}

/** jh_open() - /dev/jh, the module loaded; -1 without it */
static inline int jh_open(void)
{
	if (access(JH_DEVICE, F_OK) && system("modprobe jh"))
		return -1;
	return open(JH_DEVICE, O_RDWR | O_CLOEXEC);
}

/** jh_enable() - 0 or a negative errno; @error may be NULL */
static inline int jh_enable(int fd, const void *config, uint32_t length, uint32_t flags,
			    struct jh_error *error)
{
	struct jh_ioctl_enable arg = { .config = (uintptr_t)config, .length = length,
				       .flags = flags };
	int code = ioctl(fd, JH_IOC_ENABLE, &arg) ? -errno : 0;

	if (error)
		*error = arg.error;
	return code;
}

static inline int jh_disable(int fd)
{
	struct jh_ioctl_disable arg = { 0 };

	return ioctl(fd, JH_IOC_DISABLE, &arg) ? -errno : 0;
}

/** jh_create() - number of the new cell or a negative errno; @error may be NULL */
static inline int jh_create(int fd, const void *config, uint32_t length, struct jh_error *error)
{
	struct jh_ioctl_create arg = { .config = (uintptr_t)config, .length = length };
	int code = ioctl(fd, JH_IOC_CELL_CREATE, &arg) ? -errno : (int)arg.cell;

	if (error)
		*error = arg.error;
	return code;
}

/** jh_generation() - of the cell that has this number now; 0 if there is none */
static inline uint32_t jh_generation(int fd, uint32_t cell)
{
	static union {
		struct jh_report head;
		uint8_t bytes[65536];
	} report;
	struct jh_ioctl_report arg = { .buffer = (uintptr_t)&report, .length = sizeof(report) };

	if (ioctl(fd, JH_IOC_REPORT, &arg) || cell >= report.head.num_cells)
		return 0;
	return jh_cell_reports(&report.head)[cell].generation;
}

/** jh_load_all() - several segments in one load; @error may be NULL */
static inline int jh_load_all(int fd, uint32_t cell, const struct jh_segment *segments,
			      uint32_t count, struct jh_error *error)
{
	struct jh_ioctl_load arg = { .segments = (uintptr_t)segments, .count = count,
				     .cell = cell, .generation = jh_generation(fd, cell) };
	int code = ioctl(fd, JH_IOC_CELL_LOAD, &arg) ? -errno : 0;

	if (error)
		*error = arg.error;
	return code;
}

static inline int jh_load(int fd, uint32_t cell, uint64_t address, const void *data,
			  uint64_t length)
{
	struct jh_segment segment = { (uintptr_t)data, length, address };

	return jh_load_all(fd, cell, &segment, 1, NULL);
}

/** jh_cell_of() - JH_IOC_CELL_START, _SHUTDOWN or _DESTROY of a generation; @error may be NULL */
static inline int jh_cell_of(int fd, unsigned long request, uint32_t cell, uint32_t generation,
			     uint32_t flags, struct jh_error *error)
{
	struct jh_ioctl_cell arg = { .cell = cell, .generation = generation, .flags = flags };
	int code = ioctl(fd, request, &arg) ? -errno : 0;

	if (error)
		*error = arg.error;
	return code;
}

/** jh_cell() - the same for the cell that has this number now */
static inline int jh_cell(int fd, unsigned long request, uint32_t cell, uint32_t flags)
{
	return jh_cell_of(fd, request, cell, jh_generation(fd, cell), flags, NULL);
}

/** jh_tidy() - no cells, disabled; what a test left behind is gone */
static inline void jh_tidy(int fd)
{
	for (uint32_t cell = 1; cell < JH_MAX_CELLS; cell++)
		jh_cell(fd, JH_IOC_CELL_DESTROY, cell, 0);
	jh_disable(fd);
}

#endif
