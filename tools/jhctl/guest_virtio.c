// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Virtio devices of a guest. What they and the guest have in common is the memory of their links,
 * behind the table of states. A stock Linux keeps all that its devices have to reach there by
 * itself if that is all that their bus reaches, and is its ZONE_DMA: it lies below all other RAM,
 * and ends at a power of two.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jh/config.h>
#include <lib/config.h>

#include "guest_parts.h"
#include "jhctl.h"
#include "text.h"

#define REGISTERS	0x1000		/* bytes of a device's page */
#define EDGE_RISING	1		/* as the tree calls it */
#define SLAB		2048		/* bytes that swiotlb= counts; */
#define LEAST_SLABS	128		/* it makes no fewer */

static const struct jh_config_link *link_of(const void *config, __u32 device)
{
	const struct jh_config_virtio *devices;
	const struct jh_config_link *links;
	__u32 count;

	devices = config_virtios(config, &count);
	links = config_links(config, &count);
	return &links[devices[device].link];
}

/* What both sides may write */
static struct config_section common_of(const struct jh_config_link *link)
{
	return config_link_section(link, 1);
}

/* From the first link's memory to the end of the last one's; false if there are no devices. */
static bool find_reach(const void *config, __u64 *start, __u64 *end)
{
	__u32 count, i;

	config_virtios(config, &count);
	*start = ~0ULL;
	*end = 0;
	for (i = 0; i < count; i++) {
		const struct jh_config_link *link = link_of(config, i);

		if (link->address < *start)
			*start = link->address;
		if (link->address + link->size > *end)
			*end = link->address + link->size;
	}
	return count != 0;
}

/* The first address of RAM. */
static __u64 lowest_ram(const void *config)
{
	const struct jh_config_memory *memory;
	__u64 lowest = ~0ULL;
	__u32 count, i;

	memory = config_memories(config, &count);
	for (i = 0; i < count; i++)
		if (!(memory[i].flags & JH_MEM_IO) && memory[i].virt < lowest)
			lowest = memory[i].virt;
	return lowest;
}

static bool is_zone(const void *config, __u64 start, __u64 end)
{
	return end <= lowest_ram(config) && !(end & (end - 1)) && start < end;
}

bool guest_has_zone(const void *config)
{
	__u64 start, end;

	return find_reach(config, &start, &end) && is_zone(config, start, end);
}

__u64 guest_bounce_slabs(const void *config)
{
	__u64 largest = 0, size, slabs = LEAST_SLABS;
	__u32 count, i;

	config_virtios(config, &count);
	for (i = 0; i < count; i++) {
		size = common_of(link_of(config, i)).size;
		if (size > largest)
			largest = size;
	}
	/* In one piece, a power of two, and nearly as much at least is left there for queues. */
	while (3 * slabs * SLAB <= largest)
		slabs *= 2;
	return slabs;
}

static void put_memory(struct guest_writer *w, const struct jh_config_link *link)
{
	struct config_section common = common_of(link);
	fdt32_t cells[4];

	if (!common.size)
		return;
	guest_begin_at(w, "memory", link->address + common.offset);
	guest_string(w, "device_type", "memory");
	guest_put_range(cells, 0, link->address + common.offset, common.size);
	guest_raw(w, "reg", cells, sizeof(cells));
	guest_end(w);
}

static void put_device(struct guest_writer *w, const struct jh_config_link *link)
{
	fdt32_t cells[4];

	guest_begin_at(w, "virtio", link->registers);
	guest_string(w, "compatible", "virtio,mmio");
	guest_put_range(cells, 0, link->registers, REGISTERS);
	guest_raw(w, "reg", cells, sizeof(cells));
	cells[0] = cpu_to_fdt32(0);
	cells[1] = cpu_to_fdt32(link->irq - INTID_SPI);
	cells[2] = cpu_to_fdt32(EDGE_RISING);
	guest_raw(w, "interrupts", cells, 3 * sizeof(cells[0]));
	guest_flag(w, "dma-coherent");
	guest_end(w);
}

/* Bus address and address are the same: what the bus reaches is what counts. */
static void put_reach(struct guest_writer *w, __u64 start, __u64 end)
{
	fdt32_t cells[6];

	cells[0] = cpu_to_fdt32((__u32)(start >> 32));
	cells[1] = cpu_to_fdt32((__u32)start);
	guest_put_range(cells, 2, start, end - start);
	guest_raw(w, "dma-ranges", cells, sizeof(cells));
}

void guest_virtio(struct guest_writer *w)
{
	const void *config = w->guest->config;
	__u64 start, end;
	bool zone;
	__u32 count, i;

	if (!find_reach(config, &start, &end))
		return;
	zone = is_zone(config, start, end);
	config_virtios(config, &count);
	for (i = 0; zone && i < count; i++)
		put_memory(w, link_of(config, i));
	if (!zone)
		complain("warning: the memory of the virtio devices does not lie below the RAM and "
			 "end at a power of two: Linux cannot use them; leave link out of "
			 "[[virtio]], and let the RAM begin at 0x40000000");
	guest_begin(w, "virtio-bus");
	guest_string(w, "compatible", "simple-bus");
	guest_number(w, "#address-cells", 2);
	guest_number(w, "#size-cells", 2);
	guest_flag(w, "ranges");
	if (zone)
		put_reach(w, start, end);
	for (i = 0; i < count; i++)
		put_device(w, link_of(config, i));
	guest_end(w);
}
