// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The rules of a cell's links by themselves.
 */
#include <stddef.h>
#include <string.h>

#include <lib/config.h>
#include "blob.h"
#include "config_rules.h"

SHARED_RULE(l_ok, blob_add_link(&c, "samples", "first"); blob_add_link(&c, "files", "second"))
RULE(l_name, l_ok(); c.links[1].name[0] = '/')
RULE(l_peer, l_ok(); c.links[1].peer[0] = 0)
RULE(l_self, l_ok(); memcpy(c.links[1].peer, c.cell.name, JH_NAME_LEN))
RULE(l_root, l_ok(); memcpy(c.links[1].peer, "root\0", 6))
RULE(l_is_root, l_ok(); strcpy(c.cell.name, "root"))
RULE(l_twice, l_ok(); strcpy(c.links[1].name, "samples"))
RULE(l_nearly, l_ok(); strcpy(c.links[1].name, "sample"))
RULE(l_first, l_ok(); strcpy(c.links[1].name, "tamples"))
RULE(l_last, l_ok(); memset(c.links[0].name, 'a', JH_NAME_LEN - 1);
     memcpy(c.links[1].name, c.links[0].name, JH_NAME_LEN); c.links[1].name[JH_NAME_LEN - 2] = 'b')
RULE(l_bells_0, l_ok(); c.links[1].bells = 0)
RULE(l_bells_1, l_ok(); c.links[1].bells = 1)
RULE(l_bells_16, l_ok(); c.links[1].bells = 16)
RULE(l_bells_17, l_ok(); c.links[1].bells = 17)
RULE(l_side_1, l_ok(); c.links[1].side = 1)
RULE(l_side_2, l_ok(); c.links[1].side = 2)
RULE(l_flags, l_ok(); c.links[1].flags = 4)
RULE(l_rpmsg, l_ok(); memcpy(c.links[1].peer, "root\0", 6); c.links[1].flags = JH_LINK_RPMSG;
     c.links[1].bells = 2; c.links[1].size = 0x1a000; c.links[1].output = 0)
RULE(l_rpmsg_cell, l_rpmsg(); memcpy(c.links[1].peer, "roof\0", 6))
RULE(l_rpmsg_roots, l_rpmsg(); memcpy(c.links[1].peer, "roots", 6))
RULE(l_rpmsg_bell, l_rpmsg(); c.links[1].bells = 1)
RULE(l_rpmsg_size, l_rpmsg(); c.links[1].size -= 0x1000)
RULE(l_rpmsg_output, l_rpmsg(); c.links[1].output = 0x1000)
RULE(l_rpmsg_failure, l_rpmsg(); c.cell.on_failure = JH_ON_FAILURE_RESTART;
     c.cell.max_restarts = 1)
RULE(l_pci, l_ok(); memcpy(c.links[1].peer, "root\0", 6); c.links[1].flags = JH_LINK_PCI)
RULE(l_pci_cell, l_ok(); c.links[1].flags = JH_LINK_PCI)
RULE(l_pci_rpmsg, l_rpmsg(); c.links[1].flags |= JH_LINK_PCI)
RULE(l_pci_virtio, l_pci(); blob_add_virtio(&c, JH_VIRTIO_BLOCK, 1))
RULE(l_pci_beside, l_pci(); blob_add_link(&c, "disk", "root"); c.links[2].address += 0x20000;
     blob_add_virtio(&c, JH_VIRTIO_BLOCK, 2))
RULE(l_rpmsg_reset, l_rpmsg(); c.cell.flags |= JH_CELL_REBOOT)
RULE(l_align, l_ok(); c.links[1].address += 0x800)
RULE(l_size_align, l_ok(); c.links[1].size += 0x10)
RULE(l_empty, l_ok(); c.links[1].size = 0)
RULE(l_high, l_ok(); c.links[1].address = 0x100000000 - 0x7000)
RULE(l_highest, l_ok(); c.links[1].address = 0x100000000 - 0x8000)
RULE(l_output_align, l_ok(); c.links[1].output = 0x800)
RULE(l_output_most, l_ok(); c.links[1].size = 0x9000; c.links[1].output = 0x4000)
RULE(l_output_more, l_ok(); c.links[1].output = 0x4000)
RULE(l_output_high, l_ok(); c.links[1].output = 0x100001000)
RULE(l_output_half, l_ok(); c.links[1].output = 0x4000000000000000)
RULE(l_output_highest, l_ok(); c.links[1].output = 0x7ffffffffffff000)
RULE(l_output_wrap, l_ok(); c.links[1].output = 0x8000000000000000)
RULE(l_output_none, l_ok(); c.links[1].output = 0)
RULE(l_table_alone, l_output_none(); c.links[1].size = 0x1000)
RULE(l_registers_align, l_ok(); c.links[1].registers += 4)
RULE(l_registers_end, l_ok(); c.links[1].registers = JH_CONFIG_ADDRESS_LIMIT)
RULE(l_registers_high, l_ok(); c.links[1].registers = 0x100000000)
RULE(l_over_ram, l_ok(); c.links[1].address = 0x00fff000)
RULE(l_beside_ram, l_ok(); c.links[1].address = 0x01000000)
RULE(l_registers_ram, l_ok(); c.links[1].registers = 0)
RULE(l_comm, l_ok(); c.links[1].address = 0x7fffb000)
RULE(l_registers_comm, l_ok(); c.links[1].registers = 0x80000000)
RULE(l_links, l_ok(); c.links[1].address = c.links[0].address + 0x7000)
RULE(l_over_registers, l_ok(); c.links[1].address = c.links[0].registers - 0x7000)
RULE(l_both_registers, l_ok(); c.links[1].registers = c.links[0].registers)
RULE(l_registers_link, l_ok(); c.links[1].registers = c.links[0].address + 0x7000)
RULE(l_own_registers, l_ok(); c.links[1].registers = c.links[1].address + 0x3000)
RULE(l_uart, v_ok(); l_ok(); c.links[1].registers = c.console.address)
RULE(l_irq_31, l_ok(); c.links[1].irq = 31)
RULE(l_irq_1020, l_ok(); c.links[1].irq = 1020)
RULE(l_irq_edges, l_ok(); c.links[0].irq = 32; c.links[1].irq = 1019)
RULE(l_irq_device, l_ok(); c.links[1].irq = 40)
RULE(l_irq_console, v_ok(); l_ok(); c.links[1].irq = c.cell.console_irq)
RULE(l_irq_twice, l_ok(); c.links[1].irq = c.links[0].irq)
RULE(l_direct, l_ok(); c.cell.flags = JH_CELL_IRQ_DIRECT | JH_CELL_TRUSTED)

/* Of the 64 regions of memory that a cell may have, two links leave 56. */
static void fill_memory(__u32 count)
{
	__u32 i;

	l_ok();
	for (i = 2; i < count; i++)
		c.memories[i] = (struct jh_config_memory){
			.virt = 0x20000000 + i * 0x1000, .size = 0x1000,
			.flags = JH_MEM_READ | JH_MEM_AUTO,
		};
	c.num_memories = count;
}

RULE(l_regions_56, fill_memory(56))
RULE(l_regions_57, fill_memory(57))

const struct rule link_rules[] = {
	{ "two links", l_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "odd name", l_name, JH_ERR_NAME, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "odd peer", l_peer, JH_ERR_NAME, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "to itself", l_self, JH_ERR_LINK_SELF, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "to root", l_root, 0, 0, 0, 0, 0, 0, 0 },
	{ "root itself", l_is_root, JH_ERR_LINK_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "one name for two", l_twice, JH_ERR_LINK_TWICE, JH_OBJ_LINK, 1, JH_OBJ_LINK, 0, 0, 0 },
	{ "nearly one name", l_nearly, 0, 0, 0, 0, 0, 0, 0 },
	{ "names that differ in the first letter", l_first, 0, 0, 0, 0, 0, 0, 0 },
	{ "names that differ in the last letter", l_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "without bells", l_bells_0, JH_ERR_LINK_BELLS, JH_OBJ_LINK, 1, 0, 0, 0, 16 },
	{ "one bell", l_bells_1, 0, 0, 0, 0, 0, 0, 0 },
	{ "16 bells", l_bells_16, 0, 0, 0, 0, 0, 0, 0 },
	{ "17 bells", l_bells_17, JH_ERR_LINK_BELLS, JH_OBJ_LINK, 1, 0, 0, 17, 16 },
	{ "side 1", l_side_1, 0, 0, 0, 0, 0, 0, 0 },
	{ "side 2", l_side_2, JH_ERR_LINK_SIDE, JH_OBJ_LINK, 1, 0, 0, 2, 0 },
	{ "unknown flags", l_flags, JH_ERR_FLAGS, JH_OBJ_LINK, 1, 0, 0, 4, 3 },
	{ "rpmsg", l_rpmsg, 0, 0, 0, 0, 0, 0, 0 },
	{ "rpmsg to a cell", l_rpmsg_cell, JH_ERR_LINK_RPMSG, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "rpmsg to another name", l_rpmsg_roots, JH_ERR_LINK_RPMSG, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "rpmsg with a bell", l_rpmsg_bell, JH_ERR_LINK_RPMSG_BELLS, JH_OBJ_LINK, 1, 0, 0, 1, 2 },
	{ "rpmsg in too little", l_rpmsg_size, JH_ERR_LINK_RPMSG_SIZE, JH_OBJ_LINK, 1, 0, 0,
	  0x18000, 0x19000 },
	{ "rpmsg beside outputs", l_rpmsg_output, JH_ERR_LINK_RPMSG_SIZE, JH_OBJ_LINK, 1, 0, 0,
	  0x17000, 0x19000 },
	{ "rpmsg and restarts", l_rpmsg_failure, JH_ERR_LINK_RPMSG_RESTART, JH_OBJ_LINK, 1, 0, 0, 0,
	  0 },
	{ "a PCI device of root", l_pci, 0, 0, 0, 0, 0, 0, 0 },
	{ "one of a cell", l_pci_cell, JH_ERR_LINK_PCI, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "one with rpmsg", l_pci_rpmsg, JH_ERR_LINK_PCI_BOTH, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "one with virtio", l_pci_virtio, JH_ERR_LINK_PCI_BOTH, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "virtio beside it", l_pci_beside, 0, 0, 0, 0, 0, 0, 0 },
	{ "rpmsg and resets", l_rpmsg_reset, JH_ERR_LINK_RPMSG_RESTART, JH_OBJ_LINK, 1, 0, 0, 0,
	  0 },
	{ "misaligned", l_align, JH_ERR_ALIGN, JH_OBJ_LINK, 1, 0, 0, 0x70010800,
	  JH_CONFIG_PAGE_SIZE },
	{ "half a page", l_size_align, JH_ERR_ALIGN, JH_OBJ_LINK, 1, 0, 0, 0x8010,
	  JH_CONFIG_PAGE_SIZE },
	{ "empty", l_empty, JH_ERR_SIZE, JH_OBJ_LINK, 1, 0, 0, 0, 0 },
	{ "a page above 4 GiB", l_high, JH_ERR_LINK_HIGH, JH_OBJ_LINK, 1, 0, 0, 0xffff9000,
	  0xffffffff },
	{ "just below 4 GiB", l_highest, 0, 0, 0, 0, 0, 0, 0 },
	{ "half a page of output", l_output_align, JH_ERR_ALIGN, JH_OBJ_LINK, 1, 0, 0, 0x800,
	  JH_CONFIG_PAGE_SIZE },
	{ "outputs alone", l_output_most, 0, 0, 0, 0, 0, 0, 0 },
	{ "too much output", l_output_more, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0, 0x8000,
	  0x9000 },
	{ "output above 4 GiB", l_output_high, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0, 0x8000,
	  0x200003000 },
	{ "output of half of all there is", l_output_half, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0,
	  0x8000, 0x8000000000001000 },
	{ "output that nearly wraps", l_output_highest, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0,
	  0x8000, 0xfffffffffffff000 },
	{ "output that wraps", l_output_wrap, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0, 0x8000,
	  0xfffffffffffff000 },
	{ "without output", l_output_none, 0, 0, 0, 0, 0, 0, 0 },
	{ "with a table alone", l_table_alone, JH_ERR_LINK_SIZE, JH_OBJ_LINK, 1, 0, 0,
	  JH_CONFIG_PAGE_SIZE, 0x2000 },
	{ "registers misaligned", l_registers_align, JH_ERR_ALIGN, JH_OBJ_LINK, 1, 0, 0, 0xb001004,
	  JH_CONFIG_PAGE_SIZE },
	{ "registers beyond the end", l_registers_end, JH_ERR_END, JH_OBJ_LINK, 1, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "registers above 4 GiB", l_registers_high, 0, 0, 0, 0, 0, 0, 0 },
	{ "over RAM", l_over_ram, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "beside RAM", l_beside_ram, 0, 0, 0, 0, 0, 0, 0 },
	{ "registers over RAM", l_registers_ram, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1, JH_OBJ_MEMORY,
	  0, 0, 0 },
	{ "over the communication region", l_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_LINK, 1, 0, 0,
	  0x80000000, 0 },
	{ "registers over it", l_registers_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_LINK, 1, 0, 0,
	  0x80000000, 0 },
	{ "over another", l_links, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1, JH_OBJ_LINK, 0, 0, 0 },
	{ "over another's registers", l_over_registers, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1,
	  JH_OBJ_LINK, 0, 0, 0 },
	{ "registers over another's", l_both_registers, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1,
	  JH_OBJ_LINK, 0, 0, 0 },
	{ "registers over another", l_registers_link, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1,
	  JH_OBJ_LINK, 0, 0, 0 },
	{ "over its own registers", l_own_registers, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1,
	  JH_OBJ_LINK, 1, 0, 0 },
	{ "registers over the UART", l_uart, JH_ERR_OVERLAP_VIRT, JH_OBJ_LINK, 1, JH_OBJ_CONSOLE, 0,
	  0, 0 },
	{ "no SPI", l_irq_31, JH_ERR_IRQ_NUMBER, JH_OBJ_LINK, 1, 0, 0, 31, 1019 },
	{ "beyond SPIs", l_irq_1020, JH_ERR_IRQ_NUMBER, JH_OBJ_LINK, 1, 0, 0, 1020, 1019 },
	{ "first and last SPI", l_irq_edges, 0, 0, 0, 0, 0, 0, 0 },
	{ "a device's interrupt", l_irq_device, JH_ERR_IRQ_TWICE, JH_OBJ_LINK, 1, JH_OBJ_IRQ, 0, 40,
	  0 },
	{ "the console's interrupt", l_irq_console, JH_ERR_IRQ_TWICE, JH_OBJ_LINK, 1,
	  JH_OBJ_CONSOLE, 0, 33, 0 },
	{ "another's interrupt", l_irq_twice, JH_ERR_IRQ_TWICE, JH_OBJ_LINK, 1, JH_OBJ_LINK, 0, 100,
	  0 },
	{ "direct interrupts", l_direct, JH_ERR_LINK_DIRECT, JH_OBJ_LINK, 0, 0, 0, 100, 0 },
	{ "64 regions", l_regions_56, 0, 0, 0, 0, 0, 0, 0 },
	{ "65 regions", l_regions_57, JH_ERR_LINK_MEMORY, JH_OBJ_LINK, 1, 0, 0, 65, 64 },
};

const size_t num_link_rules = sizeof(link_rules) / sizeof(link_rules[0]);
