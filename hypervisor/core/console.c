// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Consoles of cells. Each prints into a ring, which root reads: by hypercall, or by a UART that the
 * hypervisor stands in for. The latter has a second ring, which root fills by hypercall.
 */
#include <hv/console.h>
#include <hv/errno.h>
#include <hv/manage.h>
#include <hv/mmio.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>
#include <string.h>

/* Bytes that a cell may print before somebody reads: a power of two, behind the header. */
#define CONSOLE_BYTES	8192
#define CONSOLE_PAGES	3
/* What a cell is to receive lies behind that. */
#define INPUT_OFFSET	(sizeof(struct jh_ring) + CONSOLE_BYTES)

_Static_assert(INPUT_OFFSET % sizeof(u32) == 0 &&
	       INPUT_OFFSET + sizeof(struct jh_input) <= CONSOLE_PAGES * PAGE_SIZE, "both fit");

/* The pages stay with the cell's number: root may be reading while the cell goes away. */
static struct jh_ring *rings[JH_MAX_CELLS];

/*
 * A guest's access to the virtual UART. It reaches the register at its address; where one begins
 * within a register, there is nothing.
 */
static u64 access_uart(struct mmio_access a, void *context)
{
	struct cell *cell = context;
	bool before = vuart_is_raised(&cell->vuart);
	u64 value = 0;

	if (a.offset % 4)
		return 0;
	if (a.write)
		vuart_write(&cell->vuart, a.offset, (u32)a.value);
	else
		value = vuart_read(&cell->vuart, a.offset);
	if (unlikely(vuart_is_raised(&cell->vuart) != before))
		arch_virq_changed(cell);
	return a.size < 4 ? value & (BIT(8 * a.size) - 1) : value;
}

static int uart_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_console *config = config_console(cell->config);
	u32 irq = config_cell(cell->config)->console_irq;

	if (!config || !(config->flags & JH_CONSOLE_VIRTUAL))
		return 0;
	if (irq && !arch_virq_exists(irq))
		return refuse_value(error, JH_ERR_IRQ_ABSENT, JH_OBJ_CONSOLE, 0, irq, 0);
	cell->vuart.output = rings[cell->id];
	cell->vuart.input = (struct jh_input *)((u8 *)rings[cell->id] + INPUT_OFFSET);
	if (irq)
		virq_add(&cell->virqs, VIRQ_UART, irq);
	cell->uart_region = (struct mmio_region){
		config->address, config->size, access_uart, cell, NULL,
	};
	mmio_add_cell(cell, &cell->uart_region);
	return 0;
}

static bool needs_console(const struct cell *cell)
{
	const struct jh_console *config = config_console(cell->config);

	return cell->flags & JH_CELL_PUTC || (config && config->flags & JH_CONSOLE_VIRTUAL);
}

static int console_prepare(struct cell *cell, struct jh_error *error)
{
	struct jh_ring **ring = &rings[cell->id];
	u64 pa;

	if (!needs_console(cell))
		return 0;
	if (!*ring) {
		*ring = pool_alloc(CONSOLE_PAGES);
		if (!*ring)
			return pool_refuse(error);
		pa = va_to_pa(*ring).a;
		pgtable_map(&root_cell.pt, GPA(pa), PA(pa), CONSOLE_PAGES * PAGE_SIZE, MAP_READ);
	}
	memset(*ring, 0, CONSOLE_PAGES * PAGE_SIZE);
	(*ring)->size = CONSOLE_BYTES;
	if (cell->flags & JH_CELL_PUTC)
		cell->console = *ring;
	return uart_prepare(cell, error);
}

static void console_commit(struct cell *cell)
{
	if (cell->console || cell->vuart.output)
		cell->report->console_offset = report_offset(rings[cell->id]);
	if (cell->vuart.output)
		cell->report->input_offset = report_offset(cell->vuart.input);
}

/* Before a life and after it: what was sent to the cell meanwhile, or is left, is dropped. */
static void console_reset(struct cell *cell)
{
	if (!cell->vuart.output)
		return;
	vuart_reset(&cell->vuart);
	arch_virq_reset(cell, VIRQ_UART);
}

const struct unit unit_console = {
	.cell_prepare = console_prepare,
	.cell_commit = console_commit,
	.cell_reset = console_reset,
	.cell_quiet = console_reset,
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

s64 console_input(const u64 args[4])
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
