/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A device that a back end of vhost-user serves, and not this program.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include "device.h"

/** backend_open - let the back end at @path serve @device, of @kind; an exit code, has said why */
int backend_open(struct device *device, uint32_t kind, const char *path);

#endif
