// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Dependencies on a device that a cell is to have: references of the device tree, Linux' use of the
 * nodes, and the device's driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"
#include "devices.h"

#define DEEP	16			/* devices below a device that are looked at */

/* The tree: a bus with three devices, each with what lies below it */
enum { ROOT, SOC, UART, CHILD, I2C, CHIP, SENSOR, OTHER };

static struct device_driver linux_driver = { .name = "linux" }, stub_driver = { .name = "jh" };
static struct platform_driver fixed = {
	.driver = { .name = "fixed", .suppress_bind_attrs = true },
};
static struct amba_driver fixed_amba = {
	.drv = { .name = "fixed", .suppress_bind_attrs = true },
};
static const struct bus_type i2c_bus;
static struct device soc, uart, i2c, chip, other, deep[DEEP + 2];
static struct blob_parts parts;
static struct jh_error err;
static void *config;
static u32 irq_checks, irq_index;
static int irq_code;

bool jh_stub_has(const struct device *dev)
{
	return dev->driver == &stub_driver;
}

struct device *jh_stub_find(struct device_node *np)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fake_devices); i++) {
		struct device *dev = fake_devices[i];

		if (dev && dev->of_node == np &&
		    (dev->bus == &platform_bus_type || dev->bus == &amba_bustype))
			return get_device(dev);
	}
	return NULL;
}

int jh_usage_check_interrupts(struct device_node *np, u32 index, struct jh_error *error)
{
	assert_ptr_equal(np, &fake_nodes[UART]);
	irq_checks++;
	irq_index = index;
	return irq_code;
}

static void remove_platform(struct platform_device *pdev)
{
}

static void remove_amba(struct amba_device *adev)
{
}

static void node(int i, const char *path, int parent)
{
	fake_nodes[i] = (struct device_node){ .path = path,
		.parent = i == ROOT ? NULL : &fake_nodes[parent] };
}

static void device(struct device *dev, int i, const struct bus_type *bus, struct device *parent)
{
	size_t at = 0;

	*dev = (struct device){ .bus = bus, .of_node = &fake_nodes[i], .path = fake_nodes[i].path,
				.parent = parent, .driver = &linux_driver };
	while (fake_devices[at])
		at++;
	fake_devices[at] = dev;
}

static int setup(void **state)
{
	fake_reset();
	memset(fake_nodes, 0, sizeof(fake_nodes));
	memset(fake_devices, 0, sizeof(fake_devices));
	memset(jh_who_text, 0, sizeof(jh_who_text));
	memset(&err, 0, sizeof(err));
	node(ROOT, "/", ROOT);
	node(SOC, "/soc", ROOT);
	node(UART, "/soc/uart", SOC);
	node(CHILD, "/soc/uart/port", UART);
	node(I2C, "/soc/i2c", SOC);
	node(CHIP, "/soc/i2c/chip", I2C);
	node(SENSOR, "/soc/i2c/chip/sensor", CHIP);
	node(OTHER, "/soc/other", SOC);
	fake_nodes[SOC].compatible = "simple-bus";
	device(&soc, SOC, &platform_bus_type, NULL);
	device(&uart, UART, &platform_bus_type, &soc);
	device(&i2c, I2C, &platform_bus_type, &soc);
	device(&chip, CHIP, &i2c_bus, &i2c);
	device(&other, OTHER, &platform_bus_type, &soc);
	fixed.remove = NULL;
	fixed_amba.remove = NULL;
	irq_checks = irq_index = 0;
	irq_code = 0;
	blob_cell(&parts);
	strcpy(parts.devices[0].path, "/soc/uart");
	return 0;
}

static void assert_nothing_is_held(void)
{
	size_t i;

	assert_int_equal(fake_tree_held(), 0);
	for (i = 0; i < ARRAY_SIZE(fake_devices); i++)
		if (fake_devices[i])
			assert_int_equal(fake_devices[i]->references | fake_devices[i]->locked, 0);
}

static int teardown(void **state)
{
	assert_nothing_is_held();
	free(config);
	config = NULL;
	return 0;
}

static int check(void)
{
	u32 length;
	int code;

	free(config);
	config = blob_pack(&parts, &length);
	jh_who_text[0] = 0;
	code = jh_relations_check(config, &err);
	assert_nothing_is_held();
	return code;
}

static void assert_refused(int code, u32 reason, const char *who)
{
	assert_int_equal(code, -refuse_errno(reason));
	assert_int_equal(err.reason, reason);
	assert_int_equal(err.object, JH_OBJ_DEVICE);
	assert_int_equal(err.index, parts.num_devices - 1);
	assert_string_equal(jh_who_text, who);
}

/* A node's property, which names a provider */
static void refer(int user, const char *property, const char *cells, int provider)
{
	fake_nodes[user].refers[0] = (struct property){ "reg", NULL, { NULL } };
	fake_nodes[user].refers[1] = (struct property){ property, cells,
		{ &fake_nodes[ROOT], &fake_nodes[provider] } };
	fake_nodes[user].refers[2] = (struct property){ "status", NULL, { NULL } };
}

/* --- the device itself --- */

static void a_device_that_nobody_needs(void **state)
{
	assert_int_equal(check(), 0);
	assert_int_equal(irq_checks, 0);
	parts.num_devices = 0;
	assert_int_equal(check(), 0);
}

static void a_device_that_is_not_there(void **state)
{
	parts.num_devices = 2;
	strcpy(parts.devices[1].path, "/soc/nobody");
	assert_refused(check(), JH_ERR_DEVICE_ABSENT, "");
}

/* It has no driver, but its interrupts may have a handler of early code. */
static void a_device_without_a_driver(void **state)
{
	uart.driver = NULL;
	assert_int_equal(check(), 0);
	assert_int_equal(irq_checks, 1);
	assert_int_equal(irq_index, 0);
	irq_code = -EBUSY;
	assert_int_equal(check(), -EBUSY);
}

static void a_driver_that_cannot_let_go(void **state)
{
	uart.driver = &fixed.driver;
	assert_refused(check(), JH_ERR_DEVICE_FIXED, "fixed");
	fixed.remove = remove_platform;
	assert_int_equal(check(), 0);
	fixed.remove = NULL;
	fixed.driver.suppress_bind_attrs = false;
	assert_int_equal(check(), 0);
	fixed.driver.suppress_bind_attrs = true;
	/* A bus has nothing to let go of. */
	fake_nodes[UART].compatible = "simple-mfd";
	assert_int_equal(check(), 0);
	fake_nodes[UART].compatible = NULL;
	uart.bus = &amba_bustype;
	uart.driver = &fixed_amba.drv;
	assert_refused(check(), JH_ERR_DEVICE_FIXED, "fixed");
	fixed_amba.remove = remove_amba;
	assert_int_equal(check(), 0);
	stub_driver.suppress_bind_attrs = true;
	uart.driver = &stub_driver;
	assert_int_equal(check(), 0);
	stub_driver.suppress_bind_attrs = false;
}

static void registers_that_several_drivers_share(void **state)
{
	fake_nodes[UART].compatible = "vendor,control";
	fake_nodes[UART].other = "syscon";
	assert_refused(check(), JH_ERR_DEVICE_SHARED, "");
	fake_nodes[UART].disabled = true;
	assert_int_equal(check(), 0);
}

static void all_devices_of_a_cell_are_checked(void **state)
{
	parts.num_devices = 2;
	strcpy(parts.devices[1].path, "/soc/other");
	assert_int_equal(check(), 0);
	refer(I2C, "clocks", "#clock-cells", OTHER);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c");
}

/* --- a node without a device of its own --- */

static void a_node_of_a_device_on_another_bus(void **state)
{
	strcpy(parts.devices[0].path, "/soc/i2c/chip");
	assert_refused(check(), JH_ERR_DEVICE_KIND, "/soc/i2c/chip");
	chip.driver = NULL;
	assert_refused(check(), JH_ERR_DEVICE_KIND, "/soc/i2c/chip");
	fake_nodes[CHIP].disabled = true;
	assert_int_equal(check(), 0);
	fake_nodes[CHIP].disabled = false;
	/* It goes with what it hangs on. */
	parts.num_devices = 2;
	strcpy(parts.devices[0].path, "/soc/i2c");
	strcpy(parts.devices[1].path, "/soc/i2c/chip");
	assert_int_equal(check(), 0);
}

static void a_node_that_the_driver_above_reads(void **state)
{
	strcpy(parts.devices[0].path, "/soc/uart/port");
	assert_refused(check(), JH_ERR_DEVICE_KIND, "/soc/uart");
	uart.driver = NULL;
	assert_int_equal(check(), 0);
	fake_nodes[CHILD].populated = true;
	assert_refused(check(), JH_ERR_DEVICE_DRIVEN, "");
	/* What is above is a bus: its driver does nothing with it. */
	uart.driver = &linux_driver;
	fake_nodes[UART].compatible = "simple-bus";
	assert_refused(check(), JH_ERR_DEVICE_DRIVEN, "");
	fake_nodes[CHILD].populated = false;
	assert_int_equal(check(), 0);
}

/* Nothing has a device up to the top: early code may have it. */
static void a_node_of_early_code(void **state)
{
	memset(fake_devices, 0, sizeof(fake_devices));
	assert_int_equal(check(), 0);
	fake_nodes[UART].populated = true;
	assert_refused(check(), JH_ERR_DEVICE_DRIVEN, "");
}

/* --- who depends on it --- */

static void each_kind_of_reference(void **state)
{
	static const struct {
		const char *name, *cells;
	} kinds[] = {
		{ "clocks", "#clock-cells" }, { "resets", "#reset-cells" },
		{ "power-domains", "#power-domain-cells" }, { "dmas", "#dma-cells" },
		{ "iommus", "#iommu-cells" }, { "phys", "#phy-cells" },
		{ "mboxes", "#mbox-cells" }, { "hwlocks", "#hwlock-cells" },
		{ "interconnects", "#interconnect-cells" }, { "pwms", "#pwm-cells" },
		{ "io-channels", "#io-channel-cells" },
		{ "thermal-sensors", "#thermal-sensor-cells" },
		{ "sound-dai", "#sound-dai-cells" }, { "mux-controls", "#mux-control-cells" },
		{ "interrupts-extended", "#interrupt-cells" }, { "gpios", "#gpio-cells" },
		{ "gpio", "#gpio-cells" }, { "usb-phy", NULL },
		{ "reset-gpios", "#gpio-cells" }, { "cs-gpio", "#gpio-cells" },
		{ "vcc-supply", NULL }, { "nvmem-cells", NULL }, { "phy-handle", NULL },
		{ "pinctrl-0", NULL }, { "pinctrl-1", NULL }, { "pinctrl-2", NULL },
		{ "i2c-parent", NULL }, { "ddc-i2c-bus", NULL }, { "interrupt-parent", NULL },
		{ "remote-endpoint", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		refer(OTHER, kinds[i].name, kinds[i].cells, UART);
		assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
		/* What lies below it goes with it. */
		refer(OTHER, kinds[i].name, kinds[i].cells, CHILD);
		assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
		refer(OTHER, kinds[i].name, kinds[i].cells, SOC);
		assert_int_equal(check(), 0);
	}
}

static void what_only_looks_like_a_reference(void **state)
{
	static const char *const names[] = { "clock-names", "my-clocks", "clocks2", "-supply",
					     "supply", "pinctrl-names", "-gpio", "gpio2" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		refer(OTHER, names[i], "#clock-cells", UART);
		assert_int_equal(check(), 0);
		refer(OTHER, names[i], "#gpio-cells", UART);
		assert_int_equal(check(), 0);
		refer(OTHER, names[i], NULL, UART);
		assert_int_equal(check(), 0);
	}
	/* Numbers of pins */
	refer(OTHER, "snps,nr-gpios", "#gpio-cells", UART);
	assert_int_equal(check(), 0);
	refer(OTHER, "gpios", "#gpio-cells", UART);
	fake_nodes[OTHER].properties[0] = "gpio-hog";
	assert_int_equal(check(), 0);
	/* But a hog has other properties as well. */
	refer(OTHER, "reset-gpios", "#gpio-cells", UART);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
}

static void an_interrupt_through_it(void **state)
{
	fake_nodes[OTHER].irq_parent = &fake_nodes[CHILD];
	fake_nodes[OTHER].num_irqs = 1;
	assert_int_equal(check(), 0);
	fake_nodes[OTHER].properties[1] = "interrupts";
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
	fake_nodes[OTHER].irq_parent = &fake_nodes[I2C];
	assert_int_equal(check(), 0);
	fake_nodes[OTHER].irq_parent = &fake_nodes[UART];
	fake_nodes[OTHER].num_irqs = 0;
	assert_int_equal(check(), 0);
}

static void users_that_do_not_count(void **state)
{
	refer(OTHER, "clocks", "#clock-cells", UART);
	fake_nodes[OTHER].disabled = true;
	assert_int_equal(check(), 0);
	fake_nodes[OTHER].disabled = false;
	other.driver = NULL;
	assert_int_equal(check(), 0);
	other.driver = &stub_driver;
	assert_int_equal(check(), 0);
	other.driver = &linux_driver;
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
	/* It goes into the cell too, or itself is meant. */
	parts.num_devices = 2;
	strcpy(parts.devices[1].path, "/soc/other");
	assert_int_equal(check(), 0);
	parts.num_devices = 1;
	fake_nodes[OTHER].refers[1].name = NULL;
	refer(CHILD, "clocks", "#clock-cells", UART);
	assert_int_equal(check(), 0);
}

/* Below one that goes: the whole of it goes. */
static void a_user_below_a_device_that_goes(void **state)
{
	refer(SENSOR, "clocks", "#clock-cells", UART);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c");
	parts.num_devices = 2;
	strcpy(parts.devices[1].path, "/soc/i2c");
	assert_int_equal(check(), 0);
}

static void users_by_what_is_above_them(void **state)
{
	/* The chip's driver reads what lies below it; without it, nobody does. */
	refer(SENSOR, "clocks", "#clock-cells", UART);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c");
	fake_nodes[CHIP].disabled = true;
	assert_int_equal(check(), 0);
	fake_nodes[CHIP].disabled = false;
	i2c.driver = NULL;
	assert_int_equal(check(), 0);
	/* On another bus than the platform's: its own device counts. */
	fake_nodes[SENSOR].refers[1].name = NULL;
	refer(CHIP, "clocks", "#clock-cells", UART);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c");
	chip.driver = NULL;
	i2c.driver = &linux_driver;
	assert_int_equal(check(), 0);
}

/*
 * The refusal names a device that can be given to a cell, not a part of it or one of another bus.
 */
static void a_user_has_the_name_of_its_device(void **state)
{
	node(OTHER + 1, "/soc/other/port", OTHER);
	refer(OTHER + 1, "remote-endpoint", NULL, CHILD);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/other");
	strcpy(parts.devices[1].path, "/soc/other");
	parts.num_devices = 2;
	assert_int_equal(check(), 0);
}

static void users_that_are_no_devices(void **state)
{
	node(OTHER + 1, "/soc/fixed-clock", SOC);
	refer(OTHER + 1, "clocks", "#clock-cells", UART);
	/* Below a bus, whose driver does nothing with it */
	assert_int_equal(check(), 0);
	fake_nodes[OTHER + 1].populated = true;
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/fixed-clock");
	fake_nodes[OTHER + 1].populated = false;
	/* Without a device up to the top, code from before all drivers may use it. */
	fake_nodes[OTHER + 1].parent = &fake_nodes[ROOT];
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/fixed-clock");
}

/* --- deep below --- */

/* A chain of devices below the I2C controller, without nodes but the last */
static void chain(int length)
{
	int i;

	memset(fake_devices, 0, sizeof(fake_devices));
	device(&soc, SOC, &platform_bus_type, NULL);
	device(&uart, UART, &platform_bus_type, &soc);
	device(&i2c, I2C, &platform_bus_type, &soc);
	for (i = 0; i < length; i++) {
		device(&deep[i], CHIP, &i2c_bus, i ? &deep[i - 1] : &i2c);
		if (i < length - 1)
			deep[i].of_node = NULL;
	}
	deep[length - 1].driver = NULL;
}

static void a_user_deep_below(void **state)
{
	refer(CHIP, "clocks", "#clock-cells", UART);
	/* Its own device is found, and has no driver. */
	chain(2);
	assert_int_equal(check(), 0);
	chain(DEEP + 1);
	assert_int_equal(check(), 0);
	/* Deeper than one looks, the controller's counts, to be sure. */
	chain(DEEP + 2);
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c");
}

static void a_bus_with_what_hangs_on_it(void **state)
{
	strcpy(parts.devices[0].path, "/soc");
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/uart");
	/* All that have drivers are named, or have none */
	parts.num_devices = 4;
	strcpy(parts.devices[0].path, "/soc/uart");
	strcpy(parts.devices[1].path, "/soc/i2c");
	strcpy(parts.devices[2].path, "/soc/other");
	strcpy(parts.devices[3].path, "/soc");
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c/chip");
	chip.driver = NULL;
	assert_int_equal(check(), 0);
	chip.driver = &linux_driver;
	chip.of_node = NULL;
	assert_int_equal(check(), 0);
	/* Not a bus: the driver of the device above lets all of that go. */
	chip.of_node = &fake_nodes[CHIP];
	fake_nodes[SOC].compatible = "vendor,soc";
	assert_int_equal(check(), 0);
}

static void a_bus_with_what_hangs_deep_on_it(void **state)
{
	strcpy(parts.devices[0].path, "/soc");
	uart.driver = other.driver = i2c.driver = NULL;
	chip.driver = NULL;
	assert_int_equal(check(), 0);
	chain(DEEP);
	uart.driver = i2c.driver = NULL;
	deep[DEEP - 1].driver = &linux_driver;
	assert_refused(check(), JH_ERR_DEVICE_USED, "/soc/i2c/chip");
	chain(DEEP + 1);
	uart.driver = i2c.driver = NULL;
	deep[DEEP].driver = &linux_driver;
	assert_int_equal(check(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_device_that_nobody_needs, setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_that_is_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_without_a_driver, setup, teardown),
		cmocka_unit_test_setup_teardown(a_driver_that_cannot_let_go, setup, teardown),
		cmocka_unit_test_setup_teardown(registers_that_several_drivers_share, setup,
						teardown),
		cmocka_unit_test_setup_teardown(all_devices_of_a_cell_are_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(a_node_of_a_device_on_another_bus, setup, teardown),
		cmocka_unit_test_setup_teardown(a_node_that_the_driver_above_reads, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_node_of_early_code, setup, teardown),
		cmocka_unit_test_setup_teardown(each_kind_of_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(what_only_looks_like_a_reference, setup, teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_through_it, setup, teardown),
		cmocka_unit_test_setup_teardown(users_that_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(a_user_below_a_device_that_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(users_by_what_is_above_them, setup, teardown),
		cmocka_unit_test_setup_teardown(a_user_has_the_name_of_its_device, setup, teardown),
		cmocka_unit_test_setup_teardown(users_that_are_no_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(a_user_deep_below, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bus_with_what_hangs_on_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bus_with_what_hangs_deep_on_it, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
