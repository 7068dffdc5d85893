/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by every part of jhctl: exit codes, the shape of a verb, and how problems are told.
 */
#ifndef JHCTL_H
#define JHCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit codes, documented in jhctl(8). */
#define EXIT_OK		0
#define EXIT_REFUSED	1	/* the request was refused, or something failed on the way */
#define EXIT_USAGE	2	/* the command line makes no sense */
#define EXIT_ABSENT	3	/* the module is not loaded, or jh is not enabled */
#define EXIT_DENIED	4	/* not root */

/**
 * struct opt - one option that a verb takes
 * @name:	long name, without its dashes; NULL ends a list
 * @letter:	short name, 0 if there is none
 * @value:	name of its value in the help, NULL for a plain switch
 * @help:	one line
 */
struct opt {
	const char *name;
	char letter;
	const char *value;
	const char *help;
};

/** struct arg - a word of the command line: an option (with its value), or a positional one */
struct arg {
	const struct opt *opt;	/* NULL: positional */
	const char *value;
};

/** struct args - the command line of one verb, in the order it was typed; borrows from argv */
struct args {
	const struct verb *verb;
	struct arg *item;
	int count;
	int positionals;
};

#define VERB_RAW	0x1	/* no parsing: what stands behind the verb is handed on */

/**
 * struct verb - one thing that jhctl can do
 * @name:	as typed, one or two words
 * @usage:	its arguments, for people
 * @summary:	one line for the list
 * @details:	more paragraphs for --help, NULL if the line says it all
 * @opts:	its options, NULL if it has none
 * @min:	fewest positional arguments
 * @max:	most
 * @flags:	VERB_*
 * @run:	does it; returns an exit code
 */
struct verb {
	const char *name;
	const char *usage;
	const char *summary;
	const char *details;
	const struct opt *opts;
	int min;
	int max;
	unsigned int flags;
	int (*run)(const struct args *args);
};

/** Print "jh: ", the sentence and a newline on stderr; returns EXIT_REFUSED. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As complain(), with a hint at the verb's help; returns EXIT_USAGE. */
int misuse(const struct args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
