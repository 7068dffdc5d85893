// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Processes know of each other by the ends of pipes alone, which needs no calls that the sandbox
 * would have to let through, and holds however a process ends.
 */
#include "apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "jhvirtiod.h"
#include "window.h"

static unsigned int others;	/* processes beside this one, in the first one */
static int leash = -1;		/* held by the first process, read by the others */
/* Of the others, as the first one reads them; [0]: this one's own */
static int ends[WINDOWS];
static bool first = true;

static int fail(void)
{
	return complain("cannot start a process for each device: %s", strerror(errno));
}

/* Another process: nothing of what the first one has for the others may stay open. */
static void become_other(const int pair[2], int mine, unsigned int before)
{
	first = false;
	close(leash);
	leash = pair[0];
	while (before)
		close(ends[before--]);
	ends[0] = mine;
}

static int start(unsigned int n, const int pair[2], unsigned int *mine)
{
	int own[2];

	if (pipe2(own, O_CLOEXEC))
		return fail();
	switch (fork()) {
	case -1:
		return fail();
	case 0:
		close(own[0]);
		become_other(pair, own[1], n - 1);
		*mine = n;
		return EXIT_OK;
	}
	close(own[1]);
	ends[n] = own[0];
	others = n;
	return EXIT_OK;
}

int apart_begin(unsigned int count, unsigned int *mine)
{
	unsigned int n;
	int pair[2], ret = EXIT_OK;

	*mine = 0;
	if (count == 1)
		return EXIT_OK;
	if (pipe2(pair, O_CLOEXEC))
		return fail();
	leash = pair[1];
	/* Nobody waits for them but by their pipes. */
	signal(SIGCHLD, SIG_IGN);
	for (n = 1; !ret && first && n < count; n++)
		ret = start(n, pair, mine);
	if (first)
		close(pair[0]);
	return ret;
}

bool apart_ready(void)
{
	unsigned int n;
	char byte = 0;

	if (!first)
		return write(ends[0], &byte, 1) == 1;
	for (n = 1; n <= others; n++)
		if (read(ends[n], &byte, 1) != 1)
			return false;
	return true;
}

int apart_watched(unsigned int n)
{
	if (!first)
		return n ? -1 : leash;
	return n < others ? ends[n + 1] : -1;
}

unsigned int apart_end(void)
{
	unsigned int n, died = 0;
	char byte = 0;

	/* Nobody reads it if the first process was killed. */
	if (!first)
		_exit(write(ends[0], &byte, 1) == 1 ? EXIT_OK : EXIT_REFUSED);
	if (leash >= 0)
		close(leash);
	for (n = 1; n <= others; n++)
		if (read(ends[n], &byte, 1) != 1 && !died)
			died = n;
	/* A byte says that the process ends, the end of the pipe that it has ended. */
	for (n = 1; n <= others; n++)
		while (read(ends[n], &byte, 1) > 0)
			;
	return died;
}
