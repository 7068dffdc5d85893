// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller: a GIC, as the device tree has it.
 */
#include "../../jh.h"
#include "arm64.h"

#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/rcupdate.h>
#include <linux/stddef.h>

#define PPI_CELL	1	/* first cell of a GIC interrupt specifier: private peripheral */
#define FIRST_PPI	16	/* its INTID */
#define FIRST_SPI	32
#define SPI_CELLS	3	/* of a specifier: type, number, trigger */

static const struct of_device_id gic_ids[] = {
	{ .compatible = "arm,gic-v3", .data = (void *)3 },
	{ .compatible = "arm,gic-400", .data = (void *)2 },
	{ .compatible = "arm,cortex-a15-gic", .data = (void *)2 },
	{ .compatible = "arm,cortex-a7-gic", .data = (void *)2 },
	{ }
};

/* The frames in the order of JH_OBJ_GIC's index, and where the GIC node's reg has them. */
static const struct {
	size_t base, size;	/* offsets of the config's fields */
	int gicv2, gicv3;	/* entry of reg, -1: none, or not at a fixed place */
} frames[] = {
	{ offsetof(struct jh_config_system, gicd_base),
	  offsetof(struct jh_config_system, gicd_size), 0, 0 },
	{ offsetof(struct jh_config_system, gicr_base),
	  offsetof(struct jh_config_system, gicr_size), -1, 1 },
	{ offsetof(struct jh_config_system, gicc_base),
	  offsetof(struct jh_config_system, gicc_size), 1, -1 },
	{ offsetof(struct jh_config_system, gich_base),
	  offsetof(struct jh_config_system, gich_size), 2, -1 },
	{ offsetof(struct jh_config_system, gicv_base),
	  offsetof(struct jh_config_system, gicv_size), 3, -1 },
};

#define FRAME_GICR	1
#define FRAME_GICC	2
#define NO_FRAME	ARRAY_SIZE(frames)	/* the controller as a whole */

/** jh_arch_irqchip() - node of the interrupt controller, to be put; NULL: none that jh knows */
struct device_node *jh_arch_irqchip(void)
{
	return of_find_matching_node(NULL, gic_ids);
}

/** jh_gic_version() - 2 or 3; 0: no interrupt controller that jh knows */
u32 jh_gic_version(void)
{
	const struct of_device_id *id;
	struct device_node *gic = of_find_matching_node_and_match(NULL, gic_ids, &id);

	of_node_put(gic);
	return gic ? (uintptr_t)id->data : 0;
}

/** jh_gic_gicc() - physical address of a GICv2's CPU interface; false: there is none */
bool jh_gic_gicc(u64 *address)
{
	struct device_node *gic = of_find_matching_node(NULL, gic_ids);
	struct resource res;
	bool found;

	found = gic && !of_address_to_resource(gic, frames[FRAME_GICC].gicv2, &res);
	of_node_put(gic);
	if (found)
		*address = res.start;
	return found;
}

/*
 * The first two frames decide which registers are filtered: they start where the tree says. The
 * frames of a GICv2's CPU interface may start later, because GIC-400 repeats each 4 KiB 16 times.
 */
static int check_frame(const struct jh_config_system *config, struct device_node *gic, u32 frame,
		       struct jh_error *err)
{
	u64 base = *(const u64 *)((const char *)config + frames[frame].base);
	u64 size = *(const u64 *)((const char *)config + frames[frame].size);
	int entry = config->gic_version == 2 ? frames[frame].gicv2 : frames[frame].gicv3;
	struct resource res;

	if (entry < 0 || !size)
		return 0;
	if (of_address_to_resource(gic, entry, &res))
		return refuse_value(err, JH_ERR_GIC_FRAME, JH_OBJ_GIC, frame, base, 0);
	if (base < res.start || base + size - 1 > res.end ||
	    (frame <= FRAME_GICR && base != res.start))
		return refuse_value(err, JH_ERR_GIC_ADDRESS, JH_OBJ_GIC, frame, base, res.start);
	return 0;
}

/* Linux would lose what lies under a frame, an ITS for one: it is filtered or out of its map. */
static int check_neighbours(const struct jh_config_system *config, struct device_node *gic,
			    u32 frame, struct jh_error *err)
{
	u64 base = *(const u64 *)((const char *)config + frames[frame].base);
	u64 size = *(const u64 *)((const char *)config + frames[frame].size);
	struct device_node *np;
	struct resource res;
	int i;

	if (!size)
		return 0;
	for_each_of_nodes(np) {
		if (np == gic || !of_device_is_available(np))
			continue;
		for (i = 0; !of_address_to_resource(np, i, &res); i++) {
			if (res.end < base || res.start > base + size - 1)
				continue;
			jh_who("%pOF", np);
			of_node_put(np);
			return refuse(err, JH_ERR_GIC_NODE, JH_OBJ_GIC, frame);
		}
	}
	return 0;
}

/** jh_gic_check() - the interrupt controller is the configuration's */
int jh_gic_check(const struct jh_config_system *config, struct jh_error *err)
{
	struct device_node *gic = of_find_matching_node(NULL, gic_ids);
	u32 version = jh_gic_version();
	u32 frame, interrupt[2];
	int code = 0;

	if (version != config->gic_version)
		code = refuse_value(err, JH_ERR_GIC_MISMATCH, JH_OBJ_GIC, NO_FRAME,
				    config->gic_version, version);
	for (frame = 0; !code && frame < NO_FRAME; frame++)
		code = check_frame(config, gic, frame, err);
	for (frame = 0; !code && frame < NO_FRAME; frame++)
		code = check_neighbours(config, gic, frame, err);
	if (!code && !of_property_read_u32_array(gic, "interrupts", interrupt, 2) &&
	    interrupt[0] == PPI_CELL && interrupt[1] + FIRST_PPI != config->maintenance_irq)
		code = refuse_value(err, JH_ERR_GIC_MAINTENANCE, JH_OBJ_GIC, NO_FRAME,
				    config->maintenance_irq, interrupt[1] + FIRST_PPI);
	of_node_put(gic);
	return code;
}

/* The domain of an interrupt controller's own lines. */
static struct irq_domain *domain_of(struct irq_fwspec *fwspec)
{
	struct irq_domain *domain = irq_find_matching_fwspec(fwspec, DOMAIN_BUS_WIRED);

	return domain ? domain : irq_find_matching_fwspec(fwspec, DOMAIN_BUS_ANY);
}

/** jh_arch_virq() - Linux' number of an SPI; 0: nobody has asked for it yet */
unsigned int jh_arch_virq(u32 intid)
{
	struct device_node *gic = jh_arch_irqchip();
	struct irq_fwspec fwspec = {
		.fwnode = of_fwnode_handle(gic),
		.param_count = SPI_CELLS,
		.param = { 0, intid - FIRST_SPI, IRQ_TYPE_LEVEL_HIGH },
	};
	struct irq_domain *domain = domain_of(&fwspec);

	of_node_put(gic);
	return domain ? irq_find_mapping(domain, intid) : 0;
}

/* Linux' number of an interrupt at any controller; 0: nobody has asked for it yet. */
static unsigned int virq_at(const struct of_phandle_args *args)
{
	struct irq_fwspec fwspec = {
		.fwnode = of_fwnode_handle(args->np),
		.param_count = args->args_count,
	};
	struct irq_domain *domain = domain_of(&fwspec);
	unsigned int type;
	unsigned long hwirq;
	int i;

	for (i = 0; i < args->args_count; i++)
		fwspec.param[i] = args->args[i];
	if (!domain || !domain->ops->translate ||
	    domain->ops->translate(domain, &fwspec, &hwirq, &type))
		return 0;
	return irq_find_mapping(domain, hwirq);
}

/*
 * A controller may sit in the line to the GIC (it wakes the chip up, say) and number its inputs as
 * it likes. Linux knows which SPI belongs to an input once somebody has asked for it.
 */
static u32 spi_behind(const struct of_phandle_args *args, struct device_node *gic)
{
	unsigned int virq = virq_at(args);
	struct irq_data *data;
	u32 intid = 0;

	rcu_read_lock();
	for (data = virq ? irq_get_irq_data(virq) : NULL; data; data = data->parent_data)
		if (data->domain && data->domain->fwnode == of_fwnode_handle(gic))
			intid = data->hwirq;
	rcu_read_unlock();
	return intid;
}

/**
 * jh_arch_irq_of() - SPI of a node's interrupt
 *
 * Return: 0: it ends somewhere else, or Linux has not connected it yet; -ENOENT: there are no more.
 */
int jh_arch_irq_of(struct device_node *np, int index)
{
	struct device_node *gic = jh_arch_irqchip();
	struct of_phandle_args args;
	int intid = -ENOENT;

	if (of_irq_parse_one(np, index, &args))
		goto out;
	if (args.np != gic)
		intid = spi_behind(&args, gic);
	else if (args.args_count >= SPI_CELLS && !args.args[0])
		intid = args.args[1] + FIRST_SPI;
	else
		intid = 0;
	of_node_put(args.np);
out:
	of_node_put(gic);
	return intid;
}
