// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "args.h"
#include "clock.h"
#include "device.h"
#include "list.h"
#include "session.h"
#include "text.h"

#define CELLS		"/sys/devices/virtual/misc/jh/cells"
#define LOOK_MS		1000		/* between two checks without news from sysfs */
#define PAUSE_NANOSECONDS 10000000
#define LONGEST		(1u << 30)	/* seconds */

const struct opt wait_opts[] = {
	{ "timeout", 't', "SECONDS", "wait no longer than this; 0 only looks" },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

/** struct wait - a wait for the end of one cell */
struct wait {
	int fd;			/* of device_open() */
	struct cell_ref cell;
	char *name;
	bool limited;		/* not after @end */
	__u64 end;		/* as milliseconds() */
};

static __u64 milliseconds(void)
{
	return clock_ns() / 1000000;
}

/* Opens a file of the cell's directory and reads it, so that poll() waits for news; or -1. */
static int open_file(const struct wait *wait, const char *file, char *text, size_t size)
{
	char *path = text_format("%s" CELLS "/%s/%s", device_root(), wait->name, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	text[length < 0 ? 0 : length] = 0;
	free(path);
	return fd;
}

/* Will the driver restart the cell, which has failed or asked for a reset? */
static bool will_restart(const struct wait *wait)
{
	char text[8];
	int fd = open_file(wait, "will_restart", text, sizeof(text));

	if (fd >= 0)
		close(fd);
	return *text == '1';
}

/* Whether the cell still exists. */
static bool is_there(const struct wait *wait, const struct report *report)
{
	return report_exists(report, wait->cell.number) &&
	       report->cell[wait->cell.number].generation == wait->cell.generation;
}

static bool has_ended(const struct jh_cell_report *cell)
{
	__u32 shown = report_shown(cell);

	return shown == JH_SHOWN_SHUT_DOWN || shown == JH_CELL_STOPPED || shown == JH_CELL_FAILED;
}

/* Waits for news of the cell; @file was read before the report was. */
static void await_news(const struct wait *wait, int file)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NANOSECONDS };
	struct pollfd pollfd = { .fd = file, .events = POLLPRI };
	__u64 now = milliseconds(), left = LOOK_MS;

	if (wait->limited)
		left = wait->end <= now ? 0 : wait->end - now < left ? wait->end - now : left;
	/* poll() of a file in a removed directory returns at once, each time. */
	if (poll(&pollfd, 1, (int)left) == 1)
		nanosleep(&pause, NULL);
}

/*
 * Judges the cell by @report: returns an exit code, or -1 to look again, after news if *@news. A
 * cell has ended if two looks without a start in between see its end: it may have been restarted
 * after the first.
 */
static int judge(const struct wait *wait, const struct report *report, bool *ended, __u32 *starts,
		 bool *news)
{
	const struct jh_cell_report *cell = &report->cell[wait->cell.number];
	bool before = *ended && *starts == cell->starts;

	*news = true;
	if (!is_there(wait, report))
		return EXIT_GONE;
	*starts = cell->starts;
	*ended = has_ended(cell) && !will_restart(wait);
	if (*ended && before)
		return report_shown(cell) == JH_CELL_FAILED ? EXIT_FAILED : EXIT_OK;
	*news = !*ended;
	if (*news && wait->limited && milliseconds() >= wait->end)
		return EXIT_TIMEOUT;
	return -1;
}

/* Waits until the cell has ended; @report is of the last look. Returns an exit code. */
static int await_end(const struct wait *wait, struct report *report)
{
	bool ended = false, news;
	__u32 starts = 0;
	char text[32];
	int file, ret;

	do {
		file = open_file(wait, "state", text, sizeof(text));
		if (report_read(wait->fd, report)) {
			ret = errno == ENXIO || errno == ENODEV ? EXIT_GONE : EXIT_REFUSED;
		} else {
			ret = judge(wait, report, &ended, &starts, &news);
			if (ret < 0)
				report_free(report);
			if (ret < 0 && news)
				await_news(wait, file);
		}
		if (file >= 0)
			close(file);
	} while (ret < 0);
	return ret;
}

static void tell_json(const struct wait *wait, const struct report *report, int code)
{
	struct json json = { .out = stdout };

	if (code != EXIT_GONE) {
		list_cell_json(&json, report, wait->cell.number, NULL);
		return;
	}
	json_open(&json, NULL, '{');
	json_number(&json, "id", wait->cell.number);
	json_string(&json, "name", wait->name);
	json_number(&json, "generation", wait->cell.generation);
	json_string(&json, "state", "gone");
	json_close(&json, '}');
}

static void tell(const struct wait *wait, const struct report *report, int code)
{
	const struct jh_cell_report *cell = &report->cell[wait->cell.number];
	char *why;

	if (code == EXIT_GONE) {
		printf("%s: gone\n", wait->name);
		return;
	}
	why = report_failure(cell);
	if (why)
		printf("%s failed: %s\n", wait->name, why);
	else
		printf("%s: %s\n", wait->name, report_state(cell));
	free(why);
}

static int parse_timeout(const struct args *args, struct wait *wait)
{
	const char *text = args_value(args, "timeout");
	__u64 seconds;

	if (!text)
		return EXIT_OK;
	if (!text_number(text, &seconds) || seconds > LONGEST)
		return misuse(args, "'%s' is no number of seconds", text);
	wait->limited = true;
	wait->end = milliseconds() + seconds * 1000;
	return EXIT_OK;
}

int cell_wait_run(const struct args *args)
{
	struct wait wait = { 0 };
	struct report report;
	int ret;

	ret = parse_timeout(args, &wait);
	if (!ret)
		ret = session_find(args_positional(args, 0), &wait.fd, &report, &wait.cell);
	if (ret)
		return ret;
	wait.name = text_format("%.*s", JH_NAME_LEN, report.cell[wait.cell.number].name);
	report_free(&report);
	if (!wait.cell.number) {
		ret = complain("%s is the root cell, which ends with jh: 'jhctl disable'",
			       wait.name);
	} else {
		ret = await_end(&wait, &report);
		if (ret == EXIT_REFUSED)
			complain("cannot read what the hypervisor reports: %s", strerror(errno));
		else if (args_has(args, "json"))
			tell_json(&wait, &report, ret);
		else
			tell(&wait, &report, ret);
		report_free(&report);
	}
	device_close(wait.fd);
	free(wait.name);
	return ret;
}
