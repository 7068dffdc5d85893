/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Virtio devices of cells: a part of links, which are optional. What guests see is in jh/virtio.h.
 */
#ifndef HV_VIRTIO_H
#define HV_VIRTIO_H

#include <hv/mmio.h>
#include <jh/config.h>
#include <jh/virtio.h>

#define VIRTIO_QUEUES	4	/* CONFIG_VIRTIO_QUEUES */

struct cell;
struct jh_error;
struct link_port;

/**
 * struct virtio_queue - as the guest wrote it; root reads it in this layout
 * @num:	elements
 * @ready:	1: the guest has written the others, which stay unless its CPUs write at a time
 * @address:	guest-physical, three of 64 bits, the lower half first
 */
struct virtio_queue {
	u32 num;
	u32 ready;
	u32 address[6];
};

/**
 * struct virtio - the registers of a device
 * @port:	the cell's side of the link that it stands on
 * @config:	in the cell's configuration
 * @offered:	features, by halves: root's
 * @accepted:	and the guest's; those that it has written last, once FEATURES_OK is set
 * @offered_sel, @accepted_sel, @queue_sel: what the guest's next access is about
 * @status:	JH_VIRTIO_S_*
 * @interrupt:	JH_VIRTIO_INT_* that the guest has not acknowledged
 * @generation:	of @space
 * @resets:	JH_VIRTIO_ROOT_RESETS
 * @space:	the configuration of the device, which root writes
 *
 * The guest's CPUs write at a time, and root reads meanwhile: each word is what somebody wrote. The
 * hypervisor follows none of the addresses.
 */
struct virtio {
	struct link_port *port;
	const struct jh_config_virtio *config;
	u32 offered[2];
	u32 accepted[2];
	u32 offered_sel, accepted_sel, queue_sel;
	u32 status;
	u32 interrupt;
	u32 generation;
	u32 resets;
	struct virtio_queue queues[VIRTIO_QUEUES];
	u32 space[JH_VIRTIO_CONFIG_SIZE / 4];
};

/* With the hooks of unit_link, which has the same ones. */

/** virtio_prepare() - the cell's devices, on its links, which are prepared. 0 or -ENOMEM. */
int virtio_prepare(struct cell *cell, struct jh_error *error);

/** virtio_reset() - before a life, which counts as a reset: what root offers outlives those */
void virtio_reset(struct cell *cell);

/** virtio_release() - root, which reached the devices by way of links, does so no more */
void virtio_release(struct cell *cell);

/** virtio_access_root() - an access of root's to what lies from JH_VIRTIO_ROOT on in its page */
u64 virtio_access_root(struct mmio_access access, struct virtio *device);

/** virtio_lost() - nobody is at the other end: a guest that uses the device learns of it */
void virtio_lost(struct virtio *device);

#endif
