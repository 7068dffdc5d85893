/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Access to the driver. test/fakedevice.c implements the same functions for tests on a host.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "jhctl.h"

/**
 * device_open - open /dev/jh
 *
 * Returns a descriptor for device_call(), or -1 with errno; prints nothing.
 */
int device_open(void);

/**
 * device_load - load the module
 * @said:	out: modprobe's output on stderr, terminated
 *
 * Returns 0, or -1 with errno: EPERM if the user is not root, ENOENT without modprobe, EIO if it
 * failed. Prints nothing.
 */
int device_load(char *said, size_t size);

/** As ioctl(2): 0, or -1 with errno. */
int device_call(int fd, unsigned long request, void *argument);

void device_close(int fd);

/**
 * device_link_open - open root's side of a link of a cell
 *
 * Returns a descriptor for device_call() and the device_link_ functions, or -1 with errno.
 */
int device_link_open(const char *cell, const char *link);

/** Map a part of the link until the program ends; NULL with errno. */
void *device_link_map(int fd, size_t offset, size_t length, bool writable);

/**
 * device_link_wait - wait for bells, and read them
 *
 * Returns 1, 0 if none rang in @milliseconds, or -1 with errno: EPIPE if the other side is gone,
 * EINTR if a signal came.
 */
int device_link_wait(int fd, int milliseconds);

/** Ring bells, a bit each: 0, or -1 with errno. */
int device_link_ring(int fd, __u32 bells);

void device_link_close(int fd);

/** Nanoseconds of CLOCK_MONOTONIC. */
unsigned long long device_now(void);

/** Whether Linux uses the block device (its name in /dev): mounted, for swap, in a volume. */
bool device_claimed(const char *name);

/** The prefix of /sys, /proc and /dev in paths: "" on a real machine. */
const char *device_root(void);

#endif
