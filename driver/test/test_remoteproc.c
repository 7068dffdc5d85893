// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells as remote processors: what is loaded, and where; resource tables; vrings; memory that
 * drivers of Linux get.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "remote.h"

static void load_start_and_stop(void **state)
{
	assert_non_null(processor);
	assert_true(held && fake_rp.rproc_there);
	assert_int_equal(remote_load(), 0);
	assert_said("prepare load ");
	assert_int_equal(fake_rp.carveout_count, 2);
	assert_string_equal(fake_rp.carveouts[0].name, "vdev0vring0");
	assert_string_equal(fake_rp.carveouts[1].name, "vdev0vring1");
	assert_int_equal(fake_rp.carveouts[1].da, VRING + 2 * BOUNCE_UNIT);
	remote_trace_is_read(&fake_rp.rproc);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_said("start ");
	assert_int_equal(started_at, FAKE_ENTRY);
	assert_int_equal(started_images, 3);
	assert_int_equal(first_address, 0x100);
	assert_non_null(fake_rp.queues);
	fake_rp.queues->stop(fake_rp.queues, false);
	assert_said("rcu idle ");
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	assert_said("rcu idle remove stop ");
	remote_clean_up();
	remote_ops->remove(processor);
	processor = NULL;
	assert_said("idle idle del rcu idle let go free unregister ");
	assert_int_equal(fake_warnings, 0);
}

/* Remoteproc allocates carveouts in the link; a driver's buffers are Linux's own. */
static void dma_memory(void **state)
{
	struct device virtio = { .path = "rproc-virtio.1.auto", .parent = &fake_rp.rproc.dev };
	struct device other = { .path = "jh-cellar" };
	dma_addr_t handle = 0;
	u8 *memory;

	fake_rp.rproc.dev.path = "remoteproc0";
	memset(fake_ram, 0xee, SIZE);
	assert_int_equal(remote_load(), 0);
	assert_true(fake_rp.dma->dma_supported(&virtio, 1));
	memory = fake_rp.dma->alloc(&fake_rp.parent.dev, 100, &handle, GFP_KERNEL, 0);
	assert_ptr_equal(memory, fake_ram + 4 * BOUNCE_UNIT);
	assert_int_equal(handle, LINK + 4 * BOUNCE_UNIT);
	assert_int_equal(memory[0] | memory[BOUNCE_UNIT - 1], 0);
	assert_int_equal(memory[BOUNCE_UNIT], 0xee);
	fake_rp.dma->free(&fake_rp.parent.dev, 100, memory, handle, 0);
	memory = fake_rp.dma->alloc(&virtio, 100, &handle, GFP_KERNEL, 0);
	assert_int_equal(handle, LINK + 4 * BOUNCE_UNIT);
	assert_true(memory < fake_ram || memory >= fake_ram + SIZE);
	fake_rp.dma->free(&virtio, 100, memory, handle, 0);
	fake_printed[0] = 0;
	assert_null(fake_rp.dma->alloc(&virtio, SIZE, &handle, GFP_KERNEL, 0));
	assert_says("no memory for %u bytes in a link of %u\n", SIZE, SIZE);
	assert_null(fake_rp.dma->alloc(&virtio, ~0UL, &handle, GFP_KERNEL, 0));
	assert_null(fake_rp.dma->alloc(&other, 100, &handle, GFP_KERNEL, 0));
	fake_rp.dma->free(&other, 100, memory, handle, 0);
}

/* What is refused leaves nothing, and a program without a table is none of it. */
static void tables_that_are_refused(void **state)
{
	u32 before = fake_allocated();

	table.device.id = 3;
	assert_int_equal(remote_load(), -EINVAL);
	assert_said("prepare load cleanup ");
	assert_null(fake_rp.rproc.table_ptr);
	assert_null(fake_rp.rproc.cached_table);
	table.device.id = VIRTIO_ID_RPMSG;
	table.vrings[1].num = 3;
	assert_int_equal(remote_load(), -EINVAL);
	table.vrings[1].num = 16;
	load_code = -EIO;
	assert_int_equal(remote_load(), -EIO);
	prepare_code = -EBUSY;
	assert_int_equal(remote_load(), -EBUSY);
	parse_code = -ENOMEM;
	*fake_rp.said = 0;
	assert_int_equal(remote_load(), -ENOMEM);
	assert_said("");
	load_code = prepare_code = 0;
	parse_code = -EINVAL;
	nowhere = true;
	assert_int_equal(remote_load(), 0);
	/* The images that were loaded. */
	assert_int_equal(fake_allocated(), before + 3);
	fake_rp.rproc.table_ptr = NULL;
}

/* Linux has a table that the cell cannot write. */
static void the_cell_gets_a_copy_of_the_resource_table(void **state)
{
	struct table *mine;

	assert_int_equal(remote_load(), 0);
	mine = (struct table *)fake_rp.rproc.table_ptr;
	assert_ptr_not_equal(mine, remote_table());
	assert_int_equal(mine->vrings[0].da, VRING);
	remote_table()->device.status = 0xff;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_memory_equal(remote_table(), mine, sizeof(table));
	assert_int_equal(remote_table()->device.status | remote_table()->device.gfeatures, 0);
	assert_int_equal(kicks, 0);
	/* The cell writes it; Linux has a new status. */
	memset(remote_table(), 0xaa, sizeof(table));
	mine->device.status = 7;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 1);
	assert_memory_equal(remote_table(), mine, sizeof(table));
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
}

/* A table that Linux does not see says at the start what it would say later. */
static void a_table_in_the_cells_memory(void **state)
{
	u32 i;

	in_cell = true;
	memset(fake_ram, 0xee, SIZE);
	for (i = 0; i < 2; i++) {
		memset(&given, 0, sizeof(given));
		/* The second time it is a recovery. */
		if (i)
			assert_int_equal(fake_rp.rproc.ops->load(&fake_rp.rproc, &fw), 0);
		else
			assert_int_equal(remote_load(), 0);
		remote_copy_table(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
		assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
		assert_int_equal(given.device.status, 7);
		assert_int_equal(given.device.gfeatures, 1);
		assert_int_equal(given.vrings[0].da, VRING);
		assert_int_equal(given.vrings[1].da, VRING + 2 * BOUNCE_UNIT);
		assert_int_equal(((struct table *)fake_rp.rproc.table_ptr)->device.status, 0);
		fake_rp.rproc.ops->kick(&fake_rp.rproc, 1);
		assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	}
}

/* Kicks take what drivers have given to the cell, and ring if there is something. */
static void kicks_that_ring(void **state)
{
	struct vring own, cell;

	assert_int_equal(remote_load(), 0);
	vring_init(&own, 16, fake_rp.carveouts[1].va, 4096);
	vring_init(&cell, 16, fake_ram + 2 * BOUNCE_UNIT, 4096);
	own.avail->idx = 1;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	/* That was of the life before. */
	assert_int_equal(own.avail->idx, 0);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 0);
	own.avail->idx = 1;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 1);
	assert_int_equal(cell.avail->idx, 1);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 1);
	/* A bell takes what comes back. */
	cell.used->idx = 1;
	remote_bell();
	remote_work();
	assert_int_equal(own.used->idx, 1);
	cell.used->idx = 99;
	fake_printed[0] = 0;
	remote_bell();
	remote_work();
	assert_says("what it has written into a vring cannot be\n");
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
}

/* With rpmsg-lite no bell tells of a buffer that comes back. */
static void buffers_come_back_without_a_bell(void **state)
{
	struct vring own, cell;

	assert_int_equal(remote_load(), 0);
	vring_init(&own, 16, fake_rp.carveouts[1].va, 4096);
	vring_init(&cell, 16, fake_ram + 2 * BOUNCE_UNIT, 4096);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	own.avail->idx = 1;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_non_null(fake_rp.queued);
	assert_int_equal(fake_rp.after, 10);
	cell.used->idx = 1;
	remote_work();
	assert_int_equal(own.used->idx, 1);
	assert_null(fake_rp.queued);
	/* A bell does not wait for that look. */
	own.avail->idx = 2;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	remote_bell();
	assert_int_equal(fake_rp.after, 0);
	remote_work();
	fake_rp.queues->stop(fake_rp.queues, false);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_null(fake_rp.queued);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
}

static void a_coredump_has_what_both_sides_write(void **state)
{
	assert_int_equal(remote_load(), 0);
	assert_int_equal(fake_rp.dumped_count, 1);
	assert_int_equal(fake_rp.dumped, LINK);
	assert_int_equal(fake_rp.dumped_size, SIZE);
	assert_ptr_equal(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, LINK, SIZE, NULL), fake_ram);
}

static void tables_that_are_not_there(void **state)
{
	/* It has one, but in nothing that is loaded. */
	nowhere = true;
	assert_int_equal(remote_load(), 0);
	*fake_rp.said = 0;
	fake_printed[0] = 0;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -EINVAL);
	assert_says("the resource table is in no segment that is loaded\n");
	assert_said("");
	remote_clean_up();
	/* It has none. */
	parse_code = -EINVAL;
	fake_printed[0] = 0;
	assert_int_equal(remote_load(), 0);
	assert_says("the program has no resource table\n");
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 0);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	/* The file of a recovery has one. */
	nowhere = false;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	remote_clean_up();
	/* Memory is short. */
	parse_code = 0;
	assert_int_equal(remote_load(), 0);
	fake_fail_alloc = 1;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	fake_fail_alloc = 0;
}

/* The table of the first start would not fit where the new file has a smaller one. */
static void a_file_that_was_replaced_before_a_recovery(void **state)
{
	assert_int_equal(remote_load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	table_in_file -= sizeof(table.vrings[0]);
	assert_int_equal(fake_rp.rproc.ops->load(&fake_rp.rproc, &fw), 0);
	fake_printed[0] = 0;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	assert_says("its file was replaced, with another resource table: stop it first\n");
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -EINVAL);
	table_in_file = sizeof(table);
	assert_non_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
}

static void each_load_starts_with_no_images(void **state)
{
	u32 i;

	/* Memory that is not being loaded is nobody's. */
	assert_null(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, 0, 1, NULL));
	prepare_code = -EBUSY;
	assert_int_equal(remote_load(), -EBUSY);
	assert_said("prepare cleanup ");
	prepare_code = 0;
	load_code = -EIO;
	assert_int_equal(remote_load(), -EIO);
	assert_null(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, 0, 1, NULL));
	load_code = 0;
	/* Each begins anew. */
	for (i = 0; i < 3; i++) {
		remote_clean_up();
		assert_int_equal(remote_load(), 0);
		assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
		assert_int_equal(started_images, 3);
		assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	}
}

/* An image that no memory is left for */
static void an_image_without_memory_fails_the_load(void **state)
{
	assert_int_equal(fake_rp.rproc.ops->prepare(&fake_rp.rproc), 0);
	short_of_memory = true;
	assert_int_equal(fake_rp.rproc.ops->load(&fake_rp.rproc, &fw), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_int_equal(started_images, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, remote_setup, remote_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(load_start_and_stop),
		test(dma_memory),
		test(tables_that_are_refused),
		test(the_cell_gets_a_copy_of_the_resource_table),
		test(a_table_in_the_cells_memory),
		test(kicks_that_ring),
		test(buffers_come_back_without_a_bell),
		test(a_coredump_has_what_both_sides_write),
		test(tables_that_are_not_there),
		test(a_file_that_was_replaced_before_a_recovery),
		test(each_load_starts_with_no_images),
		test(an_image_without_memory_fails_the_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
