// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link called "messages", and what is on the other side of it. JH_FAKE_ECHO says
 * what that does, as one word, behind which a number says after how many bells it begins:
 *
 *	echo		sends back what it gets
 *	absent		is not there
 *	strange		is there, but has never heard of streams
 *	mute		sends nothing back
 *	wrong		sends back other bytes
 *	more		sends back more than it got
 *	bad		says that it has sent more than there is room for
 *	dies		is not there any more
 *	back		is there again, in another life
 *	destroyed	the cell is destroyed
 *	bell		has one bell only
 *	busy, pages	the link cannot be opened, not be mapped
 *	hangs		nothing comes back, for as long as the clock on the wall shows
 *	waits	is not there, likewise
 *
 * Each reading of the clock advances it by 100 us and a remainder, which varies.
 */
#include "../device.h"
#include "fakelink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>
#include <jh/stream.h>

#define FD	1000
#define OUTPUT	4096
#define OTHER	0x9000u		/* number of the other side's life */

static __u32 table[2];
static __u64 outputs[2][OUTPUT / 8];
static struct jh_stream *const own = (void *)outputs[0], *const other = (void *)outputs[1];
static __u32 size, bells;
static bool pending;
static unsigned long long now;

/* Does the other side do this by now? */
static bool is(const char *word)
{
	const char *told = getenv("JH_FAKE_ECHO");
	size_t length = strlen(word);

	return told && !strncmp(told, word, length) &&
	       (!told[length] || strtoul(told + length, NULL, 10) < bells);
}

int device_link_open(const char *cell, const char *link)
{
	(void)cell;
	size = jh_stream_size(OUTPUT);
	errno = is("busy") ? EBUSY : ENOENT;
	return is("busy") || strcmp(link, "messages") ? -1 : FD;
}

void *device_link_map(int fd, size_t offset, size_t length, bool writable)
{
	(void)length;
	if (is("pages") || fd != FD) {
		errno = ENODEV;
		return NULL;
	}
	if (offset == JH_LINK_MAP_MEMORY)
		return table;
	/* Behind the table and the common section; it is side 0. */
	offset -= JH_LINK_MAP_MEMORY + 4096 + 8192;
	if (writable != !offset)
		abort();
	return outputs[offset / OUTPUT];
}

/* A life begins with an output at its first byte, and a state that knows of the other side. */
static void come(__u32 life)
{
	jh_stream_begin(other);
	table[1] = life << 16 | table[0] >> 16;
	pending = true;
}

static void send_back(void)
{
	__u8 bytes[OUTPUT];
	__s32 i, got = jh_stream_receive(other, own, size, bytes, sizeof(bytes));

	for (i = 0; is("wrong") && i < got; i++)
		bytes[i] ^= 1;
	if (is("mute") || is("hangs") || got <= 0)
		return;
	jh_stream_send(other, own, size, bytes, (__u32)got);
	if (is("more"))
		jh_stream_send(other, own, size, bytes, 1);
	pending = true;
}

static void act(void)
{
	if (is("dies") || is("destroyed")) {
		table[1] = 0;
		/* Of the one by a bell, of the other by nothing. */
		pending = is("destroyed");
	} else if (is("back")) {
		come(OTHER + 1);
	} else if (is("bad")) {
		other->sent = own->taken + OUTPUT;
		pending = true;
	} else {
		send_back();
	}
}

int device_link_wait(int fd, int milliseconds)
{
	if (fd != FD)
		abort();
	if ((is("hangs") || is("waits")) && usleep(1000u * (unsigned int)milliseconds))
		return -1;
	if (!pending) {
		now += 1000000ULL * (unsigned int)milliseconds;
		return 0;
	}
	pending = false;
	return 1;
}

int device_link_ring(int fd, __u32 which)
{
	if (fd != FD || which != 1u << JH_STREAM_BELL)
		abort();
	if (!table[1]) {
		errno = EPIPE;
		return -1;
	}
	bells++;
	act();
	return 0;
}

void device_link_close(int fd)
{
	/* After a good end nothing is under way. */
	if (fd != FD || (is("echo") && (own->sent != own->taken || own->sent != other->sent)))
		abort();
}

unsigned long long device_now(void)
{
	static unsigned int looks;

	looks++;
	now += 100000 + looks % 7 * 400 + (looks % 100 ? 0 : 50000);
	return now;
}

static int info(struct jh_link_info *told)
{
	*told = (struct jh_link_info){
		.side = 0, .bells = is("bell") ? 1 : 4, .peer = table[1],
		.table = 4096, .common = 8192, .output = OUTPUT,
	};
	strcpy(told->reason, is("destroyed") ? "the cell was destroyed" :
			     is("dies") ? "the cell failed: it fell over" : "the cell is running");
	return 0;
}

int fakelink_call(unsigned long request, void *argument)
{
	if (request == JH_LINK_IOC_INFO)
		return info(argument);
	table[0] = *(__u32 *)argument;
	if (is("strange"))
		table[1] = 5 << 16;
	else if (!is("absent") && !is("waits"))
		come(OTHER);
	return 0;
}
