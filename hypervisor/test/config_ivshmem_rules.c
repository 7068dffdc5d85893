// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The rules of a cell's PCI host and its ivshmem devices by themselves.
 */
#include <stddef.h>
#include <string.h>

#include <lib/config.h>
#include "blob.h"
#include "config_rules.h"

SHARED_RULE(i_ok, blob_add_link(&c, "samples", "first"); blob_add_link(&c, "files", "root");
     blob_add_ivshmem(&c, 0, 1); blob_add_ivshmem(&c, 5, 0))
RULE(i_alone, i_ok(); c.num_ivshmems = 0)
RULE(i_absent, i_ok(); c.num_pcis = 0)
RULE(i_no_link, i_ok(); c.ivshmems[1].link = 2)
RULE(i_link_wrap, i_ok(); c.ivshmems[1].link = 0xffffffff)
RULE(i_links_none, i_ok(); c.num_links = 0)
RULE(i_rpmsg, i_ok(); c.links[1].flags = JH_LINK_RPMSG; c.links[1].size = 0x1a000;
     c.links[1].output = 0; c.links[1].address += 0x20000)
RULE(i_virtio, i_ok(); blob_add_virtio(&c, JH_VIRTIO_BLOCK, 1))
RULE(i_twice, i_ok(); c.ivshmems[1].link = 1)
RULE(i_slot_31, i_ok(); c.ivshmems[1].slot = 31)
RULE(i_slot_32, i_ok(); c.ivshmems[1].slot = 32)
RULE(i_slots, i_ok(); c.ivshmems[1].slot = 0)
RULE(i_protocol, i_ok(); c.ivshmems[1].protocol = 0xffff)
RULE(i_before, i_ok(); c.links[0].registers = 0x0afff000)
RULE(i_first, i_ok(); c.pci.window = 0x0b001000; c.links[0].registers = 0x0b010000;
     c.pci.window_size = 0x10000)
RULE(i_behind, i_ok(); c.links[1].registers = 0x0b010000)
RULE(i_last, i_ok(); c.links[1].registers = 0x0b00f000)
RULE(i_ecam_align, i_ok(); c.pci.ecam += 0x10000)
RULE(i_ecam_end, i_ok(); c.pci.ecam = JH_CONFIG_ADDRESS_LIMIT)
RULE(i_ecam_high, i_ok(); c.pci.ecam = 0x4000000000)
RULE(i_ecam_ram, i_ok(); c.pci.ecam = 0x00f00000)
RULE(i_ecam_comm, i_ok(); c.pci.ecam = 0x80000000)
RULE(i_ecam_memory, i_ok(); c.pci.ecam = 0x70000000)
RULE(i_ecam_window, i_ok(); c.pci.ecam = 0x0b000000)
RULE(i_window_align, i_ok(); c.pci.window_size = 0x10800)
RULE(i_window_empty, i_ok(); c.pci.window_size = 0)
RULE(i_window_high, i_ok(); c.pci.window_size = 0xf5001000)
RULE(i_window_highest, i_ok(); c.pci.window = 0xffff0000; c.links[0].registers = 0xfffff000;
     c.links[1].registers = 0xffff0000)
RULE(i_window_device, i_ok(); c.memories[1].virt = 0x0b00f000;
     c.console.address = 0x0b00f000)
RULE(i_window_comm, i_ok(); c.cell.comm_address = 0x0b00f000)
RULE(i_window_uart, v_ok(); i_ok(); c.console.address = 0x0b00f000)
RULE(i_plain, i_ok(); blob_add_link(&c, "plain", "third"); c.links[2].registers = 0x0b010000)
RULE(i_plain_inside, i_plain(); c.links[2].registers = 0x0b00f000)
RULE(i_memory_inside, i_plain(); c.links[2].address = 0x0b008000)
RULE(i_both, i_ok(); c.links[1].registers = c.links[0].registers)

const struct rule ivshmem_rules[] = {
	{ "two devices", i_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "a host alone", i_alone, JH_ERR_PCI_ALONE, JH_OBJ_PCI, 0, 0, 0, 0, 0 },
	{ "no host", i_absent, JH_ERR_PCI_ABSENT, JH_OBJ_IVSHMEM, 0, 0, 0, 0, 0 },
	{ "on a link that is not there", i_no_link, JH_ERR_IVSHMEM_LINK, JH_OBJ_IVSHMEM, 1, 0, 0, 2,
	  2 },
	{ "on one that could not be", i_link_wrap, JH_ERR_IVSHMEM_LINK, JH_OBJ_IVSHMEM, 1, 0, 0,
	  0xffffffff, 2 },
	{ "without links", i_links_none, JH_ERR_IVSHMEM_LINK, JH_OBJ_IVSHMEM, 0, 0, 0, 1, 0 },
	{ "beside rpmsg", i_rpmsg, JH_ERR_IVSHMEM_RPMSG, JH_OBJ_IVSHMEM, 0, JH_OBJ_LINK, 1, 0, 0 },
	{ "beside virtio", i_virtio, JH_ERR_IVSHMEM_TWICE, JH_OBJ_IVSHMEM, 0, JH_OBJ_VIRTIO, 0, 0,
	  0 },
	{ "two on one link", i_twice, JH_ERR_IVSHMEM_TWICE, JH_OBJ_IVSHMEM, 1, JH_OBJ_IVSHMEM, 0, 0,
	  0 },
	{ "the last slot", i_slot_31, 0, 0, 0, 0, 0, 0, 0 },
	{ "the one after it", i_slot_32, JH_ERR_IVSHMEM_SLOT, JH_OBJ_IVSHMEM, 1, 0, 0, 32, 31 },
	{ "two in one slot", i_slots, JH_ERR_IVSHMEM_SLOTS, JH_OBJ_IVSHMEM, 1, JH_OBJ_IVSHMEM, 0, 0,
	  0 },
	{ "any protocol", i_protocol, 0, 0, 0, 0, 0, 0, 0 },
	{ "registers before the window", i_before, JH_ERR_IVSHMEM_OUTSIDE, JH_OBJ_IVSHMEM, 1, 0, 0,
	  0x0afff000, 0 },
	{ "registers at both ends", i_first, 0, 0, 0, 0, 0, 0, 0 },
	{ "registers behind the window", i_behind, JH_ERR_IVSHMEM_OUTSIDE, JH_OBJ_IVSHMEM, 0, 0, 0,
	  0x0b010000, 0 },
	{ "registers at its end", i_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "ECAM unaligned", i_ecam_align, JH_ERR_ALIGN, JH_OBJ_PCI, 0, 0, 0, 0x3f010000, 0x100000 },
	{ "ECAM beyond all addresses", i_ecam_end, JH_ERR_END, JH_OBJ_PCI, 0, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "ECAM high", i_ecam_high, 0, 0, 0, 0, 0, 0, 0 },
	{ "ECAM over RAM", i_ecam_ram, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "ECAM over the region", i_ecam_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_PCI, 0, 0, 0, 0x80000000,
	  0 },
	{ "ECAM over a link", i_ecam_memory, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_LINK, 0, 0,
	  0 },
	{ "ECAM over the window", i_ecam_window, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_PCI, 0,
	  0, 0 },
	{ "window unaligned", i_window_align, JH_ERR_ALIGN, JH_OBJ_PCI, 0, 0, 0, 0x10800, 0x1000 },
	{ "empty window", i_window_empty, JH_ERR_SIZE, JH_OBJ_PCI, 0, 0, 0, 0, 0 },
	{ "window above 4 GiB", i_window_high, JH_ERR_PCI_HIGH, JH_OBJ_PCI, 0, 0, 0, 0x0b000000,
	  0xffffffff },
	{ "window to 4 GiB", i_window_highest, 0, 0, 0, 0, 0, 0, 0 },
	{ "window over a device", i_window_device, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0,
	  JH_OBJ_MEMORY, 1, 0, 0 },
	{ "window over the region", i_window_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_PCI, 0, 0, 0,
	  0x0b00f000, 0 },
	{ "window over the UART", i_window_uart, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_CONSOLE,
	  0, 0, 0 },
	{ "a plain link beside it", i_plain, 0, 0, 0, 0, 0, 0, 0 },
	{ "a plain link's registers in it", i_plain_inside, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0,
	  JH_OBJ_LINK, 2, 0, 0 },
	{ "a link's memory in it", i_memory_inside, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_LINK,
	  2, 0, 0 },
	{ "registers of two devices at once", i_both, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1,
	  JH_OBJ_LINK, 0, 0, 0 },
};

const size_t num_ivshmem_rules = sizeof(ivshmem_rules) / sizeof(ivshmem_rules[0]);
