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
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jh/linkfile.h>

#define WAIT_MS	20000

static struct jh_linkfile file;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* The bells that rang; 0: the other side is gone. */
static uint32_t await_bells(void)
{
	int bells = jh_linkfile_wait(&file, WAIT_MS);

	if (!bells) {
		fprintf(stderr, "no bell for 20 s: states %x %x, sent %u %u, taken %u %u\n",
			file.table[0], file.table[1], file.own->sent, file.other->sent,
			file.own->taken, file.other->taken);
		exit(1);
	}
	if (bells > 0)
		return bells;
	if (errno != EPIPE)
		die("read");
	return 0;
}

/* Until the peer knows of this side. While nobody is there, no bell rings: it looks again. */
static void connect_link(void)
{
	while (!jh_linkfile_is_connected(&file))
		if (!await_bells())
			usleep(1000);
}

static uint8_t pattern(uint32_t n)
{
	return n * 13 + (n >> 8) + file.life;
}

/* Bytes that came back as they were sent, out of @total. */
static uint32_t exchange(uint32_t total)
{
	uint32_t sent = 0, back = 0, count;
	uint8_t bytes[512];
	int32_t got, i;

	while (back < total && jh_linkfile_is_connected(&file)) {
		for (count = 0; count < sizeof(bytes) && sent + count < total; count++)
			bytes[count] = pattern(sent + count);
		count = jh_linkfile_send(&file, bytes, count);
		sent += count;
		got = jh_linkfile_receive(&file, bytes, sizeof(bytes));
		for (i = 0; i < got; i++, back++) {
			if (bytes[i] == pattern(back))
				continue;
			fprintf(stderr, "byte %u is %u, not %u\n", back, bytes[i], pattern(back));
			exit(1);
		}
		if (!count && got <= 0 && !await_bells())
			break;
	}
	return back;
}

static int echo(uint32_t total)
{
	uint32_t back;

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
		uint32_t used = file.own->sent - file.other->taken;

		if (used > file.size || file.size - used < sizeof(bytes))
			return;
		got = jh_linkfile_receive(&file, bytes, sizeof(bytes));
		if (got <= 0)
			return;
		jh_linkfile_send(&file, bytes, got);
	}
}

/* Each life of the other side has a number. */
static int serve(uint32_t count)
{
	uint32_t lives = 0, last = 0;

	while (lives < count || jh_linkfile_is_connected(&file)) {
		if (jh_linkfile_is_connected(&file)) {
			lives += file.peer_life != last;
			last = file.peer_life;
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

static int touch(const volatile uint32_t *word)
{
	int signal = sigsetjmp(back_from_fault, 1);

	if (!signal)
		(void)*word;
	return signal;
}

static int hold(void)
{
	struct pollfd poll_fd = { .fd = file.fd, .events = POLLIN };

	signal(SIGBUS, fault);
	connect_link();
	printf("connected\n");
	fflush(stdout);
	while (await_bells())
		;
	printf("over: %s\n", jh_linkfile_reason(&file));
	fflush(stdout);
	if (!jh_linkfile_ring(&file, 2) || errno != EPIPE)
		die("write does not say EPIPE");
	poll_fd.revents = 0;
	if (poll(&poll_fd, 1, 0) != 1 || !(poll_fd.revents & POLLHUP))
		die("poll does not say POLLHUP");
	/* The file of a cell that is only dead keeps its memory; what is gone comes as SIGBUS. */
	while (!touch(file.table))
		usleep(10000);
	printf("gone: %s\n", jh_linkfile_reason(&file));
	fflush(stdout);
	if (!touch((volatile uint32_t *)file.own) || !touch((volatile uint32_t *)file.other))
		die("its memory is still there");
	return mmap(NULL, 4096, PROT_READ, MAP_SHARED, file.fd, 0) != MAP_FAILED;
}

static int may_map(off_t offset, size_t length, int rights, int flags)
{
	void *memory = mmap(NULL, length, rights, flags, file.fd, offset);

	if (memory == MAP_FAILED)
		return 0;
	munmap(memory, length);
	return 1;
}

static int rights(void)
{
	const struct jh_link_info *info = &file.info;
	off_t memory = JH_LINK_MAP_MEMORY, common = memory + info->table;
	off_t outputs = common + info->common;
	off_t mine = outputs + info->side * info->output;
	off_t theirs = outputs + !info->side * info->output;
	size_t all = info->table + info->common + 2 * info->output;
	int rw = PROT_READ | PROT_WRITE;
	void *page;

	printf("table %d common %d mine %d theirs %d all %d read-all %d ",
	       may_map(memory, 4096, rw, MAP_SHARED), may_map(common, info->common, rw, MAP_SHARED),
	       may_map(mine, info->output, rw, MAP_SHARED),
	       may_map(theirs, info->output, rw, MAP_SHARED), may_map(memory, all, rw, MAP_SHARED),
	       may_map(memory, all, PROT_READ, MAP_SHARED));
	page = mmap(NULL, info->output, PROT_READ, MAP_SHARED, file.fd, theirs);
	printf("later %d ", !mprotect(page, info->output, rw));
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
	if (jh_linkfile_open(&file, argv[1]))
		die(argv[1]);
	if (!strcmp(argv[2], "echo"))
		return echo(count);
	if (!strcmp(argv[2], "serve"))
		return serve(count);
	if (!strcmp(argv[2], "hold"))
		return hold();
	return rights();
}
