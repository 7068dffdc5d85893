/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A network card whose packets vhost-net moves, and not this program.
 */
#ifndef NETVHOST_H
#define NETVHOST_H

#include <stdbool.h>

#include "device.h"

/**
 * netvhost_open - let vhost-net serve it
 * @tap:	whose packets have a header of 12 bytes in front
 *
 * Returns false with errno, and leaves the device as it is, if there is no vhost-net.
 */
bool netvhost_open(struct device *device, int tap);

#endif
