/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link with a virtio device (jh/virtio.h): /dev/jh-link/CELL/LINK.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <jh/ioctl.h>

#include "window.h"

/**
 * struct port - a link that this process holds; no other one does
 * @name:	of the link
 * @registers:	the page; an access to it is one to the hypervisor
 * @peer:	the cell's word of the state table, which is plain memory
 * @window:	what both sides may write
 */
struct port {
	const char *name;
	int fd;
	struct jh_link_info info;
	volatile uint32_t *registers;
	const volatile uint32_t *peer;
	struct window window;
};

/** port_open() - take link @name of @cell; returns 0, or -1 with errno */
int port_open(struct port *port, const char *cell, const char *name);

/** port_bells() - the bells that rang, a bit each; 0: none, also if the cell is not there */
uint32_t port_bells(struct port *port);

/** port_is_gone() - was the cell destroyed? */
bool port_is_gone(struct port *port);

/** port_announce() - this side is there; returns false if the cell was destroyed */
bool port_announce(struct port *port);

/** port_withdraw() - this side is not there any more: the guest finds no device */
void port_withdraw(struct port *port);

static inline uint32_t port_get(const struct port *port, uint32_t offset)
{
	return port->registers[offset / 4];
}

static inline uint64_t port_get64(const struct port *port, uint32_t offset)
{
	return port_get(port, offset) | (uint64_t)port_get(port, offset + 4) << 32;
}

static inline void port_put(struct port *port, uint32_t offset, uint32_t value)
{
	port->registers[offset / 4] = value;
}

/** port_state() - the cell's word: JH_VIRTIO_STATE(), or 0 */
static inline uint32_t port_state(const struct port *port)
{
	return __atomic_load_n(port->peer, __ATOMIC_ACQUIRE);
}

#endif
