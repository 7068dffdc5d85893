// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The configuration against the device tree that this Linux was started with.
 */
#include "jh.h"

#include <linux/ioport.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/stddef.h>

#define for_each_of_nodes(np) \
	for (np = of_find_all_nodes(NULL); np; np = of_find_all_nodes(np))

#define PPI_CELL	1	/* first cell of a GIC interrupt specifier: private peripheral */
#define FIRST_PPI	16	/* its INTID */

static const struct of_device_id gic_ids[] = {
	{ .compatible = "arm,gic-v3", .data = (void *)3 },
	{ .compatible = "arm,gic-400", .data = (void *)2 },
	{ .compatible = "arm,cortex-a15-gic", .data = (void *)2 },
	{ .compatible = "arm,cortex-a7-gic", .data = (void *)2 },
	{ }
};

static const struct of_device_id psci_ids[] = {
	{ .compatible = "arm,psci-1.0" },
	{ .compatible = "arm,psci-0.2" },
	{ .compatible = "arm,psci" },
	{ }
};

static const struct of_device_id uart_ids[] = {
	{ .compatible = "arm,pl011", .data = (void *)JH_CONSOLE_PL011 },
	{ .compatible = "arm,sbsa-uart", .data = (void *)JH_CONSOLE_PL011 },
	{ .compatible = "cdns,uart-r1p12", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "cdns,uart-r1p8", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "xlnx,xuartps", .data = (void *)JH_CONSOLE_XUARTPS },
	{ .compatible = "ns16550a", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "ns16550", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "ns8250", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "snps,dw-apb-uart", .data = (void *)JH_CONSOLE_8250 },
	{ .compatible = "brcm,bcm2835-aux-uart", .data = (void *)JH_CONSOLE_8250 },
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

/** jh_devtree_present() - false where Linux was started with ACPI tables alone */
bool jh_devtree_present(void)
{
	struct device_node *gic = of_find_matching_node(NULL, gic_ids);

	of_node_put(gic);
	return gic;
}

/** jh_devtree_gic() - its node, to be put; NULL: none that jh knows */
struct device_node *jh_devtree_gic(void)
{
	return of_find_matching_node(NULL, gic_ids);
}

/** jh_devtree_gic_version() - 2 or 3; 0: no interrupt controller that jh knows */
u32 jh_devtree_gic_version(void)
{
	const struct of_device_id *id;
	struct device_node *gic = of_find_matching_node_and_match(NULL, gic_ids, &id);

	of_node_put(gic);
	return gic ? (uintptr_t)id->data : 0;
}

/** jh_devtree_gicc() - physical address of a GICv2's CPU interface; false: there is none */
bool jh_devtree_gicc(u64 *address)
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

static int check_gic(const struct jh_config_system *config, struct jh_error *err)
{
	struct device_node *gic = of_find_matching_node(NULL, gic_ids);
	u32 version = jh_devtree_gic_version();
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

static bool is_uart(struct device_node *np, const struct jh_console *console)
{
	const struct of_device_id *id = of_match_node(uart_ids, np);
	struct resource res;

	return id && (uintptr_t)id->data == console->type && of_device_is_available(np) &&
	       !of_address_to_resource(np, 0, &res) && res.start == console->address;
}

/* Reading a UART that is not there, or belongs to the secure world, would be the end. */
static int check_console(const struct jh_console *console, struct jh_error *err)
{
	struct device_node *np;

	if (!console || console->type == JH_CONSOLE_NONE)
		return 0;
	for_each_of_nodes(np) {
		if (is_uart(np, console)) {
			of_node_put(np);
			return 0;
		}
	}
	return refuse_value(err, JH_ERR_CONSOLE_ABSENT, JH_OBJ_CONSOLE, 0, console->address, 0);
}

static bool uses_psci(unsigned int cpu)
{
	struct device_node *np = of_get_cpu_node(cpu, NULL);
	bool uses = np && of_property_match_string(np, "enable-method", "psci") >= 0;

	of_node_put(np);
	return uses;
}

static int check_psci(struct jh_error *err)
{
	struct device_node *psci = of_find_matching_node(NULL, psci_ids);
	bool smc = psci && of_property_match_string(psci, "method", "smc") >= 0;
	unsigned int cpu;

	of_node_put(psci);
	if (!smc)
		return refuse(err, JH_ERR_NO_PSCI, JH_OBJ_MACHINE, 0);
	for_each_present_cpu(cpu)
		if (num_present_cpus() > 1 && !uses_psci(cpu))
			return refuse(err, JH_ERR_NO_PSCI, JH_OBJ_MACHINE, cpu);
	return 0;
}

/** jh_devtree_check() - interrupt controller, console and firmware are what the config says */
int jh_devtree_check(const struct jh_system *system, struct jh_error *err)
{
	int code = check_psci(err);

	if (!code)
		code = check_gic(config_system(system->config), err);
	if (!code)
		code = check_console(config_console(system->config), err);
	return code;
}

static bool covers(const struct resource *res, u64 address, u64 size)
{
	return address >= res->start && address + size - 1 <= res->end;
}

static bool node_covers(struct device_node *np, u64 address, u64 size)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		if (covers(&res, address, size))
			return true;
	return false;
}

/** jh_devtree_is_memory() - one entry of a memory node covers the range */
bool jh_devtree_is_memory(u64 address, u64 size)
{
	struct device_node *np;

	for_each_node_by_type(np, "memory") {
		if (node_covers(np, address, size)) {
			of_node_put(np);
			return true;
		}
	}
	return false;
}

/*
 * A reserved-memory node without a compatible is reserved for someone whom Linux does not know; one
 * with a compatible belongs to a driver.
 */
static bool is_free_reservation(struct device_node *np)
{
	return !of_property_read_bool(np, "compatible") && !of_property_read_bool(np, "reusable");
}

/**
 * jh_devtree_reserved() - is the range set aside by the device tree?
 *
 * Return: 0 if it is, for nobody in particular; -EBUSY: for a driver; -ENOENT: it is not.
 */
int jh_devtree_reserved(u64 address, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	int code = -ENOENT;

	for_each_available_child_of_node(parent, np) {
		if (!node_covers(np, address, size))
			continue;
		code = is_free_reservation(np) ? 0 : -EBUSY;
		of_node_put(np);
		break;
	}
	of_node_put(parent);
	return code;
}

/** jh_devtree_is_unmapped() - is it reserved with no-map, so that Linux does not even map it? */
bool jh_devtree_is_unmapped(u64 address, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	bool found = false;

	for_each_available_child_of_node(parent, np) {
		if (!node_covers(np, address, size))
			continue;
		found = of_property_read_bool(np, "no-map");
		of_node_put(np);
		break;
	}
	of_node_put(parent);
	return found;
}

static int highest_of(struct resource *res, void *argument)
{
	u64 *highest = argument;

	*highest = max_t(u64, *highest, res->end);
	return 0;
}

static u64 highest_of_node(struct device_node *np)
{
	struct of_range_parser parser;
	struct of_range range;
	struct resource res;
	u64 highest = 0;
	int i;

	for (i = 0; !of_address_to_resource(np, i, &res); i++)
		highest = max_t(u64, highest, res.end);
	if (of_node_is_type(np, "pci") && !of_pci_range_parser_init(&parser, np))
		for_each_of_range(&parser, &range)
			if (range.cpu_addr != OF_BAD_ADDR)
				highest = max(highest, range.cpu_addr + range.size - 1);
	return highest;
}

/** jh_devtree_max_address() - the last byte that /proc/iomem or the device tree know of */
u64 jh_devtree_max_address(void)
{
	struct device_node *np;
	u64 highest = 0;

	walk_iomem_res_desc(IORES_DESC_NONE, 0, 0, -1, &highest, highest_of);
	for_each_of_nodes(np)
		highest = max(highest, highest_of_node(np));
	return highest;
}
