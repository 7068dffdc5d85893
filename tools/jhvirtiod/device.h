/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A virtio device of a cell, whatever it is: it is offered, it follows the guest's resets, its
 * queues are served. What a request means is a matter of its kind (struct kind).
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"
#include "queue.h"

#define DEVICE_QUEUES	4

/* Features of every kind */
#define FEATURE_EVENT_IDX	29
#define FEATURE(n)		(1ULL << (n))

struct device;

/** enum outcome - what became of a request */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_LATER,	/* it was not begun: when there is something to read, or room */
	OUTCOME_BROKEN,	/* no driver makes such a request */
};

/**
 * struct kind - what a kind of devices does
 * @number:	JH_VIRTIO_*
 * @queues:	how many it has at least
 * @input, @output:	queues, a bit each, that are served when those of the device are ready
 * @serve:	a request of queue @n; sets how many bytes were written to the guest
 * @own:	this process serves it, and no other one will; returns an exit code; may be NULL
 * @hear:	there is something to read from the device's input, or it has gone; may be NULL
 * @begin:	a driver works with it, from now on; may be NULL
 * @end:	it does no more; may be NULL
 * @look:	the device's patience is at its end; NULL if it has none
 */
struct kind {
	uint32_t number;
	const char *word;
	unsigned int queues;
	uint32_t input, output;
	enum outcome (*serve)(struct device *device, unsigned int n, struct chain *chain,
			      uint32_t *written);
	int (*own)(struct device *device, const struct windows *windows);
	void (*hear)(struct device *device);
	void (*begin)(struct device *device);
	void (*end)(struct device *device);
	void (*look)(struct device *device);
};

/**
 * struct device - one of them
 * @context:	of its kind
 * @input, @output:	descriptors of which it waits to be read or written; -1: none
 * @patience:	milliseconds until @look of its kind is called; 0: it has time
 * @deadline:	that is when, by a clock of milliseconds; 0: not yet known
 * @features:	that are offered, the kind's own; @accepted: by the guest
 * @lacks:	features of every kind that this one does not have
 * @config:	the first bytes of its configuration
 * @state:	the cell's word, as it was acted upon
 * @works:	the guest has a driver, and said nothing that cannot be
 * @pending:	queues in which there may be something, a bit each
 * @lives, @requests, @refused:	counted: a life begins with a driver, and is refused as a whole
 */
struct device {
	struct port port;
	const struct kind *kind;
	void *context;
	int input, output;
	unsigned int patience;
	uint64_t deadline;
	uint64_t features, accepted, lacks;
	uint8_t config[64];
	unsigned int config_size;
	uint32_t state;
	bool works;
	uint32_t pending;
	struct queue queue[DEVICE_QUEUES];
	unsigned long lives, requests, refused;
};

/** device_offer() - the guest can find it from now on; returns false if the cell was destroyed */
bool device_offer(struct device *device, const struct windows *windows);

/** device_bells() - these have rung */
void device_bells(struct device *device, uint32_t bells);

/** device_run() - serve what is there, up to a queue full; returns whether something may be left */
bool device_run(struct device *device);

#endif
