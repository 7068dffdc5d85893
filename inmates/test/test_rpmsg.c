// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Messages to and from Linux, whose driver is played here: a good one, and one that writes
 * impossible values. Memory around the section that both sides write stays unchanged.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <inmate/mmu.h>
#include <inmate/rpmsg.h>

#include "fake/fake.h"

#define REGISTERS	0x9000000
#define ADDRESS		0x70001000
#define PROGRAM		0x4000ULL	/* bytes for table and trace */
#define TRACE		0x1000
#define SIZE		0x10000
#define BUFFERS		8
#define VRING(n)	(0x8000 + (n) * 0x3000)
#define USED		4096
#define BELL		"write32 900000c 10001\n"
#define GUARD		4096

#define DESC_NEXT	1
#define DESC_WRITE	2
#define DESC_INDIRECT	4

/* Of vring n. */
struct driver_desc {
	u64 address;
	u32 length;
	u16 flags;
	u16 next;
};

static u8 all[GUARD + SIZE + GUARD] __attribute__((aligned(4096)));
static u8 *const common = all + GUARD;
static struct rpmsg rpmsg;
static RPMSG_TABLE(template, ADDRESS + TRACE, BUFFERS);
static struct rpmsg_table *const table = (struct rpmsg_table *)(all + GUARD);

void mmu_set_block(u64 address, enum mmu_type type)
{
	fake_note("block %lx %d\n", address, type);
}

/* --- the driver --- */

static struct driver_desc *desc(u32 ring)
{
	return (void *)(common + VRING(ring));
}

static u16 *avail(u32 ring)
{
	return (void *)(desc(ring) + BUFFERS);
}

static u16 *used(u32 ring)
{
	return (void *)(common + VRING(ring) + USED);
}

static u32 *used_pair(u32 ring, u32 slot)
{
	return (u32 *)(used(ring) + 2) + 2 * slot;
}

static u8 *buffer(u32 ring, u32 n)
{
	return common + PROGRAM + (ring * BUFFERS + n) * RPMSG_BUFFER;
}

static void give(u32 ring, u32 n)
{
	avail(ring)[2 + avail(ring)[1] % BUFFERS] = (u16)n;
	avail(ring)[1]++;
}

static void message(u32 n, u32 from, u32 to, const void *bytes, u16 length)
{
	u32 header[4] = { from, to, 0, length };

	memcpy(buffer(1, n), header, sizeof(header));
	memcpy(buffer(1, n) + RPMSG_HEADER, bytes, length);
	give(1, n);
}

static void set_up(void)
{
	u32 ring, n;

	memset(all, 0xa5, sizeof(all));
	memset(common, 0, SIZE);
	*table = template;
	for (ring = 0; ring < 2; ring++) {
		table->device.vring[ring].da = ADDRESS + VRING(ring);
		for (n = 0; n < BUFFERS; n++)
			desc(ring)[n] = (struct driver_desc){
				ADDRESS + (u64)(buffer(ring, n) - common), RPMSG_BUFFER,
				ring ? 0 : DESC_WRITE, 0,
			};
	}
	fake_reset();
	fake_set(REGISTERS + 0x28, ADDRESS - 0x1000);
	fake_set(REGISTERS + 0x1c, 0x1000);
	fake_set(REGISTERS + 0x20, SIZE);
	rpmsg_begin(&rpmsg, REGISTERS, table, BUFFERS);
	/* Behind the states; the host has the memory elsewhere. */
	assert_ptr_equal(rpmsg.common, (u8 *)ADDRESS);
	rpmsg.common = common;
}

/* Linux' driver is there, with a buffer for each message to it. */
static void driver_comes(void)
{
	u32 n;

	set_up();
	for (n = 0; n < BUFFERS; n++)
		give(0, n);
	table->device.status = 7;
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	fake_reset();
}

static void nothing_else_is_touched(void)
{
	u32 i;

	for (i = 0; i < GUARD; i++) {
		assert_int_equal(all[i], 0xa5);
		assert_int_equal(all[GUARD + SIZE + i], 0xa5);
	}
}

/* --- endpoints --- */

static u32 got;
static u8 got_bytes[RPMSG_MOST];
static u32 got_length, got_from;
static bool got_again;	/* each message comes once more */

static void take(struct rpmsg *r, struct rpmsg_endpoint *endpoint, u32 from, const void *bytes,
		 u32 length)
{
	assert_ptr_equal(r, &rpmsg);
	assert_int_equal(endpoint->address, 0x400);
	got++;
	got_from = from;
	got_length = length;
	memcpy(got_bytes, bytes, length);
	if (got_again)
		give(1, 0);
}

static struct rpmsg_endpoint endpoint = { .address = 0x400, .name = "rpmsg-raw", .receive = take };

static void with_endpoint(void)
{
	driver_comes();
	got = 0;
	rpmsg_add(&rpmsg, &endpoint);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	fake_reset();
}

/* --- tests --- */

static void it_begins(void **state)
{
	(void)state;
	set_up();
	fake_expect("read32 9000028\nread32 900001c\nread32 9000000\nread32 9000020\n"
		    "block 70000000 1\nwrite32 9000008 1\nwrite32 9000010 1\n");
	assert_int_equal(rpmsg.address, ADDRESS);
	assert_int_equal(rpmsg.size, SIZE);
}

static void nothing_happens_before_the_driver_is_there(void **state)
{
	(void)state;
	set_up();
	give(0, 0);
	table->device.status = 3;
	rpmsg_add(&rpmsg, &endpoint);
	fake_reset();
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, "x", 1), RPMSG_NOT_READY);
	assert_int_equal(used(0)[1], 0);
	fake_expect("");
}

static void an_endpoint_is_announced(void **state)
{
	static const u32 header[4] = { 0x400, 0x35, 0, 40 };
	char name[32] = "rpmsg-raw";

	(void)state;
	driver_comes();
	rpmsg_add(&rpmsg, &endpoint);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	fake_expect("dmb ish\n" BELL);
	assert_int_equal(used(0)[1], 1);
	assert_int_equal(used_pair(0, 0)[0], 0);
	assert_int_equal(used_pair(0, 0)[1], 56);
	assert_memory_equal(buffer(0, 0), header, 16);
	assert_memory_equal(buffer(0, 0) + 16, name, 32);
	assert_int_equal(*(u32 *)(buffer(0, 0) + 48), 0x400);
	assert_int_equal(*(u32 *)(buffer(0, 0) + 52), 0);
	/* Once. */
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(used(0)[1], 1);
}

static void it_is_announced_when_there_is_a_buffer(void **state)
{
	(void)state;
	set_up();
	table->device.status = 4;
	rpmsg_add(&rpmsg, &endpoint);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(used(0)[1], 0);
	give(0, 5);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(used_pair(0, 0)[0], 5);
}

static void a_driver_that_comes_again_is_told_again(void **state)
{
	(void)state;
	with_endpoint();
	table->device.status = 0;
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, "x", 1), RPMSG_NOT_READY);
	memset(common + VRING(0), 0, 0x6000);
	desc(0)[3] = (struct driver_desc){ ADDRESS + PROGRAM, 512, DESC_WRITE, 0 };
	give(0, 3);
	table->device.status = 4;
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	assert_int_equal(used(0)[1], 1);
	assert_int_equal(used_pair(0, 0)[0], 3);
}

static void a_message_comes(void **state)
{
	(void)state;
	with_endpoint();
	message(2, 0x401, 0x400, "hello", 5);
	assert_int_equal(rpmsg_poll(&rpmsg), 1);
	assert_int_equal(got, 1);
	assert_int_equal(got_from, 0x401);
	assert_int_equal(got_length, 5);
	assert_memory_equal(got_bytes, "hello", 5);
	assert_int_equal(used(1)[1], 1);
	assert_int_equal(used_pair(1, 0)[0], 2);
	assert_int_equal(used_pair(1, 0)[1], 0);
	fake_expect("dmb ish\n" BELL);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
}

static void no_bell_if_linux_wants_none(void **state)
{
	(void)state;
	with_endpoint();
	avail(1)[0] = 1;
	message(2, 0x401, 0x400, "hello", 5);
	assert_int_equal(rpmsg_poll(&rpmsg), 1);
	fake_expect("dmb ish\n");
}

static void no_more_at_once_than_there_are_buffers(void **state)
{
	u32 n;

	(void)state;
	with_endpoint();
	for (n = 0; n < BUFFERS; n++)
		message(n, 1, 0x400, &n, 4);
	assert_int_equal(rpmsg_poll(&rpmsg), BUFFERS);
	assert_int_equal(got, BUFFERS);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
}

/* An endless stream of messages does not hold the caller. */
static void a_message_without_end(void **state)
{
	(void)state;
	with_endpoint();
	got_again = true;
	message(0, 1, 0x400, "x", 1);
	assert_int_equal(rpmsg_poll(&rpmsg), BUFFERS);
	got_again = false;
	assert_int_equal(rpmsg_poll(&rpmsg), 1);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
}

/* Its last byte ends it. */
static void a_long_name_is_cut(void **state)
{
	static struct rpmsg_endpoint named[] = {
		{ .address = 9, .name = "abcdefghijklmnopqrstuvwxyz0123456789", .receive = take },
		{ .address = 10, .name = "abcdefghijklmnopqrstuvwxyz012345", .receive = take },
		{ .address = 11, .name = "abcdefghijklmnopqrstuvwxyz01234", .receive = take },
	};
	u32 i;

	(void)state;
	driver_comes();
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		rpmsg_add(&rpmsg, &named[i]);
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		assert_string_equal((char *)buffer(0, i) + 16, "abcdefghijklmnopqrstuvwxyz01234");
		assert_in_range(*(u32 *)(buffer(0, i) + 48), 9, 11);
	}
}

static void messages_are_sent_while_there_is_room(void **state)
{
	u8 most[RPMSG_MOST];
	u32 n;

	(void)state;
	driver_comes();
	for (n = 0; n < sizeof(most); n++)
		most[n] = (u8)(n * 7);
	desc(0)[0].length = 2 * RPMSG_BUFFER;
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, most, RPMSG_MOST + 1), RPMSG_TOO_LONG);
	assert_int_equal(used(0)[1], 0);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, most, RPMSG_MOST), 0);
	assert_memory_equal(buffer(0, 0) + 16, most, sizeof(most));
	assert_int_equal(used_pair(0, 0)[1], RPMSG_BUFFER);
	for (n = 1; n < BUFFERS; n++)
		assert_int_equal(rpmsg_send(&rpmsg, 1, 2, &n, 4), 0);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, &n, 4), RPMSG_FULL);
	assert_int_equal(used(0)[1], BUFFERS);
	give(0, 1);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, &n, 4), 0);
}

static void a_buffer_that_is_too_short_stays(void **state)
{
	(void)state;
	driver_comes();
	desc(0)[0].length = 20;
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, "abcde", 5), RPMSG_TOO_LONG);
	assert_int_equal(used(0)[1], 0);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, "abcd", 4), 0);
}

static void indices_wrap(void **state)
{
	u32 i;

	(void)state;
	with_endpoint();
	for (i = 0; i < 70000; i++) {
		message(i % BUFFERS, 1, 0x400, &i, 4);
		assert_int_equal(rpmsg_poll(&rpmsg), 1);
		assert_memory_equal(got_bytes, &i, 4);
		fake_reset();
	}
	assert_int_equal(got, 70000);
	assert_int_equal(used(1)[1], (u16)70000);
}

static void messages_without_an_endpoint_are_lost(void **state)
{
	(void)state;
	with_endpoint();
	message(0, 1, 0x401, "x", 1);
	message(1, 1, 0x400, "y", 1);
	assert_int_equal(rpmsg_poll(&rpmsg), 2);
	assert_int_equal(got, 1);
	assert_int_equal(rpmsg.lost, 1);
}

/* Longer than the buffer, or than any: lost, and the next one comes. */
static void messages_that_are_too_long_are_lost(void **state)
{
	(void)state;
	with_endpoint();
	message(0, 1, 0x400, "x", 1);
	((u16 *)buffer(1, 0))[6] = RPMSG_MOST + 1;
	message(1, 1, 0x400, "x", 1);
	((u16 *)buffer(1, 1))[6] = 0xffff;
	message(2, 1, 0x400, "x", 1);
	desc(1)[2].length = RPMSG_HEADER;
	desc(1)[3].length = 2 * RPMSG_BUFFER;
	message(3, 1, 0x400, "x", 1);
	((u16 *)buffer(1, 3))[6] = RPMSG_MOST + 1;
	message(4, 1, 0x400, "y", 1);
	assert_int_equal(rpmsg_poll(&rpmsg), 5);
	assert_int_equal(rpmsg.lost, 4);
	assert_int_equal(got, 1);
	assert_int_equal(got_bytes[0], 'y');
	assert_int_equal(used(1)[1], 5);
}

/* Each mistake in the ring of vring 1 or 0 breaks the device, for good. */
static void expect_broken(u32 ring)
{
	s32 code = ring ? rpmsg_poll(&rpmsg) : rpmsg_send(&rpmsg, 1, 2, "x", 1);

	assert_int_equal(code, RPMSG_BROKEN);
	assert_int_equal(rpmsg_poll(&rpmsg), RPMSG_BROKEN);
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, "x", 1), RPMSG_BROKEN);
	assert_int_equal(got, 0);
	assert_int_equal(used(ring)[1], ring ? 0 : 1);
	nothing_else_is_touched();
}

static void impossible_indices_break_the_device(void **state)
{
	static const u16 ahead[] = { BUFFERS + 1, 0x8000, 0xffff };
	u32 i, ring;

	(void)state;
	for (ring = 0; ring < 2; ring++)
		for (i = 0; i < ARRAY_SIZE(ahead); i++) {
			with_endpoint();
			avail(ring)[1] = (u16)(ahead[i] + !ring);
			expect_broken(ring);
		}
}

static void impossible_ids_break_the_device(void **state)
{
	static const u16 ids[] = { BUFFERS, 0xffff };
	u32 i, ring;

	(void)state;
	for (ring = 0; ring < 2; ring++)
		for (i = 0; i < ARRAY_SIZE(ids); i++) {
			with_endpoint();
			message(0, 1, 0x400, "x", 1);
			avail(ring)[2 + !ring] = ids[i];
			expect_broken(ring);
		}
}

static void impossible_descriptors_break_the_device(void **state)
{
	static const struct driver_desc rows[] = {
		{ ADDRESS + SIZE - RPMSG_BUFFER + 1, RPMSG_BUFFER, 0, 0 },
		{ ADDRESS + SIZE, RPMSG_HEADER, 0, 0 },
		{ ADDRESS - 1, RPMSG_BUFFER, 0, 0 },
		{ ADDRESS - SIZE, RPMSG_BUFFER, 0, 0 },
		{ ADDRESS + 0x80000000, RPMSG_BUFFER, 0, 0 },
		{ ADDRESS + 0x100000000, RPMSG_BUFFER, 0, 0 },
		{ ADDRESS, SIZE + 1, 0, 0 },
		{ ADDRESS + 0x1000, 0xffffffff, 0, 0 },
		{ ADDRESS + 0x1000, 0xfffff000, 0, 0 },
		{ ADDRESS + 0x4000, RPMSG_HEADER - 1, 0, 0 },
		{ ADDRESS + 0x4000, 0, 0, 0 },
		{ ADDRESS + 0x4000, RPMSG_BUFFER, DESC_WRITE, 0 },	/* for the other vring */
		{ ADDRESS + 0x4000, RPMSG_BUFFER, DESC_NEXT, 1 },
		{ ADDRESS + 0x4000, RPMSG_BUFFER, DESC_INDIRECT, 0 },
	};
	u32 i, ring;

	(void)state;
	for (ring = 0; ring < 2; ring++)
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			with_endpoint();
			message(0, 1, 0x400, "x", 1);
			desc(ring)[!ring] = rows[i];
			desc(ring)[!ring].flags ^= ring ? 0 : DESC_WRITE;
			expect_broken(ring);
		}
}

/* The last bytes of the section are a buffer like others. */
static void a_buffer_at_the_end(void **state)
{
	(void)state;
	with_endpoint();
	desc(0)[1].address = ADDRESS + SIZE - RPMSG_BUFFER;
	memset(got_bytes, 'z', sizeof(got_bytes));
	assert_int_equal(rpmsg_send(&rpmsg, 1, 2, got_bytes, RPMSG_MOST), 0);
	assert_int_equal(common[SIZE - 1], 'z');
	nothing_else_is_touched();
}

static void vrings_outside_the_section_are_refused(void **state)
{
	static const u32 places[] = {
		0, 0xffffffff, 0xfffff000, ADDRESS - 0x1000, ADDRESS + 0x8010, ADDRESS + SIZE,
		ADDRESS + SIZE - 0x1000, 0x12345000,
	};
	u32 i, ring;

	(void)state;
	for (ring = 0; ring < 2; ring++)
		for (i = 0; i < ARRAY_SIZE(places); i++) {
			set_up();
			table->device.vring[ring].da = places[i];
			table->device.status = 4;
			assert_int_equal(rpmsg_poll(&rpmsg), RPMSG_BROKEN);
			nothing_else_is_touched();
		}
	set_up();
	table->device.vring[1].da = ADDRESS + SIZE - 0x2000;
	table->device.status = 4;
	assert_int_equal(rpmsg_poll(&rpmsg), 0);
}

/* The used ring begins with a page, whose number the sizes of both rings before it say. */
static void the_longest_vring_just_fits(void **state)
{
	const u32 count = 2048, used = 0xa000, size = used + 4 + 8 * count;
	u32 less;

	(void)state;
	for (less = 0; less < 2; less++) {
		set_up();
		memset(common + VRING(0), 0, SIZE - VRING(0));
		rpmsg.count = count;
		rpmsg.size = size - less;
		table->device.vring[0].da = table->device.vring[1].da = ADDRESS;
		table->device.status = 4;
		assert_int_equal(rpmsg_poll(&rpmsg), less ? RPMSG_BROKEN : 0);
	}
}

/* Of the table only the vrings' addresses and the status are used, after checks. */
static void a_table_of_noise(void **state)
{
	(void)state;
	with_endpoint();
	memset(table, 0xff, sizeof(*table));
	message(0, 1, 0x400, "x", 1);
	assert_int_equal(rpmsg_poll(&rpmsg), 1);
	nothing_else_is_touched();
}

/* With random values at any time in the section, no access goes outside it. */
static void noise_everywhere(void **state)
{
	u32 round, i, seed = 1;

	(void)state;
	for (round = 0; round < 2000; round++) {
		with_endpoint();
		for (i = 0; i < 64; i++) {
			seed = seed * 1664525 + 1013904223;
			*(u32 *)(common + VRING(0) + (seed >> 8) % 0x6000 / 4 * 4) =
				seed & 0x80 ? seed >> 28 : seed;
		}
		for (i = 0; i < 4; i++) {
			rpmsg_poll(&rpmsg);
			rpmsg_send(&rpmsg, 1, 2, got_bytes, i);
		}
		nothing_else_is_touched();
	}
}

static void a_trace_ends_with_its_buffer(void **state)
{
	u32 i;

	(void)state;
	set_up();
	rpmsg_trace(&rpmsg, "one\n");
	rpmsg_trace(&rpmsg, "two\n");
	assert_string_equal((char *)common + TRACE, "one\ntwo\n");
	for (i = 0; i < RPMSG_TRACE_SIZE; i++)
		rpmsg_trace(&rpmsg, "xy");
	assert_int_equal(common[TRACE + RPMSG_TRACE_SIZE - 2], 'x');
	assert_int_equal(common[TRACE + RPMSG_TRACE_SIZE - 1], 0);
	assert_int_equal(common[TRACE + RPMSG_TRACE_SIZE], 0);
}

/* The layout that Linux and OpenAMP read, byte for byte. */
static void the_table_is_the_known_one(void **state)
{
	const u32 *words = (const u32 *)&template;
	u32 trace, device;

	(void)state;
	assert_int_equal(words[0], 1);
	assert_int_equal(words[1], 2);
	assert_int_equal(words[2] | words[3], 0);
	trace = words[4] / 4;
	device = words[5] / 4;
	assert_int_equal(trace, 6);
	assert_int_equal(words[trace], 2);
	assert_int_equal(words[trace + 1], ADDRESS + 0x1000);
	assert_int_equal(words[trace + 2], 0x1000);
	assert_int_equal(device, trace + 12);
	assert_int_equal(words[device], 3);
	assert_int_equal(words[device + 1], 7);
	assert_int_equal(words[device + 3], 1);
	assert_int_equal(words[device + 6], 0x0200);
	assert_int_equal(words[device + 7], 0xffffffff);
	assert_int_equal(words[device + 8], 4096);
	assert_int_equal(words[device + 9], BUFFERS);
	assert_int_equal(sizeof(template), 4 * (device + 17));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins),
		cmocka_unit_test(nothing_happens_before_the_driver_is_there),
		cmocka_unit_test(an_endpoint_is_announced),
		cmocka_unit_test(it_is_announced_when_there_is_a_buffer),
		cmocka_unit_test(a_driver_that_comes_again_is_told_again),
		cmocka_unit_test(a_message_comes),
		cmocka_unit_test(no_bell_if_linux_wants_none),
		cmocka_unit_test(no_more_at_once_than_there_are_buffers),
		cmocka_unit_test(a_message_without_end),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(messages_are_sent_while_there_is_room),
		cmocka_unit_test(a_buffer_that_is_too_short_stays),
		cmocka_unit_test(indices_wrap),
		cmocka_unit_test(messages_without_an_endpoint_are_lost),
		cmocka_unit_test(messages_that_are_too_long_are_lost),
		cmocka_unit_test(impossible_indices_break_the_device),
		cmocka_unit_test(impossible_ids_break_the_device),
		cmocka_unit_test(impossible_descriptors_break_the_device),
		cmocka_unit_test(a_buffer_at_the_end),
		cmocka_unit_test(vrings_outside_the_section_are_refused),
		cmocka_unit_test(the_longest_vring_just_fits),
		cmocka_unit_test(a_table_of_noise),
		cmocka_unit_test(noise_everywhere),
		cmocka_unit_test(a_trace_ends_with_its_buffer),
		cmocka_unit_test(the_table_is_the_known_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
