/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A device tree as source.
 */
#ifndef DTS_H
#define DTS_H

#include <stdio.h>

/** Print a checked tree as source, of which dtc makes the same blob again. */
void dts_print(FILE *out, const void *fdt);

#endif
