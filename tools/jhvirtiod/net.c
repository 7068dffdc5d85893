// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Network device (Virtual I/O Device 1.2, 5.1) without a control queue. The header of a packet
 * is the tap device's, too: Linux judges what the guest has written there.
 */
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <jh/config.h>

#include "iov.h"
#include "jhvirtiod.h"
#include "netvhost.h"

#define RECEIVE		0
#define TRANSMIT	1

#define F_CSUM		0
#define F_GUEST_CSUM	1
#define F_MAC		5
#define F_HOST_TSO4	11
#define F_HOST_TSO6	12

#define HEADER		12	/* bytes: that of version 1 (5.1.6) */
#define HEADER_BUFFERS	10	/* in how many buffers a packet is; the tap device does not say */
#define MAC		6	/* bytes of an address */

static enum outcome receive(struct device *device, struct chain *chain, uint32_t *written)
{
	static const uint16_t one = 1;
	ssize_t got;

	if (chain->reads || chain->write_bytes < HEADER)
		return OUTCOME_BROKEN;
	/* What does not fit is cut off: without GUEST_TSO no packet is larger than a buffer. */
	got = readv(device->input, chain->iov, (int)chain->writes);
	if (got < HEADER)
		return OUTCOME_LATER;
	iov_copy_to(chain->iov, chain->writes, HEADER_BUFFERS, &one, sizeof(one));
	*written = (uint32_t)got;
	return OUTCOME_DONE;
}

/* A packet that cannot be sent is lost, as on a cable. */
static enum outcome transmit(struct device *device, struct chain *chain)
{
	if (chain->writes || chain->read_bytes < HEADER)
		return OUTCOME_BROKEN;
	if (writev(device->output, chain->iov, (int)chain->reads) < 0 && errno == EAGAIN)
		return OUTCOME_LATER;
	return OUTCOME_DONE;
}

static enum outcome net_serve(struct device *device, unsigned int n, struct chain *chain,
			      uint32_t *written)
{
	return n == RECEIVE ? receive(device, chain, written) : transmit(device, chain);
}

/* What comes from root without a checksum goes to those only who can do without. */
static void net_begin(struct device *device)
{
	ioctl(device->input, TUNSETOFFLOAD,
	      device->accepted & FEATURE(F_GUEST_CSUM) ? TUN_F_CSUM : 0);
}

const struct kind net_kind = {
	.number = JH_VIRTIO_NET,
	.word = "net",
	.queues = 2,
	.input = 1u << RECEIVE,
	.output = 1u << TRANSMIT,
	.serve = net_serve,
	.begin = net_begin,
};

/* Always the same for a card, and another one for each: locally administered, of one station. */
static void make_address(uint8_t *address, const char *cell, const char *link)
{
	uint64_t hash = 0xcbf29ce484222325;
	const char *c;
	int i;

	for (c = cell; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	hash = (hash ^ '/') * 0x100000001b3;
	for (c = link; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	address[0] = 0x02;
	for (i = 1; i < MAC; i++)
		address[i] = (uint8_t)(hash >> 8 * i);
}

static int open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd, header = HEADER;

	if (strlen(name) >= sizeof(request.ifr_name))
		return complain("%s is no name of a network device: it is too long", name), -1;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return complain("/dev/net/tun: %s: modprobe tun", strerror(errno)), -1;
	strcpy(request.ifr_name, name);
	if (!ioctl(fd, TUNSETIFF, &request) && !ioctl(fd, TUNSETVNETHDRSZ, &header))
		return fd;
	if (errno == EBUSY)
		complain("the tap device %s is held by another program", name);
	else
		complain("%s: %s: is it a tap device? 'ip tuntap add dev %s mode tap' makes one",
			 name, strerror(errno), name);
	close(fd);
	return -1;
}

int net_open(struct device *device, const char *cell, const char *tap, bool vhost)
{
	device->kind = &net_kind;
	device->input = device->output = open_tap(tap);
	if (device->input < 0)
		return EXIT_REFUSED;
	device->features = FEATURE(F_CSUM) | FEATURE(F_GUEST_CSUM) | FEATURE(F_MAC) |
			   FEATURE(F_HOST_TSO4) | FEATURE(F_HOST_TSO6);
	make_address(device->config, cell, device->port.name);
	device->config_size = 8;
	if (vhost && !netvhost_open(device, device->input))
		say("%s: slower, without vhost-net: %s: modprobe vhost_net", device->port.name,
		    strerror(errno));
	return EXIT_OK;
}
