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

/* Options of verbs that start a cell; they are jhvirtiod's, too */
#define VIRTIOD_OPTS \
	{ "disk", 0, "[LINK=]FILE", "a file or block device as its virtio disk: jhvirtiod(8)" }, \
	{ "net", 0, "[LINK=]TAP", "a tap device as its virtio network card" }, \
	{ "console", 0, "[LINK=]WHERE", "pty or pty:PATH, with its virtio console there" }, \
	{ "rng", 0, NULL, "the kernel's random numbers as its virtio source of them" }, \
	{ "no-vhost", 0, NULL, "jhvirtiod moves the packets of a network card, not vhost" }

/** virtiod_wanted - is there an option of jhvirtiod's on this command line? */
bool virtiod_wanted(const struct args *args);

/**
 * virtiod_start - start it in the background, with those options, for the cell @cell, which exists
 * @context:	struct args, the command line
 *
 * For struct cell_helper. It ends with the cell. Returns an exit code once the devices are there,
 * or it has said why not.
 */
int virtiod_start(const void *context, const char *cell);

#endif
