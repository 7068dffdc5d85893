/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A cell's configuration against the machine at hand: who uses its devices. The driver judges the
 * rest; this is what it takes on trust.
 */
#ifndef HWCHECK_H
#define HWCHECK_H

#include "blob.h"

/**
 * A disk that Linux has in use goes to no cell, nor do registers that Linux has mapped without a
 * driver. Returns an exit code and has said why.
 */
int hwcheck_cell(const struct blob *blob);

/**
 * Warn of direct interrupts on a GICv3. Its priority mask is the hypervisor's then: a guest that
 * masks interrupts by priority would be interrupted in its critical sections without a sign.
 */
void hwcheck_priorities(const struct blob *blob);

/**
 * A kernel with pages that a CPU cannot translate with stops without a word.
 * @file:	its name
 * @page:	KiB of its pages; 0: it does not say
 *
 * Returns an exit code and has said why. What the driver does not tell is taken on trust.
 */
int hwcheck_pages(const char *file, unsigned int page);

#endif
