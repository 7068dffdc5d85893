// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "tar.h"

#include <errno.h>
#include <string.h>

#include "jhctl.h"

#define BLOCK	512u

/* POSIX.1-2017, pax: ustar header block. */
struct tar_header {
	char name[TAR_NAME_MAX];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct tar_header) == BLOCK, "tar_header");

static const char zeroes[2 * BLOCK];

bool tar_add(FILE *out, const char *name, const void *data, size_t length)
{
	struct tar_header header = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
	const unsigned char *byte = (const unsigned char *)&header;
	unsigned int sum = 0;
	size_t rest = length % BLOCK, i;

	if (strlen(name) >= sizeof(header.name))
		return false;
	strcpy(header.name, name);
	strcpy(header.mode, "0000644");
	strcpy(header.uid, "0000000");
	strcpy(header.gid, "0000000");
	snprintf(header.size, sizeof(header.size), "%011zo", length);
	strcpy(header.mtime, "00000000000");
	memset(header.checksum, ' ', sizeof(header.checksum));
	for (i = 0; i < sizeof(header); i++)
		sum += byte[i];
	snprintf(header.checksum, sizeof(header.checksum), "%06o", sum);

	fwrite(&header, 1, sizeof(header), out);
	fwrite(data, 1, length, out);
	fwrite(zeroes, 1, rest ? BLOCK - rest : 0, out);
	return !ferror(out);
}

bool tar_finish(FILE *out)
{
	fwrite(zeroes, 1, sizeof(zeroes), out);
	return !fflush(out) && !ferror(out);
}

int tar_trouble(void)
{
	return complain("cannot write the archive: %s: name a file where there is room",
			strerror(errno));
}
