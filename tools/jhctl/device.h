/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The way to the driver. test/fakedevice.c implements the same functions for tests on a host.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "jhctl.h"

/**
 * device_open - open /dev/jh
 *
 * Returns a descriptor for device_call(), or -1 with errno; says nothing.
 */
int device_open(void);

/**
 * device_load - load the module
 * @said:	out: what modprobe wrote to stderr, terminated
 *
 * Returns 0, or -1 with errno: EPERM for those who may not, ENOENT without modprobe, EIO if it
 * failed. Says nothing.
 */
int device_load(char *said, size_t size);

/** As ioctl(2): 0, or -1 with errno. */
int device_call(int fd, unsigned long request, void *argument);

void device_close(int fd);

/** Whether Linux has the block device (its name in /dev) in use: mounted, for swap, in a volume. */
bool device_claimed(const char *name);

/** The prefix of /sys, /proc and /dev in paths: "" on a real machine. */
const char *device_root(void);

#endif
