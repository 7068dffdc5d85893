// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Descriptors: Arm ARM D8.3, VMSAv8-64, 4 KiB granule. Tables of level 1 and of the private window
 * exist once for each CPU, all others once.
 */
#include <asm/layout.h>
#include "boottable.h"

#define PAGE		4096ULL
#define BLOCK		0x200000ULL
#define ENTRIES		512

#define DESC_TABLE	0x3ULL
#define DESC_PAGE	0x3ULL
#define DESC_BLOCK	0x1ULL
#define DESC_AF		(1ULL << 10)
#define DESC_INNER	(3ULL << 8)		/* inner shareable */
#define DESC_RES1	(1ULL << 6)		/* AP[1], RES1 in EL2's regime */
#define DESC_RO		(1ULL << 7)
#define DESC_XN		(1ULL << 54)
#define DESC_ATTR(n)	((__u64)(n) << 2)

#define ATTR_COMMON	(DESC_AF | DESC_INNER | DESC_RES1)
#define ATTR_CODE	(ATTR_COMMON | DESC_ATTR(EL2_MAIR_NORMAL) | DESC_RO)
#define ATTR_RODATA	(ATTR_COMMON | DESC_ATTR(EL2_MAIR_NORMAL) | DESC_RO | DESC_XN)
#define ATTR_DATA	(ATTR_COMMON | DESC_ATTR(EL2_MAIR_NORMAL) | DESC_XN)
#define ATTR_DEVICE	(ATTR_COMMON | DESC_ATTR(EL2_MAIR_DEVICE) | DESC_XN)

#define INDEX(va, level)	(((va) >> (39 - 9 * (level))) & (ENTRIES - 1))

struct builder {
	struct jh_boot_info *info;
	char *base;
	__u64 next;		/* offset of the next free table */
	__u64 *window;		/* level 2 of the window: the first CPU's, which the others copy */
	__u64 window_pa;
	int is_taken;		/* by the first CPU */
};

static __u64 *new_table(struct builder *b, __u64 *pa)
{
	__u64 *table = (__u64 *)(b->base + b->next);

	*pa = b->info->hv_address + b->next;
	b->next += PAGE;
	return table;
}

static __u64 *table_of(struct builder *b, __u64 descriptor)
{
	return (__u64 *)(b->base + ((descriptor & ~(PAGE - 1)) - b->info->hv_address));
}

static void map_page(struct builder *b, __u64 *level2, __u64 va, __u64 pa, __u64 attr)
{
	__u64 *slot = &level2[INDEX(va, 2)];
	__u64 table;

	if (!*slot) {
		new_table(b, &table);
		*slot = table | DESC_TABLE;
	}
	table_of(b, *slot)[INDEX(va, 3)] = pa | attr | DESC_PAGE;
}

static __u64 linear_attr(const struct jh_image_header *image, const struct jh_boot_info *info,
			 __u64 offset)
{
	if (offset < image->text_end)
		return ATTR_CODE;
	if (offset < image->rodata_end)
		return ATTR_RODATA;
	if (offset >= info->config_offset && offset < info->percpu_offset)
		return ATTR_RODATA;
	return ATTR_DATA;
}

static void map_linear(struct builder *b, const struct jh_image_header *image)
{
	const struct jh_boot_info *info = b->info;
	__u64 offset;

	for (offset = 0; offset < info->hv_size; offset += PAGE) {
		if (offset >= info->percpu_offset && offset < info->pool_offset)
			continue;
		map_page(b, b->window, EL2_LINEAR + offset, info->hv_address + offset,
			 linear_attr(image, info, offset));
	}
}

static __u64 round_up(__u64 address)
{
	return (address + BLOCK - 1) & ~(BLOCK - 1);
}

/* Is there a whole block in the device (GICR)? */
static int is_large(const struct boottable_device *device)
{
	return round_up(device->address) + BLOCK <= device->address + device->size;
}

static __u64 map_device(struct builder *b, const struct boottable_device *device, __u64 va)
{
	__u64 pa = device->address, end = pa + device->size;

	while (pa < end) {
		if (pa % BLOCK == 0 && va % BLOCK == 0 && end - pa >= BLOCK) {
			b->window[INDEX(va, 2)] = pa | ATTR_DEVICE | DESC_BLOCK;
			pa += BLOCK;
			va += BLOCK;
		} else {
			map_page(b, b->window, va, pa, ATTR_DEVICE);
			pa += PAGE;
			va += PAGE;
		}
	}
	return va;
}

/*
 * The virtual and physical addresses of a large device are congruent modulo 2 MiB, so that blocks
 * map it. Small devices follow and share tables; a page is left unmapped before each.
 */
static void map_devices(struct builder *b, const struct boottable_device *devices)
{
	__u64 va, next = EL2_DEVICES;
	int i;

	for (i = 0; i < JH_BOOT_DEVICES; i++) {
		if (!is_large(&devices[i]))
			continue;
		va = next + devices[i].address % BLOCK;
		b->info->device_va[i] = va;
		next = round_up(map_device(b, &devices[i], va));
	}
	for (i = 0; i < JH_BOOT_DEVICES; i++) {
		if (!devices[i].size || is_large(&devices[i]))
			continue;
		b->info->device_va[i] = next + PAGE;
		next = map_device(b, &devices[i], next + PAGE);
	}
}

/* One CPU's level 1 table; the page that turns the MMU on and off is mapped at its own address. */
static void build_cpu(struct builder *b, const struct jh_image_header *image, int cpu,
		      __u64 private_pa, __u64 idmap_level2)
{
	__u64 level1_pa, level2_pa, level3_pa;
	__u64 *level1 = new_table(b, &level1_pa);
	__u64 *level3 = new_table(b, &level3_pa);
	__u64 *level2 = b->window;
	__u64 entry_pa = b->info->hv_address + image->entry;
	int i;

	level2_pa = b->window_pa;
	if (b->is_taken) {
		level2 = new_table(b, &level2_pa);
		for (i = 0; i < ENTRIES; i++)
			level2[i] = b->window[i];
	}
	b->is_taken = 1;
	level1[INDEX(entry_pa, 1)] = idmap_level2 | DESC_TABLE;
	level1[INDEX(EL2_LINEAR, 1)] = level2_pa | DESC_TABLE;
	level2[INDEX(EL2_PRIVATE, 2)] = level3_pa | DESC_TABLE;
	/* One page, asm/layout.h. */
	level3[PRIVATE_STACK] = private_pa | ATTR_DATA | DESC_PAGE;
	level3[PRIVATE_DATA] = private_pa | ATTR_DATA | DESC_PAGE;
	level3[PRIVATE_TABLE] = level3_pa | ATTR_DATA | DESC_PAGE;
	b->info->cpu_ttbr[cpu] = level1_pa;
}

/* Blocks of EL2's address space that all small devices take together. */
static __u64 small_span(const struct boottable_device *devices)
{
	__u64 bytes = 0;
	int i;

	for (i = 0; i < JH_BOOT_DEVICES; i++)
		bytes += devices[i].size && !is_large(&devices[i]) ? devices[i].size + PAGE : 0;
	return round_up(bytes) / BLOCK;
}

/* Blocks that a large device takes; 0 for a small one. */
static __u64 large_span(const struct boottable_device *device)
{
	return is_large(device) ? round_up(device->address % BLOCK + device->size) / BLOCK : 0;
}

/* A builtin would become a call of libgcc, which the kernel does not have for modules. */
static unsigned int count_bits(__u64 mask)
{
	unsigned int count = 0;

	for (; mask; mask &= mask - 1)
		count++;
	return count;
}

__u64 boottable_size(const struct jh_boot_info *info, const struct boottable_device *devices)
{
	__u64 tables = 2;	/* level 2 and 3 of the identity map */
	int i;

	tables += 3ULL * count_bits(info->cpu_mask);
	tables += round_up(info->hv_size) / BLOCK;
	tables += small_span(devices);
	for (i = 0; i < JH_BOOT_DEVICES; i++) {
		/* A large device may have single pages at both ends of its blocks. */
		if (is_large(&devices[i]))
			tables += !!(devices[i].address % BLOCK) +
				  !!((devices[i].address + devices[i].size) % BLOCK);
	}
	return tables * PAGE;
}

_Static_assert(BOOTTABLE_HV_LIMIT == EL2_LINEAR, "below what is mapped otherwise");

static int is_beyond(const struct jh_boot_info *info, __u64 address, __u64 size)
{
	return size && (address > info->max_address || size - 1 > info->max_address - address);
}

static int fits(const struct jh_boot_info *info, const struct boottable_device *devices)
{
	__u64 span = small_span(devices);
	int i;

	if (info->hv_address % PAGE || info->hv_size > EL2_LINEAR_SIZE ||
	    info->hv_address >= EL2_LINEAR || info->hv_size > EL2_LINEAR - info->hv_address ||
	    is_beyond(info, info->hv_address, info->hv_size))
		return 0;
	for (i = 0; i < JH_BOOT_DEVICES; i++) {
		if (devices[i].address % PAGE || devices[i].size % PAGE ||
		    devices[i].size > EL2_DEVICES_SIZE ||
		    is_beyond(info, devices[i].address, devices[i].size))
			return 0;
		span += large_span(&devices[i]);
	}
	return span * BLOCK <= EL2_DEVICES_SIZE;
}

int boottable_build(struct jh_boot_info *info, const struct jh_image_header *image,
		    const struct boottable_device *devices, void *base)
{
	struct builder b = { .info = info, .base = base, .next = info->table_offset };
	__u64 private_pa = info->hv_address + info->percpu_offset;
	__u64 entry_pa = info->hv_address + image->entry;
	__u64 idmap_level2_pa, idmap_level3_pa;
	__u64 *idmap_level2, *idmap_level3;
	int cpu;

	if (image->layout != EL2_LAYOUT || !fits(info, devices))
		return -1;

	b.window = new_table(&b, &b.window_pa);
	map_linear(&b, image);
	map_devices(&b, devices);

	idmap_level2 = new_table(&b, &idmap_level2_pa);
	idmap_level3 = new_table(&b, &idmap_level3_pa);
	idmap_level2[INDEX(entry_pa, 2)] = idmap_level3_pa | DESC_TABLE;
	idmap_level3[INDEX(entry_pa, 3)] = (entry_pa & ~(PAGE - 1)) | ATTR_CODE | DESC_PAGE;

	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++) {
		if (!(info->cpu_mask >> cpu & 1))
			continue;
		build_cpu(&b, image, cpu, private_pa, idmap_level2_pa);
		private_pa += PERCPU_PAGES * PAGE;
	}
	return 0;
}
