// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Reads of the report area by user space: none outside of it, each byte once, and losses counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"

#define AREA		0x10000
#define REPORT_SIZE	0x8000
#define LOG		0x8000		/* its ring */
#define CONSOLE		0x9000		/* cell 1's */
#define RING_SIZE	64
#define BIG_SIZE	0x4000

static _Alignas(8) char area[AREA];
static struct jh_system the_system;
static struct jh_report *const report = (void *)area;
static struct jh_ring *const ring = (void *)(area + LOG);
static char buffer[BIG_SIZE];
static struct jh_ioctl_read_ring arg;

static struct jh_cell_report *cells(void)
{
	return (void *)(area + report->cells_offset);
}

static void write_ring(struct jh_ring *to, const char *text)
{
	for (; *text; text++)
		to->data[to->head++ & (to->size - 1)] = *text;
}

static int setup(void **state)
{
	fake_reset();
	memset(area, 0, sizeof(area));
	*report = (struct jh_report){
		.magic = JH_REPORT_MAGIC, .size = REPORT_SIZE, .num_cpus = JH_MAX_CPUS,
		.num_cells = JH_MAX_CELLS, .cpus_offset = sizeof(*report), .log_offset = LOG,
	};
	report->cells_offset = ALIGN(report->cpus_offset + JH_MAX_CPUS * (u32)sizeof(
				     struct jh_cpu_report), 8);
	ring->size = RING_SIZE;
	the_system = (struct jh_system){ .report = report, .active = true, .hv.size = AREA + 0x3000,
					 .image.report_offset = 0x3000 };
	jh_system = &the_system;
	memset(buffer, 0, sizeof(buffer));
	arg = (struct jh_ioctl_read_ring){ .buffer = (uintptr_t)buffer, .length = sizeof(buffer) };
	return 0;
}

static void assert_read(const char *text, u64 lost)
{
	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(jh_ring_read(&arg), 0);
	assert_string_equal(buffer, text);
	assert_int_equal(arg.copied, strlen(text));
	assert_int_equal(arg.lost, lost);
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(jh_report_lock.held, 0);
}

static void each_byte_is_read_once(void **state)
{
	assert_read("", 0);
	write_ring(ring, "hello");
	assert_read("hello", 0);
	assert_int_equal(arg.position, 5);
	assert_read("", 0);
	write_ring(ring, " world");
	arg.length = 3;
	assert_read(" wo", 0);
	assert_read("rld", 0);
	arg.position = 4;
	assert_read("o w", 0);
}

static void what_was_overwritten_is_counted(void **state)
{
	char text[RING_SIZE + 11];

	memset(text, 'a', RING_SIZE + 10);
	text[RING_SIZE + 10] = 0;
	write_ring(ring, text);
	assert_read(text + 10, 10);
	assert_int_equal(arg.position, RING_SIZE + 10);
	/* Exactly as much as it holds. */
	write_ring(ring, text + 10);
	assert_read(text + 10, 0);
	/* A position that was never written is where the end is. */
	arg.position = 1ULL << 40;
	assert_read("", 0);
	assert_int_equal(arg.position, ring->head);
}

static void more_than_a_piece(void **state)
{
	static char text[5001];

	memset(text, 'x', 5000);
	ring->size = 8192;
	write_ring(ring, text);
	assert_read(text, 0);
	assert_int_equal(arg.position, 5000);
}

static void what_user_space_cannot_take_is_read_again(void **state)
{
	static char text[5001];

	memset(text, 'x', 5000);
	ring->size = 8192;
	write_ring(ring, text);
	fake_no_user = buffer + 4096;
	assert_int_equal(jh_ring_read(&arg), 0);
	assert_int_equal(arg.copied, 4096);
	assert_int_equal(arg.position, 4096);
	arg.buffer = (uintptr_t)buffer + 4096;
	assert_int_equal(jh_ring_read(&arg), -EFAULT);
	assert_int_equal(arg.position, 4096);
	assert_int_equal(arg.copied, 0);
	assert_int_equal(fake_allocated(), 0);
	fake_fail_alloc = 1;
	assert_int_equal(jh_ring_read(&arg), -ENOMEM);
}

static void rings_that_do_not_fit(void **state)
{
	static const struct {
		u32 offset, size;
		bool good;
	} rings[] = {
		{ 0, RING_SIZE, false }, { LOG + 4, RING_SIZE, false }, { LOG, 0, false },
		{ LOG, 48, false }, { LOG, RING_SIZE, true }, { LOG, 0x8000, false },
		{ AREA - 16 - 64, 64, true }, { AREA - 16 - 64, 128, false },
		{ AREA - 8, 1, false },
		{ AREA, 64, false }, { AREA + 8, 64, false }, { 0xfffffff8, 64, false },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rings); i++) {
		report->log_offset = rings[i].offset;
		if (rings[i].offset < AREA - 8)
			((struct jh_ring *)(area + (rings[i].offset & ~7u)))->size = rings[i].size;
		if (jh_ring_read(&arg) != (rings[i].good ? 0 : -ENOENT))
			fail_msg("ring %u", i);
		setup(NULL);
	}
}

static void a_ring_for_each_cell(void **state)
{
	struct jh_ring *console = (void *)(area + CONSOLE);

	console->size = RING_SIZE;
	arg.cell = 1;
	assert_int_equal(jh_ring_read(&arg), -ENOENT);
	cells()[1].console_offset = CONSOLE;
	write_ring(console, "cell");
	memset(&fake_nospec, 0, sizeof(fake_nospec));
	assert_read("cell", 0);
	/*
	 * Each of two reads finds the ring once and the generation twice; each index is bounded for
	 * speculation.
	 */
	assert_int_equal(fake_nospec.count, 2 * 3);
	assert_int_equal(fake_nospec.index, 1);
	assert_int_equal(fake_nospec.size, JH_MAX_CELLS);
	arg.cell = JH_MAX_CELLS;
	assert_int_equal(jh_ring_read(&arg), -ENOENT);
	arg.cell = ~0u;
	assert_int_equal(jh_ring_read(&arg), -ENOENT);
}

static void nothing_while_disabled(void **state)
{
	struct jh_ioctl_report whole = { .buffer = (uintptr_t)buffer, .length = 16 };

	the_system.active = false;
	assert_int_equal(jh_ring_read(&arg), -ENXIO);
	assert_int_equal(jh_ring_report(&whole), -ENXIO);
	jh_system = NULL;
	assert_int_equal(jh_ring_read(&arg), -ENXIO);
	assert_int_equal(jh_ring_report(&whole), -ENXIO);
	assert_int_equal(jh_report_lock.held, 0);
}

static void the_report_as_far_as_there_is_room(void **state)
{
	static char all[AREA];
	struct jh_ioctl_report whole = { .buffer = (uintptr_t)all, .length = 16 };

	area[REPORT_SIZE - 1] = 'z';
	area[REPORT_SIZE] = 'y';
	assert_int_equal(jh_ring_report(&whole), 0);
	assert_memory_equal(all, area, 16);
	assert_int_equal(all[REPORT_SIZE - 1], 0);
	whole.length = AREA;
	assert_int_equal(jh_ring_report(&whole), 0);
	assert_memory_equal(all, area, REPORT_SIZE);
	assert_int_equal(all[REPORT_SIZE], 0);
	fake_no_user = all + 100;
	assert_int_equal(jh_ring_report(&whole), -EFAULT);
	fake_fail_alloc = 1;
	assert_int_equal(jh_ring_report(&whole), -ENOMEM);
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(jh_report_lock.held, 0);
}

static u32 barriers, at_barrier;	/* seen; and that at which something happens */

static void another_cell_takes_the_number(void)
{
	if (++barriers == at_barrier)
		cells()[1].generation++;
}

static void the_writer_overtakes(void)
{
	if (++barriers == at_barrier)
		write_ring(ring, "0123456789");
}

/* A new cell has the old one's ring, and its bytes may be copied before its generation is seen. */
static void a_number_that_is_taken_over_meanwhile(void **state)
{
	struct jh_ring *console = (void *)(area + CONSOLE);

	console->size = RING_SIZE;
	cells()[1].console_offset = CONSOLE;
	cells()[1].generation = 7;
	write_ring(console, "hello");
	arg.cell = 1;
	arg.generation = 7;
	fake_between = another_cell_takes_the_number;
	/* After the bytes were copied, and after the head was looked at again. */
	for (at_barrier = 1; at_barrier <= 2; at_barrier++) {
		barriers = 0;
		cells()[1].generation = 7;
		assert_int_equal(jh_ring_read(&arg), -ENOENT);
		assert_int_equal(barriers, 2);
		assert_int_equal(arg.position, 0);
		assert_int_equal(arg.copied, 0);
	}
	fake_between = NULL;
	cells()[1].generation = 7;
	assert_read("hello", 0);
}

static void the_ring_is_cleared(void)
{
	if (++barriers == at_barrier)
		ring->head = 0;
}

static void a_ring_that_is_cleared_meanwhile(void **state)
{
	write_ring(ring, "hello");
	barriers = 0;
	at_barrier = 1;
	fake_between = the_ring_is_cleared;
	assert_read("", 0);
	assert_int_equal(arg.position, 0);
}

/* Bytes that were overwritten during the copy are not returned. */
static void a_writer_that_overtakes(void **state)
{
	char text[RING_SIZE + 1] = "";

	memset(text, '-', RING_SIZE - 4);
	write_ring(ring, text);
	barriers = 0;
	at_barrier = 1;
	fake_between = the_writer_overtakes;
	assert_int_equal(jh_ring_read(&arg), 0);
	/* 60 were there; ten more leave 64 of 70. */
	assert_int_equal(arg.lost, 6);
	assert_int_equal(arg.copied, RING_SIZE - 4 - 6 + 10);
	assert_int_equal(arg.position, RING_SIZE - 4 + 10);
	assert_memory_equal(buffer + RING_SIZE - 4 - 6, "0123456789", 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_byte_is_read_once, setup),
		cmocka_unit_test_setup(what_was_overwritten_is_counted, setup),
		cmocka_unit_test_setup(more_than_a_piece, setup),
		cmocka_unit_test_setup(what_user_space_cannot_take_is_read_again, setup),
		cmocka_unit_test_setup(rings_that_do_not_fit, setup),
		cmocka_unit_test_setup(a_ring_for_each_cell, setup),
		cmocka_unit_test_setup(a_number_that_is_taken_over_meanwhile, setup),
		cmocka_unit_test_setup(a_ring_that_is_cleared_meanwhile, setup),
		cmocka_unit_test_setup(a_writer_that_overtakes, setup),
		cmocka_unit_test_setup(nothing_while_disabled, setup),
		cmocka_unit_test_setup(the_report_as_far_as_there_is_room, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
