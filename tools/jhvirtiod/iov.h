/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Bytes that lie in several pieces: a driver cuts its requests as it likes.
 */
#ifndef IOV_H
#define IOV_H

#include <stddef.h>
#include <sys/uio.h>

/** iov_copy_from - copy @size bytes that begin @offset bytes into the pieces; returns how many */
size_t iov_copy_from(const struct iovec *iov, unsigned int count, size_t offset, void *to,
		     size_t size);

/** iov_copy_to - the other way */
size_t iov_copy_to(const struct iovec *iov, unsigned int count, size_t offset, const void *from,
		   size_t size);

/**
 * iov_cut - let the pieces begin @offset bytes later, and have @size bytes
 * @iov:	in and out: the first piece that is left; what is cut is lost
 *
 * There are as many bytes. Returns how many pieces are left.
 */
unsigned int iov_cut(struct iovec **iov, unsigned int count, size_t offset, size_t size);

#endif
