// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * fuzz-config-seeds DIRECTORY: pairs of valid configurations, in the form that fuzz_config.c takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"

/* Both halves must have the same length, 8-aligned: the shorter one is padded and sealed again. */
static void write_pair(const char *directory, const char *name, const struct blob_parts *system,
		       const struct blob_parts *cell)
{
	__u32 system_length, cell_length, half;
	void *system_blob = blob_pack(system, &system_length);
	void *cell_blob = blob_pack(cell, &cell_length);
	char path[512], *input;
	FILE *file;

	half = system_length > cell_length ? system_length : cell_length;
	input = calloc(2, half);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!input || !file)
		abort();
	memcpy(input, system_blob, system_length);
	memcpy(input + half, cell_blob, cell_length);
	blob_seal(input, half);
	blob_seal(input + half, half);
	fputc(6, file);
	fwrite(input, 2, half, file);
	fclose(file);
	free(input);
	free(system_blob);
	free(cell_blob);
}

int main(int argc, char **argv)
{
	static struct blob_parts system, cell;

	if (argc != 2)
		return 2;
	blob_system(&system);
	blob_cell(&cell);
	write_pair(argv[1], "seed-virtual", &system, &cell);
	blob_add_link(&cell, "samples", "other");
	blob_add_ivshmem(&cell, 3, 0);
	write_pair(argv[1], "seed-pci", &system, &cell);
	blob_cell(&cell);
	system.pools[0] = (struct jh_config_pool){ 0x40000000, 64 << 20, 0, 0 };
	cell.memories[0].flags &= ~JH_MEM_AUTO;
	cell.memories[0].phys = 0x40000000;
	system.num_memories = 1;
	system.system.flags = JH_SYSTEM_ROOT_LISTED;
	system.memories[0] = (struct jh_config_memory){ 0x50000000, 0x50000000, 0x1000000, 7, 0 };
	write_pair(argv[1], "seed-fixed", &system, &cell);
	blob_add_unit(&system, JH_UNIT_ITS, 0x08080000, 0x20000);
	write_pair(argv[1], "seed-its", &system, &cell);
	system.num_units = 1;
	blob_add_unit(&system, JH_UNIT_GICC, 0x08010000, 0x2000);
	blob_add_unit(&system, JH_UNIT_GICH, 0x08030000, 0x1000);
	blob_add_unit(&system, JH_UNIT_GICV, 0x08040000, 0x2000);
	write_pair(argv[1], "seed-gicv2", &system, &cell);
	return 0;
}
