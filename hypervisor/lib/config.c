// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The frame of a configuration: header, section table, and access to the elements. No byte is
 * trusted before it is checked. Rules for the elements are in config_cell.c and config_system.c.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/checksum.h>
#include <lib/range.h>
#include <lib/refuse.h>

struct section_rule {
	__u16 size;	/* of an element */
	__u16 object;	/* what errors call an element: JH_OBJ_* */
	__u16 least[2];	/* elements: in a system, in a cell */
	__u16 most[2];
};

#define SECTION_RULE(name, type, system_least, system_most, cell_least, cell_most) \
	[JH_SECTION_##name] = { sizeof(type), JH_OBJ_##name, { system_least, cell_least }, \
				{ system_most, cell_most } },

static const struct section_rule rules[JH_SECTION_TYPES] = {
	JH_CONFIG_SECTIONS(SECTION_RULE)
};

static const struct jh_config_section *section_table(const void *blob)
{
	return (const void *)((const char *)blob + sizeof(struct jh_config_header));
}

static __u32 checksum_of(const void *blob, __u32 length)
{
	const __u32 at = __builtin_offsetof(struct jh_config_header, checksum);
	const char *bytes = blob;
	const __u32 zero = 0;
	__u32 crc;

	crc = checksum_add(0, bytes, at);
	crc = checksum_add(crc, &zero, sizeof(zero));
	return checksum_add(crc, bytes + at + sizeof(zero), length - at - sizeof(zero));
}

static int check_identity(const struct jh_config_header *header, __u32 kind, struct jh_error *err)
{
	const char *magic = JH_CONFIG_MAGIC;
	__u32 i;

	for (i = 0; i < sizeof(header->magic); i++)
		if (header->magic[i] != magic[i])
			return refuse(err, JH_ERR_MAGIC, JH_OBJ_FILE, 0);
	if (header->version != JH_CONFIG_VERSION)
		return refuse_value(err, JH_ERR_VERSION, JH_OBJ_FILE, 0, header->version,
				    JH_CONFIG_VERSION);
	if (header->arch != JH_ARCH_ARM64)
		return refuse_value(err, JH_ERR_ARCH, JH_OBJ_FILE, 0, header->arch,
				    JH_ARCH_ARM64);
	if (header->kind != kind)
		return refuse(err, kind == JH_CONFIG_SYSTEM ? JH_ERR_KIND_CELL :
			      JH_ERR_KIND_SYSTEM, JH_OBJ_FILE, 0);
	return 0;
}

static int check_header(const void *blob, __u64 length, __u32 kind, struct jh_error *err)
{
	const struct jh_config_header *header = blob;
	__u32 crc;
	int ret;

	if (length < sizeof(*header))
		return refuse_value(err, JH_ERR_TRUNCATED, JH_OBJ_FILE, 0, length,
				    sizeof(*header));
	ret = check_identity(header, kind, err);
	if (ret)
		return ret;
	if (header->length != length)
		return refuse_value(err, JH_ERR_LENGTH, JH_OBJ_FILE, 0, header->length, length);
	if (length > JH_CONFIG_MAX_SIZE)
		return refuse_value(err, JH_ERR_FILE_SIZE, JH_OBJ_FILE, 0, length,
				    JH_CONFIG_MAX_SIZE);
	crc = checksum_of(blob, header->length);
	if (crc != header->checksum)
		return refuse_value(err, JH_ERR_CHECKSUM, JH_OBJ_FILE, 0, crc, header->checksum);
	if (header->reserved)
		return refuse_value(err, JH_ERR_RESERVED, JH_OBJ_FILE, 0, header->reserved, 0);
	if (!range_fits(sizeof(*header),
			header->num_sections * sizeof(struct jh_config_section), length))
		return refuse(err, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, 0);
	return 0;
}

/* @free: first byte that no section before has taken; @after: the lowest type still possible */
static int check_section(const struct jh_config_header *header, __u32 index, __u32 after,
			 __u64 free, struct jh_error *err)
{
	const struct jh_config_section *section = &section_table(header)[index];
	__u32 which = header->kind == JH_CONFIG_CELL;
	const struct section_rule *rule;

	if (!section->type || section->type >= JH_SECTION_TYPES ||
	    !rules[section->type].most[which])
		return refuse_value(err, JH_ERR_SECTION_TYPE, JH_OBJ_SECTION, index,
				    section->type, 0);
	if (section->type < after)
		return refuse_value(err, JH_ERR_SECTION_ORDER, JH_OBJ_SECTION, index,
				    section->type, 0);
	rule = &rules[section->type];
	if (section->size != rule->size)
		return refuse_value(err, JH_ERR_SECTION_SIZE, JH_OBJ_SECTION, index,
				    section->size, rule->size);
	if (section->count > rule->most[which])
		return refuse_value(err, JH_ERR_TOO_MANY, rule->object,
				    section->count - 1, section->count, rule->most[which]);
	if (!range_aligned(section->offset, 8) || section->offset < free ||
	    !range_fits(section->offset, section->count * section->size, header->length))
		return refuse(err, JH_ERR_SECTION_RANGE, JH_OBJ_SECTION, index);
	return 0;
}

static int check_sections(const struct jh_config_header *header, struct jh_error *err)
{
	const struct jh_config_section *table = section_table(header);
	__u32 counts[JH_SECTION_TYPES] = { 0 };
	__u32 which = header->kind == JH_CONFIG_CELL;
	__u32 type, i, after = 0;
	__u64 free = sizeof(*header) + header->num_sections * sizeof(*table);

	for (i = 0; i < header->num_sections; i++) {
		int ret = check_section(header, i, after, free, err);

		if (ret)
			return ret;
		counts[table[i].type] = table[i].count;
		after = table[i].type + 1;
		free = table[i].offset + (__u64)table[i].count * table[i].size;
	}
	for (type = 1; type < JH_SECTION_TYPES; type++)
		if (counts[type] < rules[type].least[which])
			return refuse(err, JH_ERR_MISSING, rules[type].object, 0);
	return 0;
}

int config_check_frame(const void *blob, __u64 length, __u32 kind, struct jh_error *err)
{
	int ret;

	refuse_clear(err);
	ret = check_header(blob, length, kind, err);
	return ret ? ret : check_sections(blob, err);
}

int config_check(const void *blob, __u64 length, __u32 kind, struct jh_error *err)
{
	int ret = config_check_frame(blob, length, kind, err);

	if (!ret)
		ret = kind == JH_CONFIG_CELL ? config_cell_check(blob, err) :
			config_system_check(blob, err);
	return ret;
}

const void *config_element(const void *blob, __u64 length, __u32 type, __u32 index)
{
	const struct jh_config_header *header = blob;
	const struct jh_config_section *table = section_table(blob);
	__u32 i;

	if (!type || type >= JH_SECTION_TYPES || length < sizeof(*header) ||
	    !range_fits(sizeof(*header), header->num_sections * sizeof(*table), length))
		return (void *)0;
	for (i = 0; i < header->num_sections; i++) {
		__u64 at = table[i].offset + (__u64)index * table[i].size;

		if (table[i].type != type)
			continue;
		if (table[i].size != rules[type].size || index >= table[i].count ||
		    !range_aligned(at, 8) || !range_fits(at, table[i].size, length))
			break;
		return (const char *)blob + at;
	}
	return (void *)0;
}

/* The elements of a section of a checked configuration. */
static const void *elements(const void *blob, __u32 type, __u32 *count)
{
	const struct jh_config_header *header = blob;
	const struct jh_config_section *table = section_table(blob);
	__u32 i;

	for (i = 0; i < header->num_sections; i++) {
		if (table[i].type == type && table[i].count) {
			*count = table[i].count;
			return (const char *)blob + table[i].offset;
		}
	}
	*count = 0;
	return (void *)0;
}

const struct jh_config_system *config_system(const void *blob)
{
	__u32 count;

	return elements(blob, JH_SECTION_SYSTEM, &count);
}

const struct jh_config_cell *config_cell(const void *blob)
{
	__u32 count;

	return elements(blob, JH_SECTION_CELL, &count);
}

const struct jh_console *config_console(const void *blob)
{
	__u32 count;

	return elements(blob, JH_SECTION_CONSOLE, &count);
}

const struct jh_config_cpu *config_cpus(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_CPU, count);
}

const struct jh_config_memory *config_memories(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_MEMORY, count);
}

const struct jh_config_irq *config_irqs(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_IRQ, count);
}

const struct jh_config_device *config_devices(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_DEVICE, count);
}

const struct jh_config_pool *config_pools(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_POOL, count);
}

const struct jh_config_assignable *config_assignable(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_ASSIGNABLE, count);
}

const struct jh_config_unit *config_units(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_UNIT, count);
}

const struct jh_config_link *config_links(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_LINK, count);
}

const struct jh_config_virtio *config_virtios(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_VIRTIO, count);
}

const struct jh_config_pci *config_pci(const void *blob)
{
	__u32 count;

	return elements(blob, JH_SECTION_PCI, &count);
}

const struct jh_config_ivshmem *config_ivshmems(const void *blob, __u32 *count)
{
	return elements(blob, JH_SECTION_IVSHMEM, count);
}

/* Ranges may be adjacent, in any order: each round finds at least one more of them. */
int config_is_assignable(const void *system, __u64 start, __u64 size)
{
	__u32 i, round, count;
	const struct jh_config_assignable *ranges = config_assignable(system, &count);
	__u64 at = start;

	for (round = 0; round < count && at - start < size; round++)
		for (i = 0; i < count; i++)
			if (range_inside(at, 1, ranges[i].address, ranges[i].size))
				at = ranges[i].address + ranges[i].size;
	return at - start >= size;
}

__u64 config_cpu_mask(const void *blob)
{
	__u32 i, count;
	const struct jh_config_cpu *cpus = config_cpus(blob, &count);
	__u64 mask = 0;

	for (i = 0; i < count; i++)
		mask |= 1ULL << cpus[i].cpu;
	return mask;
}

__u32 config_length(const void *blob)
{
	return ((const struct jh_config_header *)blob)->length;
}
