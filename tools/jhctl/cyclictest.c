// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl bench cyclictest: latency of wake-ups in a Linux in a cell, as cyclictest of rt-tests
 * measures it there. The first program of the initial file system runs the command after "--" on
 * the kernel's command line and powers off; jhctl parses the output.
 */
#include "cyclictest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "capture.h"
#include "cell.h"
#include "histogram.h"
#include "interrupt.h"
#include "json.h"
#include "linux.h"
#include "session.h"
#include "stress.h"
#include "text.h"

#define POLL_NS		5000000		/* before the cell's output of 2 KB wraps around */
#define POLLS		20		/* from one check of the cell's state to the next */
#define GRACE_S		180		/* for the guest to start and to print */
#define MAX_SECONDS	86400
#define MAX_PERIOD_US	1000000
#define MAX_THREADS	64
#define LAST_US		1000		/* of the histogram; later wake-ups are only counted */
#define TAIL_LINES	12		/* of the guest's output, if there is no result in it */

const struct opt cyclictest_opts[] = {
	{ "initrd", 'i', "FILE", "initial file system with cyclictest in it" },
	{ "seconds", 0, "N", "for how long (default 10)" },
	{ "period", 0, "US", "microseconds from wake-up to wake-up (default 1000)" },
	{ "stress", 0, NULL, "keep Linux' CPUs busy with memory and short-lived processes" },
	{ "guest-stress", 0, NULL, "have the guest's first program keep it busy as well" },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

/* Result of one thread of cyclictest, and so of one CPU of the guest; in microseconds. */
struct thread {
	unsigned long long count, min, avg, max, late;
};

/** struct cyclictest - one measurement */
struct cyclictest {
	__u64 seconds;
	__u64 period;			/* microseconds */
	bool stress, guest_stress;
	struct capture printed;
	struct thread thread[MAX_THREADS];
	int threads;
};

static int parse(const struct args *args, struct cyclictest *test)
{
	const char *seconds = args_value(args, "seconds"), *period = args_value(args, "period");

	*test = (struct cyclictest){ .seconds = 10, .period = 1000 };
	test->stress = args_has(args, "stress");
	test->guest_stress = args_has(args, "guest-stress");
	if (!args_value(args, "initrd"))
		return misuse(args, "the guest needs --initrd FILE, with cyclictest in it");
	if (seconds && (!text_number(seconds, &test->seconds) || !test->seconds ||
			test->seconds > MAX_SECONDS))
		return misuse(args, "'%s' is no number of seconds from 1 to %d", seconds,
			      MAX_SECONDS);
	if (period && (!text_number(period, &test->period) || !test->period ||
		       test->period > MAX_PERIOD_US))
		return misuse(args, "'%s' is no number of microseconds from 1 to %d", period,
			      MAX_PERIOD_US);
	return EXIT_OK;
}

/* Whether the cell still runs; no, if there is no report. */
static bool runs(const struct cell_launched *launched)
{
	const struct jh_cell_report *cell;
	struct report report;
	bool running;

	if (report_read(launched->fd, &report))
		return false;
	cell = &report.cell[launched->cell.number];
	running = cell->generation == launched->cell.generation && cell->state == JH_CELL_RUNNING;
	report_free(&report);
	return running;
}

/* Captures output until the guest has powered off. */
static int wait_for_end(struct cyclictest *test, const struct cell_launched *launched)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	time_t end = time(NULL) + (time_t)test->seconds + GRACE_S;
	bool running = true;
	int i, ret;

	while (running && time(NULL) < end) {
		running = runs(launched);
		for (i = 0; i < POLLS; i++) {
			nanosleep(&pause, NULL);
			if (interrupt_came())
				return EXIT_REFUSED;
			ret = capture_more(&test->printed, launched->fd, &launched->cell);
			if (ret)
				return complain("cannot read what the guest prints: %s",
						strerror(ret));
		}
	}
	if (!running)
		return EXIT_OK;
	return complain("the guest did not power off in time: its first program must run its "
			"arguments as a command, and power off then");
}

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

/* The rest, after @head, of the last line that begins with it; NULL if there is none. */
static const char *find_line(const char *text, const char *head)
{
	const char *found = NULL, *line;

	for (line = text; line; line = next_line(line)) {
		if (!strncmp(line, head, strlen(head)))
			found = line + strlen(head);
	}
	return found;
}

/* Reads at most MAX_THREADS + 1 numbers up to the end of the line; returns their count. */
static int read_numbers(const char *line, unsigned long long *number)
{
	char *end;
	int count = 0;

	while (line && count <= MAX_THREADS) {
		line += strspn(line, " \t");
		if (*line < '0' || *line > '9')
			break;
		number[count++] = strtoull(line, &end, 10);
		line = end;
	}
	return count;
}

static int judge(struct cyclictest *test)
{
	static const char *const heads[] = {
		"# Total:", "# Min Latencies:", "# Avg Latencies:", "# Max Latencies:",
		"# Histogram Overflows:",
	};
	unsigned long long value[5][MAX_THREADS + 1];
	int i, count;

	for (i = 0; i < 5; i++) {
		count = read_numbers(find_line(test->printed.text, heads[i]), value[i]);
		if (!count || count > MAX_THREADS || (i && count != test->threads))
			return complain("cyclictest has printed no result%s: the first program of "
					"the initrd must run its arguments as a command",
					test->printed.lost ? ", or it came too fast" : "");
		test->threads = count;
	}
	for (i = 0; i < test->threads; i++)
		test->thread[i] = (struct thread){
			.count = value[0][i] + value[4][i],
			.min = value[1][i],
			.avg = value[2][i],
			.max = value[3][i],
			.late = value[4][i],
		};
	return EXIT_OK;
}

/* Prints the end of the guest's output, which may tell why there is no result. */
static void print_tail(const struct cyclictest *test)
{
	const char *text = test->printed.text, *start = text + test->printed.length;
	int lines = 0;

	while (start > text && lines <= TAIL_LINES) {
		start--;
		lines += *start == '\n';
	}
	for (; *start; start++) {
		if (*start == '\n' || *start == '\t' || (*start >= 0x20 && *start < 0x7f))
			fputc(*start, stderr);
	}
}

/*
 * Reads the next row of the histogram at *@at: microseconds, and the count of wake-ups of each
 * thread. Returns false after the last one.
 */
static bool next_row(const struct cyclictest *test, const char **at, unsigned long long *us,
		     unsigned long long count[MAX_THREADS])
{
	unsigned long long row[MAX_THREADS + 1] = { 0 };
	const char *line;
	int i;

	for (line = *at; line; line = next_line(line)) {
		if (read_numbers(line, row) != test->threads + 1)
			continue;
		*us = row[0];
		for (i = 0; i < test->threads; i++)
			count[i] = row[i + 1];
		*at = next_line(line);
		return true;
	}
	return false;
}

static void print_summary(const struct cyclictest *test, const char *name)
{
	int i;

	printf("%s: %llu s with a period of %llu us, Linux %s, the guest %s\n\n", name,
	       (unsigned long long)test->seconds, (unsigned long long)test->period,
	       test->stress ? "under stress" : "as it is",
	       test->guest_stress ? "under stress" : "idle");
	printf("CPU      count     min us     avg us     max us  over %4d us\n", LAST_US);
	for (i = 0; i < test->threads; i++)
		printf("%3d %10llu %10llu %10llu %10llu %13llu\n", i, test->thread[i].count,
		       test->thread[i].min, test->thread[i].avg, test->thread[i].max,
		       test->thread[i].late);
}

static void print_histogram(const struct cyclictest *test)
{
	unsigned long long count[MAX_THREADS], us, last = 0, width = 1, row = 0, sum = 0;
	const char *at;
	int i;

	for (at = test->printed.text; next_row(test, &at, &us, count);) {
		for (i = 0; i < test->threads; i++)
			last = count[i] ? us : last;
	}
	while (last / width >= HISTOGRAM_ROWS)
		width *= 2;
	histogram_head("us");
	for (at = test->printed.text; next_row(test, &at, &us, count);) {
		if (us / width != row) {
			histogram_row(row * width, sum);
			sum = 0;
		}
		row = us / width;
		for (i = 0; i < test->threads; i++)
			sum += count[i];
	}
	histogram_row(row * width, sum);
	for (i = 0, sum = 0; i < test->threads; i++)
		sum += test->thread[i].late;
	histogram_row(LAST_US, sum);
}

static void print_json_rows(const struct cyclictest *test, struct json *json)
{
	unsigned long long count[MAX_THREADS], us, sum;
	const char *at = test->printed.text;
	int i;

	json_open(json, "histogram", '[');
	while (next_row(test, &at, &us, count)) {
		for (i = 0, sum = 0; i < test->threads; i++)
			sum += count[i];
		if (!sum)
			continue;
		json_open(json, NULL, '{');
		json_number(json, "us", us);
		json_number(json, "count", sum);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void print_json(const struct cyclictest *test, const char *name)
{
	struct json json = { .out = stdout };
	int i;

	json_open(&json, NULL, '{');
	json_string(&json, "cell", name);
	json_number(&json, "seconds", test->seconds);
	json_number(&json, "period_us", test->period);
	json_bool(&json, "stress", test->stress);
	json_bool(&json, "guest_stress", test->guest_stress);
	json_open(&json, "cpus", '[');
	for (i = 0; i < test->threads; i++) {
		json_open(&json, NULL, '{');
		json_number(&json, "count", test->thread[i].count);
		json_number(&json, "min_us", test->thread[i].min);
		json_number(&json, "avg_us", test->thread[i].avg);
		json_number(&json, "max_us", test->thread[i].max);
		json_number(&json, "over", test->thread[i].late);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_number(&json, "histogram_us", LAST_US);
	print_json_rows(test, &json);
	json_close(&json, '}');
}

/* Measures in a running cell, and destroys it. */
static int measure(struct cyclictest *test, struct cell_launched *launched, char name[])
{
	struct report report;
	int ret = 0;

	if (!report_read(launched->fd, &report)) {
		memcpy(name, report.cell[launched->cell.number].name, JH_NAME_LEN);
		report_free(&report);
	}
	if (capture_start(&test->printed))
		ret = complain("out of memory");
	if (!ret && test->stress && stress_start())
		ret = complain("cannot put Linux under stress: %s", strerror(errno));
	if (!ret)
		ret = wait_for_end(test, launched);
	if (test->stress)
		stress_stop();
	if (cell_end(launched) && !ret)
		ret = EXIT_REFUSED;
	return ret;
}

/* The guest's first program gets the words after "--" as arguments. */
static char *kernel_arguments(const struct cyclictest *test)
{
	return text_format("quiet panic=-1 -- %scyclictest --quiet --mlockall --smp "
			   "--priority=90 --distance=0 --interval=%llu --duration=%llu "
			   "--histogram=%d", test->guest_stress ? "--stress " : "",
			   (unsigned long long)test->period, (unsigned long long)test->seconds,
			   LAST_US);
}

int cyclictest_run(const struct args *args)
{
	struct linux_request request = {
		.file = args_positional(args, 0),
		.kernel = args_positional(args, 1),
		.initrd = args_value(args, "initrd"),
		.console = true,
	};
	struct cell_launched launched;
	char name[JH_NAME_LEN + 1] = "";
	struct cyclictest test;
	char *arguments;
	int ret;

	ret = parse(args, &test);
	if (ret)
		return ret;
	arguments = kernel_arguments(&test);
	request.arguments = arguments;
	interrupt_watch();
	ret = linux_boot(&request, &launched);
	if (!ret)
		ret = measure(&test, &launched, name);
	free(arguments);
	if (!ret)
		ret = judge(&test);
	if (ret && test.printed.text && !interrupt_came())
		print_tail(&test);
	if (!ret && args_has(args, "json")) {
		print_json(&test, name);
	} else if (!ret) {
		print_summary(&test, name);
		print_histogram(&test);
	}
	capture_end(&test.printed);
	interrupt_end();
	return ret;
}
