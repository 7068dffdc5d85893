/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Parsing of a verb's command line by the verb's own table of options.
 */
#ifndef ARGS_H
#define ARGS_H

#include "jhctl.h"

extern const struct opt args_help;

/**
 * args_parse - sort the words behind a verb into options and positional arguments
 *
 * Options may stand anywhere, "--" ends them. @args keeps the order and borrows the strings; free
 * it with args_free(). With --help the number of positional arguments is not checked.
 *
 * Returns EXIT_OK, or EXIT_USAGE after it has printed the reason.
 */
int args_parse(struct args *args, const struct verb *verb, int argc, char **argv);
void args_free(struct args *args);

/** Whether option @name was given. */
bool args_has(const struct args *args, const char *name);

/** The value of the last @name given, NULL if there is none. */
const char *args_value(const struct args *args, const char *name);

/** Positional argument number @index, NULL if there are fewer. */
const char *args_positional(const struct args *args, int index);

#endif
