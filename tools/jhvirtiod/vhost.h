/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * vhost-net: a part of Linux that moves packets between the queues of a network card and a tap
 * device in a thread of its own. It is rung by the guest, and interrupts it, by eventfds of the
 * link (JH_LINK_IOC_BELL_EVENTFD); this program only starts and stops it.
 */
#ifndef VHOST_H
#define VHOST_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/vhost.h>

#include "port.h"
#include "queue.h"
#include "window.h"

#define VHOST_QUEUES	2

/**
 * struct vhost - a vhost-net that this program holds
 * @fd:		of it
 * @features:	that it has, a bit each
 * @kick, @call:	eventfds of each queue: the guest has put something in, vhost has used it
 */
struct vhost {
	int fd;
	uint64_t features;
	int kick[VHOST_QUEUES];
	int call[VHOST_QUEUES];
};

/** vhost_open - find it; returns 0, or -1 with errno and nothing open */
int vhost_open(struct vhost *vhost);

/**
 * vhost_own - it works for this process, and no other one, from now on
 *
 * Queue n has bell n + 1 of the link, which is not read any more. Returns 0, or -1 with errno.
 */
int vhost_own(struct vhost *vhost, const struct port *port);

/**
 * vhost_start - let it move packets
 * @queues:	VHOST_QUEUES that queue_begin() found good
 * @accepted:	features of the guest's; those that vhost knows not are not its business
 * @tap:	whose packets have a header of the guest's kind in front
 *
 * Returns 0, or -1 with errno and nothing moves.
 */
int vhost_start(struct vhost *vhost, const struct windows *windows, const struct queue *queues,
		uint64_t accepted, int tap);

/** vhost_stop() - it has ended when this returns: nothing is written to the guest's memory */
void vhost_stop(struct vhost *vhost);

/** vhost_accept() - the features that vhost is told of those that the guest has accepted */
uint64_t vhost_accept(const struct vhost *vhost, uint64_t accepted);

/** vhost_memory() - the windows as vhost wants them, allocated; NULL: out of memory */
struct vhost_memory *vhost_memory(const struct windows *windows);

/** vhost_bind() - queue @n rings @kick, and is interrupted by @call; 0, or -1 with errno */
int vhost_bind(const struct port *port, unsigned int n, int kick, int call);

/** vhost_rings() - where the parts of queue @n are, in this program */
struct vhost_vring_addr vhost_rings(const struct queue *queue, unsigned int n);

#endif
