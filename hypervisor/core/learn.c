// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/cell.h>
#include <hv/learn.h>
#include <hv/log.h>
#include <hv/manage.h>
#include <hv/owner.h>
#include <jh/config.h>

static bool learning;

void learn_init(u32 flags)
{
	learning = flags & JH_SYSTEM_ROOT_LEARN;
}

/* Map the page, or the block around it if there is no memory for a table. */
static bool map(u64 page)
{
	u64 block = pgtable_block_size(PGTABLE_LEAF_LEVEL - 1), start = ALIGN_DOWN(page, block);

	if (!pgtable_prepare(&root_cell.pt, GPA(page), PA(page), PAGE_SIZE, PAGE_SIZE)) {
		pgtable_map(&root_cell.pt, GPA(page), PA(page), PAGE_SIZE, ROOT_MAP_FLAGS);
		return true;
	}
	if (!owner_is_nobodys(start, block) ||
	    pgtable_prepare(&root_cell.pt, GPA(start), PA(start), block, 0))
		return false;
	pgtable_map(&root_cell.pt, GPA(start), PA(start), block, ROOT_MAP_FLAGS);
	return true;
}

bool learn_access(u64 address, const char *kind)
{
	u64 page = ALIGN_DOWN(address, PAGE_SIZE);
	bool again;

	if (!learning)
		return false;
	/* A management call is changing the tables: root makes the access again. */
	if (!manage_try_begin())
		return true;
	again = owner_is_nobodys(page, PAGE_SIZE);
	/* Another CPU may have mapped it meanwhile. */
	if (again && !pgtable_is_mapped(&root_cell.pt, GPA(page), PAGE_SIZE)) {
		again = map(page);
		log_printf("learn: root %s 0x%lx\n", kind, (unsigned long)address);
	}
	manage_end();
	return again;
}
