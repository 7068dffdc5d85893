/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Where the CPUs of a cell are in the guest's program.
 */
#ifndef WHERE_H
#define WHERE_H

#include <jh/ioctl.h>

#include "json.h"
#include "report.h"
#include "symbol.h"

/** struct where - what is known of a cell; where_end() when done */
struct where {
	struct jh_ioctl_places places;
	const char *program;	/* NULL: no file is known */
	const char *trouble;	/* why @program gives no names; NULL: it does */
	struct symbols symbols;
};

/**
 * where_find - ask for the places of all CPUs
 * @elf:	the file with the names; NULL: the one that was loaded
 *
 * A file that cannot be read is told of: @elf is refused, for the other one there are no names.
 * Returns an exit code, has said why.
 */
int where_find(struct where *where, int fd, const struct report *report,
	       const struct cell_ref *cell, const char *elf);

/** Print lines for "cell show". */
void where_show(const struct where *where, const struct report *report, __u32 number);

/** Write "program" and the array "places". */
void where_json(const struct where *where, struct json *json, const struct report *report,
		__u32 number);

void where_end(struct where *where);

#endif
