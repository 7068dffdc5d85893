// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "console.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "args.h"
#include "device.h"
#include "interact.h"
#include "session.h"

#define POLL_NANOSECONDS	50000000	/* between two polls of --follow */

const struct opt console_opts[] = {
	{ "follow", 'f', NULL, "keep printing new output until interrupted" },
	{ "interactive", 'i', NULL, "type to the cell as well; Ctrl-] . ends" },
	{ "raw", 'r', NULL, "pass control characters on to the terminal" },
	{ NULL, 0, NULL, NULL }
};

/*
 * A cell's output could take over the user's terminal, so control characters are shown as ^X there.
 * Files and pipes get every byte.
 */
static void put_text(const char *text, size_t length, bool filter)
{
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!filter || (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0)) || c == '\n' ||
		    c == '\t' || c == '\r')
			putchar(c);
		else if (c < 0x80)
			printf("^%c", c ^ 0x40);
		else
			printf("\\x%02x", c);
	}
	fflush(stdout);
}

/* Prints all output from *@position on. Returns 0, or errno. */
static int drain(int fd, const struct cell_ref *cell, __u64 *position, bool filter)
{
	char text[4096];
	struct jh_ioctl_read_ring call;

	do {
		call = (struct jh_ioctl_read_ring){
			.buffer = (__u64)(uintptr_t)text,
			.length = sizeof(text),
			.position = *position,
			.cell = cell->number,
			.generation = cell->generation,
		};
		if (device_call(fd, JH_IOC_READ_RING, &call))
			return errno;
		if (call.copied > sizeof(text))
			return EPROTO;
		if (call.lost && *position)
			fprintf(stderr, "jh: %llu bytes came too fast and are lost\n", call.lost);
		put_text(text, call.copied, filter);
		*position = call.position;
	} while (call.copied && !ferror(stdout));
	return 0;
}

static int follow(int fd, const struct cell_ref *cell, __u64 *position, bool filter)
{
	const struct timespec pause = { .tv_nsec = POLL_NANOSECONDS };
	int ret;

	do {
		nanosleep(&pause, NULL);
		ret = drain(fd, cell, position, filter);
	} while (!ret && !ferror(stdout));
	return ret;
}

/** struct printer - argument of print_new() for interact_run() */
struct printer {
	int fd;
	const struct cell_ref *cell;
	__u64 position;
	bool filter;
};

static int print_new(void *argument, bool *printed)
{
	struct printer *printer = argument;
	__u64 before = printer->position;
	int ret = drain(printer->fd, printer->cell, &printer->position, printer->filter);

	*printed = printer->position != before;
	return ret;
}

/* An interactive guest draws on the screen: the terminal gets control characters unfiltered. */
static int interact(int fd, const struct cell_ref *cell, const char *name)
{
	struct printer printer = { .fd = fd, .cell = cell };

	return interact_run(fd, cell, name, print_new, &printer);
}

/* Has the cell's console input? Returns an exit code; the reason was printed. */
static int check_input(const char *name, const struct report *report, const struct cell_ref *cell)
{
	if (report->cell[cell->number].input_offset)
		return EXIT_OK;
	return complain("%s has no input: its configuration needs console = \"uart\"", name);
}

int console_run(const struct args *args)
{
	const char *name = args_positional(args, 0);
	bool filter = isatty(STDOUT_FILENO) && !args_has(args, "raw");
	struct subject subject = { .cell = name };
	struct jh_error error = { 0 };
	struct report report = { 0 };
	__u64 position = 0;
	struct cell_ref cell = { 0 };
	int fd, ret;

	if (args_has(args, "interactive") && !name)
		return complain("the hypervisor's console has no input: name a cell, as in "
				"jhctl console -i rtos");
	if (name)
		ret = session_find(name, &fd, &report, &cell);
	else
		ret = session_open(&fd);
	if (ret)
		return ret;
	if (args_has(args, "interactive"))
		ret = check_input(name, &report, &cell);
	report_free(&report);
	if (ret) {
		device_close(fd);
		return ret;
	}

	if (args_has(args, "interactive"))
		ret = interact(fd, &cell, name);
	else
		ret = drain(fd, &cell, &position, filter);
	if (!ret && args_has(args, "follow") && !args_has(args, "interactive"))
		ret = follow(fd, &cell, &position, filter);
	if (args_has(args, "follow") || args_has(args, "interactive")) {
		if (ret == ENXIO || ret == ENODEV || ret == ENOENT) {
			fprintf(stderr, "jh: end of the output: %s\n",
				cell.number ? "the cell is gone" : "jh was disabled");
			ret = 0;
		}
	}
	if (ret == ETIMEDOUT)
		ret = complain("cell %s does not read its input: the rest was not sent", name);
	else if (ret == ENOENT)
		ret = complain("%s keeps no output here: it prints to a UART of its own, or "
			       "not at all",
			       name ? name : "the hypervisor");
	else if (ret)
		ret = session_refused("console", &subject, &error, ret);
	device_close(fd);
	return ret;
}
