// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The demo link-echo from its start to its end, with another side that comes, sends, goes, comes
 * back and has impossible positions. Whenever the demo sleeps, a scene checks and does its next
 * step.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/link.h>
#include <inmate/start.h>

#include "fake/fake.h"

#define REGISTERS	0x9000000UL
#define MEMORY		0x70000000UL
#define TABLE		0x1000U
#define COMMON		0x1000U
#define OUTPUT		0x1000U
#define INTID		77
#define ROOM		2048U	/* the largest power of two beside the indices */

void inmate_main(void);

static u32 *const table = (u32 *)MEMORY;
static struct jh_stream *const theirs = (struct jh_stream *)(MEMORY + TABLE + COMMON);
static struct jh_stream *const its = (struct jh_stream *)(MEMORY + TABLE + COMMON + OUTPUT);
static char printed[1024];
static u32 rung, step, ended, mapped;
static bool asked, timer_runs;
static gic_handler_t handlers[128];
static void (*scene)(void);

/* --- what the demo finds --- */

void own_printf(const char *format, ...)
{
	size_t length = strlen(printed);
	va_list args;

	va_start(args, format);
	vsnprintf(printed + length, sizeof(printed) - length, format, args);
	va_end(args);
}

s64 cmdline_int(const char *key, s64 def)
{
	assert_string_equal(key, "registers");
	return def;
}

bool comm_poll(void)
{
	return asked;
}

void inmate_exit(u32 state)
{
	ended = state;
	longjmp(fake_end, 1);
}

u64 timer_now(void)
{
	return 5 << 10;
}

u64 timer_from_us(u64 us)
{
	return us;
}

void timer_set(u64 deadline)
{
	assert_int_equal(deadline, (5 << 10) + 100000);
	timer_runs = true;
}

void timer_stop(void)
{
	timer_runs = false;
}

void mmu_set_block(u64 address, enum mmu_type type)
{
	assert_int_equal(address, MEMORY);
	assert_int_equal(type, MMU_DATA);
	mapped++;
}

void gic_init(void)
{
}

void gic_handle(u32 intid, gic_handler_t handler, void *arg)
{
	assert_null(arg);
	handlers[intid] = handler;
}

void gic_set_priority(u32 intid, u8 priority)
{
	assert_non_null(handlers[intid]);
	assert_int_equal(priority, GIC_PRIORITY_DEFAULT);
}

void gic_set_target_self(u32 intid)
{
	assert_int_equal(intid, INTID);
}

void gic_enable(u32 intid)
{
	assert_non_null(handlers[intid]);
}

void gic_disable(u32 intid)
{
	assert_int_equal(intid, INTID);
	handlers[intid] = NULL;
}

/* --- the link --- */

static void at_write(u64 address, u64 value)
{
	switch (address - REGISTERS) {
	case JH_LINK_STATE:
		table[1] = (u32)value;
		return;
	case JH_LINK_DOORBELL:
		assert_int_equal(value, JH_STREAM_BELL);
		rung++;
		return;
	}
	assert_int_equal(address, REGISTERS + JH_LINK_INT_CONTROL);
	assert_int_equal(value, JH_LINK_INT_ENABLE);
}

static void peer_is(u32 life)
{
	jh_stream_begin(theirs);
	table[0] = life ? life << 16 | table[1] >> 16 : 0;
}

static void at_sleep(void)
{
	assert_true(timer_runs);
	scene();
	rung = 0;
	step++;
	handlers[INTID](INTID, NULL);
	handlers[TIMER_IRQ](TIMER_IRQ, NULL);
}

/* Runs the demo until it ends by itself, or the scene ends it. */
static void run(void (*with)(void))
{
	scene = with;
	if (!setjmp(fake_end))
		inmate_main();
}

static void expect_back(const char *text)
{
	char back[8192];
	s32 got = jh_stream_receive(theirs, its, ROOM, back, sizeof(back));

	assert_int_equal(got, strlen(text));
	assert_memory_equal(back, text, (size_t)got);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(table, 0, TABLE + COMMON + 2 * OUTPUT);
	printed[0] = '\0';
	step = ended = mapped = 0;
	asked = false;
	fake_set(REGISTERS + JH_LINK_MAX_PEERS, JH_LINK_SIDES);
	fake_set(REGISTERS + JH_LINK_NUM_BELLS, 2);
	fake_set(REGISTERS + JH_LINK_INTERRUPT, INTID);
	fake_set(REGISTERS + JH_LINK_ID, 1);
	fake_set(REGISTERS + JH_LINK_ADDRESS, MEMORY);
	fake_set(REGISTERS + JH_LINK_TABLE_SIZE, TABLE);
	fake_set(REGISTERS + JH_LINK_COMMON_SIZE, COMMON);
	fake_set(REGISTERS + JH_LINK_OUTPUT_SIZE, OUTPUT);
	fake_at_write = at_write;
	fake_at_sleep = at_sleep;
	return 0;
}

/* --- tests --- */

static void without_a_link_it_says_so(void **state)
{
	(void)state;
	fake_set(REGISTERS + JH_LINK_MAX_PEERS, 0);
	run(NULL);
	assert_int_equal(ended, JH_COMM_FAILED);
	assert_string_equal(printed, "link-echo: there is no link at 0x9000000\n");
}

static void with_one_bell_it_says_so(void **state)
{
	(void)state;
	fake_set(REGISTERS + JH_LINK_NUM_BELLS, 1);
	run(NULL);
	assert_int_equal(ended, JH_COMM_FAILED);
	assert_string_equal(printed,
			    "link-echo: the link has one bell, a stream wants bells = 2\n");
}

static void lives(void)
{
	static const u32 bell = 1;

	switch (step) {
	case 0:
		assert_int_equal(table[1] & 0xffff, 0);
		assert_true(table[1] >> 31);
		peer_is(0x8001);
		return;
	case 1:
		/* It knows of the other side now. */
		assert_int_equal(table[1] & 0xffff, 0x8001);
		assert_int_equal(jh_stream_send(theirs, its, ROOM, "one", 3), 3);
		return;
	case 2:
		assert_int_equal(rung, 1);
		expect_back("one");
		peer_is(0);
		return;
	case 3:
		peer_is(0x8002);
		return;
	case 4:
		/* Bytes of its last life that it had not taken are dropped. */
		assert_int_equal(its->sent, 0);
		jh_stream_send(theirs, its, ROOM, "two", 3);
		return;
	case 5:
		expect_back("two");
		/* Another life, of which no look saw the end. */
		peer_is(0x8003);
		return;
	case 6:
		jh_stream_send(theirs, its, ROOM, "three", 5);
		return;
	case 7:
		expect_back("three");
		fake_set(REGISTERS + JH_LINK_BELLS, bell);
		asked = true;
		return;
	}
	fail();
}

static void it_echoes_in_each_life(void **state)
{
	(void)state;
	run(lives);
	assert_int_equal(step, 8);
	assert_string_equal(printed, "link-echo: ready (interrupt 77)\n"
			    "link-echo: up 1\nlink-echo: down 1\nlink-echo: up 2\n"
			    "link-echo: down 2\nlink-echo: up 3\nlink-echo: bye\n");
	assert_int_equal(table[1], 0);
	assert_false(timer_runs);
	assert_null(handlers[INTID]);
	assert_int_equal(mapped, 1);
}

static u8 bytes[ROOM];

static void without_room(void)
{
	u32 i;

	switch (step) {
	case 0:
		peer_is(0x8001);
		return;
	case 1:
		for (i = 0; i < ROOM; i++)
			bytes[i] = (u8)(i * 7);
		assert_int_equal(jh_stream_send(theirs, its, ROOM, bytes, ROOM), ROOM);
		return;
	case 2:
		/* It has sent all, and has taken the next ones that it cannot send. */
		assert_int_equal(its->sent, ROOM);
		assert_int_equal(jh_stream_send(theirs, its, ROOM, "abc", 3), 3);
		return;
	case 3:
		assert_int_equal(its->sent, ROOM);
		assert_int_equal(its->taken, ROOM + 3);
		memset(bytes, 0, sizeof(bytes));
		assert_int_equal(jh_stream_receive(theirs, its, ROOM, bytes, 2), 2);
		return;
	case 4:
		assert_int_equal(its->sent, ROOM + 2);
		assert_int_equal(jh_stream_receive(theirs, its, ROOM, bytes + 2, ROOM - 2),
				 ROOM - 2);
		for (i = 0; i < ROOM; i++)
			assert_int_equal(bytes[i], (u8)(i * 7));
		return;
	case 5:
		expect_back("abc");
		asked = true;
		return;
	}
	fail();
}

static void bytes_without_room_wait(void **state)
{
	(void)state;
	run(without_room);
	assert_int_equal(step, 6);
}

static void another_life(void)
{
	switch (step) {
	case 0:
		peer_is(0x8001);
		return;
	case 1:
		assert_int_equal(jh_stream_send(theirs, its, ROOM, bytes, ROOM), ROOM);
		return;
	case 2:
		assert_int_equal(jh_stream_send(theirs, its, ROOM, "abc", 3), 3);
		return;
	case 3:
		assert_int_equal(its->taken, ROOM + 3);
		peer_is(0x8002);
		return;
	case 4:
		assert_int_equal(rung, 0);
		jh_stream_send(theirs, its, ROOM, "new", 3);
		return;
	case 5:
		expect_back("new");
		asked = true;
		return;
	}
	fail();
}

static void waiting_bytes_are_dropped_with_the_life(void **state)
{
	(void)state;
	run(another_life);
	assert_int_equal(step, 6);
}

static void nonsense(void)
{
	switch (step) {
	case 0:
		peer_is(0x8001);
		return;
	case 1:
		theirs->sent = ROOM + 1;
		return;
	case 2:
		assert_int_equal(its->taken, 0);
		assert_int_equal(its->sent, 0);
		theirs->sent = 0;
		/* More than was ever sent. */
		theirs->taken = 1;
		jh_stream_send(theirs, its, ROOM, "x", 1);
		return;
	case 3:
		assert_int_equal(its->sent, 0);
		asked = true;
		return;
	}
	fail();
}

static void impossible_positions_are_ignored(void **state)
{
	(void)state;
	run(nonsense);
	assert_int_equal(step, 4);
}

#define test(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(without_a_link_it_says_so),
		test(with_one_bell_it_says_so),
		test(it_echoes_in_each_life),
		test(bytes_without_room_wait),
		test(waiting_bytes_are_dropped_with_the_life),
		test(impossible_positions_are_ignored),
	};

	if (mmap((void *)MEMORY, TABLE + COMMON + 2 * OUTPUT, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)MEMORY)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
