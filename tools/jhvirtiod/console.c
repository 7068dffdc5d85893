// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Console device (Virtual I/O Device 1.2, 5.3), with one port. A guest does not wait for somebody
 * who reads: what nobody has taken for a while is dropped, until somebody does.
 */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include <jh/config.h>

#include "iov.h"
#include "jhvirtiod.h"

#define RECEIVE		0
#define TRANSMIT	1
#define PATIENCE	200	/* milliseconds */

/**
 * struct console - what a console is of
 * @spare:	keeps a pseudo terminal up while nobody else has it open; -1: there is none
 * @sent:	bytes of the request that was begun
 * @deaf:	nobody reads
 * @flags, @terminal:	of this program's own terminal, as they were
 */
struct console {
	int spare;
	size_t sent;
	bool deaf;
	int flags[2];
	bool has_terminal;
	struct termios terminal;
};

static enum outcome receive(struct device *device, struct chain *chain, uint32_t *written)
{
	ssize_t got;

	if (!chain->writes || chain->reads)
		return OUTCOME_BROKEN;
	got = readv(device->input, chain->iov, (int)chain->writes);
	if (got <= 0)
		return OUTCOME_LATER;
	*written = (uint32_t)got;
	return OUTCOME_DONE;
}

static enum outcome transmit(struct device *device, struct chain *chain)
{
	struct console *console = device->context;
	struct iovec *iov = chain->iov;
	unsigned int count;
	ssize_t done;

	if (!chain->reads || chain->writes)
		return OUTCOME_BROKEN;
	/* All of them, if the guest has made the request shorter than what went already. */
	count = iov_cut(&iov, chain->reads, console->sent, SIZE_MAX);
	while (count) {
		done = writev(device->output, iov, (int)count);
		if (done <= 0 && console->deaf)
			break;
		if (done < 0 && errno == EAGAIN) {
			if (!device->patience)
				device->patience = PATIENCE;
			return OUTCOME_LATER;
		}
		if (done <= 0)
			break;
		console->deaf = false;
		device->patience = 0;
		console->sent += (size_t)done;
		count = iov_cut(&iov, count, (size_t)done, SIZE_MAX);
	}
	console->sent = 0;
	return OUTCOME_DONE;
}

static enum outcome console_serve(struct device *device, unsigned int n, struct chain *chain,
				  uint32_t *written)
{
	return n == RECEIVE ? receive(device, chain, written) : transmit(device, chain);
}

static void console_begin(struct device *device)
{
	struct console *console = device->context;

	console->sent = 0;
	device->patience = 0;
}

/* Nobody has read for that long. */
static void console_look(struct device *device)
{
	struct console *console = device->context;

	console->deaf = true;
	device->patience = 0;
	device->pending |= 1u << TRANSMIT;
}

const struct kind console_kind = {
	.number = JH_VIRTIO_CONSOLE,
	.word = "console",
	.queues = 2,
	.input = 1u << RECEIVE,
	.output = 1u << TRANSMIT,
	.serve = console_serve,
	.begin = console_begin,
	.look = console_look,
};

/* --- at the start, and at the end --- */

/* It stays there, and is replaced by the next run: this program may not remove it any more. */
static int link_to(const char *terminal, const char *path)
{
	struct stat there;

	if (!lstat(path, &there) && S_ISLNK(there.st_mode))
		unlink(path);
	return symlink(terminal, path) ? complain("%s: %s", path, strerror(errno)) : EXIT_OK;
}

static int open_pty(struct device *device, struct console *console, const char *path)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios raw;
	const char *name;

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || !(name = ptsname(fd)))
		return complain("no pseudo terminal: %s", strerror(errno));
	device->input = device->output = fd;
	console->spare = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (console->spare < 0 || tcgetattr(console->spare, &raw))
		return complain("%s: %s", name, strerror(errno));
	cfmakeraw(&raw);
	tcsetattr(console->spare, TCSANOW, &raw);
	say("%s: the console is %s", device->port.name, name);
	return path ? link_to(name, path) : EXIT_OK;
}

static int use_stdio(struct device *device, struct console *console)
{
	struct termios raw;
	int i;

	device->input = STDIN_FILENO;
	device->output = STDOUT_FILENO;
	for (i = 0; i < 2; i++) {
		console->flags[i] = fcntl(i, F_GETFL);
		if (console->flags[i] < 0 || fcntl(i, F_SETFL, console->flags[i] | O_NONBLOCK))
			return complain("there is no terminal: give --console pty");
	}
	console->has_terminal = !tcgetattr(STDIN_FILENO, &console->terminal);
	if (!console->has_terminal)
		return EXIT_OK;
	/* Ctrl-C ends this program, all else is the guest's. */
	raw = console->terminal;
	cfmakeraw(&raw);
	raw.c_lflag |= ISIG;
	raw.c_oflag |= OPOST;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	return EXIT_OK;
}

int console_open(struct device *device, const char *where)
{
	struct console *console = calloc(1, sizeof(*console));

	if (!console)
		return complain("out of memory");
	console->spare = -1;
	device->kind = &console_kind;
	device->context = console;
	if (!strcmp(where, "pty"))
		return open_pty(device, console, NULL);
	if (!strncmp(where, "pty:", 4))
		return open_pty(device, console, where + 4);
	if (!strcmp(where, "stdio"))
		return use_stdio(device, console);
	return complain("a console is pty, pty:PATH or stdio, not %s", where);
}

void console_end(struct device *device)
{
	struct console *console = device->context;
	int i;

	if (device->input != STDIN_FILENO)
		return;
	if (console->has_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &console->terminal);
	for (i = 0; i < 2; i++)
		fcntl(i, F_SETFL, console->flags[i]);
}
