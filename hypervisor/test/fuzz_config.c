// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of the checker: the accessors must be able to walk whatever it accepts, and errtext must
 * have words for whatever it refuses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lib/checksum.h>
#include <lib/config.h>
#include <lib/errtext.h>

static void must(int condition)
{
	if (!condition)
		abort();
}

/* The first byte: bit 0 the kind, bits 1 and 2: make the header right, so as to get further. */
static void repair(char *blob, size_t length, uint8_t choice)
{
	struct jh_config_header *header = (void *)blob;

	if (length < sizeof(*header))
		return;
	if (choice & 2) {
		memcpy(header->magic, JH_CONFIG_MAGIC, sizeof(header->magic));
		header->version = JH_CONFIG_VERSION;
		header->arch = JH_ARCH_ARM64;
		header->kind = choice & 1 ? JH_CONFIG_SYSTEM : JH_CONFIG_CELL;
		header->length = length;
		header->reserved = 0;
	}
	if (choice & 4) {
		header->checksum = 0;
		header->checksum = checksum_add(0, blob, length);
	}
}

/* The GIC is whole, and no two units share a byte. */
static void walk_units(const char *blob)
{
	__u32 count, i, other;
	const struct jh_config_unit *units = config_units(blob, &count);

	must(config_gic_version(blob) == 2 || config_gic_version(blob) == 3);
	must(config_unit(blob, JH_UNIT_GICD, 0) == units);
	for (i = 0; i < count; i++) {
		must(config_unit(blob, units[i].kind, units[i].index) == &units[i]);
		must(config_kind_flags(units[i].kind) != 0);
		for (other = 0; other < i; other++)
			must(units[i].address + units[i].size <= units[other].address ||
			     units[other].address + units[other].size <= units[i].address);
	}
}

static void walk(const char *blob, size_t length)
{
	__u32 count, type, i;

	for (type = 1; type < JH_SECTION_TYPES; type++)
		for (i = 0; config_element(blob, length, type, i); i++)
			must(i < 300);
	if (config_cell(blob)) {
		must(config_cpu_mask(blob) != 0);
		must(config_memories(blob, &count) != NULL);
		must(strlen(config_cell(blob)->name) < JH_NAME_LEN);
	} else {
		must(strlen(config_system(blob)->name) < JH_NAME_LEN);
		must(config_pools(blob, &count) != NULL);
		walk_units(blob);
	}
	must(config_length(blob) == length);
}

/* The second half of a big enough input is the other configuration. */
static void pair(const char *system, size_t system_length, const char *cell, size_t cell_length)
{
	struct errtext_context context = {
		.file = "a", .blob = cell, .length = cell_length, .system = system,
		.system_length = system_length,
	};
	char text[ERRTEXT_SIZE];
	struct jh_error err;

	if (config_check_against(system, cell, &err))
		errtext_format(text, sizeof(text), &context, &err);
}

static int accepted(const char *blob, size_t length, __u32 kind)
{
	struct errtext_context context = { .file = "a", .blob = blob, .length = length };
	char text[ERRTEXT_SIZE];
	struct jh_error err;
	int ret = config_check(blob, length, kind, &err);

	must((ret < 0) == (err.reason != 0));
	if (ret) {
		errtext_format(text, sizeof(text), &context, &err);
		return 0;
	}
	walk(blob, length);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half, rest;
	char *system, *cell;

	if (size < 2)
		return 0;
	half = (size - 1) / 2 & ~7UL;
	rest = size - 1 - half;
	system = malloc(half ? half : 1);
	cell = malloc(rest ? rest : 1);
	must(system && cell);
	memcpy(system, data + 1, half);
	memcpy(cell, data + 1 + half, rest);
	repair(system, half, data[0] | 1);
	repair(cell, rest, data[0] & ~1);
	if (accepted(system, half, JH_CONFIG_SYSTEM) & accepted(cell, rest, JH_CONFIG_CELL))
		pair(system, half, cell, rest);
	free(system);
	free(cell);
	return 0;
}
