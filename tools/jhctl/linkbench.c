// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl bench link: round-trip time and throughput of a link. The cell runs link-echo of
 * inmates/demos, or another program that echoes bytes by jh/stream.h.
 */
#include "linkbench.h"

#include <stdlib.h>
#include <string.h>

#include <jh/report.h>

#include "args.h"
#include "device.h"
#include "histogram.h"
#include "interrupt.h"
#include "json.h"
#include "session.h"
#include "side.h"
#include "text.h"

#define MAX_COUNT	1000000
#define MAX_SECONDS	3600
#define MAX_BYTES	4096
#define SIZES		((int)ARRAY_SIZE(sizes))

const struct opt linkbench_opts[] = {
	{ "count", 'c', "N", "round trips (default 10000)" },
	{ "bytes", 'b', "N", "bytes of each of them (default 8)" },
	{ "seconds", 0, "N", "for how long each size's throughput is measured (default 1)" },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

static const __u32 sizes[] = { 16, 64, 256, 1024, 4096 };

/** struct flow - messages of @bytes that went there and back within @ns nanoseconds */
struct flow {
	__u32 bytes;
	unsigned long long messages, ns;
};

/** struct linkbench - a measurement, and its results; times in nanoseconds */
struct linkbench {
	struct side side;
	char *name;			/* CELL/LINK */
	__u64 count, bytes, seconds;
	unsigned long long *trip;	/* @count of them, sorted in the end */
	unsigned long long avg;
	struct flow flow[ARRAY_SIZE(sizes)];
	__u32 sent, back;		/* bytes since the beginning; they wrap */
};

static int parse_number(const struct args *args, const char *option, __u64 most, __u64 *value)
{
	const char *text = args_value(args, option);

	if (!text || (text_number(text, value) && *value && *value <= most))
		return EXIT_OK;
	return misuse(args, "--%s '%s' is no number from 1 to %llu", option, text, most);
}

static int parse(const struct args *args, struct linkbench *bench)
{
	int ret;

	*bench = (struct linkbench){
		.count = 10000, .bytes = 8, .seconds = 1, .side = { .fd = -1 },
	};
	ret = parse_number(args, "count", MAX_COUNT, &bench->count);
	if (!ret)
		ret = parse_number(args, "bytes", MAX_BYTES, &bench->bytes);
	if (!ret)
		ret = parse_number(args, "seconds", MAX_SECONDS, &bench->seconds);
	return ret;
}

/* Bytes close to each other differ, so that lost and repeated ones are noticed. */
static __u8 pattern(__u32 n)
{
	return (__u8)(n * 13 + (n >> 8));
}

/* Sends as many of @count bytes as there is room for. */
static __u32 send(struct linkbench *bench, __u32 count)
{
	__u8 bytes[MAX_BYTES];
	__u32 i, sent;

	for (i = 0; i < count; i++)
		bytes[i] = pattern(bench->sent + i);
	sent = side_send(&bench->side, bytes, count);
	bench->sent += sent;
	return sent;
}

static int receive(struct linkbench *bench, __u32 *count)
{
	__u8 bytes[MAX_BYTES];
	__u32 i;
	int ret;

	*count = sizeof(bytes);
	ret = side_receive(&bench->side, bytes, count);
	if (ret)
		return ret;
	if (*count > bench->sent - bench->back)
		return complain("more came back than was sent: it is no echo");
	for (i = 0; i < *count; i++, bench->back++)
		if (bytes[i] != pattern(bench->back))
			return complain("byte %u came back as 0x%02x, not 0x%02x: it is no echo",
					bench->back, bytes[i], pattern(bench->back));
	return EXIT_OK;
}

/* --- round trips --- */

static int round_trip(struct linkbench *bench)
{
	__u32 count = 0;
	int ret;

	send(bench, (__u32)bench->bytes);
	ret = side_ring(&bench->side);
	while (!ret) {
		ret = receive(bench, &count);
		if (ret || bench->back == bench->sent)
			break;
		ret = side_wait(&bench->side);
	}
	return ret;
}

static int compare(const void *a, const void *b)
{
	unsigned long long left = *(const unsigned long long *)a;
	unsigned long long right = *(const unsigned long long *)b;

	return left < right ? -1 : left > right;
}

static int measure_trips(struct linkbench *bench)
{
	unsigned long long start, sum = 0;
	int ret = EXIT_OK;
	__u64 i;

	for (i = 0; i < bench->count && !ret; i++) {
		if (interrupt_came())
			return EXIT_REFUSED;
		start = device_now();
		ret = round_trip(bench);
		bench->trip[i] = device_now() - start;
		sum += bench->trip[i];
	}
	bench->avg = sum / bench->count;
	qsort(bench->trip, (size_t)bench->count, sizeof(*bench->trip), compare);
	return ret;
}

/* --- throughput --- */

/* Sends another part of a message if there is room; *@left: bytes that were not sent yet. */
static bool feed(struct linkbench *bench, __u32 bytes, __u32 *left)
{
	__u32 sent = send(bench, *left);

	*left -= sent;
	if (!*left)
		*left = bytes;
	return sent != 0;
}

/* Sends messages without waiting for the echo of those before. */
static int measure_flow(struct linkbench *bench, struct flow *flow)
{
	unsigned long long start = device_now(), span = bench->seconds * 1000000000ULL;
	__u32 left = flow->bytes, count;
	unsigned long long back = 0;
	bool sent;
	int ret = EXIT_OK;

	while (!ret && (flow->ns = device_now() - start) < span) {
		if (interrupt_came())
			return EXIT_REFUSED;
		sent = feed(bench, flow->bytes, &left);
		ret = receive(bench, &count);
		back += count;
		if (!ret)
			ret = sent || count ? side_ring(&bench->side) : side_wait(&bench->side);
	}
	flow->messages = back / flow->bytes;
	/* Collects the rest: the next size must begin with an empty link. */
	while (!ret && bench->back != bench->sent) {
		ret = receive(bench, &count);
		if (!ret)
			ret = count ? side_ring(&bench->side) : side_wait(&bench->side);
	}
	return ret;
}

static int measure_flows(struct linkbench *bench)
{
	int i, ret = EXIT_OK;

	for (i = 0; i < SIZES && !ret; i++) {
		bench->flow[i].bytes = sizes[i];
		ret = measure_flow(bench, &bench->flow[i]);
	}
	return ret;
}

/* --- what is printed --- */

/* The least time that @share of 1000 round trips did not exceed. */
static unsigned long long per_mille(const struct linkbench *bench, unsigned int share)
{
	__u64 rank = (bench->count * share + 999) / 1000;

	return bench->trip[rank ? rank - 1 : 0];
}

static unsigned long long per_second(const struct flow *flow, unsigned long long what)
{
	return flow->ns ? (unsigned long long)((double)what * 1e9 / (double)flow->ns) : 0;
}

/* Rows of the histogram: calls @row with the start of each and how many are in it. */
static void each_row(const struct linkbench *bench, struct json *json,
		     void (*row)(struct json *json, unsigned long long from,
				 unsigned long long count))
{
	unsigned long long width = 100, last = per_mille(bench, 999), at, from, count = 0;
	__u64 i;

	/* Rare late trips share the last row, so that rows stay narrow for all others. */
	while ((last - bench->trip[0]) / width >= HISTOGRAM_ROWS)
		width *= 2;
	from = bench->trip[0] / width;
	for (i = 0; i < bench->count; i++) {
		at = (bench->trip[i] < last ? bench->trip[i] : last) / width;
		if (at != from) {
			row(json, from * width, count);
			count = 0;
		}
		from = at;
		count++;
	}
	row(json, from * width, count);
}

static void row_text(struct json *json, unsigned long long from, unsigned long long count)
{
	(void)json;
	histogram_row(from, count);
}

static void row_json(struct json *json, unsigned long long from, unsigned long long count)
{
	json_open(json, NULL, '{');
	json_number(json, "from_ns", from);
	json_number(json, "count", count);
	json_close(json, '}');
}

static const struct {
	const char *name;
	unsigned int share;
} ranks[] = { { "min", 0 }, { "p50", 500 }, { "p99", 990 }, { "p99.9", 999 }, { "max", 1000 } };

static void print_text(const struct linkbench *bench)
{
	size_t i;

	printf("%s: %llu round trips of %llu bytes\n\n               ns\n", bench->name,
	       bench->count, bench->bytes);
	for (i = 0; i < ARRAY_SIZE(ranks); i++) {
		printf("%-6s %10llu\n", ranks[i].name, per_mille(bench, ranks[i].share));
		if (!i)
			printf("avg    %10llu\n", bench->avg);
	}
	histogram_head("ns");
	each_row(bench, NULL, row_text);
	printf("\nThere and back, for %llu s each:\n\n     bytes messages/s       kB/s\n",
	       bench->seconds);
	for (i = 0; i < (size_t)SIZES; i++) {
		const struct flow *flow = &bench->flow[i];

		printf("%10u %10llu %10llu\n", flow->bytes, per_second(flow, flow->messages),
		       per_second(flow, flow->messages * flow->bytes) / 1000);
	}
}

static void print_json(const struct linkbench *bench)
{
	struct json json = { .out = stdout };
	size_t i;

	json_open(&json, NULL, '{');
	json_string(&json, "link", bench->name);
	json_number(&json, "round_trips", bench->count);
	json_number(&json, "bytes", bench->bytes);
	json_open(&json, "ns", '{');
	for (i = 0; i < ARRAY_SIZE(ranks); i++) {
		json_number(&json, ranks[i].name, per_mille(bench, ranks[i].share));
		if (!i)
			json_number(&json, "avg", bench->avg);
	}
	json_close(&json, '}');
	json_open(&json, "histogram", '[');
	each_row(bench, &json, row_json);
	json_close(&json, ']');
	json_open(&json, "throughput", '[');
	for (i = 0; i < (size_t)SIZES; i++) {
		const struct flow *flow = &bench->flow[i];

		json_open(&json, NULL, '{');
		json_number(&json, "bytes", flow->bytes);
		json_number(&json, "messages", flow->messages);
		json_number(&json, "ns", flow->ns);
		json_number(&json, "bytes_per_second",
			    per_second(flow, flow->messages * flow->bytes));
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

/* --- the verb --- */

/* Parses CELL/LINK. The cell may be given as a number; paths need its name. */
static int find_cell(const struct args *args, char **cell, char **link)
{
	const char *given = args_positional(args, 0), *slash = strchr(given, '/');
	struct cell_ref ref;
	struct report report;
	char *who;
	int fd, ret;

	if (!slash || slash == given || !slash[1] || strchr(slash + 1, '/'))
		return misuse(args, "'%s' is not of the form CELL/LINK", given);
	who = text_format("%.*s", (int)(slash - given), given);
	ret = session_find(who, &fd, &report, &ref);
	free(who);
	if (ret)
		return ret;
	*cell = text_format("%.*s", JH_NAME_LEN, report.cell[ref.number].name);
	*link = text_format("%s", slash + 1);
	report_free(&report);
	device_close(fd);
	return EXIT_OK;
}

static int measure(struct linkbench *bench, const char *cell, const char *link)
{
	int ret = side_open(&bench->side, cell, link);

	if (!ret && bench->bytes > bench->side.size)
		ret = complain("%llu bytes do not fit: the link's stream holds %u", bench->bytes,
			       bench->side.size);
	if (!ret)
		ret = side_connect(&bench->side);
	if (!ret)
		ret = measure_trips(bench);
	if (!ret)
		ret = measure_flows(bench);
	side_close(&bench->side);
	return ret;
}

int linkbench_run(const struct args *args)
{
	char *cell = NULL, *link = NULL;
	struct linkbench bench;
	int ret;

	ret = parse(args, &bench);
	if (!ret)
		ret = find_cell(args, &cell, &link);
	if (ret)
		return ret;
	bench.name = text_format("%s/%s", cell, link);
	bench.trip = calloc((size_t)bench.count, sizeof(*bench.trip));
	interrupt_watch();
	ret = bench.trip ? measure(&bench, cell, link) : complain("out of memory");
	if (!ret && args_has(args, "json"))
		print_json(&bench);
	else if (!ret)
		print_text(&bench);
	free(bench.trip);
	free(bench.name);
	free(cell);
	free(link);
	interrupt_end();
	return ret;
}
