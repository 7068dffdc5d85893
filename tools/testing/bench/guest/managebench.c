// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Costs of management, measured in the root cell on CPU 0:
 *
 *	managebench enable COUNT SYSTEM.cell
 *	managebench cells COUNT CELL.cell		(jh is enabled)
 *	managebench lives COUNT CELL.cell IMAGE		(likewise)
 *
 * enable: how long Linux stood still. cells: the hypercalls of create and destroy, and scrubbing
 * for each MB. lives: exits on CPUs that neither belong to the cell nor ask, over a whole life of
 * the cell, IMAGE (inmates/bench) running in it. Times are taken by the driver around its
 * hypercalls, see driver/ticks.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/report.h>

#include "samples.h"

#define COSTS		"/sys/devices/virtual/misc/jh/costs/"
#define CMDLINE_ADDRESS	0x1000
#define REPORT_BYTES	(1u << 20)

/** struct file - the bytes of a file */
struct file {
	char *data;
	size_t length;
};

/** struct view - a copy of the report area */
struct view {
	union {
		struct jh_report head;
		char bytes[REPORT_BYTES];
	};
};

static int device;
static struct samples samples, more_samples;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("managebench: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	exit(EXIT_FAILURE);
}

static struct file read_file(const char *name)
{
	struct file file;
	struct stat stat;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat))
		die("cannot open %s: %s", name, strerror(errno));
	file.length = stat.st_size;
	file.data = malloc(file.length);
	if (!file.data || read(fd, file.data, file.length) != (ssize_t)file.length)
		die("cannot read %s", name);
	close(fd);
	return file;
}

/* One of the driver's sums. */
static uint64_t cost(const char *name)
{
	char path[sizeof(COSTS) + 32];
	unsigned long long value;
	FILE *file;

	snprintf(path, sizeof(path), COSTS "%s", name);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &value) != 1)
		die("cannot read %s", path);
	fclose(file);
	return value;
}

static void call(unsigned long request, void *argument, const struct jh_error *error,
		 const char *what)
{
	if (ioctl(device, request, argument))
		die("%s: %s, reason %u, object %u, index %u", what, strerror(errno),
		    error->reason, error->object, error->index);
}

static void enable(const struct file *system)
{
	struct jh_ioctl_enable arg = {
		.config = (uintptr_t)system->data, .length = system->length,
	};

	call(JH_IOC_ENABLE, &arg, &arg.error, "enable");
}

static void disable(void)
{
	struct jh_ioctl_disable arg = { 0 };

	call(JH_IOC_DISABLE, &arg, &arg.error, "disable");
}

static struct jh_ioctl_create create(const struct file *cell)
{
	struct jh_ioctl_create arg = {
		.config = (uintptr_t)cell->data, .length = cell->length,
	};

	call(JH_IOC_CELL_CREATE, &arg, &arg.error, "create");
	return arg;
}

static void load(const struct jh_ioctl_create *cell, const void *data, size_t length, __u64 address)
{
	struct jh_segment segment = {
		.source = (uintptr_t)data, .length = length, .address = address,
	};
	struct jh_ioctl_load arg = {
		.segments = (uintptr_t)&segment, .count = 1, .cell = cell->cell,
		.generation = cell->generation,
	};

	call(JH_IOC_CELL_LOAD, &arg, &arg.error, "load");
}

static void act(unsigned long request, const struct jh_ioctl_create *cell, __u32 flags,
		const char *what)
{
	struct jh_ioctl_cell arg = {
		.cell = cell->cell, .generation = cell->generation, .flags = flags,
	};

	call(request, &arg, &arg.error, what);
}

static void look(struct view *view)
{
	struct jh_ioctl_report arg = {
		.buffer = (uintptr_t)view->bytes, .length = sizeof(view->bytes),
	};

	if (ioctl(device, JH_IOC_REPORT, &arg))
		die("report: %s", strerror(errno));
}

static const struct jh_cpu_report *cpus_of(const struct view *view)
{
	return jh_cpu_reports(&view->head);
}

static __u64 mask_of(const struct view *view, __u32 cell)
{
	return jh_cell_reports(&view->head)[cell].cpu_mask;
}

/*
 * Exits that management could cause on a CPU: in a cell that only sleeps all of them, in root those
 * that Linux did not cause itself.
 */
static __u64 bystander_exits(const struct jh_cpu_report *cpu)
{
	if (cpu->cell)
		return jh_cpu_stat(cpu, JH_STAT_TOTAL);
	return jh_cpu_stat(cpu, JH_STAT_MANAGEMENT) + jh_cpu_stat(cpu, JH_STAT_MAINTENANCE) +
	       jh_cpu_stat(cpu, JH_STAT_OTHER);
}

static void run_enable(int count, const struct file *system)
{
	while (count--) {
		enable(system);
		samples_add(&samples, cost("enable"));
		disable();
	}
	samples_print(&samples, "enable_stop");
}

static __u64 memory_of(const struct view *view, __u32 cell)
{
	return jh_cell_reports(&view->head)[cell].memory_bytes;
}

static void run_cells(int count, const struct file *config)
{
	static struct view view;
	uint64_t before, scrub, mb;
	struct jh_ioctl_create cell;

	while (count--) {
		before = cost("cell_create") + cost("cell_destroy") + cost("cell_stop");
		scrub = cost("cell_scrub");
		cell = create(config);
		look(&view);
		mb = memory_of(&view, cell.cell) >> 20;
		act(JH_IOC_CELL_DESTROY, &cell, 0, "destroy");
		samples_add(&samples, cost("cell_create") + cost("cell_destroy") +
				      cost("cell_stop") - before);
		samples_add(&more_samples, (cost("cell_scrub") - scrub) / (mb ? mb : 1));
	}
	samples_print(&samples, "create_destroy");
	samples_print(&more_samples, "scrub_per_mb");
}

static __u64 live(const struct file *config, const struct file *image, struct view *view)
{
	static const char cmdline[256] = "run=idle";
	struct jh_ioctl_create cell = create(config);
	__u64 mask;

	look(view);
	mask = mask_of(view, cell.cell);
	load(&cell, image->data, image->length, 0);
	load(&cell, cmdline, sizeof(cmdline), CMDLINE_ADDRESS);
	act(JH_IOC_CELL_START, &cell, 0, "start");
	usleep(1000);
	act(JH_IOC_CELL_SHUTDOWN, &cell, JH_SHUTDOWN_FORCE, "stop");
	act(JH_IOC_CELL_DESTROY, &cell, 0, "destroy");
	return mask;
}

static void run_lives(int count, const struct file *config, const struct file *image)
{
	static struct view before, after;
	unsigned int cpu, bystanders = 0;
	__u64 mask, exits;

	while (count--) {
		look(&before);
		/* Those of the cell change hands, and CPU 0 is the one that asks. */
		mask = live(config, image, &after) | 1;
		look(&after);
		exits = 0;
		bystanders = 0;
		for (cpu = 0; cpu < after.head.num_cpus; cpu++) {
			if (mask >> cpu & 1 || cpus_of(&after)[cpu].state == JH_CPUREP_ABSENT)
				continue;
			bystanders++;
			exits += bystander_exits(&cpus_of(&after)[cpu]) -
				 bystander_exits(&cpus_of(&before)[cpu]);
		}
		samples_add(&samples, exits);
	}
	printf("bench: bystanders %u\n", bystanders);
	samples_print(&samples, "bystander_exits");
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot stay on CPU 0: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	struct file config, image;
	int count;

	if (argc < 4)
		die("enable|cells|lives COUNT FILE [IMAGE] is needed");
	count = atoi(argv[2]);
	config = read_file(argv[3]);
	device = open(JH_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("cannot open %s: %s", JH_DEVICE, strerror(errno));
	pin();
	if (!strcmp(argv[1], "enable")) {
		run_enable(count, &config);
	} else if (!strcmp(argv[1], "cells")) {
		run_cells(count, &config);
	} else if (!strcmp(argv[1], "lives") && argc > 4) {
		image = read_file(argv[4]);
		run_lives(count, &config, &image);
	} else {
		die("what is %s?", argv[1]);
	}
	return 0;
}
