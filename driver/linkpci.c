// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's sides of links as PCI devices, 110a:4106 (jh/ivshmem.h), for Linux' drivers of ivshmem: a
 * host bridge for each, with nothing else on its bus, in a domain of its own. BAR 0 has the
 * registers, which the hypervisor traps; the configuration space is here. The interrupt of the
 * device is one of Linux' own, which is raised from the link's: drivers of ivshmem do not read
 * which bells rang, and one-shot interrupts turn themselves off.
 */
#include "link.h"

#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <lib/ivshmem_space.h>
#include <jh/ivshmem.h>
#include <jh/link.h>

#define FIRST_DOMAIN	0x6a68		/* "jh" */
#define BUS_ADDRESS	0xff000000	/* of BAR 0, as the device has it: 32 bits */

/**
 * struct linkpci - the private part of a host bridge; it may outlive its link
 * @space:	the device; @words change under Linux' lock of configuration spaces
 * @config:	of the link, for @space
 * @irq:	Linux' number of the device's interrupt
 * @window:	the page of the registers, and @buses: the bus with the number 0
 */
struct linkpci {
	struct ivshmem_space space;
	struct jh_config_link config;
	unsigned int irq;
	struct resource window, buses;
};

/* --- the configuration space --- */

static int linkpci_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	const struct linkpci *pci = bus->sysdata;

	*value = ~0U;
	if (devfn)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = ivshmem_space_read(&pci->space, ALIGN_DOWN(where, 4)) >> 8 * (where % 4);
	if (size < 4)
		*value &= BIT(8 * size) - 1;
	return PCIBIOS_SUCCESSFUL;
}

static int linkpci_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	struct linkpci *pci = bus->sysdata;
	u32 shift = 8 * (where % 4), mask = (size < 4 ? BIT(8 * size) - 1 : ~0U) << shift;
	u32 bits, *word;

	if (devfn)
		return PCIBIOS_DEVICE_NOT_FOUND;
	word = ivshmem_space_word(&pci->space.words, ALIGN_DOWN(where, 4), &bits);
	if (word)
		WRITE_ONCE(*word, (*word & ~mask) | (value << shift & mask & bits));
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops linkpci_ops = {
	.read = linkpci_read,
	.write = linkpci_write,
};

static int linkpci_map_irq(const struct pci_dev *dev, u8 slot, u8 pin)
{
	const struct linkpci *pci = dev->sysdata;

	return pci->irq;
}

/* --- the interrupt --- */

/*
 * While the interrupt is disabled bells are kept, and the hypervisor raises it when it is enabled.
 * A bell that rings after they were read raises it again.
 */
irqreturn_t jh_linkpci_interrupt(struct link *link)
{
	const struct linkpci *pci = pci_host_bridge_priv(link->pci);

	if (!jh_link_get_register(link, JH_LINK_INT_CONTROL))
		return IRQ_HANDLED;
	if (!jh_link_get_register(link, JH_LINK_BELLS))
		return IRQ_NONE;
	if (READ_ONCE(pci->space.words.command) & JH_PCI_COMMAND_NO_INTX)
		return IRQ_HANDLED;
	if (READ_ONCE(pci->space.words.head) & JH_IVSHMEM_ONE_SHOT)
		jh_link_put_register(link, JH_LINK_INT_CONTROL, 0);
	generic_handle_irq_safe(pci->irq);
	return IRQ_HANDLED;
}

static int make_irq(struct linkpci *pci)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	pci->irq = irq;
	return 0;
}

/* --- the host --- */

static u64 place_of(const struct link *link)
{
	return jh_system->doors + (link->place - jh_system->hv.address);
}

/* That of the device which the link is in the cell; it may be none there. */
static u16 protocol_of(const struct link *link, const struct jh_cell *cell)
{
	u32 i, count, num_links;
	const struct jh_config_ivshmem *devices = config_ivshmems(cell->config, &count);
	const struct jh_config_link *links = config_links(cell->config, &num_links);

	for (i = 0; i < count; i++)
		if (&links[devices[i].link] == link->config)
			return devices[i].protocol;
	return JH_IVSHMEM_UNDEFINED;
}

static void fill_in(struct linkpci *pci, const struct link *link, const struct jh_cell *cell)
{
	u64 place = place_of(link);

	pci->config = *link->config;
	pci->space = (struct ivshmem_space){
		.link = &pci->config,
		.address = link->memory,
		.protocol = protocol_of(link, cell),
		.words = { .bar = BUS_ADDRESS },
	};
	pci->window = (struct resource)DEFINE_RES_NAMED(place, JH_LINK_SIZE, "jh-link",
							IORESOURCE_MEM);
	pci->buses = (struct resource)DEFINE_RES_NAMED(0, 1, "jh-link", IORESOURCE_BUS);
}

static int free_domain(void)
{
	int domain = FIRST_DOMAIN;

	while (pci_find_bus(domain, 0))
		domain++;
	return domain;
}

static int probe(struct pci_host_bridge *bridge, struct link *link)
{
	struct linkpci *pci = pci_host_bridge_priv(bridge);
	int code = request_resource(&iomem_resource, &pci->window);

	if (code)
		return code;
	pci_add_resource(&bridge->windows, &pci->buses);
	pci_add_resource_offset(&bridge->windows, &pci->window,
				pci->window.start - BUS_ADDRESS);
	bridge->dev.parent = jh_misc.this_device;
	bridge->sysdata = pci;
	bridge->ops = &linkpci_ops;
	bridge->map_irq = linkpci_map_irq;
	bridge->domain_nr = free_domain();
	/* A driver may be interrupted at once. */
	WRITE_ONCE(link->pci, bridge);
	code = pci_host_probe(bridge);
	if (code) {
		WRITE_ONCE(link->pci, NULL);
		release_resource(&pci->window);
	}
	return code;
}

int jh_linkpci_add(struct link *link, const struct jh_cell *cell)
{
	struct pci_host_bridge *bridge;
	struct linkpci *pci;
	int code;

	if (!jh_system->doors)
		return -ENXIO;
	bridge = pci_alloc_host_bridge(sizeof(*pci));
	if (!bridge)
		return -ENOMEM;
	pci = pci_host_bridge_priv(bridge);
	fill_in(pci, link, cell);
	code = make_irq(pci);
	if (!code) {
		code = probe(bridge, link);
		if (code)
			irq_free_desc(pci->irq);
	}
	if (code)
		pci_free_host_bridge(bridge);
	return code;
}

void jh_linkpci_stop(struct link *link)
{
	pci_lock_rescan_remove();
	pci_stop_root_bus(link->pci->bus);
	pci_remove_root_bus(link->pci->bus);
	pci_unlock_rescan_remove();
}

void jh_linkpci_remove(struct link *link)
{
	struct linkpci *pci;

	if (!link->pci)
		return;
	pci = pci_host_bridge_priv(link->pci);
	irq_free_desc(pci->irq);
	release_resource(&pci->window);
	pci_free_host_bridge(link->pci);
	link->pci = NULL;
}
