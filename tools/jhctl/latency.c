// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl bench latency: latency of timer interrupts in a cell. inmates/bench measures and prints;
 * jhctl parses its output from the cell's console.
 */
#include "latency.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jh/ioctl.h>
#include <jh/report.h>

#include "args.h"
#include "capture.h"
#include "device.h"
#include "histogram.h"
#include "interrupt.h"
#include "json.h"
#include "load.h"
#include "session.h"
#include "stress.h"
#include "text.h"

#define IMAGE		"/usr/lib/jh/inmates/bench.bin"
#define ARGS_ADDRESS	0x1000		/* where inmates expect their command line */
#define POLL_NS		10000000	/* before the cell's output of 2 KB wraps around */
#define GRACE_S		10		/* for the inmate to print, after its last period */
#define MAX_SECONDS	86400
#define MAX_PERIOD_US	1000000
#define HISTOGRAM_NS	199900		/* start of the inmate's last bucket, without an end */
#define FREQUENCY	"%s/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"

const struct opt latency_opts[] = {
	{ "seconds", 0, "N", "for how long (default 10)" },
	{ "period", 0, "US", "microseconds from tick to tick (default 1000)" },
	{ "stress", 0, NULL, "keep Linux' CPUs busy with memory and short-lived processes" },
	{ "image", 0, "FILE", "the benchmark, if it is not " IMAGE },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

/** struct latency - one measurement, and its results in nanoseconds */
struct latency {
	__u64 seconds;
	__u64 period;			/* microseconds */
	bool stress;
	struct capture printed;
	unsigned long long freq, count, min, avg, p99, p999, max, lost;
};

/* A bucket of the inmate's histogram: it begins at @from, and holds @count samples. */
struct bucket {
	unsigned long long from, count;
};

static int parse(const struct args *args, struct latency *latency)
{
	const char *seconds = args_value(args, "seconds"), *period = args_value(args, "period");

	*latency = (struct latency){ .seconds = 10, .period = 1000 };
	latency->stress = args_has(args, "stress");
	if (seconds && (!text_number(seconds, &latency->seconds) || !latency->seconds ||
			latency->seconds > MAX_SECONDS))
		return misuse(args, "'%s' is no number of seconds from 1 to %d", seconds,
			      MAX_SECONDS);
	if (period && (!text_number(period, &latency->period) || !latency->period ||
		       latency->period > MAX_PERIOD_US))
		return misuse(args, "'%s' is no number of microseconds from 1 to %d", period,
			      MAX_PERIOD_US);
	return EXIT_OK;
}

static int load_and_start(struct latency *latency, const struct args *args, int fd,
			  const struct cell_ref *cell, const struct report *report)
{
	const char *name = args_positional(args, 0), *image = args_value(args, "image");
	struct jh_ioctl_cell call = { .cell = cell->number, .generation = cell->generation };
	struct subject subject = { .cell = name, .report = report };
	struct load_plan plan = { 0 };
	char *line;
	int ret;

	line = text_format("console=putc run=latency period_us=%llu count=%llu", latency->period,
			   latency->seconds * 1000000 / latency->period);
	load_add(&plan, image ? image : IMAGE, NULL);
	load_add(&plan, "the benchmark's command line", line);
	plan.piece[1].placed = true;
	plan.piece[1].address = ARGS_ADDRESS;
	ret = load_prepare(&plan);
	if (!ret)
		ret = load_write(&plan, fd, cell, name, 0);
	if (!ret && device_call(fd, JH_IOC_CELL_START, &call))
		ret = session_refused("cell start", &subject, &call.error, errno);
	load_free(&plan);
	free(line);
	return ret;
}

/* Captures output until the inmate prints that it is done. */
static int wait_for_end(struct latency *latency, int fd, const struct cell_ref *cell)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	time_t end = time(NULL) + (time_t)latency->seconds + GRACE_S;
	int ret;

	do {
		nanosleep(&pause, NULL);
		if (interrupt_came())
			return EXIT_REFUSED;
		ret = capture_more(&latency->printed, fd, cell);
		if (ret)
			return complain("cannot read what the cell prints: %s", strerror(ret));
		if (strstr(latency->printed.text, "bench: end"))
			return EXIT_OK;
	} while (time(NULL) < end);
	return complain("the benchmark did not end in time: 'jhctl console' of its cell shows "
			"what it printed");
}

static int judge(struct latency *latency)
{
	const char *line = latency->printed.text, *start = strstr(line, "bench: start freq=");
	int fields = 0;

	if (start)
		sscanf(start, "bench: start freq=%llu", &latency->freq);
	/* The last line is the result; those before are intermediate. */
	while ((line = strstr(line, "bench: latency n="))) {
		fields = sscanf(line, "bench: latency n=%llu min=%llu avg=%llu p99=%llu "
				"p99.9=%llu max=%llu ns lost=%llu", &latency->count, &latency->min,
				&latency->avg, &latency->p99, &latency->p999, &latency->max,
				&latency->lost);
		line++;
	}
	if (fields == 7 && latency->freq && latency->count)
		return EXIT_OK;
	return complain("the benchmark measured nothing; its image may be of another build");
}

/* Frequency of CPU 0 in kHz, 0: unknown. The cell's CPUs may run at another. */
static unsigned long long cpu_khz(void)
{
	char *path = text_format(FREQUENCY, device_root());
	unsigned long long khz = 0;
	FILE *file = fopen(path, "re");

	if (file) {
		if (fscanf(file, "%llu", &khz) != 1)
			khz = 0;
		fclose(file);
	}
	free(path);
	return khz;
}

static void print_row(const struct latency *latency, const char *what, unsigned long long ns,
		      unsigned long long khz)
{
	double ticks = (double)ns * (double)latency->freq / 1e9;

	printf("%-6s %10llu %10.0f", what, ns, ticks);
	if (khz)
		printf(" %10.0f", (double)ns * (double)khz / 1e6);
	putchar('\n');
}

static void print_summary(const struct latency *latency, const char *name)
{
	unsigned long long khz = cpu_khz();

	printf("%s: %llu periods of %llu us, %llu lost, Linux %s\n\n", name, latency->count,
	       (unsigned long long)latency->period, latency->lost,
	       latency->stress ? "under stress" : "as it is");
	printf("               ns      ticks%s\n", khz ? "     cycles" : "");
	print_row(latency, "min", latency->min, khz);
	print_row(latency, "avg", latency->avg, khz);
	print_row(latency, "p99", latency->p99, khz);
	print_row(latency, "p99.9", latency->p999, khz);
	print_row(latency, "max", latency->max, khz);
	printf("\nA tick is one of the counter at %llu Hz%s.\n", latency->freq,
	       khz ? "; cycles are CPU 0's at the frequency that Linux tells" : "");
}

static bool next_bucket(const char **at, struct bucket *bucket)
{
	const char *line = strstr(*at, "bench: histogram from=");

	if (!line || sscanf(line, "bench: histogram from=%llu ns count=%llu", &bucket->from,
			    &bucket->count) != 2)
		return false;
	*at = line + 1;
	return true;
}

static void print_histogram(const struct latency *latency)
{
	unsigned long long width = 100, row = 0, sum = 0, last = latency->p999;
	const char *at = latency->printed.text;
	struct bucket bucket;

	/* Rare late samples share the last row, so that rows stay narrow for all others. */
	last = last < HISTOGRAM_NS ? last : HISTOGRAM_NS;
	while (last > latency->min && (last - latency->min) / width >= HISTOGRAM_ROWS)
		width *= 2;
	histogram_head("ns");
	while (next_bucket(&at, &bucket)) {
		bucket.from = bucket.from < last ? bucket.from : last;
		if (bucket.from / width != row) {
			histogram_row(row * width, sum);
			sum = 0;
		}
		row = bucket.from / width;
		sum += bucket.count;
	}
	histogram_row(row * width, sum);
}

static void print_json(const struct latency *latency, const char *name)
{
	struct json json = { .out = stdout };
	const char *at = latency->printed.text;
	struct bucket bucket;

	json_open(&json, NULL, '{');
	json_string(&json, "cell", name);
	json_number(&json, "period_us", latency->period);
	json_number(&json, "periods", latency->count);
	json_number(&json, "lost", latency->lost);
	json_bool(&json, "stress", latency->stress);
	json_number(&json, "counter_hz", latency->freq);
	json_open(&json, "ns", '{');
	json_number(&json, "min", latency->min);
	json_number(&json, "avg", latency->avg);
	json_number(&json, "p99", latency->p99);
	json_number(&json, "p99.9", latency->p999);
	json_number(&json, "max", latency->max);
	json_close(&json, '}');
	json_open(&json, "histogram", '[');
	while (next_bucket(&at, &bucket)) {
		json_open(&json, NULL, '{');
		json_number(&json, "from_ns", bucket.from);
		json_number(&json, "count", bucket.count);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static int measure(struct latency *latency, const struct args *args, int fd,
		   const struct cell_ref *cell, const struct report *report)
{
	struct jh_ioctl_cell stop = {
		.cell = cell->number,
		.generation = cell->generation,
		.flags = JH_SHUTDOWN_FORCE,
	};
	int ret;

	if (capture_start(&latency->printed))
		return complain("out of memory");
	ret = capture_more(&latency->printed, fd, cell);
	capture_drop(&latency->printed);
	if (ret == ENOENT)
		return complain("%s keeps no output here: its configuration needs "
				"console = \"hypervisor\"", args_positional(args, 0));
	interrupt_watch();
	ret = load_and_start(latency, args, fd, cell, report);
	if (ret)
		return ret;
	if (latency->stress && !interrupt_came() && stress_start())
		ret = complain("cannot put Linux under stress: %s", strerror(errno));
	if (!ret)
		ret = wait_for_end(latency, fd, cell);
	if (latency->stress)
		stress_stop();
	/* Stops the cell, also after a timeout, so that the next measurement can load it. */
	interrupt_ignore();
	device_call(fd, JH_IOC_CELL_SHUTDOWN, &stop);
	return ret;
}

int latency_run(const struct args *args)
{
	struct latency latency;
	struct report report;
	struct cell_ref cell;
	int fd, ret;

	ret = parse(args, &latency);
	if (!ret)
		ret = session_find(args_positional(args, 0), &fd, &report, &cell);
	if (ret)
		return ret;
	ret = measure(&latency, args, fd, &cell, &report);
	if (!ret)
		ret = judge(&latency);
	if (!ret && args_has(args, "json")) {
		print_json(&latency, args_positional(args, 0));
	} else if (!ret) {
		print_summary(&latency, args_positional(args, 0));
		print_histogram(&latency);
	}
	capture_end(&latency.printed);
	report_free(&report);
	device_close(fd);
	interrupt_end();
	return ret;
}
