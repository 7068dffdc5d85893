/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The PCI host of a cell, with links as ivshmem devices on it: a part of links, which are optional.
 * What guests see is in jh/ivshmem.h.
 */
#ifndef HV_IVSHMEM_H
#define HV_IVSHMEM_H

#include <hv/mmio.h>
#include <jh/config.h>
#include <ivshmem_space.h>

struct cell;
struct jh_error;
struct link_port;

/**
 * struct ivshmem - a device
 * @port:	the cell's side of the link that it stands on
 * @config:	in the cell's configuration
 * @virq:	number of the link's virtual interrupt
 * @words:	what the guest can write of the configuration space
 *
 * The guest's CPUs write at a time, and whoever rings reads meanwhile: each word is what one of
 * them wrote.
 */
struct ivshmem {
	struct link_port *port;
	const struct jh_config_ivshmem *config;
	u32 virq;
	struct ivshmem_words words;
};

/**
 * struct ivshmem_host - the host and all that is on its bus, a page
 * @ecam:	the configuration space, one of the cell's regions
 * @window:	where registers of devices can be, another one
 * @count:	number of @devices
 */
struct ivshmem_host {
	struct mmio_region ecam;
	struct mmio_region window;
	u32 count;
	struct ivshmem devices[JH_CONFIG_MAX_IVSHMEM];
};

/* With the hooks of unit_link, which has the same ones. */

/** ivshmem_prepare() - the cell's host, before its links are. 0 or -ENOMEM. */
int ivshmem_prepare(struct cell *cell, struct jh_error *error);

/**
 * ivshmem_take() - make a link's device, if it has one, the place of its registers
 * @port:	has its virtual interrupt, which the device raises from now on
 * @index:	of the link in its section
 *
 * Return: whether the link has one.
 */
bool ivshmem_take(struct link_port *port, u32 index);

/** ivshmem_reset() - before a life */
void ivshmem_reset(struct cell *cell);

/** ivshmem_release() - as virtio_release() */
void ivshmem_release(struct cell *cell);

/** ivshmem_raise() - a bell has rung that no other one did before, and the interrupt is enabled */
void ivshmem_raise(struct ivshmem *device);

#endif
