// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The virtqueue: what is taken from a driver that keeps the rules, and each thing that is not taken
 * from one that does not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "guest.h"

#define NUM	8

static struct queue queue;
static struct chain chain;

static void begin(bool event)
{
	struct queue_setup setup = guest_setup(0, NUM);

	guest_reset(NULL);
	guest_queue(0, NUM);
	assert_true(queue_begin(&queue, &setup, &guest_windows, event));
}

/* --- set-up --- */

static bool begins(uint32_t num, uint64_t desc, uint64_t driver, uint64_t device, bool event)
{
	struct queue_setup setup = { num, desc, driver, device };

	return queue_begin(&queue, &setup, &guest_windows, event);
}

static void numbers_of_elements(void **state)
{
	uint32_t num;

	for (num = 1; num <= 1024; num *= 2)
		assert_true(begins(num, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
	assert_false(begins(0, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
	assert_false(begins(3, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
	assert_false(begins(1023, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
	assert_false(begins(2048, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
	assert_false(begins(1u << 31, GUEST_A, GUEST_A + 0x8000, GUEST_A + 0x10000, true));
}

static void alignments(void **state)
{
	const uint64_t desc = GUEST_A, driver = GUEST_A + 0x1000, device = GUEST_A + 0x2000;

	assert_true(begins(NUM, desc + 16, driver + 2, device + 4, false));
	assert_false(begins(NUM, desc + 8, driver, device, false));
	assert_false(begins(NUM, desc, driver + 1, device, false));
	assert_false(begins(NUM, desc, driver, device + 2, false));
}

/* @size: of the part; @begins_at: with the part there, the others being where they can be */
static void check_edges(uint64_t size, uint64_t step, bool event, bool (*begins_at)(uint64_t, bool))
{
	uint64_t last = GUEST_A + GUEST_A_SIZE - size;

	assert_true(begins_at(GUEST_A, event));
	assert_false(begins_at(GUEST_A - step, event));
	assert_true(begins_at(last, event));
	assert_false(begins_at(last + step, event));
	assert_false(begins_at(GUEST_A + GUEST_A_SIZE, event));
	assert_true(begins_at(GUEST_B, event));
	assert_false(begins_at(0, event));
	/* All that is not below wraps. */
	assert_false(begins_at(0 - step, event));
	assert_false(begins_at(0 - (size & ~(step - 1)), event));
	assert_false(begins_at((1ULL << 32) + GUEST_A, event));
}

static bool desc_at(uint64_t address, bool event)
{
	return begins(NUM, address, GUEST_A + 0x1000, GUEST_A + 0x2000, event);
}

static bool driver_at(uint64_t address, bool event)
{
	return begins(NUM, GUEST_A + 0x1000, address, GUEST_A + 0x2000, event);
}

static bool device_at(uint64_t address, bool event)
{
	return begins(NUM, GUEST_A + 0x1000, GUEST_A + 0x2000, address, event);
}

static void parts_are_in_the_windows(void **state)
{
	check_edges(16 * NUM, 16, false, desc_at);
	check_edges(4 + 2 * NUM, 2, false, driver_at);
	check_edges(6 + 2 * NUM, 2, true, driver_at);
	check_edges(4 + 8 * NUM, 4, false, device_at);
	/* Two bytes more would fit into what is left of the last four. */
	assert_true(device_at(GUEST_A + GUEST_A_SIZE - 8 - 8 * NUM, true));
	assert_false(device_at(GUEST_A + GUEST_A_SIZE - 4 - 8 * NUM, true));
}

static void no_windows(void **state)
{
	struct queue_setup setup = guest_setup(0, NUM);

	guest_windows.count = 0;
	assert_false(queue_begin(&queue, &setup, &guest_windows, false));
}

/* --- chains --- */

static void a_request(void **state)
{
	begin(false);
	assert_int_equal(queue_take(&queue, &chain), 0);
	guest_desc(0, 3, GUEST_ROOM, 16, GUEST_NEXT, 7);
	guest_desc(0, 7, GUEST_B + GUEST_B_SIZE - 100, 100, GUEST_NEXT | GUEST_WRITE, 0);
	guest_desc(0, 0, GUEST_ROOM + 64, 1, GUEST_WRITE, 99);
	guest_avail(0, NUM, 3);
	assert_int_equal(queue_take(&queue, &chain), 1);
	assert_int_equal(chain.head, 3);
	assert_int_equal(chain.reads, 1);
	assert_int_equal(chain.writes, 2);
	assert_int_equal(chain.read_bytes, 16);
	assert_int_equal(chain.write_bytes, 101);
	assert_ptr_equal(chain.iov[0].iov_base, guest_at(GUEST_ROOM));
	assert_int_equal(chain.iov[0].iov_len, 16);
	assert_ptr_equal(chain.iov[1].iov_base, guest_at(GUEST_B + GUEST_B_SIZE - 100));
	assert_int_equal(chain.iov[1].iov_len, 100);
	assert_ptr_equal(chain.iov[2].iov_base, guest_at(GUEST_ROOM + 64));
	queue_give(&queue, chain.head, 101);
	assert_int_equal(*guest_used_index(0), 1);
	assert_int_equal(guest_used(0, NUM, 0)[0], 3);
	assert_int_equal(guest_used(0, NUM, 0)[1], 101);
	assert_int_equal(queue_take(&queue, &chain), 0);
}

static void taken_again(void **state)
{
	begin(false);
	guest_desc(0, 2, GUEST_ROOM, 16, 0, 0);
	guest_avail(0, NUM, 2);
	assert_int_equal(queue_take(&queue, &chain), 1);
	queue_back(&queue);
	chain.head = 0;
	assert_int_equal(queue_take(&queue, &chain), 1);
	assert_int_equal(chain.head, 2);
	assert_int_equal(chain.reads, 1);
	assert_int_equal(queue_take(&queue, &chain), 0);
}

static void all_elements_make_a_chain(void **state)
{
	uint16_t i;

	begin(false);
	for (i = 0; i < NUM; i++)
		guest_desc(0, i, GUEST_ROOM + i, 1, i < NUM - 1 ? GUEST_NEXT : 0, i + 1);
	guest_avail(0, NUM, 0);
	assert_int_equal(queue_take(&queue, &chain), 1);
	assert_int_equal(chain.reads, NUM);
}

/* Indices are of 16 bits, queues shorter. */
static void seventy_thousand_requests(void **state)
{
	unsigned int i;

	begin(false);
	for (i = 0; i < 70000; i++) {
		guest_desc(0, i % NUM, GUEST_ROOM, 1 + i % 3, GUEST_WRITE, 0);
		guest_avail(0, NUM, i % NUM);
		assert_int_equal(queue_take(&queue, &chain), 1);
		assert_int_equal(chain.head, i % NUM);
		queue_give(&queue, chain.head, i);
		assert_int_equal(guest_used(0, NUM, (uint16_t)i)[1], i);
	}
	assert_int_equal(queue_take(&queue, &chain), 0);
	assert_int_equal(*guest_used_index(0), 70000 % 65536);
}

/* What a chain of one element is taken for */
static int taken(uint64_t address, uint32_t length, uint16_t flags)
{
	begin(false);
	guest_desc(0, 0, address, length, flags, 1);
	guest_desc(0, 1, GUEST_ROOM, 1, 0, 0);
	guest_avail(0, NUM, 0);
	return queue_take(&queue, &chain);
}

static void buffers_are_in_the_windows(void **state)
{
	const uint64_t end = GUEST_A + GUEST_A_SIZE;

	assert_int_equal(taken(GUEST_A, GUEST_A_SIZE, 0), 1);
	assert_int_equal(taken(end - 1, 1, 0), 1);
	assert_int_equal(taken(GUEST_B, GUEST_B_SIZE, GUEST_WRITE), 1);
	assert_int_equal(taken(end - 1, 2, 0), -1);
	assert_int_equal(taken(end, 1, 0), -1);
	assert_int_equal(taken(GUEST_A - 1, 1, 0), -1);
	assert_int_equal(taken(GUEST_A - 1, 2, 0), -1);
	assert_int_equal(taken(GUEST_A, GUEST_A_SIZE + 1, 0), -1);
	assert_int_equal(taken(GUEST_A, ~0U, 0), -1);
	assert_int_equal(taken(~0ULL, 1, 0), -1);
	assert_int_equal(taken(~0ULL, 2, 0), -1);
	assert_int_equal(taken(0 - GUEST_A, ~0U, 0), -1);
	assert_int_equal(taken(0, 1, 0), -1);
	assert_int_equal(taken(GUEST_ROOM + (1ULL << 32), 1, 0), -1);
	assert_int_equal(taken(GUEST_ROOM + (1ULL << 63), 1, 0), -1);
}

static void buffers_are_not_empty(void **state)
{
	assert_int_equal(taken(GUEST_ROOM, 0, 0), -1);
	assert_int_equal(taken(GUEST_ROOM, 0, GUEST_WRITE), -1);
}

static void flags(void **state)
{
	assert_int_equal(taken(GUEST_ROOM, 16, GUEST_NEXT), 1);
	assert_int_equal(taken(GUEST_ROOM, 16, GUEST_WRITE), 1);
	assert_int_equal(taken(GUEST_ROOM, 16, GUEST_INDIRECT), -1);
	assert_int_equal(taken(GUEST_ROOM, 16, GUEST_INDIRECT | GUEST_WRITE), -1);
	assert_int_equal(taken(GUEST_ROOM, 16, 0x8), -1);
	assert_int_equal(taken(GUEST_ROOM, 16, 0x8000), -1);
	/* What is read stands before what is written. */
	assert_int_equal(taken(GUEST_ROOM, 16, GUEST_WRITE | GUEST_NEXT), -1);
}

static void heads_and_next_ones(void **state)
{
	begin(false);
	guest_avail(0, NUM, NUM);
	assert_int_equal(queue_take(&queue, &chain), -1);
	begin(false);
	guest_avail(0, NUM, 0xffff);
	assert_int_equal(queue_take(&queue, &chain), -1);
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, GUEST_NEXT, NUM);
	guest_desc(0, NUM, GUEST_ROOM, 1, 0, 0);
	guest_avail(0, NUM, 0);
	assert_int_equal(queue_take(&queue, &chain), -1);
}

static void circles(void **state)
{
	begin(false);
	guest_desc(0, 5, GUEST_ROOM, 1, GUEST_NEXT, 5);
	guest_avail(0, NUM, 5);
	assert_int_equal(queue_take(&queue, &chain), -1);
	assert_true(chain.reads <= NUM);
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, GUEST_NEXT, 1);
	guest_desc(0, 1, GUEST_ROOM, 1, GUEST_NEXT, 0);
	guest_avail(0, NUM, 0);
	assert_int_equal(queue_take(&queue, &chain), -1);
}

/* A gigabyte in each direction, however small the memory is. */
static void too_many_bytes(void **state)
{
	uint16_t i, flag;

	for (flag = 0; flag <= GUEST_WRITE; flag += GUEST_WRITE) {
		begin(false);
		guest_windows.window[1].size = 1ULL << 32;
		for (i = 0; i < 4; i++)
			guest_desc(0, i, GUEST_B, 1u << 28, flag | (i < 3 ? GUEST_NEXT : 0), i + 1);
		guest_avail(0, NUM, 0);
		assert_int_equal(queue_take(&queue, &chain), 1);
		guest_desc(0, 3, GUEST_B, (1u << 28) + 1, flag, 0);
		guest_avail(0, NUM, 0);
		assert_int_equal(queue_take(&queue, &chain), -1);
	}
}

static void more_than_there_can_be(void **state)
{
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, 0, 0);
	*guest_avail_index(0) = NUM;
	assert_int_equal(queue_take(&queue, &chain), 1);
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, 0, 0);
	*guest_avail_index(0) = NUM + 1;
	assert_int_equal(queue_take(&queue, &chain), -1);
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, 0, 0);
	*guest_avail_index(0) = 0xffff;
	assert_int_equal(queue_take(&queue, &chain), -1);
}

/* --- notifications and interrupts --- */

static void no_notification_while_it_is_served(void **state)
{
	begin(false);
	guest_desc(0, 0, GUEST_ROOM, 1, 0, 0);
	guest_avail(0, NUM, 0);
	queue_hush(&queue);
	assert_int_equal(*guest_used_flags(0), 1);
	assert_int_equal(queue_take(&queue, &chain), 1);
	assert_int_equal(*guest_used_flags(0), 1);
	assert_int_equal(queue_take(&queue, &chain), 0);
	assert_int_equal(*guest_used_flags(0), 0);
}

static void notification_by_index(void **state)
{
	int i;

	begin(true);
	guest_desc(0, 0, GUEST_ROOM, 1, 0, 0);
	for (i = 0; i < 3; i++)
		guest_avail(0, NUM, 0);
	queue_hush(&queue);
	assert_int_equal(*guest_used_flags(0), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(queue_take(&queue, &chain), 1);
	assert_int_equal(*guest_avail_event(0, NUM), 0);
	assert_int_equal(queue_take(&queue, &chain), 0);
	assert_int_equal(*guest_avail_event(0, NUM), 3);
}

static void interrupts_by_flag(void **state)
{
	begin(false);
	assert_false(queue_wants_interrupt(&queue));
	queue_give(&queue, 0, 0);
	assert_true(queue_wants_interrupt(&queue));
	assert_false(queue_wants_interrupt(&queue));
	*guest_avail_flags(0) = 1;
	queue_give(&queue, 0, 0);
	assert_false(queue_wants_interrupt(&queue));
	/* What was given then is not told of later. */
	*guest_avail_flags(0) = 0;
	assert_false(queue_wants_interrupt(&queue));
}

static void interrupts_by_index(void **state)
{
	begin(true);
	*guest_avail_flags(0) = 1;	/* means nothing now */
	*guest_used_event(0, NUM) = 0;
	queue_give(&queue, 0, 0);
	assert_true(queue_wants_interrupt(&queue));
	/* The third one from now is waited for. */
	*guest_used_event(0, NUM) = 3;
	queue_give(&queue, 0, 0);
	queue_give(&queue, 0, 0);
	assert_false(queue_wants_interrupt(&queue));
	queue_give(&queue, 0, 0);
	queue_give(&queue, 0, 0);
	assert_true(queue_wants_interrupt(&queue));
	queue_give(&queue, 0, 0);
	assert_false(queue_wants_interrupt(&queue));
	/* Around the end of 16 bits. */
	queue.given = queue.told = 0xfffe;
	*guest_used_event(0, NUM) = 0xffff;
	queue_give(&queue, 0, 0);
	assert_false(queue_wants_interrupt(&queue));
	queue_give(&queue, 0, 0);
	assert_true(queue_wants_interrupt(&queue));
}

#define test(name)	cmocka_unit_test_setup(name, guest_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(numbers_of_elements),
		test(alignments),
		test(parts_are_in_the_windows),
		test(no_windows),
		test(a_request),
		test(taken_again),
		test(all_elements_make_a_chain),
		test(seventy_thousand_requests),
		test(buffers_are_in_the_windows),
		test(buffers_are_not_empty),
		test(flags),
		test(heads_and_next_ones),
		test(circles),
		test(too_many_bytes),
		test(more_than_there_can_be),
		test(no_notification_while_it_is_served),
		test(notification_by_index),
		test(interrupts_by_flag),
		test(interrupts_by_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
