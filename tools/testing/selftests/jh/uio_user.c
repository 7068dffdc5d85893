// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A link as a device of UIO, as libmetal uses one: all maps that sysfs names, each for reading and
 * writing, and a file that is written 1 to and read.
 *
 *	uio_user uioN echo BYTES	sends and gets them back from link-echo
 *	uio_user uioN hold		waits until the cell is destroyed
 *	uio_user uioN write		stores to what the other side alone may write
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
#include <sys/mman.h>
#include <unistd.h>

#include <jh/link.h>
#include <jh/stream.h>

#define MAPS	5
#define WAIT_MS	20000

static const char *device;
static int fd;
static volatile uint32_t *registers, *states;
static struct jh_stream *own, *other;
static uint32_t size, side, life = 0x8001, peer_life;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* A word that sysfs has of a map: false if there is no such map. */
static int attribute(int map, const char *name, char *text)
{
	char path[128];
	FILE *file;
	int got;

	snprintf(path, sizeof(path), "/sys/class/uio/%s/maps/map%d/%s", device, map, name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	got = fscanf(file, "%63s", text) == 1;
	fclose(file);
	return got;
}

static void open_maps(void)
{
	char name[64], bytes[64];
	void *memory;
	int i;

	for (i = 0; i < MAPS && attribute(i, "name", name) && attribute(i, "size", bytes); i++) {
		memory = mmap(NULL, strtoul(bytes, NULL, 0), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			      i * getpagesize());
		if (memory == MAP_FAILED)
			die(name);
		if (!strcmp(name, "registers"))
			registers = memory;
		else if (!strcmp(name, "states"))
			states = memory;
		else if (!strcmp(name, "output"))
			own = memory;
		else if (!strcmp(name, "input"))
			other = memory;
	}
	side = registers[JH_LINK_ID / 4];
	size = jh_stream_size(registers[JH_LINK_OUTPUT_SIZE / 4]);
}

static void announce(void)
{
	jh_stream_begin(own);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	registers[JH_LINK_STATE / 4] = life << 16 | peer_life;
}

static int is_connected(void)
{
	uint32_t state = states[!side];

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (state >> 16 != peer_life) {
		peer_life = state >> 16;
		announce();
	}
	return state && (state & 0xffff) == life;
}

/* Another interrupt; false once the device is gone. */
static int await(void)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint32_t one = 1, count;

	if (write(fd, &one, sizeof(one)) != sizeof(one) && errno == EIO)
		return 0;
	if (poll(&poll_fd, 1, WAIT_MS) <= 0) {
		fprintf(stderr, "no interrupt for 20 s: states %x %x\n", states[0], states[1]);
		exit(1);
	}
	return read(fd, &count, sizeof(count)) == sizeof(count);
}

static void ring(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	registers[JH_LINK_DOORBELL / 4] = !side << 16 | JH_STREAM_BELL;
}

static int echo(uint32_t total)
{
	uint32_t sent = 0, back = 0, count;
	uint8_t bytes[256];
	int32_t got, i;

	while (back < total) {
		for (count = 0; count < sizeof(bytes) && sent + count < total; count++)
			bytes[count] = (sent + count) * 13;
		count = jh_stream_send(own, other, size, bytes, count);
		sent += count;
		got = jh_stream_receive(own, other, size, bytes, sizeof(bytes));
		for (i = 0; i < got; i++, back++)
			if (bytes[i] != (uint8_t)(back * 13))
				return 1;
		if (count || got > 0)
			ring();
		else if (!await())
			return 1;
	}
	printf("%u bytes came back\n", back);
	return 0;
}

static sigjmp_buf back_from_fault;

static void fault(int number)
{
	siglongjmp(back_from_fault, number);
}

/* The signal that an access ends in; 0: it is done. */
static int touch(volatile uint32_t *word, int write)
{
	int number = sigsetjmp(back_from_fault, 1);

	if (!number && write)
		*word = 1;
	else if (!number)
		(void)*word;
	return number;
}

static int hold(void)
{
	printf("connected\n");
	fflush(stdout);
	while (await())
		;
	printf("gone: %s, state %d, memory %d\n", strerror(errno), touch(states, 0) == SIGBUS,
	       touch((volatile uint32_t *)other, 0) == SIGBUS);
	return 0;
}

int main(int argc, char **argv)
{
	char path[64];

	if (argc < 3)
		return 2;
	device = argv[1];
	snprintf(path, sizeof(path), "/dev/%s", device);
	fd = open(path, O_RDWR);
	if (fd < 0)
		die(path);
	open_maps();
	signal(SIGBUS, fault);
	signal(SIGSEGV, fault);
	if (!strcmp(argv[2], "write")) {
		printf("states %d input %d output %d\n", touch(states, 1),
		       touch((volatile uint32_t *)other, 1), touch((volatile uint32_t *)own, 1));
		return 0;
	}
	announce();
	while (!is_connected())
		await();
	return !strcmp(argv[2], "hold") ? hold() : echo(strtoul(argv[3], NULL, 0));
}
