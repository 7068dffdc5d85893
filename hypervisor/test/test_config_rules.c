// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The elements of a configuration: each rule for a cell, for a system, and for a cell against its
 * system.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/refuse.h>
#include "blob.h"
#include "config_rules.h"

struct blob_parts s, c;

/* a cell against its system */
RULE(p_ram, c.memories[0].flags &= ~JH_MEM_AUTO; c.memories[0].phys = 0x40000000)
RULE(p_pool, s_pool_at0(); s.pools[0].address = 0x40000000)
RULE(p_pool_ok, p_pool(); p_ram())
RULE(p_pool_part, p_pool_ok(); c.memories[0].phys = 0x43001000)
RULE(p_pool_auto, p_ram())
RULE(p_assignable_none, s.num_assignable = 0)
RULE(p_shared, p_pool(); c.num_memories = 3;
     c.memories[2] = ((struct jh_config_memory){ 0x50000000, 0x50000000, 0x1000,
						 JH_MEM_READ | JH_MEM_SHARED_ROOT, 0 }))
RULE(p_shared_pool, p_shared(); c.memories[2].phys = 0x40000000)
RULE(p_shared_io, p_assignable_none(); c.memories[1].flags |= JH_MEM_SHARED_ROOT)
RULE(p_assignable_half, c.memories[1].size = 0x2000)
RULE(p_assignable_two, p_assignable_half(); s.num_assignable = 2;
     s.assignable[1] = ((struct jh_config_assignable){ 0x09041000, 0x3000 }))
RULE(p_gich, s_v2(); c.memories[1].phys = 0x08030000)
RULE(p_its, s_its(); c.memories[1].phys = 0x08090000)
RULE(p_its_shared, p_its(); c.memories[1].flags |= JH_MEM_SHARED_ROOT)
RULE(p_virt_its, s_its(); c.memories[1].virt = 0x08080000; c.console.address = 0x08080000)
RULE(p_hv, s.system.hv_address = 0x40f00000; p_ram())
RULE(p_con, s_con())
RULE(p_beyond, p_ram(); s.system.max_address = 0x40fffffe)
RULE(p_space, c.memories[0].size = 66 << 20)
RULE(p_space_ok, c.memories[0].size = 64 << 20)
RULE(p_virt, c.memories[0].size = 160 << 20; s.pools[0].size = 512 << 20;
     c.num_memories = 1; c.num_consoles = 0)
RULE(p_virt_gicv, s_v2(); c.memories[1].virt = 0x08040000; c.console.address = 0x08040000)
RULE(p_base, s.system.optional = 0)
RULE(p_uart, v_ok())
RULE(p_no_uart, v_ok(); s.system.optional = JH_OPTIONAL_ALL & ~JH_OPTIONAL_UART)
RULE(p_link, l_ok())
RULE(p_no_link, l_ok(); s.system.optional = JH_OPTIONAL_ALL & ~JH_OPTIONAL_LINK)
RULE(p_link_root, l_ok(); memcpy(c.links[1].peer, s.system.name, JH_NAME_LEN))
RULE(p_link_gicd, l_ok(); c.links[1].address = 0x07ffb000)
RULE(p_link_gicr, l_ok(); c.links[1].registers = 0x080a0000)
RULE(p_pci, i_ok())
RULE(p_pci_ecam, i_ok(); c.pci.ecam = 0x08f00000)
RULE(p_pci_window, i_ok(); c.pci.window = 0x08ff0000; c.pci.window_size = 0x20000;
     c.links[0].registers = 0x09000000; c.links[1].registers = 0x09001000)
RULE(p_link_space, l_ok(); c.links[1].size = 66 << 20)
RULE(p_link_fits, l_ok(); c.links[1].size = 64 << 20)
RULE(p_console, v_ok(); c.console.address = 0x08000000)
RULE(p_comm, c.cell.comm_address = 0x080b0000)

/* addresses of the machine */
RULE(w_max, s.system.max_address = 0xfffffffff)
RULE(w_hv, s.system.hv_address = 0x1000000000; s.system.hv_size = 0x1000000)
RULE(w_pool, s.pools[0] = ((struct jh_config_pool){ .address = 0x2000000000, .size = 0x400000 }))
RULE(w_unit, s.units[1].address = 0x3000000000)
RULE(w_assignable, s.assignable[0] = ((struct jh_config_assignable){ 0x3000000000, 0x1000 }))

RULE(p_con_above, s_con(); s.num_assignable = 1; s.console.address = 0x09041000)
RULE(p_con_below, s_con(); s.num_assignable = 1; s.console.address = 0x0903f000)
RULE(p_hv_above, s.system.hv_address = 0x41000000; p_ram())
RULE(p_hv_below, s.system.hv_address = 0x3ff00000; p_ram())
RULE(p_last, p_ram(); s.system.max_address = 0x40ffffff)
RULE(p_virt_device, c.memories[1].virt = 0x08000000; c.console.address = 0x08000000)
RULE(p_virt_above, c.memories[1].virt = 0x08010000; c.console.address = 0x08010000)
RULE(p_shared_above, p_shared(); c.memories[2].phys = 0x44000000)
RULE(p_shared_below, p_shared(); c.memories[2].phys = 0x3ffff000)
RULE(p_pool_second, p_pool_ok(); s.num_pools = 2; s.pools[1] = s.pools[0];
     s.pools[0].address = 0x50000000)
RULE(p_space_second, c.memories[0].size = 80 << 20; s.num_pools = 3;
     s.pools[1] = s.pools[2] = s.pools[0]; s.pools[1].size = 80 << 20)
RULE(p_shared_root, c.memories[0].flags &= ~JH_MEM_AUTO; c.memories[0].phys = 0x48000000;
     s_pool_at0(); s.pools[0].address = 0x40000000)

static const struct rule pair_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0, 0, 0 },
	{ "fixed RAM in a pool", p_pool_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "fixed RAM half in a pool", p_pool_part, JH_ERR_MEM_POOL, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "fixed RAM, automatic pool", p_pool_auto, 0, 0, 0, 0, 0, 0, 0 },
	{ "shared with root", p_shared, 0, 0, 0, 0, 0, 0, 0 },
	{ "shared with root in a pool", p_shared_pool, JH_ERR_MEM_SHARED_POOL, JH_OBJ_MEMORY, 2, 0,
	  0, 0, 0 },
	{ "device shared with root", p_shared_io, 0, 0, 0, 0, 0, 0, 0 },
	{ "device that is not assignable", p_assignable_none, JH_ERR_MEM_ASSIGNABLE, JH_OBJ_MEMORY,
	  1, 0, 0, 0, 0 },
	{ "device half of which is assignable", p_assignable_half, JH_ERR_MEM_ASSIGNABLE,
	  JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "device over two assignable ranges", p_assignable_two, 0, 0, 0, 0, 0, 0, 0 },
	{ "GICH", p_gich, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT, UNIT(GICH, 0), 0, 0 },
	{ "ITS", p_its, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT, UNIT(ITS, 0), 0, 0 },
	{ "ITS, shared with root", p_its_shared, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT,
	  UNIT(ITS, 0), 0, 0 },
	{ "a device where the ITS is", p_virt_its, 0, 0, 0, 0, 0, 0, 0 },
	{ "hypervisor's memory", p_hv, JH_ERR_MEM_HYPERVISOR, JH_OBJ_MEMORY, 0, JH_OBJ_HYPERVISOR,
	  0, 0, 0 },
	{ "hypervisor's console", p_con, JH_ERR_MEM_CONSOLE, JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "a cell that needs no optional unit", p_base, 0, 0, 0, 0, 0, 0, 0 },
	{ "a cell that needs one that is there", p_uart, 0, 0, 0, 0, 0, 0, 0 },
	{ "links", p_link, 0, 0, 0, 0, 0, 0, 0 },
	{ "links that are not there", p_no_link, JH_ERR_NO_LINK, JH_OBJ_LINK, 0, 0, 0, 0, 0 },
	{ "a link to root", p_link_root, JH_ERR_LINK_ROOT, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "a link over the distributor", p_link_gicd, JH_ERR_VIRT_UNIT, JH_OBJ_LINK, 1, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "a link's registers over others", p_link_gicr, JH_ERR_VIRT_UNIT, JH_OBJ_LINK, 1,
	  JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0 },
	{ "a PCI host", p_pci, 0, 0, 0, 0, 0, 0, 0 },
	{ "its ECAM over redistributors", p_pci_ecam, JH_ERR_VIRT_UNIT, JH_OBJ_PCI, 0, JH_OBJ_UNIT,
	  UNIT(GICR, 0), 0, 0 },
	{ "its window over them", p_pci_window, JH_ERR_VIRT_UNIT, JH_OBJ_PCI, 0, JH_OBJ_UNIT,
	  UNIT(GICR, 0), 0, 0 },
	{ "a link larger than a pool", p_link_space, JH_ERR_MEM_SPACE, JH_OBJ_LINK, 1, 0, 0,
	  0x4200000, 0x4000000 },
	{ "a link as large as a pool", p_link_fits, 0, 0, 0, 0, 0, 0, 0 },
	{ "a cell that needs one that is not", p_no_uart, JH_ERR_NO_UART, JH_OBJ_CONSOLE, 0, 0, 0,
	  0, 0 },
	{ "beyond the highest address", p_beyond, JH_ERR_MEM_BEYOND, JH_OBJ_MEMORY, 0, 0, 0,
	  0x40000000, 0x40fffffe },
	{ "more than the pool", p_space, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, 0, 0, 0, 0x4200000,
	  0x4000000 },
	{ "all of the pool", p_space_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "RAM over the guest's GIC", p_virt, JH_ERR_VIRT_UNIT, JH_OBJ_MEMORY, 0, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "a device where GICV is", p_virt_gicv, 0, 0, 0, 0, 0, 0, 0 },
	{ "virtual UART over the GIC", p_console, JH_ERR_VIRT_UNIT, JH_OBJ_CONSOLE, 0, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "comm over the GIC", p_comm, JH_ERR_COMM_UNIT, JH_OBJ_CELL, 0, JH_OBJ_UNIT, UNIT(GICR, 0),
	  0, 0 },
	{ "below the hypervisor's console", p_con_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "above the hypervisor's console", p_con_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "below the hypervisor's memory", p_hv_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "above the hypervisor's memory", p_hv_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "up to the highest address", p_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "a device with a console over the GIC", p_virt_device, JH_ERR_VIRT_UNIT, JH_OBJ_MEMORY, 1,
	  JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0 },
	{ "a device beside the GIC", p_virt_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "shared with root above a pool", p_shared_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "shared with root below a pool", p_shared_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "fixed RAM in the second pool", p_pool_second, 0, 0, 0, 0, 0, 0, 0 },
	{ "as large as the largest pool", p_space_second, 0, 0, 0, 0, 0, 0, 0 },
	{ "fixed RAM in no pool", p_shared_root, JH_ERR_MEM_POOL, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
};

static void compare(const struct rule *rule, int ret, const struct jh_error *err)
{
	int good = err->reason == rule->reason &&
		   ret == (rule->reason ? -refuse_errno(rule->reason) : 0) &&
		   err->object == rule->object && err->index == rule->index &&
		   err->other_object == rule->other_object &&
		   err->other_index == rule->other_index && err->value == rule->value &&
		   err->limit == rule->limit &&
		   err->cell == (rule->reason ? JH_ERROR_SAME_FILE : 0);

	if (!good)
		fail_msg("%s: reason %u for object %u[%u], other %u[%u], 0x%llx, 0x%llx; reason %u "
			 "was expected", rule->what, err->reason, err->object, err->index,
			 err->other_object, err->other_index, err->value, err->limit, rule->reason);
}

/* The verdict on the row's own file. */
static void judge(const struct rule *rule, __u32 kind)
{
	__u32 length;
	void *blob;
	struct jh_error err;

	memset(&err, 0xa5, sizeof(err));
	blob_system(&s);
	blob_cell(&c);
	rule->change();
	blob = blob_pack(kind == JH_CONFIG_CELL ? &c : &s, &length);
	compare(rule, config_check(blob, length, kind, &err), &err);
	free(blob);
}

static void each_cell_rule_is_applied(void **state)
{
	__u32 i;

	(void)state;
	for (i = 0; i < num_cell_rules; i++)
		judge(&cell_rules[i], JH_CONFIG_CELL);
	for (i = 0; i < num_virtual_rules; i++)
		judge(&virtual_rules[i], JH_CONFIG_CELL);
	for (i = 0; i < num_link_rules; i++)
		judge(&link_rules[i], JH_CONFIG_CELL);
	for (i = 0; i < num_virtio_rules; i++)
		judge(&virtio_rules[i], JH_CONFIG_CELL);
	for (i = 0; i < num_ivshmem_rules; i++)
		judge(&ivshmem_rules[i], JH_CONFIG_CELL);
}

static void each_system_rule_is_applied(void **state)
{
	__u32 i;

	(void)state;
	for (i = 0; i < num_system_rules; i++)
		judge(&system_rules[i], JH_CONFIG_SYSTEM);
}

static void each_rule_of_a_cell_against_its_system_is_applied(void **state)
{
	__u32 i, system_length, cell_length;

	(void)state;
	for (i = 0; i < sizeof(pair_rules) / sizeof(pair_rules[0]); i++) {
		void *system, *cell;
		struct jh_error err;

		blob_system(&s);
		blob_cell(&c);
		pair_rules[i].change();
		system = blob_pack(&s, &system_length);
		cell = blob_pack(&c, &cell_length);
		assert_int_equal(config_check(system, system_length, JH_CONFIG_SYSTEM, &err), 0);
		assert_int_equal(config_check(cell, cell_length, JH_CONFIG_CELL, &err), 0);
		memset(&err, 0xa5, sizeof(err));
		compare(&pair_rules[i], config_check_against(system, cell, &err), &err);
		free(system);
		free(cell);
	}
}

/* A valid system configuration against CPUs that address no more than @last. */
static int check_width(__u64 last, struct jh_error *err)
{
	__u32 length;
	void *blob = blob_pack(&s, &length);
	int ret;

	assert_int_equal(config_check(blob, length, JH_CONFIG_SYSTEM, err), 0);
	ret = config_check_width(blob, last, err);
	free(blob);
	return ret;
}

static void a_system_lies_where_cpus_reach(void **state)
{
	static const struct {
		void (*change)(void);
		__u32 reason, object;
		__u64 last;	/* that is just not enough */
	} rows[] = {
		{ w_max, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0xffffffffe },
		{ w_hv, JH_ERR_MEM_BEYOND, JH_OBJ_HYPERVISOR, 0x1000fffffe },
		{ w_pool, JH_ERR_MEM_BEYOND, JH_OBJ_POOL, 0x20003ffffe },
		{ w_unit, JH_ERR_MEM_BEYOND, JH_OBJ_UNIT, 0x3000f5fffe },
		{ w_assignable, JH_ERR_MEM_BEYOND, JH_OBJ_ASSIGNABLE, 0x3000000ffe },
	};
	struct jh_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		blob_system(&s);
		rows[i].change();
		assert_int_equal(check_width(rows[i].last + 1, &err), 0);
		assert_int_equal(check_width(rows[i].last, &err), -JH_ERANGE);
		assert_int_equal(err.reason, rows[i].reason);
		assert_int_equal(err.object, rows[i].object);
		assert_int_equal(err.limit, rows[i].last);
	}
}

/* The table to read, what is for both, an output for each side: the own one can be written. */
static void sections_of_a_link(void **state)
{
	struct jh_config_link link = { .size = 0x9000, .output = 0x2000 };
	static const struct config_section wanted[2][4] = {
		{ { 0, 0x1000, 0, 0 }, { 0x1000, 0x4000, 1, 1 }, { 0x5000, 0x2000, 1, 0 },
		  { 0x7000, 0x2000, 0, 0 } },
		{ { 0, 0x1000, 0, 0 }, { 0x1000, 0x4000, 1, 1 }, { 0x5000, 0x2000, 0, 0 },
		  { 0x7000, 0x2000, 1, 0 } },
	};
	__u32 i;

	(void)state;
	for (link.side = 0; link.side < 2; link.side++)
		for (i = 0; i < 4; i++) {
			struct config_section section = config_link_section(&link, i);

			assert_memory_equal(&section, &wanted[link.side][i], sizeof(section));
		}
	assert_int_equal(config_link_regions(&link), 4);
	link.output = 0;
	assert_int_equal(config_link_regions(&link), 2);
	link.output = 0x4000;
	assert_int_equal(config_link_regions(&link), 3);
}

/* Every reason of the first table appears in a row or in test_config.c. */
static void every_reason_is_tested(void **state)
{
	static const __u32 elsewhere[] = {
		JH_ERR_TRUNCATED, JH_ERR_MAGIC, JH_ERR_VERSION, JH_ERR_ARCH, JH_ERR_KIND_CELL,
		JH_ERR_KIND_SYSTEM, JH_ERR_LENGTH, JH_ERR_CHECKSUM, JH_ERR_SECTION_TYPE,
		JH_ERR_SECTION_ORDER, JH_ERR_SECTION_SIZE, JH_ERR_SECTION_RANGE, JH_ERR_TOO_MANY,
		JH_ERR_FILE_SIZE,
	};
	const struct {
		const struct rule *rules;
		size_t count;
	} tables[] = {
		{ cell_rules, num_cell_rules },
		{ system_rules, num_system_rules },
		{ virtual_rules, num_virtual_rules },
		{ link_rules, num_link_rules },
		{ virtio_rules, num_virtio_rules },
		{ ivshmem_rules, num_ivshmem_rules },
	};
	__u32 seen[512] = { 0 };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (j = 0; j < tables[i].count; j++)
			seen[tables[i].rules[j].reason] = 1;
	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		seen[elsewhere[i]] = 1;
#define SEEN(name, number, errno_, sentence, next) \
	if (!seen[number]) \
		fail_msg("no test gives " #name);
	JH_REASONS_CONFIG(SEEN)
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_rule_is_applied),
		cmocka_unit_test(each_system_rule_is_applied),
		cmocka_unit_test(each_rule_of_a_cell_against_its_system_is_applied),
		cmocka_unit_test(a_system_lies_where_cpus_reach),
		cmocka_unit_test(sections_of_a_link),
		cmocka_unit_test(every_reason_is_tested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
