// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jh/ioctl.h>

#include "args.h"
#include "device.h"
#include "list.h"
#include "module.h"
#include "report.h"
#include "text.h"
#include "trust.h"
#include "virtio.h"

const struct opt status_opts[] = {
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

/* State of jh, as far as this user can see it. */
enum jh_state { STATE_ABSENT, STATE_OUTSIDE, STATE_HIDDEN, STATE_DISABLED, STATE_ENABLED };

static const char *const state_words[] = {
	[STATE_ABSENT] = "not loaded",
	[STATE_OUTSIDE] = ("out of sight: this is a container without " JH_DEVICE),
	[STATE_HIDDEN] = "hidden: only root can see it",
	[STATE_DISABLED] = "disabled",
	[STATE_ENABLED] = "enabled",
};

static enum jh_state find_state(struct report *report)
{
	enum jh_state state;
	int fd = device_open();

	memset(report, 0, sizeof(*report));
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return STATE_HIDDEN;
	if (fd < 0)
		return module_in_container() ? STATE_OUTSIDE : STATE_ABSENT;
	state = report_read(fd, report) ? STATE_DISABLED : STATE_ENABLED;
	device_close(fd);
	return state;
}

/* The driver's files, each with "ADDRESS SIZE" lines. */
static const struct {
	const char *name;
	const char *label;
} areas[] = {
	{ "hypervisor", "hypervisor" },
	{ "pools", "pool" },
};

static void print_areas(const char *name, const char *label, struct json *json)
{
	char *path = text_format("%s/sys/devices/virtual/misc/jh/%s", device_root(), name);
	char text[TEXT_SIZE_LEN];
	FILE *file = fopen(path, "re");
	__u64 address, size;

	free(path);
	if (json)
		json_open(json, name, '[');
	while (file && fscanf(file, "%llx %llu", &address, &size) == 2) {
		if (json) {
			json_open(json, NULL, '{');
			json_hex(json, "address", address);
			json_number(json, "size", size);
			json_close(json, '}');
		} else {
			printf("%s: %s at 0x%llx\n", label, text_size(text, size), address);
		}
	}
	if (json)
		json_close(json, ']');
	if (file)
		fclose(file);
}

static void print_all_areas(struct json *json)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(areas); i++)
		print_areas(areas[i].name, areas[i].label, json);
}

static void print_cpus(const struct report *report)
{
	const struct jh_cpu_report *cpu = report->cpu;
	char **table = calloc((size_t)(report->head->num_cpus + 1) * 5, sizeof(*table));
	int rows = 1, i;
	__u32 n;

	if (!table)
		exit(complain("out of memory"));
	table[0] = text_format("CPU");
	table[1] = text_format("HW ID");
	table[2] = text_format("CELL");
	table[3] = text_format("STATE");
	table[4] = text_format("EXITS");
	for (n = 0; n < report->head->num_cpus; n++) {
		char **row = &table[rows * 5];

		if (cpu[n].state == JH_CPUREP_ABSENT)
			continue;
		row[0] = text_format("%u", n);
		row[1] = text_format("0x%llx", cpu[n].hardware_id);
		row[2] = report_exists(report, cpu[n].cell) ?
			 text_format("%.*s", JH_NAME_LEN, report->cell[cpu[n].cell].name) :
			 text_format("cell %u", cpu[n].cell);
		row[3] = text_format("%s", report_cpu_state(cpu[n].state));
		row[4] = text_format("%llu", jh_cpu_stat(&cpu[n], JH_STAT_TOTAL));
		rows++;
	}
	text_table(stdout, 5, rows, table, 1u << 0 | 1u << 4);
	for (i = 0; i < rows * 5; i++)
		free(table[i]);
	free(table);
}

static void print_status(enum jh_state state, const struct report *report,
			 const struct trust *trust)
{
	printf("jh: %s (jhctl %s)\n", state_words[state], JH_VERSION);
	if (state == STATE_ENABLED) {
		print_all_areas(NULL);
		putchar('\n');
		print_cpus(report);
		putchar('\n');
		list_cells(report);
		virtio_list(report);
	}
	putchar('\n');
	trust_print(trust);
}

static void print_status_json(enum jh_state state, const struct report *report,
			      const struct trust *trust)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_string(&json, "version", JH_VERSION);
	json_string(&json, "state", state_words[state]);
	json_bool(&json, "enabled", state == STATE_ENABLED);
	if (state == STATE_ENABLED) {
		print_all_areas(&json);
		list_cells_json(&json, report);
	}
	trust_print_json(&json, trust);
	json_close(&json, '}');
}

int status_run(const struct args *args)
{
	struct report report;
	struct trust trust;
	enum jh_state state = find_state(&report);

	trust_find(&trust);
	if (args_has(args, "json"))
		print_status_json(state, &report, &trust);
	else
		print_status(state, &report, &trust);
	trust_free(&trust);
	report_free(&report);
	return EXIT_OK;
}
