// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices of cells: all of a list are taken or none, and given back in reverse order.
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
	memset(fake_lines, 0, sizeof(fake_lines));
	fake_warned = false;
	fake_clocks = fake_power = fake_attach_fails = fake_power_fails = 0;
	cannot_lose = 0;
	parts.num_devices = 3;
	for (i = 0; i < 3; i++) {
		fake_nodes[i].path = paths[i];
		devices[i] = (struct device){ .bus = i == 1 ? &amba_bustype : &platform_bus_type,
					      .path = paths[i], .own = &linux_driver,
					      .driver = &linux_driver,
					      .of_node = &fake_nodes[i] };
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
	assert_int_equal(fake_tree_held(), 0);
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
	assert_int_equal(fake_clocks | fake_power, 0);
	for (i = 0; i < FAKE_LINES; i++)
		assert_int_equal(fake_lines[i].own, 0);
	assert_int_equal(fake_allocated(), 0);
	assert_false(fake_warned);
}

static void devices_are_taken_and_given_back(void **state)
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

static void an_absent_device_is_refused(void **state)
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

static void a_device_of_another_cell_is_refused(void **state)
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

static void a_driver_that_cannot_be_rebound_is_logged(void **state)
{
	assert_int_equal(take(&cell), 0);
	devices[0].own = NULL;
	jh_device_give_back(&cell);
	assert_null(devices[0].driver);
	assert_int_equal(devices[0].references, 0);
}

/* --- resets --- */

static void has_resets(u32 node, u32 count, u32 first)
{
	fake_nodes[node].reset_controller = &fake_nodes[3];
	fake_nodes[node].num_resets = count;
	fake_nodes[node].resets[0] = first;
	fake_nodes[node].resets[1] = first + 1;
}

static void it_ran(void)
{
	fake_printed[0] = 0;
	cell.was_started = true;
	jh_device_quiet(&cell);
	assert_false(cell.was_started);
}

static void own_reset_lines_are_all_asserted(void **state)
{
	has_resets(0, 2, 0);
	fake_lines[0].asserted = true;
	assert_int_equal(take(&cell), 0);
	assert_false(fake_lines[0].asserted);
	assert_int_equal(fake_clocks, 2);
	assert_int_equal(fake_power, 2);		/* the bus does it for the other one */
	assert_true(jh_stub_can_reset(&devices[0]));
	assert_false(jh_stub_can_reset(&devices[1]));
	/* A cell that did not run has programmed no device. */
	jh_device_quiet(&cell);
	assert_int_equal(fake_lines[0].pulls, 0);
	it_ran();
	assert_int_equal(fake_lines[0].pulls, 1);
	assert_int_equal(fake_lines[1].pulls, 1);
	assert_false(fake_lines[0].asserted || fake_lines[1].asserted);
	assert_string_equal(fake_printed, "");
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

/* A device without power would hang the CPU at its first access. */
static void a_device_without_power_is_refused(void **state)
{
	fake_power_fails = -EIO;
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_STUB));
	assert_int_equal(err.index, 0);
	assert_int_equal(err.value, EIO);
	assert_linux_has_all();
}

/* A device without a driver in Linux is not logged, one whose driver fails is. */
static void a_failed_rebind_is_logged(void **state)
{
	devices[0].own = NULL;
	devices[0].driver = NULL;
	assert_int_equal(take(&cell), 0);
	fake_printed[0] = 0;
	jh_device_give_back(&cell);
	assert_null(devices[0].driver);
	assert_string_equal(fake_printed, "");
	assert_int_equal(take(&cell), 0);
	fake_attach_fails = -EIO;
	jh_device_give_back(&cell);
	assert_non_null(strstr(fake_printed, "its driver does not come back"));
}

/* Fails each allocation in turn. */
static void each_failed_allocation_releases_all(void **state)
{
	u32 fails = 0;
	int code;

	has_resets(0, 2, 0);
	has_resets(1, 1, 2);
	do {
		fake_fail_alloc = ++fails;
		code = take(&cell);
		if (!fake_fail_alloc) {
			assert_int_equal(code, -refuse_errno(JH_ERR_DEVICE_STUB));
			assert_int_equal(err.value, ENOMEM);
			assert_linux_has_all();
		}
	} while (!fake_fail_alloc);
	assert_true(fails > 3);
	fake_fail_alloc = 0;
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

/* Asserting a shared line would reset another device, which Linux uses. */
static void shared_reset_lines_are_not_asserted(void **state)
{
	has_resets(0, 2, 0);
	has_resets(2, 1, 1);
	strcpy(parts.devices[2].path, "/soc/disabled@4");
	fake_lines[1].shared = 1;
	fake_lines[1].asserted = true;
	assert_int_equal(take(&cell), 0);
	assert_false(fake_lines[1].asserted);
	assert_int_equal(fake_lines[0].own, 1);
	assert_int_equal(fake_lines[1].shared, 2);
	assert_false(jh_stub_can_reset(&devices[0]));
	it_ran();
	assert_int_equal(fake_lines[0].pulls, 1);
	assert_int_equal(fake_lines[1].pulls, 0);
	jh_device_give_back(&cell);
	assert_int_equal(fake_lines[1].shared, 1);
	assert_int_equal(fake_lines[1].pulls, 0);
	assert_linux_has_all();
	/* A device that is switched off has none. */
	fake_nodes[2].disabled = true;
	fake_lines[1].shared = 0;
	assert_int_equal(take(&cell), 0);
	assert_true(jh_stub_can_reset(&devices[0]));
	assert_int_equal(fake_lines[1].own, 1);
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

/* The same number at another controller is another line. */
static void equal_line_numbers_of_two_controllers_differ(void **state)
{
	has_resets(0, 1, 0);
	has_resets(2, 1, 0);
	fake_nodes[2].reset_controller = &fake_nodes[1];
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_STUB));
	/* With equal controllers they are one line, and its exclusive user is in the way. */
	assert_true(fake_warned);
	fake_warned = false;
	assert_linux_has_all();
	has_resets(2, 1, 2);
	assert_int_equal(take(&cell), 0);
	assert_int_equal(fake_lines[0].own, 1);
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

static void lines_that_can_only_be_pulsed(void **state)
{
	has_resets(1, 1, 2);
	fake_lines[2].only_pulls = true;
	assert_int_equal(take(&cell), 0);
	it_ran();
	assert_int_equal(fake_lines[2].pulls, 1);
	assert_string_equal(fake_printed, "");
	fake_lines[2].only_pulls = false;
	fake_lines[2].fails = -EIO;
	it_ran();
	assert_non_null(strstr(fake_printed, "it cannot be reset (-5)"));
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

/* --- lines of GPIO controllers --- */

static void gpio_lines_in_use_are_refused(void **state)
{
	fake_chips[0] = (struct gpio_chip){ .parent = &devices[1], .ngpio = 4,
					    .users = { NULL, NULL, "reset" } };
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_USED));
	assert_int_equal(err.index, 1);
	assert_string_equal(jh_who_text, "whoever has its line 2 (reset)");
	assert_linux_has_all();
	fake_chips[0].no_memory = true;
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_USED));
	/* Before 6.8 nothing is copied. */
	assert_string_equal(jh_who_text, LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0) ?
			    "whoever has its line 2 (reset)" : "whoever has its line 2 (?)");
	fake_chips[0].no_memory = false;
	/* Its own, by gpio-hog, and no other. */
	fake_nodes[4] = (struct device_node){ .path = "/soc/can@2/hog", .num_gpios = 4,
					      .properties = { "gpio-hog" },
					      .gpios = { 3, 2, 1, 0 } };
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_USED));
	fake_nodes[4].gpios[2] = 2;
	assert_int_equal(take(&cell), 0);
	jh_device_give_back(&cell);
	/* The lines of another device's chip. */
	fake_nodes[4].path = NULL;
	fake_chips[0].parent = &devices[2];
	parts.num_devices = 2;
	assert_int_equal(take(&cell), 0);
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

static void gpio_users_are_unbound_first(void **state)
{
	fake_chips[0] = (struct gpio_chip){ .parent = &devices[0], .ngpio = 1 };
	assert_int_equal(take(&cell), 0);
	assert_int_equal(cell.num_devices, 3);
	assert_ptr_equal(cell.devices[2], &devices[0]);
	jh_device_give_back(&cell);
	assert_linux_has_all();
}

/* --- what goes on when the cell ends --- */

static const char *warned(u32 node)
{
	fake_printed[0] = 0;
	assert_int_equal(take(&cell), 0);
	jh_device_warn_no_reset(&cell);
	jh_device_give_back(&cell);
	assert_linux_has_all();
	return strstr(fake_printed, "may access memory by itself");
}

static void named(u32 node, const char *path, const char *compatible, const char *property)
{
	fake_nodes[node] = (struct device_node){ .path = path, .compatible = compatible,
						 .properties = { property }, .num_regs = 1 };
	devices[node].path = path;
	strcpy(parts.devices[node].path, path);
}

static void bus_masters_are_known_by_name(void **state)
{
	static const struct {
		const char *path, *compatible, *property;
		bool is;
	} rows[] = {
		{ "/soc/uart@1", "arm,pl011", NULL, false },
		{ "/soc/serial@1", "vendor,new-one", NULL, false },
		{ "/soc/spi@1", "xlnx,zynqmp-qspi-1.0", NULL, true },
		{ "/soc/spi@1", "cdns,spi-r1p6", NULL, false },
		{ "/soc/eth@1", "cdns,zynqmp-gem", NULL, true },
		{ "/soc/net@1", "fsl,imx8mp-fec", NULL, true },
		{ "/soc/thing@1", "snps,dwc3", NULL, true },
		{ "/soc/mmc@1", "arasan,sdhci-8.9a", NULL, true },
		{ "/soc/usb-phy@1", "vendor,usb-phy", NULL, false },
		/* An unknown device counts as a master. */
		{ "/soc/wonder@1", "vendor,wonder", NULL, true },
		{ "/soc/wonder@1", "vendor,wonder", "dmas", false },
		{ "/soc/serial@1", "arm,pl011", "iommus", true },
		{ "/soc/serial@1", "arm,pl011", "dma-coherent", true },
		{ "/soc/i2c@1", "cdns,i2c-r1p14", "#dma-cells", true },
		/* Words, not parts of them. */
		{ "/soc/i2cusb@1", "vendor,canary", NULL, true },
		{ "/soc/timer@1", "cdns,ttc", NULL, false },
	};
	u32 i;

	parts.num_devices = 1;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		named(0, rows[i].path, rows[i].compatible, rows[i].property);
		if (rows[i].is != !!warned(0))
			print_message("%s %s\n", rows[i].path, rows[i].compatible);
		assert_int_equal(rows[i].is, !!warned(0));
	}
}

static void bus_masters_among_child_nodes(void **state)
{
	parts.num_devices = 1;
	named(0, "/soc/usb@1", "xlnx,zynqmp-dwc3", NULL);
	fake_nodes[0].num_regs = 0;
	assert_null(warned(0));
	fake_nodes[4] = (struct device_node){ .path = "/soc/usb@1/usb@fe200000", .num_regs = 1,
					      .compatible = "snps,dwc3" };
	fake_nodes[5] = (struct device_node){ .path = "/soc/usb@1/phy" };
	assert_non_null(warned(0));
	/* A reset line of its own stops it, one that others have does not. */
	has_resets(0, 1, 0);
	assert_null(warned(0));
	has_resets(1, 1, 0);
	assert_non_null(warned(0));
	fake_nodes[1].num_resets = 0;
	/* A second compatible string says what the first one does not. */
	named(0, "/soc/serial@1", "vendor,serial", NULL);
	fake_nodes[4].path = fake_nodes[5].path = NULL;
	assert_null(warned(0));
	fake_nodes[0].other = "snps,dwmac-4.20a";
	assert_non_null(warned(0));
}

static void pci_hosts_are_refused(void **state)
{
	parts.num_devices = 1;
	named(0, "/soc/pcie@1", "pci-host-ecam-generic", NULL);
	fake_nodes[0].type = "pci";
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_PCI));
	assert_int_equal(err.reason, JH_ERR_DEVICE_PCI);
	assert_linux_has_all();
	/* A disabled host, which the cell could enable. */
	fake_devices[0] = NULL;
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_PCI));
	fake_devices[0] = &devices[0];
	has_resets(0, 1, 0);
	assert_int_equal(take(&cell), 0);
	jh_device_give_back(&cell);
	has_resets(1, 1, 0);
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_PCI));
	parts.cell.flags |= JH_CELL_TRUSTED;
	assert_non_null(warned(0));
	parts.cell.flags &= ~JH_CELL_TRUSTED;
	/* By its name alone; its PHY is none. */
	named(0, "/soc/pcie@1", "vendor,bridge", NULL);
	assert_int_equal(take(&cell), -refuse_errno(JH_ERR_DEVICE_PCI));
	named(0, "/soc/pcie-phy@1", "vendor,pcie-phy", NULL);
	assert_null(warned(0));
	assert_linux_has_all();
}

static void both_stub_drivers_register_or_none(void **state)
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
		cmocka_unit_test_setup_teardown(devices_are_taken_and_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(half_a_list_is_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(what_linux_cannot_lose_is_given_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_absent_device_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_of_another_cell_is_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_driver_that_cannot_be_rebound_is_logged, setup,
						teardown),
		cmocka_unit_test_setup_teardown(own_reset_lines_are_all_asserted, setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_without_power_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_rebind_is_logged, setup, teardown),
		cmocka_unit_test_setup_teardown(each_failed_allocation_releases_all,
						setup, teardown),
		cmocka_unit_test_setup_teardown(shared_reset_lines_are_not_asserted,
						setup, teardown),
		cmocka_unit_test_setup_teardown(equal_line_numbers_of_two_controllers_differ,
						setup, teardown),
		cmocka_unit_test_setup_teardown(lines_that_can_only_be_pulsed, setup, teardown),
		cmocka_unit_test_setup_teardown(gpio_lines_in_use_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(gpio_users_are_unbound_first, setup, teardown),
		cmocka_unit_test_setup_teardown(bus_masters_are_known_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(bus_masters_among_child_nodes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(pci_hosts_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(both_stub_drivers_register_or_none,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
