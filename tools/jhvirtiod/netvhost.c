// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Of the card's bells this program hears but the one of its state: it starts vhost when there is a
 * driver, and stops it when the guest has reset the card, before it looks at what comes then.
 */
#include "netvhost.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <jh/config.h>

#include "jhvirtiod.h"
#include "vhost.h"

struct netvhost {
	struct vhost vhost;
	int tap;
};

/* There is nothing to do: these bells are not heard. */
static enum outcome serve(struct device *device, unsigned int n, struct chain *chain,
			  uint32_t *written)
{
	return OUTCOME_LATER;
}

static int own(struct device *device, const struct windows *windows)
{
	struct netvhost *net = device->context;

	if (!vhost_own(&net->vhost, &device->port))
		return EXIT_OK;
	return complain("%s: vhost-net cannot be used: %s: --no-vhost does without it",
			device->port.name, strerror(errno));
}

/* What Linux may hand over as it is: without a checksum, or several packets as one. */
static unsigned int offload(uint64_t accepted)
{
	unsigned int flags = 0;

	if (!(accepted & FEATURE(VIRTIO_NET_F_GUEST_CSUM)))
		return 0;
	flags |= TUN_F_CSUM;
	if (accepted & FEATURE(VIRTIO_NET_F_GUEST_TSO4))
		flags |= TUN_F_TSO4;
	if (accepted & FEATURE(VIRTIO_NET_F_GUEST_TSO6))
		flags |= TUN_F_TSO6;
	return flags;
}

static void begin(struct device *device)
{
	struct netvhost *net = device->context;

	device->pending = 0;
	if (!ioctl(net->tap, TUNSETOFFLOAD, offload(device->accepted)) &&
	    !vhost_start(&net->vhost, device->queue[0].windows, device->queue, device->accepted,
			 net->tap))
		return;
	device->works = false;
	if (!device->refused++)
		complain("%s: vhost-net does not take the queues: %s: the device does nothing "
			 "until the guest resets it", device->port.name, strerror(errno));
}

static void stop(struct device *device)
{
	struct netvhost *net = device->context;

	vhost_stop(&net->vhost);
}

static const struct kind kind = {
	.number = JH_VIRTIO_NET,
	.word = "net",
	.queues = VHOST_QUEUES,
	.serve = serve,
	.own = own,
	.begin = begin,
	.end = stop,
};

bool netvhost_open(struct device *device, int tap)
{
	struct netvhost *net = calloc(1, sizeof(*net));

	if (!net || vhost_open(&net->vhost)) {
		free(net);
		return false;
	}
	net->tap = tap;
	device->kind = &kind;
	device->context = net;
	device->input = device->output = -1;
	if (net->vhost.features & FEATURE(VIRTIO_NET_F_MRG_RXBUF))
		device->features |= FEATURE(VIRTIO_NET_F_MRG_RXBUF) |
				    FEATURE(VIRTIO_NET_F_GUEST_TSO4) |
				    FEATURE(VIRTIO_NET_F_GUEST_TSO6);
	return true;
}
