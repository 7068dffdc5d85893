// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * vhost checks each address that a guest writes against the windows, as this program does
 * (window.c), and reaches them by this program's mappings: when the cell is destroyed it finds
 * nothing there.
 */
#include "vhost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/virtio.h>

#define NO_TAP	(-1)

/*
 * To vhost VIRTIO_F_ACCESS_PLATFORM means addresses that somebody has to translate for it; those of
 * the guest are what the windows say. The others are no features of a device.
 */
#define NOT_FOR_VHOST	(1ULL << JH_VIRTIO_F_ACCESS_PLATFORM | 1ULL << VHOST_F_LOG_ALL | \
			 1ULL << VHOST_NET_F_VIRTIO_NET_HDR)

static void lose(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct vhost *vhost)
{
	int number = errno;
	unsigned int n;

	lose(&vhost->fd);
	for (n = 0; n < VHOST_QUEUES; n++) {
		lose(&vhost->kick[n]);
		lose(&vhost->call[n]);
	}
	errno = number;
}

int vhost_open(struct vhost *vhost)
{
	bool right = true;
	unsigned int n;

	vhost->fd = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);
	for (n = 0; n < VHOST_QUEUES; n++) {
		vhost->kick[n] = vhost->fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		vhost->call[n] = vhost->fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		right &= vhost->kick[n] >= 0 && vhost->call[n] >= 0;
	}
	if (right && !ioctl(vhost->fd, VHOST_GET_FEATURES, &vhost->features))
		return 0;
	close_all(vhost);
	return -1;
}

/* --- eventfds --- */

int vhost_bind(const struct port *port, unsigned int n, int kick, int call)
{
	struct jh_link_eventfd bell = { n + 1, kick }, ring = { n + 1, call };

	return ioctl(port->fd, JH_LINK_IOC_BELL_EVENTFD, &bell) ||
	       ioctl(port->fd, JH_LINK_IOC_RING_EVENTFD, &ring) ? -1 : 0;
}

static int bind_vhost(const struct vhost *vhost, unsigned int n)
{
	struct vhost_vring_file kick = { n, vhost->kick[n] }, call = { n, vhost->call[n] };

	return ioctl(vhost->fd, VHOST_SET_VRING_KICK, &kick) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_CALL, &call) ? -1 : 0;
}

int vhost_own(struct vhost *vhost, const struct port *port)
{
	unsigned int n;

	if (ioctl(vhost->fd, VHOST_SET_OWNER, NULL))
		return -1;
	for (n = 0; n < VHOST_QUEUES; n++)
		if (bind_vhost(vhost, n) || vhost_bind(port, n, vhost->kick[n], vhost->call[n]))
			return -1;
	return 0;
}

/* --- a life of the device --- */

uint64_t vhost_accept(const struct vhost *vhost, uint64_t accepted)
{
	return accepted & vhost->features & ~NOT_FOR_VHOST;
}

struct vhost_memory *vhost_memory(const struct windows *windows)
{
	struct vhost_memory *memory = calloc(1, sizeof(*memory) + windows->count *
					     sizeof(memory->regions[0]));
	unsigned int i;

	if (!memory)
		return NULL;
	memory->nregions = windows->count;
	for (i = 0; i < windows->count; i++) {
		const struct window *window = &windows->window[i];

		memory->regions[i] = (struct vhost_memory_region){
			.guest_phys_addr = window->guest, .memory_size = window->size,
			.userspace_addr = (uintptr_t)window->at,
		};
	}
	return memory;
}

struct vhost_vring_addr vhost_rings(const struct queue *queue, unsigned int n)
{
	return (struct vhost_vring_addr){
		.index = n, .desc_user_addr = (uintptr_t)queue->desc,
		.avail_user_addr = (uintptr_t)queue->driver,
		.used_user_addr = (uintptr_t)queue->device,
	};
}

static int set_memory(const struct vhost *vhost, const struct windows *windows)
{
	struct vhost_memory *memory = vhost_memory(windows);
	int ret = memory ? ioctl(vhost->fd, VHOST_SET_MEM_TABLE, memory) : -1;

	free(memory);
	return ret;
}

static int set_queue(const struct vhost *vhost, const struct queue *queue, unsigned int n)
{
	struct vhost_vring_state num = { n, queue->num }, base = { n, 0 };
	struct vhost_vring_addr rings = vhost_rings(queue, n);

	return ioctl(vhost->fd, VHOST_SET_VRING_NUM, &num) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_BASE, &base) ||
	       ioctl(vhost->fd, VHOST_SET_VRING_ADDR, &rings) ? -1 : 0;
}

static int set_tap(const struct vhost *vhost, unsigned int n, int tap)
{
	struct vhost_vring_file file = { n, tap };

	return ioctl(vhost->fd, VHOST_NET_SET_BACKEND, &file);
}

int vhost_start(struct vhost *vhost, const struct windows *windows, const struct queue *queues,
		uint64_t accepted, int tap)
{
	uint64_t features = vhost_accept(vhost, accepted);
	unsigned int n;
	int number;

	if (ioctl(vhost->fd, VHOST_SET_FEATURES, &features) || set_memory(vhost, windows))
		return -1;
	for (n = 0; n < VHOST_QUEUES; n++)
		if (set_queue(vhost, &queues[n], n))
			return -1;
	for (n = 0; n < VHOST_QUEUES; n++) {
		if (!set_tap(vhost, n, tap)) {
			/* What the guest has rung before it looks for itself. */
			eventfd_write(vhost->kick[n], 1);
			continue;
		}
		number = errno;
		vhost_stop(vhost);
		errno = number;
		return -1;
	}
	return 0;
}

void vhost_stop(struct vhost *vhost)
{
	unsigned int n;

	for (n = 0; n < VHOST_QUEUES; n++) {
		if (!set_tap(vhost, n, NO_TAP))
			continue;
		/* It must not go on in any case, and without its file it does not. */
		close_all(vhost);
		return;
	}
}
