// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Spare SPIs: Linux has no mapping for them, and no node of the device tree names them in any way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "link.h"

static struct device_node gic = { .path = "/gic" }, node = { .path = "/node" };
static u32 typer = 2, v2m_typer, of_node[3], num_of_node, in_use, ranges[5], num_ranges;
static u32 map[8], map_length, base_spi, num_spis, mapped;
static bool has_gicd = true, is_v2m, has_frame = true;
static int held;

struct device_node *jh_arch_irqchip(void)
{
	held++;
	return &gic;
}

void of_node_put(struct device_node *np)
{
	held -= np != NULL;
}

struct device_node *of_find_all_nodes(struct device_node *from)
{
	if (!from)
		held++;
	else if (from == &node)
		held--;
	return !from ? &gic : from == &gic ? &node : NULL;
}

void *of_iomap(struct device_node *np, int index)
{
	static u32 frame[4];

	assert_int_equal(index, 0);
	if (np == &gic ? !has_gicd : !has_frame)
		return NULL;
	frame[1] = typer;
	frame[2] = v2m_typer;
	held++;
	return frame;
}

void memunmap(void *address)
{
	held--;
}

int jh_arch_irq_of(struct device_node *np, int index)
{
	return np == &node && index < num_of_node ? (int)of_node[index] : -ENOENT;
}

unsigned int jh_arch_virq(u32 irq)
{
	return irq == in_use;
}

const u32 *of_get_property(const struct device_node *np, const char *name, int *length)
{
	assert_string_equal(name, "interrupt-map");
	*length = map_length * sizeof(u32);
	return np == &node && map_length ? map : NULL;
}

int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index,
			       u32 *value)
{
	assert_string_equal(name, "mbi-ranges");
	if (np != &gic || index >= num_ranges)
		return -EINVAL;
	*value = ranges[index];
	return 0;
}

int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *values,
			       size_t count)
{
	u32 value = !strcmp(name, "arm,msi-base-spi") ? base_spi : num_spis;

	assert_int_equal(count, 1);
	if (!value)
		return -EINVAL;
	*values = value;
	return 0;
}

bool of_device_is_compatible(const struct device_node *np, const char *compatible)
{
	return np == &node && is_v2m && !strcmp(compatible, "arm,gic-v2m-frame");
}

unsigned int irq_create_fwspec_mapping(struct irq_fwspec *fwspec)
{
	assert_ptr_equal(fwspec->fwnode, &gic);
	assert_int_equal(fwspec->param_count, 3);
	assert_int_equal(fwspec->param[0], 0);
	assert_int_equal(fwspec->param[2], IRQ_TYPE_EDGE_RISING);
	mapped = fwspec->param[1];
	return 55;
}

/* 96 interrupts: from 95 downwards, without those that somebody has. */
static void the_highest_spare_spi_comes_first(void **state)
{
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 95);
	assert_int_equal(jh_arch_spare_irq(95), 94);
	assert_int_equal(jh_arch_spare_irq(33), 32);
	assert_int_equal(jh_arch_spare_irq(32), 0);
	assert_int_equal(jh_arch_spare_irq(0), 0);
	in_use = 95;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 94);
	of_node[0] = 40;
	of_node[1] = 94;
	num_of_node = 2;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 93);
	num_of_node = in_use = 0;
	typer = 31;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 1019);
	typer = 2;
	has_gicd = false;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 0);
	has_gicd = true;
}

static void spis_of_interrupt_maps_are_not_spare(void **state)
{
	static const u32 cells[] = { 7, 0, 63, 4, 1, 62, 0, 61 };

	memcpy(map, cells, sizeof(map));
	map_length = 8;
	/* SPIs 63 and 61 are the map's; 62 is a PPI there. */
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 94);
	assert_int_equal(jh_arch_spare_irq(94), 92);
	map_length = 7;
	assert_int_equal(jh_arch_spare_irq(94), 93);
	map_length = 0;
}

static void spis_of_messages_are_not_spare(void **state)
{
	ranges[0] = 94;
	ranges[1] = 2;
	ranges[2] = 90;
	ranges[3] = 3;
	num_ranges = 5;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 93);
	assert_int_equal(jh_arch_spare_irq(93), 89);
	num_ranges = 0;
	is_v2m = true;
	base_spi = 80;
	num_spis = 16;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 79);
	/* As the frame itself says. */
	num_spis = 0;
	v2m_typer = 70 << 16 | 26;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 69);
	base_spi = 0;
	v2m_typer = 70 << 16 | 20;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 95);
	assert_int_equal(jh_arch_spare_irq(90), 69);
	has_frame = false;
	assert_int_equal(jh_arch_spare_irq(U32_MAX), 0);
	has_frame = true;
	is_v2m = false;
}

static void a_spare_spi_is_mapped_as_an_edge(void **state)
{
	assert_int_equal(jh_arch_make_virq(95), 55);
	assert_int_equal(mapped, 63);
	assert_int_equal(held, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_highest_spare_spi_comes_first),
		cmocka_unit_test(spis_of_interrupt_maps_are_not_spare),
		cmocka_unit_test(spis_of_messages_are_not_spare),
		cmocka_unit_test(a_spare_spi_is_mapped_as_an_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
