/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A Linux kernel as distributions install it: an arm64 Image, also compressed, also as the EFI
 * program that unpacks itself (zboot). Documentation/arch/arm64/booting.rst of the kernel.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define KERNEL_ALIGN	((__u64)2 << 20)	/* bytes, of the base that offset counts from */

/** struct kernel - an Image in memory; kernel_free() when done */
struct kernel {
	void *data;
	size_t length;
	__u64 offset;		/* of its first byte, from an address aligned to KERNEL_ALIGN */
	__u64 size;		/* bytes that it needs from there on, .bss included */
	unsigned int page;	/* KiB of its pages: 4, 16, 64; 0: unknown */
};

/** kernel_read - read and unpack; returns an exit code, the reason was printed */
int kernel_read(struct kernel *kernel, const char *path);

/**
 * kernel_parse - check @kernel->data and @kernel->length, and fill in the rest
 *
 * Returns NULL, or a sentence about the fault, to be printed after the file's name.
 */
const char *kernel_parse(struct kernel *kernel);

/**
 * kernel_payload - the compressed kernel in an EFI zboot program
 * @length:	in: bytes of @data; out: of the payload
 * @program:	out: the command that unpacks it
 *
 * Returns NULL if it is no such program, if it is cut short, or if its compression is unknown;
 * *@program is NULL in the last case only.
 */
const void *kernel_payload(const void *data, size_t *length, const char **program);

void kernel_free(struct kernel *kernel);

#endif
