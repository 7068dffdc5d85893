// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Copyright (c) The jh authors */
#include <inmate/comm.h>
#include <inmate/io.h>
#include <inmate/pci.h>

/* Capabilities lie between the header and the end of these; there cannot be more than that. */
#define PCI_HEADER	0x40
#define PCI_MOST	((0x100 - PCI_HEADER) / 4)

static u64 pci_at(u32 function, u32 offset)
{
	return comm_region->pci_mmconfig_base + function * JH_PCI_FUNCTION_SIZE + offset;
}

bool pci_is_there(void)
{
	return comm_region->pci_mmconfig_base;
}

u32 pci_get(u32 function, u32 offset, u32 size)
{
	u64 at = pci_at(function, offset);

	if (size == 1)
		return mmio_read8(at);
	return size == 2 ? mmio_read16(at) : mmio_read32(at);
}

void pci_put(u32 function, u32 offset, u32 size, u32 value)
{
	u64 at = pci_at(function, offset);

	if (size == 1)
		mmio_write8(at, (u8)value);
	else if (size == 2)
		mmio_write16(at, (u16)value);
	else
		mmio_write32(at, value);
}

u32 pci_find(u32 id, u32 function)
{
	while (function < PCI_FUNCTIONS && pci_get(function, JH_PCI_ID, 4) != id)
		function++;
	return function;
}

u32 pci_find_capability(u32 function, u8 id)
{
	u32 at, most;

	if (!(pci_get(function, JH_PCI_STATUS, 2) & JH_PCI_STATUS_CAPABILITIES))
		return 0;
	at = pci_get(function, JH_PCI_CAPABILITIES, 1);
	for (most = PCI_MOST; at >= PCI_HEADER && most; most--) {
		if (pci_get(function, at, 1) == id)
			return at;
		at = pci_get(function, at + 1, 1);
	}
	return 0;
}

u32 pci_bar_size(u32 function, u32 bar)
{
	u32 offset = JH_PCI_BAR_0 + 4 * bar, command = pci_get(function, JH_PCI_COMMAND, 2);
	u32 before = pci_get(function, offset, 4), bits;

	/* It is not to be found at the end of the address space meanwhile. */
	pci_put(function, JH_PCI_COMMAND, 2, command & ~(u32)JH_PCI_COMMAND_MEMORY);
	pci_put(function, offset, 4, ~0U);
	bits = pci_get(function, offset, 4) & ~0xfU;
	pci_put(function, offset, 4, before);
	pci_put(function, JH_PCI_COMMAND, 2, command);
	return bits ? ~bits + 1 : 0;
}

u32 pci_irq(u32 function)
{
	u32 pin = pci_get(function, JH_PCI_INTERRUPT, 4) >> 8 & 0xff;

	return pin ? 32 + comm_region->vpci_irq_base + pin - 1 : 0;
}
