// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The device's side of virtio-rpmsg: split virtqueues (virtio 1.2, section 2.7) in memory that
 * Linux writes, too. Each value from Linux is read once and checked before use, so that no access
 * goes outside the section that both sides write.
 *
 * Vring 0 has Linux' empty buffers, for messages to Linux; vring 1 has messages from Linux.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/io.h>
#include <inmate/mmu.h>
#include <inmate/rpmsg.h>
#include <inmate/string.h>

#define BLOCK		0x200000ULL

#define DESC_NEXT	0x1
#define DESC_WRITE	0x2	/* the device writes it */
#define DESC_INDIRECT	0x4
#define AVAIL_QUIET	0x1	/* Linux wants no interrupt for what is used */

struct rpmsg_desc {
	u64 address;
	u32 length;
	u16 flags;
	u16 next;
};

struct rpmsg_avail {
	u16 flags;
	u16 index;
	u16 ring[];
};

struct rpmsg_used {
	u16 flags;
	u16 index;
	struct {
		u32 id;
		u32 length;
	} ring[];
};

/* Little endian on the wire, as the guest is. */
struct header {
	u32 from;
	u32 to;
	u32 reserved;
	u16 length;
	u16 flags;
};

struct name_message {
	char name[RPMSG_NAME_LEN];
	u32 address;
	u32 flags;
};

_Static_assert(sizeof(struct header) == RPMSG_HEADER, "the header of a message");

/* A buffer of Linux', checked. */
struct buffer {
	u16 head;
	u32 length;
	u8 *bytes;
};

/* --- vrings --- */

static s32 say_broken(struct rpmsg *rpmsg)
{
	rpmsg->broken = true;
	return RPMSG_BROKEN;
}

static u32 used_offset(u32 count)
{
	u32 end = count * (u32)sizeof(struct rpmsg_desc) + 4 + 2 * count + 2;

	return (end + RPMSG_ALIGN - 1) & ~(RPMSG_ALIGN - 1U);
}

static bool ring_find(struct rpmsg *rpmsg, u32 index, struct rpmsg_ring *ring)
{
	u32 da = READ_ONCE(rpmsg->table->device.vring[index].da);
	u32 used = used_offset(rpmsg->count);
	u32 size = used + 4 + 8 * rpmsg->count, offset = da - rpmsg->address;

	if (offset % RPMSG_ALIGN || size > rpmsg->size || offset > rpmsg->size - size)
		return false;
	ring->desc = (const void *)(rpmsg->common + offset);
	ring->avail = (const void *)(ring->desc + rpmsg->count);
	ring->used = (void *)(rpmsg->common + offset + used);
	ring->next = 0;
	ring->writes = index == 0;
	return true;
}

/* A descriptor is read once, and then checked. */
static bool buffer_find(struct rpmsg *rpmsg, const struct rpmsg_ring *ring, struct buffer *buffer)
{
	const struct rpmsg_desc *desc = &ring->desc[buffer->head];
	u64 offset = READ_ONCE(desc->address) - rpmsg->address;
	u32 length = READ_ONCE(desc->length);
	u16 flags = READ_ONCE(desc->flags);

	if (flags & (DESC_NEXT | DESC_INDIRECT) || !!(flags & DESC_WRITE) != ring->writes)
		return false;
	if (length < RPMSG_HEADER || length > rpmsg->size || offset > rpmsg->size - length)
		return false;
	buffer->length = length;
	buffer->bytes = rpmsg->common + offset;
	return true;
}

/* The next buffer, which stays where it is until it is returned. Return: 1, 0 or RPMSG_BROKEN */
static s32 ring_look(struct rpmsg *rpmsg, const struct rpmsg_ring *ring, struct buffer *buffer)
{
	/* Linux stores descriptors and bytes before the index: they are read after it. */
	u16 index = __atomic_load_n(&ring->avail->index, __ATOMIC_ACQUIRE);
	u16 ahead = (u16)(index - ring->next);

	if (!ahead)
		return 0;
	if (ahead > rpmsg->count)
		return say_broken(rpmsg);
	buffer->head = READ_ONCE(ring->avail->ring[ring->next % rpmsg->count]);
	if (buffer->head >= rpmsg->count || !buffer_find(rpmsg, ring, buffer))
		return say_broken(rpmsg);
	return 1;
}

static void ring_return(struct rpmsg *rpmsg, struct rpmsg_ring *ring, const struct buffer *buffer,
			u32 length)
{
	u32 slot = ring->next % rpmsg->count;

	ring->used->ring[slot].id = buffer->head;
	ring->used->ring[slot].length = length;
	ring->next++;
	/* A reader that sees the index sees the buffer and its bytes. */
	__atomic_store_n(&ring->used->index, ring->next, __ATOMIC_RELEASE);
	/*
	 * Linux enables interrupts, then looks at the index; here it is the other way round.
	 * Without a barrier between the store and the load both could miss the other one.
	 */
	dmb_ish();
	if (!(READ_ONCE(ring->avail->flags) & AVAIL_QUIET))
		mmio_write32(rpmsg->registers + JH_LINK_DOORBELL,
			     (u32)!rpmsg->id << 16 | JH_RPMSG_BELL);
}

/* --- messages --- */

s32 rpmsg_send(struct rpmsg *rpmsg, u32 from, u32 to, const void *bytes, u32 length)
{
	struct header header = { from, to, 0, (u16)length, 0 };
	struct buffer buffer;
	s32 found;

	if (rpmsg->broken)
		return RPMSG_BROKEN;
	if (!rpmsg->ready)
		return RPMSG_NOT_READY;
	if (length > RPMSG_MOST)
		return RPMSG_TOO_LONG;
	found = ring_look(rpmsg, &rpmsg->to_linux, &buffer);
	if (found <= 0)
		return found ? found : RPMSG_FULL;
	if (length > buffer.length - RPMSG_HEADER)
		return RPMSG_TOO_LONG;
	memcpy(buffer.bytes, &header, sizeof(header));
	memcpy(buffer.bytes + RPMSG_HEADER, bytes, length);
	ring_return(rpmsg, &rpmsg->to_linux, &buffer, RPMSG_HEADER + length);
	return 0;
}

static void hand_over(struct rpmsg *rpmsg, const struct header *header)
{
	struct rpmsg_endpoint *endpoint;

	for (endpoint = rpmsg->endpoints; endpoint; endpoint = endpoint->next) {
		if (endpoint->address != header->to)
			continue;
		endpoint->receive(rpmsg, endpoint, header->from, rpmsg->bytes, header->length);
		return;
	}
	rpmsg->lost++;
}

/* The buffer is Linux' again before the message is looked at. Return: 1, 0 or RPMSG_BROKEN */
static s32 receive(struct rpmsg *rpmsg)
{
	struct header header;
	struct buffer buffer;
	s32 found = ring_look(rpmsg, &rpmsg->from_linux, &buffer);
	bool fits;

	if (found <= 0)
		return found;
	memcpy(&header, buffer.bytes, sizeof(header));
	fits = header.length <= RPMSG_MOST && header.length <= buffer.length - RPMSG_HEADER;
	if (fits)
		memcpy(rpmsg->bytes, buffer.bytes + RPMSG_HEADER, header.length);
	ring_return(rpmsg, &rpmsg->from_linux, &buffer, 0);
	if (fits)
		hand_over(rpmsg, &header);
	else
		rpmsg->lost++;
	return 1;
}

static void announce(struct rpmsg *rpmsg)
{
	struct rpmsg_endpoint *endpoint;
	struct name_message message;
	size_t length;

	for (endpoint = rpmsg->endpoints; endpoint; endpoint = endpoint->next) {
		if (endpoint->announced || !endpoint->name)
			continue;
		memset(&message, 0, sizeof(message));
		length = strlen(endpoint->name);
		memcpy(message.name, endpoint->name,
		       length < RPMSG_NAME_LEN ? length : RPMSG_NAME_LEN - 1);
		message.address = endpoint->address;
		if (rpmsg_send(rpmsg, endpoint->address, RPMSG_NAMES, &message, sizeof(message)))
			return;
		endpoint->announced = true;
	}
}

void rpmsg_trace(struct rpmsg *rpmsg, const char *text)
{
	char *trace = (char *)rpmsg->common + (rpmsg->table->trace.da - rpmsg->address);

	while (*text && rpmsg->traced < RPMSG_TRACE_SIZE - 1)
		WRITE_ONCE(trace[rpmsg->traced++], *text++);
}

/* --- the driver comes and goes --- */

/* Linux' driver writes its status after the addresses of its vrings. */
static void look_at_driver(struct rpmsg *rpmsg)
{
	u8 status = __atomic_load_n(&rpmsg->table->device.status, __ATOMIC_ACQUIRE);
	bool there = status & RPMSG_DRIVER_OK;
	struct rpmsg_endpoint *endpoint;

	if (there == rpmsg->ready)
		return;
	rpmsg->ready = there;
	if (!there)
		return;
	if (!ring_find(rpmsg, 0, &rpmsg->to_linux) || !ring_find(rpmsg, 1, &rpmsg->from_linux))
		(void)say_broken(rpmsg);
	for (endpoint = rpmsg->endpoints; endpoint; endpoint = endpoint->next)
		endpoint->announced = false;
}

s32 rpmsg_poll(struct rpmsg *rpmsg)
{
	s32 count = 0, got = 1;
	u32 most;

	if (!rpmsg->broken)
		look_at_driver(rpmsg);
	if (!rpmsg->ready || rpmsg->broken)
		return rpmsg->broken ? RPMSG_BROKEN : 0;
	announce(rpmsg);
	/* At most as many as fit at once, so that an endless stream cannot hold the caller. */
	for (most = rpmsg->count; most && got > 0; most--) {
		got = receive(rpmsg);
		count += got > 0;
	}
	return rpmsg->broken ? RPMSG_BROKEN : count;
}

void rpmsg_add(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint)
{
	endpoint->announced = false;
	endpoint->next = rpmsg->endpoints;
	rpmsg->endpoints = endpoint;
}

void rpmsg_begin(struct rpmsg *rpmsg, u64 registers, struct rpmsg_table *table, u32 buffers)
{
	u64 memory = mmio_read32(registers + JH_LINK_ADDRESS), at;
	u32 states = mmio_read32(registers + JH_LINK_TABLE_SIZE);

	memset(rpmsg, 0, sizeof(*rpmsg));
	rpmsg->registers = registers;
	rpmsg->id = mmio_read32(registers + JH_LINK_ID);
	rpmsg->address = (u32)memory + states;
	rpmsg->common = (u8 *)(memory + states);
	rpmsg->size = mmio_read32(registers + JH_LINK_COMMON_SIZE);
	rpmsg->table = table;
	rpmsg->count = buffers;
	for (at = memory & ~(BLOCK - 1); at < memory + states + rpmsg->size; at += BLOCK)
		mmu_set_block(at, MMU_DATA);
	mmio_write32(registers + JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	mmio_write32(registers + JH_LINK_STATE, 1);
}
