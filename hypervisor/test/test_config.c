// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The frame of configurations: files that were cut, damaged or made up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <lib/config.h>
#include <lib/refuse.h>
#include "blob.h"

struct sealed {
	struct blob_parts parts;
	__u32 length;
	void *blob;
};

static void make(struct sealed *sealed, __u32 kind)
{
	if (kind == JH_CONFIG_CELL)
		blob_cell(&sealed->parts);
	else
		blob_system(&sealed->parts);
	sealed->blob = blob_pack(&sealed->parts, &sealed->length);
}

static struct jh_config_header *header_of(struct sealed *sealed)
{
	return sealed->blob;
}

static struct jh_config_section *table_of(struct sealed *sealed)
{
	return (void *)((char *)sealed->blob + sizeof(struct jh_config_header));
}

/* Seals the changed blob, expects the reason and the numbers that it tells, frees it. */
static void expect_numbers(struct sealed *sealed, __u32 reason, __u32 object, __u32 index,
			   __u64 value, __u64 limit)
{
	struct jh_error err;
	int ret;

	blob_seal(sealed->blob, sealed->length);
	ret = config_check(sealed->blob, sealed->length, sealed->parts.kind, &err);
	assert_int_equal(err.reason, reason);
	assert_int_equal(ret, reason ? -refuse_errno(reason) : 0);
	assert_int_equal(err.object, object);
	assert_int_equal(err.index, index);
	assert_int_equal(err.value, value);
	assert_int_equal(err.limit, limit);
	free(sealed->blob);
}

static void expect(struct sealed *sealed, __u32 reason, __u32 object, __u32 index)
{
	expect_numbers(sealed, reason, object, index, 0, 0);
}

static void valid_ones_are_accepted(void **state)
{
	struct sealed sealed;

	(void)state;
	make(&sealed, JH_CONFIG_SYSTEM);
	expect(&sealed, 0, 0, 0);
	make(&sealed, JH_CONFIG_CELL);
	expect(&sealed, 0, 0, 0);
}

static void accessors_find_the_elements(void **state)
{
	struct sealed cell, system;
	__u32 count;

	(void)state;
	make(&cell, JH_CONFIG_CELL);
	make(&system, JH_CONFIG_SYSTEM);
	assert_string_equal(config_cell(cell.blob)->name, "rtos");
	assert_int_equal(config_cpu_mask(cell.blob), 8);
	assert_int_equal(config_cpus(cell.blob, &count)->cpu, 3);
	assert_int_equal(config_memories(cell.blob, &count)[1].phys, 0x09040000);
	assert_int_equal(count, 2);
	assert_int_equal(config_irqs(cell.blob, &count)->intid, 40);
	assert_string_equal(config_devices(cell.blob, &count)->path, "/pl011@9040000");
	assert_int_equal(config_console(cell.blob)->type, JH_CONSOLE_PL011);
	assert_null(config_pools(cell.blob, &count));
	assert_int_equal(count, 0);
	assert_int_equal(config_length(cell.blob), cell.length);
	assert_string_equal(config_system(system.blob)->name, "qemu-virt");
	assert_null(config_console(system.blob));
	assert_int_equal(config_pools(system.blob, &count)->size, 64 << 20);
	assert_int_equal(config_assignable(system.blob, &count)->address, 0x09040000);
	free(cell.blob);
	free(system.blob);
}

/* What follows the table looks like one more section: a console's address, and its size. */
static void the_table_ends(void **state)
{
	struct sealed sealed;
	__u32 count, type;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	for (type = 1; type < JH_SECTION_TYPES; type++) {
		struct jh_config_section *behind =
			&table_of(&sealed)[header_of(&sealed)->num_sections];

		if (config_element(sealed.blob, sealed.length, type, 0))
			continue;
		memset(behind, 1, sizeof(*behind));
		behind->type = type;
		behind->offset = 0;
		assert_null(config_element(sealed.blob, sealed.length, type, 0));
		if (type == JH_SECTION_POOL)
			assert_null(config_pools(sealed.blob, &count));
	}
	free(sealed.blob);
}

/* ASan sees each read beyond the exact size. */
static void cut_at_any_length_is_refused(void **state)
{
	__u32 kind, length;

	(void)state;
	for (kind = JH_CONFIG_SYSTEM; kind <= JH_CONFIG_CELL; kind++) {
		struct sealed sealed;

		make(&sealed, kind);
		for (length = 0; length < sealed.length; length++) {
			void *part = malloc(length ? length : 1);
			struct jh_error err;

			memcpy(part, sealed.blob, length);
			assert_true(config_check(part, length, kind, &err) < 0);
			assert_int_equal(err.reason, length < sizeof(struct jh_config_header) ?
					 JH_ERR_TRUNCATED : JH_ERR_LENGTH);
			assert_int_equal(err.object, JH_OBJ_FILE);
			assert_int_equal(err.index, 0);
			assert_int_equal(err.value, err.reason == JH_ERR_LENGTH ? sealed.length :
					 length);
			assert_int_equal(err.limit, err.reason == JH_ERR_LENGTH ? length :
					 sizeof(struct jh_config_header));
			if (length >= sizeof(struct jh_config_header)) {
				blob_seal(part, length);
				assert_true(config_check(part, length, kind, &err) < 0);
			}
			free(part);
		}
		free(sealed.blob);
	}
}

static void every_flipped_bit_is_noticed(void **state)
{
	__u32 kind, bit;

	(void)state;
	for (kind = JH_CONFIG_SYSTEM; kind <= JH_CONFIG_CELL; kind++) {
		struct sealed sealed;

		make(&sealed, kind);
		for (bit = 0; bit < sealed.length * 8; bit++) {
			struct jh_error err;

			((char *)sealed.blob)[bit / 8] ^= 1 << bit % 8;
			assert_true(config_check(sealed.blob, sealed.length, kind, &err) < 0);
			assert_int_not_equal(err.reason, 0);
			((char *)sealed.blob)[bit / 8] ^= 1 << bit % 8;
		}
		free(sealed.blob);
	}
}

/* With the right checksum: any verdict, but no read outside and an errno with each reason. */
static void every_byte_may_have_any_value(void **state)
{
	__u32 kind, at, value;

	(void)state;
	for (kind = JH_CONFIG_SYSTEM; kind <= JH_CONFIG_CELL; kind++) {
		struct sealed sealed;

		make(&sealed, kind);
		for (at = 0; at < sealed.length; at++) {
			char old = ((char *)sealed.blob)[at];

			for (value = 0; value < 256; value += 15) {
				struct jh_error err;
				int ret;

				((char *)sealed.blob)[at] = value;
				blob_seal(sealed.blob, sealed.length);
				ret = config_check(sealed.blob, sealed.length, kind, &err);
				assert_int_equal(ret < 0, err.reason != 0);
			}
			((char *)sealed.blob)[at] = old;
		}
		free(sealed.blob);
	}
}

static void each_header_field_is_checked(void **state)
{
	struct sealed sealed;
	__u32 i;

	(void)state;
	for (i = 0; i < sizeof(header_of(&sealed)->magic); i++) {
		make(&sealed, JH_CONFIG_CELL);
		header_of(&sealed)->magic[i] ^= 1;
		expect(&sealed, JH_ERR_MAGIC, JH_OBJ_FILE, 0);
	}
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->version++;
	expect_numbers(&sealed, JH_ERR_VERSION, JH_OBJ_FILE, 0,
		       JH_CONFIG_VERSION + 1, JH_CONFIG_VERSION);
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->arch++;
	expect_numbers(&sealed, JH_ERR_ARCH, JH_OBJ_FILE, 0, JH_ARCH_ARM64 + 1, JH_ARCH_ARM64);
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->kind = JH_CONFIG_SYSTEM;
	expect(&sealed, JH_ERR_KIND_SYSTEM, JH_OBJ_FILE, 0);
	make(&sealed, JH_CONFIG_SYSTEM);
	header_of(&sealed)->kind = 77;
	expect(&sealed, JH_ERR_KIND_CELL, JH_OBJ_FILE, 0);
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->reserved = 1ULL << 63;
	expect_numbers(&sealed, JH_ERR_RESERVED, JH_OBJ_FILE, 0, 1ULL << 63, 0);
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->num_sections = 0xffff;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 0);
	make(&sealed, JH_CONFIG_CELL);
	header_of(&sealed)->num_sections = 0;
	expect(&sealed, JH_ERR_MISSING, JH_OBJ_CELL, 0);
}

/* Sections of the cell: console, cell, cpu, memory, irq, device. */
static void each_section_field_is_checked(void **state)
{
	struct sealed sealed;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[1].type = 0;
	expect(&sealed, JH_ERR_SECTION_TYPE, JH_OBJ_SECTION, 1);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[5].type = JH_SECTION_TYPES;
	expect_numbers(&sealed, JH_ERR_SECTION_TYPE, JH_OBJ_SECTION, 5, JH_SECTION_TYPES, 0);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[5].type = JH_SECTION_POOL;
	expect_numbers(&sealed, JH_ERR_SECTION_TYPE, JH_OBJ_SECTION, 5, JH_SECTION_POOL, 0);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[4].type = JH_SECTION_MEMORY;
	expect_numbers(&sealed, JH_ERR_SECTION_ORDER, JH_OBJ_SECTION, 4, JH_SECTION_MEMORY, 0);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[3].size = 0;
	expect_numbers(&sealed, JH_ERR_SECTION_SIZE, JH_OBJ_SECTION, 3,
		       0, sizeof(struct jh_config_memory));
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[2].count = 65;
	expect_numbers(&sealed, JH_ERR_TOO_MANY, JH_OBJ_CPU, 64, 65, 64);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[2].count = 0xffffffff;
	expect_numbers(&sealed, JH_ERR_TOO_MANY, JH_OBJ_CPU, 0xfffffffe, 0xffffffff, 64);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[2].count = 0;
	expect(&sealed, JH_ERR_MISSING, JH_OBJ_CPU, 0);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[1].count = 2;
	expect_numbers(&sealed, JH_ERR_TOO_MANY, JH_OBJ_CELL, 1, 2, 1);
}

static void sections_stay_inside(void **state)
{
	struct sealed sealed;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[0].offset = 0;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 0);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[1].offset = table_of(&sealed)[0].offset;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 1);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[3].offset += 4;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 3);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[5].offset = 0xfffffff8;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 5);
	make(&sealed, JH_CONFIG_CELL);
	table_of(&sealed)[5].count = 2;
	expect(&sealed, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 5);
}

static void longer_than_any_configuration_is_refused(void **state)
{
	__u32 length = JH_CONFIG_MAX_SIZE + 8;
	struct sealed sealed;
	struct jh_error err;
	void *blob = calloc(1, length);

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	memcpy(blob, sealed.blob, sealed.length);
	blob_seal(blob, length);
	assert_int_equal(config_check(blob, length, JH_CONFIG_CELL, &err), -JH_E2BIG);
	assert_int_equal(err.reason, JH_ERR_FILE_SIZE);
	assert_int_equal(err.object, JH_OBJ_FILE);
	assert_int_equal(err.index, 0);
	assert_int_equal(err.value, length);
	assert_int_equal(err.limit, JH_CONFIG_MAX_SIZE);
	free(blob);
	free(sealed.blob);
}

/* Bytes behind the last section mean nothing. */
static void the_longest_configuration_is_accepted(void **state)
{
	struct sealed sealed, long_one;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	long_one = sealed;
	long_one.length = JH_CONFIG_MAX_SIZE;
	long_one.blob = calloc(1, long_one.length);
	memcpy(long_one.blob, sealed.blob, sealed.length);
	expect(&long_one, 0, 0, 0);
	free(sealed.blob);
}

/* Both sums are told. */
static void a_wrong_checksum_is_told(void **state)
{
	struct sealed sealed;
	struct jh_error err;
	__u32 right;

	(void)state;
	make(&sealed, JH_CONFIG_SYSTEM);
	right = header_of(&sealed)->checksum;
	header_of(&sealed)->checksum ^= 0x100;
	assert_int_equal(config_check(sealed.blob, sealed.length, JH_CONFIG_SYSTEM, &err),
			 -JH_EINVAL);
	assert_int_equal(err.reason, JH_ERR_CHECKSUM);
	assert_int_equal(err.object, JH_OBJ_FILE);
	assert_int_equal(err.index, 0);
	assert_int_equal(err.value, right);
	assert_int_equal(err.limit, right ^ 0x100);
	free(sealed.blob);
}

static void elements_of_unchecked_files(void **state)
{
	struct sealed sealed;
	__u32 length, type;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	assert_non_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 1));
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 2));
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_POOL, 0));
	for (length = 0; length <= sealed.length; length++) {
		char *part = malloc(length ? length : 1);

		memcpy(part, sealed.blob, length);
		for (type = 0; type <= JH_SECTION_TYPES; type++) {
			const char *element = config_element(part, length, type, 0);

			if (element)
				assert_true(element >= part && element < part + length);
		}
		free(part);
	}
	table_of(&sealed)[3].offset = 0xfffffff8;
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 0));
	free(sealed.blob);
}

/* Each alone: what the checker would have refused is no element. */
static void misaligned_elements_are_refused(void **state)
{
	struct sealed sealed;
	struct jh_config_section *memories;

	(void)state;
	make(&sealed, JH_CONFIG_CELL);
	memories = &table_of(&sealed)[3];
	assert_ptr_equal(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 1),
			 (char *)sealed.blob + memories->offset + sizeof(struct jh_config_memory));
	memories->offset += 4;
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 0));
	memories->offset -= 4;
	memories->size += 8;
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 0));
	memories->size -= 8;
	memories->count = 0;
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 0));
	memories->count = 2;
	assert_non_null(config_element(sealed.blob, sealed.length, JH_SECTION_DEVICE, 0));
	assert_null(config_element(sealed.blob, sealed.length - 1, JH_SECTION_DEVICE, 0));
	header_of(&sealed)->num_sections = 3;
	assert_null(config_element(sealed.blob, sealed.length, JH_SECTION_MEMORY, 0));
	free(sealed.blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_ones_are_accepted),
		cmocka_unit_test(accessors_find_the_elements),
		cmocka_unit_test(the_table_ends),
		cmocka_unit_test(cut_at_any_length_is_refused),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(every_byte_may_have_any_value),
		cmocka_unit_test(each_header_field_is_checked),
		cmocka_unit_test(each_section_field_is_checked),
		cmocka_unit_test(sections_stay_inside),
		cmocka_unit_test(longer_than_any_configuration_is_refused),
		cmocka_unit_test(the_longest_configuration_is_accepted),
		cmocka_unit_test(a_wrong_checksum_is_told),
		cmocka_unit_test(elements_of_unchecked_files),
		cmocka_unit_test(misaligned_elements_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
