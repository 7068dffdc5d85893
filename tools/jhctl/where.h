/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The program counters of a cell's CPUs, with symbols of the guest's program.
 */
#ifndef WHERE_H
#define WHERE_H

#include <jh/ioctl.h>

#include "json.h"
#include "report.h"
#include "symbol.h"

/** struct where - places of a cell's CPUs, and the symbols; where_end() when done */
struct where {
	struct jh_ioctl_places places;
	const char *program;	/* NULL: no file is known */
	const char *trouble;	/* why @program gives no names; NULL: it does */
	struct symbols symbols;
};

/**
 * where_find - get the program counters of all CPUs, and open the program
 * @elf:	the file with the symbols; NULL: the one that was loaded
 *
 * An @elf that cannot be read is refused; without the loaded file there are no symbols. Returns an
 * exit code; the reason was printed.
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
