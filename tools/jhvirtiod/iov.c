// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "iov.h"

#include <stdbool.h>
#include <string.h>

static size_t copy(const struct iovec *iov, unsigned int count, size_t offset, char *bytes,
		   size_t size, bool to)
{
	size_t done = 0, length;
	unsigned int i;

	for (i = 0; i < count && done < size; i++) {
		if (offset >= iov[i].iov_len) {
			offset -= iov[i].iov_len;
			continue;
		}
		length = iov[i].iov_len - offset;
		if (length > size - done)
			length = size - done;
		if (to)
			memcpy((char *)iov[i].iov_base + offset, bytes + done, length);
		else
			memcpy(bytes + done, (char *)iov[i].iov_base + offset, length);
		done += length;
		offset = 0;
	}
	return done;
}

size_t iov_copy_from(const struct iovec *iov, unsigned int count, size_t offset, void *to,
		     size_t size)
{
	return copy(iov, count, offset, to, size, false);
}

size_t iov_copy_to(const struct iovec *iov, unsigned int count, size_t offset, const void *from,
		   size_t size)
{
	return copy(iov, count, offset, (char *)from, size, true);
}

unsigned int iov_cut(struct iovec **iov, unsigned int count, size_t offset, size_t size)
{
	unsigned int i;

	while (count && offset >= (*iov)->iov_len) {
		offset -= (*iov)->iov_len;
		(*iov)++;
		count--;
	}
	if (count) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + offset;
		(*iov)->iov_len -= offset;
	}
	for (i = 0; i < count && size; i++) {
		if ((*iov)[i].iov_len > size)
			(*iov)[i].iov_len = size;
		size -= (*iov)[i].iov_len;
	}
	return i;
}
