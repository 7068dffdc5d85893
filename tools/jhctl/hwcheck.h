/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Checks of a cell's configuration against this machine that the driver cannot make: Linux' use of
 * the cell's devices.
 */
#ifndef HWCHECK_H
#define HWCHECK_H

#include "blob.h"

/**
 * Refuse a disk that Linux uses, and registers that Linux has mapped without a driver. Returns an
 * exit code; the reason was printed.
 */
int hwcheck_cell(const struct blob *blob);

/**
 * Warn of direct interrupts on a GICv3. Its priority mask is the hypervisor's then, so a guest that
 * masks interrupts by priority is interrupted in its critical sections.
 */
void hwcheck_priorities(const struct blob *blob);

/**
 * Refuse a kernel whose pages the CPUs cannot translate: it would stop without any output.
 * @file:	its name
 * @page:	KiB of its pages; 0: unknown
 *
 * Returns an exit code; the reason was printed. If a size is unknown the kernel is accepted.
 */
int hwcheck_pages(const char *file, unsigned int page);

#endif
