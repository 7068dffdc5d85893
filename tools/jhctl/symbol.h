/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What an address of a program is called, by the ELF file that it was linked to. Nothing in the
 * file is believed.
 */
#ifndef SYMBOL_H
#define SYMBOL_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/** struct symbols - a file; free with symbol_end() */
struct symbols {
	char *path;
	char *file;
	size_t length;
};

/** symbol_open - read an ELF file for aarch64; returns NULL, or why that is not possible */
const char *symbol_open(struct symbols *symbols, const char *path);

/**
 * symbol_find - the function that @address, as the program sees it, lies in
 * @offset:	out: how far from its start
 *
 * Without a function of a known size that has it, the nearest label before it in the same section.
 * Returns a name that lives as long as @symbols, NULL if nothing in the file is executed there.
 */
const char *symbol_find(const struct symbols *symbols, __u64 address, __u64 *offset);

/** symbol_line - "FILE:LINE" as addr2line, if it is installed, knows it, to be freed; else NULL */
char *symbol_line(const struct symbols *symbols, __u64 address);

void symbol_end(struct symbols *symbols);

#endif
