// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "where.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "load.h"
#include "session.h"
#include "text.h"

static bool is_known(__u64 pc)
{
	return pc != JH_PC_UNKNOWN && pc != JH_PC_SILENT;
}

static int open_program(struct where *where, const char *elf)
{
	const struct jh_program *loaded = &where->places.program;
	struct jh_program now;

	where->program = elf ? elf : *loaded->path ? loaded->path : NULL;
	if (!where->program)
		return EXIT_OK;
	if (!elf && load_program(&now, loaded->path) && now.changed != loaded->changed)
		where->trouble = "has changed since it was loaded";
	else
		where->trouble = symbol_open(&where->symbols, where->program);
	return elf && where->trouble ? complain("%s: %s", elf, where->trouble) : EXIT_OK;
}

int where_find(struct where *where, int fd, const struct report *report,
	       const struct cell_ref *cell, const char *elf)
{
	struct subject subject = { .report = report };
	int ret;

	memset(where, 0, sizeof(*where));
	where->places.cell = cell->number;
	where->places.generation = cell->generation;
	ret = device_call(fd, JH_IOC_CELL_PLACES, &where->places) ? errno : 0;
	if (ret)
		return session_refused("cell show", &subject, &where->places.error, ret);
	ret = open_program(where, elf);
	if (ret)
		where_end(where);
	return ret;
}

void where_end(struct where *where)
{
	symbol_end(&where->symbols);
}

static const char *name_of(const struct where *where, __u64 pc, __u64 *offset)
{
	return where->program && !where->trouble ? symbol_find(&where->symbols, pc, offset) : NULL;
}

/* " main+0x14 (main.c:12)", or the known parts of it; to be freed. */
static char *words_of(const struct where *where, __u64 pc)
{
	__u64 offset;
	const char *name = name_of(where, pc, &offset);
	char *line = name ? symbol_line(&where->symbols, pc) : NULL;
	char *text = name ? text_format(" %s+0x%llx%s%s%s", name, offset, line ? " (" : "",
					line ? line : "", line ? ")" : "") :
			    text_format("%s", "");

	free(line);
	return text;
}

static const char *silence(__u64 pc, __u32 state, bool running)
{
	if (pc == JH_PC_SILENT)
		return "does not answer";
	if (state == JH_CPUREP_RUNNING)
		return "runs, it is unknown where: interrupts are direct";
	return running ? "is off" : "has not run";
}

static void show_cpu(const struct where *where, __u32 cpu, __u32 state, bool running)
{
	__u64 pc = where->places.pc[cpu];
	const char *verb = state == JH_CPUREP_RUNNING ? "" : state == JH_CPUREP_FAILED ? "failed " :
			   running ? "is off, was " : "stopped ";
	char *words;

	if (!is_known(pc)) {
		printf("  CPU %-3u %s\n", cpu, silence(pc, state, running));
		return;
	}
	words = words_of(where, pc);
	printf("  CPU %-3u %sat 0x%llx%s\n", cpu, verb, pc, words);
	free(words);
}

static bool has_run(const struct jh_cell_report *cell)
{
	return cell->state == JH_CELL_RUNNING || cell->state == JH_CELL_STOPPED ||
	       cell->state == JH_CELL_FAILED;
}

void where_show(const struct where *where, const struct report *report, __u32 number)
{
	const struct jh_cell_report *cell = &report->cell[number];
	__u32 cpu;

	if (where->program)
		printf("  program %s%s%s\n", where->program, where->trouble ? ": " : "",
		       where->trouble ? where->trouble : "");
	if (!has_run(cell))
		return;
	for (cpu = 0; cpu < report->head->num_cpus && cpu < JH_MAX_CPUS; cpu++) {
		if (cell->cpu_mask >> cpu & 1)
			show_cpu(where, cpu, report->cpu[cpu].state,
				 cell->state == JH_CELL_RUNNING);
	}
}

static void json_cpu(const struct where *where, struct json *json, __u32 cpu, __u32 state)
{
	__u64 pc = where->places.pc[cpu], offset = 0;
	const char *name = is_known(pc) ? name_of(where, pc, &offset) : NULL;
	char *line = name ? symbol_line(&where->symbols, pc) : NULL;

	json_open(json, NULL, '{');
	json_number(json, "cpu", cpu);
	json_string(json, "state", pc == JH_PC_SILENT ? "silent" : report_cpu_state(state));
	if (is_known(pc))
		json_hex(json, "pc", pc);
	else
		json_string(json, "pc", NULL);
	json_string(json, "symbol", name);
	json_number(json, "offset", offset);
	json_string(json, "line", line);
	json_close(json, '}');
	free(line);
}

void where_json(const struct where *where, struct json *json, const struct report *report,
		__u32 number)
{
	const struct jh_cell_report *cell = &report->cell[number];
	__u32 cpu;

	json_string(json, "program", where->program);
	json_open(json, "places", '[');
	for (cpu = 0; has_run(cell) && cpu < report->head->num_cpus && cpu < JH_MAX_CPUS; cpu++) {
		if (cell->cpu_mask >> cpu & 1)
			json_cpu(where, json, cpu, report->cpu[cpu].state);
	}
	json_close(json, ']');
}
