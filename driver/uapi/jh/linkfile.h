/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * For programs of Linux: a file of /dev/jh-link (jh/ioctl.h), with a stream of bytes each way
 * (jh/stream.h). Only one thread of a program may use it.
 */
#ifndef JH_LINKFILE_H
#define JH_LINKFILE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/stream.h>

/** struct jh_linkfile - filled in by jh_linkfile_open() */
struct jh_linkfile {
	int fd;				/* for poll(): POLLIN as soon as a bell has rung */
	struct jh_link_info info;
	const volatile __u32 *table;	/* states, one for each side */
	struct jh_stream *own;		/* to the other side */
	const struct jh_stream *other;	/* from the other side */
	__u32 size;			/* bytes that fit into a stream */
	__u32 life;			/* number of this side's life, 0x8000 to 0xffff */
	__u32 peer_life;		/* of the other side's, 0: not known yet */
};

static inline void *jh_linkfile_map(const struct jh_linkfile *link, size_t offset, size_t size,
				    int rights)
{
	void *memory = mmap(NULL, size, rights, MAP_SHARED, link->fd,
			    (off_t)(JH_LINK_MAP_MEMORY + offset));

	return memory == MAP_FAILED ? NULL : memory;
}

/* The output starts at its first byte before the other side sees the state. */
static inline int jh_linkfile_announce(struct jh_linkfile *link)
{
	__u32 state = link->life << 16 | link->peer_life;

	jh_stream_begin(link->own);
	return ioctl(link->fd, JH_LINK_IOC_STATE, &state);
}

/** jh_linkfile_close() - unmap and close: this side is gone */
static inline void jh_linkfile_close(struct jh_linkfile *link)
{
	size_t output = link->info.output;

	if (link->table)
		munmap((void *)link->table, link->info.table);
	if (link->own)
		munmap(link->own, output);
	if (link->other)
		munmap((void *)link->other, output);
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

/* Maps each section by itself: those that root may only read cannot be mapped with write access. */
static inline int jh_linkfile_start(struct jh_linkfile *link)
{
	const struct jh_link_info *info = &link->info;
	size_t outputs;

	if (ioctl(link->fd, JH_LINK_IOC_INFO, &link->info))
		return -1;
	errno = EPROTO;
	if (info->bells <= JH_STREAM_BELL)
		return -1;
	outputs = (size_t)info->table + info->common;
	link->table = jh_linkfile_map(link, 0, info->table, PROT_READ);
	link->own = jh_linkfile_map(link, outputs + info->side * info->output, info->output,
				    PROT_READ | PROT_WRITE);
	link->other = jh_linkfile_map(link, outputs + !info->side * info->output, info->output,
				      PROT_READ);
	if (!link->table || !link->own || !link->other)
		return -1;
	link->size = jh_stream_size(info->output);
	link->life = 0x8000 | ((__u32)time(NULL) ^ (__u32)getpid() * 7) % 0x8000;
	return jh_linkfile_announce(link);
}

/**
 * jh_linkfile_open() - take the link for this program, and tell the other side
 * @device: a file of JH_LINK_DIRECTORY
 *
 * Return: 0, or -1 with errno: EBUSY if another program has it, ENODEV if the kernel's pages are
 * larger than 4 KiB, EPROTO if the link has one bell only: streams want two.
 */
static inline int jh_linkfile_open(struct jh_linkfile *link, const char *device)
{
	int number;

	*link = (struct jh_linkfile){ .fd = open(device, O_RDWR | O_CLOEXEC) };
	if (link->fd < 0)
		return -1;
	if (!jh_linkfile_start(link))
		return 0;
	number = errno;
	jh_linkfile_close(link);
	errno = number;
	return -1;
}

/**
 * jh_linkfile_is_connected() - do both sides know each other's life? To be called after each bell.
 *
 * If the other side has restarted, @link->peer_life changes, and bytes sent before may be lost.
 */
static inline int jh_linkfile_is_connected(struct jh_linkfile *link)
{
	__u32 state = link->table[!link->info.side];

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (state >> 16 != link->peer_life) {
		link->peer_life = state >> 16;
		if (jh_linkfile_announce(link))
			return 0;
	}
	return state && (state & 0xffff) == link->life;
}

/**
 * jh_linkfile_wait() - wait for bells, and read them
 * @milliseconds:	at most; -1: for ever
 *
 * Return: the bells, a bit each; 0 if none rang; -1 with errno: EPIPE if the other side was there
 * and is no more, EINTR.
 */
static inline int jh_linkfile_wait(struct jh_linkfile *link, int milliseconds)
{
	struct pollfd wait = { .fd = link->fd, .events = POLLIN };
	int ready = poll(&wait, 1, milliseconds);
	__u32 bells;

	if (ready <= 0)
		return ready;
	return read(link->fd, &bells, sizeof(bells)) == sizeof(bells) ? (int)bells : -1;
}

/** jh_linkfile_ring() - ring bells of the other side, a bit each. 0, or -1 with errno: EPIPE. */
static inline int jh_linkfile_ring(struct jh_linkfile *link, __u32 bells)
{
	return write(link->fd, &bells, sizeof(bells)) == sizeof(bells) ? 0 : -1;
}

/** jh_linkfile_send() - send bytes and ring. Return: how many there was room for */
static inline __u32 jh_linkfile_send(struct jh_linkfile *link, const void *bytes, __u32 count)
{
	__u32 sent = jh_stream_send(link->own, link->other, link->size, bytes, count);

	if (sent)
		jh_linkfile_ring(link, 1U << JH_STREAM_BELL);
	return sent;
}

/** jh_linkfile_receive() - Return: bytes received; -1: the other side's positions are impossible */
static inline int jh_linkfile_receive(struct jh_linkfile *link, void *bytes, __u32 count)
{
	int got = jh_stream_receive(link->own, link->other, link->size, bytes, count);

	if (got > 0)
		jh_linkfile_ring(link, 1U << JH_STREAM_BELL);
	return got;
}

/** jh_linkfile_reason() - the fate of the cell, in words; valid until the next call */
static inline const char *jh_linkfile_reason(struct jh_linkfile *link)
{
	if (ioctl(link->fd, JH_LINK_IOC_INFO, &link->info))
		return "the link cannot be asked";
	return link->info.reason;
}

#endif
