// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * /dev/jh: permissions; arguments are copied once, and not under jh_lock; management is under it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "front.h"

static long call(unsigned int command, void *argument)
{
	called = NULL;
	checks = 0;
	return jh_misc.fops->unlocked_ioctl(NULL, command, (unsigned long)argument);
}

static struct jh_ioctl_create creation(u32 size)
{
	return (struct jh_ioctl_create){ .config = (uintptr_t)config, .length = size };
}

static void managed(const char *name)
{
	assert_non_null(called);
	assert_string_equal(called, name);
	assert_int_equal(checks, 1);
}

static void each_call_does_its_own(void **state)
{
	struct jh_ioctl_enable enable = { .config = (uintptr_t)config, .length = sizeof(config),
					  .flags = JH_ENABLE_DRY_RUN };
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_disable disable = { 0 };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };
	struct jh_ioctl_places places = { .cell = 5, .generation = 6 };
	struct jh_ioctl_trace trace = { .cell = 5, .generation = 6 };

	assert_int_equal(call(JH_IOC_ENABLE, &enable), 0);
	managed("enable");
	assert_int_equal(length, sizeof(config));
	assert_int_equal(flags, JH_ENABLE_DRY_RUN);
	assert_string_equal(enable.who, "somebody");
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), 0);
	managed("create");
	assert_int_equal(create.cell, 5);
	assert_int_equal(create.generation, 6);
	assert_string_equal(create.who, "a driver");
	assert_int_equal(call(JH_IOC_CELL_START, &one), 0);
	managed("start");
	one.flags = JH_SHUTDOWN_FORCE;
	assert_int_equal(call(JH_IOC_CELL_SHUTDOWN, &one), 0);
	managed("shutdown");
	assert_int_equal(flags, JH_SHUTDOWN_FORCE);
	one.flags = 0;
	assert_int_equal(call(JH_IOC_CELL_PLACES, &places), 0);
	managed("places");
	assert_int_equal(call(JH_IOC_TRACE, &trace), 0);
	managed("trace");
	assert_int_equal(trace.file, 11);
	trace.reserved = 1;
	assert_int_equal(call(JH_IOC_TRACE, &trace), -EINVAL);
	assert_int_equal(places.pc[3], 0x1234);
	assert_int_equal(call(JH_IOC_CELL_DESTROY, &one), 0);
	managed("destroy");
	assert_int_equal(call(JH_IOC_DISABLE, &disable), 0);
	managed("disable");
}

static void those_that_take_no_lock(void **state)
{
	struct jh_ioctl_load load = { .flags = JH_LOAD_START, .entry = 4, .argument = 1 };
	struct jh_ioctl_read_ring ring = { 0 };
	struct jh_ioctl_report report = { 0 };
	struct jh_ioctl_write_console input = { 0 };

	assert_int_equal(call(JH_IOC_WRITE_CONSOLE, &input), 0);
	assert_string_equal(called, "input");
	assert_int_equal(input.copied, 18);
	assert_int_equal(call(JH_IOC_CELL_LOAD, &load), 0);
	assert_string_equal(called, "load");
	assert_int_equal(call(JH_IOC_READ_RING, &ring), 0);
	assert_string_equal(called, "ring");
	assert_int_equal(ring.copied, 17);
	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_string_equal(called, "report");
	answer = -ENODEV;
	assert_int_equal(call(JH_IOC_REPORT, &report), -ENODEV);
}

/* There is no error in their arguments that could be cleared before. */
static void nothing_else_of_an_argument_changes(void **state)
{
	struct jh_ioctl_read_ring ring, ring_after;
	struct jh_ioctl_write_console input, input_after;
	struct jh_ioctl_report report, report_after;

	memset(&ring, 0x5a, sizeof(ring));
	memset(&input, 0x5a, sizeof(input));
	memset(&report, 0x5a, sizeof(report));
	report.reserved = 0;
	ring_after = ring;
	input_after = input;
	report_after = report;
	ring_after.copied = 17;
	input_after.copied = 18;
	assert_int_equal(call(JH_IOC_READ_RING, &ring), 0);
	assert_int_equal(call(JH_IOC_WRITE_CONSOLE, &input), 0);
	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_memory_equal(&ring, &ring_after, sizeof(ring));
	assert_memory_equal(&input, &input_after, sizeof(input));
	assert_memory_equal(&report, &report_after, sizeof(report));
}

static void only_an_administrator(void **state)
{
	struct jh_ioctl_disable disable = { 0 };

	may = false;
	assert_int_equal(call(JH_IOC_DISABLE, &disable), -EPERM);
	assert_int_equal(call(0, NULL), -EPERM);
	assert_null(called);
	assert_int_equal(jh_misc.mode, 0600);
}

static void commands_that_are_none(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));

	assert_int_equal(call(0, &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 9, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 255, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('K', 2, struct jh_ioctl_create), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 2, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOR('J', 2, struct jh_ioctl_create), &create), -ENOTTY);
	assert_null(called);
}

/* The number of a call is bounded for speculation, too. */
static void the_number_of_a_call_is_bounded_twice(void **state)
{
	struct jh_ioctl_report report = { 0 };

	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_int_equal(fake_nospec.count, 1);
	assert_int_equal(fake_nospec.index, _IOC_NR(JH_IOC_REPORT));
	assert_int_equal(call(_IOC(_IOC_READ, 'J', fake_nospec.size, 0), &report), -ENOTTY);
	assert_int_equal(fake_nospec.count, 1);
	assert_int_equal(call(_IOC(_IOC_READ, 'J', fake_nospec.size - 1, 0), &report), -ENOTTY);
	assert_int_equal(fake_nospec.count, 2);
}

/* Unknown flags and reserved words must be 0, so that later versions can use them. */
static void flags_and_words_that_must_be_zero(void **state)
{
	static const u32 commands[] = { JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN,
					JH_IOC_CELL_DESTROY };
	struct jh_ioctl_enable enable = { .flags = ~JH_ENABLE_DRY_RUN };
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_load loads[] = { { .flags = 2 }, { .entry = 4 }, { .argument = 1 },
					{ .program.path[JH_PROGRAM_LEN - 1] = 'a' } };
	struct jh_ioctl_report report = { .reserved = 1 };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6, .reserved = 1 };
	u32 i;

	create.reserved = 1;
	assert_int_equal(call(JH_IOC_ENABLE, &enable), -EINVAL);
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(loads); i++)
		assert_int_equal(call(JH_IOC_CELL_LOAD, &loads[i]), -EINVAL);
	assert_int_equal(call(JH_IOC_REPORT, &report), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		one.reserved = 1;
		one.flags = 0;
		assert_int_equal(call(commands[i], &one), -EINVAL);
		one.reserved = 0;
		one.flags = 2;
		assert_int_equal(call(commands[i], &one), -EINVAL);
	}
	one.flags = JH_SHUTDOWN_FORCE;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EINVAL);
	assert_int_equal(call(JH_IOC_CELL_DESTROY, &one), -EINVAL);
	assert_null(called);
}

static void refusals_reach_user_space(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	/* What user space left in the error is no refusal. */
	memset(&one.error, 0xff, sizeof(one.error));
	assert_int_equal(call(JH_IOC_CELL_START, &one), 0);
	assert_int_equal(one.error.reason, 0);
	reason = JH_ERR_CELL_BUSY;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(one.error.reason, JH_ERR_CELL_BUSY);
	assert_int_equal(one.error.index, 9);
	assert_int_equal(call(JH_IOC_CELL_SHUTDOWN, &one), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(create.error.reason, JH_ERR_CELL_BUSY);
	assert_string_equal(create.who, "a driver");
}

static void a_cell_that_is_not_there(void **state)
{
	static const u32 commands[] = { JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN,
					JH_IOC_CELL_DESTROY };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 7 };
	struct jh_ioctl_places places = { .cell = 5, .generation = 7 };
	struct jh_system *none = jh_system;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		called = NULL;
		assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, 0, 0), -ENOTTY);
		called = "nothing";
		assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, commands[i],
							      (unsigned long)&one),
				 -refuse_errno(JH_ERR_NO_CELL));
		assert_int_equal(one.error.reason, JH_ERR_NO_CELL);
		assert_string_equal(called, "nothing");
	}
	assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, JH_IOC_CELL_PLACES,
						      (unsigned long)&places),
			 -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(places.error.reason, JH_ERR_NO_CELL);
	assert_ptr_equal(jh_system, none);
}

/* While it is copied from: that copy is whole, the next one fails. */
static void user_space_goes(void)
{
	fake_no_user = (void *)1;
}

static void configurations_are_bounded(void **state)
{
	struct jh_ioctl_create create = creation(JH_CONFIG_MAX + 1);

	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -refuse_errno(JH_ERR_FILE_SIZE));
	assert_int_equal(create.error.reason, JH_ERR_FILE_SIZE);
	assert_int_equal(create.error.object, JH_OBJ_FILE);
	assert_int_equal(create.error.index, 0);
	assert_int_equal(create.error.value, JH_CONFIG_MAX + 1);
	assert_int_equal(create.error.limit, JH_CONFIG_MAX_SIZE);
	assert_null(called);
	create = creation(sizeof(config));
	fake_meanwhile = user_space_goes;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -EFAULT);
	assert_null(called);
	fake_meanwhile = NULL;
	fake_no_user = NULL;
	fake_fail_alloc = 1;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -ENOMEM);
	assert_null(called);
}

static void arguments_that_user_space_does_not_have(void **state)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	fake_no_user = (char *)&one + sizeof(one) - 1;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EFAULT);
	assert_null(called);
}

static void a_failed_copy_out_is_efault(void **state)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	fake_meanwhile = user_space_goes;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EFAULT);
	fake_no_user = NULL;
	fake_meanwhile = NULL;
}

static void a_signal_while_waiting_for_the_lock(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));

	fake_signal = true;
	create.error.reason = 77;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -ERESTARTSYS);
	assert_null(called);
	/* The call is made again with what user space gave. */
	assert_int_equal(create.error.reason, 77);
	fake_signal = false;
}

#define test(name) cmocka_unit_test_setup_teardown(name, front_setup, front_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_call_does_its_own),
		test(those_that_take_no_lock),
		test(nothing_else_of_an_argument_changes),
		test(only_an_administrator),
		test(commands_that_are_none),
		test(the_number_of_a_call_is_bounded_twice),
		test(flags_and_words_that_must_be_zero),
		test(refusals_reach_user_space),
		test(a_cell_that_is_not_there),
		test(configurations_are_bounded),
		test(arguments_that_user_space_does_not_have),
		test(a_failed_copy_out_is_efault),
		test(a_signal_while_waiting_for_the_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
