// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Edits compiled configurations, so that tests have values that no compiler would write:
 *
 *	blobedit IN OUT [EDIT]...
 *
 * EDIT:	section[INDEX].field=VALUE	a number, or the text of a name or path
 *		+section[INDEX]			append a copy of that element
 *		-section			remove the section
 *		header.field=VALUE		the last word; the checksum is right but for it
 *		^header.field=VALUE		the checksum covers the new value
 *
 * The checksum is made anew. Sections are named as in jh/config.h, in lower case.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jh/config.h>

#define MAX_BLOB	(1 << 16)

struct section {
	uint8_t *data;
	uint32_t count;
	uint32_t size;
};

struct field {
	const char *name;
	uint32_t section;	/* JH_SECTION_*, 0: the header */
	size_t offset;
	size_t size;		/* above 8: text */
};

#define FIELD(section, type, member) \
	{ #member, section, offsetof(struct type, member), sizeof(((struct type *)0)->member) }

static const struct field fields[] = {
	FIELD(0, jh_config_header, magic), FIELD(0, jh_config_header, version),
	FIELD(0, jh_config_header, arch), FIELD(0, jh_config_header, kind),
	FIELD(0, jh_config_header, num_sections), FIELD(0, jh_config_header, length),
	FIELD(0, jh_config_header, checksum), FIELD(0, jh_config_header, reserved),
	FIELD(JH_SECTION_SYSTEM, jh_config_system, name),
	FIELD(JH_SECTION_SYSTEM, jh_config_system, hv_address),
	FIELD(JH_SECTION_SYSTEM, jh_config_system, hv_size),
	FIELD(JH_SECTION_SYSTEM, jh_config_system, max_address),
	FIELD(JH_SECTION_SYSTEM, jh_config_system, flags),
	FIELD(JH_SECTION_CONSOLE, jh_console, address),
	FIELD(JH_SECTION_CONSOLE, jh_console, size),
	FIELD(JH_SECTION_CONSOLE, jh_console, type),
	FIELD(JH_SECTION_CONSOLE, jh_console, flags),
	FIELD(JH_SECTION_CELL, jh_config_cell, name),
	FIELD(JH_SECTION_CELL, jh_config_cell, entry),
	FIELD(JH_SECTION_CELL, jh_config_cell, comm_address),
	FIELD(JH_SECTION_CELL, jh_config_cell, flags),
	FIELD(JH_SECTION_CELL, jh_config_cell, on_failure),
	FIELD(JH_SECTION_CELL, jh_config_cell, max_restarts),
	FIELD(JH_SECTION_CPU, jh_config_cpu, cpu),
	FIELD(JH_SECTION_MEMORY, jh_config_memory, phys),
	FIELD(JH_SECTION_MEMORY, jh_config_memory, virt),
	FIELD(JH_SECTION_MEMORY, jh_config_memory, size),
	FIELD(JH_SECTION_MEMORY, jh_config_memory, flags),
	FIELD(JH_SECTION_MEMORY, jh_config_memory, device),
	FIELD(JH_SECTION_IRQ, jh_config_irq, intid),
	FIELD(JH_SECTION_IRQ, jh_config_irq, device),
	FIELD(JH_SECTION_DEVICE, jh_config_device, path),
	FIELD(JH_SECTION_POOL, jh_config_pool, address),
	FIELD(JH_SECTION_POOL, jh_config_pool, size),
	FIELD(JH_SECTION_POOL, jh_config_pool, flags),
	FIELD(JH_SECTION_ASSIGNABLE, jh_config_assignable, address),
	FIELD(JH_SECTION_ASSIGNABLE, jh_config_assignable, size),
	FIELD(JH_SECTION_UNIT, jh_config_unit, kind),
	FIELD(JH_SECTION_UNIT, jh_config_unit, index),
	FIELD(JH_SECTION_UNIT, jh_config_unit, address),
	FIELD(JH_SECTION_UNIT, jh_config_unit, size),
	FIELD(JH_SECTION_UNIT, jh_config_unit, argument),
	FIELD(JH_SECTION_LINK, jh_config_link, name),
	FIELD(JH_SECTION_LINK, jh_config_link, peer),
	FIELD(JH_SECTION_LINK, jh_config_link, address),
	FIELD(JH_SECTION_LINK, jh_config_link, size),
	FIELD(JH_SECTION_LINK, jh_config_link, output),
	FIELD(JH_SECTION_LINK, jh_config_link, registers),
	FIELD(JH_SECTION_LINK, jh_config_link, irq),
	FIELD(JH_SECTION_LINK, jh_config_link, bells),
	FIELD(JH_SECTION_LINK, jh_config_link, side),
	FIELD(JH_SECTION_VIRTIO, jh_config_virtio, link),
	FIELD(JH_SECTION_VIRTIO, jh_config_virtio, kind),
	FIELD(JH_SECTION_VIRTIO, jh_config_virtio, queues),
	FIELD(JH_SECTION_VIRTIO, jh_config_virtio, queue_size),
	FIELD(JH_SECTION_PCI, jh_config_pci, ecam),
	FIELD(JH_SECTION_PCI, jh_config_pci, window),
	FIELD(JH_SECTION_PCI, jh_config_pci, window_size),
	FIELD(JH_SECTION_IVSHMEM, jh_config_ivshmem, link),
	FIELD(JH_SECTION_IVSHMEM, jh_config_ivshmem, slot),
	FIELD(JH_SECTION_IVSHMEM, jh_config_ivshmem, protocol),
};

static const struct {
	const char *name;
	uint32_t size;
} kinds[JH_SECTION_TYPES] = {
	[0] = { "header", sizeof(struct jh_config_header) },
	[JH_SECTION_SYSTEM] = { "system", sizeof(struct jh_config_system) },
	[JH_SECTION_CONSOLE] = { "console", sizeof(struct jh_console) },
	[JH_SECTION_CELL] = { "cell", sizeof(struct jh_config_cell) },
	[JH_SECTION_CPU] = { "cpu", sizeof(struct jh_config_cpu) },
	[JH_SECTION_MEMORY] = { "memory", sizeof(struct jh_config_memory) },
	[JH_SECTION_IRQ] = { "irq", sizeof(struct jh_config_irq) },
	[JH_SECTION_DEVICE] = { "device", sizeof(struct jh_config_device) },
	[JH_SECTION_POOL] = { "pool", sizeof(struct jh_config_pool) },
	[JH_SECTION_ASSIGNABLE] = { "assignable", sizeof(struct jh_config_assignable) },
	[JH_SECTION_UNIT] = { "unit", sizeof(struct jh_config_unit) },
	[JH_SECTION_LINK] = { "link", sizeof(struct jh_config_link) },
	[JH_SECTION_VIRTIO] = { "virtio", sizeof(struct jh_config_virtio) },
	[JH_SECTION_PCI] = { "pci", sizeof(struct jh_config_pci) },
	[JH_SECTION_IVSHMEM] = { "ivshmem", sizeof(struct jh_config_ivshmem) },
};

/* Number 0 holds the header. */
static struct section sections[JH_SECTION_TYPES];

static void die(const char *what, const char *which)
{
	fprintf(stderr, "blobedit: %s: %s\n", which, what);
	exit(2);
}

static uint32_t crc32(const uint8_t *data, size_t length)
{
	uint32_t crc = ~0u;

	while (length--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static struct section *new_element(uint32_t type)
{
	struct section *section = &sections[type];

	section->size = kinds[type].size;
	section->data = realloc(section->data, (size_t)(section->count + 1) * section->size);
	if (!section->data)
		die("no memory", kinds[type].name);
	memset(section->data + (size_t)section->count++ * section->size, 0, section->size);
	return section;
}

static void read_blob(const char *path)
{
	static uint8_t blob[MAX_BLOB];
	struct jh_config_header *header = (void *)blob;
	struct jh_config_section *table = (void *)(header + 1);
	FILE *file = fopen(path, "rb");

	if (!file || fread(blob, 1, sizeof(blob), file) < sizeof(*header))
		die("cannot be read", path);
	fclose(file);
	memcpy(new_element(0)->data, header, sizeof(*header));
	for (uint32_t i = 0; i < header->num_sections; i++) {
		for (uint32_t n = 0; n < table[i].count; n++) {
			struct section *section = new_element(table[i].type);

			memcpy(section->data + (size_t)n * section->size,
			       blob + table[i].offset + (size_t)n * table[i].size, section->size);
		}
	}
}

static const struct field *find_field(uint32_t type, const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].section == type && !strcmp(fields[i].name, name))
			return &fields[i];
	die("there is no such field", name);
	return NULL;
}

static void set(uint8_t *element, const struct field *field, const char *value)
{
	uint64_t number;
	char *end;

	if (field->size > 8 || !strcmp(field->name, "magic")) {
		memset(element + field->offset, 0, field->size);
		memcpy(element + field->offset, value, strnlen(value, field->size));
		return;
	}
	number = strtoull(value, &end, 0);
	if (*end || end == value)
		die("this is no number", value);
	memcpy(element + field->offset, &number, field->size);
}

static uint32_t find_section(const char *name)
{
	for (uint32_t type = 0; type < JH_SECTION_TYPES; type++)
		if (kinds[type].name && !strcmp(kinds[type].name, name))
			return type;
	die("there is no such section", name);
	return 0;
}

static void edit(const char *what)
{
	char name[32] = "", field[32] = "", value[128] = "";
	uint32_t index = 0, type;

	if (*what == '-') {
		sections[find_section(what + 1)].count = 0;
		return;
	}
	if (*what == '+') {
		if (sscanf(what + 1, "%31[a-z][%u]", name, &index) < 1)
			die("this is no edit", what);
		type = find_section(name);
		new_element(type);
		memcpy(sections[type].data + (size_t)(sections[type].count - 1) * kinds[type].size,
		       sections[type].data + (size_t)index * kinds[type].size, kinds[type].size);
		return;
	}
	if (sscanf(what, "%31[a-z][%u].%31[a-z_]=%127[^\n]", name, &index, field, value) < 3 &&
	    sscanf(what, "%31[a-z].%31[a-z_]=%127[^\n]", name, field, value) < 2)
		die("this is no edit", what);
	type = find_section(name);
	if (index >= sections[type].count)
		die("there is no such element", what);
	set(sections[type].data + (size_t)index * kinds[type].size, find_field(type, field), value);
}

/* Lay everything out anew; the header's counts and checksum are made to fit. */
static uint32_t build(uint8_t *blob)
{
	struct jh_config_header *header = (void *)blob;
	struct jh_config_section *table = (void *)(header + 1);
	uint32_t number = 0, offset, bytes;

	memcpy(header, sections[0].data, sizeof(*header));
	for (uint32_t type = 1; type < JH_SECTION_TYPES; type++)
		number += sections[type].count > 0;
	header->num_sections = (uint16_t)number;
	offset = (uint32_t)sizeof(*header) + number * (uint32_t)sizeof(*table);
	for (uint32_t type = 1; type < JH_SECTION_TYPES; type++) {
		if (!sections[type].count)
			continue;
		bytes = sections[type].count * sections[type].size;
		if (offset + bytes > MAX_BLOB)
			die("it grows too large", kinds[type].name);
		*table++ = (struct jh_config_section){ type, offset, sections[type].count,
						       sections[type].size };
		memcpy(blob + offset, sections[type].data, bytes);
		offset += bytes;
	}
	header->length = offset;
	return offset;
}

static void seal(uint8_t *blob, uint32_t length)
{
	struct jh_config_header *header = (void *)blob;

	header->checksum = 0;
	header->checksum = crc32(blob, length);
}

static void edit_header(uint8_t *blob, const char *what)
{
	char field[32] = "", value[128] = "";

	if (sscanf(what, "header.%31[a-z_]=%127[^\n]", field, value) < 2)
		die("this is no edit", what);
	set(blob, find_field(0, field), value);
}

int main(int argc, char **argv)
{
	static uint8_t blob[MAX_BLOB];
	uint32_t length;
	FILE *file;

	if (argc < 3)
		die("usage: blobedit IN OUT [EDIT]...", "arguments");
	read_blob(argv[1]);
	for (int i = 3; i < argc; i++)
		if (strncmp(argv[i], "header.", 7) && *argv[i] != '^')
			edit(argv[i]);
	length = build(blob);
	for (int i = 3; i < argc; i++)
		if (*argv[i] == '^')
			edit_header(blob, argv[i] + 1);
	seal(blob, length);
	for (int i = 3; i < argc; i++)
		if (!strncmp(argv[i], "header.", 7))
			edit_header(blob, argv[i]);
	file = fopen(argv[2], "wb");
	if (!file || fwrite(blob, 1, length, file) != length || fclose(file))
		die(strerror(errno), argv[2]);
	return 0;
}
