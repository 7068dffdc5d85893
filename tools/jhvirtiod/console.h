/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A console of a cell: a pseudo terminal, or this program's own input and output.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>

#include "device.h"

extern const struct kind console_kind;

/**
 * console_open - make it a console
 * @where:	"pty", "pty:PATH" with a symbolic link there, "stdio"
 *
 * Returns an exit code, has said why not, or where the terminal is.
 */
int console_open(struct device *device, const char *where);

/** console_end() - leave this program's own terminal as it was */
void console_end(struct device *device);

#endif
