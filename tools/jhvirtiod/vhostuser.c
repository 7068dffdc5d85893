// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A message is a header and what its size says. An answer has the number of its question, a size
 * that is known before, and no descriptors: nobody receives those that come with it. After any
 * other one, or none in time, the back end is lost: its socket is shut down, and the memory that it
 * was given is taken back, whatever it goes on doing.
 */
#include "vhostuser.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/virtio.h>

#include "vhost.h"

enum request {
	GET_FEATURES = 1,
	SET_FEATURES = 2,
	SET_OWNER = 3,
	SET_MEM_TABLE = 5,
	SET_VRING_NUM = 8,
	SET_VRING_ADDR = 9,
	SET_VRING_BASE = 10,
	GET_VRING_BASE = 11,
	SET_VRING_KICK = 12,
	SET_VRING_CALL = 13,
	GET_PROTOCOL_FEATURES = 15,
	SET_PROTOCOL_FEATURES = 16,
	GET_QUEUE_NUM = 17,
	SET_VRING_ENABLE = 18,
	GET_CONFIG = 24,
};

#define VERSION		0x1
#define REPLY		0x4
#define NEED_REPLY	0x8

/* Feature of a device that says that there are features of the protocol, which are these */
#define F_PROTOCOL	30
#define P_MQ		0
#define P_REPLY_ACK	3
#define P_CONFIG	9
#define P_KNOWN		(FEATURE(P_MQ) | FEATURE(P_REPLY_ACK) | FEATURE(P_CONFIG))

#define CONFIG_MOST	256	/* bytes of a configuration: the protocol's limit */

struct header {
	uint32_t request, flags, size;
};

struct config {
	uint32_t offset, size, flags;
	uint8_t bytes[CONFIG_MOST];
};

static void close_fds(int *fds, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static void forget(int *fds, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		fds[i] = -1;
}

void vhostuser_part(const struct port *port, unsigned int count)
{
	while (count--)
		vhost_bind(port, count, JH_LINK_NO_EVENTFD, JH_LINK_NO_EVENTFD);
}

void vhostuser_lose(struct vhostuser *user)
{
	unsigned int i;

	if (user->fd < 0)
		return;
	/* Processes of other devices may have these, too, so closing them is not enough. */
	shutdown(user->fd, SHUT_RDWR);
	for (i = 0; i < WINDOWS; i++)
		if (user->memory[i] >= 0)
			ioctl(user->memory[i], JH_LINK_IOC_REVOKE);
	close_fds(&user->fd, 1);
	close_fds(user->memory, WINDOWS);
}

static bool lose(struct vhostuser *user, const char *why)
{
	user->why = why;
	vhostuser_lose(user);
	return false;
}

/* --- messages --- */

/* With @count descriptors, which the first byte carries. */
static bool send_all(struct vhostuser *user, struct iovec *iov, const int *fds, unsigned int count)
{
	union {
		char bytes[CMSG_SPACE(WINDOWS * sizeof(int))];
		struct cmsghdr align;
	} room = { { 0 } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2 };
	struct cmsghdr *part;
	size_t size = iov[0].iov_len + iov[1].iov_len;

	if (count) {
		message.msg_control = room.bytes;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		part = CMSG_FIRSTHDR(&message);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(part), fds, count * sizeof(int));
	}
	/* A socket with room for less than a message belongs to no back end that works. */
	return sendmsg(user->fd, &message, MSG_NOSIGNAL) == (ssize_t)size ||
	       lose(user, "it does not take what it is told");
}

static bool tell_with(struct vhostuser *user, uint32_t request, uint32_t flags, const void *what,
		      size_t size, const int *fds, unsigned int count)
{
	struct header header = { request, VERSION | flags, (uint32_t)size };
	struct iovec iov[2] = { { &header, sizeof(header) }, { (void *)what, size } };

	return user->fd >= 0 && send_all(user, iov, fds, count);
}

static bool tell(struct vhostuser *user, uint32_t request, const void *what, size_t size)
{
	return tell_with(user, request, 0, what, size, NULL, 0);
}

static bool receive_all(struct vhostuser *user, void *to, size_t size)
{
	struct iovec iov = { to, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	/* However it comes in pieces, all of it comes within the time of one call. */
	ssize_t got = recvmsg(user->fd, &message, MSG_WAITALL);

	if (got == (ssize_t)size)
		return true;
	return lose(user, got > 0 || (got < 0 && errno == EAGAIN) ? "it does not answer" :
								    "it has gone");
}

/* The answer to what was asked last, which is of @size bytes. */
static bool hear(struct vhostuser *user, uint32_t request, void *answer, size_t size)
{
	struct header header;

	if (!receive_all(user, &header, sizeof(header)))
		return false;
	if (header.request != request || header.flags != (VERSION | REPLY) || header.size != size)
		return lose(user, "it answers what was not asked");
	return receive_all(user, answer, size);
}

static bool ask(struct vhostuser *user, uint32_t request, uint64_t *answer)
{
	return tell(user, request, NULL, 0) && hear(user, request, answer, sizeof(*answer));
}

static bool has(const struct vhostuser *user, unsigned int protocol)
{
	return user->protocol & FEATURE(protocol);
}

/*
 * It has done it when this returns. One that cannot say so is asked for something else: it takes
 * messages in their order.
 */
static bool have_done(struct vhostuser *user, uint32_t request, const void *what, size_t size,
		      const int *fds, unsigned int count)
{
	bool acknowledges = has(user, P_REPLY_ACK);
	uint64_t answer;

	if (!tell_with(user, request, acknowledges ? NEED_REPLY : 0, what, size, fds, count))
		return false;
	if (!acknowledges)
		return ask(user, GET_FEATURES, &answer);
	if (!hear(user, request, &answer, sizeof(answer)))
		return false;
	return !answer || lose(user, "it refuses the memory or a queue");
}

/* --- before the guest finds the device --- */

static bool reach(struct vhostuser *user, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = VHOSTUSER_SECONDS };

	if (strlen(path) >= sizeof(address.sun_path)) {
		user->why = "the path is too long for a socket";
		return false;
	}
	strcpy(address.sun_path, path);
	user->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (user->fd >= 0 &&
	    !setsockopt(user->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) &&
	    !setsockopt(user->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) &&
	    !connect(user->fd, (struct sockaddr *)&address, sizeof(address)))
		return true;
	user->why = strerror(errno);
	close_fds(&user->fd, 1);
	return false;
}

static bool agree(struct vhostuser *user)
{
	uint64_t queues = DEVICE_QUEUES;

	if (!ask(user, GET_FEATURES, &user->features))
		return false;
	if (!(user->features & FEATURE(JH_VIRTIO_F_VERSION_1)))
		return lose(user, "it knows no virtio of version 1");
	if (!(user->features & FEATURE(F_PROTOCOL)))
		return true;
	if (!ask(user, GET_PROTOCOL_FEATURES, &user->protocol))
		return false;
	user->protocol &= P_KNOWN;
	if (!tell(user, SET_PROTOCOL_FEATURES, &user->protocol, sizeof(user->protocol)))
		return false;
	if (has(user, P_MQ) && !ask(user, GET_QUEUE_NUM, &queues))
		return false;
	user->queues = queues < DEVICE_QUEUES ? (unsigned int)queues : DEVICE_QUEUES;
	return true;
}

bool vhostuser_open(struct vhostuser *user, const char *path)
{
	*user = (struct vhostuser){ .fd = -1, .queues = DEVICE_QUEUES };
	forget(user->kick, DEVICE_QUEUES);
	forget(user->call, DEVICE_QUEUES);
	forget(user->memory, WINDOWS);
	return reach(user, path) && tell(user, SET_OWNER, NULL, 0) && agree(user);
}

bool vhostuser_config(struct vhostuser *user, void *config, unsigned int size)
{
	struct config question = { .size = size };
	size_t bytes = offsetof(struct config, bytes) + size;

	if (size > CONFIG_MOST || !has(user, P_CONFIG))
		return lose(user, "it does not tell a configuration");
	if (!tell(user, GET_CONFIG, &question, bytes) || !hear(user, GET_CONFIG, &question, bytes))
		return false;
	memcpy(config, question.bytes, size);
	return true;
}

int vhostuser_own(struct vhostuser *user, const struct windows *windows)
{
	unsigned int n;

	for (n = 0; n < windows->count; n++) {
		user->memory[n] = ioctl(windows->window[n].link, JH_LINK_IOC_MEMORY);
		if (user->memory[n] < 0)
			return -1;
	}
	return 0;
}

/* --- a life of the device --- */

/* The padding of what Linux is told is the offset in the file here: the region begins with it. */
static bool set_memory(struct vhostuser *user, const struct windows *windows)
{
	struct vhost_memory *memory = vhost_memory(windows);
	size_t size = sizeof(*memory) + windows->count * sizeof(memory->regions[0]);
	bool done = memory ? have_done(user, SET_MEM_TABLE, memory, size, user->memory,
				       windows->count) : lose(user, "out of memory");

	free(memory);
	return done;
}

/*
 * Eventfds of this life alone. The back end has them, too, and may change what they are: so nobody
 * here reads or writes them, and the first kick, for what the guest has rung before somebody
 * listened, is there from the beginning.
 */
static bool bind_queue(struct vhostuser *user, const struct port *port, unsigned int n)
{
	close_fds(&user->kick[n], 1);
	close_fds(&user->call[n], 1);
	user->kick[n] = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	user->call[n] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return (user->kick[n] >= 0 && user->call[n] >= 0 &&
		!vhost_bind(port, n, user->kick[n], user->call[n])) ||
	       lose(user, "there are no eventfds for its queues");
}

static bool set_queue(struct vhostuser *user, const struct queue *queue, unsigned int n)
{
	struct vhost_vring_state num = { n, queue->num }, base = { n, 0 };
	struct vhost_vring_addr rings = vhost_rings(queue, n);
	uint64_t number = n;

	return tell(user, SET_VRING_NUM, &num, sizeof(num)) &&
	       tell(user, SET_VRING_BASE, &base, sizeof(base)) &&
	       have_done(user, SET_VRING_ADDR, &rings, sizeof(rings), NULL, 0) &&
	       tell_with(user, SET_VRING_CALL, 0, &number, sizeof(number), &user->call[n], 1) &&
	       tell_with(user, SET_VRING_KICK, 0, &number, sizeof(number), &user->kick[n], 1);
}

static bool enable(struct vhostuser *user, unsigned int n, bool on)
{
	struct vhost_vring_state state = { n, on };

	/* Without these features a queue works as soon as it has its eventfds. */
	return !(user->features & FEATURE(F_PROTOCOL)) ||
	       tell(user, SET_VRING_ENABLE, &state, sizeof(state));
}

bool vhostuser_start(struct vhostuser *user, const struct port *port,
		     const struct queue *queues, unsigned int count, uint64_t accepted)
{
	uint64_t features = accepted & user->features & ~FEATURE(JH_VIRTIO_F_ACCESS_PLATFORM);
	unsigned int n;

	features |= user->features & FEATURE(F_PROTOCOL);
	if (!tell(user, SET_FEATURES, &features, sizeof(features)) ||
	    !set_memory(user, queues->windows))
		return false;
	for (n = 0; n < count; n++)
		if (!bind_queue(user, port, n) || !set_queue(user, &queues[n], n))
			return false;
	for (n = 0; n < count; n++)
		if (!enable(user, n, true))
			return false;
	return true;
}

bool vhostuser_stop(struct vhostuser *user, unsigned int count)
{
	struct vhost_vring_state state;
	unsigned int n;

	for (n = 0; n < count; n++) {
		state = (struct vhost_vring_state){ .index = n };
		if (!enable(user, n, false) ||
		    !tell(user, GET_VRING_BASE, &state, sizeof(state)) ||
		    !hear(user, GET_VRING_BASE, &state, sizeof(state)))
			return false;
	}
	return true;
}

bool vhostuser_listen(struct vhostuser *user)
{
	uint8_t byte;
	struct iovec iov = { &byte, sizeof(byte) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t got;

	if (user->fd < 0)
		return false;
	got = recvmsg(user->fd, &message, MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	return lose(user, got > 0 ? "it says what nobody has asked" : "it has gone");
}
