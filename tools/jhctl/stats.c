// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl cell stats: exits per CPU and reason, bells of links.
 */
#include "list.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "device.h"
#include "session.h"
#include "text.h"
#include "virtio.h"

const struct opt stats_opts[] = {
	{ "watch", 'w', NULL, "show it again each second, with the events of that second" },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

/* Counts of a cell's CPUs, of CPUs that left it (@gone), and of all together (@sum). */
struct sample {
	int count;
	__u32 cpu[JH_MAX_CPUS];
	__u32 state[JH_MAX_CPUS];
	__u64 stats[JH_MAX_CPUS][JH_NUM_STATS];
	__u64 ignored[JH_MAX_CPUS];
	__u64 gone[JH_NUM_STATS];
	__u64 sum[JH_NUM_STATS];
};

static void take_sample(struct sample *sample, const struct report *report, __u32 cell)
{
	__u32 cpu;
	int i, stat;

	*sample = (struct sample){ 0 };
	for (cpu = 0; cpu < report->head->num_cpus; cpu++) {
		if (report->cpu[cpu].state == JH_CPUREP_ABSENT || report->cpu[cpu].cell != cell)
			continue;
		i = sample->count++;
		sample->cpu[i] = cpu;
		sample->state[i] = report->cpu[cpu].state;
		sample->ignored[i] = report->cpu[cpu].ignored;
		for (stat = 0; stat < JH_NUM_STATS; stat++)
			sample->stats[i][stat] =
				jh_cpu_stat(&report->cpu[cpu], (__u32)stat);
	}
	for (stat = 0; stat < JH_NUM_STATS; stat++) {
		sample->sum[stat] = jh_cell_stat(report->head, cell, (__u32)stat);
		sample->gone[stat] = sample->sum[stat];
		for (i = 0; i < sample->count; i++)
			sample->gone[stat] -= sample->stats[i][stat];
	}
}

/*
 * Prints one row for each reason, the total last. There is a column for each CPU, one for CPUs that
 * left, one for the sum, and with @before (an earlier sample of the same CPUs) one for the
 * difference.
 */
static void print_sample(const struct sample *now, const struct sample *before)
{
	bool gone = now->gone[JH_STAT_TOTAL] != 0, sum = now->count + gone > 1;
	int columns = 1 + now->count + gone + sum + (before ? 1 : 0);
	char **table = calloc((size_t)columns * (JH_NUM_STATS + 1), sizeof(*table));
	int row, i, column;

	if (!table)
		exit(complain("out of memory"));
	for (row = 0; row <= JH_NUM_STATS; row++) {
		int stat = row % JH_NUM_STATS;	/* the total is number 0 */
		char **cell = &table[row * columns];
		bool head = row == 0;

		column = 0;
		cell[column++] = text_format("%s", head ? "REASON" :
					     report_stat_name((unsigned int)stat));
		for (i = 0; i < now->count; i++)
			cell[column++] = head ? text_format("CPU%u", now->cpu[i]) :
						text_format("%llu", now->stats[i][stat]);
		if (gone)
			cell[column++] = head ? text_format("GONE") :
					 text_format("%llu", now->gone[stat]);
		if (sum)
			cell[column++] = head ? text_format("SUM") :
					 text_format("%llu", now->sum[stat]);
		if (before)
			cell[column++] = head ? text_format("PER SECOND") :
					 text_format("%llu", now->sum[stat] - before->sum[stat]);
	}
	text_table(stdout, columns, JH_NUM_STATS + 1, table, ~1u);
	for (i = 0; i < columns * (JH_NUM_STATS + 1); i++)
		free(table[i]);
	free(table);
}

/* Prints the last access of each CPU that the hypervisor ignored. */
static void print_ignored(const struct sample *sample)
{
	int i;

	for (i = 0; i < sample->count; i++) {
		if (!sample->stats[i][JH_STAT_IGNORED])
			continue;
		printf("last ignored: CPU%u, ", sample->cpu[i]);
		if (sample->ignored[i] == JH_IGNORED_IPI)
			printf("an interrupt to a CPU that is not the cell's\n");
		else
			printf("address 0x%llx\n", sample->ignored[i]);
	}
}

static void json_ignored(struct json *json, const struct sample *sample, int i)
{
	if (!sample->stats[i][JH_STAT_IGNORED])
		json_string(json, "ignored_at", NULL);
	else if (sample->ignored[i] == JH_IGNORED_IPI)
		json_string(json, "ignored_at", "ipi");
	else
		json_hex(json, "ignored_at", sample->ignored[i]);
}

static void json_exits(struct json *json, const char *key, const __u64 *stats)
{
	unsigned int stat;

	json_open(json, key, '{');
	for (stat = 0; stat < JH_NUM_STATS; stat++)
		json_number(json, report_stat_name(stat), stats[stat]);
	json_close(json, '}');
}

static void print_json(const struct sample *sample, const struct report *report, __u32 cell)
{
	struct json json = { .out = stdout };
	char *name = text_format("%.*s", JH_NAME_LEN, report->cell[cell].name);
	int i;

	json_open(&json, NULL, '{');
	json_number(&json, "id", cell);
	json_string(&json, "name", name);
	json_number(&json, "restarts", report->cell[cell].restarts);
	json_open(&json, "cpus", '[');
	for (i = 0; i < sample->count; i++) {
		json_open(&json, NULL, '{');
		json_number(&json, "cpu", sample->cpu[i]);
		json_string(&json, "state", report_cpu_state(sample->state[i]));
		json_exits(&json, "exits", sample->stats[i]);
		json_ignored(&json, sample, i);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_exits(&json, "gone", sample->gone);
	json_exits(&json, "sum", sample->sum);
	stats_links_json(&json, report, cell);
	json_close(&json, '}');
	free(name);
}

static bool is_side_of(const struct jh_link_report *side, __u32 cell)
{
	return side->name[0] && side->cell == cell;
}

void stats_links(const struct report *report, __u32 cell)
{
	__u32 i;

	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *side = &report->link[i];
		char *peer, *device;

		if (!is_side_of(side, cell))
			continue;
		peer = report_side(report, side->peer);
		device = virtio_text(report, side);
		printf("link %.*s: ", JH_NAME_LEN, side->name);
		if (peer)
			printf("to %s, ", peer);
		else
			printf("its other side is not there, ");
		if (device)
			printf("%s, ", device);
		else
			printf("state %u, ", side->state);
		printf("bells rung %llu, dropped %llu\n", side->rung, side->dropped);
		free(peer);
		free(device);
	}
}

void stats_links_json(struct json *json, const struct report *report, __u32 cell)
{
	__u32 i;

	json_open(json, "links", '[');
	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *side = &report->link[i];
		char *name, *peer;

		if (!is_side_of(side, cell))
			continue;
		name = text_format("%.*s", JH_NAME_LEN, side->name);
		peer = report_side(report, side->peer);
		json_open(json, NULL, '{');
		json_string(json, "name", name);
		json_string(json, "peer", peer);
		json_number(json, "state", side->state);
		json_number(json, "rung", side->rung);
		json_number(json, "dropped", side->dropped);
		virtio_json(json, report, side);
		json_close(json, '}');
		free(name);
		free(peer);
	}
	json_close(json, ']');
}

static bool same_cpus(const struct sample *a, const struct sample *b)
{
	int i;

	for (i = 0; i < a->count && a->count == b->count; i++) {
		if (a->cpu[i] != b->cpu[i])
			return false;
	}
	return a->count == b->count;
}

/* Prints samples until the cell is gone, or a signal ends jhctl. */
static int watch(int fd, const char *name)
{
	static struct sample now, before;
	const struct timespec second = { .tv_sec = 1 };
	bool first = true;
	struct report report;
	__u32 cell;
	int ret;

	for (;;) {
		ret = session_report(fd, &report);
		if (ret)
			return ret;
		cell = report_find(&report, name);
		if (cell == REPORT_NO_CELL) {
			report_free(&report);
			return complain("cell '%s' is gone", name);
		}
		take_sample(&now, &report, cell);
		if (isatty(STDOUT_FILENO))
			fputs("\033[H\033[J", stdout);
		printf("cell %.*s: %s\n", JH_NAME_LEN, report.cell[cell].name,
		       report_state(&report.cell[cell]));
		print_sample(&now, !first && same_cpus(&now, &before) ? &before : NULL);
		print_ignored(&now);
		stats_links(&report, cell);
		fflush(stdout);
		report_free(&report);
		before = now;
		first = false;
		nanosleep(&second, NULL);
	}
}

static void print_once(const struct sample *sample, const struct report *report, __u32 number)
{
	const struct jh_cell_report *cell = &report->cell[number];
	char *why = report_failure(cell);

	print_sample(sample, NULL);
	print_ignored(sample);
	stats_links(report, number);
	if (cell->restarts)
		printf("restarts after failures: %u\n", cell->restarts);
	if (why)
		printf("%.*s failed: %s\n", JH_NAME_LEN, cell->name, why);
	free(why);
}

int cell_stats_run(const struct args *args)
{
	static struct sample sample;
	struct report report;
	struct cell_ref cell;
	int fd, ret;

	if (args_has(args, "watch") && args_has(args, "json"))
		return misuse(args, "--watch and --json do not go together");
	ret = session_find(args_positional(args, 0), &fd, &report, &cell);
	if (ret)
		return ret;
	take_sample(&sample, &report, cell.number);
	if (args_has(args, "watch"))
		ret = watch(fd, args_positional(args, 0));
	else if (args_has(args, "json"))
		print_json(&sample, &report, cell.number);
	else
		print_once(&sample, &report, cell.number);
	report_free(&report);
	device_close(fd);
	return ret;
}
