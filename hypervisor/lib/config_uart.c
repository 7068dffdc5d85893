// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the virtual UART of a cell.
 */
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

/* The UART must not overlap anything else of the cell. */
static int check_virtual_place(const void *blob, const struct jh_console *console,
			       struct jh_error *err)
{
	__u64 comm = config_cell(blob)->comm_address;
	__u32 i, count;
	const struct jh_config_memory *mems = config_memories(blob, &count);
	int ret = config_field_range(console->address, console->size, JH_CONFIG_PAGE_SIZE,
				     JH_OBJ_CONSOLE, 0, err);

	if (ret)
		return ret;
	for (i = 0; i < count; i++)
		if (range_overlaps(console->address, console->size, mems[i].virt, mems[i].size))
			return refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_CONSOLE, 0,
					    JH_OBJ_MEMORY, i);
	if (range_overlaps(console->address, console->size, comm, JH_COMM_SIZE))
		return refuse_value(err, JH_ERR_OVERLAP_COMM, JH_OBJ_CONSOLE, 0, comm, 0);
	return 0;
}

static int check_virtual_irq(const void *blob, struct jh_error *err)
{
	const struct jh_config_cell *cell = config_cell(blob);
	__u32 i, count, irq = cell->console_irq;
	const struct jh_config_irq *irqs = config_irqs(blob, &count);
	int ret;

	if (!irq)
		return 0;
	ret = config_field_irq(irq, JH_OBJ_CONSOLE, 0, err);
	if (ret)
		return ret;
	if (cell->flags & JH_CELL_IRQ_DIRECT)
		return refuse_value(err, JH_ERR_CONSOLE_DIRECT, JH_OBJ_CONSOLE, 0, irq, 0);
	for (i = 0; i < count; i++) {
		if (irqs[i].intid != irq)
			continue;
		refuse_other(err, JH_ERR_IRQ_TWICE, JH_OBJ_CONSOLE, 0, JH_OBJ_IRQ, i);
		err->value = irq;
		return -refuse_errno(JH_ERR_IRQ_TWICE);
	}
	return 0;
}

int config_uart_check(const void *blob, const struct jh_console *console, struct jh_error *err)
{
	int ret;

	if (console->type != JH_CONSOLE_PL011 || console->size != JH_CONSOLE_VIRTUAL_SIZE ||
	    console->flags != (JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4) ||
	    console->divider || console->gate_nr || console->clock_reg)
		return refuse_value(err, JH_ERR_CONSOLE_VIRTUAL, JH_OBJ_CONSOLE, 0, 0,
				    JH_CONSOLE_VIRTUAL_SIZE);
	ret = check_virtual_place(blob, console, err);
	return ret ? ret : check_virtual_irq(blob, err);
}
