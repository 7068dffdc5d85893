// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl trace: records a cell's exits with their times, as text or for Perfetto.
 */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "args.h"
#include "clock.h"
#include "device.h"
#include "interrupt.h"
#include "json.h"
#include "session.h"
#include "symbol.h"
#include "syndrome.h"
#include "text.h"

/* Between two reads. A CPU with more than some hundred exits in that time loses some. */
#define LOOK_NANOSECONDS	2000000
#define LONGEST			86400	/* seconds */

const struct opt trace_opts[] = {
	{ "seconds", 's', "N", "for how long (default: until interrupted; 1 to 86400)" },
	{ "output", 'o', "FILE", "write there, not to standard output" },
	{ "elf", 'e', "FILE", "the cell's program, with symbols for its addresses" },
	{ "json", 'j', NULL, "for Perfetto (Trace Event Format)" },
	{ NULL, 0, NULL, NULL }
};

/**
 * struct trace - a running trace
 * @file:	of JH_IOC_TRACE
 * @frequency:	of the counter, in Hz
 * @out:	the output
 * @json:	used if @is_json
 * @symbols:	used if @has_symbols
 * @exits:	number of exits written so far
 * @lost:	number of exits that are missing between them
 */
struct trace {
	int file;
	__u64 frequency;
	FILE *out;
	struct json json;
	bool is_json;
	struct symbols symbols;
	bool has_symbols;
	__u64 exits, lost;
};

/* --- one exit --- */

/* Nanoseconds of @ticks of the counter; in two parts, so that no product overflows. */
static __u64 nanoseconds(const struct trace *trace, __u64 ticks)
{
	return ticks / trace->frequency * 1000000000 +
	       ticks % trace->frequency * 1000000000 / trace->frequency;
}

/* " main+0x14", or "", to be freed */
static char *place_of(const struct trace *trace, __u64 pc)
{
	const char *name = NULL;
	__u64 offset;

	if (trace->has_symbols)
		name = symbol_find(&trace->symbols, pc, &offset);
	return name ? text_format(" %s+0x%llx", name, offset) : text_format("%s", "");
}

static void write_line(struct trace *trace, const struct jh_trace_entry *entry)
{
	__u64 at = nanoseconds(trace, entry->record.time);
	char *place = place_of(trace, entry->record.pc), *detail = syndrome_detail(&entry->record);

	if (entry->lost)
		fprintf(trace->out, "[%03u] %u exit%s lost here\n", entry->cpu, entry->lost,
			entry->lost == 1 ? "" : "s");
	fprintf(trace->out, "[%03u] %6llu.%09llu: %-7s at 0x%llx%s%s%s\n", entry->cpu,
		at / 1000000000, at % 1000000000, syndrome_name(&entry->record), entry->record.pc,
		place, *detail ? ": " : "", detail);
	free(place);
	free(detail);
}

static void write_event(struct trace *trace, const struct jh_trace_entry *entry)
{
	char *place = place_of(trace, entry->record.pc), *detail = syndrome_detail(&entry->record);
	struct json *json = &trace->json;

	json_open(json, NULL, '{');
	json_string(json, "ph", "i");
	json_string(json, "s", "t");
	json_string(json, "name", syndrome_name(&entry->record));
	json_number(json, "pid", 1);
	json_number(json, "tid", entry->cpu);
	/* Microseconds */
	json_thousandths(json, "ts", nanoseconds(trace, entry->record.time));
	json_open(json, "args", '{');
	json_hex(json, "pc", entry->record.pc);
	if (*place)
		json_string(json, "place", place + 1);
	if (*detail)
		json_string(json, "detail", detail);
	json_hex(json, "syndrome", entry->record.syndrome);
	if (entry->lost)
		json_number(json, "lost_before", entry->lost);
	json_close(json, '}');
	json_close(json, '}');
	free(place);
	free(detail);
}

/* --- names of tracks for Perfetto --- */

static void name_of_line(struct json *json, const char *what, __u64 tid, char *name)
{
	json_open(json, NULL, '{');
	json_string(json, "ph", "M");
	json_string(json, "name", what);
	json_number(json, "pid", 1);
	json_number(json, "tid", tid);
	json_open(json, "args", '{');
	json_string(json, "name", name);
	json_close(json, '}');
	json_close(json, '}');
	free(name);
}

static void begin_json(struct trace *trace, const struct jh_cell_report *cell)
{
	__u32 cpu;

	trace->json = (struct json){ .out = trace->out };
	json_open(&trace->json, NULL, '{');
	json_string(&trace->json, "displayTimeUnit", "ns");
	json_open(&trace->json, "traceEvents", '[');
	name_of_line(&trace->json, "process_name", 0, text_format("%.*s", JH_NAME_LEN, cell->name));
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		if (cell->cpu_mask >> cpu & 1)
			name_of_line(&trace->json, "thread_name", cpu, text_format("CPU %u", cpu));
}

static void end_json(struct trace *trace)
{
	json_close(&trace->json, ']');
	json_close(&trace->json, '}');
}

/* --- reading --- */

static int by_time(const void *a, const void *b)
{
	__u64 left = ((const struct jh_trace_entry *)a)->record.time;
	__u64 right = ((const struct jh_trace_entry *)b)->record.time;

	return left < right ? -1 : left > right;
}

static void write_all(struct trace *trace, struct jh_trace_entry *entry, size_t count)
{
	size_t i;

	/* The entries of one CPU are in order, those of several are not. */
	qsort(entry, count, sizeof(*entry), by_time);
	for (i = 0; i < count; i++) {
		if (trace->is_json)
			write_event(trace, &entry[i]);
		else
			write_line(trace, &entry[i]);
		trace->lost += entry[i].lost;
	}
	trace->exits += count;
}

/* Reads and writes all entries there are. Returns 0, or errno; ENOENT: the trace has ended. */
static int drain(struct trace *trace)
{
	struct jh_trace_entry entry[128];
	ssize_t got;

	for (;;) {
		got = read(trace->file, entry, sizeof(entry));
		if (got < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : errno;
		if (!got)
			return ENOENT;
		if ((size_t)got % sizeof(entry[0]))
			return EPROTO;
		write_all(trace, entry, (size_t)got / sizeof(entry[0]));
		if (ferror(trace->out))
			return 0;
	}
}

/* Traces until a signal comes, the time is over, or the cell is gone. */
static int follow(struct trace *trace, __u64 seconds)
{
	const struct timespec pause = { .tv_nsec = LOOK_NANOSECONDS };
	unsigned long long start = clock_ns();
	bool last;
	int ret;

	do {
		nanosleep(&pause, NULL);
		last = interrupt_came() ||
		       (seconds && (clock_ns() - start) / CLOCK_SECOND >= seconds);
		ret = drain(trace);
		fflush(trace->out);
	} while (!ret && !last && !ferror(trace->out));
	return ret;
}

/* --- beginning and end --- */

static int open_trace(struct trace *trace, const char *name, int fd, const struct cell_ref *cell,
		      const struct report *report)
{
	struct jh_ioctl_trace call = { .cell = cell->number, .generation = cell->generation };
	struct subject subject = { .cell = name, .report = report };

	if (device_call(fd, JH_IOC_TRACE, &call))
		return session_refused("trace", &subject, &call.error, errno);
	trace->file = call.file;
	trace->frequency = call.frequency ? call.frequency : 1;
	return EXIT_OK;
}

static void say_end(const struct trace *trace, const char *name, int ret)
{
	if (ret == ENOENT)
		fprintf(stderr, "jh: end of the trace: %s is gone\n", name);
	fprintf(stderr, "jh: %llu exit%s of %s", trace->exits, trace->exits == 1 ? "" : "s", name);
	if (trace->lost)
		fprintf(stderr, ", %llu more came too fast and are lost", trace->lost);
	fputc('\n', stderr);
}

static int record(struct trace *trace, const struct args *args, const struct jh_cell_report *cell,
		  __u64 seconds)
{
	const char *name = args_positional(args, 0);
	int ret;

	if (trace->is_json)
		begin_json(trace, cell);
	interrupt_watch();
	ret = follow(trace, seconds);
	if (trace->is_json)
		end_json(trace);
	say_end(trace, name, ret);
	if (ret && ret != ENOENT)
		return complain("trace of %s: %s", name, strerror(ret));
	return EXIT_OK;
}

static int trace_cell(struct trace *trace, const struct args *args, __u64 seconds)
{
	const char *name = args_positional(args, 0);
	struct report report;
	struct cell_ref cell;
	int fd, ret = session_find(name, &fd, &report, &cell);

	if (ret)
		return ret;
	ret = open_trace(trace, name, fd, &cell, &report);
	if (!ret) {
		ret = record(trace, args, &report.cell[cell.number], seconds);
		close(trace->file);
	}
	report_free(&report);
	device_close(fd);
	return ret;
}

static int open_symbols(struct trace *trace, const char *path)
{
	const char *why = symbol_open(&trace->symbols, path);

	trace->has_symbols = !why;
	return why ? complain("%s: %s", path, why) : EXIT_OK;
}

static int write_to(struct trace *trace, const char *path)
{
	trace->out = path ? fopen(path, "we") : stdout;
	return trace->out ? EXIT_OK : complain("%s: %s", path, strerror(errno));
}

/* Closes the output, and reports an error of any write. */
static int finish(struct trace *trace, const char *path, int ret)
{
	bool failed = ferror(trace->out);

	failed |= (path ? fclose(trace->out) : fflush(trace->out)) != 0;
	if (failed && !ret)
		return complain("%s: cannot be written", path ? path : "standard output");
	return ret;
}

int trace_run(const struct args *args)
{
	const char *text = args_value(args, "seconds"), *elf = args_value(args, "elf");
	const char *path = args_value(args, "output");
	struct trace trace = { .is_json = args_has(args, "json") };
	__u64 seconds = 0;
	int ret = EXIT_OK;

	if (text && (!text_number(text, &seconds) || !seconds || seconds > LONGEST))
		return misuse(args, "'%s' is no number of seconds from 1 to %u", text, LONGEST);
	if (elf)
		ret = open_symbols(&trace, elf);
	if (!ret)
		ret = write_to(&trace, path);
	if (!ret)
		ret = finish(&trace, path, trace_cell(&trace, args, seconds));
	symbol_end(&trace.symbols);
	return ret;
}
