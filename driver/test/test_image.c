// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The hypervisor's image: refused headers, and the layout of its memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include <asm/layout.h>
#include "blob.h"

#define PAGE		0x1000u
#define FILE_PAGES	3u
#define HV		(FAKE_RAM + 0x400000)
#define HV_SIZE		0x100000u

static struct jh_system the_system;
static struct jh_error err;
static _Alignas(8) u8 file[FILE_PAGES * PAGE];
static struct firmware firmware = { sizeof(file), file };
static u32 held;
static bool absent;
static char asked_for[64];
static struct { const void *start; size_t size; } cleaned;
static bool synced;

int request_firmware_direct(const struct firmware **result, const char *name, struct device *dev)
{
	snprintf(asked_for, sizeof(asked_for), "%s", name);
	if (absent)
		return -ENOENT;
	held++;
	*result = &firmware;
	return 0;
}

void release_firmware(const struct firmware *it)
{
	held -= it != NULL;
}

u64 jh_arch_uses(void)
{
	return 0;
}

u64 jh_arch_last_address(void)
{
	return (1ULL << 40) - 1;
}

u64 jh_devtree_max_address(void)
{
	return 0xfffffffffULL;
}

u64 jh_devtree_hole(const void *config, u64 last, u64 size)
{
	assert_ptr_equal(config, the_system.config);
	assert_int_equal(size, 0x10000);
	return last - 0xffff;
}

void jh_arch_clean(const void *start, size_t size)
{
	cleaned.start = start;
	cleaned.size = size;
}

void jh_arch_sync_code(void)
{
	/* Instruction caches are invalidated after data was cleaned. */
	assert_true(cleaned.size);
	synced = true;
}

static struct jh_image_header *header(void)
{
	return (void *)file;
}

static int setup(void **state)
{
	struct blob_parts parts;
	u32 i;

	fake_reset();
	fake_ram_reset();
	absent = false;
	held = 0;
	firmware.size = sizeof(file);
	cleaned.size = 0;
	synced = false;
	memset(&err, 0, sizeof(err));
	for (i = 0; i < sizeof(file); i++)
		file[i] = (u8)(i * 7);
	*header() = (struct jh_image_header){
		.magic = JH_IMAGE_MAGIC, .version = JH_IMAGE_VERSION, .arch = JH_ARCH_ARM64,
		.entry = 0x1040, .file_size = sizeof(file), .memory_size = 16 * PAGE,
		.text_end = 2 * PAGE, .rodata_end = 3 * PAGE, .percpu_pages = 4, .base_pages = 10,
		.cpu_pages = 2, .report_offset = 8 * PAGE, .report_size = 8 * PAGE,
		.layout = EL2_LAYOUT, .optional = JH_OPTIONAL_ALL,
	};
	memset(&the_system, 0, sizeof(the_system));
	blob_system(&parts);
	blob_add_unit(&parts, JH_UNIT_ITS, 0x08080000, 0x20000);
	the_system.config = blob_pack(&parts, &the_system.config_length);
	the_system.cpu_mask = 0xf;
	the_system.hv = (struct jh_memory){ .address = HV, .size = HV_SIZE };
	the_system.num_pools = 1;
	the_system.pools[0] = (struct jh_memory){ .address = FAKE_RAM, .size = 0x200000 };
	memset(fake_ram + (HV - FAKE_RAM), 0, HV_SIZE);
	return 0;
}

static int teardown(void **state)
{
	free(the_system.config);
	return 0;
}

static void the_image_of_the_interrupt_controller(void **state)
{
	struct jh_config_unit *gicr;

	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3.bin");
	assert_int_equal(held, 1);
	assert_memory_equal(&the_system.image, header(), sizeof(the_system.image));
	jh_image_drop(&the_system);
	assert_int_equal(held, 0);
	assert_null(the_system.firmware);
	gicr = (void *)config_unit(the_system.config, JH_UNIT_GICR, 0);
	gicr->kind = JH_UNIT_GICC;
	absent = true;
	assert_int_equal(jh_image_load(&the_system, &err), -refuse_errno(JH_ERR_IMAGE_ABSENT));
	assert_string_equal(asked_for, "jh/jh-gicv2.bin");
	assert_int_equal(err.reason, JH_ERR_IMAGE_ABSENT);
}

/* The base image if nothing is wanted that it lacks; one without a wanted unit is refused. */
static void the_image_with_the_units_that_are_wanted(void **state)
{
	struct jh_config_system *config = (void *)config_system(the_system.config);

	header()->optional = 0;
	assert_int_equal(jh_image_load(&the_system, &err), -refuse_errno(JH_ERR_IMAGE_UNITS));
	assert_int_equal(err.reason, JH_ERR_IMAGE_UNITS);
	assert_int_equal(err.value, JH_OPTIONAL_ALL);
	assert_int_equal(held, 0);
	config->optional = 0;
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3-base.bin");
	jh_image_drop(&the_system);
	config->firmware = JH_FIRMWARE_ZYNQMP;
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3.bin");
	jh_image_drop(&the_system);
	config->firmware = JH_FIRMWARE_OTHER;
	config->flags ^= JH_SYSTEM_ROOT_LEARN;
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3.bin");
	jh_image_drop(&the_system);
	config->flags ^= JH_SYSTEM_ROOT_LEARN;
	absent = true;
	assert_int_equal(jh_image_load(&the_system, &err), -refuse_errno(JH_ERR_IMAGE_BASE_ABSENT));
	assert_int_equal(err.reason, JH_ERR_IMAGE_BASE_ABSENT);
}

/* One field of the header at a time is wrong. */
#define WRONG(field, value)	{ offsetof(struct jh_image_header, field),		\
				  sizeof(((struct jh_image_header *)0)->field), value }

static void bad_headers_are_refused(void **state)
{
	static const struct {
		size_t at, size;
		u32 value;
	} wrong[] = {
		WRONG(version, JH_IMAGE_VERSION + 1), WRONG(arch, JH_ARCH_ARM64 + 1),
		WRONG(entry, 2 * PAGE), WRONG(file_size, FILE_PAGES * PAGE - 1),
		WRONG(file_size, FILE_PAGES * PAGE + 1), WRONG(memory_size, 2 * PAGE),
		WRONG(memory_size, 16 * PAGE + 1), WRONG(text_end, 2 * PAGE + 8),
		WRONG(text_end, 4 * PAGE), WRONG(rodata_end, 3 * PAGE + 8),
		WRONG(rodata_end, 17 * PAGE), WRONG(report_offset, 8 * PAGE + 8),
		WRONG(report_offset, 2 * PAGE), WRONG(report_offset, 17 * PAGE),
		WRONG(report_size, sizeof(struct jh_report) - 1), WRONG(report_size, 8 * PAGE + 1),
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		teardown(NULL);
		setup(NULL);
		memcpy(file + wrong[i].at, &wrong[i].value, wrong[i].size);
		if (!jh_image_load(&the_system, &err) || err.reason != JH_ERR_IMAGE_FORMAT)
			fail_msg("header %u is accepted", i);
		assert_int_equal(held, 0);
		assert_null(the_system.firmware);
	}
	teardown(NULL);
	setup(NULL);
	file[7] = 'x';
	assert_true(jh_image_load(&the_system, &err) < 0);
	firmware.size = sizeof(struct jh_image_header) - 1;
	assert_true(jh_image_load(&the_system, &err) < 0);
	assert_int_equal(held, 0);
}

static void header_limits_are_exact(void **state)
{
	header()->entry = 2 * PAGE - 4;
	header()->memory_size = FILE_PAGES * PAGE + 8 * PAGE;
	header()->report_offset = 3 * PAGE;
	header()->report_size = sizeof(struct jh_report);
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	jh_image_drop(&the_system);
}

static const struct jh_boot_info *lay_out(void)
{
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_int_equal(jh_image_lay_out(&the_system, &err), 0);
	assert_int_equal(fake_allocated(), 0);
	return the_system.base + the_system.image.memory_size;
}

static void each_part_is_at_its_offset(void **state)
{
	const struct jh_boot_info *info = lay_out();
	const u8 *base = fake_ram + (HV - FAKE_RAM);
	u64 used;

	assert_ptr_equal(the_system.base, base);
	assert_memory_equal(base, file, sizeof(file));
	assert_int_equal(info->hv_address, HV);
	assert_int_equal(info->hv_size, HV_SIZE);
	assert_int_equal(info->cpu_mask, 0xf);
	assert_int_equal(info->num_pools, 1);
	assert_int_equal(info->pools[0].address, FAKE_RAM);
	assert_int_equal(info->pools[0].size, 0x200000);
	assert_int_equal(info->max_address, 0xfffffffffULL);
	assert_int_equal(info->doors, 0xfffff0000ULL);
	assert_int_equal(the_system.doors, 0xfffff0000ULL);
	assert_int_equal(info->config_offset, 17 * PAGE);
	assert_int_equal(info->config_size, the_system.config_length);
	assert_memory_equal(base + 17 * PAGE, the_system.config, the_system.config_length);
	assert_true(info->percpu_offset >= info->config_offset + info->config_size);
	assert_int_equal(info->percpu_offset % PAGE, 0);
	assert_int_equal(info->table_offset, info->percpu_offset + 4 * 4 * PAGE);
	used = boottable_size(info, the_system.devices);
	assert_int_equal(info->pool_offset, info->table_offset + used);
	assert_int_equal(the_system.pool_offset, info->pool_offset);
	assert_ptr_equal(the_system.report, base + 8 * PAGE);
	assert_ptr_equal(cleaned.start, base);
	assert_int_equal(cleaned.size, HV_SIZE);
	assert_true(synced);
	/* The tables of all CPUs are there, and the GIC in them. */
	assert_true(info->cpu_ttbr[3] != 0);
	assert_true(info->device_va[JH_BOOT_UNIT(0)] != 0);
	assert_true(info->device_va[JH_BOOT_UNIT(1)] != 0);
	assert_int_equal(info->device_va[JH_BOOT_CONSOLE], 0);
	assert_int_equal(info->device_va[JH_BOOT_UNIT(2)], 0);	/* an ITS is root's */
	assert_int_equal(info->device_va[JH_BOOT_UNIT(3)], 0);	/* there is none */
	jh_image_unmap(&the_system);
	assert_int_equal(fake_mapped, 0);
	assert_null(the_system.base);
	assert_null(the_system.report);
	jh_image_unmap(&the_system);
	assert_int_equal(fake_mapped, 0);
	jh_image_drop(&the_system);
}

static void the_configurations_last_address_counts(void **state)
{
	struct jh_config_system *config = (void *)config_system(the_system.config);

	config->max_address = 0x123456789;
	assert_int_equal(lay_out()->max_address, 0x123456789);
}

/* The base image has no drivers of UARTs; a console that is none needs none. */
static void a_console_wants_the_whole_image(void **state)
{
	struct blob_parts parts;

	free(the_system.config);
	blob_system(&parts);
	parts.system.optional = 0;
	parts.num_consoles = 1;
	parts.console.type = JH_CONSOLE_PL011;
	the_system.config = blob_pack(&parts, &the_system.config_length);
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3.bin");
	jh_image_drop(&the_system);
	((struct jh_console *)config_console(the_system.config))->type = JH_CONSOLE_NONE;
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	assert_string_equal(asked_for, "jh/jh-gicv3-base.bin");
	jh_image_drop(&the_system);
}

static void a_console_is_mapped_in_whole_pages(void **state)
{
	struct blob_parts parts;

	free(the_system.config);
	blob_system(&parts);
	parts.num_consoles = 1;
	parts.console.address = 0x09000800;
	parts.console.size = 0x900;
	the_system.config = blob_pack(&parts, &the_system.config_length);
	assert_true(lay_out()->device_va[JH_BOOT_CONSOLE] != 0);
	assert_int_equal(the_system.devices[JH_BOOT_CONSOLE].address, 0x09000000);
	assert_int_equal(the_system.devices[JH_BOOT_CONSOLE].size, 0x2000);
}

static void too_small_a_memory_tells_what_is_needed(void **state)
{
	u64 need, least;

	lay_out();
	/* What is needed is told, and is exactly enough. */
	need = the_system.pool_offset + (10 + 4 * 2) * PAGE;
	jh_image_unmap(&the_system);
	memset(fake_ram + (HV - FAKE_RAM), 0, HV_SIZE);
	the_system.hv.size = PAGE;
	assert_true(jh_image_lay_out(&the_system, &err) < 0);
	assert_int_equal(err.reason, JH_ERR_HV_TOO_SMALL);
	assert_int_equal(err.value, PAGE);
	least = err.limit;
	assert_in_range(least, need - 4 * PAGE, need);
	assert_null(the_system.base);
	assert_int_equal(fake_mapped, 0);
	the_system.hv.size = least;
	assert_int_equal(jh_image_lay_out(&the_system, &err), 0);
	jh_image_unmap(&the_system);
	the_system.hv.size = least - 1;
	assert_true(jh_image_lay_out(&the_system, &err) < 0);
}

static void each_failed_allocation_is_an_error(void **state)
{
	assert_int_equal(jh_image_load(&the_system, &err), 0);
	fake_fail_alloc = 1;
	assert_int_equal(jh_image_lay_out(&the_system, &err), -ENOMEM);
	fake_fail_remap = 1;
	assert_int_equal(jh_image_lay_out(&the_system, &err), -ENOMEM);
	the_system.image.layout++;
	assert_true(jh_image_lay_out(&the_system, &err) < 0);
	assert_int_equal(err.reason, JH_ERR_HV_RANGE);
	assert_int_equal(fake_mapped, 0);
	assert_int_equal(fake_allocated(), 0);
	assert_null(the_system.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_image_of_the_interrupt_controller, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_image_with_the_units_that_are_wanted, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bad_headers_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(header_limits_are_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(each_part_is_at_its_offset, setup, teardown),
		cmocka_unit_test_setup_teardown(the_configurations_last_address_counts, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_console_wants_the_whole_image, setup, teardown),
		cmocka_unit_test_setup_teardown(a_console_is_mapped_in_whole_pages, setup,
						teardown),
		cmocka_unit_test_setup_teardown(too_small_a_memory_tells_what_is_needed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(each_failed_allocation_is_an_error,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
