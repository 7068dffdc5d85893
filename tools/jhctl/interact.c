// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "interact.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "clock.h"
#include "device.h"

#define ESCAPE		0x1d	/* Ctrl-] */
#define LOOK_MS		10	/* between two polls for output */
#define QUIET_LOOKS	50	/* polls without output after the end of the input, then it ends */
#define DEAF_SECONDS	10	/* a file or pipe as input is given up if the cell reads nothing */

/** struct interact - one session; input that the cell has no room for waits in @pending */
struct interact {
	int fd;
	const struct cell_ref *cell;
	char pending[4096];
	size_t count;
	bool escaped;		/* the last byte was the escape key */
	bool full;		/* the user was told that the cell does not read */
	time_t taken;		/* when the cell last took a byte, or @pending was empty */
	bool input_ended;
	bool done;
};

static struct termios interact_before;
static bool interact_is_raw;
static volatile sig_atomic_t interact_signal;

static void interact_restore(void)
{
	if (interact_is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &interact_before);
	interact_is_raw = false;
}

static void caught(int number)
{
	interact_signal = number;
}

/*
 * The cell gets every key, those for signals included. Output processing stays on, since a cell may
 * end its lines without a carriage return.
 */
static int make_raw(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	struct sigaction action = { .sa_handler = caught };
	struct termios raw;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	if (!isatty(STDIN_FILENO))
		return 0;
	if (tcgetattr(STDIN_FILENO, &interact_before))
		return errno;
	raw = interact_before;
	raw.c_iflag &= (tcflag_t)~(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON | IXOFF);
	raw.c_lflag &= (tcflag_t)~(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	interact_is_raw = true;
	atexit(interact_restore);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw) ? errno : 0;
}

static void add(struct interact *session, char c)
{
	if (session->count == sizeof(session->pending)) {
		if (!session->full)
			fprintf(stderr, "\r\njh: the cell does not read: this input is lost\r\n");
		session->full = true;
		return;
	}
	session->pending[session->count++] = c;
}

/* The key after the escape key; the escape key twice sends it once. */
static void command(struct interact *session, char c)
{
	switch (c) {
	case '.':
	case 'q':
		session->done = true;
		break;
	case ESCAPE:
		add(session, c);
		break;
	default:
		fprintf(stderr, "\r\njh: Ctrl-] . ends, Ctrl-] Ctrl-] sends Ctrl-]\r\n");
	}
}

static void type(struct interact *session, const char *text, ssize_t length)
{
	ssize_t i;

	for (i = 0; i < length && !session->done; i++) {
		if (session->escaped) {
			session->escaped = false;
			command(session, text[i]);
		} else if (text[i] == ESCAPE && interact_is_raw) {
			session->escaped = true;
		} else {
			add(session, text[i]);
		}
	}
}

/* Keys are read even if the cell takes none: the escape key must work. */
static void read_keys(struct interact *session)
{
	struct pollfd keys = { .fd = session->input_ended ? -1 : STDIN_FILENO, .events = POLLIN };
	char text[512];
	ssize_t length;

	/* A file is read no faster than the cell takes it. */
	if (!interact_is_raw && session->count > sizeof(session->pending) - sizeof(text))
		keys.fd = -1;
	if (poll(&keys, 1, LOOK_MS) <= 0 || !keys.revents)
		return;
	length = read(STDIN_FILENO, text, sizeof(text));
	if (length > 0)
		type(session, text, length);
	else if (!length || (errno != EINTR && errno != EAGAIN))
		session->input_ended = true;
}

static time_t now(void)
{
	return (time_t)(clock_ns() / CLOCK_SECOND);
}

/* A user at a terminal is told, and can wait; a file or pipe is given up. */
static bool is_deaf(const struct interact *session)
{
	return !interact_is_raw && now() - session->taken > DEAF_SECONDS;
}

/* Returns 0 or errno. Input for a cell that does not run is dropped. */
static int send_keys(struct interact *session)
{
	struct jh_ioctl_write_console call = {
		.buffer = (__u64)(uintptr_t)session->pending,
		.length = (__u32)session->count,
		.cell = session->cell->number,
		.generation = session->cell->generation,
	};

	if (!session->count)
		session->taken = now();
	if (!session->count)
		return 0;
	if (device_call(session->fd, JH_IOC_WRITE_CONSOLE, &call)) {
		if (errno != EAGAIN)
			return errno;
		call.copied = call.length;
	}
	if (call.copied > session->count)
		return EPROTO;
	session->count -= call.copied;
	memmove(session->pending, session->pending + call.copied, session->count);
	if (call.copied) {
		session->full = false;
		session->taken = now();
	}
	return 0;
}

/* Sends the keys typed before the end, as long as the cell takes any. */
static int send_rest(struct interact *session)
{
	size_t before;
	int ret;

	do {
		before = session->count;
		ret = send_keys(session);
	} while (!ret && session->count && session->count < before);
	return ret;
}

int interact_run(int fd, const struct cell_ref *cell, const char *name,
		 int (*print)(void *printer, bool *printed), void *printer)
{
	struct interact session = { .fd = fd, .cell = cell, .taken = now() };
	int quiet = 0, ret = make_raw();
	bool printed;

	if (!ret && interact_is_raw)
		fprintf(stderr, "jh: this is cell %s; Ctrl-] . ends, Ctrl-] ? helps\r\n", name);
	while (!ret && !session.done && !interact_signal && !ferror(stdout)) {
		ret = print(printer, &printed);
		if (!ret)
			ret = send_keys(&session);
		if (session.input_ended) {
			quiet = printed || session.count ? 0 : quiet + 1;
			session.done = quiet > QUIET_LOOKS;
		}
		if (!ret && is_deaf(&session)) {
			interact_restore();
			return ETIMEDOUT;
		}
		if (!ret && !session.done)
			read_keys(&session);
	}
	if (!ret)
		ret = send_rest(&session);
	interact_restore();
	if (session.done && isatty(STDIN_FILENO))
		fprintf(stderr, "\njh: end\n");
	return ret;
}
