/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The beginning and the end of most verbs: the device, the report, the cell that was named, and
 * putting a refusal into words. Every function that returns an exit code has said why if it is not
 * EXIT_OK.
 */
#ifndef SESSION_H
#define SESSION_H

#include "jhctl.h"
#include "report.h"

/** Open the device. */
int session_open(int *fd);

/** The same, but load the module if it is not there. */
int session_open_loading(int *fd);

/** Fetch the report. */
int session_report(int fd, struct report *report);

/**
 * session_find - open the device, fetch the report and find a cell
 * @name:	name or number
 * @fd:		out: to be closed by the caller if EXIT_OK is returned
 * @report:	out: to be freed by the caller, likewise
 */
int session_find(const char *name, int *fd, struct report *report, struct cell_ref *cell);

/** struct subject - what a request was about, for the message when it is refused */
struct subject {
	const char *file;	/* configuration or image, or NULL */
	const char *cell;	/* name of the cell that it was for, or NULL */
	const void *blob;	/* the configuration: its entries are named in the message */
	size_t length;
	const struct report *report;	/* names the cells, may be NULL */
	const char *who;	/* who in Linux is in the way, as the driver says; may be NULL */
};

/**
 * session_refused - say why a request failed
 * @verb:	what was tried: "enable", "start", …
 * @number:	errno of the call
 * @error:	as it came back; a reason of 0 means that errno is all there is
 *
 * Returns the exit code.
 */
int session_refused(const char *verb, const struct subject *subject,
		    const struct jh_error *error, int number);

#endif
