// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl top: activity of cells, CPUs and links, refreshed.
 */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "clock.h"
#include "device.h"
#include "json.h"
#include "rates.h"
#include "screen.h"
#include "session.h"
#include "text.h"

#define TOP_SHORTEST	100		/* milliseconds between two looks */
#define TOP_LONGEST	3600000

const struct opt top_opts[] = {
	{ "delay", 'd', "SECONDS", "how long each look takes (default 1; 0.1 to 3600)" },
	{ "count", 'n', "NUMBER", "end after so many looks" },
	{ "batch", 'b', NULL, "print one look after the other (default if that is no terminal)" },
	{ "json", 'j', NULL, "the same as JSON, an object for each look" },
	{ NULL, 0, NULL, NULL }
};

/**
 * struct look - the data of one refresh
 * @report:	now
 * @rates:	since the look before; all 0 in the first
 * @milliseconds: since the look before; 0 in the first
 * @used:	bit n: reason n (JH_STAT_*) was counted at some time, and has a column
 */
struct look {
	struct report report;
	struct rates rates;
	__u64 milliseconds;
	__u32 used;
};

/* --- tables --- */

/** struct table - strings row by row, each to be freed */
struct table {
	char **cell;
	int columns;
	int count;
};

static void table_begin(struct table *table, int columns, __u32 rows)
{
	table->cell = calloc((size_t)columns * (rows + 1), sizeof(*table->cell));
	table->columns = columns;
	table->count = 0;
	if (!table->cell)
		exit(complain("out of memory"));
}

static void table_add(struct table *table, char *text)
{
	table->cell[table->count++] = text;
}

static void table_end(struct table *table, FILE *out, unsigned int right)
{
	int i;

	if (table->count > table->columns)
		text_table(out, table->columns, table->count / table->columns, table->cell, right);
	for (i = 0; i < table->count; i++)
		free(table->cell[i]);
	free(table->cell);
}

static int count_reasons(const struct look *look)
{
	return __builtin_popcount(look->used & ~(1u << JH_STAT_TOTAL));
}

/* Adds the names of the reasons, for a heading, or, with @rates, their counts per second. */
static void add_reasons(struct table *table, const struct look *look, const __u64 *rates)
{
	unsigned int stat;

	for (stat = JH_STAT_TOTAL + 1; stat < JH_NUM_STATS; stat++) {
		if (!(look->used >> stat & 1))
			continue;
		table_add(table, rates ? text_format("%llu", rates[stat]) :
				 text_format("%s", report_stat_name(stat)));
	}
}

static char *cell_name(const struct report *report, __u32 cell)
{
	if (!report_exists(report, cell))
		return text_format("-");
	return text_format("%.*s", JH_NAME_LEN, report->cell[cell].name);
}

static void show_cells(const struct look *look, FILE *out)
{
	static const char *const head[] = { "ID", "NAME", "STATE", "CPUS", "MEMORY", "RESTARTS",
					    "EXITS/s" };
	const struct report *report = &look->report;
	char cpus[TEXT_CPUS_LEN], size[TEXT_SIZE_LEN];
	struct table table;
	__u32 i;

	table_begin(&table, 7 + count_reasons(look), report->head->num_cells);
	for (i = 0; i < 7; i++)
		table_add(&table, text_format("%s", head[i]));
	add_reasons(&table, look, NULL);
	for (i = 0; i < report->head->num_cells; i++) {
		const struct jh_cell_report *cell = &report->cell[i];

		if (!report_exists(report, i))
			continue;
		table_add(&table, text_format("%u", i));
		table_add(&table, cell_name(report, i));
		table_add(&table, text_format("%s", report_state(cell)));
		table_add(&table, text_format("%s", text_cpus(cpus, cell->cpu_mask)));
		table_add(&table, text_format("%s", i ? text_size(size, cell->memory_bytes) :
							"rest"));
		table_add(&table, text_format("%u", cell->restarts));
		table_add(&table, text_format("%llu", look->rates.cell[i][JH_STAT_TOTAL]));
		add_reasons(&table, look, look->rates.cell[i]);
	}
	table_end(&table, out, ~(1u << 1 | 1u << 2 | 1u << 3));
}

static void show_cpus(const struct look *look, FILE *out)
{
	static const char *const head[] = { "CPU", "CELL", "STATE", "EXITS/s" };
	const struct report *report = &look->report;
	struct table table;
	__u32 i;

	table_begin(&table, 4 + count_reasons(look), report->head->num_cpus);
	for (i = 0; i < 4; i++)
		table_add(&table, text_format("%s", head[i]));
	add_reasons(&table, look, NULL);
	for (i = 0; i < report->head->num_cpus; i++) {
		if (report->cpu[i].state == JH_CPUREP_ABSENT)
			continue;
		table_add(&table, text_format("%u", i));
		table_add(&table, cell_name(report, report->cpu[i].cell));
		table_add(&table, text_format("%s", report_cpu_state(report->cpu[i].state)));
		table_add(&table, text_format("%llu", look->rates.cpu[i][JH_STAT_TOTAL]));
		add_reasons(&table, look, look->rates.cpu[i]);
	}
	table_end(&table, out, ~(1u << 1 | 1u << 2));
}

static char *or_nobody(char *name)
{
	return name ? name : text_format("-");
}

static void show_links(const struct look *look, FILE *out)
{
	static const char *const head[] = { "LINK", "CELL", "PEER", "STATE", "BELLS/s",
					    "DROPPED/s" };
	const struct report *report = &look->report;
	struct table table;
	__u32 i;

	table_begin(&table, 6, report->head->num_links);
	for (i = 0; i < 6; i++)
		table_add(&table, text_format("%s", head[i]));
	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *side = &report->link[i];

		if (!side->name[0])
			continue;
		table_add(&table, text_format("%.*s", JH_NAME_LEN, side->name));
		table_add(&table, or_nobody(report_side(report, side->cell)));
		table_add(&table, or_nobody(report_side(report, side->peer)));
		table_add(&table, text_format("%u", side->state));
		table_add(&table, text_format("%llu", look->rates.rung[i]));
		table_add(&table, text_format("%llu", look->rates.dropped[i]));
	}
	if (table.count > table.columns)
		fputc('\n', out);
	table_end(&table, out, 1u << 3 | 1u << 4 | 1u << 5);
}

static __u32 count_cells(const struct report *report)
{
	__u32 i, count = 0;

	for (i = 0; i < report->head->num_cells; i++)
		count += report_exists(report, i);
	return count;
}

static __u64 all_exits(const struct look *look)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < look->report.head->num_cells; i++)
		sum += look->rates.cell[i][JH_STAT_TOTAL];
	return sum;
}

static void show(const struct look *look, FILE *out)
{
	const struct jh_report *head = look->report.head;
	__u32 cells = count_cells(&look->report);

	fprintf(out, "jh: %u cell%s, %llu exits/s, %llu pages for tables of cells", cells,
		cells == 1 ? "" : "s", all_exits(look), head->pool_used);
	if (look->milliseconds)
		fprintf(out, " (%llu.%03llu s)\n\n", look->milliseconds / 1000,
			look->milliseconds % 1000);
	else
		fputs("\n\n", out);
	show_cells(look, out);
	fputc('\n', out);
	show_cpus(look, out);
	show_links(look, out);
}

/* --- JSON --- */

static void json_rates(struct json *json, const __u64 *rates)
{
	unsigned int stat;

	json_open(json, "exits_per_second", '{');
	for (stat = 0; stat < JH_NUM_STATS; stat++)
		json_number(json, report_stat_name(stat), rates[stat]);
	json_close(json, '}');
}

static void json_name(struct json *json, const char *key, const struct report *report, __u32 cell)
{
	char *name = cell_name(report, cell);

	json_string(json, key, report_exists(report, cell) ? name : NULL);
	free(name);
}

static void json_cells(struct json *json, const struct look *look)
{
	const struct report *report = &look->report;
	__u32 i;

	json_open(json, "cells", '[');
	for (i = 0; i < report->head->num_cells; i++) {
		if (!report_exists(report, i))
			continue;
		json_open(json, NULL, '{');
		json_number(json, "id", i);
		json_name(json, "name", report, i);
		json_string(json, "state", report_state(&report->cell[i]));
		json_number(json, "memory", report->cell[i].memory_bytes);
		json_number(json, "restarts", report->cell[i].restarts);
		json_rates(json, look->rates.cell[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void json_cpus(struct json *json, const struct look *look)
{
	const struct report *report = &look->report;
	__u32 i;

	json_open(json, "cpus", '[');
	for (i = 0; i < report->head->num_cpus; i++) {
		if (report->cpu[i].state == JH_CPUREP_ABSENT)
			continue;
		json_open(json, NULL, '{');
		json_number(json, "cpu", i);
		json_name(json, "cell", report, report->cpu[i].cell);
		json_string(json, "state", report_cpu_state(report->cpu[i].state));
		json_rates(json, look->rates.cpu[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void json_side(struct json *json, const char *key, const struct report *report, __u32 cell)
{
	char *name = report_side(report, cell);

	json_string(json, key, name);
	free(name);
}

static void json_links(struct json *json, const struct look *look)
{
	const struct report *report = &look->report;
	__u32 i;

	json_open(json, "links", '[');
	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *side = &report->link[i];
		char *name;

		if (!side->name[0])
			continue;
		name = text_format("%.*s", JH_NAME_LEN, side->name);
		json_open(json, NULL, '{');
		json_string(json, "name", name);
		json_side(json, "cell", report, side->cell);
		json_side(json, "peer", report, side->peer);
		json_number(json, "state", side->state);
		json_number(json, "rung_per_second", look->rates.rung[i]);
		json_number(json, "dropped_per_second", look->rates.dropped[i]);
		json_close(json, '}');
		free(name);
	}
	json_close(json, ']');
}

static void show_json(const struct look *look)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_number(&json, "milliseconds", look->milliseconds);
	json_cells(&json, look);
	json_cpus(&json, look);
	json_links(&json, look);
	json_close(&json, '}');
}

/* --- one look after the other --- */

static __u64 now_ms(void)
{
	return clock_ns() / 1000000;
}

static void note_used(struct look *look)
{
	__u32 cell, stat;

	for (cell = 0; cell < look->report.head->num_cells; cell++) {
		for (stat = 0; stat < JH_NUM_STATS; stat++)
			if (report_exists(&look->report, cell) &&
			    jh_cell_stat(look->report.head, cell, stat))
				look->used |= 1u << stat;
	}
}

/* Takes the next look, with the rates since the one before if there was one. */
static int look_again(int fd, struct look *look)
{
	static __u64 looked;
	struct report before = look->report;
	int ret = session_report(fd, &look->report);
	__u64 now = now_ms();

	look->milliseconds = 0;
	if (!ret && before.head) {
		look->milliseconds = now > looked ? now - looked : 1;
		rates_find(&look->rates, &before, &look->report, look->milliseconds);
	}
	if (!ret)
		note_used(look);
	else
		look->report = (struct report){ 0 };
	report_free(&before);
	looked = now;
	return ret;
}

static void draw(const struct look *look)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		exit(complain("out of memory"));
	show(look, out);
	fputs("\nq: end, space: look now\n", out);
	if (fclose(out))
		exit(complain("out of memory"));
	screen_draw(text);
	free(text);
}

/* Refreshes the screen until a key or a signal ends it, or jh is disabled. */
static int on_screen(int fd, struct look *look, int delay, __u64 count)
{
	int ret, key = 0, error = screen_open();

	if (error)
		return complain("cannot use the terminal: %s", strerror(error));
	for (;;) {
		ret = look_again(fd, look);
		if (ret) {
			screen_close();
			return ret;
		}
		draw(look);
		if (count && !--count)
			break;
		key = screen_key(delay);
		if (key < 0 || key == 'q' || key == 'Q')
			break;
	}
	screen_close();
	return EXIT_OK;
}

static void sleep_ms(int milliseconds)
{
	const struct timespec time = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};

	nanosleep(&time, NULL);
}

/* Prints looks one after the other; the first is only there for the rates of the second. */
static int in_a_row(int fd, struct look *look, int delay, __u64 count, bool json)
{
	__u64 looks;
	int ret = look_again(fd, look);

	for (looks = 0; !ret && (!count || looks < count) && !ferror(stdout); looks++) {
		sleep_ms(delay);
		ret = look_again(fd, look);
		if (ret)
			break;
		if (json)
			show_json(look);
		else
			show(look, stdout);
		if (!json)
			putchar('\n');
		fflush(stdout);
	}
	return ret;
}

/* Returns milliseconds, 0 if the text is no number in the range. */
static int read_delay(const char *text)
{
	double seconds;
	char *end;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds * 1000 >= TOP_SHORTEST) ||
	    seconds * 1000 > TOP_LONGEST)
		return 0;
	return (int)(seconds * 1000 + 0.5);
}

int top_run(const struct args *args)
{
	const char *delay_text = args_value(args, "delay"), *text = args_value(args, "count");
	int fd, ret, delay = delay_text ? read_delay(delay_text) : 1000;
	bool json = args_has(args, "json");
	static struct look look;
	__u64 count = 0;

	if (!delay)
		return misuse(args, "'%s' is no number of seconds from 0.1 to 3600", delay_text);
	if (text && (!text_number(text, &count) || !count))
		return misuse(args, "'%s' is no number of looks, 1 or more", text);
	ret = session_open(&fd);
	if (ret)
		return ret;
	if (json || args_has(args, "batch") || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		ret = in_a_row(fd, &look, delay, count, json);
	else
		ret = on_screen(fd, &look, delay, count);
	report_free(&look.report);
	device_close(fd);
	return ret;
}
