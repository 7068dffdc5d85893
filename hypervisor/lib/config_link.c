// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the links of a cell, taken by itself. The hypervisor compares both sides when the
 * second cell is created.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>
#include <jh/link.h>
#include <jh/rpmsg.h>

#define HIGH		0x100000000ULL	/* the first address that 32 bits cannot hold */
#define MOST		(~0ULL & ~(JH_CONFIG_PAGE_SIZE - 1ULL))	/* where a sum would wrap around */

static int is_root(const char *name)
{
	static const char root[] = JH_LINK_ROOT;	/* with its zero */
	__u32 i;

	for (i = 0; i < sizeof(root); i++)
		if (name[i] != root[i])
			return 0;
	return 1;
}

struct config_section config_link_section(const struct jh_config_link *link, __u32 index)
{
	__u64 table = JH_CONFIG_PAGE_SIZE, outputs = link->size - 2 * link->output;

	switch (index) {
	case 0:
		return (struct config_section){ 0, table, 0, 0 };
	case 1:
		return (struct config_section){ table, outputs - table, 1, 1 };
	default:
		return (struct config_section){ outputs + (index - 2) * link->output, link->output,
						link->side == index - 2, 0 };
	}
}

__u32 config_link_regions(const struct jh_config_link *link)
{
	__u32 i, count = 0;

	for (i = 0; i < CONFIG_LINK_SECTIONS; i++)
		count += config_link_section(link, i).size != 0;
	return count;
}

static int check_names(const void *blob, const struct jh_config_link *links, __u32 index,
		       struct jh_error *err)
{
	const struct jh_config_link *link = &links[index];
	int ret = config_field_name(link->name, JH_OBJ_LINK, index, err);
	__u32 i;

	if (!ret)
		ret = config_field_name(link->peer, JH_OBJ_LINK, index, err);
	if (ret)
		return ret;
	if (config_same_name(link->peer, config_cell(blob)->name))
		return refuse(err, JH_ERR_LINK_SELF, JH_OBJ_LINK, index);
	for (i = 0; i < index; i++)
		if (config_same_name(link->name, links[i].name))
			return refuse_other(err, JH_ERR_LINK_TWICE, JH_OBJ_LINK, index,
					    JH_OBJ_LINK, i);
	return 0;
}

/* The state table, an output section for each side, and the rest, which both write. */
static int check_layout(const struct jh_config_link *link, __u32 index, struct jh_error *err)
{
	__u64 need, outputs;
	int ret = config_field_range(link->address, link->size, JH_CONFIG_PAGE_SIZE, JH_OBJ_LINK,
				     index, err);

	if (ret)
		return ret;
	if (!range_fits(link->address, link->size, HIGH))
		return refuse_value(err, JH_ERR_LINK_HIGH, JH_OBJ_LINK, index, link->address,
				    HIGH - 1);
	if (!range_aligned(link->output, JH_CONFIG_PAGE_SIZE))
		return refuse_value(err, JH_ERR_ALIGN, JH_OBJ_LINK, index, link->output,
				    JH_CONFIG_PAGE_SIZE);
	/* There must be something besides the state table. */
	outputs = link->output ? 2 * link->output : JH_CONFIG_PAGE_SIZE;
	need = link->output >> 63 ? MOST : JH_CONFIG_PAGE_SIZE + outputs;
	if (link->size < need)
		return refuse_value(err, JH_ERR_LINK_SIZE, JH_OBJ_LINK, index, link->size, need);
	return 0;
}

static int check_values(const struct jh_config_link *link, __u32 index, struct jh_error *err)
{
	if (!link->bells || link->bells > CONFIG_LINK_BELLS)
		return refuse_value(err, JH_ERR_LINK_BELLS, JH_OBJ_LINK, index, link->bells,
				    CONFIG_LINK_BELLS);
	if (link->side > 1)
		return refuse_value(err, JH_ERR_LINK_SIDE, JH_OBJ_LINK, index, link->side, 0);
	return config_field_flags(link->flags, JH_LINK_RPMSG | JH_LINK_PCI, JH_OBJ_LINK, index,
				  err);
}

int config_link_is_to_root(const struct jh_config_link *link)
{
	return is_root(link->peer);
}

/* Only remoteproc may load and start a cell with an rpmsg link. */
static int check_rpmsg(const void *blob, const struct jh_config_link *link, __u32 index,
		       struct jh_error *err)
{
	const struct jh_config_cell *cell = config_cell(blob);
	__u64 common = config_link_section(link, 1).size;

	if (!(link->flags & JH_LINK_RPMSG))
		return 0;
	if (!config_link_is_to_root(link))
		return refuse(err, JH_ERR_LINK_RPMSG, JH_OBJ_LINK, index);
	if (link->bells <= JH_RPMSG_BELL)
		return refuse_value(err, JH_ERR_LINK_RPMSG_BELLS, JH_OBJ_LINK, index, link->bells,
				    JH_RPMSG_BELL + 1);
	if (common < JH_RPMSG_LEAST)
		return refuse_value(err, JH_ERR_LINK_RPMSG_SIZE, JH_OBJ_LINK, index, common,
				    JH_RPMSG_LEAST);
	if (cell->on_failure == JH_ON_FAILURE_RESTART || cell->flags & JH_CELL_REBOOT)
		return refuse(err, JH_ERR_LINK_RPMSG_RESTART, JH_OBJ_LINK, index);
	return 0;
}

/* Linux has its side as one device: of PCI, of remoteproc, or the other end of virtio. */
static int check_root_pci(const void *blob, const struct jh_config_link *link, __u32 index,
			  struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_virtio *virtio = config_virtios(blob, &count);

	if (!(link->flags & JH_LINK_PCI))
		return 0;
	if (!config_link_is_to_root(link))
		return refuse(err, JH_ERR_LINK_PCI, JH_OBJ_LINK, index);
	if (link->flags & JH_LINK_RPMSG)
		return refuse(err, JH_ERR_LINK_PCI_BOTH, JH_OBJ_LINK, index);
	for (i = 0; i < count; i++)
		if (virtio[i].link == index)
			return refuse(err, JH_ERR_LINK_PCI_BOTH, JH_OBJ_LINK, index);
	return 0;
}

int config_link_place(const void *blob, __u32 object, __u32 index, __u64 start, __u64 size,
		      struct jh_error *err)
{
	const struct jh_console *console = config_console(blob);
	__u64 comm = config_cell(blob)->comm_address;
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);

	if (range_overlaps(start, size, comm, JH_COMM_SIZE))
		return refuse_value(err, JH_ERR_OVERLAP_COMM, object, index, comm, 0);
	for (i = 0; i < count; i++)
		if (range_overlaps(start, size, mems[i].virt, mems[i].size))
			return refuse_other(err, JH_ERR_OVERLAP_VIRT, object, index,
					    JH_OBJ_MEMORY, i);
	if (console && console->flags & JH_CONSOLE_VIRTUAL &&
	    range_overlaps(start, size, console->address, console->size))
		return refuse_other(err, JH_ERR_OVERLAP_VIRT, object, index, JH_OBJ_CONSOLE, 0);
	return 0;
}

/* The memory and the registers of a link must not overlap anything else of the cell. */
static int check_link_place(const void *blob, __u32 index, __u64 start, __u64 size,
			    struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_link *links = config_links(blob, &count);
	int ret = config_link_place(blob, JH_OBJ_LINK, index, start, size, err);

	if (ret)
		return ret;
	for (i = 0; i < index; i++)
		if (range_overlaps(start, size, links[i].address, links[i].size) ||
		    range_overlaps(start, size, links[i].registers, JH_CONFIG_PAGE_SIZE))
			return refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, index,
					    JH_OBJ_LINK, i);
	return 0;
}

static int check_link_places(const void *blob, const struct jh_config_link *link, __u32 index,
			struct jh_error *err)
{
	int ret = config_field_range(link->registers, JH_CONFIG_PAGE_SIZE, JH_CONFIG_PAGE_SIZE,
				     JH_OBJ_LINK, index, err);

	if (!ret)
		ret = check_link_place(blob, index, link->address, link->size, err);
	if (!ret)
		ret = check_link_place(blob, index, link->registers, JH_CONFIG_PAGE_SIZE, err);
	if (!ret && range_overlaps(link->address, link->size, link->registers,
				   JH_CONFIG_PAGE_SIZE))
		ret = refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, index, JH_OBJ_LINK,
				   index);
	return ret;
}

static int irq_twice(struct jh_error *err, __u32 index, __u32 irq, __u32 object, __u32 other)
{
	int ret = refuse_other(err, JH_ERR_IRQ_TWICE, JH_OBJ_LINK, index, object, other);

	err->value = irq;
	return ret;
}

static int check_irq(const void *blob, const struct jh_config_link *links, __u32 index,
		     struct jh_error *err)
{
	const struct jh_config_cell *cell = config_cell(blob);
	__u32 i, count, irq = links[index].irq;
	const struct jh_config_irq *irqs = config_irqs(blob, &count);
	int ret = config_field_irq(irq, JH_OBJ_LINK, index, err);

	if (ret)
		return ret;
	if (cell->flags & JH_CELL_IRQ_DIRECT)
		return refuse_value(err, JH_ERR_LINK_DIRECT, JH_OBJ_LINK, index, irq, 0);
	if (irq == cell->console_irq)
		return irq_twice(err, index, irq, JH_OBJ_CONSOLE, 0);
	for (i = 0; i < count; i++)
		if (irqs[i].intid == irq)
			return irq_twice(err, index, irq, JH_OBJ_IRQ, i);
	for (i = 0; i < index; i++)
		if (links[i].irq == irq)
			return irq_twice(err, index, irq, JH_OBJ_LINK, i);
	return 0;
}

int config_link_check(const void *blob, struct jh_error *err)
{
	__u32 i, count, regions;
	const struct jh_config_link *links = config_links(blob, &count);
	int ret;

	if (count && is_root(config_cell(blob)->name))
		return refuse(err, JH_ERR_LINK_NAME, JH_OBJ_CELL, 0);
	config_memories(blob, &regions);
	for (i = 0; i < count; i++) {
		ret = check_names(blob, links, i, err);
		if (!ret)
			ret = check_layout(&links[i], i, err);
		if (!ret)
			ret = check_values(&links[i], i, err);
		if (!ret)
			ret = check_rpmsg(blob, &links[i], i, err);
		if (!ret)
			ret = check_root_pci(blob, &links[i], i, err);
		if (!ret)
			ret = check_link_places(blob, &links[i], i, err);
		if (!ret)
			ret = check_irq(blob, links, i, err);
		if (ret)
			return ret;
		regions += config_link_regions(&links[i]);
		if (regions > JH_CONFIG_MAX_MEMORIES)
			return refuse_value(err, JH_ERR_LINK_MEMORY, JH_OBJ_LINK, i, regions,
					    JH_CONFIG_MAX_MEMORIES);
	}
	ret = config_virtio_check(blob, err);
	return ret ? ret : config_ivshmem_check(blob, err);
}
