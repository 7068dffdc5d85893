// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * fuzz-hypercall-seeds DIRECTORY: inputs for fuzz-hypercall to start from, long ones, as it reads
 * any bytes as calls.
 */
#include <stdio.h>
#include <stdlib.h>

#define SEEDS	8
#define LENGTH	600

int main(int argc, char **argv)
{
	char path[4096];
	int seed, i;
	FILE *file;

	if (argc != 2)
		return 2;
	srand(1);
	for (seed = 0; seed < SEEDS; seed++) {
		snprintf(path, sizeof(path), "%s/seed%d", argv[1], seed);
		file = fopen(path, "wb");
		if (!file) {
			perror(path);
			return 1;
		}
		for (i = 0; i < LENGTH; i++)
			fputc(rand() >> 8 & (i % 3 ? 0xff : 0x7f), file);
		fclose(file);
	}
	return 0;
}
