/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Begin and end of most verbs: opening the device, reading the report, finding a cell by name, and
 * wording a refusal. Every function that returns another exit code than EXIT_OK has printed why.
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

/** struct subject - the objects of a request, for the message if it is refused */
struct subject {
	const char *file;	/* configuration or image, or NULL */
	const char *cell;	/* name of the cell that it was for, or NULL */
	const void *blob;	/* configuration, to name its entries; may be NULL */
	size_t length;		/* its bytes */
	const struct report *report;	/* for the names of cells; may be NULL */
	const char *who;	/* {who} of the reason, as the driver filled it in; may be NULL */
};

/**
 * session_refused - print why a request failed
 * @verb:	of the request: "enable", "start", …
 * @number:	errno of the call
 * @error:	as the driver filled it in; with reason 0 the message is that of errno
 *
 * Returns the exit code.
 */
int session_refused(const char *verb, const struct subject *subject,
		    const struct jh_error *error, int number);

#endif
