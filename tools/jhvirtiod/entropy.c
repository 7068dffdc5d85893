// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Entropy device (Virtual I/O Device 1.2, 5.4)
 */
#include "entropy.h"

#include <sys/random.h>

#include <jh/config.h>

#include "iov.h"
#include "jhvirtiod.h"

#define MOST	4096u	/* bytes at a time: more is asked for again */

static enum outcome entropy_serve(struct device *device, unsigned int n, struct chain *chain,
				  uint32_t *written)
{
	uint32_t wanted = chain->write_bytes < MOST ? chain->write_bytes : MOST, done = 0;
	char bytes[256];
	ssize_t got;

	if (!wanted || chain->reads)
		return OUTCOME_BROKEN;
	while (done < wanted) {
		uint32_t length = wanted - done < sizeof(bytes) ? wanted - done : sizeof(bytes);

		got = getrandom(bytes, length, 0);
		if (got <= 0)
			break;
		iov_copy_to(chain->iov, chain->writes, done, bytes, (size_t)got);
		done += (uint32_t)got;
	}
	*written = done;
	return OUTCOME_DONE;
}

const struct kind entropy_kind = {
	.number = JH_VIRTIO_ENTROPY,
	.word = "rng",
	.queues = 1,
	.serve = entropy_serve,
};

int entropy_open(struct device *device)
{
	device->kind = &entropy_kind;
	return EXIT_OK;
}
