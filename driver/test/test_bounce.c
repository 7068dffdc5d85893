// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Messages between Linux's drivers and a cell: what each side has put into its vrings reaches the
 * other one, and what a hostile cell writes does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../jh.h"
#include "../bounce.h"

#define ADDRESS		0x70001000u	/* of the section, as the cell has it */
#define UNITS		16u
#define SIZE		(UNITS * BOUNCE_UNIT)
#define COUNT		4u		/* descriptors of a vring */
#define BUFFER		512u
#define WRITE		VRING_DESC_F_WRITE

static u8 section[SIZE] __attribute__((aligned(4096)));
static struct bounce bounce;
static u8 *buffers;		/* of the driver: COUNT for the cell to write, COUNT to read */
static u32 buffers_at;		/* where the cell has them */
static void *own[2];

static struct bounce_queue *to_linux(void)
{
	return &bounce.queues[0];
}

static struct bounce_queue *to_cell(void)
{
	return &bounce.queues[1];
}

static int setup(void **state)
{
	u32 i, at = BOUNCE_ANYWHERE;

	fake_reset();
	fake_warnings = 0;
	memset(section, 0xa5, sizeof(section));
	assert_int_equal(bounce_begin(&bounce, section, ADDRESS, SIZE), 0);
	bounce_clear(&bounce);
	for (i = 0; i < 2; i++, at = BOUNCE_ANYWHERE)
		own[i] = bounce_add_queue(&bounce, COUNT, 64, &at);
	buffers = bounce_alloc_buffers(&bounce, 2 * COUNT * BUFFER, &buffers_at);
	assert_non_null(buffers);
	bounce_restart(&bounce);
	return 0;
}

static int teardown(void **state)
{
	u32 i;

	bounce_free_buffers(&bounce, buffers);
	bounce.count = 0;
	for (i = 0; i < 2; i++)
		free_pages_exact(own[i], 0);
	bounce_end(&bounce);
	assert_int_equal(fake_allocated(), 0);
	assert_false(spin_is_locked(&bounce.lock));
	return 0;
}

/* --- Linux's driver --- */

static u8 *buffer(u32 n)
{
	return buffers + n * BUFFER;
}

/* The same as the cell has it. */
static u8 *copy_of(u32 n)
{
	return section + (buffers_at - ADDRESS) + n * BUFFER;
}

static void put(struct bounce_queue *queue, u16 head, u32 n, u16 flags)
{
	queue->own.desc[head] = (struct vring_desc){
		virt_to_phys(buffer(n)), BUFFER, flags, 0x77,
	};
	queue->own.avail->ring[queue->own.avail->idx % COUNT] = head;
	queue->own.avail->idx++;
}

/* --- the cell --- */

static void use(struct bounce_queue *queue, u32 id, u32 length)
{
	u16 slot = queue->cell.used->idx % COUNT;

	queue->cell.used->ring[slot].id = id;
	queue->cell.used->ring[slot].len = length;
	queue->cell.used->idx++;
}

static void all_is_given(struct bounce_queue *queue, u16 flags)
{
	u32 i;

	for (i = 0; i < COUNT; i++)
		put(queue, (u16)i, i + (flags ? 0 : COUNT), flags);
	assert_true(bounce_give(&bounce));
}

/* --- tests --- */

static void vrings_and_buffers_lie_beside_each_other(void **state)
{
	u8 *cells[] = { (void *)to_linux()->cell.desc, (void *)to_cell()->cell.desc, copy_of(0) };

	assert_ptr_equal(cells[0], section);
	assert_ptr_equal(cells[1], section + BOUNCE_UNIT);
	assert_ptr_equal(cells[2], section + 2 * BOUNCE_UNIT);
	/* They are zeroed, and nothing else is. */
	assert_int_equal(section[3 * BOUNCE_UNIT - 1], 0);
	assert_int_equal(section[3 * BOUNCE_UNIT], 0xa5);
	assert_true((u8 *)to_linux()->own.desc < section ||
		    (u8 *)to_linux()->own.desc >= section + SIZE);
	assert_int_equal((u8 *)to_linux()->cell.used - section, 128);
}

static void a_buffer_for_the_cell_to_read(void **state)
{
	struct vring_desc *desc = &to_cell()->cell.desc[2];

	memset(buffer(5), 0x31, BUFFER);
	put(to_cell(), 2, 5, 0);
	assert_true(bounce_give(&bounce));
	assert_int_equal(desc->addr, buffers_at + 5 * BUFFER);
	assert_int_equal(desc->len, BUFFER);
	assert_int_equal(desc->flags | desc->next, 0);
	assert_int_equal(to_cell()->cell.avail->idx, 1);
	assert_int_equal(to_cell()->cell.avail->ring[0], 2);
	assert_memory_equal(copy_of(5), buffer(5), BUFFER);
	assert_int_equal(copy_of(6)[0], 0);
	assert_false(bounce_give(&bounce));
	/* It comes back, whatever the cell says about its length. */
	memset(copy_of(5), 0x32, BUFFER);
	use(to_cell(), 2, 0xffffffff);
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_cell()->own.used->idx, 1);
	assert_int_equal(to_cell()->own.used->ring[0].id, 2);
	assert_int_equal(to_cell()->own.used->ring[0].len, 0);
	assert_int_equal(buffer(5)[0], 0x31);
}

static void a_buffer_that_the_cell_writes(void **state)
{
	memset(buffer(1), 0x31, BUFFER);
	put(to_linux(), 3, 1, WRITE);
	assert_true(bounce_give(&bounce));
	assert_int_equal(to_linux()->cell.desc[3].flags, WRITE);
	assert_int_equal(to_linux()->cell.desc[3].addr, buffers_at + BUFFER);
	/* What Linux had there before is not for the cell. */
	assert_int_equal(copy_of(1)[0], 0);
	memset(copy_of(1), 0x32, BUFFER);
	use(to_linux(), 3, 20);
	assert_int_equal(to_linux()->own.used->idx, 0);
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_linux()->own.used->idx, 1);
	assert_int_equal(to_linux()->own.used->ring[0].id, 3);
	assert_int_equal(to_linux()->own.used->ring[0].len, 20);
	assert_int_equal(buffer(1)[19], 0x32);
	assert_int_equal(buffer(1)[20], 0x31);
	/* The cell has second thoughts. */
	memset(copy_of(1), 0x33, BUFFER);
	assert_true(bounce_take(&bounce));
	assert_int_equal(buffer(1)[0], 0x32);
}

static void the_cell_need_not_be_told(void **state)
{
	to_cell()->cell.used->flags = VRING_USED_F_NO_NOTIFY;
	put(to_cell(), 0, COUNT, 0);
	assert_false(bounce_give(&bounce));
	assert_int_equal(to_cell()->cell.avail->idx, 1);
	put(to_linux(), 0, 0, WRITE);
	assert_true(bounce_give(&bounce));
}

static void indices_wrap(void **state)
{
	u32 i;

	for (i = 0; i < 0x10003; i++) {
		put(to_linux(), (u16)(i % COUNT), i % COUNT, WRITE);
		if (!bounce_give(&bounce))
			break;
		copy_of(i % COUNT)[0] = (u8)i;
		use(to_linux(), i % COUNT, BUFFER);
		if (!bounce_take(&bounce) || buffer(i % COUNT)[0] != (u8)i ||
		    to_linux()->own.used->idx != (u16)(i + 1))
			break;
	}
	assert_int_equal(i, 0x10003);
}

/* The queue is over, the other one goes on, and it is said once. */
static void it_is_broken(u16 taken)
{
	assert_false(bounce_take(&bounce));
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_linux()->own.used->idx, taken);
	put(to_cell(), 0, COUNT, 0);
	assert_true(bounce_give(&bounce));
	use(to_cell(), 0, 0);
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_cell()->own.used->idx, 1);
	bounce_restart(&bounce);
	assert_int_equal(to_linux()->own.avail->idx, 0);
	to_linux()->cell.used->idx = 0;
	to_cell()->cell.used->idx = 0;
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_linux()->own.used->idx, 0);
	all_is_given(to_linux(), WRITE);
	use(to_linux(), 1, BUFFER);
	assert_true(bounce_take(&bounce));
	assert_int_equal(to_linux()->own.used->idx, 1);
}

static void an_index_ahead_of_what_was_given(void **state)
{
	u32 i;

	all_is_given(to_linux(), WRITE);
	for (i = 0; i < COUNT + 1; i++)
		use(to_linux(), i % COUNT, BUFFER);
	it_is_broken(0);
}

static void an_index_that_goes_back(void **state)
{
	all_is_given(to_linux(), WRITE);
	use(to_linux(), 0, BUFFER);
	assert_true(bounce_take(&bounce));
	to_linux()->cell.used->idx = 0;
	it_is_broken(1);
}

static void an_id_that_is_none(void **state)
{
	all_is_given(to_linux(), WRITE);
	use(to_linux(), 0, BUFFER);
	use(to_linux(), COUNT, BUFFER);
	it_is_broken(1);
}

static void an_id_that_linux_never_used(void **state)
{
	put(to_linux(), 0, 0, WRITE);
	put(to_linux(), 1, 1, WRITE);
	to_linux()->own.desc[2].flags = WRITE;
	assert_true(bounce_give(&bounce));
	use(to_linux(), 2, BUFFER);
	it_is_broken(0);
}

static void a_message_longer_than_its_buffer(void **state)
{
	all_is_given(to_linux(), WRITE);
	buffer(1)[0] = 0x31;
	use(to_linux(), 0, BUFFER + 1);
	it_is_broken(0);
	assert_int_equal(buffer(0)[0], 0);
}

/* Linux's driver subtracts the header's length from it. */
static void a_message_shorter_than_its_header(void **state)
{
	all_is_given(to_linux(), WRITE);
	use(to_linux(), 0, 16);
	assert_true(bounce_take(&bounce));
	use(to_linux(), 1, 15);
	it_is_broken(1);
}

/* What the cell writes into descriptors and the available ring means nothing. */
static void the_cells_own_vring_is_not_read(void **state)
{
	all_is_given(to_linux(), WRITE);
	memset(to_linux()->cell.desc, 0xff, COUNT * sizeof(struct vring_desc));
	memset(to_linux()->cell.avail, 0xff, 4 + 2 * COUNT);
	copy_of(2)[0] = 0x41;
	use(to_linux(), 2, BUFFER);
	assert_true(bounce_take(&bounce));
	assert_int_equal(buffer(2)[0], 0x41);
	assert_int_equal(to_linux()->own.used->ring[0].len, BUFFER);
}

/* A buffer that is in no area is a bug of Linux's; nothing is copied. */
static void a_buffer_from_elsewhere(void **state)
{
	static const struct vring_desc all[] = {
		{ 0, BUFFER, 0, 0 }, { ~0ULL, 1, 0, 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		put(to_cell(), 0, COUNT, 0);
		to_cell()->own.desc[0] = all[i];
		(void)bounce_give(&bounce);
	}
	put(to_cell(), 0, COUNT, 0);
	to_cell()->own.desc[0].addr = virt_to_phys(buffers) - 1;
	(void)bounce_give(&bounce);
	put(to_cell(), 0, COUNT, 0);
	to_cell()->own.desc[0].addr = virt_to_phys(buffer(2 * COUNT - 1)) + 1;
	(void)bounce_give(&bounce);
	assert_int_equal(fake_warnings, 4);
	put(to_cell(), 0, 2 * COUNT - 1, 0);
	(void)bounce_give(&bounce);
	assert_int_equal(fake_warnings, 4);
}

/* Linux zeroes its vring then, while the program runs. */
static void a_driver_that_is_bound_anew(void **state)
{
	u32 i;

	for (i = 0; i < 2; i++)
		all_is_given(to_cell(), 0);
	memset(to_cell()->own.desc, 0, COUNT * sizeof(struct vring_desc));
	memset(to_cell()->own.avail, 0, 4 + 2 * COUNT);
	put(to_cell(), 0, COUNT, 0);
	assert_false(bounce_give(&bounce));
	assert_int_equal(to_cell()->cell.avail->idx, 2 * COUNT);
	assert_int_equal(fake_warnings, 0);
}

static void what_the_program_has_is_not_given_out(void **state)
{
	u32 at = 0;
	void *first, *second;

	/* 3 units are taken. The program has the 5th, and a byte of the 6th. */
	bounce_reserve(&bounce, ADDRESS + 4 * BOUNCE_UNIT + 8, BOUNCE_UNIT - 7);
	bounce_reserve(&bounce, ADDRESS + 15 * BOUNCE_UNIT, 0);
	bounce_reserve(&bounce, ADDRESS + SIZE, 1);
	bounce_reserve(&bounce, ADDRESS - 1, 1);
	bounce_reserve(&bounce, ADDRESS - 1, 2);
	bounce_reserve(&bounce, ADDRESS + SIZE - 1, 2);
	first = bounce_alloc(&bounce, 2 * BOUNCE_UNIT, &at);
	assert_ptr_equal(first, section + 6 * BOUNCE_UNIT);
	assert_int_equal(at, ADDRESS + 6 * BOUNCE_UNIT);
	second = bounce_alloc(&bounce, 1, &at);
	assert_ptr_equal(second, section + 3 * BOUNCE_UNIT);
	assert_null(bounce_alloc(&bounce, 9 * BOUNCE_UNIT, &at));
	assert_non_null(bounce_alloc(&bounce, 8 * BOUNCE_UNIT, &at));
	assert_null(bounce_alloc(&bounce, 1, &at));
	bounce_free(&bounce, first, 2 * BOUNCE_UNIT);
	assert_ptr_equal(bounce_alloc(&bounce, BOUNCE_UNIT + 1, &at), first);
	bounce_clear(&bounce);
	assert_ptr_equal(bounce_alloc(&bounce, SIZE, &at), section);
	/* As they were. */
	bounce_clear(&bounce);
	bounce_reserve(&bounce, ADDRESS, 3 * BOUNCE_UNIT);
}

static void addresses_of_the_section(void **state)
{
	assert_ptr_equal(bounce_find(&bounce, ADDRESS, SIZE), section);
	assert_ptr_equal(bounce_find(&bounce, ADDRESS + SIZE - 1, 1), section + SIZE - 1);
	assert_null(bounce_find(&bounce, ADDRESS + SIZE, 0));
	assert_null(bounce_find(&bounce, ADDRESS - 1, 1));
	assert_null(bounce_find(&bounce, ADDRESS + 1, SIZE));
	assert_null(bounce_find(&bounce, ADDRESS + 1, ~0ULL));
	assert_null(bounce_find(&bounce, ADDRESS + 0x100000000ULL, 1));
	assert_true(bounce_contains(&bounce, section));
	assert_true(bounce_contains(&bounce, section + SIZE - 1));
	assert_false(bounce_contains(&bounce, section + SIZE));
	assert_false(bounce_contains(&bounce, section - 1));
	assert_false(bounce_contains(&bounce, NULL));
}

static int add(u32 count, u32 align, u32 address)
{
	void *memory = bounce_add_queue(&bounce, count, align, &address);

	if (IS_ERR(memory))
		return (int)PTR_ERR(memory);
	free_pages_exact(memory, 0);
	bounce.count = 2;
	return 0;
}

static void vrings_that_are_not_possible(void **state)
{
	assert_int_equal(add(3, 64, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(0, 64, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(2 * BOUNCE_MOST, 64, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(4, 2, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(4, 48, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(4, 0, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(4, 2 * BOUNCE_ALIGN, BOUNCE_ANYWHERE), -EINVAL);
	/* The link's own alignment is that of a unit. */
	assert_int_equal(add(4, 2 * BOUNCE_UNIT, BOUNCE_ANYWHERE), -EINVAL);
	assert_int_equal(add(4, 64, ADDRESS + 8), -ERANGE);
	assert_int_equal(add(4, 64, ADDRESS - 16), -ERANGE);
	assert_int_equal(add(4, 64, ADDRESS + SIZE - 16), -ERANGE);
	assert_int_equal(add(4, 64, ADDRESS + SIZE - 192), 0);
	/* The used ring would be behind the section. */
	assert_int_equal(add(4, BOUNCE_UNIT, ADDRESS + SIZE - BOUNCE_UNIT - 48), -ERANGE);
	assert_int_equal(add(4, 64, ADDRESS + 4 * BOUNCE_UNIT + 16), -ERANGE);
	assert_int_equal(add(BOUNCE_MOST, 4, ADDRESS + 4 * BOUNCE_UNIT), 0);
	fake_fail_alloc = 1;
	assert_int_equal(add(4, 64, ADDRESS + 4 * BOUNCE_UNIT), -ENOMEM);
	fake_fail_alloc = 0;
	bounce.count = BOUNCE_QUEUES;
	assert_int_equal(add(4, 64, BOUNCE_ANYWHERE), -EINVAL);
	bounce.count = 2;
}

static void memory_is_short(void **state)
{
	u32 i, at, before = fake_allocated();

	for (i = 1; i <= 2; i++) {
		fake_fail_alloc = i;
		assert_null(bounce_alloc_buffers(&bounce, BOUNCE_UNIT, &at));
	}
	fake_fail_alloc = 0;
	assert_null(bounce_alloc_buffers(&bounce, SIZE, &at));
	assert_int_equal(fake_allocated(), before);
	bounce_free_buffers(&bounce, section);
	assert_int_equal(fake_allocated(), before);
}

/* Buffers that a driver keeps are leaked, and it is said. */
static void buffers_that_stay(void **state)
{
	struct bounce other = { .count = 0 };
	u32 at;
	void *kept;

	fake_fail_alloc = 1;
	assert_int_equal(bounce_begin(&other, section, ADDRESS, SIZE), -ENOMEM);
	bounce_end(&other);
	assert_int_equal(fake_warnings, 0);
	fake_fail_alloc = 0;
	assert_int_equal(bounce_begin(&other, section, ADDRESS, SIZE), 0);
	kept = bounce_alloc_buffers(&other, 1, &at);
	bounce_end(&other);
	assert_int_equal(fake_warnings, 1);
	/* The area is the first allocation that the list has. */
	fake_free(other.areas.next);
	fake_free(kept);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(vrings_and_buffers_lie_beside_each_other),
		test(a_buffer_for_the_cell_to_read),
		test(a_buffer_that_the_cell_writes),
		test(the_cell_need_not_be_told),
		test(indices_wrap),
		test(an_index_ahead_of_what_was_given),
		test(an_index_that_goes_back),
		test(an_id_that_is_none),
		test(an_id_that_linux_never_used),
		test(a_message_longer_than_its_buffer),
		test(a_message_shorter_than_its_header),
		test(the_cells_own_vring_is_not_read),
		test(a_buffer_from_elsewhere),
		test(a_driver_that_is_bound_anew),
		test(what_the_program_has_is_not_given_out),
		test(addresses_of_the_section),
		test(vrings_that_are_not_possible),
		test(memory_is_short),
		test(buffers_that_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
