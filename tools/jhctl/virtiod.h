/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Has jhvirtiod serve the virtio devices of a cell.
 */
#ifndef VIRTIOD_H
#define VIRTIOD_H

#include <stdbool.h>

#include "jhctl.h"

/** virtiod_wanted - is there an option of jhvirtiod's on this command line? */
bool virtiod_wanted(const struct args *args);

/**
 * virtiod_start - start it in the background, with those options, for the cell @cell, which exists
 *
 * It ends with the cell. Returns an exit code once the devices are there, or it has said why not.
 */
int virtiod_start(const struct args *args, const char *cell);

#endif
