// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lib/config.h>
#include <lib/errtext.h>
#include <jh/ioctl.h>

#include "device.h"
#include "module.h"

static int not_enabled(void)
{
	complain("jh is not enabled: enable it with 'jhctl enable FILE'");
	return EXIT_ABSENT;
}

int session_open(int *fd)
{
	*fd = device_open();
	if (*fd >= 0)
		return EXIT_OK;
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		if (module_in_container())
			complain("this is a container without " JH_DEVICE
				 ": run jhctl on the machine itself, or give it that device");
		else
			complain(JH_DEVICE " is missing, the module is not loaded: "
				 "'jhctl enable FILE' loads it, or 'modprobe jh'");
		return EXIT_ABSENT;
	case EACCES:
	case EPERM:
		complain(JH_DEVICE ": only root may use it: try it with sudo");
		return EXIT_DENIED;
	default:
		return complain(JH_DEVICE ": %s", strerror(errno));
	}
}

/* udev makes the device a moment after the module is loaded. */
static void await_device(int *fd)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	int tries = 40;

	while ((*fd = device_open()) < 0 && errno == ENOENT && --tries)
		nanosleep(&pause, NULL);
}

int session_open_loading(int *fd)
{
	int ret;

	*fd = device_open();
	if (*fd >= 0)
		return EXIT_OK;
	if (errno != ENOENT && errno != ENODEV && errno != ENXIO)
		return session_open(fd);
	ret = module_load();
	if (ret)
		return ret;
	await_device(fd);
	if (*fd >= 0)
		return EXIT_OK;
	if (errno != ENOENT)
		return session_open(fd);
	complain("the module jh is loaded, but there is no " JH_DEVICE
		 ": mount devtmpfs to /dev, or start udev");
	return EXIT_ABSENT;
}

int session_report(int fd, struct report *report)
{
	if (!report_read(fd, report))
		return EXIT_OK;
	if (errno == ENXIO || errno == ENODEV)
		return not_enabled();
	if (errno == EPROTO || errno == ENOTTY)
		return complain("the module's reports have another format than this jhctl's: "
				"install both from one build of jh");
	return complain("cannot read what the hypervisor reports: %s", strerror(errno));
}

static int no_such_cell(const struct report *report, const char *name)
{
	char *near = report_near(report, name);
	int ret;

	if (near)
		ret = complain("there is no cell '%s': did you mean '%s'?", name, near);
	else
		ret = complain("there is no cell '%s': 'jhctl cell list' shows those there are",
			       name);
	free(near);
	return ret;
}

int session_find(const char *name, int *fd, struct report *report, struct cell_ref *cell)
{
	int ret;

	ret = session_open(fd);
	if (ret)
		return ret;
	ret = session_report(*fd, report);
	if (ret)
		goto out_fd;
	cell->number = report_find(report, name);
	if (cell->number != REPORT_NO_CELL) {
		cell->generation = report->cell[cell->number].generation;
		return EXIT_OK;
	}
	ret = no_such_cell(report, name);
	report_free(report);
out_fd:
	device_close(*fd);
	return ret;
}

/* The name of the cell that an error is about, NULL if it is unknown. */
static const char *cell_name(const struct subject *subject, __u32 number, char *buffer)
{
	const struct report *report = subject->report;

	if (!report || !report_exists(report, number))
		return NULL;
	snprintf(buffer, JH_NAME_LEN + 1, "%.*s", JH_NAME_LEN, report->cell[number].name);
	return buffer;
}

/* Words an errno for which the driver gave no reason. */
static int refused_by_errno(const char *verb, const struct subject *subject, int number)
{
	const char *what = subject->file ? subject->file : subject->cell ? subject->cell : verb;

	switch (number) {
	case ENXIO:
	case ENODEV:
		return not_enabled();
	case EPERM:
	case EACCES:
		complain("%s: only root may do this: try it with sudo", what);
		return EXIT_DENIED;
	case ENOENT:
		return complain("%s: there is no such cell: 'jhctl cell list' shows those "
				"there are", what);
	case EINTR:
		return complain("%s: %s was interrupted", what, verb);
	case EBUSY:
		return complain("%s: another jhctl is at work: wait for it to end", what);
	case ENOTTY:
		return complain("the module does not know this request: "
				"install module and jhctl from one build of jh");
	default:
		return complain("%s: %s failed: %s", what, verb, strerror(number));
	}
}

/* Is the error about something else than the file? Then the message does not name the file. */
static bool not_of_file(const struct subject *subject, const struct jh_error *error)
{
	return error->object == JH_OBJ_NONE || error->object == JH_OBJ_MACHINE ||
	       (error->object == JH_OBJ_CELL && !subject->blob);
}

int session_refused(const char *verb, const struct subject *subject,
		    const struct jh_error *error, int number)
{
	char text[ERRTEXT_SIZE], other[JH_NAME_LEN + 1], own[JH_NAME_LEN + 1];
	struct errtext_context context = {
		.file = subject->file,
		.blob = subject->blob,
		.length = subject->length,
		.who = subject->who,
	};
	const char *name, *rest = text;

	if (error->reason == JH_ERR_NONE)
		return refused_by_errno(verb, subject, number);
	if (error->cell != JH_ERROR_SAME_FILE)
		context.other_name = cell_name(subject, error->cell, other);
	if (not_of_file(subject, error))
		context.file = NULL;
	errtext_format(text, sizeof(text), &context, error);
	if (!strncmp(text, "jh: ", 4))
		rest += 4;	/* complain() prints that */

	/* Without a configuration the text has only the word "cell": add the name. */
	if (!subject->blob && error->object == JH_OBJ_CELL &&
	    !strncmp(text, "cell", 4)) {
		name = subject->cell ? subject->cell : cell_name(subject, error->index, own);
		rest += 4;
		complain(name ? "cell %s%s" : "cell%s%s", name ? name : "", rest);
	} else {
		complain("%s", rest);
	}
	if (error->reason == JH_ERR_NOT_ENABLED)
		return EXIT_ABSENT;
	return error->reason == JH_ERR_NOT_PERMITTED ? EXIT_DENIED : EXIT_REFUSED;
}
