// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * EL2's own tables, walked as the hardware does: attributes of all mappings, and those private to a
 * CPU.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/layout.h>
#include <boot/boottable.h>

#define PAGE		4096ULL
#define MIB		0x100000ULL

#define XN		(1ULL << 54)
#define READ_ONLY	(1ULL << 7)

static struct jh_boot_info info;
static struct jh_image_header image;
static struct boottable_device devices[JH_BOOT_DEVICES];
static char *memory;
static __u64 memory_size;

static int teardown(void **state)
{
	(void)state;
	free(memory);
	memory = NULL;
	return 0;
}

/* Image of 16 pages (text 8, rodata 4), boot info, configuration, private pages, tables, pool. */
static void lay_out(__u64 address, __u64 size, __u64 cpus)
{
	unsigned int i, count = (unsigned int)__builtin_popcountll(cpus);

	memset(&info, 0, sizeof(info));
	image = (struct jh_image_header){
		.entry = 0x1040, .memory_size = 16 * PAGE, .text_end = 8 * PAGE,
		.rodata_end = 12 * PAGE, .layout = EL2_LAYOUT,
	};
	for (i = 0; i < JH_BOOT_DEVICES; i++)
		devices[i] = (struct boottable_device){ 0, 0 };
	devices[JH_BOOT_CONSOLE] = (struct boottable_device){ 0x09000000, PAGE };
	devices[JH_BOOT_UNIT(0)] = (struct boottable_device){ 0x08000000, 0x10000 };
	devices[JH_BOOT_UNIT(1)] = (struct boottable_device){ 0x080a0000, 0xf60000 };
	info.hv_address = address;
	info.hv_size = size;
	info.max_address = 0xffffffffff;
	info.cpu_mask = cpus;
	info.config_offset = 17 * PAGE;
	info.config_size = 5000;
	info.percpu_offset = 19 * PAGE;
	info.table_offset = info.percpu_offset + count * PERCPU_PAGES * PAGE;
	info.pool_offset = info.table_offset + boottable_size(&info, devices);
	free(memory);
	memory_size = size;
	memory = calloc(1, size);
	assert_non_null(memory);
}

static __u64 *table_at(__u64 pa)
{
	assert_true(pa >= info.hv_address + info.table_offset &&
		    pa < info.hv_address + info.pool_offset);
	return (__u64 *)(memory + (pa - info.hv_address));
}

/* The leaf that translates @va for a CPU, its address in @pa; 0: none. */
static __u64 walk(__u64 ttbr, __u64 va, __u64 *pa)
{
	__u64 *table = table_at(ttbr), entry, block;
	int level;

	for (level = 1;; level++) {
		block = 1ULL << (39 - 9 * level);
		entry = table[va / block % 512];
		if (!(entry & 1))
			return 0;
		if (level == 3 || !(entry & 2))
			break;
		table = table_at(entry & 0xfffffffff000);
	}
	assert_int_equal(entry & 3, level == 3 ? 3 : 1);
	*pa = (entry & 0xfffffffff000) + va % block;
	return entry;
}

/* Each leaf of a CPU's tables; more than 2^18 pages are there only as blocks. */
static void each_leaf(__u64 *table, int level, __u64 va,
		      void (*visit)(int cpu, __u64 va, __u64 entry, __u64 size), int cpu)
{
	__u64 block = 1ULL << (39 - 9 * level), i;

	for (i = 0; i < 512; i++) {
		if (!(table[i] & 1))
			continue;
		if (level < 3 && table[i] & 2)
			each_leaf(table_at(table[i] & 0xfffffffff000), level + 1, va + i * block,
				  visit, cpu);
		else
			visit(cpu, va + i * block, table[i], block);
	}
}

static int owner_of_private(__u64 pa)
{
	__u64 page;
	int cpu;

	if (pa < info.hv_address + info.percpu_offset || pa >= info.hv_address + info.table_offset)
		return -1;
	page = (pa - info.hv_address - info.percpu_offset) / PAGE / PERCPU_PAGES;
	for (cpu = 0; cpu < 64; cpu++) {
		if (info.cpu_mask >> cpu & 1 && !page--)
			return cpu;
	}
	return -1;
}

static void check_leaf(int cpu, __u64 va, __u64 entry, __u64 size)
{
	__u64 pa = entry & 0xfffffffff000, end = pa + size;
	int device = (entry >> 2 & 7) == EL2_MAIR_DEVICE, owner = owner_of_private(pa);

	/* Never writable and executable; devices never executable. */
	if (!(entry & READ_ONLY) && !(entry & XN))
		fail_msg("CPU %d: %llx is writable and executable", cpu, va);
	assert_true(!device || entry & XN);
	assert_true(entry & 1ULL << 10);
	assert_int_equal(entry >> 8 & 3, 3);
	if (owner >= 0 && owner != cpu)
		fail_msg("CPU %d maps a private page of CPU %d at %llx", cpu, owner, va);
	/* Tables: only the one of its own private window. */
	if (pa < info.hv_address + info.pool_offset && end > info.hv_address + info.table_offset)
		assert_int_equal(va, EL2_PRIVATE + PRIVATE_TABLE * PAGE);
	/* Normal memory is the hypervisor's alone. */
	if (!device)
		assert_true(pa >= info.hv_address && end <= info.hv_address + info.hv_size);
	/* Code is the image's text, here and at its own address. */
	if (!(entry & XN))
		assert_true(pa < info.hv_address + image.text_end);
}

static void check_linear(int cpu)
{
	__u64 ttbr = info.cpu_ttbr[cpu], offset, entry, pa;

	for (offset = 0; offset < info.hv_size; offset += PAGE) {
		entry = walk(ttbr, EL2_LINEAR + offset, &pa);
		if (offset >= info.percpu_offset && offset < info.pool_offset) {
			assert_int_equal(entry, 0);
			continue;
		}
		assert_true(entry != 0);
		assert_int_equal(pa, info.hv_address + offset);
		assert_int_equal(!(entry & XN), offset < image.text_end);
		assert_int_equal(!!(entry & READ_ONLY),
				 offset < image.rodata_end ||
				 (offset >= info.config_offset && offset < info.percpu_offset));
	}
	assert_int_equal(walk(ttbr, EL2_LINEAR + info.hv_size, &pa), 0);
}

static void check_private(int cpu)
{
	__u64 ttbr = info.cpu_ttbr[cpu], stack, data, table, pa;

	assert_true(walk(ttbr, STACK_TOP - 8, &stack));
	assert_true(walk(ttbr, PERCPU_VA, &data));
	assert_int_equal(owner_of_private(stack & ~(PAGE - 1)), cpu);
	assert_int_equal(owner_of_private(data), cpu);
	/* One page: the data at its start, the stack down to it (stack-depth), nothing below. */
	assert_int_equal(stack / PAGE, data / PAGE);
	assert_int_equal(data % PAGE, 0);
	assert_int_equal(stack % PAGE, PAGE - 8);
	assert_int_equal(walk(ttbr, STACK_TOP - PAGE - 8, &pa), 0);
	/* The table of the window, in the window: its slots are empty and its own. */
	assert_true(walk(ttbr, EL2_PRIVATE + PRIVATE_TABLE * PAGE, &table));
	assert_int_equal(table_at(table)[PRIVATE_TABLE] & 0xfffffffff000, table);
	assert_int_equal(walk(ttbr, EL2_PRIVATE + PRIVATE_SLOT_READ * PAGE, &pa), 0);
	table_at(table)[PRIVATE_SLOT_READ] = 0x50000000 | 3;
	assert_true(walk(ttbr, EL2_PRIVATE + PRIVATE_SLOT_READ * PAGE, &pa));
	assert_int_equal(pa, 0x50000000);
	table_at(table)[PRIVATE_SLOT_READ] = 0;
}

static void check_devices(int cpu)
{
	__u64 offset, pa, entry;
	int i;

	for (i = 0; i < JH_BOOT_DEVICES; i++) {
		if (!devices[i].size) {
			assert_int_equal(info.device_va[i], 0);
			continue;
		}
		for (offset = 0; offset < devices[i].size; offset += PAGE) {
			entry = walk(info.cpu_ttbr[cpu], info.device_va[i] + offset, &pa);
			assert_true(entry && (entry >> 2 & 7) == EL2_MAIR_DEVICE);
			assert_int_equal(pa, devices[i].address + offset);
		}
		assert_true(!walk(info.cpu_ttbr[cpu], info.device_va[i] + devices[i].size, &pa) ||
			    pa != devices[i].address + devices[i].size);
	}
}

static void check_all(void)
{
	__u64 pa, used = info.pool_offset, entry;
	int cpu, other;

	for (cpu = 0; cpu < 64; cpu++) {
		if (!(info.cpu_mask >> cpu & 1))
			continue;
		check_linear(cpu);
		check_private(cpu);
		check_devices(cpu);
		each_leaf(table_at(info.cpu_ttbr[cpu]), 1, 0, check_leaf, cpu);
		/* The page that turns the MMU on, one to one, executable, nothing around it. */
		entry = walk(info.cpu_ttbr[cpu], info.hv_address + image.entry, &pa);
		assert_true(entry && !(entry & XN) && entry & READ_ONLY);
		assert_int_equal(pa, info.hv_address + image.entry);
		assert_int_equal(walk(info.cpu_ttbr[cpu], info.hv_address, &pa), 0);
		for (other = 0; other < cpu; other++)
			assert_true(!(info.cpu_mask >> other & 1) ||
				    info.cpu_ttbr[other] != info.cpu_ttbr[cpu]);
	}
	/* Nothing was written outside of the tables. */
	for (pa = 0; pa < info.table_offset; pa++)
		assert_int_equal(memory[pa], 0);
	for (pa = used; pa < memory_size; pa++)
		assert_int_equal(memory[pa], 0);
}

static void machines_of_all_sizes(void **state)
{
	static const __u64 masks[] = { 1, 0xf, 0x8000000000000001, 0x5555, ~0ULL };
	static const __u64 sizes[] = { MIB, 2 * MIB, 3 * MIB + PAGE, 5 * MIB };
	static const __u64 places[] = { 0x40000000, 0x7ffff000, 0x12345000, 0x1ffe00000 };
	unsigned int m, s, p;

	(void)state;
	for (m = 0; m < 5; m++)
		for (s = 0; s < 4; s++)
			for (p = 0; p < 4; p++) {
				lay_out(places[p], sizes[s], masks[m]);
				if (info.pool_offset > info.hv_size)
					continue;
				assert_int_equal(boottable_build(&info, &image, devices, memory),
						 0);
				check_all();
			}
}

static void devices_at_all_alignments(void **state)
{
	__u64 address, size;

	(void)state;
	for (address = 0x10000000; address < 0x10600000; address += 0x1ff000)
		for (size = PAGE; size < 0x900000; size = size * 3 / PAGE * PAGE) {
			lay_out(0x40000000, 2 * MIB, 3);
			devices[JH_BOOT_UNIT(1)] = (struct boottable_device){ address, size };
			info.pool_offset = info.table_offset + boottable_size(&info, devices);
			assert_int_equal(boottable_build(&info, &image, devices, memory), 0);
			check_all();
		}
}

/* Four CPUs, GICv3: each table that is not needed is a page of Linux's memory. */
static void no_table_is_wasted(void **state)
{
	__u64 offset;
	int i;

	(void)state;
	lay_out(0x40000000, MIB, 0xf);
	/* For each CPU three; identity map two; the linear map, small devices, the GICR's start. */
	assert_int_equal(boottable_size(&info, devices), (4 * 3 + 2 + 3) * PAGE);
	assert_int_equal(boottable_build(&info, &image, devices, memory), 0);
	for (offset = info.table_offset; offset < info.pool_offset; offset += PAGE) {
		for (i = 0; i < 512 && !table_at(info.hv_address + offset)[i]; i++)
			;
		assert_true(i < 512);
	}
}

static void addresses_out_of_range_are_refused(void **state)
{
	static const struct {
		__u64 address, size;
		struct boottable_device device;
	} bad[] = {
		{ 0x40000800, MIB, { 0, 0 } },
		{ 0x40000000, EL2_LINEAR_SIZE + PAGE, { 0, 0 } },
		{ EL2_LINEAR, MIB, { 0, 0 } },
		{ EL2_LINEAR - PAGE, MIB, { 0, 0 } },
		{ ~0ULL - MIB + 1, MIB, { 0, 0 } },
		{ 0x40000000, MIB, { 0x1000, EL2_DEVICES_SIZE } },
		{ 0x40000000, MIB, { 0x1000, EL2_DEVICES_SIZE + PAGE } },
		{ 0x40000000, MIB, { 0x1000, ~0ULL & ~(PAGE - 1) } },
		{ 0x40000000, MIB, { 0x1800, PAGE } },
		{ 0x40000000, MIB, { 0x1000, 0x800 } },
		/* Beyond what the CPUs address. */
		{ 0x40000000, MIB, { 0xfffffff000, 2 * PAGE } },
		{ 0x40000000, MIB, { 0x80000000000, PAGE } },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		lay_out(0x40000000, MIB, 1);
		info.hv_address = bad[i].address;
		info.hv_size = bad[i].size;
		if (bad[i].device.size)
			devices[JH_BOOT_UNIT(JH_MAX_UNITS - 1)] = bad[i].device;
		assert_int_equal(boottable_build(&info, &image, devices, memory), -1);
	}
	lay_out(0x40000000, MIB, 1);
	info.max_address = 0x40000000 + MIB - 2;
	assert_int_equal(boottable_build(&info, &image, devices, memory), -1);
	/* Up to the last byte. */
	lay_out(BOOTTABLE_HV_LIMIT - MIB, MIB, 1);
	assert_int_equal(boottable_build(&info, &image, devices, memory), 0);
	/* An image that was built with another idea of where its data lie. */
	lay_out(0x40000000, MIB, 1);
	image.layout++;
	assert_int_equal(boottable_build(&info, &image, devices, memory), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(machines_of_all_sizes, teardown),
		cmocka_unit_test_teardown(devices_at_all_alignments, teardown),
		cmocka_unit_test_teardown(no_table_is_wasted, teardown),
		cmocka_unit_test_teardown(addresses_out_of_range_are_refused, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
