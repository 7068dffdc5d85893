// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What the elements mean: one row for each rule. A row starts from a valid configuration, changes
 * the parts, and names the reason, object and index that the checker must give.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <lib/config.h>
#include <lib/config_fields.h>
#include "blob.h"

static struct blob_parts s, c;	/* the system and the cell that a row changes */

struct rule {
	const char *what;
	void (*change)(void);
	__u32 reason;
	__u32 object;
	__u32 index;
	__u32 other_object;
	__u32 other_index;
};

/* A change is written where it is used: one expression statement or more. */
#define RULE(name, code) static void name(void) { code; }

/* Index of JH_OBJ_UNIT: one of a kind, or a row whose kind is of no use. */
#define UNIT(kind, index)	JH_ERROR_UNIT(JH_UNIT_##kind, index)
#define ROW(row)		JH_ERROR_UNIT(0, row)

RULE(nothing, (void)0)

/* cell */
RULE(c_name_empty, c.cell.name[0] = 0)
RULE(c_name_digit, c.cell.name[0] = '1')
RULE(c_name_space, c.cell.name[1] = ' ')
RULE(c_name_escape, c.cell.name[1] = '\33')
RULE(c_name_long, memset(c.cell.name, 'a', JH_NAME_LEN))
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
RULE(c_path_end, strcpy(c.devices[0].path, "/soc/"))
RULE(c_con_gate_31, c.console.gate_nr = 31)
RULE(c_con_end, c.console.address = JH_CONFIG_ADDRESS_LIMIT - 4)
RULE(c_con_clock, c.console.clock_reg = JH_CONFIG_ADDRESS_LIMIT)
RULE(c_con_clock_4, c.console.clock_reg = 0x1002)

static const struct rule cell_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0 },
	{ "the longest name, all characters", c_name_edges, 0, 0, 0, 0, 0 },
	{ "name from Z", c_name_upper, 0, 0, 0, 0, 0 },
	{ "name from z", c_name_lower, 0, 0, 0, 0, 0 },
	{ "name from A", c_name_A, 0, 0, 0, 0, 0 },
	{ "name from a", c_name_a, 0, 0, 0, 0, 0 },
	{ "name with /", c_name_slash, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name with :", c_name_colon, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name from @", c_name_at, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name from [", c_name_bracket, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name from `", c_name_tick, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name from {", c_name_brace, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "the last vpci interrupt", c_vpci_last, 0, 0, 0, 0, 0 },
	{ "the first SPI", c_irq_32, 0, 0, 0, 0, 0 },
	{ "the longest path", c_path_edge, 0, 0, 0, 0, 0 },
	{ "the shortest path", c_path_short, 0, 0, 0, 0, 0 },
	{ "path that ends in /", c_path_end, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "the last clock gate", c_con_gate_31, 0, 0, 0, 0, 0 },
	{ "console beyond the end", c_con_end, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "clock beyond the end", c_con_clock, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "clock misaligned", c_con_clock_4, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "empty name", c_name_empty, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name that looks like a number", c_name_digit, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "space in the name", c_name_space, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "escape in the name", c_name_escape, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "name without end", c_name_long, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "bytes after the name", c_name_rest, JH_ERR_NAME, JH_OBJ_CELL, 0, 0, 0 },
	{ "unknown cell flag", c_flags, JH_ERR_FLAGS, JH_OBJ_CELL, 0, 0, 0 },
	{ "physical CPU numbers", c_flags_ok, 0, 0, 0, 0, 0 },
	{ "direct interrupts, untrusted", c_direct, JH_ERR_DIRECT_UNTRUSTED, JH_OBJ_CELL, 0, 0, 0 },
	{ "direct interrupts, trusted", c_direct_ok, 0, 0, 0, 0, 0 },
	{ "putc active, not permitted", c_putc, JH_ERR_PUTC, JH_OBJ_CELL, 0, 0, 0 },
	{ "putc active", c_putc_ok, 0, 0, 0, 0, 0 },
	{ "comm misaligned", c_comm_align, JH_ERR_COMM_OUTSIDE, JH_OBJ_CELL, 0, 0, 0 },
	{ "comm beyond the end", c_comm_end, JH_ERR_COMM_OUTSIDE, JH_OBJ_CELL, 0, 0, 0 },
	{ "comm over RAM", c_comm_over, JH_ERR_OVERLAP_COMM, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "entry misaligned", c_entry_align, JH_ERR_ALIGN, JH_OBJ_CELL, 0, 0, 0 },
	{ "entry outside", c_entry_none, JH_ERR_ENTRY, JH_OBJ_CELL, 0, 0, 0 },
	{ "entry at the last word", c_entry_last, 0, 0, 0, 0, 0 },
	{ "entry not executable", c_entry_exec, JH_ERR_ENTRY, JH_OBJ_CELL, 0, 0, 0 },
	{ "unknown policy", c_failure, JH_ERR_ON_FAILURE, JH_OBJ_CELL, 0, 0, 0 },
	{ "restarts without restart", c_restarts, JH_ERR_RESTARTS, JH_OBJ_CELL, 0, 0, 0 },
	{ "restart without restarts", c_restart_0, JH_ERR_RESTARTS, JH_OBJ_CELL, 0, 0, 0 },
	{ "restart", c_restart_ok, 0, 0, 0, 0, 0 },
	{ "vpci interrupts too high", c_vpci, JH_ERR_VPCI_IRQ, JH_OBJ_CELL, 0, 0, 0 },
	{ "CPU 64", c_cpu_64, JH_ERR_CPU_NUMBER, JH_OBJ_CPU, 0, 0, 0 },
	{ "CPU 63", c_cpu_63, 0, 0, 0, 0, 0 },
	{ "CPU flags", c_cpu_flags, JH_ERR_RESERVED, JH_OBJ_CPU, 0, 0, 0 },
	{ "CPU twice", c_cpu_twice, JH_ERR_CPU_TWICE, JH_OBJ_CPU, 2, JH_OBJ_CPU, 0 },
	{ "a PPI", c_irq_31, JH_ERR_IRQ_NUMBER, JH_OBJ_IRQ, 0, 0, 0 },
	{ "the last SPI", c_irq_1019, 0, 0, 0, 0, 0 },
	{ "beyond the last SPI", c_irq_1020, JH_ERR_IRQ_NUMBER, JH_OBJ_IRQ, 0, 0, 0 },
	{ "unknown interrupt flag", c_irq_flags, JH_ERR_FLAGS, JH_OBJ_IRQ, 0, 0, 0 },
	{ "spare of an interrupt", c_irq_spare, JH_ERR_RESERVED, JH_OBJ_IRQ, 0, 0, 0 },
	{ "device of an interrupt", c_irq_device, JH_ERR_DEVICE_INDEX, JH_OBJ_IRQ, 0, 0, 0 },
	{ "interrupt twice", c_irq_twice, JH_ERR_IRQ_TWICE, JH_OBJ_IRQ, 1, JH_OBJ_IRQ, 0 },
	{ "relative path", c_path, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "path without end", c_path_long, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "path of the root node", c_path_root, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "space in a path", c_path_space, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "bytes after a path", c_path_rest, JH_ERR_PATH, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "device flags", c_dev_flags, JH_ERR_RESERVED, JH_OBJ_DEVICE, 0, 0, 0 },
	{ "device twice", c_dev_twice, JH_ERR_DEVICE_TWICE, JH_OBJ_DEVICE, 1, JH_OBJ_DEVICE, 0 },
	{ "unknown memory flag", c_mem_flags, JH_ERR_FLAGS, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "auto with address", c_mem_autophys, JH_ERR_MEM_AUTO_PHYS, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "auto device", c_mem_autoio, JH_ERR_MEM_AUTO_IO, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "auto, shared with root", c_mem_autoshare, JH_ERR_MEM_AUTO_SHARED, JH_OBJ_MEMORY, 0,
	  0, 0 },
	{ "executable device", c_mem_ioexec, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "loadable device", c_mem_ioload, JH_ERR_MEM_IO_LOADABLE, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "no access", c_mem_none, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "virt misaligned", c_mem_virt, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "phys misaligned", c_mem_phys, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "size misaligned", c_mem_size, JH_ERR_ALIGN, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "no size", c_mem_empty, JH_ERR_SIZE, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "virt beyond the end", c_mem_end, JH_ERR_END, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "phys wraps around", c_mem_wrap, JH_ERR_END, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "device of a memory", c_mem_device, JH_ERR_DEVICE_INDEX, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "virt overlap", c_mem_overlap_v, JH_ERR_OVERLAP_VIRT, JH_OBJ_MEMORY, 1,
	  JH_OBJ_MEMORY, 0 },
	{ "virt side by side", c_mem_beside, 0, 0, 0, 0, 0 },
	{ "phys overlap", c_mem_overlap_p, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, 2,
	  JH_OBJ_MEMORY, 1 },
	{ "console of x86", c_con_type, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console without type", c_con_none, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console that only the guest drives", c_con_imx, 0, 0, 0, 0, 0 },
	{ "the last such console", c_con_scif, 0, 0, 0, 0, 0 },
	{ "console beyond the last", c_con_beyond, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console type of 32 more", c_con_32, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "quirks of the guest's console", c_con_quirk, 0, 0, 0, 0, 0 },
	{ "unknown console flag", c_con_flags, JH_ERR_FLAGS, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console behind ports", c_con_ports, JH_ERR_CONSOLE_PORTS, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console elsewhere", c_con_where, JH_ERR_CONSOLE_MEMORY, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console in RAM", c_con_ram, JH_ERR_CONSOLE_MEMORY, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console without size", c_con_size, JH_ERR_CONSOLE_EMPTY, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console misaligned", c_con_align, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "clock gate", c_con_gate, JH_ERR_CONSOLE_GATE, JH_OBJ_CONSOLE, 0, 0, 0 },
};

/* a virtual UART, which a cell has in place of a device's */
RULE(v_ok, c.console = ((struct jh_console){
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

static const struct rule virtual_rules[] = {
	{ "virtual UART", v_ok, 0, 0, 0, 0, 0 },
	{ "without an interrupt", v_polled, 0, 0, 0, 0, 0 },
	{ "of another type", v_type, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "registers close together", v_flags, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with a quirk", v_flags_more, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "too long", v_size, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with a divider", v_divider, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with a gate", v_gate, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with a clock", v_clock, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "misaligned", v_align, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "beyond all addresses", v_end, JH_ERR_END, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "at the last one", v_last, 0, 0, 0, 0, 0 },
	{ "over RAM", v_ram, JH_ERR_OVERLAP_VIRT, JH_OBJ_CONSOLE, 0, JH_OBJ_MEMORY, 0 },
	{ "behind RAM", v_beside, 0, 0, 0, 0, 0 },
	{ "over a device", v_device, JH_ERR_OVERLAP_VIRT, JH_OBJ_CONSOLE, 0, JH_OBJ_MEMORY, 1 },
	{ "over comm", v_comm, JH_ERR_OVERLAP_COMM, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with a PPI", v_irq_31, JH_ERR_IRQ_NUMBER, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with the first SPI", v_irq_32, 0, 0, 0, 0, 0 },
	{ "with the last SPI", v_irq_1019, 0, 0, 0, 0, 0 },
	{ "with none", v_irq_1020, JH_ERR_IRQ_NUMBER, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "with the cell's own", v_irq_twice, JH_ERR_IRQ_TWICE, JH_OBJ_CONSOLE, 0, JH_OBJ_IRQ, 0 },
	{ "direct interrupts", v_direct, JH_ERR_CONSOLE_DIRECT, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "direct interrupts, polled", v_direct_polled, 0, 0, 0, 0, 0 },
	{ "interrupt of a real UART", c_con_irq, JH_ERR_CONSOLE_IRQ, JH_OBJ_CELL, 0, 0, 0 },
	{ "interrupt of nothing", c_con_irq_none, JH_ERR_CONSOLE_IRQ, JH_OBJ_CELL, 0, 0, 0 },
	{ "spare of the cell", c_spare, JH_ERR_RESERVED, JH_OBJ_CELL, 0, 0, 0 },
};

/* system */
RULE(s_name, s.system.name[0] = 0)
RULE(s_flags, s.system.flags = 2)
RULE(s_flags_8, s.system.flags = 8)
RULE(s_learn, s.system.flags = JH_SYSTEM_ROOT_LEARN | JH_SYSTEM_TRUST_GUESTS)
RULE(s_trust, s.system.flags = JH_SYSTEM_TRUST_GUESTS)
RULE(s_firmware, s.system.firmware = 3)
RULE(s_zynqmp, s.system.firmware = JH_FIRMWARE_ZYNQMP)
RULE(s_spare, s.system.spare = 1)
RULE(s_optional, s.system.optional = JH_OPTIONAL_ALL + 1)
RULE(s_base, s.system.optional = 0)
RULE(s_imx8m, s.system.firmware = JH_FIRMWARE_IMX8M)
RULE(s_hv_align, s.system.hv_address = 0x800)
RULE(s_hv_size, s.system.hv_size = 0x3f000)
RULE(s_hv_gic, s.system.hv_address = 0x08000000)
RULE(s_hv_end, s.system.hv_address = 0x50000000; s.system.max_address = 0x4fffffff)
RULE(s_hv_last, s.system.hv_address = 0x4ff00000; s.system.max_address = 0x4fffffff)
RULE(s_max, s.system.max_address = JH_CONFIG_ADDRESS_LIMIT)
RULE(s_unit_0, s.num_units = 0)
RULE(s_gic_gicd, s.num_units = 1)
RULE(s_gic_maint, s.units[0].argument = 32)
RULE(s_gic_maint15, s.units[0].argument = 15)
RULE(s_gicd_none, s.units[0] = s.units[1]; s.num_units = 1)
RULE(s_gicd_0, s.units[0].address = 0)
RULE(s_gicd_align, s.units[0].address = 0x08000800)
RULE(s_gicr_0, s.units[1].size = 0)
RULE(s_gicr_align, s.units[1].address = 0x080a1000)
RULE(s_gicr_over, s.units[1].address = 0x08000000)
RULE(s_gicr_end, s.units[1].address = -0x10000LL)
RULE(s_gicr_arg, s.units[1].argument = 1)
RULE(s_gicc_extra, blob_add_unit(&s, JH_UNIT_GICC, 0x08010000, 0x10000))
RULE(s_v2_gich, s.num_units = 1; s_gicc_extra();
     blob_add_unit(&s, JH_UNIT_GICV, 0x08040000, 0x10000))
RULE(s_v2, s.num_units = 1; s_gicc_extra();
     blob_add_unit(&s, JH_UNIT_GICH, 0x08030000, 0x10000);
     blob_add_unit(&s, JH_UNIT_GICV, 0x08040000, 0x10000))
RULE(s_v2_its, s_v2(); blob_add_unit(&s, JH_UNIT_ITS, 0x08080000, 0x20000))
RULE(s_its, blob_add_unit(&s, JH_UNIT_ITS, 0x08080000, 0x20000))
RULE(s_its_two, s_its(); blob_add_unit(&s, JH_UNIT_ITS, 0x09100000, 0x20000))
RULE(s_its_over, s_its(); blob_add_unit(&s, JH_UNIT_ITS, 0x08070000, 0x20000))
RULE(s_its_gap, s_its_two(); s.units[3].index = 2)
RULE(s_its_twice, s_its_two(); s.units[3].index = 0)
RULE(s_its_late, s_its(); s.units[2].index = 1)
RULE(s_gicd_two, s.units[1] = s.units[0]; s.units[1].index = 1)
RULE(s_order, s.units[0] = s.units[1]; blob_add_unit(&s, JH_UNIT_GICD, 0x08000000, 0x10000);
     s.units[1] = s.units[2]; s.num_units = 2)
RULE(s_unknown, blob_add_unit(&s, JH_UNIT_TYPES, 0x09100000, 0x1000))
RULE(s_kind_0, s.units[0].kind = 0)
RULE(s_con, s.num_consoles = 1; s.num_assignable = 0)
RULE(s_con_assignable, s.num_consoles = 1)
RULE(s_con_gic, s_con(); s.console.address = 0x08000000)
RULE(s_con_hv, s_con(); s.system.hv_address = 0x09000000)
RULE(s_pool_0, s.num_pools = 0)
RULE(s_pool_flags, s.pools[0].flags = 2)
RULE(s_pool_spare, s.pools[0].spare = 2)
RULE(s_pool_auto, s.pools[0].address = 0x40000000)
RULE(s_pool_align, s.pools[0].flags = 0; s.pools[0].address = 0x40100000)
RULE(s_pool_size, s.pools[0].size = 0x100000)
RULE(s_pool_at0, s.pools[0].flags = 0)
RULE(s_pool_over, s.num_pools = 2; s.pools[0].flags = 0; s.pools[0].address = 0x40000000;
     s.pools[1] = s.pools[0]; s.pools[1].address = 0x43e00000)
RULE(s_pool_hv, s_pool_over(); s.pools[1].address = 0x50000000; s.system.hv_address = 0x40000000)
RULE(s_pool_gic, s_pool_at0(); s.pools[0].address = 0x08000000)
RULE(s_pool_con, s_con(); s_pool_at0(); s.pools[0].address = 0x09000000)
RULE(s_pool_end, s_pool_at0(); s.system.max_address = 0x03fffffe)
RULE(s_pool_last, s_pool_at0(); s.system.max_address = 0x03ffffff)
RULE(s_assign_align, s.assignable[0].address += 4)
RULE(s_assign_0, s.assignable[0].size = 0)
RULE(s_assign_gic, s.assignable[0].address = 0x08000000)
RULE(s_assign_pool, s_pool_at0(); s.assignable[0].address = 0x03000000)
RULE(s_assign_over, s.num_assignable = 2; s.assignable[1] = s.assignable[0])
RULE(s_list, s.num_memories = 1;
     s.memories[0] = ((struct jh_config_memory){ 0x40000000, 0x40000000, 0x40000000, 7, 0 }))
RULE(s_listed, s.system.flags = JH_SYSTEM_ROOT_LISTED)
RULE(s_listed_ok, s_list(); s_listed())
RULE(s_listed_virt, s_listed_ok(); s.memories[0].virt = 0)
RULE(s_listed_auto, s_listed_ok(); s.memories[0].flags |= JH_MEM_AUTO)
RULE(s_listed_flag, s_listed_ok(); s.memories[0].flags |= JH_MEM_LOADABLE)
RULE(s_listed_dev, s_listed_ok(); s.memories[0].device = 1)
RULE(s_listed_over, s_listed_ok(); s.num_memories = 2; s.memories[1] = s.memories[0])

RULE(s_listed_exec, s_listed_ok(); s.memories[0].flags |= JH_MEM_IO)
RULE(s_listed_none, s_listed_ok(); s.memories[0].flags = JH_MEM_DMA)
RULE(s_listed_align, s_listed_ok(); s.memories[0].size = 0x800)
RULE(s_con_type, s_con(); s.console.type = JH_CONSOLE_EFIFB)
RULE(s_con_imx, s_con(); s.console.type = JH_CONSOLE_IMX)
RULE(s_con_quirk, s_con(); s.console.flags |= JH_CONSOLE_MDR_QUIRK)
RULE(s_gic_with_hv, s.units[0].address = 0; s.system.hv_address = 0x50000000)
RULE(s_hv_least, s.system.hv_size = JH_CONFIG_MIN_HV_SIZE)
RULE(s_maint_16, s.units[0].argument = 16)
RULE(s_maint_31, s.units[0].argument = 31)
RULE(s_gicr_least, s.units[1].size = 0x20000)
RULE(s_gicr_less, s.units[1].size = 0x10000)
RULE(s_gicd_size, s.units[0].size = 0x90000)
RULE(s_gicc_size, s_v2(); s.units[1].size = 0x21000)
RULE(s_con_its, s_con(); s_its(); s.console.address = 0x08080000)
RULE(s_assign_its, s_its(); s.assignable[0].address = 0x0809f000)

static const struct rule system_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0 },
	{ "listed, executable device", s_listed_exec, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, 0,
	  0, 0 },
	{ "listed, no access", s_listed_none, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed, misaligned", s_listed_align, JH_ERR_ALIGN, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "console of x86", s_con_type, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console of a guest's driver", s_con_imx, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "quirk of a guest's console", s_con_quirk, JH_ERR_FLAGS, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "no distributor, fixed hypervisor", s_gic_with_hv, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "the smallest hypervisor", s_hv_least, 0, 0, 0, 0, 0 },
	{ "the first PPI", s_maint_16, 0, 0, 0, 0, 0 },
	{ "the last PPI", s_maint_31, 0, 0, 0, 0, 0 },
	{ "one redistributor", s_gicr_least, 0, 0, 0, 0, 0 },
	{ "half a redistributor", s_gicr_less, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0),
	  0, 0 },
	{ "distributor that swallows the ITS", s_gicd_size, JH_ERR_UNIT_SIZE, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "CPU interface that is too large", s_gicc_size, JH_ERR_UNIT_SIZE, JH_OBJ_UNIT,
	  UNIT(GICC, 0), 0, 0 },
	{ "name", s_name, JH_ERR_NAME, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "flags", s_flags, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "unknown flag", s_flags_8, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "learn without list", s_learn, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "no mitigations", s_trust, 0, 0, 0, 0, 0 },
	{ "unknown firmware", s_firmware, JH_ERR_RESERVED, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "firmware of ZynqMP", s_zynqmp, 0, 0, 0, 0, 0 },
	{ "firmware of i.MX 8M", s_imx8m, 0, 0, 0, 0, 0 },
	{ "spare field", s_spare, JH_ERR_RESERVED, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "an optional unit that nobody knows", s_optional, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "no optional units", s_base, 0, 0, 0, 0, 0 },
	{ "hypervisor misaligned", s_hv_align, JH_ERR_ALIGN, JH_OBJ_HYPERVISOR, 0, 0, 0 },
	{ "hypervisor too small", s_hv_size, JH_ERR_HV_SIZE, JH_OBJ_HYPERVISOR, 0, 0, 0 },
	{ "hypervisor in the GIC", s_hv_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_HYPERVISOR, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "hypervisor beyond the end", s_hv_end, JH_ERR_MEM_BEYOND, JH_OBJ_HYPERVISOR, 0, 0, 0 },
	{ "hypervisor at the end", s_hv_last, 0, 0, 0, 0, 0 },
	{ "highest address", s_max, JH_ERR_END, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "no units", s_unit_0, JH_ERR_GIC_VERSION, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "a distributor alone", s_gic_gicd, JH_ERR_GIC_VERSION, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "no distributor", s_gicd_none, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "maintenance SPI", s_gic_maint, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT, UNIT(GICD, 0), 0,
	  0 },
	{ "maintenance SGI", s_gic_maint15, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT, UNIT(GICD, 0), 0,
	  0 },
	{ "distributor at 0", s_gicd_0, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0 },
	{ "distributor misaligned", s_gicd_align, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICD, 0), 0,
	  0 },
	{ "empty redistributor", s_gicr_0, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0 },
	{ "redistributor misaligned", s_gicr_align, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0),
	  0, 0 },
	{ "frames overlap", s_gicr_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT, UNIT(GICR, 0),
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "redistributor wraps", s_gicr_end, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0 },
	{ "argument that means nothing", s_gicr_arg, JH_ERR_RESERVED, JH_OBJ_UNIT, UNIT(GICR, 0), 0,
	  0 },
	{ "GICv3 with GICC", s_gicc_extra, JH_ERR_UNIT_GIC, JH_OBJ_UNIT, UNIT(GICC, 0), 0, 0 },
	{ "GICv2 without GICH", s_v2_gich, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "GICv2 with ITS", s_v2_its, JH_ERR_UNIT_GIC, JH_OBJ_UNIT, UNIT(ITS, 0), 0, 0 },
	{ "ITS", s_its, 0, 0, 0, 0, 0 },
	{ "two ITSs", s_its_two, 0, 0, 0, 0, 0 },
	{ "ITSs overlap", s_its_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT, UNIT(ITS, 1), JH_OBJ_UNIT,
	  UNIT(ITS, 0) },
	{ "index left out", s_its_gap, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(3), 0, 0 },
	{ "index twice", s_its_twice, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(3), 0, 0 },
	{ "first index is not 0", s_its_late, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(2), 0, 0 },
	{ "kinds out of order", s_order, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(1), 0, 0 },
	{ "two distributors", s_gicd_two, JH_ERR_TOO_MANY, JH_OBJ_UNIT, UNIT(GICD, 1), 0, 0 },
	{ "kind of a later jh", s_unknown, JH_ERR_UNIT_KIND, JH_OBJ_UNIT, ROW(2), 0, 0 },
	{ "kind 0", s_kind_0, JH_ERR_UNIT_KIND, JH_OBJ_UNIT, ROW(0), 0, 0 },
	{ "console in the ITS", s_con_its, JH_ERR_OVERLAP_PHYS, JH_OBJ_CONSOLE, 0, JH_OBJ_UNIT,
	  UNIT(ITS, 0) },
	{ "assignable range in the ITS", s_assign_its, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_UNIT, UNIT(ITS, 0) },
	{ "GICv2", s_v2, 0, 0, 0, 0, 0 },
	{ "console", s_con, 0, 0, 0, 0, 0 },
	{ "console in an assignable range", s_con_assignable, JH_ERR_OVERLAP_PHYS,
	  JH_OBJ_ASSIGNABLE, 0, JH_OBJ_CONSOLE, 0 },
	{ "console in the GIC", s_con_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_CONSOLE, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "console in the hypervisor", s_con_hv, JH_ERR_OVERLAP_PHYS, JH_OBJ_HYPERVISOR, 0,
	  JH_OBJ_CONSOLE, 0 },
	{ "no pool", s_pool_0, JH_ERR_MISSING, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool flags", s_pool_flags, JH_ERR_FLAGS, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool spare", s_pool_spare, JH_ERR_RESERVED, JH_OBJ_POOL, 0, 0, 0 },
	{ "auto pool with address", s_pool_auto, JH_ERR_POOL_AUTO, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool misaligned", s_pool_align, JH_ERR_ALIGN, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool size", s_pool_size, JH_ERR_ALIGN, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool at address 0", s_pool_at0, 0, 0, 0, 0, 0 },
	{ "pools overlap", s_pool_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 1, JH_OBJ_POOL, 0 },
	{ "pool over hypervisor", s_pool_hv, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0,
	  JH_OBJ_HYPERVISOR, 0 },
	{ "pool over GIC", s_pool_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "pool over console", s_pool_con, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0,
	  JH_OBJ_CONSOLE, 0 },
	{ "pool beyond the end", s_pool_end, JH_ERR_MEM_BEYOND, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool at the end", s_pool_last, 0, 0, 0, 0, 0 },
	{ "assignable range misaligned", s_assign_align, JH_ERR_ALIGN, JH_OBJ_ASSIGNABLE, 0, 0, 0 },
	{ "empty assignable range", s_assign_0, JH_ERR_SIZE, JH_OBJ_ASSIGNABLE, 0, 0, 0 },
	{ "assignable range over GIC", s_assign_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "assignable range over pool", s_assign_pool, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_POOL, 0 },
	{ "assignable ranges overlap", s_assign_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 1,
	  JH_OBJ_ASSIGNABLE, 0 },
	{ "list without listed root", s_list, JH_ERR_LISTED, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed root without list", s_listed, JH_ERR_ROOT_EMPTY, JH_OBJ_SYSTEM, 0, 0, 0 },
	{ "listed root", s_listed_ok, 0, 0, 0, 0, 0 },
	{ "listed, virt", s_listed_virt, JH_ERR_ROOT_IDENTITY, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed, auto", s_listed_auto, JH_ERR_ROOT_AUTO, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed, loadable", s_listed_flag, JH_ERR_FLAGS, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed, device", s_listed_dev, JH_ERR_DEVICE_INDEX, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "listed, overlap", s_listed_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, 1,
	  JH_OBJ_MEMORY, 0 },
};

/* a cell against its system */
RULE(p_ram, c.memories[0].flags &= ~JH_MEM_AUTO; c.memories[0].phys = 0x40000000)
RULE(p_pool, s_pool_at0(); s.pools[0].address = 0x40000000)
RULE(p_pool_ok, p_pool(); p_ram())
RULE(p_pool_part, p_pool_ok(); c.memories[0].phys = 0x43001000)
RULE(p_pool_auto, p_ram())
RULE(p_assignable_none, s.num_assignable = 0)
RULE(p_shared, p_pool(); c.num_memories = 3;
     c.memories[2] = ((struct jh_config_memory){ 0x50000000, 0x50000000, 0x1000,
						 JH_MEM_READ | JH_MEM_SHARED_ROOT, 0 }))
RULE(p_shared_pool, p_shared(); c.memories[2].phys = 0x40000000)
RULE(p_shared_io, p_assignable_none(); c.memories[1].flags |= JH_MEM_SHARED_ROOT)
RULE(p_assignable_half, c.memories[1].size = 0x2000)
RULE(p_assignable_two, p_assignable_half(); s.num_assignable = 2;
     s.assignable[1] = ((struct jh_config_assignable){ 0x09041000, 0x3000 }))
RULE(p_gich, s_v2(); c.memories[1].phys = 0x08030000)
RULE(p_its, s_its(); c.memories[1].phys = 0x08090000)
RULE(p_its_shared, p_its(); c.memories[1].flags |= JH_MEM_SHARED_ROOT)
RULE(p_virt_its, s_its(); c.memories[1].virt = 0x08080000; c.console.address = 0x08080000)
RULE(p_hv, s.system.hv_address = 0x40f00000; p_ram())
RULE(p_con, s_con())
RULE(p_beyond, p_ram(); s.system.max_address = 0x40fffffe)
RULE(p_space, c.memories[0].size = 66 << 20)
RULE(p_space_ok, c.memories[0].size = 64 << 20)
RULE(p_virt, c.memories[0].size = 160 << 20; s.pools[0].size = 512 << 20;
     c.num_memories = 1; c.num_consoles = 0)
RULE(p_virt_gicv, s_v2(); c.memories[1].virt = 0x08040000; c.console.address = 0x08040000)
RULE(p_base, s.system.optional = 0)
RULE(p_uart, v_ok())
RULE(p_no_uart, v_ok(); s.system.optional = JH_OPTIONAL_ALL & ~JH_OPTIONAL_UART)
RULE(p_console, v_ok(); c.console.address = 0x08000000)
RULE(p_comm, c.cell.comm_address = 0x080b0000)

/* addresses of the machine */
RULE(w_max, s.system.max_address = 0xfffffffff)
RULE(w_hv, s.system.hv_address = 0x1000000000; s.system.hv_size = 0x1000000)
RULE(w_pool, s.pools[0] = ((struct jh_config_pool){ .address = 0x2000000000, .size = 0x400000 }))
RULE(w_unit, s.units[1].address = 0x3000000000)
RULE(w_assignable, s.assignable[0] = ((struct jh_config_assignable){ 0x3000000000, 0x1000 }))

static const struct rule pair_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0 },
	{ "fixed RAM in a pool", p_pool_ok, 0, 0, 0, 0, 0 },
	{ "fixed RAM half in a pool", p_pool_part, JH_ERR_MEM_POOL, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "fixed RAM, automatic pool", p_pool_auto, 0, 0, 0, 0, 0 },
	{ "shared with root", p_shared, 0, 0, 0, 0, 0 },
	{ "shared with root in a pool", p_shared_pool, JH_ERR_MEM_SHARED_POOL, JH_OBJ_MEMORY, 2,
	  0, 0 },
	{ "device shared with root", p_shared_io, 0, 0, 0, 0, 0 },
	{ "device that is not assignable", p_assignable_none, JH_ERR_MEM_ASSIGNABLE, JH_OBJ_MEMORY,
	  1, 0, 0 },
	{ "device half of which is assignable", p_assignable_half, JH_ERR_MEM_ASSIGNABLE,
	  JH_OBJ_MEMORY, 1, 0, 0 },
	{ "device over two assignable ranges", p_assignable_two, 0, 0, 0, 0, 0 },
	{ "GICH", p_gich, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT, UNIT(GICH, 0) },
	{ "ITS", p_its, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT, UNIT(ITS, 0) },
	{ "ITS, shared with root", p_its_shared, JH_ERR_MEM_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT,
	  UNIT(ITS, 0) },
	{ "a device where the ITS is", p_virt_its, 0, 0, 0, 0, 0 },
	{ "hypervisor's memory", p_hv, JH_ERR_MEM_HYPERVISOR, JH_OBJ_MEMORY, 0,
	  JH_OBJ_HYPERVISOR, 0 },
	{ "hypervisor's console", p_con, JH_ERR_MEM_CONSOLE, JH_OBJ_MEMORY, 1, 0, 0 },
	{ "a cell that needs no optional unit", p_base, 0, 0, 0, 0, 0 },
	{ "a cell that needs one that is there", p_uart, 0, 0, 0, 0, 0 },
	{ "a cell that needs one that is not", p_no_uart, JH_ERR_NO_UART, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "beyond the highest address", p_beyond, JH_ERR_MEM_BEYOND, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "more than the pool", p_space, JH_ERR_MEM_SPACE, JH_OBJ_MEMORY, 0, 0, 0 },
	{ "all of the pool", p_space_ok, 0, 0, 0, 0, 0 },
	{ "RAM over the guest's GIC", p_virt, JH_ERR_VIRT_UNIT, JH_OBJ_MEMORY, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "a device where GICV is", p_virt_gicv, 0, 0, 0, 0, 0 },
	{ "virtual UART over the GIC", p_console, JH_ERR_VIRT_UNIT, JH_OBJ_CONSOLE, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0) },
	{ "comm over the GIC", p_comm, JH_ERR_COMM_UNIT, JH_OBJ_CELL, 0, JH_OBJ_UNIT,
	  UNIT(GICR, 0) },
};

static void compare(const struct rule *rule, int ret, const struct jh_error *err)
{
	int good = err->reason == rule->reason && (ret < 0) == (rule->reason != 0) &&
		   err->object == rule->object && err->index == rule->index &&
		   err->other_object == rule->other_object &&
		   err->other_index == rule->other_index;

	if (!good)
		fail_msg("%s: reason %u for object %u[%u], other %u[%u]; reason %u was expected",
			 rule->what, err->reason, err->object, err->index, err->other_object,
			 err->other_index, rule->reason);
}

/* The verdict on the row's own file. */
static void judge(const struct rule *rule, __u32 kind)
{
	__u32 length;
	void *blob;
	struct jh_error err;

	blob_system(&s);
	blob_cell(&c);
	rule->change();
	blob = blob_pack(kind == JH_CONFIG_CELL ? &c : &s, &length);
	compare(rule, config_check(blob, length, kind, &err), &err);
	free(blob);
}

static void cell_rows(void **state)
{
	__u32 i;

	(void)state;
	for (i = 0; i < sizeof(cell_rules) / sizeof(cell_rules[0]); i++)
		judge(&cell_rules[i], JH_CONFIG_CELL);
	for (i = 0; i < sizeof(virtual_rules) / sizeof(virtual_rules[0]); i++)
		judge(&virtual_rules[i], JH_CONFIG_CELL);
}

static void system_rows(void **state)
{
	__u32 i;

	(void)state;
	for (i = 0; i < sizeof(system_rules) / sizeof(system_rules[0]); i++)
		judge(&system_rules[i], JH_CONFIG_SYSTEM);
}

static void pair_rows(void **state)
{
	__u32 i, system_length, cell_length;

	(void)state;
	for (i = 0; i < sizeof(pair_rules) / sizeof(pair_rules[0]); i++) {
		void *system, *cell;
		struct jh_error err;

		blob_system(&s);
		blob_cell(&c);
		pair_rules[i].change();
		system = blob_pack(&s, &system_length);
		cell = blob_pack(&c, &cell_length);
		assert_int_equal(config_check(system, system_length, JH_CONFIG_SYSTEM, &err), 0);
		assert_int_equal(config_check(cell, cell_length, JH_CONFIG_CELL, &err), 0);
		compare(&pair_rules[i], config_check_against(system, cell, &err), &err);
		free(system);
		free(cell);
	}
}

/* A valid system configuration against CPUs that address no more than @last. */
static int check_width(__u64 last, struct jh_error *err)
{
	__u32 length;
	void *blob = blob_pack(&s, &length);
	int ret;

	assert_int_equal(config_check(blob, length, JH_CONFIG_SYSTEM, err), 0);
	ret = config_check_width(blob, last, err);
	free(blob);
	return ret;
}

static void a_system_lies_where_cpus_reach(void **state)
{
	static const struct {
		void (*change)(void);
		__u32 reason, object;
		__u64 last;	/* that is just not enough */
	} rows[] = {
		{ w_max, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0xffffffffe },
		{ w_hv, JH_ERR_MEM_BEYOND, JH_OBJ_HYPERVISOR, 0x1000fffffe },
		{ w_pool, JH_ERR_MEM_BEYOND, JH_OBJ_POOL, 0x20003ffffe },
		{ w_unit, JH_ERR_MEM_BEYOND, JH_OBJ_UNIT, 0x3000f5fffe },
		{ w_assignable, JH_ERR_MEM_BEYOND, JH_OBJ_ASSIGNABLE, 0x3000000ffe },
	};
	struct jh_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		blob_system(&s);
		rows[i].change();
		assert_int_equal(check_width(rows[i].last + 1, &err), 0);
		assert_int_equal(check_width(rows[i].last, &err), -JH_ERANGE);
		assert_int_equal(err.reason, rows[i].reason);
		assert_int_equal(err.object, rows[i].object);
		assert_int_equal(err.limit, rows[i].last);
	}
}

/* Every reason of the first table appears in a row or in test_config.c. */
static void every_reason_is_tested(void **state)
{
	static const __u32 elsewhere[] = {
		JH_ERR_TRUNCATED, JH_ERR_MAGIC, JH_ERR_VERSION, JH_ERR_ARCH, JH_ERR_KIND_CELL,
		JH_ERR_KIND_SYSTEM, JH_ERR_LENGTH, JH_ERR_CHECKSUM, JH_ERR_SECTION_TYPE,
		JH_ERR_SECTION_ORDER, JH_ERR_SECTION_SIZE, JH_ERR_SECTION_RANGE, JH_ERR_TOO_MANY,
		JH_ERR_FILE_SIZE,
	};
	static const struct {
		const struct rule *rules;
		size_t count;
	} tables[] = {
		{ cell_rules, sizeof(cell_rules) / sizeof(cell_rules[0]) },
		{ system_rules, sizeof(system_rules) / sizeof(system_rules[0]) },
		{ virtual_rules, sizeof(virtual_rules) / sizeof(virtual_rules[0]) },
	};
	__u32 seen[256] = { 0 };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (j = 0; j < tables[i].count; j++)
			seen[tables[i].rules[j].reason] = 1;
	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		seen[elsewhere[i]] = 1;
#define SEEN(name, number, errno_, sentence, next) \
	if (!seen[number]) \
		fail_msg("no test gives " #name);
	JH_REASONS_CONFIG(SEEN)
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell_rows),
		cmocka_unit_test(system_rows),
		cmocka_unit_test(pair_rows),
		cmocka_unit_test(a_system_lies_where_cpus_reach),
		cmocka_unit_test(every_reason_is_tested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
