/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by the files that make a guest's tree: guest.c, guest_device.c, guest_pci.c,
 * guest_virtio.c.
 */
#ifndef GUEST_PARTS_H
#define GUEST_PARTS_H

#include <stdbool.h>

#include <libfdt.h>

#include "guest.h"

#define GUEST_CLOCKS	16	/* different rates */

/**
 * struct guest_writer - a tree that is being written
 * @fdt:	sequential-write state of libfdt
 * @error:	of libfdt; the first one stays, and nothing is written any more
 * @phandle:	the next one that the machine's tree does not use
 * @gic:	phandle of the interrupt controller, which is the machine's
 * @gic_node:	in the machine's tree
 * @rate:	Hz of the clocks that were asked for; their phandles are @clock[]
 */
struct guest_writer {
	const struct guest *guest;
	void *fdt;
	int error;
	__u32 phandle;
	__u32 gic;
	int gic_node;
	int clocks;
	__u32 rate[GUEST_CLOCKS];
	__u32 clock[GUEST_CLOCKS];
};

void guest_begin(struct guest_writer *w, const char *name);
void guest_begin_at(struct guest_writer *w, const char *name, __u64 address);
void guest_end(struct guest_writer *w);
void guest_raw(struct guest_writer *w, const char *name, const void *data, int length);
void guest_string(struct guest_writer *w, const char *name, const char *text);
void guest_number(struct guest_writer *w, const char *name, __u32 value);
void guest_flag(struct guest_writer *w, const char *name);

/** Add <address size> of two cells each to @cells, which has room; returns the new count. */
int guest_put_range(fdt32_t *cells, int count, __u64 address, __u64 size);

/** The node of the configuration's device @index, with all that it needs. */
void guest_device(struct guest_writer *w, __u32 index);

/** Name of that node, its unit address included, to be freed; NULL if it has no registers. */
char *guest_device_name(const struct guest_writer *w, __u32 index);

/** The virtio devices, and the memory that they reach. */
void guest_virtio(struct guest_writer *w);

/** The PCI host with links as devices on it, if the cell has one. */
void guest_pci(struct guest_writer *w);

/** The clocks that the devices asked for. */
void guest_clocks(struct guest_writer *w);

#endif
