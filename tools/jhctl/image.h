/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Files that are loaded into a cell: raw bytes, or ELF with its segments. Their content is
 * untrusted.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define IMAGE_SEGMENTS	64	/* of one image, at most */

/** struct image_segment - bytes for one range of guest-physical memory */
struct image_segment {
	__u64 address;
	__u64 size;		/* of the range, never 0; address + size does not wrap */
	const void *data;	/* the first bytes */
	size_t filled;		/* number of bytes in data, <= size; the rest is zero */
};

/** struct image - a parsed file. Free with image_free(). */
struct image {
	void *file;
	size_t length;
	bool elf;
	__u64 entry;		/* of an ELF file: a physical address, as its segments have */
	int count;
	struct image_segment segment[IMAGE_SEGMENTS];
};

/**
 * image_read_file - read a whole file
 * @limit:	refuse files with more bytes (EFBIG)
 *
 * A directory is refused with EISDIR.
 * Returns the bytes, to be freed, and stores their number; NULL with errno.
 */
void *image_read_file(const char *path, size_t limit, size_t *length);

/** As image_read_file(), for the rest of an open file or a pipe. */
void *image_read_fd(int fd, size_t limit, size_t *length);

/**
 * image_parse - find the format of @image->file, and its segments
 * @address:	for a raw file; NULL: 0
 *
 * @image->file and @image->length are set by the caller. Returns NULL, or a sentence about the
 * fault of the file, in lower case, to be printed after the file's name.
 */
const char *image_parse(struct image *image, const __u64 *address);

void image_free(struct image *image);

#endif
