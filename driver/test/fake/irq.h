/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For usage.c: interrupts and their handlers, buses and the registers of their devices.
 */
#ifndef FAKE_IRQ_H
#define FAKE_IRQ_H

#include "devices.h"

#define IRQ_TYPE_LEVEL_HIGH	4
#define FAKE_VIRQ		1000	/* Linux' number of an SPI is this much higher */
#define FAKE_BEHIND		5000

enum irq_domain_bus_token { DOMAIN_BUS_ANY, DOMAIN_BUS_WIRED };

struct irq_fwspec {
	struct device_node *fwnode;
	int param_count;
	u32 param[16];
};

struct irq_domain;

struct irq_domain_ops {
	int (*translate)(struct irq_domain *domain, struct irq_fwspec *fwspec,
			 unsigned long *hwirq, unsigned int *type);
};

struct irq_domain {
	enum irq_domain_bus_token token;
	struct device_node *fwnode;
	const struct irq_domain_ops *ops;
};

/* The GIC's domain, and that of a controller whose input n has Linux' number FAKE_BEHIND + n. */
extern struct irq_domain fake_irq_domain, fake_irq_behind;

struct irqaction {
	const char *name;
};

struct irq_desc {
	int lock;
	struct irqaction *action;
};

struct irq_data {
	struct irq_desc desc;
	struct irq_domain *domain;
	unsigned long hwirq;
	struct irq_data *parent_data;
};

#define of_fwnode_handle(np)			(np)
#define irq_data_to_desc(data)			(&(data)->desc)
#define raw_spin_lock_irqsave(lock, flags)	((flags) = 0, ++*(lock))
#define raw_spin_unlock_irqrestore(lock, flags)	((void)(flags), --*(lock))

struct irq_domain *irq_find_matching_fwspec(struct irq_fwspec *fwspec,
					    enum irq_domain_bus_token token);
unsigned int irq_find_mapping(struct irq_domain *domain, u32 intid);
struct irq_data *irq_get_irq_data(unsigned int virq);

#define to_platform_device(d)	container_of(d, struct platform_device, dev)
#define to_amba_device(d)	container_of(d, struct amba_device, dev)
#define dev_name(dev)		((dev)->path)

struct resource *platform_get_resource(struct platform_device *pdev, unsigned long kind, u32 index);
struct device *get_device(struct device *dev);
int bus_for_each_dev(const struct bus_type *bus, struct device *start, void *argument,
		     int (*call)(struct device *dev, void *argument));

/** vscnprintf() - as vsnprintf(), and "%pOF" is the path of a node */
int vscnprintf(char *buffer, size_t size, const char *format, va_list args);

#endif
