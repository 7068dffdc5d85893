// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for a cell alone.
 */
#include <stddef.h>
#include <string.h>

#include <lib/config.h>
#include "blob.h"
#include "config_rules.h"

RULE(c_name_empty, c.cell.name[0] = 0)
RULE(c_name_digit, c.cell.name[0] = '1')
RULE(c_name_space, c.cell.name[1] = ' ')
RULE(c_name_escape, c.cell.name[1] = '\33')
RULE(c_name_long, memset(c.cell.name, 'a', JH_NAME_LEN))
/* What follows the name in the record is a letter, too. */
RULE(c_name_run, c_name_long(); c.cell.flags = 'a')
RULE(c_name_rest, c.cell.name[20] = 'a')
RULE(c_flags, c.cell.flags = 0x200)
RULE(c_flags_ok, c.cell.flags = JH_CELL_PHYSICAL_IDS)
RULE(c_direct, c.cell.flags = JH_CELL_IRQ_DIRECT)
RULE(c_direct_ok, c.cell.flags = JH_CELL_IRQ_DIRECT | JH_CELL_TRUSTED)
RULE(c_putc, c.cell.flags = JH_CELL_PUTC_ACTIVE)
RULE(c_putc_ok, c.cell.flags = JH_CELL_PUTC_ACTIVE | JH_CELL_PUTC)
RULE(c_comm_align, c.cell.comm_address += 0x800)
RULE(c_comm_end, c.cell.comm_address = JH_CONFIG_ADDRESS_LIMIT)
RULE(c_comm_over, c.cell.comm_address = 0x1000)
RULE(c_entry_align, c.cell.entry = 2)
RULE(c_entry_none, c.cell.entry = 16 << 20)
RULE(c_entry_last, c.cell.entry = (16 << 20) - 4)
RULE(c_entry_exec, c.memories[0].flags &= ~JH_MEM_EXECUTE)
RULE(c_failure, c.cell.on_failure = 2)
RULE(c_restarts, c.cell.max_restarts = 1)
RULE(c_restart_0, c.cell.on_failure = JH_ON_FAILURE_RESTART)
RULE(c_restart_ok, c.cell.on_failure = JH_ON_FAILURE_RESTART; c.cell.max_restarts = 3)
RULE(c_vpci, c.cell.vpci_irq_base = 988)
RULE(c_cpu_64, c.cpus[0].cpu = 64)
RULE(c_cpu_63, c.cpus[0].cpu = 63)
RULE(c_cpu_flags, c.cpus[0].flags = 1)
RULE(c_cpu_twice, c.num_cpus = 3; c.cpus[1].cpu = 1; c.cpus[2].cpu = 3)
RULE(c_irq_31, c.irqs[0].intid = 31)
RULE(c_irq_1019, c.irqs[0].intid = 1019)
RULE(c_irq_1020, c.irqs[0].intid = 1020)
RULE(c_irq_flags, c.irqs[0].flags = 2)
RULE(c_irq_spare, c.irqs[0].spare = 1)
RULE(c_irq_device, c.irqs[0].device = 2)
RULE(c_irq_twice, c.num_irqs = 2; c.irqs[1] = c.irqs[0])
static void path(const char *text)
{
	strncpy(c.devices[0].path, text, JH_CONFIG_PATH_LEN);
}

RULE(c_path, c.devices[0].path[0] = 'p')
RULE(c_path_long, memset(c.devices[0].path, '/', JH_CONFIG_PATH_LEN))
RULE(c_path_root, memset(c.devices[0].path, 0, JH_CONFIG_PATH_LEN); c.devices[0].path[0] = '/')
RULE(c_path_space, c.devices[0].path[3] = ' ')
RULE(c_path_rest, c.devices[0].path[100] = 'x')
RULE(c_dev_flags, c.devices[0].flags = 1)
RULE(c_dev_twice, c.num_devices = 2; c.devices[1] = c.devices[0])
RULE(c_mem_flags, c.memories[0].flags |= 0x100)
RULE(c_mem_autophys, c.memories[0].phys = 0x1000)
RULE(c_mem_autoio, c.memories[0].flags |= JH_MEM_IO)
RULE(c_mem_autoshare, c.memories[0].flags |= JH_MEM_SHARED_ROOT)
RULE(c_mem_ioexec, c.memories[1].flags |= JH_MEM_EXECUTE)
RULE(c_mem_ioload, c.memories[1].flags |= JH_MEM_LOADABLE)
RULE(c_mem_none, c.memories[1].flags = JH_MEM_IO)
RULE(c_mem_virt, c.memories[1].virt += 0x10)
RULE(c_mem_phys, c.memories[1].phys += 0x10)
RULE(c_mem_size, c.memories[1].size = 0x100)
RULE(c_mem_empty, c.memories[1].size = 0)
RULE(c_mem_end, c.memories[1].virt = JH_CONFIG_ADDRESS_LIMIT)
RULE(c_mem_wrap, c.memories[1].phys = -4096LL; c.memories[1].size = 8192)
RULE(c_mem_device, c.memories[1].device = 2)
RULE(c_mem_overlap_v, c.memories[1].virt = 0x00fff000)
RULE(c_mem_beside, c.memories[1].virt = 0x01000000; c.console.address = 0x01000000)
RULE(c_mem_overlap_p, c.num_memories = 3; c.memories[2] = c.memories[1];
     c.memories[2].virt = 0x0a000000)
RULE(c_con_type, c.console.type = JH_CONSOLE_EFIFB)
RULE(c_con_none, c.console.type = 0)
RULE(c_con_imx, c.console.type = JH_CONSOLE_IMX)
RULE(c_con_scif, c.console.type = JH_CONSOLE_SCIF)
RULE(c_con_beyond, c.console.type = JH_CONSOLE_CELL_TYPES)
RULE(c_con_32, c.console.type = 32 + JH_CONSOLE_PL011)
RULE(c_con_quirk, c.console.flags |= JH_CONSOLE_MDR_QUIRK | JH_CONSOLE_INVERTED_GATE)
RULE(c_con_flags, c.console.flags |= 4)
RULE(c_con_ports, c.console.flags = 0)
RULE(c_con_where, c.console.address = 0x09041000)
RULE(c_con_ram, c.console.address = 0x1000)
RULE(c_con_size, c.console.size = 0)
RULE(c_con_align, c.console.address += 1)
RULE(c_con_gate, c.console.gate_nr = 32)

/* Just inside the limits. */
RULE(c_name_edges, strcpy(c.cell.name, "aAzZ09-_.bbbbbbbbbbbbbbbbbbbbbb"))
RULE(c_name_upper, c.cell.name[0] = 'Z')
RULE(c_name_lower, c.cell.name[0] = 'z')
RULE(c_name_A, c.cell.name[0] = 'A')
RULE(c_name_a, c.cell.name[0] = 'a')
RULE(c_name_slash, c.cell.name[1] = '/')
RULE(c_name_colon, c.cell.name[1] = ':')
RULE(c_name_at, c.cell.name[0] = '@')
RULE(c_name_bracket, c.cell.name[0] = '[')
RULE(c_name_tick, c.cell.name[0] = '`')
RULE(c_name_brace, c.cell.name[0] = '{')
RULE(c_vpci_last, c.cell.vpci_irq_base = 987)
RULE(c_irq_32, c.irqs[0].intid = 32)
RULE(c_path_edge, memset(c.devices[0].path, 'p', JH_CONFIG_PATH_LEN - 1);
     c.devices[0].path[0] = '/')
RULE(c_path_short, memset(c.devices[0].path, 0, JH_CONFIG_PATH_LEN);
     memcpy(c.devices[0].path, "/a", 2))
RULE(c_path_end, path("/soc/"))
RULE(c_con_gate_31, c.console.gate_nr = 31)
RULE(c_con_end, c.console.address = JH_CONFIG_ADDRESS_LIMIT - 4)
RULE(c_con_clock, c.console.clock_reg = JH_CONFIG_ADDRESS_LIMIT)
RULE(c_con_clock_last, c.console.clock_reg = JH_CONFIG_ADDRESS_LIMIT - 4)
RULE(c_con_clock_4, c.console.clock_reg = 0x1002)

RULE(c_mem_low, c.memories[1].phys = 0x1000)
RULE(c_mem_read, c.memories[1].flags = JH_MEM_IO | JH_MEM_READ)
RULE(c_mem_write, c.memories[1].flags = JH_MEM_IO | JH_MEM_WRITE)
RULE(c_mem_run, c.memories[0].flags = JH_MEM_AUTO | JH_MEM_EXECUTE)
RULE(c_mem_first, c.memories[2] = c.memories[0]; c.memories[0] = c.memories[1];
     c.memories[1] = c.memories[2])
RULE(c_mem_below, c.num_memories = 3; c.memories[2] = c.memories[1];
     c.memories[2].virt = 0x0a000000; c.memories[2].phys -= 0x1000)
RULE(c_mem_above, c.num_memories = 3; c.memories[2] = c.memories[1];
     c.memories[2].virt = 0x0a000000; c.memories[2].phys += 0x1000)
RULE(c_mem_comm_below, c.memories[1].virt = c.cell.comm_address - 0x1000;
     c.console.address = c.memories[1].virt)
RULE(c_mem_comm_above, c.memories[1].virt = c.cell.comm_address + 0x1000;
     c.console.address = c.memories[1].virt)
RULE(c_mem_device_1, c.memories[1].device = 1)
RULE(c_irq_device_1, c.irqs[0].device = 1)
RULE(c_irq_others, c.num_irqs = 3; c.irqs[1] = c.irqs[2] = c.irqs[0]; c.irqs[1].intid = 41;
     c.irqs[2].intid = 42)
RULE(c_irq_edge, c.irqs[0].flags = JH_IRQ_EDGE)
RULE(c_dev_spare, c.devices[0].spare = 4)
RULE(c_dev_second, c.num_devices = 2; c.devices[1] = c.devices[0];
     c.devices[1].path[JH_CONFIG_PATH_LEN - 1] = 'x')
RULE(c_dev_two, c.num_devices = 2; c.devices[1] = c.devices[0]; c.devices[1].path[1] = 'q')
RULE(c_path_edges, path("/!~"))
RULE(c_path_delete, path("/a\177"))
RULE(c_path_quote, path("/a\"b"))
RULE(c_path_back, path("/a\\b"))
RULE(c_comm_last, c.cell.comm_address = JH_CONFIG_ADDRESS_LIMIT - 0x1000)
RULE(c_cpus_two, c.num_cpus = 2; c.cpus[1].cpu = 4)

const struct rule cell_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0, 0, 0 },
	{ "the longest name, all characters", c_name_edges, 0, 0, 0, 0, 0, 0, 0 },
	{ "name from Z", c_name_upper, 0, 0, 0, 0, 0, 0, 0 },
	{ "name from z", c_name_lower, 0, 0, 0, 0, 0, 0, 0 },
	{ "name from A", c_name_A, 0, 0, 0, 0, 0, 0, 0 },
	{ "name from a", c_name_a, 0, 0, 0, 0, 0, 0, 0 },
	{ "name with /", c_name_slash, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name with :", c_name_colon, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name from @", c_name_at, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name from [", c_name_bracket, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name from `", c_name_tick, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name from {", c_name_brace, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "the last vpci interrupt", c_vpci_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "the first SPI", c_irq_32, 0, 0, 0, 0, 0, 0, 0 },
	{ "the longest path", c_path_edge, 0, 0, 0, 0, 0, 0, 0 },
	{ "the shortest path", c_path_short, 0, 0, 0, 0, 0, 0, 0 },
	{ "path that ends in /", c_path_end, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "the last clock gate", c_con_gate_31, 0, 0, 0, 0, 0, 0, 0 },
	{ "console beyond the end", c_con_end, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0, 0xfffffffffffc,
	  JH_CONFIG_ADDRESS_LIMIT },
	{ "clock beyond the end", c_con_clock, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "clock at the end", c_con_clock_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "clock misaligned", c_con_clock_4, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0, 0x1002, 4 },
	{ "empty name", c_name_empty, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name that looks like a number", c_name_digit, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "space in the name", c_name_space, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "escape in the name", c_name_escape, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name without end", c_name_long, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "name that runs on", c_name_run, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "bytes after the name", c_name_rest, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "unknown cell flag", c_flags, JH_ERR_FLAGS, JH_OBJ_CELL, 0, 0, 0, 512, 1535 },
	{ "physical CPU numbers", c_flags_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "direct interrupts, untrusted", c_direct, JH_ERR_DIRECT_UNTRUSTED, JH_OBJ_CELL, 0, 0, 0,
	  0, 0 },
	{ "direct interrupts, trusted", c_direct_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "putc active, not permitted", c_putc, JH_ERR_PUTC, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "putc active", c_putc_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "comm misaligned", c_comm_align, JH_ERR_COMM_OUTSIDE, JH_OBJ_CELL, 0, 0, 0, 0x80000800,
	  JH_CONFIG_ADDRESS_LIMIT },
	{ "comm beyond the end", c_comm_end, JH_ERR_COMM_OUTSIDE, JH_OBJ_CELL, 0, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "comm over RAM", c_comm_over, JH_ERR_OVERLAP_COMM, JH_OBJ_MEMORY, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE, 0 },
	{ "entry misaligned", c_entry_align, JH_ERR_ALIGN, JH_OBJ_CELL, 0, 0, 0, 2, 4 },
	{ "entry outside", c_entry_none, JH_ERR_ENTRY, JH_OBJ_CELL, 0, 0, 0, 0x1000000, 0 },
	{ "entry at the last word", c_entry_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "entry not executable", c_entry_exec, JH_ERR_ENTRY, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "unknown policy", c_failure, JH_ERR_ON_FAILURE, JH_OBJ_CELL, 0, 0, 0, 2, 0 },
	{ "restarts without restart", c_restarts, JH_ERR_RESTARTS, JH_OBJ_CELL, 0, 0, 0, 1, 0 },
	{ "restart without restarts", c_restart_0, JH_ERR_RESTARTS, JH_OBJ_CELL, 0, 0, 0, 0, 0 },
	{ "restart", c_restart_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "vpci interrupts too high", c_vpci, JH_ERR_VPCI_IRQ, JH_OBJ_CELL, 0, 0, 0, 988, 987 },
	{ "CPU 64", c_cpu_64, JH_ERR_CPU_NUMBER, JH_OBJ_CPU, 0, 0, 0, 64, 63 },
	{ "CPU 63", c_cpu_63, 0, 0, 0, 0, 0, 0, 0 },
	{ "CPU flags", c_cpu_flags, JH_ERR_RESERVED, JH_OBJ_CPU, 0, 0, 0, 1, 0 },
	{ "CPU twice", c_cpu_twice, JH_ERR_CPU_TWICE, JH_OBJ_CPU, 2, JH_OBJ_CPU, 0, 3, 0 },
	{ "a PPI", c_irq_31, JH_ERR_IRQ_NUMBER, JH_OBJ_IRQ, 0, 0, 0, 31, 1019 },
	{ "the last SPI", c_irq_1019, 0, 0, 0, 0, 0, 0, 0 },
	{ "beyond the last SPI", c_irq_1020, JH_ERR_IRQ_NUMBER, JH_OBJ_IRQ, 0, 0, 0, 1020, 1019 },
	{ "unknown interrupt flag", c_irq_flags, JH_ERR_FLAGS, JH_OBJ_IRQ, 0, 0, 0, 2, 1 },
	{ "spare of an interrupt", c_irq_spare, JH_ERR_RESERVED, JH_OBJ_IRQ, 0, 0, 0, 1, 0 },
	{ "device of an interrupt", c_irq_device, JH_ERR_DEVICE_INDEX, JH_OBJ_IRQ, 0, 0, 0, 2, 1 },
	{ "interrupt twice", c_irq_twice, JH_ERR_IRQ_TWICE, JH_OBJ_IRQ, 1, JH_OBJ_IRQ, 0, 40, 0 },
	{ "relative path", c_path, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "path without end", c_path_long, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "path of the root node", c_path_root, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "space in a path", c_path_space, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "bytes after a path", c_path_rest, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "device flags", c_dev_flags, JH_ERR_RESERVED, JH_OBJ_DEVICE, 0, 0, 0, 1, 0 },
	{ "device twice", c_dev_twice, JH_ERR_DEVICE_TWICE, JH_OBJ_DEVICE, 1, JH_OBJ_DEVICE, 0, 0,
	  0 },
	{ "unknown memory flag", c_mem_flags, JH_ERR_FLAGS, JH_OBJ_MEMORY, 0, 0, 0, 256, 255 },
	{ "auto with address", c_mem_autophys, JH_ERR_MEM_AUTO_PHYS, JH_OBJ_MEMORY, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE, 0 },
	{ "auto device", c_mem_autoio, JH_ERR_MEM_AUTO_IO, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "auto, shared with root", c_mem_autoshare, JH_ERR_MEM_AUTO_SHARED, JH_OBJ_MEMORY, 0, 0, 0,
	  0, 0 },
	{ "executable device", c_mem_ioexec, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "loadable device", c_mem_ioload, JH_ERR_MEM_IO_LOADABLE, JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "no access", c_mem_none, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "virt misaligned", c_mem_virt, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0, 0x9040010,
	  JH_CONFIG_PAGE_SIZE },
	{ "phys misaligned", c_mem_phys, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0, 0x9040010,
	  JH_CONFIG_PAGE_SIZE },
	{ "size misaligned", c_mem_size, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0, 256,
	  JH_CONFIG_PAGE_SIZE },
	{ "no size", c_mem_empty, JH_ERR_SIZE, JH_OBJ_MEMORY, 1, 0, 0, 0, 0 },
	{ "virt beyond the end", c_mem_end, JH_ERR_END, JH_OBJ_MEMORY, 1, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "phys wraps around", c_mem_wrap, JH_ERR_END, JH_OBJ_MEMORY, 1, 0, 0, 0xfffffffffffff000,
	  JH_CONFIG_ADDRESS_LIMIT },
	{ "device of a memory", c_mem_device, JH_ERR_DEVICE_INDEX, JH_OBJ_MEMORY, 1, 0, 0, 2, 1 },
	{ "virt overlap", c_mem_overlap_v, JH_ERR_OVERLAP_VIRT, JH_OBJ_MEMORY, 1, JH_OBJ_MEMORY, 0,
	  0, 0 },
	{ "virt side by side", c_mem_beside, 0, 0, 0, 0, 0, 0, 0 },
	{ "phys overlap", c_mem_overlap_p, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, 2, JH_OBJ_MEMORY, 1,
	  0, 0 },
	{ "console of x86", c_con_type, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 1, 1 },
	{ "console without type", c_con_none, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 0, 0 },
	{ "console that only the guest drives", c_con_imx, 0, 0, 0, 0, 0, 0, 0 },
	{ "the last such console", c_con_scif, 0, 0, 0, 0, 0, 0, 0 },
	{ "console beyond the last", c_con_beyond, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 11,
	  11 },
	{ "console type of 32 more", c_con_32, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 35,
	  35 },
	{ "quirks of the guest's console", c_con_quirk, 0, 0, 0, 0, 0, 0, 0 },
	{ "unknown console flag", c_con_flags, JH_ERR_FLAGS, JH_OBJ_CONSOLE, 0, 0, 0, 4, 0x3003 },
	{ "console behind ports", c_con_ports, JH_ERR_CONSOLE_PORTS, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  0 },
	{ "console elsewhere", c_con_where, JH_ERR_CONSOLE_MEMORY, JH_OBJ_CONSOLE, 0, 0, 0,
	  0x9041000, 0 },
	{ "console in RAM", c_con_ram, JH_ERR_CONSOLE_MEMORY, JH_OBJ_CONSOLE, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE, 0 },
	{ "console without size", c_con_size, JH_ERR_CONSOLE_EMPTY, JH_OBJ_CONSOLE, 0, 0, 0, 0, 0 },
	{ "console misaligned", c_con_align, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0, 0x9040001, 4 },
	{ "clock gate", c_con_gate, JH_ERR_CONSOLE_GATE, JH_OBJ_CONSOLE, 0, 0, 0, 32, 31 },
	{ "device where automatic memory has no address", c_mem_low, 0, 0, 0, 0, 0, 0, 0 },
	{ "to read alone", c_mem_read, 0, 0, 0, 0, 0, 0, 0 },
	{ "to write alone", c_mem_write, 0, 0, 0, 0, 0, 0, 0 },
	{ "to execute alone", c_mem_run, 0, 0, 0, 0, 0, 0, 0 },
	{ "console in the first region", c_mem_first, 0, 0, 0, 0, 0, 0, 0 },
	{ "phys below another", c_mem_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "phys above another", c_mem_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "below comm", c_mem_comm_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "above comm", c_mem_comm_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "memory of a device", c_mem_device_1, 0, 0, 0, 0, 0, 0, 0 },
	{ "interrupt of a device", c_irq_device_1, 0, 0, 0, 0, 0, 0, 0 },
	{ "several interrupts", c_irq_others, 0, 0, 0, 0, 0, 0, 0 },
	{ "interrupt by edges", c_irq_edge, 0, 0, 0, 0, 0, 0, 0 },
	{ "spare of a device", c_dev_spare, JH_ERR_RESERVED, JH_OBJ_DEVICE, 0, 0, 0, 4, 0 },
	{ "bytes after a second path", c_dev_second, JH_ERR_PATH, JH_OBJ_DEVICE, 1, 0, 0, 0, 0 },
	{ "two devices", c_dev_two, 0, 0, 0, 0, 0, 0, 0 },
	{ "first and last character of a path", c_path_edges, 0, 0, 0, 0, 0, 0, 0 },
	{ "delete in a path", c_path_delete, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "quote in a path", c_path_quote, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "backslash in a path", c_path_back, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0, 0, 0 },
	{ "comm at the end", c_comm_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "two CPUs", c_cpus_two, 0, 0, 0, 0, 0, 0, 0 },
};

const size_t num_cell_rules = sizeof(cell_rules) / sizeof(cell_rules[0]);

/* a virtual UART, which a cell has in place of a device's */
SHARED_RULE(v_ok, c.console = ((struct jh_console){
		0x9000000, JH_CONSOLE_VIRTUAL_SIZE, JH_CONSOLE_PL011,
		JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4, 0, 0, 0 });
     c.cell.console_irq = 33)
RULE(v_polled, v_ok(); c.cell.console_irq = 0)
RULE(v_type, v_ok(); c.console.type = JH_CONSOLE_8250)
RULE(v_flags, v_ok(); c.console.flags &= ~JH_CONSOLE_REGDIST_4)
RULE(v_flags_more, v_ok(); c.console.flags |= JH_CONSOLE_MDR_QUIRK)
RULE(v_size, v_ok(); c.console.size = 0x2000)
RULE(v_divider, v_ok(); c.console.divider = 1)
RULE(v_gate, v_ok(); c.console.gate_nr = 1)
RULE(v_clock, v_ok(); c.console.clock_reg = 4)
RULE(v_align, v_ok(); c.console.address = 0x9000800)
RULE(v_end, v_ok(); c.console.address = JH_CONFIG_ADDRESS_LIMIT)
RULE(v_last, v_ok(); c.console.address = JH_CONFIG_ADDRESS_LIMIT - 0x1000)
RULE(v_ram, v_ok(); c.console.address = 0xfff000)
RULE(v_beside, v_ok(); c.console.address = 0x1000000)
RULE(v_device, v_ok(); c.console.address = 0x9040000)
RULE(v_comm, v_ok(); c.console.address = 0x80000000)
RULE(v_irq_31, v_ok(); c.cell.console_irq = 31)
RULE(v_irq_32, v_ok(); c.cell.console_irq = 32)
RULE(v_irq_1019, v_ok(); c.cell.console_irq = 1019)
RULE(v_irq_1020, v_ok(); c.cell.console_irq = 1020)
RULE(v_irq_twice, v_ok(); c.cell.console_irq = 40)
RULE(v_direct, v_ok(); c.cell.flags = JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT)
RULE(v_direct_polled, v_direct(); c.cell.console_irq = 0)
RULE(c_con_irq, c.cell.console_irq = 33)
RULE(c_con_irq_none, c.cell.console_irq = 33; c.num_consoles = 0)
RULE(c_spare, c.cell.spare = 1)

const struct rule virtual_rules[] = {
	{ "virtual UART", v_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "without an interrupt", v_polled, 0, 0, 0, 0, 0, 0, 0 },
	{ "of another type", v_type, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "registers close together", v_flags, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "with a quirk", v_flags_more, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "too long", v_size, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "with a divider", v_divider, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "with a gate", v_gate, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "with a clock", v_clock, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0, 0,
	  JH_CONFIG_PAGE_SIZE },
	{ "misaligned", v_align, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0, 0x9000800,
	  JH_CONFIG_PAGE_SIZE },
	{ "beyond all addresses", v_end, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0,
	  JH_CONFIG_ADDRESS_LIMIT, JH_CONFIG_ADDRESS_LIMIT },
	{ "at the last one", v_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "over RAM", v_ram, JH_ERR_OVERLAP_VIRT, JH_OBJ_CONSOLE, 0, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "behind RAM", v_beside, 0, 0, 0, 0, 0, 0, 0 },
	{ "over a device", v_device, JH_ERR_OVERLAP_VIRT, JH_OBJ_CONSOLE, 0, JH_OBJ_MEMORY, 1, 0,
	  0 },
	{ "over comm", v_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_CONSOLE, 0, 0, 0, 0x80000000, 0 },
	{ "with a PPI", v_irq_31, JH_ERR_IRQ_NUMBER, JH_OBJ_CONSOLE, 0, 0, 0, 31, 1019 },
	{ "with the first SPI", v_irq_32, 0, 0, 0, 0, 0, 0, 0 },
	{ "with the last SPI", v_irq_1019, 0, 0, 0, 0, 0, 0, 0 },
	{ "with none", v_irq_1020, JH_ERR_IRQ_NUMBER, JH_OBJ_CONSOLE, 0, 0, 0, 1020, 1019 },
	{ "with the cell's own", v_irq_twice, JH_ERR_IRQ_TWICE, JH_OBJ_CONSOLE, 0, JH_OBJ_IRQ, 0,
	  40, 0 },
	{ "direct interrupts", v_direct, JH_ERR_CONSOLE_DIRECT, JH_OBJ_CONSOLE, 0, 0, 0, 33, 0 },
	{ "direct interrupts, polled", v_direct_polled, 0, 0, 0, 0, 0, 0, 0 },
	{ "interrupt of a real UART", c_con_irq, JH_ERR_CONSOLE_IRQ, JH_OBJ_CELL, 0, 0, 0, 33, 0 },
	{ "interrupt of nothing", c_con_irq_none, JH_ERR_CONSOLE_IRQ, JH_OBJ_CELL, 0, 0, 0, 33, 0 },
	{ "spare of the cell", c_spare, JH_ERR_RESERVED, JH_OBJ_CELL, 0, 0, 0, 1, 0 },
};

const size_t num_virtual_rules = sizeof(virtual_rules) / sizeof(virtual_rules[0]);
