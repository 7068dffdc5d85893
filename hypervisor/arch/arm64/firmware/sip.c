// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <asm/sip.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/manage.h>
#include <hv/unit.h>
#include <jh/reasons.h>
#include <refuse.h>

/* Nothing is known of the chip's calls: root alone may make them. */
static enum sip_verdict other_decide(const struct sip_call *call, const struct sip_caller *caller)
{
	(void)call;
	return caller->cell ? SIP_NOT_SUPPORTED : SIP_FORWARD;
}

static const struct sip_filter other_filter = {
	.decide = other_decide,
};

/* An image without optional units has none for chips. */
static const struct sip_filter *const filters[] = {
	[JH_FIRMWARE_OTHER] = &other_filter,
	[JH_FIRMWARE_ZYNQMP] = &zynqmp_filter,
	[JH_FIRMWARE_IMX8M] = &imx8m_filter,
};

static u32 firmware;	/* JH_FIRMWARE_* */

/*
 * Without a lock: the ranges of a cell whose CPU runs here do not change, and root's tables say
 * whether root has a page at every moment.
 */
static u32 registers_owner(u64 pa)
{
	const struct cell *cell = this_cell();
	u32 i;

	if (cell->id == CELL_ROOT)
		return pgtable_is_mapped(&root_cell.pt, GPA(pa), 1) ? CELL_ROOT : JH_MAX_CELLS;
	for (i = 0; i < cell->num_memories; i++)
		if (pa - cell->memories[i].pa < cell->memories[i].size)
			return cell->id;
	return CELL_ROOT;
}

/* Are they a cell's that does not run? Asked for root alone, which starts cells by itself. */
static bool registers_rest(u64 pa)
{
	const struct cell *cell;
	bool rest = false;
	u32 id, i;

	if (!manage_try_begin())
		return false;
	for (id = CELL_ROOT + 1; id < JH_MAX_CELLS; id++) {
		cell = cell_get(id);
		for (i = 0; cell && i < cell->num_memories; i++)
			if (pa - cell->memories[i].pa < cell->memories[i].size)
				rest = load_acquire(&cell->state) != JH_CELL_RUNNING;
	}
	manage_end();
	return rest;
}

static int sip_build(const void *config, struct jh_error *error)
{
	firmware = config_system(config)->firmware;
	if (firmware >= ARRAY_SIZE(filters) || !filters[firmware])
		return refuse_value(error, JH_ERR_IMAGE_UNITS, JH_OBJ_IMAGE, 0, firmware, 0);
	return 0;
}

const struct unit unit_firmware = {
	.build = sip_build,
};

enum sip_verdict sip_decide(const struct sip_call *call)
{
	const struct sip_caller caller = { this_cell()->id, cell_count() == 1, registers_owner,
					   registers_rest };

	return filters[firmware]->decide(call, &caller);
}

u32 sip_no_access(void)
{
	return filters[firmware]->no_access;
}
