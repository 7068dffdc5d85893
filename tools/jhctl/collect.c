// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "collect.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "args.h"
#include "device.h"
#include "image.h"
#include "tar.h"
#include "text.h"
#include "tree.h"

#define DEFAULT_FILE	"jh-collect.tar"
#define FILE_LIMIT	((size_t)4 << 20)

/* Files that are packed as they are; the @needed ones must be there. */
static const struct {
	const char *path;
	bool needed;
} files[] = {
	{ "/sys/firmware/fdt", true },
	{ "/proc/iomem", true },
	{ "/proc/interrupts", true },
	{ "/proc/cmdline", true },
	{ "/proc/cpuinfo", true },
	{ "/proc/meminfo", true },
	{ "/proc/version", true },
	{ "/proc/modules", false },
	{ "/proc/vmallocinfo", false },
	{ "/proc/config.gz", false },
	{ "/sys/devices/system/cpu/online", false },
	{ "/sys/devices/system/cpu/present", false },
	{ "/sys/devices/system/cpu/possible", false },
	{ "/sys/devices/system/cpu/isolated", false },
	{ "/sys/kernel/debug/clk/clk_summary", false },
};

static const char *const buses[] = { "platform", "amba", "pci" };

static char *machine_path(const char *path)
{
	return text_format("%s%s", device_root(), path);
}

static int add_file(FILE *out, const char *path, bool needed)
{
	char *full = machine_path(path);
	size_t length = 0;
	void *data = image_read_file(full, FILE_LIMIT, &length);
	int ret = EXIT_OK;

	free(full);
	if (!data && needed && errno == EACCES) {
		complain("%s: only root may read it: try it with sudo", path);
		return EXIT_DENIED;
	}
	if (!data && needed && !strcmp(path, "/sys/firmware/fdt"))
		return complain("%s: %s: this machine was not started with a device tree", path,
				strerror(errno));
	if (!data)
		return needed ? complain("%s: %s", path, strerror(errno)) : EXIT_OK;
	if (!tar_add(out, path + 1, data, length))
		ret = tar_trouble();
	free(data);
	return ret;
}

/* The last component of the target of symbolic link @directory/@name, or "-". */
static char *link_name(const char *directory, const char *name)
{
	char target[PATH_MAX], *path = text_format("%s/%s", directory, name), *slash;
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	free(path);
	if (length <= 0)
		return text_format("-");
	target[length] = 0;
	slash = strrchr(target, '/');
	return text_format("%s", slash ? slash + 1 : target);
}

/* The device-tree path of the device at @directory, or "-". */
static char *node_path(const char *directory)
{
	char *path = tree_device_path(directory);

	return path ? path : text_format("-");
}

/* A driver that cannot be unbound by hand has no file "unbind". */
static const char *unbinding(const char *bus, const char *driver)
{
	char *path = text_format("%s/sys/bus/%s/drivers/%s/unbind", device_root(), bus, driver);
	const char *answer = access(path, F_OK) && errno == ENOENT ? "fixed" : "-";

	free(path);
	return strcmp(driver, "-") ? answer : "-";
}

static void list_bus(FILE *out, const char *bus)
{
	char *part = text_format("/sys/bus/%s/devices", bus), *path = machine_path(part);
	struct dirent **entry;
	int count = scandir(path, &entry, text_visible, alphasort), i;

	for (i = 0; i < count; i++) {
		char *device = text_format("%s/%s", path, entry[i]->d_name);
		char *driver = link_name(device, "driver"), *node = node_path(device);

		fprintf(out, "%s\t%s\t%s\t%s\t%s\n", bus, entry[i]->d_name, driver, node,
			unbinding(bus, driver));
		free(node);
		free(driver);
		free(device);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	free(path);
	free(part);
}

static void write_drivers(FILE *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buses); i++)
		list_bus(out, buses[i]);
}

/* "GROUP\tDEVICE" for each member of the IOMMU group at @path. */
static void list_group(FILE *out, const char *path, const char *group)
{
	char *devices = text_format("%s/%s/devices", path, group);
	struct dirent **entry;
	int count = scandir(devices, &entry, text_visible, alphasort), i;

	for (i = 0; i < count; i++) {
		fprintf(out, "%s\t%s\n", group, entry[i]->d_name);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	free(devices);
}

static void write_streams(FILE *out)
{
	char *path = machine_path("/sys/kernel/iommu_groups");
	struct dirent **entry;
	int count = scandir(path, &entry, text_visible, versionsort), i;

	for (i = 0; i < count; i++) {
		list_group(out, path, entry[i]->d_name);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	free(path);
}

/* A short file's text without its newline; "-" if it is not there. */
static char *short_text(const char *directory, const char *name)
{
	char *path = text_format("%s/%s", directory, name), *text;
	size_t length = 0;
	char *data = image_read_file(path, 4096, &length);

	while (data && length && data[length - 1] == '\n')
		length--;
	text = data ? text_format("%.*s", (int)length, data) : text_format("-");
	free(data);
	free(path);
	return text;
}

static int is_cpu(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "cpu", 3) && entry->d_name[3] >= '0' &&
	       entry->d_name[3] <= '9';
}

static void write_cpus(FILE *out)
{
	char *path = machine_path("/sys/devices/system/cpu");
	struct dirent **entry;
	int count = scandir(path, &entry, is_cpu, versionsort), i;

	for (i = 0; i < count; i++) {
		char *cpu = text_format("%s/%s", path, entry[i]->d_name);
		char *midr = short_text(cpu, "regs/identification/midr_el1");
		char *node = node_path(cpu);

		fprintf(out, "%s\t%s\t%s\n", entry[i]->d_name + 3, node, midr);
		free(node);
		free(midr);
		free(cpu);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	free(path);
}

static void write_version(FILE *out)
{
	struct utsname name;

	fprintf(out, "jhctl %s\n", JH_VERSION);
	if (!uname(&name))
		fprintf(out, "%s %s %s %s\n", name.sysname, name.release, name.version,
			name.machine);
}

/* Files that jhctl itself writes into the archive. */
static const struct {
	const char *name;
	void (*write)(FILE *out);
} lists[] = {
	{ "jh/version", write_version },
	{ "jh/drivers", write_drivers },
	{ "jh/streams", write_streams },
	{ "jh/cpus", write_cpus },
};

static int add_list(FILE *out, const char *name, void (*write)(FILE *out))
{
	size_t length = 0;
	char *data = NULL;
	FILE *memory = open_memstream(&data, &length);
	int ret = EXIT_OK;

	if (!memory)
		return complain("out of memory");
	write(memory);
	fclose(memory);
	if (!tar_add(out, name, data, length))
		ret = tar_trouble();
	free(data);
	return ret;
}

/* Distributions install the kernel's configuration in /boot. */
static int add_kernel_config(FILE *out)
{
	struct utsname name;
	char *path;
	int ret;

	if (uname(&name))
		return EXIT_OK;
	path = text_format("/boot/config-%s", name.release);
	ret = add_file(out, path, false);
	free(path);
	return ret;
}

int collect_pack(FILE *out, bool whole)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		ret = add_file(out, files[i].path, whole && files[i].needed);
		if (ret)
			return ret;
	}
	ret = add_kernel_config(out);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		ret = add_list(out, lists[i].name, lists[i].write);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

static int pack(FILE *out)
{
	int ret = collect_pack(out, true);

	if (!ret && !tar_finish(out))
		ret = tar_trouble();
	return ret;
}

int collect_run(const struct args *args)
{
	const char *file = args_positional(args, 0);
	struct stat st;
	FILE *out;
	int ret;

	if (geteuid()) {
		complain("only root sees the addresses in /proc/iomem: try it with sudo");
		return EXIT_DENIED;
	}
	if (!file)
		file = DEFAULT_FILE;
	if (!strcmp(file, "-"))
		return pack(stdout);
	out = fopen(file, "we");
	if (!out)
		return complain("%s: %s", file, strerror(errno));
	ret = pack(out);
	if (fclose(out) && !ret)
		ret = complain("%s: %s", file, strerror(errno));
	if (ret && !stat(file, &st) && S_ISREG(st.st_mode))
		unlink(file);
	return ret;
}
