// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell's virtual UART: the registers of vuart.c over the cell's console ring, at an address of
 * the cell and with an interrupt. Root fills its input by hypercall.
 *
 * Optional: an image without this file has no such UART (hv/unit.h).
 */
#include <hv/cell_uart.h>
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/manage.h>
#include <hv/mmio.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>
#include <string.h>

/* A guest's access to the virtual UART. An address inside of a register finds nothing. */
static u64 access_uart(struct mmio_access a, void *context)
{
	struct cell *cell = context;
	u64 value = 0;
	bool changed;

	if (a.offset % 4)
		return 0;
	if (a.write) {
		changed = vuart_write(&cell->vuart, a.offset, (u32)a.value);
	} else {
		/* A read can only end the interrupt: if that is missed, one comes for nothing. */
		changed = vuart_is_raised(&cell->vuart);
		value = vuart_read(&cell->vuart, a.offset);
		changed = changed != vuart_is_raised(&cell->vuart);
	}
	if (unlikely(changed))
		arch_virq_changed(cell);
	return a.size < 4 ? value & (BIT(8 * a.size) - 1) : value;
}

static int cell_uart_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_console *config = config_console(cell->config);
	u32 irq = config_cell(cell->config)->console_irq;
	struct jh_ring *ring;

	if (!config || !(config->flags & JH_CONSOLE_VIRTUAL))
		return 0;
	if (irq && !arch_virq_exists(irq))
		return refuse_value(error, JH_ERR_IRQ_ABSENT, JH_OBJ_CONSOLE, 0, irq, 0);
	ring = console_ring(cell, error);
	if (!ring)
		return -ENOMEM;
	cell->vuart.output = ring;
	cell->vuart.input = console_input(ring);
	if (irq)
		virq_add(&cell->virqs, VIRQ_UART, irq);
	cell->uart_region = (struct mmio_region){
		config->address, config->size, access_uart, cell, NULL, 0,
	};
	mmio_add_cell(cell, &cell->uart_region);
	return 0;
}

static void cell_uart_commit(struct cell *cell)
{
	if (!cell->vuart.output)
		return;
	cell->report->console_offset = report_offset(cell->vuart.output);
	cell->report->input_offset = report_offset(cell->vuart.input);
}

/* Before and after each life: input that was left over or came in between is dropped. */
static void cell_uart_reset(struct cell *cell)
{
	if (!cell->vuart.output)
		return;
	vuart_reset(&cell->vuart);
	arch_virq_reset(cell, VIRQ_UART);
}

const struct unit unit_uart = {
	.cell_prepare = cell_uart_prepare,
	.cell_commit = cell_uart_commit,
	.cell_reset = cell_uart_reset,
	.cell_quiet = cell_uart_reset,
};

/* Under the management lock: the cell cannot go away, and nobody else feeds it. */
static s64 feed(u64 id, u64 generation, const u8 *bytes, u32 count)
{
	struct cell *cell = id == CELL_ROOT ? NULL : cell_get(id);
	u32 taken;

	if (!cell || !cell->vuart.output || cell->report->generation != generation)
		return -ENOENT;
	if (cell->state != JH_CELL_RUNNING)
		return -EAGAIN;
	taken = vuart_feed(&cell->vuart, bytes, count);
	if (taken)
		arch_virq_changed(cell);
	return taken;
}

s64 cell_uart_input(const u64 args[4])
{
	u32 count = (u32)args[1];
	u8 bytes[JH_HC_CONSOLE_INPUT_MAX];
	s64 ret;

	if (!count || count > sizeof(bytes))
		return -EINVAL;
	memcpy(bytes, &args[2], sizeof(bytes));
	if (!manage_try_begin())
		return -EBUSY;
	ret = feed(args[0], args[1] >> 32, bytes, count);
	manage_end();
	return ret;
}
