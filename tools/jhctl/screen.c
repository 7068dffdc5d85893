// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "screen.h"
#include "jhctl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define SCREEN_ENTER	"\033[?1049h\033[?25l"	/* alternate screen, no cursor */
#define SCREEN_LEAVE	"\033[?25h\033[?1049l"
#define SCREEN_HOME	"\033[H"
#define SCREEN_REST	"\033[K"	/* erase to the end of the line */
#define SCREEN_BELOW	"\033[J"	/* erase to the end of the screen */

static struct termios screen_before;
static bool screen_is_open;
static volatile sig_atomic_t screen_signal;

static void ended(int number)
{
	screen_signal = number;
}

static void resized(int number)
{
	(void)number;
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = ended };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	action.sa_handler = resized;
	sigaction(SIGWINCH, &action, NULL);
}

int screen_open(void)
{
	struct termios keys;

	catch_signals();
	if (tcgetattr(STDIN_FILENO, &screen_before))
		return errno;
	keys = screen_before;
	keys.c_lflag &= (tcflag_t)~(ECHO | ECHONL | ICANON);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &keys))
		return errno;
	screen_is_open = true;
	atexit(screen_close);
	fputs(SCREEN_ENTER, stdout);
	return 0;
}

void screen_close(void)
{
	if (!screen_is_open)
		return;
	screen_is_open = false;
	fputs(SCREEN_LEAVE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &screen_before);
}

/* The size of a serial console is 0. */
static void find_size(size_t *columns, size_t *lines)
{
	struct winsize size;

	*columns = 80;
	*lines = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
		return;
	*columns = size.ws_col;
	*lines = size.ws_row;
}

void screen_draw(const char *text)
{
	size_t columns, lines, line, length;

	find_size(&columns, &lines);
	fputs(SCREEN_HOME, stdout);
	for (line = 0; *text && line < lines; line++) {
		length = strcspn(text, "\n");
		printf("%s%.*s" SCREEN_REST, line ? "\n" : "",
		       (int)(length < columns ? length : columns), text);
		text += length + (text[length] == '\n');
	}
	fputs(SCREEN_BELOW, stdout);
	fflush(stdout);
}

int screen_key(int milliseconds)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char key;
	int ready = screen_signal ? 0 : poll(&keys, 1, milliseconds);

	if (screen_signal)
		return -1;
	if (ready <= 0)
		return 0;
	/* A terminal that is gone counts as SIGHUP. */
	return read(STDIN_FILENO, &key, 1) == 1 ? key : -1;
}
