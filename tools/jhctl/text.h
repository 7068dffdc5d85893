/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Formatting and parsing: sizes, addresses, sets of CPUs, tables.
 */
#ifndef TEXT_H
#define TEXT_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

#define TEXT_SIZE_LEN	24	/* bytes for text_size() */
#define TEXT_CPUS_LEN	256	/* bytes for text_cpus() */

/** Bytes as "64M", "1.5G", "12K" or plain; the largest unit with at most one decimal. */
const char *text_size(char *buffer, __u64 bytes);

/** A set of CPUs as "0-2,5", "-" if it is empty. */
const char *text_cpus(char *buffer, __u64 mask);

/** Parse a whole number, decimal or 0x…, with K, M or G behind it; false if it is not one. */
bool text_number(const char *text, __u64 *value);

/** Number of single-character edits from @a to @b, ignoring case; a swap of neighbours is one. */
int text_distance(const char *a, const char *b);

/**
 * text_table - print rows of cells in columns as wide as their widest cell
 * @out:	where to
 * @columns:	cells in a row
 * @rows:	how many rows, the heading included
 * @cell:	rows * columns strings
 * @right:	bit n: column n is aligned to the right
 */
void text_table(FILE *out, int columns, int rows, char *const *cell, unsigned int right);

/** asprintf() that ends the program when memory is out. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** For scandir(3): all entries but those whose names begin with a dot. */
int text_visible(const struct dirent *entry);

#endif
