// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Properties of the CPUs, and the order of the machine's checks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "../arch/arm64/arm64.h"

#define FREQUENCY	62500000u

u64 fake_sysreg_cntfrq_el0, fake_sysreg_cntvct_el0;
bool fake_coresight;
unsigned int fake_cpu;

static struct jh_error err;
static const char config[8];
static int psci_code, gic_code;
static const void *gic_config;

int jh_psci_check(struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	return psci_code;
}

int jh_gic_check(const void *of_system, struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	gic_config = of_system;
	return gic_code;
}

static int setup(void **state)
{
	fake_reset();
	memset(fake_nodes, 0, sizeof(fake_nodes));
	fake_nodes[0].path = "/";
	fake_sysreg_cntfrq_el0 = FREQUENCY;
	fake_mmfr0 = 0;
	fake_cap = fake_coresight = false;
	psci_code = gic_code = 0;
	gic_config = NULL;
	return 0;
}

/* PARange as in the Arm ARM; jh uses 48 bits at most. */
static void last_address_by_parange(void **state)
{
	static const u8 bits[16] = { 32, 36, 40, 42, 44, 48, 48, 48,
				      48, 48, 48, 48, 48, 48, 48, 48 };
	u32 range;

	for (range = 0; range < ARRAY_SIZE(bits); range++) {
		fake_mmfr0 = range;
		assert_int_equal(jh_arch_last_address(), (1UL << bits[range]) - 1);
		fake_mmfr0 |= ~0xfUL;
		assert_int_equal(jh_arch_last_address(), (1UL << bits[range]) - 1);
	}
}

/* TGran4 and TGran64: 15 is "none"; TGran16: 0 is. */
static void page_sizes_by_tgran(void **state)
{
	static const struct {
		u64 mmfr0;
		u32 sizes;
	} machines[] = {
		{ 0x00000000, 4 | 64 }, { 0x00100000, 4 | 16 | 64 }, { 0x00200000, 4 | 16 | 64 },
		{ 0xf0000000, 64 }, { 0x0f000000, 4 }, { 0xff000000, 0 }, { 0xff100000, 16 },
		{ 0x10000000, 4 | 64 }, { 0x01000000, 4 | 64 },
		{ 0xffffffff000fffff, 4 | 64 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		fake_mmfr0 = machines[i].mmfr0;
		assert_int_equal(jh_arch_page_sizes(), machines[i].sizes);
	}
}

/* Trace filters belong to Linux if it has a driver for the units, and the machine has such. */
static void uses(void **state)
{
	static const char *const units[] = { "arm,embedded-trace-extension",
					     "arm,coresight-etm4x-sysreg" };
	size_t i;

	assert_int_equal(jh_arch_uses(), 0);
	fake_cap = true;
	assert_int_equal(jh_arch_uses(), JH_BOOT_USES_MPAM);
	fake_coresight = true;
	assert_int_equal(jh_arch_uses(), JH_BOOT_USES_MPAM);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		fake_nodes[1] = (struct device_node){ .path = "/trace", .compatible = units[i] };
		fake_cap = false;
		fake_coresight = true;
		assert_int_equal(jh_arch_uses(), JH_BOOT_USES_TRACE);
		fake_cap = true;
		assert_int_equal(jh_arch_uses(), JH_BOOT_USES_MPAM | JH_BOOT_USES_TRACE);
		fake_cap = fake_coresight = false;
		assert_int_equal(jh_arch_uses(), 0);
	}
	assert_int_equal(fake_tree_held(), 0);
}

static void machine_checks_run_in_order(void **state)
{
	const struct jh_system system = { .config = (void *)config };

	assert_int_equal(jh_arch_machine_check(&system, &err), 0);
	assert_ptr_equal(gic_config, config);
	gic_code = -ENXIO;
	assert_int_equal(jh_arch_machine_check(&system, &err), -ENXIO);
	gic_config = NULL;
	psci_code = -ENODEV;
	assert_int_equal(jh_arch_machine_check(&system, &err), -ENODEV);
	assert_null(gic_config);
	/* Firmware set no frequency: Linux may have it from the tree, but a cell does not. */
	fake_sysreg_cntfrq_el0 = 0;
	fake_cpu = 3;
	assert_int_equal(jh_arch_machine_check(&system, &err), -refuse_errno(JH_ERR_COUNTER));
	assert_int_equal(err.reason, JH_ERR_COUNTER);
	assert_int_equal(err.object, JH_OBJ_MACHINE);
	assert_int_equal(err.value, 3);
}

/* isb() comes before the read of the counter. */
static void the_counter_is_read_after_earlier_instructions(void **state)
{
	fake_sysreg_cntvct_el0 = 100;
	assert_int_equal(jh_arch_now(), 101);
	assert_int_equal(jh_arch_frequency(), FREQUENCY);
}

#define test(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(last_address_by_parange),
		test(page_sizes_by_tgran),
		test(uses),
		test(machine_checks_run_in_order),
		test(the_counter_is_read_after_earlier_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
