// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Spare SPIs: no device has them, so the hypervisor can raise them in Linux. The search starts at
 * the highest number: a GIC has SPIs in groups of 32, and the last ones are often not wired.
 */
#include "../../jh.h"
#include "arm64.h"

#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/of_address.h>

#define GICD_TYPER	0x4
#define TYPER_LINES	0x1f
#define V2M_TYPER	0x8
#define V2M_BASE(typer)	((typer) >> 16 & 0x3ff)
#define V2M_SPIS(typer)	((typer) & 0x3ff)

/* One more than the highest INTID; 0: unknown. */
static u32 count_irqs(void)
{
	struct device_node *gic = jh_arch_irqchip();
	void __iomem *gicd = gic ? of_iomap(gic, 0) : NULL;
	u32 count = 0;

	of_node_put(gic);
	if (!gicd)
		return 0;
	count = 32 * ((readl_relaxed(gicd + GICD_TYPER) & TYPER_LINES) + 1);
	iounmap(gicd);
	return min_t(u32, count, INTID_SPECIAL);
}

/* In an interrupt-map the SPI's number follows the cell with its type. */
static bool is_mapped_by(struct device_node *np, u32 spi)
{
	int length, i;
	const __be32 *map = of_get_property(np, "interrupt-map", &length);

	for (i = 0; map && i + 1 < length / (int)sizeof(*map); i++)
		if (be32_to_cpu(map[i]) == SPI_TYPE && be32_to_cpu(map[i + 1]) == spi)
			return true;
	return false;
}

/* SPIs for message-signalled interrupts (GICv2m, MBIs of a GICv3), which Linux hands out later. */
static bool is_message_of(struct device_node *np, u32 intid)
{
	void __iomem *frame;
	u32 base, count, i;

	for (i = 0; !of_property_read_u32_index(np, "mbi-ranges", i, &base) &&
	     !of_property_read_u32_index(np, "mbi-ranges", i + 1, &count); i += 2)
		if (intid >= base && intid - base < count)
			return true;
	if (!of_device_is_compatible(np, "arm,gic-v2m-frame"))
		return false;
	if (of_property_read_u32_array(np, "arm,msi-base-spi", &base, 1) ||
	    of_property_read_u32_array(np, "arm,msi-num-spis", &count, 1)) {
		frame = of_iomap(np, 0);
		if (!frame)
			return true;
		base = V2M_BASE(readl_relaxed(frame + V2M_TYPER));
		count = V2M_SPIS(readl_relaxed(frame + V2M_TYPER));
		iounmap(frame);
	}
	return intid >= base && intid - base < count;
}

static bool is_in_tree(u32 intid)
{
	struct device_node *np;
	int i, irq;

	for_each_of_nodes(np) {
		for (i = 0; (irq = jh_arch_irq_of(np, i)) >= 0; i++)
			if (irq == intid)
				break;
		if (irq == intid || is_mapped_by(np, intid - INTID_SPI) ||
		    is_message_of(np, intid)) {
			of_node_put(np);
			return true;
		}
	}
	return false;
}

/** jh_arch_spare_irq() - the highest spare SPI whose INTID is below @below; 0: there is none */
u32 jh_arch_spare_irq(u32 below)
{
	u32 intid = min(below, count_irqs());

	while (intid-- > INTID_SPI)
		if (!jh_arch_virq(intid) && !is_in_tree(intid))
			return intid;
	return 0;
}

/** jh_arch_make_virq() - map a spare SPI as an edge; Return: Linux' number of it, 0 on failure */
unsigned int jh_arch_make_virq(u32 intid)
{
	struct device_node *gic = jh_arch_irqchip();
	struct irq_fwspec fwspec = {
		.fwnode = of_fwnode_handle(gic),
		.param_count = SPI_CELLS,
		.param = { SPI_TYPE, intid - INTID_SPI, IRQ_TYPE_EDGE_RISING },
	};
	unsigned int virq = irq_create_fwspec_mapping(&fwspec);

	of_node_put(gic);
	return virq;
}
