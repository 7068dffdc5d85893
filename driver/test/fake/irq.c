// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The interrupts of the node "/gic", of which Linux has never heard of INTID 99.
 */
#include "irq.h"

struct irq_domain fake_irq_domain;

struct irq_domain *irq_find_matching_fwspec(struct irq_fwspec *fwspec,
					    enum irq_domain_bus_token token)
{
	if (strcmp(fwspec->fwnode->path, "/gic") || fwspec->param_count != 3 || fwspec->param[0])
		abort();
	return token == fake_irq_domain.token ? &fake_irq_domain : NULL;
}

unsigned int irq_find_mapping(struct irq_domain *domain, u32 intid)
{
	if (domain != &fake_irq_domain)
		abort();
	return intid == 99 ? 0 : intid + FAKE_VIRQ;
}
