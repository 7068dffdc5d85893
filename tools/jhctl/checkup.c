// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "checkup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libfdt.h>

#include "device.h"
#include "image.h"
#include "module.h"
#include "report.h"
#include "text.h"
#include "tree.h"

#define FILE_LIMIT	((size_t)4 << 20)
#define LOG_LIMIT	((size_t)8 << 20)	/* bytes of the kernel's log that are searched */

static void __attribute__((format(printf, 4, 5)))
conclude(struct finding *finding, enum verdict verdict, const char *advice, const char *format,
	 ...)
{
	va_list list;

	va_start(list, format);
	if (vasprintf(&finding->text, format, list) < 0)
		exit(complain("out of memory"));
	va_end(list);
	finding->verdict = verdict;
	finding->advice = advice;
}

/* The text of a file of the machine, terminated, to be freed; NULL with errno. */
static char *read_text(const char *name)
{
	char *path = text_format("%s%s", device_root(), name), *text = NULL;
	size_t length = 0;
	char *data = image_read_file(path, FILE_LIMIT, &length);

	if (data)
		text = text_format("%.*s", (int)length, data);
	free(data);
	free(path);
	return text;
}

/* As read_text(), without the newline at its end. */
static char *read_line(const char *name)
{
	char *text = read_text(name);

	if (text)
		text[strcspn(text, "\n")] = 0;
	return text;
}

static bool is_there(const char *name)
{
	char *path = text_format("%s%s", device_root(), name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

static void look_user(struct finding *finding)
{
	if (geteuid())
		conclude(finding, VERDICT_WARNING, "run sudo jhctl doctor for all checks",
			 "not root: only root may use jh");
	else
		conclude(finding, VERDICT_GOOD, NULL, "root");
}

/* "CPU implementer" is in the cpuinfo of every Arm kernel, and of no other architecture's. */
static void look_processor(struct finding *finding)
{
	char *text = read_text("/proc/cpuinfo");

	if (!text)
		conclude(finding, VERDICT_UNKNOWN, NULL, "/proc/cpuinfo: %s", strerror(errno));
	else if (strstr(text, "CPU implementer"))
		conclude(finding, VERDICT_GOOD, NULL, "arm64");
	else
		conclude(finding, VERDICT_BAD,
			 "jhctl config works here, all else needs an arm64 machine",
			 "this is no arm64 machine");
	free(text);
}

static void look_container(struct finding *finding)
{
	if (module_in_container())
		conclude(finding, VERDICT_BAD, "run jhctl on the machine itself",
			 "this is a container");
	else
		conclude(finding, VERDICT_GOOD, NULL, "no container");
}

static void look_tree(struct finding *finding)
{
	void *fdt = tree_load();

	if (fdt)
		conclude(finding, VERDICT_GOOD, NULL, "%u bytes, for %s", fdt_totalsize(fdt),
			 (const char *)(fdt_getprop(fdt, 0, "model", NULL) ?: "some machine"));
	else if (errno == EACCES)
		conclude(finding, VERDICT_UNKNOWN, NULL, "only root may read it");
	else if (is_there("/sys/firmware/acpi/tables"))
		conclude(finding, VERDICT_BAD,
			 "start Linux with a device tree: acpi=off, or a setting of the firmware",
			 "Linux was started with ACPI");
	else
		conclude(finding, VERDICT_BAD, "jh needs an arm64 machine with a device tree",
			 "there is none: %s", strerror(errno));
	free(fdt);
}

static void look_psci(struct finding *finding)
{
	static const char *const versions[] = { "arm,psci-1.0", "arm,psci-0.2", "arm,psci" };
	void *fdt = tree_load();
	size_t i;
	int node = -1;

	for (i = 0; fdt && node < 0 && i < ARRAY_SIZE(versions); i++)
		node = fdt_node_offset_by_compatible(fdt, -1, versions[i]);
	if (!fdt)
		conclude(finding, VERDICT_UNKNOWN, NULL, "no device tree tells");
	else if (node < 0)
		conclude(finding, VERDICT_BAD,
			 "use firmware that has PSCI (Trusted Firmware-A), in place of spin tables",
			 "the firmware has no PSCI to start CPUs with");
	else
		conclude(finding, VERDICT_GOOD, NULL, "PSCI (%s)", versions[i - 1]);
	free(fdt);
}

/* Version of the interrupt controller, 0: unknown. */
static unsigned int gic_version(const void *fdt)
{
	static const char *const gicv2[] = { "arm,gic-400", "arm,cortex-a15-gic",
					     "arm,cortex-a7-gic" };
	size_t i;

	if (fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3") >= 0)
		return 3;
	for (i = 0; i < ARRAY_SIZE(gicv2); i++)
		if (fdt_node_offset_by_compatible(fdt, -1, gicv2[i]) >= 0)
			return 2;
	return 0;
}

static void look_gic(struct finding *finding)
{
	void *fdt = tree_load();
	unsigned int version = fdt ? gic_version(fdt) : 0;

	if (!fdt)
		conclude(finding, VERDICT_UNKNOWN, NULL, "no device tree tells");
	else if (!version)
		conclude(finding, VERDICT_BAD, "jh needs a GICv2 with virtualization, or a GICv3",
			 "there is none that jh supports");
	else
		conclude(finding, VERDICT_GOOD, NULL, "GICv%u", version);
	free(fdt);
}

/* The kernel's log since it started, terminated, to be freed; NULL with errno. */
static char *read_log(void)
{
	char *path = text_format("%s/dev/kmsg", device_root()), record[8192], *log = NULL;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	free(path);
	if (fd < 0)
		return NULL;
	log = malloc(LOG_LIMIT);
	/* Each read() returns one record. EPIPE: some were overwritten before they were read. */
	while (log && length + sizeof(record) < LOG_LIMIT) {
		got = read(fd, record, sizeof(record));
		if (got < 0 && errno == EPIPE)
			continue;
		if (got <= 0)
			break;
		memcpy(log + length, record, (size_t)got);
		length += (size_t)got;
	}
	if (log)
		log[length] = 0;
	close(fd);
	return log;
}

/* Lines of Linux' log (arch/arm64/kernel/smp.c, arch/arm64/kvm/arm.c); the first match counts. */
static const struct {
	const char *line;
	enum verdict verdict;
	const char *text, *advice;
} levels[] = {
	{ "CPU: All CPU(s) started at EL1", VERDICT_BAD, "Linux was started at EL1",
	  "the boot loader must enter Linux at EL2 (U-Boot: booti, QEMU: virtualization=on)" },
	{ "CPU: CPUs started in inconsistent modes", VERDICT_BAD,
	  "CPUs were started at different exception levels", "update the firmware" },
	{ "Protected nVHE mode initialized", VERDICT_BAD, "protected KVM has EL2 for good",
	  "start Linux with kvm-arm.mode=nvhe" },
	{ "nVHE mode initialized", VERDICT_GOOD, "Linux was started at EL2, and left it", NULL },
	{ "VHE mode initialized", VERDICT_BAD, "Linux itself runs at EL2 (VHE)",
	  "start Linux with kvm-arm.mode=nvhe" },
	{ "CPU: All CPU(s) started at EL2", VERDICT_GOOD, "Linux was started at EL2", NULL },
};

static void look_level(struct finding *finding)
{
	char *log = read_log();
	size_t i;

	for (i = 0; log && i < ARRAY_SIZE(levels); i++) {
		if (!strstr(log, levels[i].line))
			continue;
		conclude(finding, levels[i].verdict, levels[i].advice, "%s", levels[i].text);
		free(log);
		return;
	}
	conclude(finding, VERDICT_UNKNOWN, "jhctl enable checks it",
		 log ? "the kernel's log no longer has it" : "the kernel's log cannot be read: %s",
		 strerror(errno));
	free(log);
}

static void look_cpus(struct finding *finding)
{
	char *present = read_line("/sys/devices/system/cpu/present");
	char *online = read_line("/sys/devices/system/cpu/online");
	bool hotplug = is_there("/sys/devices/system/cpu/hotplug") ||
		       is_there("/sys/devices/system/cpu/cpu1/online");
	/* CPUs of cells are offline. */
	bool enabled = is_there("/sys/devices/virtual/misc/jh/hypervisor");

	if (!present || !online)
		conclude(finding, VERDICT_UNKNOWN, NULL, "/sys has no list of CPUs");
	else if (!hotplug)
		conclude(finding, VERDICT_BAD, "use a kernel with CONFIG_HOTPLUG_CPU",
			 "this kernel cannot take CPUs offline");
	else if (!strcmp(present, "0"))
		conclude(finding, VERDICT_BAD, "jh needs two CPUs or more: remove maxcpus=, nosmp",
			 "there is only one");
	else if (strcmp(present, online) && !enabled)
		conclude(finding, VERDICT_BAD,
			 "bring them online (/sys/devices/system/cpu/cpuN/online) before enable",
			 "%s are present, but only %s online", present, online);
	else
		conclude(finding, VERDICT_GOOD, NULL, "%s", present);
	free(present);
	free(online);
}

/* Whether a file of this name is the module, possibly compressed. */
static bool is_module(const char *name)
{
	static const char *const names[] = { "jh.ko", "jh.ko.gz", "jh.ko.xz", "jh.ko.zst" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Path of the running kernel's module, as in modules.dep, to be freed; NULL: not installed. */
static char *installed_module(void)
{
	char *release = read_line("/proc/sys/kernel/osrelease");
	char *name = text_format("/lib/modules/%s/modules.dep", release ?: "");
	char *list = read_text(name), *found = NULL, *line, *rest = list;

	while (!found && rest && (line = strsep(&rest, "\n"))) {
		char *colon = strchr(line, ':'), *slash;

		if (!colon)
			continue;
		*colon = 0;
		slash = strrchr(line, '/');
		if (is_module(slash ? slash + 1 : line))
			found = text_format("%s", line);
	}
	free(list);
	free(name);
	free(release);
	return found;
}

static void look_module(struct finding *finding)
{
	char *version = read_line("/sys/module/jh/version"), *path = installed_module();

	if (version && strcmp(version, JH_VERSION))
		conclude(finding, VERDICT_WARNING,
			 "install both from one version, then rmmod jh and modprobe jh",
			 "version %s is loaded, jhctl is " JH_VERSION, version);
	else if (version)
		conclude(finding, VERDICT_GOOD, NULL, "loaded, version %s", version);
	else if (is_there("/sys/module/jh"))
		conclude(finding, VERDICT_GOOD, NULL, "loaded");
	else if (path)
		conclude(finding, VERDICT_GOOD, NULL, "installed (%s), loaded by enable", path);
	else
		conclude(finding, VERDICT_BAD, module_how_to_build(),
			 "it is not installed for this kernel");
	free(path);
	free(version);
}

static void look_signature(struct finding *finding)
{
	struct module_obstacle obstacle;

	if (!module_obstacle(&obstacle) || (is_there("/sys/module/jh") && !obstacle.remains))
		conclude(finding, VERDICT_GOOD, NULL, "the kernel takes modules");
	else
		conclude(finding, obstacle.certain ? VERDICT_BAD : VERDICT_WARNING, obstacle.step,
			 "%s", obstacle.what);
}

static void look_image(struct finding *finding)
{
	static const char *const folders[] = { "/lib/firmware/updates", "/lib/firmware",
					       "/usr/lib/firmware" };
	char *chosen = read_line("/sys/module/firmware_class/parameters/path");
	void *fdt = tree_load();
	unsigned int version = fdt ? gic_version(fdt) : 0;
	char *name = text_format("jh/jh-gicv%u.bin", version), *path = NULL;
	bool there = false;
	size_t i;

	if (chosen && *chosen) {
		path = text_format("%s/%s", chosen, name);
		there = is_there(path);
	}
	for (i = 0; !there && i < ARRAY_SIZE(folders); i++) {
		free(path);
		path = text_format("%s/%s", folders[i], name);
		there = is_there(path);
	}
	if (!version)
		conclude(finding, VERDICT_UNKNOWN, NULL,
			 "the interrupt controller, which decides on the image, is unknown");
	else if (there)
		conclude(finding, VERDICT_GOOD, NULL, "%s", path);
	else
		conclude(finding, VERDICT_BAD, "install it: it belongs to the module's package",
			 "%s is not in /lib/firmware", name);
	free(path);
	free(name);
	free(fdt);
	free(chosen);
}

/* Whether process @pid has a virtual machine of KVM open. */
static bool holds_machine(const char *pid)
{
	char *folder = text_format("%s/proc/%s/fd", device_root(), pid), target[64];
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	bool found = false;

	while (directory && !found && (entry = readdir(directory))) {
		ssize_t length = readlinkat(dirfd(directory), entry->d_name, target,
					    sizeof(target) - 1);

		target[length > 0 ? length : 0] = 0;
		found = !strcmp(target, "anon_inode:kvm-vm");
	}
	if (directory)
		closedir(directory);
	free(folder);
	return found;
}

static void look_kvm(struct finding *finding)
{
	char *path = text_format("%s/proc", device_root());
	DIR *directory = opendir(path);
	const struct dirent *entry = NULL;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' &&
		    holds_machine(entry->d_name))
			break;
	if (directory && entry)
		conclude(finding, VERDICT_BAD, "end it: KVM and jh cannot both have EL2",
			 "process %s runs one", entry->d_name);
	else
		conclude(finding, VERDICT_GOOD, NULL, "none");
	if (directory)
		closedir(directory);
	free(path);
}

static void look_state(struct finding *finding)
{
	struct report report;
	int fd = device_open();

	if (fd < 0 && errno == ENOENT) {
		conclude(finding, VERDICT_GOOD, NULL, "not loaded");
		return;
	}
	if (fd < 0) {
		conclude(finding, errno == EACCES ? VERDICT_UNKNOWN : VERDICT_BAD, NULL,
			 "/dev/jh: %s", strerror(errno));
		return;
	}
	if (!report_read(fd, &report)) {
		conclude(finding, VERDICT_GOOD, NULL, "enabled, %llu exits of root",
			 report_exits(&report, 0));
		report_free(&report);
	} else if (errno == EPROTO) {
		conclude(finding, VERDICT_BAD, "install both from one version",
			 "the module's reports have another format than this jhctl's");
	} else {
		conclude(finding, VERDICT_GOOD, NULL, "loaded, disabled");
	}
	device_close(fd);
}

static void look_configuration(struct finding *finding)
{
	bool compiled = is_there("/etc/jh/system.cell"), source = is_there("/etc/jh/system.toml");

	if (compiled || source)
		conclude(finding, VERDICT_GOOD, NULL, "/etc/jh/system.%s",
			 compiled ? "cell" : "toml");
	else
		conclude(finding, VERDICT_WARNING,
			 "jhctl config create --live -o /etc/jh/system.toml",
			 "there is none at /etc/jh/system.toml");
}

static void look_cells(struct finding *finding)
{
	struct report report;
	unsigned int count = 0;
	char *failed = NULL;
	int fd = device_open();
	__u32 i;

	if (fd < 0 || report_read(fd, &report)) {
		conclude(finding, VERDICT_GOOD, NULL, "none, jh is not enabled");
		if (fd >= 0)
			device_close(fd);
		return;
	}
	for (i = 1; i < report.head->num_cells; i++) {
		count += report_exists(&report, i);
		if (!failed && report.cell[i].state == JH_CELL_FAILED)
			failed = text_format("%.*s", JH_NAME_LEN, report.cell[i].name);
	}
	if (failed)
		conclude(finding, VERDICT_WARNING, "jhctl cell show NAME says why",
			 "%u, of which %s has failed", count, failed);
	else
		conclude(finding, VERDICT_GOOD, NULL, "%u", count);
	free(failed);
	report_free(&report);
	device_close(fd);
}

const struct checkup checkups[] = {
	{ "user", look_user },
	{ "processor", look_processor },
	{ "container", look_container },
	{ "device tree", look_tree },
	{ "firmware", look_psci },
	{ "interrupt controller", look_gic },
	{ "exception level", look_level },
	{ "CPUs", look_cpus },
	{ "module", look_module },
	{ "signed modules", look_signature },
	{ "hypervisor image", look_image },
	{ "virtual machines", look_kvm },
	{ "jh", look_state },
	{ "configuration", look_configuration },
	{ "cells", look_cells },
};

const size_t num_checkups = ARRAY_SIZE(checkups);
