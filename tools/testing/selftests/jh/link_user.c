// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link, as a program of Linux uses it:
 *
 *	link_user DEVICE echo BYTES	sends and gets them back from link-echo
 *	link_user DEVICE serve COUNT	sends back what it gets, to so many lives of the other side
 *	link_user DEVICE hold		waits until the link is over, and says what is left of it
 *	link_user DEVICE rights		what can be mapped, and how
 *
 * It says what went wrong and fails, or says what it saw.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/link.h>
#include <jh/stream.h>

#define WAIT_MS	20000

static int fd;
static struct jh_link_info info;
static volatile uint32_t *table;
static struct jh_stream *own;
static const struct jh_stream *other;
static uint32_t size, life, peer_life;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void *map(off_t offset, size_t length, int rights)
{
	void *memory = mmap(NULL, length, rights, MAP_SHARED, fd, offset);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* By sections: what root may only read cannot be mapped otherwise. */
static void open_link(const char *device)
{
	off_t outputs;
	char *first, *second;

	fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die(device);
	if (ioctl(fd, JH_LINK_IOC_INFO, &info))
		die("JH_LINK_IOC_INFO");
	table = map(JH_LINK_MAP_MEMORY, info.table, PROT_READ);
	outputs = JH_LINK_MAP_MEMORY + info.table + info.common;
	first = map(outputs, info.output, PROT_READ | (info.side ? 0 : PROT_WRITE));
	second = map(outputs + info.output, info.output, PROT_READ | (info.side ? PROT_WRITE : 0));
	own = (void *)(info.side ? second : first);
	other = (void *)(info.side ? first : second);
	size = jh_stream_size(info.output);
	life = 0x8000 | (time(NULL) ^ getpid() * 7) % 0x8000;
}

static void announce(void)
{
	uint32_t state = life << 16 | peer_life;

	jh_stream_begin(own);
	if (ioctl(fd, JH_LINK_IOC_STATE, &state))
		die("JH_LINK_IOC_STATE");
}

static int is_connected(void)
{
	uint32_t state = table[!info.side];

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (state >> 16 != peer_life) {
		peer_life = state >> 16;
		announce();
	}
	return state && (state & 0xffff) == life;
}

/* The bells that rang; 0: the other side is gone. */
static uint32_t await_bells(void)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint32_t bells;

	if (poll(&poll_fd, 1, WAIT_MS) <= 0) {
		fprintf(stderr, "no bell for 20 s: states %x %x, sent %u %u, taken %u %u\n",
			table[0], table[1], own->sent, other->sent, own->taken, other->taken);
		exit(1);
	}
	if (read(fd, &bells, sizeof(bells)) == sizeof(bells))
		return bells;
	if (errno != EPIPE)
		die("read");
	return 0;
}

static void ring(void)
{
	uint32_t bells = 1 << JH_STREAM_BELL;

	if (write(fd, &bells, sizeof(bells)) != sizeof(bells) && errno != EPIPE)
		die("write");
}

/* Until the peer knows of this side. While nobody is there, no bell rings: it looks again. */
static void connect_link(void)
{
	while (!is_connected())
		if (!await_bells())
			usleep(1000);
}

static uint8_t pattern(uint32_t n)
{
	return n * 13 + (n >> 8) + life;
}

/* Bytes that came back as they were sent, out of @total. */
static uint32_t exchange(uint32_t total)
{
	uint32_t sent = 0, back = 0, count;
	uint8_t bytes[512];
	int32_t got, i;

	while (back < total && is_connected()) {
		for (count = 0; count < sizeof(bytes) && sent + count < total; count++)
			bytes[count] = pattern(sent + count);
		count = jh_stream_send(own, other, size, bytes, count);
		sent += count;
		got = jh_stream_receive(own, other, size, bytes, sizeof(bytes));
		for (i = 0; i < got; i++, back++) {
			if (bytes[i] == pattern(back))
				continue;
			fprintf(stderr, "byte %u is %u, not %u\n", back, bytes[i], pattern(back));
			exit(1);
		}
		if (count || got > 0)
			ring();
		else if (!await_bells())
			break;
	}
	return back;
}

static int echo(uint32_t total)
{
	uint32_t back;

	announce();
	connect_link();
	back = exchange(total);
	printf("%u bytes came back\n", back);
	return back != total;
}

/* All that there is; what there is no room for is not taken. */
static void send_back(void)
{
	uint8_t bytes[64];
	int32_t got;

	for (;;) {
		uint32_t used = own->sent - other->taken;

		if (used > size || size - used < sizeof(bytes))
			return;
		got = jh_stream_receive(own, other, size, bytes, sizeof(bytes));
		if (got <= 0)
			return;
		jh_stream_send(own, other, size, bytes, got);
		ring();
	}
}

/* Each life of the other side has a number. */
static int serve(uint32_t count)
{
	uint32_t lives = 0, last = 0;

	announce();
	while (lives < count || is_connected()) {
		if (is_connected()) {
			lives += peer_life != last;
			last = peer_life;
			send_back();
		}
		if (!await_bells())
			usleep(1000);
	}
	printf("%u lives were seen\n", lives);
	return 0;
}

static sigjmp_buf back_from_fault;

static void fault(int signal)
{
	siglongjmp(back_from_fault, signal);
}

static int touch(volatile uint32_t *word)
{
	int signal = sigsetjmp(back_from_fault, 1);

	if (!signal)
		(void)*word;
	return signal;
}

static int hold(void)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint32_t bells = 2;

	signal(SIGBUS, fault);
	announce();
	connect_link();
	printf("connected\n");
	fflush(stdout);
	while (await_bells())
		;
	if (ioctl(fd, JH_LINK_IOC_INFO, &info))
		die("JH_LINK_IOC_INFO");
	printf("over: %s\n", info.reason);
	fflush(stdout);
	if (write(fd, &bells, sizeof(bells)) >= 0 || errno != EPIPE)
		die("write does not say EPIPE");
	poll_fd.revents = 0;
	if (poll(&poll_fd, 1, 0) != 1 || !(poll_fd.revents & POLLHUP))
		die("poll does not say POLLHUP");
	/* The file of a cell that is only dead keeps its memory; what is gone comes as SIGBUS. */
	while (!touch(table))
		usleep(10000);
	if (ioctl(fd, JH_LINK_IOC_INFO, &info))
		die("JH_LINK_IOC_INFO");
	printf("gone: %s\n", info.reason);
	fflush(stdout);
	if (!touch((volatile uint32_t *)own) || !touch((volatile uint32_t *)other))
		die("its memory is still there");
	return mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED;
}

static int may_map(off_t offset, size_t length, int rights, int flags)
{
	void *memory = mmap(NULL, length, rights, flags, fd, offset);

	if (memory == MAP_FAILED)
		return 0;
	munmap(memory, length);
	return 1;
}

static int rights(void)
{
	off_t memory = JH_LINK_MAP_MEMORY, common = memory + info.table;
	off_t outputs = common + info.common;
	off_t mine = outputs + info.side * info.output, theirs = outputs + !info.side * info.output;
	size_t all = info.table + info.common + 2 * info.output;
	int rw = PROT_READ | PROT_WRITE;
	void *page;

	printf("table %d common %d mine %d theirs %d all %d read-all %d ",
	       may_map(memory, 4096, rw, MAP_SHARED), may_map(common, info.common, rw, MAP_SHARED),
	       may_map(mine, info.output, rw, MAP_SHARED),
	       may_map(theirs, info.output, rw, MAP_SHARED), may_map(memory, all, rw, MAP_SHARED),
	       may_map(memory, all, PROT_READ, MAP_SHARED));
	page = map(theirs, info.output, PROT_READ);
	printf("later %d ", !mprotect(page, info.output, rw));
	printf("beyond %d private %d code %d registers %d\n",
	       may_map(memory, all + 4096, PROT_READ, MAP_SHARED),
	       may_map(common, 4096, rw, MAP_PRIVATE),
	       may_map(common, 4096, PROT_READ | PROT_EXEC, MAP_SHARED),
	       may_map(JH_LINK_MAP_REGISTERS, 4096, rw, MAP_SHARED));
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;

	if (argc < 3)
		return 2;
	open_link(argv[1]);
	if (!strcmp(argv[2], "echo"))
		return echo(count);
	if (!strcmp(argv[2], "serve"))
		return serve(count);
	if (!strcmp(argv[2], "hold"))
		return hold();
	return rights();
}
