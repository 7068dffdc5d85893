/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Symbols for addresses of a program, from its ELF file. The file's content is untrusted.
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

/** symbol_open - read an ELF file for aarch64; returns NULL, or a sentence about its fault */
const char *symbol_open(struct symbols *symbols, const char *path);

/**
 * symbol_find - find the function that covers @address, a virtual address of the program
 * @offset:	out: of @address from the function's start
 *
 * Without a function of a known size that covers it, the nearest label before it in the same
 * section is taken. Returns a name that lives as long as @symbols; NULL if the address is not
 * executable.
 */
const char *symbol_find(const struct symbols *symbols, __u64 address, __u64 *offset);

/** symbol_line - "FILE:LINE" of addr2line, to be freed; NULL if it is not installed or has none */
char *symbol_line(const struct symbols *symbols, __u64 address);

void symbol_end(struct symbols *symbols);

#endif
