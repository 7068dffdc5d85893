// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Console input of a cell: every byte arrives once and in order, however little room the cell has,
 * and none arrives once the cell is gone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"

#define GENERATION	0x80000007u

static struct jh_system the_system;
static u8 got[4096];			/* by the cell */
static u32 num_got, room, calls;
static long refusal;			/* of the hypervisor, if it is not 0 */
static u8 typed[3000];			/* in user space */
static struct jh_ioctl_write_console arg;

/* As JH_HC_CONSOLE_INPUT: in registers, at most 16. */
long jh_call_untimed(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	const u64 words[] = { c, d };
	u32 count = (u32)b, i;

	assert_int_equal(code, JH_HC_CONSOLE_INPUT);
	assert_int_equal(a, 3);
	assert_int_equal(b >> 32, GENERATION);
	assert_true(count > 0 && count <= JH_HC_CONSOLE_INPUT_MAX);
	/* jh_report_lock keeps disable away; jh_lock is not needed. */
	assert_int_equal(jh_report_lock.held, 1);
	assert_int_equal(jh_lock.held, 0);
	calls++;
	if (refusal)
		return refusal;
	count = min(count, room - num_got);
	memcpy(got + num_got, words, count);
	num_got += count;
	/* Bytes beyond the count are 0. */
	for (i = (u32)b; i < 16; i++)
		assert_int_equal(((const u8 *)words)[i], 0);
	return count;
}

static int setup(void **state)
{
	u32 i;

	fake_reset();
	for (i = 0; i < sizeof(typed); i++)
		typed[i] = (u8)(i * 7 + 1) | 1;
	the_system = (struct jh_system){ .active = true };
	jh_system = &the_system;
	num_got = calls = 0;
	room = sizeof(got);
	refusal = 0;
	arg = (struct jh_ioctl_write_console){
		.buffer = (uintptr_t)typed, .cell = 3, .generation = GENERATION,
	};
	return 0;
}

static void all_bytes_arrive_in_order(void **state)
{
	u32 length;

	for (length = 0; length < 600; length++) {
		num_got = 0;
		arg.length = length;
		assert_int_equal(jh_input_write(&arg), 0);
		assert_int_equal(arg.copied, length);
		assert_int_equal(num_got, length);
		assert_memory_equal(got, typed, length);
		assert_int_equal(jh_report_lock.held, 0);
	}
}

static void a_full_cell_takes_a_part(void **state)
{
	arg.length = sizeof(typed);
	for (room = 0; room < 300; room++) {
		num_got = calls = 0;
		assert_int_equal(jh_input_write(&arg), 0);
		assert_int_equal(arg.copied, room);
		assert_memory_equal(got, typed, room);
		/* A full cell is not asked again in the same call. */
		assert_int_equal(calls, room / 16 + 1);
	}
}

static void a_cell_that_is_gone_gets_no_input(void **state)
{
	static const long refusals[] = { -EAGAIN, -ENOENT, -EPERM, -ENODEV };
	u32 i;

	arg.length = 40;
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		refusal = refusals[i];
		assert_int_equal(jh_input_write(&arg), refusal);
		assert_int_equal(arg.copied, 0);
		assert_int_equal(jh_input_send(3, GENERATION, typed, 40), refusal);
	}
	/* Somebody manages: nothing is wrong. */
	refusal = -EBUSY;
	assert_int_equal(jh_input_write(&arg), 0);
	assert_int_equal(arg.copied, 0);
	refusal = 0;
	the_system.active = false;
	calls = 0;
	assert_int_equal(jh_input_write(&arg), -ENXIO);
	jh_system = NULL;
	assert_int_equal(jh_input_write(&arg), -ENXIO);
	assert_int_equal(calls, 0);
	assert_int_equal(jh_report_lock.held, 0);
}

/* User space's memory is not read under the lock; bytes sent before a fault count. */
static void memory_that_cannot_be_read(void **state)
{
	arg.length = 1000;
	fake_no_user = typed + 512;
	assert_int_equal(jh_input_write(&arg), 0);
	assert_int_equal(arg.copied, 512);
	arg.buffer += 512;
	assert_int_equal(jh_input_write(&arg), -EFAULT);
	assert_int_equal(arg.copied, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_bytes_arrive_in_order, setup),
		cmocka_unit_test_setup(a_full_cell_takes_a_part, setup),
		cmocka_unit_test_setup(a_cell_that_is_gone_gets_no_input, setup),
		cmocka_unit_test_setup(memory_that_cannot_be_read, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
