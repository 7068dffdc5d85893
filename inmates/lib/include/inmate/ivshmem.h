/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A side of a link that is found as a PCI device: ivshmem, version 2. link_bells() has none of it:
 * each interrupt says that some rang.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_IVSHMEM_H
#define INMATE_IVSHMEM_H

#include <inmate/link.h>
#include <inmate/pci.h>

/**
 * ivshmem_open() - link_start() for the side that is a function; pci_irq() is its interrupt
 * @registers: where in the host's window BAR 0 goes; 0: it stays where it is
 *
 * Return: false if the function is no device of ivshmem that says where its memory is.
 */
static inline bool ivshmem_open(struct link *link, u32 function, u32 registers)
{
	u32 at = pci_find_capability(function, PCI_CAPABILITY_VENDOR);

	if (pci_get(function, JH_PCI_ID, 4) != JH_IVSHMEM_ID || !at ||
	    pci_get(function, at + 2, 1) < 0x20)
		return false;
	at -= JH_IVSHMEM_CAPABILITY;
	if (registers)
		pci_put(function, JH_PCI_BAR_0, 4, registers);
	pci_put(function, JH_PCI_COMMAND, 2, JH_PCI_COMMAND_MEMORY | JH_PCI_COMMAND_MASTER);
	link->registers = pci_get(function, JH_PCI_BAR_0, 4) & ~0xfffU;
	link->memory = pci_get(function, at + JH_IVSHMEM_ADDRESS, 4);
	link->common = link->memory + pci_get(function, at + JH_IVSHMEM_TABLE_SIZE, 4);
	link->common_size = pci_get(function, at + JH_IVSHMEM_COMMON_SIZE, 4);
	link->output_size = pci_get(function, at + JH_IVSHMEM_OUTPUT_SIZE, 4);
	link_start(link);
	return true;
}

#endif
