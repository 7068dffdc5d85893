// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "device.h"
#include "session.h"
#include "text.h"
#include "where.h"

#define COLUMNS		6

const struct opt list_opts[] = {
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

const struct opt show_opts[] = {
	{ "json", 'j', NULL, "print JSON" },
	{ "elf", 'e', "FILE", "program with symbols for addresses (default: as loaded)" },
	{ NULL, 0, NULL, NULL }
};

static char *copy_name(const struct jh_cell_report *cell)
{
	return text_format("%.*s", JH_NAME_LEN, cell->name);
}

/* Row @row of the table: cell number @number. */
static void fill_row(char **row, const struct report *report, __u32 number)
{
	const struct jh_cell_report *cell = &report->cell[number];
	char cpus[TEXT_CPUS_LEN], size[TEXT_SIZE_LEN];

	row[0] = text_format("%u", number);
	row[1] = copy_name(cell);
	row[2] = text_format("%s", report_state(cell));
	row[3] = text_format("%s", text_cpus(cpus, cell->cpu_mask));
	row[4] = text_format("%s", number ? text_size(size, cell->memory_bytes) : "rest");
	row[5] = text_format("%llu", report_exits(report, number));
}

static void tell_failures(const struct report *report)
{
	__u32 i;

	for (i = 0; i < report->head->num_cells; i++) {
		char *why = report_failure(&report->cell[i]);

		if (report->cell[i].restarts)
			printf("%.*s: restarts after failures: %u\n", JH_NAME_LEN,
			       report->cell[i].name, report->cell[i].restarts);
		if (why)
			printf("%.*s failed: %s\n", JH_NAME_LEN, report->cell[i].name, why);
		free(why);
	}
}

void list_cells(const struct report *report)
{
	static const char *const head[COLUMNS] = { "ID", "NAME", "STATE", "CPUS", "MEMORY",
						   "EXITS" };
	char *table[(JH_MAX_CELLS + 1) * COLUMNS];
	int rows = 1, i;
	__u32 cell;

	for (i = 0; i < COLUMNS; i++)
		table[i] = text_format("%s", head[i]);
	for (cell = 0; cell < report->head->num_cells; cell++) {
		if (report_exists(report, cell))
			fill_row(&table[rows++ * COLUMNS], report, cell);
	}
	text_table(stdout, COLUMNS, rows, table, 1u << 0 | 1u << 4 | 1u << 5);
	for (i = 0; i < rows * COLUMNS; i++)
		free(table[i]);
	tell_failures(report);
}

static void json_cpus(struct json *json, const char *key, __u64 mask)
{
	int cpu;

	json_open(json, key, '[');
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++) {
		if (mask >> cpu & 1)
			json_number(json, NULL, (unsigned int)cpu);
	}
	json_close(json, ']');
}

static void json_crash(struct json *json, const struct jh_crash *crash)
{
	__u32 i;

	json_open(json, "crash", '{');
	json_string(json, "cause", report_cause(crash->cause));
	json_number(json, "cpu", crash->cpu);
	json_hex(json, "address", crash->address);
	json_hex(json, "syndrome", crash->syndrome);
	json_hex(json, "pc", crash->pc);
	json_open(json, "registers", '{');
	for (i = 0; i < crash->num_registers && i < JH_MAX_REGISTERS; i++)
		json_hex(json, jh_register_name(crash->arch, i), crash->registers[i]);
	json_close(json, '}');
	json_close(json, '}');
}

void list_cell_json(struct json *json, const struct report *report, __u32 number,
		    const struct where *where)
{
	const struct jh_cell_report *cell = &report->cell[number];
	char *name = copy_name(cell), *why = report_failure(cell);

	json_open(json, NULL, '{');
	json_number(json, "id", number);
	json_string(json, "name", name);
	json_number(json, "generation", cell->generation);
	json_string(json, "state", report_state(cell));
	json_string(json, "failure", why);
	json_cpus(json, "cpus", cell->cpu_mask);
	json_number(json, "memory", cell->memory_bytes);
	json_hex(json, "entry", cell->entry);
	json_hex(json, "argument", cell->argument);
	json_number(json, "exits", report_exits(report, number));
	json_number(json, "starts", cell->starts);
	json_number(json, "restarts", cell->restarts);
	stats_links_json(json, report, number);
	if (cell->state == JH_CELL_FAILED)
		json_crash(json, &cell->crash);
	if (where)
		where_json(where, json, report, number);
	json_close(json, '}');
	free(name);
	free(why);
}

void list_cells_json(struct json *json, const struct report *report)
{
	__u32 cell;

	json_open(json, "cells", '[');
	for (cell = 0; cell < report->head->num_cells; cell++) {
		if (report_exists(report, cell))
			list_cell_json(json, report, cell, NULL);
	}
	json_close(json, ']');
}

int cell_list_run(const struct args *args)
{
	struct json json = { .out = stdout };
	struct report report;
	int fd, ret;

	ret = session_open(&fd);
	if (ret)
		return ret;
	ret = session_report(fd, &report);
	device_close(fd);
	if (ret)
		return ret;
	if (args_has(args, "json")) {
		json_open(&json, NULL, '{');
		list_cells_json(&json, &report);
		json_close(&json, '}');
	} else {
		list_cells(&report);
	}
	report_free(&report);
	return EXIT_OK;
}

static void show_crash(const struct jh_crash *crash)
{
	__u32 i, count = crash->num_registers < JH_MAX_REGISTERS ? crash->num_registers :
								   JH_MAX_REGISTERS;

	printf("registers of CPU %u when it was parked:\n", crash->cpu);
	printf("  pc      %016llx  address   %016llx  syndrome  %016llx\n", crash->pc,
	       crash->address, crash->syndrome);
	for (i = 0; i < count; i++)
		printf("  %-6s  %016llx%s", jh_register_name(crash->arch, i), crash->registers[i],
		       i % 3 == 2 || i == count - 1 ? "\n" : "");
}

static void show_cell(const struct report *report, __u32 number, const struct where *where)
{
	const struct jh_cell_report *cell = &report->cell[number];
	char cpus[TEXT_CPUS_LEN], size[TEXT_SIZE_LEN];
	char *why = report_failure(cell);

	printf("cell %u: %.*s\n", number, JH_NAME_LEN, cell->name);
	printf("  state   %s\n", report_state(cell));
	if (why)
		printf("  why     %s\n", why);
	printf("  CPUs    %s\n", text_cpus(cpus, cell->cpu_mask));
	printf("  memory  %s\n", number ? text_size(size, cell->memory_bytes) :
				 "all that no other cell has");
	if (number)
		printf("  entry   0x%llx, x0 0x%llx\n", cell->entry, cell->argument);
	stats_links(report, number);
	printf("  exits   %llu\n", report_exits(report, number));
	printf("  starts  %u, the last %u of them after failures\n", cell->starts,
	       cell->restarts);
	if (where)
		where_show(where, report, number);
	if (cell->state == JH_CELL_FAILED && cell->crash.cause != JH_CRASH_NONE)
		show_crash(&cell->crash);
	free(why);
}

int cell_show_run(const struct args *args)
{
	struct json json = { .out = stdout };
	struct where where, *known = NULL;
	struct report report;
	struct cell_ref cell;
	int fd, ret;

	ret = session_find(args_positional(args, 0), &fd, &report, &cell);
	if (ret)
		return ret;
	/* The root cell is not sampled. */
	if (cell.number) {
		ret = where_find(&where, fd, &report, &cell, args_value(args, "elf"));
		known = &where;
	}
	if (!ret && args_has(args, "json"))
		list_cell_json(&json, &report, cell.number, known);
	else if (!ret)
		show_cell(&report, cell.number, known);
	if (!ret && known)
		where_end(&where);
	report_free(&report);
	device_close(fd);
	return ret;
}
