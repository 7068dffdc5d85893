/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A back end of vhost-user that obeys, but for one message, at which it does what a test wants. It
 * runs in a thread of its own; each message is an event of script.h.
 */
#ifndef BACK_H
#define BACK_H

#include <linux/vhost.h>
#include <linux/virtio_blk.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../device.h"
#include "guest.h"
#include "script.h"

#define PROTOCOL	FEATURE(30)

/* What it does at the message whose number is @at_message: 1, 2, ... */
enum deed {
	OBEY, DIE, KEEP_SILENT, OTHER_REQUEST, NO_REPLY_FLAG, TOO_LONG, TOO_SHORT, ENDLESS, HALF,
	REFUSE, WITH_DESCRIPTORS, DEEDS,
};

struct message {
	uint32_t request, flags, size;
	union {
		uint64_t number;
		struct vhost_vring_state state;
		struct vhost_vring_addr ring;
		struct {
			struct vhost_memory head;
			struct vhost_memory_region region[WINDOWS];
		} memory;
		struct { uint32_t offset, size, flags; uint8_t bytes[256]; } config;
		uint8_t all[300];
	};
} __attribute__((packed));

static struct {
	pthread_t thread;
	int listener, connection;
	char path[64];
	uint64_t features, protocol, queues;
	enum deed deed;
	unsigned int at_message, messages;
	unsigned int handled;		/* messages, or UINT32_MAX when it has gone */
	/* What it was told */
	uint64_t accepted, agreed;
	struct message memory;
	struct vhost_vring_addr ring[DEVICE_QUEUES];
	unsigned int num[DEVICE_QUEUES], base[DEVICE_QUEUES], fds;
	int kick[DEVICE_QUEUES], call[DEVICE_QUEUES];
	bool enabled[DEVICE_QUEUES];
	unsigned int ahead;	/* the guest resets during each start: how often it has; 0: not */
} back;

static int take_fds(const struct msghdr *got, int *fds)
{
	struct cmsghdr *part = CMSG_FIRSTHDR((struct msghdr *)got);
	size_t size = part ? part->cmsg_len - CMSG_LEN(0) : 0;

	if (part)
		memcpy(fds, CMSG_DATA(part), size);
	return (int)(size / sizeof(int));
}

static bool receive(struct message *message, int *fds, int *count)
{
	char room[CMSG_SPACE(WINDOWS * sizeof(int))];
	struct iovec iov = { message, 12 };
	struct msghdr got = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };

	if (recvmsg(back.connection, &got, MSG_WAITALL) != 12)
		return false;
	*count = take_fds(&got, fds);
	return message->size <= sizeof(message->all) &&
	       (!message->size || recv(back.connection, message->all, message->size,
				       MSG_WAITALL) == (ssize_t)message->size);
}

static void answer(struct message *message, size_t size, bool wrong)
{
	enum deed deed = wrong ? back.deed : OBEY;
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	size_t sent = 12 + size + (deed == TOO_LONG ? 8 : 0);
	struct iovec iov = { message, deed == HALF ? 12 + size / 2 : sent };
	struct msghdr put = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *part = (void *)room;

	message->request += deed == OTHER_REQUEST;
	message->flags = 1 | (deed == NO_REPLY_FLAG ? 0 : 4);
	message->size = (uint32_t)(sent - 12);
	if (deed == TOO_SHORT)
		message->size = 0;
	if (deed == ENDLESS)
		message->size = UINT32_MAX;
	if (deed == REFUSE)
		message->number = 1;
	if (deed == WITH_DESCRIPTORS) {
		put.msg_control = room;
		put.msg_controllen = sizeof(room);
		*part = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(part), &back.listener, sizeof(int));
	}
	if (deed != KEEP_SILENT)
		sendmsg(back.connection, &put, MSG_NOSIGNAL);
}

static void configure(struct message *message)
{
	struct virtio_blk_config config = { .capacity = 77, .seg_max = 126, .num_queues = 4 };

	memcpy(message->config.bytes, &config, message->config.size);
}

/* Returns the bytes of the answer; 0: there is none. */
static size_t obey(struct message *m, const int *fds)
{
	switch (m->request) {
	case 1:
		m->number = back.features;
		return 8;
	case 2:
		back.accepted = m->number;
		break;
	case 5:
		back.memory = *m;
		if (back.ahead && back.ahead < 100)
			guest_word = JH_VIRTIO_STATE(++back.ahead, JH_VIRTIO_S_DRIVER_OK);
		break;
	case 8:
		back.num[m->state.index] = m->state.num;
		break;
	case 9:
		back.ring[m->ring.index] = m->ring;
		break;
	case 10:
		back.base[m->state.index] = m->state.num;
		break;
	case 11:
		back.enabled[m->state.index] = false;
		return 8;
	case 12:
		back.kick[m->number] = fds[0];
		back.enabled[m->number] = !(back.features & PROTOCOL);
		break;
	case 13:
		back.call[m->number] = fds[0];
		break;
	case 15:
		m->number = back.protocol;
		return 8;
	case 16:
		back.agreed = m->number;
		break;
	case 17:
		m->number = back.queues;
		return 8;
	case 18:
		back.enabled[m->state.index] = m->state.num;
		break;
	case 24:
		configure(m);
		return 12 + m->config.size;
	}
	m->number = 0;
	return m->flags & 8 ? 8 : 0;
}

static void *serve(void *context)
{
	struct message message;
	int fds[WINDOWS], count;
	size_t size;

	back.connection = accept(back.listener, NULL, NULL);
	while (receive(&message, fds, &count)) {
		bool now = ++back.messages == back.at_message;

		script_note(NULL, 0, "%u%s", message.request, message.flags & 8 ? "!" : "");
		back.fds += (unsigned int)count;
		if (now && back.deed == DIE)
			break;
		size = obey(&message, fds);
		while (count && message.request == 5)
			close(fds[--count]);
		if (size || (now && back.deed != OBEY && back.deed != KEEP_SILENT))
			answer(&message, size, now);
		__atomic_store_n(&back.handled, back.messages, __ATOMIC_RELEASE);
	}
	shutdown(back.connection, SHUT_RDWR);
	__atomic_store_n(&back.handled, UINT32_MAX, __ATOMIC_RELEASE);
	return NULL;
}

static void begin_back(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(back.path, sizeof(back.path), "/tmp/test-backend-%d", (int)getpid());
	strcpy(address.sun_path, back.path);
	unlink(back.path);
	back.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(back.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(back.listener, 1), 0);
	assert_int_equal(pthread_create(&back.thread, NULL, serve, NULL), 0);
}

#endif
