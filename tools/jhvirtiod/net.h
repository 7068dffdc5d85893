/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A network card of a cell, whose cable ends in a tap device of root.
 */
#ifndef NET_H
#define NET_H

#include "device.h"

extern const struct kind net_kind;

/**
 * net_open - make it a network card
 * @cell:	its name, of which the card's address is made
 * @tap:	network device, which is made if it is not there
 * @vhost:	vhost-net serves it, if there is one
 *
 * Returns an exit code, has said why.
 */
int net_open(struct device *device, const char *cell, const char *tap, bool vhost);

#endif
