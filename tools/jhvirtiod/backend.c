// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Of the device's bells this program hears but the one of its state: the back end is started when
 * there is a driver, and stopped when the guest has reset the device. One that goes takes its
 * device with it: the guest finds that it needs a reset, and then no device.
 */
#include "backend.h"

#include <errno.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "jhvirtiod.h"
#include "vhostuser.h"

#define F_INDIRECT	28
#define ALL_KINDS	(FEATURE(F_INDIRECT) | FEATURE(FEATURE_EVENT_IDX))

#define DISK_CONFIG	60	/* bytes: up to what features below speak of (5.2.4) */

/*
 * Features of a device that are offered if the back end has them: those that need neither a queue
 * more, nor a configuration that the guest writes, nor anything of this program.
 */
#define DISK_FEATURES	(FEATURE(VIRTIO_BLK_F_SIZE_MAX) | FEATURE(VIRTIO_BLK_F_SEG_MAX) | \
			 FEATURE(VIRTIO_BLK_F_GEOMETRY) | FEATURE(VIRTIO_BLK_F_RO) | \
			 FEATURE(VIRTIO_BLK_F_BLK_SIZE) | FEATURE(VIRTIO_BLK_F_FLUSH) | \
			 FEATURE(VIRTIO_BLK_F_TOPOLOGY) | FEATURE(VIRTIO_BLK_F_DISCARD) | \
			 FEATURE(VIRTIO_BLK_F_WRITE_ZEROES))
#define NET_FEATURES	(FEATURE(VIRTIO_NET_F_CSUM) | FEATURE(VIRTIO_NET_F_GUEST_CSUM) | \
			 FEATURE(VIRTIO_NET_F_GUEST_TSO4) | FEATURE(VIRTIO_NET_F_GUEST_TSO6) | \
			 FEATURE(VIRTIO_NET_F_GUEST_ECN) | FEATURE(VIRTIO_NET_F_GUEST_UFO) | \
			 FEATURE(VIRTIO_NET_F_HOST_TSO4) | FEATURE(VIRTIO_NET_F_HOST_TSO6) | \
			 FEATURE(VIRTIO_NET_F_HOST_ECN) | FEATURE(VIRTIO_NET_F_HOST_UFO) | \
			 FEATURE(VIRTIO_NET_F_MRG_RXBUF))

/* There is nothing to do: these bells are not heard. */
static enum outcome serve(struct device *device, unsigned int n, struct chain *chain,
			  uint32_t *written)
{
	return OUTCOME_LATER;
}

/* The first time only. The guest is told, and finds no device any more. */
static void lost(struct device *device)
{
	struct vhostuser *user = device->context;

	device->works = false;
	device->input = -1;
	if (!user->told)
		complain("%s: the back end is lost: %s: the device is gone until jhvirtiod is "
			 "started anew", device->port.name, user->why);
	user->told = true;
	vhostuser_part(&device->port, device->kind->queues);
	port_withdraw(&device->port);
}

static int own(struct device *device, const struct windows *windows)
{
	if (!vhostuser_own(device->context, windows))
		return EXIT_OK;
	return complain("%s: the memory of the devices cannot be given to a back end: %s",
			device->port.name, strerror(errno));
}

static void begin(struct device *device)
{
	struct vhostuser *user = device->context;

	device->pending = 0;
	if (!vhostuser_start(user, &device->port, device->queue, device->kind->queues,
			     device->accepted))
		lost(device);
}

static void end(struct device *device)
{
	if (!vhostuser_stop(device->context, device->kind->queues))
		lost(device);
}

static void hear(struct device *device)
{
	if (device->input >= 0 && !vhostuser_listen(device->context))
		lost(device);
}

#define KIND(of, name, num)	{						\
	.number = (of), .word = (name), .queues = (num), .serve = serve,	\
	.own = own, .begin = begin, .end = end, .hear = hear,			\
}

static const struct kind kinds[] = {
	KIND(JH_VIRTIO_NET, "net", 2),
	KIND(JH_VIRTIO_BLOCK, "disk", 1),
	KIND(JH_VIRTIO_CONSOLE, "console", 2),
	KIND(JH_VIRTIO_ENTROPY, "rng", 1),
};

/* --- at the start --- */

/* A driver may make no requests of more pieces than the queue holds. */
static void limit_pieces(struct device *device)
{
	uint32_t most = port_get(&device->port, JH_VIRTIO_ROOT_QUEUE_SIZE), pieces;
	size_t at = offsetof(struct virtio_blk_config, seg_max);

	most = most > 2 ? most - 2 : 1;
	memcpy(&pieces, device->config + at, sizeof(pieces));
	if (pieces > most)
		memcpy(device->config + at, &most, sizeof(most));
}

static bool describe(struct device *device, struct vhostuser *user)
{
	uint64_t features = ALL_KINDS;

	if (device->kind->number == JH_VIRTIO_BLOCK) {
		if (!vhostuser_config(user, device->config, DISK_CONFIG))
			return false;
		limit_pieces(device);
		device->config_size = DISK_CONFIG;
		features |= DISK_FEATURES;
	} else if (device->kind->number == JH_VIRTIO_NET) {
		features |= NET_FEATURES;
	}
	device->features |= user->features & features;
	device->lacks = ~user->features & FEATURE(FEATURE_EVENT_IDX);
	return true;
}

static bool reach(struct device *device, struct vhostuser *user, const char *path)
{
	/* Those of network cards count pairs. */
	unsigned int wanted = device->kind->number == JH_VIRTIO_NET ? 1 : device->kind->queues;

	if (!vhostuser_open(user, path))
		return false;
	if (user->queues < wanted) {
		user->why = "it serves fewer queues than the device has";
		vhostuser_lose(user);
		return false;
	}
	return describe(device, user);
}

int backend_open(struct device *device, uint32_t kind, const char *path)
{
	struct vhostuser *user = calloc(1, sizeof(*user));
	int ret = EXIT_OK;

	if (!user)
		return complain("out of memory");
	device->kind = kinds;
	while (device->kind->number != kind)
		device->kind++;
	if (!reach(device, user, path)) {
		ret = complain("%s: no back end for vhost-user: %s", path, user->why);
		free(user);
		return ret;
	}
	device->context = user;
	device->input = user->fd;
	device->output = -1;
	return ret;
}
