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

#define PPI_CELL	1	/* first cell of a GIC interrupt specifier: private peripheral */

static const struct of_device_id gic_ids[] = {
	{ .compatible = "arm,gic-v3", .data = (void *)3 },
	{ .compatible = "arm,gic-400", .data = (void *)2 },
	{ .compatible = "arm,cortex-a15-gic", .data = (void *)2 },
	{ .compatible = "arm,cortex-a7-gic", .data = (void *)2 },
	{ }
};

/* Where the GIC node's reg has the frames. */
static const struct frame {
	u32 kind;
	int gicv2, gicv3;	/* entry of reg, -1: none, or not at a fixed place */
	bool exact;		/* filtered by offset: must start where reg does */
} frames[] = {
	{ JH_UNIT_GICD, 0, 0, true },
	{ JH_UNIT_GICR, -1, 1, true },
	{ JH_UNIT_GICC, 1, -1, false },
	{ JH_UNIT_GICH, 2, -1, false },
	{ JH_UNIT_GICV, 3, -1, false },
};

#define REG_GICC	1	/* a GICv2's entry of reg for the CPU interface */

/** jh_arch_irqchip() - node of the GIC, for of_node_put(); NULL: jh supports none in the tree */
struct device_node *jh_arch_irqchip(void)
{
	return of_find_matching_node(NULL, gic_ids);
}

/** jh_gic_version() - 2 or 3; 0: jh supports no interrupt controller in the tree */
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

	found = gic && !of_address_to_resource(gic, REG_GICC, &res);
	of_node_put(gic);
	if (found)
		*address = res.start;
	return found;
}

static u32 index_of(const struct jh_config_unit *unit)
{
	return JH_ERROR_UNIT(unit->kind, unit->index);
}

/*
 * The frames of a GICv2's CPU interface may start later than reg, because GIC-400 repeats each
 * 4 KiB 16 times.
 */
static int check_frame(const struct jh_config_unit *unit, const struct frame *frame,
		       struct device_node *gic, u32 version, struct jh_error *err)
{
	int entry = version == 2 ? frame->gicv2 : frame->gicv3;
	struct resource res;

	if (entry < 0)
		return 0;
	if (of_address_to_resource(gic, entry, &res))
		return refuse_value(err, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, index_of(unit),
				    unit->address, 0);
	if (unit->address < res.start || unit->address + unit->size - 1 > res.end ||
	    (frame->exact && unit->address != res.start))
		return refuse_value(err, JH_ERR_GIC_ADDRESS, JH_OBJ_UNIT, index_of(unit),
				    unit->address, res.start);
	return 0;
}

/*
 * Root reaches a unit's range filtered or not at all: Linux would lose any other device, an ITS for
 * one, whose registers overlap it.
 */
static int check_neighbours(const struct jh_config_unit *unit, struct device_node *gic,
			    struct jh_error *err)
{
	struct device_node *np;
	struct resource res;
	int i;

	if (config_kind_flags(unit->kind) & JH_KIND_ROOT)
		return 0;
	for_each_of_nodes(np) {
		if (np == gic || !of_device_is_available(np))
			continue;
		for (i = 0; !of_address_to_resource(np, i, &res); i++) {
			if (res.end < unit->address || res.start > unit->address + unit->size - 1)
				continue;
			jh_who("%pOF", np);
			of_node_put(np);
			return refuse(err, JH_ERR_UNIT_NODE, JH_OBJ_UNIT, index_of(unit));
		}
	}
	return 0;
}

static int check_unit(const struct jh_config_unit *unit, struct device_node *gic, u32 version,
		      struct jh_error *err)
{
	u32 i;
	int code = 0;

	for (i = 0; !code && i < ARRAY_SIZE(frames); i++)
		if (frames[i].kind == unit->kind)
			code = check_frame(unit, &frames[i], gic, version, err);
	return code ? code : check_neighbours(unit, gic, err);
}

/** jh_gic_check() - check a system's units against the device tree; 0 or -errno */
int jh_gic_check(const void *config, struct jh_error *err)
{
	struct device_node *gic = of_find_matching_node(NULL, gic_ids);
	u32 version = jh_gic_version(), wanted = config_gic_version(config);
	u32 i, count, interrupt[2];
	const struct jh_config_unit *units = config_units(config, &count);
	const struct jh_config_unit *gicd = config_unit(config, JH_UNIT_GICD, 0);
	int code = 0;

	if (version != wanted)
		code = refuse_value(err, JH_ERR_GIC_MISMATCH, JH_OBJ_SYSTEM, 0, wanted, version);
	for (i = 0; !code && i < count; i++)
		code = check_unit(&units[i], gic, version, err);
	if (!code && !of_property_read_u32_array(gic, "interrupts", interrupt, 2) &&
	    interrupt[0] == PPI_CELL && interrupt[1] + INTID_PPI != gicd->argument)
		code = refuse_value(err, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT, index_of(gicd),
				    gicd->argument, interrupt[1] + INTID_PPI);
	of_node_put(gic);
	return code;
}

/* The IRQ domain of an interrupt controller's wired inputs. */
static struct irq_domain *domain_of(struct irq_fwspec *fwspec)
{
	struct irq_domain *domain = irq_find_matching_fwspec(fwspec, DOMAIN_BUS_WIRED);

	return domain ? domain : irq_find_matching_fwspec(fwspec, DOMAIN_BUS_ANY);
}

/** jh_arch_virq() - Linux' number of an SPI; 0: no driver has requested it yet */
unsigned int jh_arch_virq(u32 intid)
{
	struct device_node *gic = jh_arch_irqchip();
	struct irq_fwspec fwspec = {
		.fwnode = of_fwnode_handle(gic),
		.param_count = SPI_CELLS,
		.param = { SPI_TYPE, intid - INTID_SPI, IRQ_TYPE_LEVEL_HIGH },
	};
	struct irq_domain *domain = domain_of(&fwspec);

	of_node_put(gic);
	return domain ? irq_find_mapping(domain, intid) : 0;
}

/* Linux' number of an interrupt at any controller; 0: no driver has requested it yet. */
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
 * Another controller may sit between a device and the GIC (a wake-up controller, say) and number
 * its inputs differently. Linux knows an input's SPI once a driver has requested the input.
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
 * @index: of the interrupt in the node
 *
 * Return: its INTID; 0: it does not reach the GIC, or Linux has not connected it yet; -ENOENT: the
 * node has no interrupt of that index.
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
	else if (args.args_count >= SPI_CELLS && args.args[0] == SPI_TYPE)
		intid = args.args[1] + INTID_SPI;
	else
		intid = 0;
	of_node_put(args.np);
out:
	of_node_put(gic);
	return intid;
}
