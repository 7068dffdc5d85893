// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The module loads completely or not at all, and files may be open when it goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "front.h"

static u32 tries;

static void all_of_the_module_or_nothing(void **state)
{
	u32 i;

	for (i = 1; i <= 3; i++) {
		fails = i;
		assert_int_equal(fake_module_init(), -ENOSPC);
		assert_int_equal(devices | powers | miscs | ttys, 0);
	}
	assert_int_equal(fake_module_init(), 0);
	assert_true(devices && powers && miscs && ttys);
	fake_module_exit();
	assert_int_equal(devices | powers | miscs | ttys, 0);
	assert_int_equal(stops, 1);
	assert_int_equal(ends, 0);
}

static void unloaded_by_force(void **state)
{
	static struct jh_system system;

	assert_int_equal(fake_module_init(), 0);
	jh_system = &system;
	stays_enabled = true;
	fake_module_exit();
	assert_int_equal(rprocs_end, 1);
	assert_int_equal(ends, 3);
	assert_null(jh_system);
	assert_int_equal(devices | powers | miscs | ttys, 0);
	assert_non_null(strstr(fake_printed, "by force"));
}

/* --- open files --- */

static struct file files[2];

static void open_file(struct file *file)
{
	file->f_op = jh_misc.fops;
	assert_int_equal(file->f_op->open(NULL, file), 0);
}

static void files_are_counted_as_they_close(void **state)
{
	u32 before = fake_allocated();

	fake_fail_alloc = 1;
	files[0].f_op = jh_misc.fops;
	assert_int_equal(jh_misc.fops->open(NULL, &files[0]), -ENOMEM);
	open_file(&files[0]);
	open_file(&files[1]);
	assert_int_equal(files[0].f_op->release(NULL, &files[0]), 0);
	assert_int_equal(files[1].f_op->release(NULL, &files[1]), 0);
	assert_int_equal(fake_allocated(), before);
}

static void nobody_comes_in_any_more(void)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	called = NULL;
	assert_int_equal(files[0].f_op->unlocked_ioctl(&files[0], JH_IOC_CELL_START,
						       (uintptr_t)&one), -ENODEV);
	assert_null(called);
	tries++;
}

/* An open file outlives a forced unload, and no longer calls into the module. */
static void files_that_outlive_the_module(void **state)
{
	static struct jh_system system;
	u32 i;

	assert_int_equal(fake_module_init(), 0);
	open_file(&files[0]);
	open_file(&files[1]);
	jh_system = &system;
	while_ending = nobody_comes_in_any_more;
	tries = 0;
	fake_module_exit();
	while_ending = NULL;
	assert_int_equal(tries, 1);
	for (i = 0; i < 2; i++) {
		const struct file_operations *fops = files[i].f_op;

		assert_ptr_not_equal(fops, jh_misc.fops);
		assert_null(fops->owner);
		assert_null(fops->unlocked_ioctl);
		assert_null(fops->compat_ioctl);
		assert_null(fops->release);
		assert_null(files[i].private_data);
		/* It is on its way already. */
		assert_int_equal(jh_misc.fops->release(NULL, &files[i]), 0);
	}
	assert_int_equal(fake_rcu_waits, 1);
	assert_ptr_equal(files[0].f_op, files[1].f_op);
	fake_free(files[0].f_op);
	/* Without any there is nothing to wait for. */
	assert_int_equal(fake_module_init(), 0);
	fake_module_exit();
	assert_int_equal(fake_rcu_waits, 1);
}

/* What only a restart changes is said at once; what a user can change is said by enable. */
static void what_is_in_the_way(void **state)
{
	static const struct {
		u32 reason;
		const char *says;
	} rows[] = {
		{ 0, "" }, { JH_ERR_KVM_GUESTS, "" },
		{ JH_ERR_NO_EL2, "cannot be enabled here: Linux was started at EL1, the hypervisor "
		  "level is not there; start it at EL2: firmware or boot loader setting (QEMU: "
		  "-machine virtualization=on)\n" },
		{ JH_ERR_VHE, "cannot be enabled here: Linux itself runs at EL2 (VHE); add "
		  "kvm-arm.mode=nvhe to the kernel command line and restart\n" },
		{ JH_ERR_PKVM, "cannot be enabled here: EL2 is held by protected KVM or by another "
		  "hypervisor; start without kvm-arm.mode=protected and without another "
		  "hypervisor\n" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_printed[0] = 0;
		obstacle = rows[i].reason;
		assert_int_equal(fake_module_init(), 0);
		assert_string_equal(fake_printed, rows[i].says);
		fake_module_exit();
	}
	obstacle = 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, front_setup, front_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(all_of_the_module_or_nothing),
		test(what_is_in_the_way),
		test(unloaded_by_force),
		test(files_are_counted_as_they_close),
		test(files_that_outlive_the_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
