// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell of four memories, of which three can be loaded, and an image: for tests of loads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "load.h"

struct blob_parts parts;
struct jh_cell *cell;
struct jh_error err;
struct jh_segment segments[4];
struct jh_ioctl_load arg;
u8 image[SIZE];

static struct jh_config_memory memory(u64 virt, u64 size, u32 more)
{
	return (struct jh_config_memory){
		.virt = virt, .size = size,
		.flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_AUTO | more,
	};
}

void load_create(void)
{
	int code;

	cell = fake_create(&parts, &err, &code);
	assert_int_equal(err.reason, 0);
	assert_non_null(cell);
	arg = (struct jh_ioctl_load){ .segments = (uintptr_t)segments, .count = 1, .cell = cell->id,
				      .generation = cell->generation };
	jh_lock.held = 0;
}

int load_setup(void **state)
{
	u32 i;

	fake_reset();
	fake_cells_reset();
	memset(&err, 0, sizeof(err));
	for (i = 0; i < sizeof(image); i++)
		image[i] = i * 7 + (i >> 8) + 1;
	blob_cell(&parts);
	parts.num_devices = parts.num_irqs = parts.num_consoles = 0;
	parts.num_memories = 4;
	parts.memories[0] = memory(0, SIZE, JH_MEM_LOADABLE);
	parts.memories[1] = memory(SIZE, PIECE, JH_MEM_LOADABLE);
	parts.memories[2] = memory(GAP, PIECE, JH_MEM_LOADABLE);
	parts.memories[3] = memory(GAP + PIECE, PIECE, 0);
	memset(segments, 0, sizeof(segments));
	segments[0] = (struct jh_segment){ (uintptr_t)image, sizeof(image), 0 };
	load_create();
	return 0;
}

int load_teardown(void **state)
{
	fake_meanwhile = NULL;
	fake_signal = false;
	fake_no_user = NULL;
	fake_hv.refused_after = 0;
	assert_int_equal(jh_lock.held, 0);
	jh_lock.held = 1;
	if (!list_empty(&jh_cells)) {
		assert_int_equal(cell->kobj.references, 1);
		assert_false(cell->loading);
		assert_int_equal(jh_cell_destroy(cell, &err), 0);
	}
	assert_int_equal(fake_allocated(), 0);
	fake_cells_end();
	return 0;
}

const u8 *load_ram(void)
{
	return fake_hv.ram[cell->id];
}

u32 load_state(void)
{
	return jh_report_state(cell->id);
}

void load_refused(u32 reason)
{
	assert_int_equal(jh_load(&arg), -refuse_errno(reason));
	assert_int_equal(arg.error.reason, reason);
	assert_int_equal(jh_lock.held, 0);
	assert_false(cell->loading);
}
