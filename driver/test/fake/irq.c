// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The interrupts of the node "/gic". Linux has no mapping for INTID 99.
 */
#include "irq.h"

struct irq_domain fake_irq_domain, fake_irq_behind;
static u32 asked_spi;		/* of the GIC's domain */

struct irq_domain *irq_find_matching_fwspec(struct irq_fwspec *fwspec,
					    enum irq_domain_bus_token token)
{
	struct irq_domain *domain = &fake_irq_domain;

	if (fake_irq_behind.fwnode && fwspec->fwnode == fake_irq_behind.fwnode)
		domain = &fake_irq_behind;
	else if (strcmp(fwspec->fwnode->path, "/gic"))
		return NULL;
	else if (fwspec->param_count != 3 || fwspec->param[0])
		abort();
	else
		asked_spi = fwspec->param[1];
	return token == domain->token ? domain : NULL;
}

unsigned int irq_find_mapping(struct irq_domain *domain, u32 intid)
{
	if (domain == &fake_irq_behind)
		return intid + FAKE_BEHIND;
	if (domain != &fake_irq_domain || intid != asked_spi + 32)
		abort();
	return intid == 99 ? 0 : intid + FAKE_VIRQ;
}
