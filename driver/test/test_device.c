// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices of cells: taken as a whole list or not at all, and given back in the reverse order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"

static struct device_driver linux_driver = { .name = "linux" };
static struct device devices[3];
static struct jh_cell cell, other;
static struct blob_parts parts;
static struct jh_error err;

static u32 cannot_lose;		/* the reason why Linux cannot do without a device; 0: it can */

int jh_relations_check(const void *config, struct jh_error *error)
{
	return 0;
}

int jh_usage_check_cell(const void *config, struct jh_error *error)
{
	return cannot_lose ? refuse(error, cannot_lose, JH_OBJ_DEVICE, 0) : 0;
}

static int setup(void **state)
{
	static const char *const paths[] = { "/soc/uart@1", "/soc/can@2", "/soc/timer@3" };
	u32 i;

	fake_reset();
	blob_cell(&parts);
	memset(fake_nodes, 0, sizeof(fake_nodes));
	memset(fake_devices, 0, sizeof(fake_devices));
	memset(&cell, 0, sizeof(cell));
	memset(&other, 0, sizeof(other));
	memset(&err, 0, sizeof(err));
	cannot_lose = 0;
	parts.num_devices = 3;
	for (i = 0; i < 3; i++) {
		fake_nodes[i].path = paths[i];
		devices[i] = (struct device){ .bus = i == 1 ? &amba_bustype : &platform_bus_type,
					      .path = paths[i], .own = &linux_driver,
					      .driver = &linux_driver };
		fake_devices[i] = &devices[i];
		strcpy(parts.devices[i].path, paths[i]);
	}
	fake_nodes[3].path = "/soc/disabled@4";
	return 0;
}

static int take(struct jh_cell *by)
{
	u32 length;

	free(by->config);
	by->config = blob_pack(&parts, &length);
	return jh_device_take(by, &err);
}

static int teardown(void **state)
{
	free(cell.config);
	free(other.config);
	return 0;
}

static bool has_stub(const struct device *dev)
{
	return dev->driver && !strcmp(dev->driver->name, "jh-stub");
}

static void assert_linux_has_all(void)
{
	u32 i;

	for (i = 0; i < 3; i++) {
		assert_ptr_equal(devices[i].driver, &linux_driver);
		assert_int_equal(devices[i].references, 0);
	}
	assert_int_equal(fake_tree_held(), 0);
	assert_int_equal(cell.num_devices, 0);
}

static void taken_and_given_back(void **state)
{
	u32 i;

	assert_int_equal(take(&cell), 0);
	assert_int_equal(cell.num_devices, 3);
	for (i = 0; i < 3; i++) {
		assert_true(has_stub(&devices[i]));
		assert_int_equal(devices[i].references, 1);
	}
	assert_int_equal(fake_tree_held(), 0);
	jh_device_give_back(&cell);
	assert_linux_has_all();
	assert_string_equal(fake_printed, "");
}

static void half_a_list_is_undone(void **state)
{
	devices[2].keeps_own = true;
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_BUSY));
	assert_int_equal(err.reason, JH_ERR_DEVICE_BUSY);
	assert_int_equal(err.index, 2);
	assert_linux_has_all();
}

static void what_linux_cannot_lose_is_given_back(void **state)
{
	cannot_lose = JH_ERR_DEVICE_BUSY;
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_BUSY));
	assert_linux_has_all();
}

static void a_device_that_is_not_there(void **state)
{
	strcpy(parts.devices[1].path, "/soc/nothing");
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_ABSENT));
	assert_int_equal(err.index, 1);
	assert_linux_has_all();
	/* A node that Linux made no device of is taken by nobody. */
	strcpy(parts.devices[1].path, "/soc/disabled@4");
	assert_int_equal(take(&cell), 0);
	assert_int_equal(cell.num_devices, 2);
	assert_ptr_equal(devices[1].driver, &linux_driver);
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

static void another_cells_device(void **state)
{
	other.id = 5;
	parts.num_devices = 1;
	parts.devices[0] = parts.devices[1];
	assert_int_equal(take(&other), 0);
	list_add_tail(&other.list, &jh_cells);
	parts.num_devices = 2;
	strcpy(parts.devices[0].path, "/soc/uart@1");
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_TAKEN));
	assert_int_equal(err.reason, JH_ERR_DEVICE_TAKEN);
	assert_int_equal(err.cell, 5);
	assert_int_equal(err.index, 1);
	assert_int_equal(cell.num_devices, 0);
	assert_ptr_equal(devices[0].driver, &linux_driver);
	assert_true(has_stub(&devices[1]));
	assert_int_equal(devices[1].references, 1);
	jh_device_give_back(&other);
	assert_linux_has_all();
}

static void a_driver_that_does_not_come_back_is_told(void **state)
{
	assert_int_equal(take(&cell), 0);
	devices[0].own = NULL;
	jh_device_give_back(&cell);
	assert_null(devices[0].driver);
	assert_int_equal(devices[0].references, 0);
}

static void both_stubs_or_none(void **state)
{
	u32 fails;

	for (fails = 1; fails <= 2; fails++) {
		fake_fail_register = fails;
		assert_int_equal(jh_stub_init(), -EBUSY);
		assert_int_equal(fake_registered, 0);
	}
	assert_int_equal(jh_stub_init(), 0);
	assert_int_equal(fake_registered, 2);
	jh_stub_exit();
	assert_int_equal(fake_registered, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(taken_and_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(half_a_list_is_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(what_linux_cannot_lose_is_given_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_device_that_is_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(another_cells_device, setup, teardown),
		cmocka_unit_test_setup_teardown(a_driver_that_does_not_come_back_is_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(both_stubs_or_none, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
