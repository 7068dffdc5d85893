// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The PCI host of a guest, on which links are devices: nothing of the machine's tree is in it.
 */
#include <stdlib.h>

#include <jh/config.h>
#include <lib/config.h>

#include "guest_parts.h"
#include "text.h"

#define PINS		4
#define SLOT_SHIFT	11		/* of a device's address on the bus */
#define MEMORY_32	0x02000000u	/* memory below 4 GiB that is not prefetchable */
#define IRQ_EDGE	1		/* as the tree calls it, which counts from INTID_SPI */
#define MAP_CELLS	8		/* of a row of the interrupt map */

/* Each device has its own interrupt, whatever other devices with its pin have. */
static void put_interrupts(struct guest_writer *w)
{
	const fdt32_t mask[] = {
		cpu_to_fdt32(0xffffu << SLOT_SHIFT & 0xffff), 0, 0, cpu_to_fdt32(7),
	};
	const struct jh_config_ivshmem *devices;
	const struct jh_config_link *links;
	fdt32_t map[MAP_CELLS * JH_CONFIG_MAX_IVSHMEM];
	__u32 count, num_links, i;

	devices = config_ivshmems(w->guest->config, &count);
	links = config_links(w->guest->config, &num_links);
	for (i = 0; i < count; i++) {
		fdt32_t *row = &map[MAP_CELLS * i];

		row[0] = cpu_to_fdt32((__u32)devices[i].slot << SLOT_SHIFT);
		row[1] = 0;
		row[2] = 0;
		row[3] = cpu_to_fdt32(devices[i].slot % PINS + 1u);
		row[4] = cpu_to_fdt32(w->gic);
		row[5] = 0;
		row[6] = cpu_to_fdt32(links[devices[i].link].irq - INTID_SPI);
		row[7] = cpu_to_fdt32(IRQ_EDGE);
	}
	guest_number(w, "#interrupt-cells", 1);
	guest_raw(w, "interrupt-map-mask", mask, sizeof(mask));
	guest_raw(w, "interrupt-map", map, (int)(MAP_CELLS * count * sizeof(*map)));
}

void guest_pci(struct guest_writer *w)
{
	const struct jh_config_pci *pci = config_pci(w->guest->config);
	const fdt32_t buses[] = { 0, 0 };
	fdt32_t cells[7];
	char *name;

	if (!pci)
		return;
	name = text_format("pcie@%llx", pci->ecam);
	guest_begin(w, name);
	free(name);
	guest_string(w, "compatible", "pci-host-ecam-generic");
	guest_string(w, "device_type", "pci");
	guest_number(w, "#address-cells", 3);
	guest_number(w, "#size-cells", 2);
	guest_put_range(cells, 0, pci->ecam, CONFIG_ECAM_SIZE);
	guest_raw(w, "reg", cells, 4 * sizeof(*cells));
	guest_raw(w, "bus-range", buses, sizeof(buses));
	/* A place on the bus is the place in the guest. */
	cells[0] = cpu_to_fdt32(MEMORY_32);
	cells[1] = 0;
	cells[2] = cpu_to_fdt32((__u32)pci->window);
	guest_put_range(cells, 3, pci->window, pci->window_size);
	guest_raw(w, "ranges", cells, sizeof(cells));
	put_interrupts(w);
	guest_end(w);
}
