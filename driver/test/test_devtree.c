// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Checks of a configuration against a device tree; every reference to a node is put.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "../arch/arm64/arm64.h"
#include "blob.h"

enum { GIC, PSCI, CPU0, CPU1, UART, MEMORY, RESERVED, FREE, DRIVERS, POOL, PCI, NODES };

static struct blob_parts parts;
static struct jh_system the_system;
static struct jh_error err;

void jh_who(const char *format, ...)
{
}

struct irq_data *irq_get_irq_data(unsigned int virq)
{
	return NULL;
}

static int setup(void **state)
{
	static const struct device_node nodes[NODES] = {
		[GIC] = { .path = "/intc", .compatible = "arm,gic-v3", .num_regs = 2,
			  .regs = { { 0x08000000, 0x10000 }, { 0x080a0000, 0xf60000 } },
			  .num_interrupts = 3, .interrupts = { 1, 9, 4 } },
		[PSCI] = { .path = "/psci", .compatible = "arm,psci-1.0", .method = "smc" },
		[CPU0] = { .path = "/cpus/cpu@0", .method = "psci", .cpu = 1 },
		[CPU1] = { .path = "/cpus/cpu@1", .method = "psci", .cpu = 2 },
		[UART] = { .path = "/pl011", .compatible = "arm,pl011", .num_regs = 1,
			   .regs = { { 0x09000000, 0x1000 } } },
		[MEMORY] = { .path = "/memory", .type = "memory", .num_regs = 2,
			     .regs = { { FAKE_RAM, 0x1000000 }, { 0x80000000, 0x1000000 } } },
		[RESERVED] = { .path = "/reserved-memory" },
		[FREE] = { .path = "/reserved-memory/free", .num_regs = 1,
			   .regs = { { 0x80000000, 0x200000 } } },
		[DRIVERS] = { .path = "/reserved-memory/vpu", .compatible = "vendor,vpu",
			      .num_regs = 1, .regs = { { 0x80400000, 0x200000 } } },
		[POOL] = { .path = "/reserved-memory/cma", .reusable = true, .num_regs = 1,
			   .regs = { { 0x80800000, 0x200000 } } },
		[PCI] = { .path = "/pcie", .type = "pci", .num_regs = 1,
			  .regs = { { 0x4010000000, 0x10000000 } }, .num_ranges = 2,
			  .ranges = { { OF_BAD_ADDR, 0x20000000000 },
				      { 0x8000000000, 0x8000000000 } } },
	};

	fake_reset();
	fake_ram_reset();
	memset(fake_nodes, 0, sizeof(fake_nodes));
	memcpy(fake_nodes, nodes, sizeof(nodes));
	fake_present.bits = 3;
	memset(&err, 0, sizeof(err));
	blob_system(&parts);
	parts.num_consoles = 1;
	parts.console.address = 0x09000000;
	return 0;
}

static u32 reason(void)
{
	int code;

	memset(&err, 0, sizeof(err));
	free(the_system.config);
	the_system.config = blob_pack(&parts, &the_system.config_length);
	code = jh_psci_check(&err);
	if (!code)
		code = jh_gic_check(the_system.config, &err);
	if (!code)
		code = jh_devtree_check_console(config_console(the_system.config), &err);
	assert_int_equal(code, err.reason ? -refuse_errno(err.reason) : 0);
	assert_int_equal(fake_tree_held(), 0);
	return err.reason;
}

static int teardown(void **state)
{
	free(the_system.config);
	the_system.config = NULL;
	return 0;
}

static void the_machine_fits(void **state)
{
	assert_int_equal(reason(), 0);
	assert_int_equal(jh_gic_version(), 3);
	fake_nodes[GIC].compatible = "arm,gic-400";
	assert_int_equal(jh_gic_version(), 2);
	fake_nodes[GIC].compatible = "other,intc";
	assert_int_equal(jh_gic_version(), 0);
	assert_int_equal(fake_tree_held(), 0);
}

static void firmware_is_called_by_smc(void **state)
{
	fake_nodes[PSCI].method = "hvc";
	assert_int_equal(reason(), JH_ERR_NO_PSCI);
	fake_nodes[PSCI].method = "smc";
	fake_nodes[CPU1].method = "spin-table";
	assert_int_equal(reason(), JH_ERR_NO_PSCI);
	assert_int_equal(err.index, 1);
	fake_present.bits = 1;
	fake_nodes[CPU0].method = NULL;		/* the only CPU has no need of it */
	assert_int_equal(reason(), 0);
	fake_nodes[PSCI].compatible = NULL;
	assert_int_equal(reason(), JH_ERR_NO_PSCI);
}

static void gic_frames_must_match_the_tree(void **state)
{
	parts.units[0].address = 0x08001000;
	assert_int_equal(reason(), JH_ERR_GIC_ADDRESS);
	assert_int_equal(err.index, JH_ERROR_UNIT(JH_UNIT_GICD, 0));
	assert_int_equal(err.value, 0x08001000);
	assert_int_equal(err.limit, 0x08000000);
	parts.units[0].address = 0x08000000;
	parts.units[1].size += 1;
	assert_int_equal(reason(), JH_ERR_GIC_ADDRESS);
	assert_int_equal(err.index, JH_ERROR_UNIT(JH_UNIT_GICR, 0));
	parts.units[1].size -= 0x20000;
	assert_int_equal(reason(), 0);
	fake_nodes[GIC].num_regs = 1;
	assert_int_equal(reason(), JH_ERR_UNIT_FRAME);
	assert_int_equal(err.index, JH_ERROR_UNIT(JH_UNIT_GICR, 0));
}

/* A unit that root does not keep must not overlap other devices; one that it keeps may. */
static void units_over_other_registers(void **state)
{
	u64 uart = fake_nodes[UART].regs[0].start;

	blob_add_unit(&parts, JH_UNIT_ITS, uart, 0x10000);
	assert_int_equal(reason(), 0);
	parts.units[2].kind = JH_UNIT_GICH;
	assert_int_equal(reason(), JH_ERR_UNIT_NODE);
	assert_int_equal(err.index, JH_ERROR_UNIT(JH_UNIT_GICH, 0));
}

static void gic_version_and_maintenance_interrupt_must_match(void **state)
{
	parts.units[0].argument = 26;
	assert_int_equal(reason(), JH_ERR_GIC_MAINTENANCE);
	assert_int_equal(err.value, 26);
	assert_int_equal(err.limit, 25);
	fake_nodes[GIC].interrupts[0] = 0;		/* no private one: nothing is known */
	assert_int_equal(reason(), 0);
	fake_nodes[GIC].num_interrupts = 1;
	fake_nodes[GIC].interrupts[0] = 1;
	assert_int_equal(reason(), 0);
	fake_nodes[GIC].compatible = "arm,gic-400";
	assert_int_equal(reason(), JH_ERR_GIC_MISMATCH);
	assert_int_equal(err.value, 3);
	assert_int_equal(err.limit, 2);
}

static void a_gicv2_may_repeat_its_frames(void **state)
{
	u64 gicc;

	fake_nodes[GIC].compatible = "arm,gic-400";
	fake_nodes[GIC].num_regs = 4;
	fake_nodes[GIC].regs[1].start = 0xf9020000;
	fake_nodes[GIC].regs[1].size = 0x20000;
	fake_nodes[GIC].regs[2].start = 0xf9040000;
	fake_nodes[GIC].regs[2].size = 0x20000;
	fake_nodes[GIC].regs[3].start = 0xf9060000;
	fake_nodes[GIC].regs[3].size = 0x20000;
	parts.num_units = 1;
	blob_add_unit(&parts, JH_UNIT_GICC, 0xf902f000, 0x2000);
	blob_add_unit(&parts, JH_UNIT_GICH, 0xf9040000, 0x10000);
	blob_add_unit(&parts, JH_UNIT_GICV, 0xf906f000, 0x2000);
	assert_int_equal(reason(), 0);
	assert_true(jh_gic_gicc(&gicc));
	assert_int_equal(gicc, 0xf9020000);
	assert_int_equal(fake_tree_held(), 0);
	parts.units[3].address = 0xf907f000;		/* half of it beyond the end */
	assert_int_equal(reason(), JH_ERR_GIC_ADDRESS);
	assert_int_equal(err.index, JH_ERROR_UNIT(JH_UNIT_GICV, 0));
}

static void a_console_must_be_there(void **state)
{
	parts.console.address = 0x09001000;
	assert_int_equal(reason(), JH_ERR_CONSOLE_ABSENT);
	assert_int_equal(err.value, 0x09001000);
	parts.console.address = 0x09000000;
	fake_nodes[UART].disabled = true;
	assert_int_equal(reason(), JH_ERR_CONSOLE_ABSENT);
	fake_nodes[UART].disabled = false;
	fake_nodes[UART].compatible = "xlnx,xuartps";
	assert_int_equal(reason(), JH_ERR_CONSOLE_ABSENT);
	parts.console.type = JH_CONSOLE_XUARTPS;
	assert_int_equal(reason(), 0);
	parts.console.type = JH_CONSOLE_NONE;
	fake_nodes[UART].compatible = NULL;
	assert_int_equal(reason(), 0);
	parts.num_consoles = 0;
	assert_int_equal(reason(), 0);
}

static void uarts_by_all_of_their_names(void **state)
{
	static const struct {
		const char *compatible;
		u16 type;
	} uarts[] = {
		{ "arm,pl011", JH_CONSOLE_PL011 }, { "arm,sbsa-uart", JH_CONSOLE_PL011 },
		{ "cdns,uart-r1p12", JH_CONSOLE_XUARTPS }, { "cdns,uart-r1p8", JH_CONSOLE_XUARTPS },
		{ "xlnx,xuartps", JH_CONSOLE_XUARTPS }, { "ns16550a", JH_CONSOLE_8250 },
		{ "ns16550", JH_CONSOLE_8250 }, { "ns8250", JH_CONSOLE_8250 },
		{ "snps,dw-apb-uart", JH_CONSOLE_8250 },
		{ "brcm,bcm2835-aux-uart", JH_CONSOLE_8250 },
	};
	size_t i;
	u16 type;

	for (i = 0; i < ARRAY_SIZE(uarts); i++) {
		fake_nodes[UART].compatible = uarts[i].compatible;
		for (type = JH_CONSOLE_8250; type <= JH_CONSOLE_XUARTPS; type++) {
			if (type != JH_CONSOLE_8250 && type != JH_CONSOLE_PL011 &&
			    type != JH_CONSOLE_XUARTPS)
				continue;
			parts.console.type = type;
			assert_int_equal(reason(), type == uarts[i].type ? 0 :
					 JH_ERR_CONSOLE_ABSENT);
		}
	}
}

static void memory_of_the_tree(void **state)
{
	assert_true(jh_devtree_is_memory(FAKE_RAM, 0x1000000));
	assert_false(jh_devtree_is_memory(FAKE_RAM, 0x1000001));
	assert_false(jh_devtree_is_memory(FAKE_RAM - 1, 2));
	assert_true(jh_devtree_is_memory(0x80ffffff, 1));
	assert_int_equal(fake_tree_held(), 0);
}

static void reserved_memory_is_found(void **state)
{
	assert_int_equal(jh_devtree_reserved(0x80000000, 0x200000), 0);
	assert_int_equal(jh_devtree_reserved(0x80000000, 0x200001), -ENOENT);
	assert_int_equal(jh_devtree_reserved(0x80400000, 0x1000), -EBUSY);
	assert_int_equal(jh_devtree_reserved(0x80800000, 0x1000), -EBUSY);
	assert_int_equal(jh_devtree_reserved(FAKE_RAM, 0x1000), -ENOENT);
	fake_nodes[FREE].disabled = true;
	assert_int_equal(jh_devtree_reserved(0x80000000, 0x200000), -ENOENT);
	assert_int_equal(fake_tree_held(), 0);
}

static void no_map_reservations_are_found(void **state)
{
	assert_false(jh_devtree_is_unmapped(0x80400000, 0x1000));
	fake_nodes[DRIVERS].properties[0] = "no-map";
	/* It is the one that has the range, and all of it, which says so. */
	assert_false(jh_devtree_is_unmapped(0x80000000, 0x200000));
	assert_true(jh_devtree_is_unmapped(0x80400000, 0x1000));
	assert_false(jh_devtree_is_unmapped(0x80800000, 0x1000));
	assert_false(jh_devtree_is_unmapped(FAKE_RAM, 0x1000));
	assert_false(jh_devtree_is_unmapped(0x803ff000, 0x2000));
	fake_nodes[DRIVERS].disabled = true;
	assert_false(jh_devtree_is_unmapped(0x80400000, 0x1000));
	assert_int_equal(fake_tree_held(), 0);
}

static void the_last_address(void **state)
{
	assert_int_equal(jh_devtree_max_address(), 0xffffffffff);
	fake_nodes[PCI].type = "other";
	assert_int_equal(jh_devtree_max_address(), 0x401fffffff);
	fake_nodes[PCI].num_regs = 0;
	assert_int_equal(jh_devtree_max_address(), 0x80ffffff);
	fake_resources[1] = (struct resource){ 0x1000000000, 0x1000000fff, 0 };
	fake_num_resources = 2;
	assert_int_equal(jh_devtree_max_address(), 0x1000000fff);
	assert_int_equal(fake_tree_held(), 0);
}

static u64 hole(u64 last, u64 size)
{
	u64 start;

	free(the_system.config);
	the_system.config = blob_pack(&parts, &the_system.config_length);
	start = jh_devtree_hole(the_system.config, last, size);
	assert_int_equal(fake_tree_held(), 0);
	assert_int_equal(fake_allocated(), 0);
	return start;
}

/* At the end of the largest gap that neither the tree, nor Linux, nor the configuration knows. */
static void a_hole(void **state)
{
	/* From the ECAM to the window */
	assert_int_equal(hole(0xffffffffff, 0x10000), 0x7fffff0000);
	/* None is as large. */
	assert_int_equal(hole(0xffffffffff, 0x4000000000), 0);
	assert_int_equal(hole(0x7fffffffff, 0x10000), 0x7fffff0000);
	/* Before the ECAM */
	assert_int_equal(hole(0x5000000000, 0x10000), 0x400fff0000);
	fake_resources[1] = (struct resource){ 0x400ffff000, 0x400fffffff, 0 };
	fake_num_resources = 2;
	assert_int_equal(hole(0x5000000000, 0x10000), 0x400ffe0000);
	blob_add_unit(&parts, JH_UNIT_ITS, 0x400ffd0000, 0x20000);
	assert_int_equal(hole(0x5000000000, 0x10000), 0x400ffc0000);
	/* All of it is known. */
	fake_resources[1] = (struct resource){ 0, 0xfffffffffe, 0 };
	assert_int_equal(hole(0xfffffffffe, 0x1000), 0);
	fake_resources[1] = (struct resource){ 0, 0xffffffe000 - 1, 0 };
	fake_nodes[PCI].type = "other";
	assert_int_equal(hole(0xffffffffff, 0x1000), 0xfffffff000);
	assert_int_equal(hole(0xffffffffff, 0x2000), 0);
	fake_fail_alloc = true;
	assert_int_equal(jh_devtree_hole(the_system.config, 0xffffffffff, 0x1000), 0);
	fake_fail_alloc = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_machine_fits, setup, teardown),
		cmocka_unit_test_setup_teardown(firmware_is_called_by_smc, setup, teardown),
		cmocka_unit_test_setup_teardown(gic_frames_must_match_the_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(units_over_other_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(gic_version_and_maintenance_interrupt_must_match,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_gicv2_may_repeat_its_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(a_console_must_be_there, setup, teardown),
		cmocka_unit_test_setup_teardown(uarts_by_all_of_their_names, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_of_the_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(reserved_memory_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(no_map_reservations_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_address, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
