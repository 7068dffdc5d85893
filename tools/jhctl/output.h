/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Reading the output of another program.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>

/**
 * output_read - run a program and read its standard output and error
 * @argv:	ends with NULL; a first word of "jhctl" means this program
 * @length:	out: bytes of the output
 *
 * Standard input is empty. Returns the output, to be freed, whatever the exit status; NULL with
 * errno if it could not be run, or printed nothing or more than 16 MiB.
 */
void *output_read(const char *const *argv, size_t *length);

#endif
