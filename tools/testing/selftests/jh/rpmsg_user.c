// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A program of Linux that exchanges messages with a cell by /dev/rpmsgN:
 *
 *	rpmsg_user DEVICE echo COUNT	sends messages of all lengths and gets them back
 *	rpmsg_user DEVICE say WORD	sends one, and waits for nothing
 *	rpmsg_user DEVICE hold		waits until the other side is gone
 *
 * It says what went wrong and fails, or says what it saw.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST	496
#define WAIT_MS	20000

static int fd;

static void fail(const char *what, long number)
{
	printf("%s: %ld (%s)\n", what, number, strerror(errno));
	exit(1);
}

static void await_message(void)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	if (poll(&poller, 1, WAIT_MS) != 1)
		fail("no message", 0);
}

static void echo(uint32_t count)
{
	unsigned char out[MOST], in[MOST + 1];
	uint32_t i, k, length;
	ssize_t got;

	for (i = 0; i < count; i++) {
		length = 8 + i * 7 % (MOST - 7);
		memcpy(out, "echo", 4);
		for (k = 4; k < length; k++)
			out[k] = i * 3 + k;
		got = write(fd, out, length);
		if (got != (ssize_t)length)
			fail("not sent", got);
		await_message();
		got = read(fd, in, sizeof(in));
		if (got != (ssize_t)length || memcmp(in, out, length))
			fail("another message came back", got);
	}
	printf("%u messages\n", count);
}

/* What is left of the other side's messages is read before. */
static void hold(void)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char bytes[MOST];

	printf("held\n");
	fflush(stdout);
	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	printf("over: %s\n", strerror(errno));
	if (write(fd, "echo", 4) >= 0)
		fail("it can be written", 0);
	poll(&poller, 1, 0);
	printf("gone\n");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		fail(argv[1], fd);
	if (!strcmp(argv[2], "echo") && argc == 4)
		echo(strtoul(argv[3], NULL, 0));
	else if (!strcmp(argv[2], "say") && argc == 4)
		return write(fd, argv[3], strlen(argv[3])) != (ssize_t)strlen(argv[3]);
	else if (!strcmp(argv[2], "hold"))
		hold();
	else
		return 2;
	return 0;
}
