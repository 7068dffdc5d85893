/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For linkpci.c: host bridges, one bus of each, and interrupts that Linux makes up.
 */
#ifndef FAKE_PCI_H
#define FAKE_PCI_H

#include "link.h"

#define PCIBIOS_SUCCESSFUL		0
#define PCIBIOS_DEVICE_NOT_FOUND	0x86
#define IORESOURCE_BUS			0x1000UL
#define NUMA_NO_NODE			-1
#define handle_simple_irq		((void *)1)
#define DEFINE_RES_NAMED(at, bytes, name, kind)	{ (at), (at) + (bytes) - 1, (kind) }

struct irq_chip {
	int unused;
};

struct pci_bus {
	void *sysdata;
};

struct pci_dev {
	void *sysdata;
};

struct pci_ops {
	int (*read)(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value);
	int (*write)(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value);
};

struct pci_host_bridge {
	struct device dev;
	struct pci_bus *bus;
	struct pci_ops *ops;
	void *sysdata;
	int domain_nr;
	int (*map_irq)(const struct pci_dev *dev, u8 slot, u8 pin);
	struct {
		struct resource *res;
		u64 offset;
	} windows[2];
	u64 private[64];
};

extern struct resource iomem_resource;
extern struct irq_chip dummy_irq_chip;

static inline void *pci_host_bridge_priv(struct pci_host_bridge *bridge)
{
	return bridge->private;
}

int request_resource(struct resource *parent, struct resource *res);
int release_resource(struct resource *res);
struct pci_host_bridge *pci_alloc_host_bridge(size_t size);
void pci_free_host_bridge(struct pci_host_bridge *bridge);
int pci_host_probe(struct pci_host_bridge *bridge);
struct pci_bus *pci_find_bus(int domain, int number);
void pci_lock_rescan_remove(void);
void pci_unlock_rescan_remove(void);
void pci_stop_root_bus(struct pci_bus *bus);
void pci_remove_root_bus(struct pci_bus *bus);
int irq_alloc_desc(int node);
void irq_free_desc(unsigned int irq);
void irq_set_chip_and_handler(unsigned int irq, struct irq_chip *chip, void *handler);
int generic_handle_irq_safe(unsigned int irq);
void fake_add_window(void *windows, struct resource *res, u64 offset);

#define pci_add_resource(windows, res)			fake_add_window(windows, res, 0)
#define pci_add_resource_offset(windows, res, offset)	fake_add_window(windows, res, offset)

#endif
