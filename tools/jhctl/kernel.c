// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "kernel.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "jhctl.h"
#include "progress.h"
#include "unpack.h"

#define KERNEL_LIMIT	((size_t)512 << 20)	/* bytes of a file, and of what it unpacks to */
#define KERNEL_LAYERS	3			/* of compression at most: Image, zboot, gzip */

#define IMAGE_MAGIC	0x644d5241u		/* "ARM\x64" */
#define IMAGE_BIG	0x1u			/* flags: big-endian */
#define IMAGE_PAGE(f)	((f) >> 1 & 3)		/* 0: unspecified, 1: 4K, 2: 16K, 3: 64K */

/* The first bytes of an Image. */
struct image_header {
	__u32 code[2];
	__u64 text_offset;
	__u64 image_size;
	__u64 flags;
	__u64 reserved[3];
	__u32 magic;
	__u32 pe_offset;
};

/* The first bytes of an EFI zboot program (drivers/firmware/efi/libstub/zboot-header.S). */
struct zboot_header {
	char mz[4];
	char zimg[4];
	__u32 offset;
	__u32 size;
	__u32 reserved[2];
	char compression[32];
};

const char *kernel_parse(struct kernel *kernel)
{
	static const unsigned int pages[] = { 0, 4, 16, 64 };
	struct image_header header;
	__u64 flags;

	if (kernel->length < sizeof(header))
		return "it is too short for a kernel";
	memcpy(&header, kernel->data, sizeof(header));
	if (!memcmp(kernel->data, "\177ELF", 4))
		return "it is an ELF file, made for debuggers: give the Image or vmlinuz beside it";
	if (le32toh(header.magic) != IMAGE_MAGIC)
		return "it is no arm64 kernel (Image, Image.gz, or vmlinuz of a distribution)";
	flags = le64toh(header.flags);
	if (flags & IMAGE_BIG)
		return "it is a big-endian kernel";
	kernel->offset = le64toh(header.text_offset);
	kernel->size = le64toh(header.image_size);
	/* Kernels before 3.17 have neither image_size nor flags. */
	if (!kernel->size)
		return "it is older than Linux 3.17, and does not say how much memory it needs";
	if (kernel->size < kernel->length || kernel->size >> 32 || kernel->offset >= KERNEL_ALIGN)
		return "its header makes no sense: copy it again";
	kernel->page = pages[IMAGE_PAGE(flags)];
	return NULL;
}

const void *kernel_payload(const void *data, size_t *length, const char **program)
{
	static const char *const known[] = { "gzip", "zstd", "xz", "lz4", "bzip2" };
	struct zboot_header header;
	size_t i, offset, size;

	*program = "";
	if (*length < sizeof(header))
		return NULL;
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.mz, "MZ", 2) || memcmp(header.zimg, "zimg", sizeof(header.zimg)))
		return NULL;
	offset = le32toh(header.offset);
	size = le32toh(header.size);
	if (offset > *length || size > *length - offset)
		return NULL;
	*program = NULL;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		/* "zstd22" is zstd. */
		if (!strncmp(header.compression, known[i], strlen(known[i])))
			*program = known[i];
	}
	if (!*program)
		return NULL;
	*length = size;
	return (const char *)data + offset;
}

static int complain_unpack(const char *path, const char *program)
{
	if (errno == ENOENT)
		return complain("%s is compressed, and there is no program %s to unpack it: "
				"install it, or unpack the kernel elsewhere", path, program);
	if (errno == EFBIG)
		return complain("%s unpacks to more than 512M: that is no kernel", path);
	if (errno == EBADMSG)
		return complain("%s is damaged: %s cannot unpack it; copy it again", path, program);
	return complain("%s cannot be unpacked: %s", path, strerror(errno));
}

/* Unpacks one layer of compression; *@done is set if there was none. */
static int unpack_layer(struct kernel *kernel, const char *path, bool *done)
{
	const char *program = unpack_program(kernel->data, kernel->length);
	const void *from = kernel->data;
	size_t length = kernel->length, unpacked;
	void *data;

	if (!program) {
		from = kernel_payload(kernel->data, &length, &program);
		if (!program)
			return complain("%s is compressed in a way that is not known here: give "
					"the Image", path);
		*done = !from;
		if (*done)
			return EXIT_OK;
	}
	progress_start("jh: unpacking the kernel");
	data = unpack(program, from, length, KERNEL_LIMIT, &unpacked);
	progress_stop();
	if (!data)
		return complain_unpack(path, program);
	free(kernel->data);
	kernel->data = data;
	kernel->length = unpacked;
	return EXIT_OK;
}

int kernel_read(struct kernel *kernel, const char *path)
{
	const char *problem;
	bool done = false;
	int i, ret = EXIT_OK;

	kernel->data = image_read_file(path, KERNEL_LIMIT, &kernel->length);
	if (!kernel->data && errno == EFBIG)
		return complain("%s: larger than 512M: that is no kernel", path);
	if (!kernel->data)
		return complain("%s: %s", path, strerror(errno));
	for (i = 0; i < KERNEL_LAYERS && !done && !ret; i++)
		ret = unpack_layer(kernel, path, &done);
	problem = ret ? NULL : kernel_parse(kernel);
	if (problem)
		ret = complain("%s: %s", path, problem);
	if (ret)
		kernel_free(kernel);
	return ret;
}

void kernel_free(struct kernel *kernel)
{
	free(kernel->data);
	kernel->data = NULL;
}
