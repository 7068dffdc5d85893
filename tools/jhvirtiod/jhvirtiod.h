/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by every part of jhvirtiod: exit codes, and how something is told.
 */
#ifndef JHVIRTIOD_H
#define JHVIRTIOD_H

/* Exit codes, documented in jhvirtiod(8). */
#define EXIT_OK		0	/* the cell was destroyed, or this program was told to end */
#define EXIT_REFUSED	1	/* it could not begin, or not go on */
#define EXIT_USAGE	2	/* the command line makes no sense */

/** Print "jhvirtiod: ", the sentence and a newline; returns EXIT_REFUSED. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As complain(), with a hint at --help; returns EXIT_USAGE. */
int misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Print the sentence: something that is no mistake of the user's. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
