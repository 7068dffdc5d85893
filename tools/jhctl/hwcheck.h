/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A configuration against the machine at hand: of a system its memory, of a cell who uses its
 * devices. The driver judges the rest; this is what it takes on trust.
 */
#ifndef HWCHECK_H
#define HWCHECK_H

#include "blob.h"

/** Returns an exit code, has said why if it is not EXIT_OK. */
int hwcheck_system(const struct blob *blob);

/** As hwcheck_system(): a disk that Linux has in use goes to no cell. */
int hwcheck_cell(const struct blob *blob);

#endif
