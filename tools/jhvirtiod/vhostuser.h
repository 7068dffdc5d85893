/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * vhost-user: a program of root's that moves what is in the queues of a device, told by messages
 * over a socket of its own (QEMU's "Vhost-user Protocol"). This program is the front end. The back
 * end is not trusted more than the guest: what it says is checked, and it has seconds to say it.
 */
#ifndef VHOSTUSER_H
#define VHOSTUSER_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"

#define VHOSTUSER_SECONDS	10	/* until a back end that says nothing is given up */

/**
 * struct vhostuser - a back end that this program is connected to
 * @fd:		the socket; -1: it is lost, and stays so
 * @features:	that it has, a bit each, those of a device
 * @protocol:	features of the protocol that both have
 * @queues:	how many it can serve at least
 * @why:	it was lost, in words
 * @kick, @call:	eventfds of each queue: the guest has put something in, it has used it
 * @told:	that it is lost
 * @memory:	files with the memory of each window, which it was given; -1: none
 */
struct vhostuser {
	int fd;
	uint64_t features, protocol;
	unsigned int queues;
	const char *why;
	bool told;
	int kick[DEVICE_QUEUES];
	int call[DEVICE_QUEUES];
	int memory[WINDOWS];
};

/** vhostuser_open - connect to the socket at @path, ask what it has; false: @why, and @fd is -1 */
bool vhostuser_open(struct vhostuser *user, const char *path);

/** vhostuser_config - ask for the first @size bytes of the configuration; false: as above */
bool vhostuser_config(struct vhostuser *user, void *config, unsigned int size);

/**
 * vhostuser_own - it works for this process from now on
 *
 * Makes the files of @windows, by the descriptors of their links. Returns 0, or -1 with errno.
 */
int vhostuser_own(struct vhostuser *user, const struct windows *windows);

/**
 * vhostuser_start - let it serve: it is rung by, and interrupts, the guest
 * @port:	of the device; queue n has bell n + 1 of the link, which is not read any more
 * @queues:	@count that queue_begin() found good
 * @accepted:	features of the guest's
 *
 * Returns false if it is lost.
 */
bool vhostuser_start(struct vhostuser *user, const struct port *port,
		     const struct queue *queues, unsigned int count, uint64_t accepted);

/** vhostuser_stop() - it has stopped when this returns, or is lost (false) */
bool vhostuser_stop(struct vhostuser *user, unsigned int count);

/** vhostuser_listen() - it says something, or has gone; nobody asked, so false: it is lost */
bool vhostuser_listen(struct vhostuser *user);

/** vhostuser_part() - nobody is rung by, or interrupts, the guest for these queues any more */
void vhostuser_part(const struct port *port, unsigned int count);

/** vhostuser_lose() - it reaches no memory any more; does nothing if it is lost already */
void vhostuser_lose(struct vhostuser *user);

#endif
