// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "side.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "interrupt.h"
#include "jhctl.h"

#define PATIENCE_MS	2000	/* for an answer, which takes microseconds if a peer is there */
#define STEP_MS		100	/* the peer's first bell may be missed, so its state is polled */

/* Maps each section by itself: those that root may only read cannot be mapped with write access. */
static bool map(struct side *side)
{
	const struct jh_link_info *info = &side->info;
	size_t outputs = JH_LINK_MAP_MEMORY + info->table + info->common;
	size_t own = outputs + info->side * info->output;
	size_t other = outputs + !info->side * info->output;

	side->table = device_link_map(side->fd, JH_LINK_MAP_MEMORY, info->table, false);
	side->own = device_link_map(side->fd, own, info->output, true);
	side->other = device_link_map(side->fd, other, info->output, false);
	side->size = jh_stream_size(info->output);
	return side->table && side->own && side->other;
}

static int refuse_open(const char *cell, const char *name)
{
	switch (errno) {
	case ENOENT:
		return complain("%s has no link '%s' with Linux: its configuration needs [[link]] "
				"with that name and peer = \"root\"; dmesg says if Linux could not "
				"use it", cell, name);
	case EBUSY:
		return complain("another program has %s/%s/%s open", JH_LINK_DIRECTORY, cell,
				name);
	}
	return complain("cannot open %s/%s/%s: %s", JH_LINK_DIRECTORY, cell, name,
			strerror(errno));
}

static int refuse_map(void)
{
	if (errno == ENODEV)
		return complain("this Linux has pages of %ld KiB: it can map no link, whose parts "
				"are pages of 4 KiB with rights of their own",
				sysconf(_SC_PAGESIZE) / 1024);
	return complain("cannot map the link's memory: %s", strerror(errno));
}

static int announce(struct side *side)
{
	__u32 state = side->life << 16 | side->peer_life;

	jh_stream_begin(side->own);
	if (!device_call(side->fd, JH_LINK_IOC_STATE, &state))
		return EXIT_OK;
	return complain("the other side is gone: the cell was destroyed");
}

int side_open(struct side *side, const char *cell, const char *name)
{
	*side = (struct side){ .fd = device_link_open(cell, name) };
	if (side->fd < 0)
		return refuse_open(cell, name);
	side->life = 0x8000 | ((__u32)time(NULL) ^ (__u32)getpid() * 7) % 0x8000;
	if (device_call(side->fd, JH_LINK_IOC_INFO, &side->info))
		return complain("cannot ask for the link: %s", strerror(errno));
	if (side->info.bells <= JH_STREAM_BELL)
		return complain("the link has %u bell: a stream of bytes wants bells = %u",
				side->info.bells, JH_STREAM_BELL + 1);
	if (!map(side))
		return refuse_map();
	return announce(side);
}

/* Prints @text and the driver's reason why the other side is not there. */
static int refuse_absent(struct side *side, const char *text)
{
	if (device_call(side->fd, JH_LINK_IOC_INFO, &side->info))
		return complain("%s", text);
	side->info.reason[JH_LINK_REASON_LEN - 1] = '\0';
	return complain("%s: %s", text, side->info.reason);
}

/* Do both sides know each other's life? */
static bool is_connected(const struct side *side)
{
	__u32 state = side->table[!side->info.side];

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return state && state >> 16 == side->peer_life && (state & 0xffff) == side->life;
}

/* Answers a peer that has started, or started again. */
static int meet(struct side *side)
{
	__u32 state = side->table[!side->info.side];

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (state >> 16 == side->peer_life)
		return EXIT_OK;
	side->peer_life = state >> 16;
	return announce(side);
}

/* Did a signal come? It will end jhctl, so no message is printed. */
static bool is_interrupted(void)
{
	return interrupt_came() != 0;
}

int side_connect(struct side *side)
{
	int left, ret;

	for (left = PATIENCE_MS; left > 0; left -= STEP_MS) {
		ret = meet(side);
		if (ret || is_connected(side))
			return ret;
		device_link_wait(side->fd, STEP_MS);
		if (is_interrupted())
			return EXIT_REFUSED;
	}
	if (!side->table[!side->info.side])
		return refuse_absent(side, "nobody is on the other side");
	return complain("the other side does not answer as jh/stream.h says: its state is 0x%x",
			side->table[!side->info.side]);
}

__u32 side_send(struct side *side, const void *bytes, __u32 count)
{
	return jh_stream_send(side->own, side->other, side->size, bytes, count);
}

/*
 * Is the peer still the same? The positions of one that restarted are not about this side's bytes.
 */
static int check_peer(struct side *side)
{
	if (is_connected(side))
		return EXIT_OK;
	if (!side->table[!side->info.side])
		return refuse_absent(side, "the other side is gone");
	return complain("the other side has started again meanwhile");
}

int side_receive(struct side *side, void *bytes, __u32 *count)
{
	__s32 got = jh_stream_receive(side->own, side->other, side->size, bytes, *count);
	int ret = got ? check_peer(side) : EXIT_OK;

	*count = got > 0 ? (__u32)got : 0;
	if (got < 0 && !ret)
		ret = complain("the other side says that it has sent more than there is room for");
	return ret;
}

int side_ring(struct side *side)
{
	if (!device_link_ring(side->fd, 1U << JH_STREAM_BELL))
		return EXIT_OK;
	return refuse_absent(side, "the other side is gone");
}

int side_wait(struct side *side)
{
	int rang = device_link_wait(side->fd, PATIENCE_MS);

	if (is_interrupted())
		return EXIT_REFUSED;
	if (rang < 0)
		return refuse_absent(side, "the other side is gone");
	if (rang || !is_connected(side))
		return check_peer(side);
	return complain("nothing came back for %d s: is it link-echo that the cell runs?",
			PATIENCE_MS / 1000);
}

void side_close(struct side *side)
{
	if (side->fd >= 0)
		device_link_close(side->fd);
}
