// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jh/link.h>

static void *map(const struct port *port, uint64_t offset, size_t size, int rights)
{
	void *memory = mmap(NULL, size, rights, MAP_SHARED, port->fd, (off_t)offset);

	return memory == MAP_FAILED ? NULL : memory;
}

static int take(struct port *port)
{
	__u64 address;
	const uint32_t *table;

	if (ioctl(port->fd, JH_LINK_IOC_INFO, &port->info) ||
	    ioctl(port->fd, JH_LINK_IOC_ADDRESS, &address))
		return -1;
	port->registers = map(port, JH_LINK_MAP_REGISTERS, JH_LINK_SIZE, PROT_READ | PROT_WRITE);
	table = map(port, JH_LINK_MAP_MEMORY, port->info.table, PROT_READ);
	if (!port->registers || !table)
		return -1;
	port->peer = table + !port->info.side;
	port->window = (struct window){ .guest = address + port->info.table,
					.size = port->info.common, .link = port->fd };
	if (!port->window.size)
		return 0;
	port->window.at = map(port, JH_LINK_MAP_MEMORY + port->info.table, port->info.common,
			      PROT_READ | PROT_WRITE);
	return port->window.at ? 0 : -1;
}

int port_open(struct port *port, const char *cell, const char *name)
{
	char path[sizeof(JH_LINK_DIRECTORY) + 80];

	*port = (struct port){ .name = name };
	snprintf(path, sizeof(path), JH_LINK_DIRECTORY "/%s/%s", cell, name);
	port->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return port->fd < 0 ? -1 : take(port);
}

uint32_t port_bells(struct port *port)
{
	uint32_t bells;

	return read(port->fd, &bells, sizeof(bells)) == sizeof(bells) ? bells : 0;
}

bool port_announce(struct port *port)
{
	__u32 state = 1;

	return !ioctl(port->fd, JH_LINK_IOC_STATE, &state);
}

void port_withdraw(struct port *port)
{
	__u32 state = 0;

	ioctl(port->fd, JH_LINK_IOC_STATE, &state);
}

bool port_is_gone(struct port *port)
{
	__u64 address;

	return ioctl(port->fd, JH_LINK_IOC_ADDRESS, &address) && errno == EPIPE;
}
