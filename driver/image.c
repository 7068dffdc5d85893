// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Choosing and checking the hypervisor's image, and laying out its memory as jh/image.h describes.
 */
#include "jh.h"

#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#define IMAGE_FILE	"jh/jh-gicv%u%s.bin"
#define DOORS_ALIGN	SZ_64K		/* the largest page of Linux, which nothing else is in */

MODULE_FIRMWARE("jh/jh-gicv2.bin");
MODULE_FIRMWARE("jh/jh-gicv3.bin");
MODULE_FIRMWARE("jh/jh-gicv2-base.bin");
MODULE_FIRMWARE("jh/jh-gicv3-base.bin");

static bool header_is_sound(const struct jh_image_header *image, size_t bytes)
{
	return !memcmp(image->magic, JH_IMAGE_MAGIC, sizeof(image->magic)) &&
	       image->version == JH_IMAGE_VERSION && image->arch == JH_ARCH_ARM64 &&
	       image->file_size == bytes && image->file_size <= image->memory_size &&
	       IS_ALIGNED(image->memory_size, HV_PAGE_SIZE) &&
	       IS_ALIGNED(image->text_end, HV_PAGE_SIZE) &&
	       IS_ALIGNED(image->rodata_end, HV_PAGE_SIZE) &&
	       image->entry < image->text_end && image->text_end <= image->rodata_end &&
	       image->rodata_end <= image->memory_size;
}

static bool report_is_inside(const struct jh_image_header *image)
{
	return IS_ALIGNED(image->report_offset, HV_PAGE_SIZE) &&
	       image->report_offset >= image->rodata_end &&
	       image->report_offset <= image->memory_size &&
	       image->report_size >= sizeof(struct jh_report) &&
	       image->report_size <= image->memory_size - image->report_offset;
}

static int check_header(struct jh_system *system, const struct firmware *firmware,
			struct jh_error *err)
{
	u32 wanted = config_system(system->config)->optional;

	if (firmware->size < sizeof(system->image))
		return refuse(err, JH_ERR_IMAGE_FORMAT, JH_OBJ_IMAGE, 0);
	memcpy(&system->image, firmware->data, sizeof(system->image));
	if (!header_is_sound(&system->image, firmware->size) || !report_is_inside(&system->image))
		return refuse(err, JH_ERR_IMAGE_FORMAT, JH_OBJ_IMAGE, 0);
	if (wanted & ~system->image.optional)
		return refuse_value(err, JH_ERR_IMAGE_UNITS, JH_OBJ_IMAGE, 0,
				    wanted & ~system->image.optional, 0);
	return 0;
}

/*
 * What the base image lacks: optional units, filters for the firmware calls of a chip, drivers of
 * UARTs, and the permission that a listed root gets while its list is made.
 */
static bool needs_whole_image(const void *config)
{
	const struct jh_config_system *system = config_system(config);
	const struct jh_console *console = config_console(config);

	return system->optional || system->firmware != JH_FIRMWARE_OTHER ||
	       (console && console->type != JH_CONSOLE_NONE) ||
	       system->flags & JH_SYSTEM_ROOT_LEARN;
}

/** jh_image_load() - read and check the image, until jh_image_drop(); 0 or -errno */
int jh_image_load(struct jh_system *system, struct jh_error *err)
{
	u32 gic = config_gic_version(system->config);
	bool base = !needs_whole_image(system->config);
	char name[sizeof(IMAGE_FILE) + 8];
	int code;

	snprintf(name, sizeof(name), IMAGE_FILE, gic, base ? "-base" : "");
	if (request_firmware_direct(&system->firmware, name, jh_misc.this_device))
		return refuse_value(err, base ? JH_ERR_IMAGE_BASE_ABSENT : JH_ERR_IMAGE_ABSENT,
				    JH_OBJ_IMAGE, 0, gic, 0);
	code = check_header(system, system->firmware, err);
	if (code)
		jh_image_drop(system);
	return code;
}

/** jh_image_drop() - free the file's bytes */
void jh_image_drop(struct jh_system *system)
{
	release_firmware(system->firmware);
	system->firmware = NULL;
}

static void gather_devices(struct jh_system *system)
{
	const struct jh_console *console = config_console(system->config);
	struct boottable_device *devices = system->devices;
	u32 i, count;
	const struct jh_config_unit *units = config_units(system->config, &count);

	if (console && console->type != JH_CONSOLE_NONE)
		devices[JH_BOOT_CONSOLE] = (struct boottable_device) {
			ALIGN_DOWN(console->address, HV_PAGE_SIZE),
			ALIGN(console->address % HV_PAGE_SIZE + console->size, HV_PAGE_SIZE),
		};
	for (i = 0; i < count; i++)
		if (config_kind_flags(units[i].kind) & JH_KIND_MAPPED)
			devices[JH_BOOT_UNIT(i)] =
				(struct boottable_device) { units[i].address, units[i].size };
}

/* Computes the offsets of all parts. Returns the bytes needed at least, pool included. */
static u64 plan(struct jh_system *system, struct jh_boot_info *info)
{
	const struct jh_image_header *image = &system->image;
	u64 cpus = hweight64(system->cpu_mask);

	info->config_offset = image->memory_size + HV_PAGE_SIZE;
	info->config_size = system->config_length;
	info->percpu_offset = ALIGN(info->config_offset + info->config_size, HV_PAGE_SIZE);
	info->table_offset = info->percpu_offset + cpus * image->percpu_pages * HV_PAGE_SIZE;
	info->pool_offset = info->table_offset + boottable_size(info, system->devices);
	return info->pool_offset + (image->base_pages + cpus * image->cpu_pages) * HV_PAGE_SIZE;
}

static void describe(struct jh_system *system, struct jh_boot_info *info)
{
	u64 max_address = config_system(system->config)->max_address;
	u32 i;

	info->hv_address = system->hv.address;
	info->hv_size = system->hv.size;
	info->cpu_mask = system->cpu_mask;
	info->max_address = max_address ? max_address :
			    min(jh_devtree_max_address(), jh_arch_last_address());
	info->used = jh_arch_uses();
	info->doors = jh_devtree_hole(system->config, info->max_address, DOORS_ALIGN);
	system->doors = info->doors;
	info->num_pools = system->num_pools;
	for (i = 0; i < system->num_pools; i++) {
		info->pools[i].address = system->pools[i].address;
		info->pools[i].size = system->pools[i].size;
	}
}

/* Copies and builds all parts. The memory at base is zeroed. */
static int fill(struct jh_system *system, const struct jh_boot_info *plan, struct jh_error *err)
{
	struct jh_boot_info *info = system->base + system->image.memory_size;

	memcpy(system->base, system->firmware->data, system->firmware->size);
	memcpy(info, plan, sizeof(*info));
	memcpy(system->base + info->config_offset, system->config, system->config_length);
	if (boottable_build(info, &system->image, system->devices, system->base))
		return refuse_value(err, JH_ERR_HV_RANGE, JH_OBJ_HYPERVISOR, 0, system->hv.address,
				    0);
	system->report = system->base + system->image.report_offset;
	jh_arch_clean(system->base, system->hv.size);
	jh_arch_sync_code();
	return 0;
}

/**
 * jh_image_lay_out() - fill the hypervisor's memory and clean it to the point of coherency
 * @system: all memory is taken; base, report and pool_offset are set here, until jh_image_unmap()
 *
 * Return: 0 or a negative errno.
 */
int jh_image_lay_out(struct jh_system *system, struct jh_error *err)
{
	struct jh_boot_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	u64 need;
	int code;

	BUILD_BUG_ON(DOORS_ALIGN < JH_BOOT_DOORS_SIZE);
	BUILD_BUG_ON(sizeof(struct jh_boot_info) > HV_PAGE_SIZE);
	if (!info)
		return -ENOMEM;
	gather_devices(system);
	describe(system, info);
	need = plan(system, info);
	if (need > system->hv.size) {
		code = refuse_value(err, JH_ERR_HV_TOO_SMALL, JH_OBJ_HYPERVISOR, 0,
				    system->hv.size, need);
	} else {
		system->pool_offset = info->pool_offset;
		system->base = memremap(system->hv.address, system->hv.size, MEMREMAP_WB);
		code = system->base ? fill(system, info, err) : -ENOMEM;
	}
	if (code)
		jh_image_unmap(system);
	kfree(info);
	return code;
}

/** jh_image_unmap() - unmap the hypervisor's memory; the hypervisor does not run */
void jh_image_unmap(struct jh_system *system)
{
	if (system->base)
		memunmap(system->base);
	system->base = NULL;
	system->report = NULL;
}
