// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Instructions of the whole machine for operations of virtio devices:
 *
 *	virtiobench read|write|reads|writes DEVICE SIZE COUNT
 *	virtiobench ping|pings ADDRESS SIZE COUNT
 *	virtiobench nothing - 0 COUNT
 *	virtiobench marks
 *
 * read and write access SIZE bytes past the cache, at consecutive places of a block device; ping
 * waits for the echo of a packet with SIZE bytes of data. reads, writes and pings do that with 16
 * requests or packets under way, which are one operation.
 *
 * Under QEMU's -icount, event 0x08 (INST_RETIRED) of one CPU's PMU counts what all CPUs execute at
 * all exception levels, and not the time that the clock skips while all of them wait. For each
 * operation it is read before and after; what the reading takes is measured as well and subtracted.
 * A second counter has the part that is executed while this CPU is at EL2, and the counter of time
 * (one tick an instruction) tells what was skipped. It prints
 *
 *	bench: id=KIND_SIZE n=N min=A median=B p99=C max=D	instructions, of each operation
 *	sums: id=KIND_SIZE n=N all=A el2=B skipped=C		of all of them together
 *
 * "marks" repeats each line of its input, and says after a line that begins with "mark" what the
 * CPUs of this kernel have executed at EL2 so far.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/aio_abi.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers.h"
#include "samples.h"

#define WARM_UP		64
#define INST_RETIRED	0x08
#define DEPTH		16
#define BLOCKS		1024		/* the disk has so many blocks of the largest size */
#define SIZE_MAX_DATA	65536
#define TIMEOUT_MS	5000
#define SETTLE_US	200000		/* until who hears a mark has dealt with it */
#define CPUS_MAX	64

/* Of @count operations together: instructions, those at EL2, and ticks without an instruction */
struct sums {
	uint64_t all, el2;
	int64_t skipped;
};

static struct samples samples;
static int all_events, el2_events;
static int device;
static aio_context_t context;
static size_t size;
static char *buffer;
static struct sockaddr_in peer = { .sin_family = AF_INET };

static void die(const char *what)
{
	printf("virtiobench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A counter of what is executed while @cpu is at EL2, or of everything. */
static int open_counter(int cpu, int only_el2)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_RAW,
		.size = sizeof(attr),
		.config = INST_RETIRED,
		.exclude_user = only_el2,
		.exclude_kernel = only_el2,
		.pinned = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		die("perf_event_open");
	return fd;
}

static uint64_t counted(int fd)
{
	uint64_t value;

	if (read(fd, &value, sizeof(value)) != sizeof(value))
		die("reading a counter");
	return value;
}

static int op_nothing(unsigned int number)
{
	return 0;
}

static off_t place(unsigned int number)
{
	return (off_t)(number % BLOCKS) * size;
}

static int op_read(unsigned int number)
{
	return pread(device, buffer, size, place(number)) == (ssize_t)size ? 0 : -1;
}

/* DEPTH requests at once, each beside its neighbour's neighbour: Linux would join neighbours. */
static int many(unsigned int number, int opcode)
{
	struct iocb requests[DEPTH] = {}, *all[DEPTH];
	struct io_event events[DEPTH];
	unsigned int i;

	for (i = 0; i < DEPTH; i++) {
		requests[i].aio_lio_opcode = opcode;
		requests[i].aio_fildes = device;
		requests[i].aio_buf = (uintptr_t)buffer + i * size;
		requests[i].aio_nbytes = size;
		requests[i].aio_offset = place(2 * (number * DEPTH + i));
		all[i] = &requests[i];
	}
	if (syscall(SYS_io_submit, context, DEPTH, all) != DEPTH ||
	    syscall(SYS_io_getevents, context, DEPTH, DEPTH, events, NULL) != DEPTH)
		return -1;
	for (i = 0; i < DEPTH; i++)
		if (events[i].res != (int64_t)size)
			return -1;
	return 0;
}

static int op_reads(unsigned int number)
{
	return many(number, IOCB_CMD_PREAD);
}

static int op_writes(unsigned int number)
{
	return many(number, IOCB_CMD_PWRITE);
}

static int op_write(unsigned int number)
{
	return pwrite(device, buffer, size, place(number)) == (ssize_t)size ? 0 : -1;
}

static int send_echo(unsigned int number)
{
	helpers_echo((struct icmphdr *)buffer, size, number);
	return sendto(device, buffer, sizeof(struct icmphdr) + size, 0, (struct sockaddr *)&peer,
		      sizeof(peer)) < 0 ? -1 : 0;
}

static int receive_echo(void)
{
	struct pollfd wait = { .fd = device, .events = POLLIN };
	char answer[2048];

	if (poll(&wait, 1, TIMEOUT_MS) != 1) {
		errno = ETIMEDOUT;
		return -1;
	}
	return recv(device, answer, sizeof(answer), 0) < 0 ? -1 : 0;
}

static int op_ping(unsigned int number)
{
	return send_echo(number) ? -1 : receive_echo();
}

static int op_pings(unsigned int number)
{
	unsigned int i;

	for (i = 0; i < DEPTH; i++)
		if (send_echo(number * DEPTH + i))
			return -1;
	for (i = 0; i < DEPTH; i++)
		if (receive_echo())
			return -1;
	return 0;
}

/*
 * Carry out @count operations: their samples are in @samples then. Each is without @empty, which
 * the reading of the counter takes.
 */
static struct sums measure(int (*operation)(unsigned int), unsigned int count, uint64_t empty)
{
	uint64_t start, taken, first, ticks;
	struct sums sums = { .el2 = -counted(el2_events) };
	unsigned int i;

	ticks = samples_now();
	first = counted(all_events);
	for (i = 0; i < count; i++) {
		start = counted(all_events);
		if (operation(WARM_UP + i) < 0)
			die("operation");
		taken = counted(all_events) - start - empty;
		sums.all += taken;
		samples_add(&samples, taken);
	}
	first = counted(all_events) - first;
	sums.skipped = samples_now() - ticks - first - empty;
	sums.el2 += counted(el2_events);
	return sums;
}

static void say_marks(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), counters[CPUS_MAX], i;
	uint64_t sum;
	char line[512];

	for (i = 0; i < cpus && i < CPUS_MAX; i++)
		counters[i] = open_counter(i, 1);
	while (fgets(line, sizeof(line), stdin)) {
		fputs(line, stdout);
		if (!strncmp(line, "mark", 4)) {
			for (sum = 0, i = 0; i < cpus && i < CPUS_MAX; i++)
				sum += counted(counters[i]);
			printf("root: el2=%" PRIu64 "\n", sum);
		}
		fflush(stdout);
	}
}

static void open_device(const char *kind, const char *name)
{
	if (!strcmp(kind, "nothing"))
		return;
	if (strncmp(kind, "ping", 4)) {
		if (syscall(SYS_io_setup, DEPTH, &context))
			die("io_setup");
		device = open(name, O_RDWR | O_DIRECT | O_CLOEXEC);
	} else {
		device = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
		if (inet_pton(AF_INET, name, &peer.sin_addr) != 1)
			device = -1;
	}
	if (device < 0)
		die(name);
}

static const struct kind {
	const char *name;
	int (*operation)(unsigned int number);
} kinds[] = {
	{ "nothing", op_nothing }, { "read", op_read }, { "write", op_write },
	{ "reads", op_reads }, { "writes", op_writes }, { "ping", op_ping }, { "pings", op_pings },
};

static void run(const struct kind *kind, unsigned int count)
{
	struct sums sums;
	uint64_t empty;
	unsigned int i;
	char id[64];

	snprintf(id, sizeof(id), "%s_%zu", kind->name, size);
	all_events = open_counter(0, 0);
	el2_events = open_counter(0, 1);
	measure(op_nothing, count, 0);
	empty = samples_median(&samples);
	for (i = 0; i < WARM_UP; i++)
		if (kind->operation(i) < 0)
			die(kind->name);
	printf("mark %s\n", id);
	fflush(stdout);
	usleep(SETTLE_US);
	sums = measure(kind->operation, count, empty);
	samples_print(&samples, id);
	printf("sums: id=%s n=%u all=%" PRIu64 " el2=%" PRIu64 " skipped=%" PRId64 "\n", id, count,
	       sums.all, sums.el2, sums.skipped);
	printf("mark %s\n", id);
	fflush(stdout);
	usleep(SETTLE_US);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "marks")) {
		say_marks();
		return 0;
	}
	for (i = 0; argc == 5 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		size = strtoul(argv[3], NULL, 0);
		if (size > SIZE_MAX_DATA ||
		    posix_memalign((void **)&buffer, 4096, DEPTH * SIZE_MAX_DATA))
			die("memory");
		memset(buffer, 0x5a, DEPTH * SIZE_MAX_DATA);
		helpers_pin(0);
		open_device(argv[1], argv[2]);
		run(&kinds[i], strtoul(argv[4], NULL, 0));
		return 0;
	}
	fprintf(stderr, "usage: virtiobench KIND DEVICE|ADDRESS SIZE COUNT | marks\n");
	return 2;
}
