/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A system configuration against the memory of the machine at hand. The driver judges the
 * interrupt controller, the console and the CPUs; this is what it takes on trust.
 */
#ifndef HWCHECK_H
#define HWCHECK_H

#include "blob.h"

/** Returns an exit code, has said why if it is not EXIT_OK. */
int hwcheck_system(const struct blob *blob);

#endif
