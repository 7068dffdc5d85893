/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by all files of jhctl: exit codes, verbs and their options, messages.
 */
#ifndef JHCTL_H
#define JHCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit codes, documented in jhctl(8). */
#define EXIT_OK		0
#define EXIT_REFUSED	1	/* the request was refused, or failed */
#define EXIT_USAGE	2	/* the command line is wrong */
#define EXIT_ABSENT	3	/* the module is not loaded, or jh is not enabled */
#define EXIT_DENIED	4	/* not root */

/* Exit status of a child that found no program to execute, as a shell's */
#define EXIT_NO_PROGRAM	127

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

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

#define VERB_RAW	0x1	/* the words after the verb are handed on without parsing */

/**
 * struct verb - a command of jhctl
 * @name:	as typed, one or two words
 * @usage:	its arguments, for --help
 * @summary:	one line for the list
 * @details:	more paragraphs for --help, or NULL
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

/** As complain(), with a reference to the verb's help; returns EXIT_USAGE. */
int misuse(const struct args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
