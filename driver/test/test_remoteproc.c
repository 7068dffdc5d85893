// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells as remote processors: calls of Linux' remoteproc, the link and the cell in their order, and
 * that nothing is left when one of them ends or fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../jh.h"
#include "../rproc.h"
#include "../bounce.h"
#include <jh/rpmsg.h>

#define LINK		0x7e000000u	/* as the cell sees it */
#define SIZE		(JH_RPMSG_LEAST + 0x1000)
#define ROOM		0x1000u		/* of the cell's own memory, from 0 on */
#define TABLE		0x200u		/* in the cell's memory, if a test puts the table there */
#define VRING		LINK		/* where the first one lies: nothing else is in the link */

static const struct jh_rproc_ops *ops;
static struct jh_cell cell;
static struct jh_rproc_link *link_of;
static const struct firmware fw;
static struct table {
	struct resource_table head;
	u32 at;
	struct fw_rsc_hdr type;
	struct fw_rsc_vdev device;
	struct fw_rsc_vdev_vring vrings[2];
} table;
static void *processor;
static bool held, in_cell, nowhere, short_of_memory;
static u32 state_said, kicks, started_images;
static size_t table_in_file;
static int take_code, prepare_code, start_code, load_code, parse_code;
static u64 started_at, first_address;
static struct table given;	/* the table as the cell finds it in its memory */

#define assert_said(text)							\
do {										\
	assert_string_equal(fake_rp.said, text);				\
	*fake_rp.said = 0;							\
} while (0)

/* --- the ELF loader --- */

/* Linux reads a trace buffer in the cell's memory whenever somebody looks into its file. */
static void a_trace_is_read(struct rproc *it)
{
	struct task_struct *loader = current;

	current = (struct task_struct *)&cell;
	assert_null(it->ops->da_to_va(it, 0x100, 16, NULL));
	assert_ptr_equal(it->ops->da_to_va(it, LINK + 8, 8, NULL), fake_ram + 8);
	current = loader;
}

static int elf_load(struct rproc *it, const struct firmware *firmware)
{
	u8 *to;

	assert_ptr_equal(firmware, &fw);
	fake_rp_note("load");
	if (short_of_memory) {
		fake_fail_alloc = 1;
		assert_null(it->ops->da_to_va(it, 0x100, 16, NULL));
		return 0;
	}
	to = it->ops->da_to_va(it, 0x100, 16, NULL);
	assert_non_null(to);
	memset(to, 0x5a, 16);
	a_trace_is_read(it);
	assert_non_null(it->ops->da_to_va(it, ROOM - 8, 8, NULL));
	memcpy(it->ops->da_to_va(it, TABLE, sizeof(table), NULL), &table, sizeof(table));
	memset(it->ops->da_to_va(it, LINK + SIZE - 8, 8, NULL), 0x5b, 8);
	/* Not the cell's */
	assert_null(it->ops->da_to_va(it, ROOM - 8, 9, NULL));
	return load_code;
}

static int elf_parse(struct rproc *it, const struct firmware *firmware)
{
	assert_ptr_equal(firmware, &fw);
	if (!parse_code) {
		it->cached_table = fake_alloc(sizeof(table));
		memcpy(it->cached_table, &table, sizeof(table));
		it->table_ptr = it->cached_table;
		it->table_sz = sizeof(table);
	}
	return parse_code;
}

static struct resource_table *elf_find(struct rproc *it, const struct firmware *firmware)
{
	assert_ptr_equal(firmware, &fw);
	a_trace_is_read(it);
	return nowhere ? NULL : it->ops->da_to_va(it, in_cell ? TABLE : LINK + SIZE - table_in_file,
						  table_in_file, NULL);
}

/* --- jh.ko --- */

void jh_rproc_register(const struct jh_rproc_ops *from)
{
	ops = from;
}

void jh_rproc_unregister(void)
{
	ops = NULL;
}

void jh_rproc_hold(struct jh_cell *it)
{
	assert_ptr_equal(it, &cell);
	held = true;
}

void jh_rproc_release(struct jh_cell *it)
{
	assert_true(held);
	held = false;
}

const char *jh_rproc_name(const struct jh_cell *it)
{
	return "rtos";
}

u64 jh_rproc_room(const struct jh_cell *it, u64 address)
{
	assert_ptr_equal(it, &cell);
	return address < ROOM ? ROOM - address : 0;
}

int jh_rproc_prepare(struct jh_cell *it)
{
	fake_rp_note("prepare");
	return prepare_code;
}

int jh_rproc_start(struct jh_cell *it, struct list_head *images, u64 entry)
{
	struct jh_image *image;

	fake_rp_note("start");
	/* Bells are handled before the cell executes its first instruction. */
	assert_int_equal(state_said, 1);
	started_images = 0;
	list_for_each_entry(image, images, list)
		if (!started_images++)
			first_address = image->address;
	list_for_each_entry(image, images, list)
		if (image->address == TABLE)
			memcpy(&given, image->data, sizeof(given));
	started_at = entry;
	return start_code;
}

void jh_rproc_stop(struct jh_cell *it)
{
	assert_int_equal(state_said, 0);
	fake_rp_note("stop");
}

int jh_link_take(const struct jh_cell *it, struct jh_rproc_link *user)
{
	assert_ptr_equal(it, &cell);
	if (take_code)
		return take_code;
	user->address = LINK;
	user->physical = FAKE_RAM;
	user->size = SIZE;
	link_of = user;
	return 0;
}

void jh_link_let_go(struct jh_rproc_link *user)
{
	assert_ptr_equal(user, link_of);
	link_of = NULL;
	fake_rp_note("let go");
}

void jh_link_say(struct jh_rproc_link *user, u32 state)
{
	assert_ptr_equal(user, link_of);
	state_said = state;
}

void jh_link_kick(struct jh_rproc_link *user, u32 bell)
{
	assert_ptr_equal(user, link_of);
	assert_int_equal(bell, JH_RPMSG_BELL);
	kicks++;
}

/* --- what Linux does with it --- */

static void copy_table(struct resource_table *to)
{
	if (!to || !fake_rp.rproc.cached_table)
		return;
	memcpy(to, fake_rp.rproc.cached_table, sizeof(table));
	fake_rp.rproc.table_ptr = to;
}

static int load(void)
{
	int code = fake_rp.rproc.ops->prepare(&fake_rp.rproc);

	if (!code)
		code = fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw);
	if (!code)
		code = fake_rp.rproc.ops->load(&fake_rp.rproc, &fw);
	if (!code)
		copy_table(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	return code;
}

/* As after an end, or a load that failed. */
static void clean_up(void)
{
	rproc_resource_cleanup(&fake_rp.rproc);
	kfree(fake_rp.rproc.cached_table);
	fake_rp.rproc.cached_table = NULL;
	fake_rp.rproc.table_ptr = NULL;
	*fake_rp.said = 0;
}

static struct table *shared(void)
{
	return (struct table *)(fake_ram + SIZE - sizeof(table));
}

static int setup(void **state)
{
	fake_reset();
	fake_ram_at = FAKE_RAM;
	fake_warnings = 0;
	fake_rp = (struct fake_rp){ .elf = {
		.load = elf_load, .parse_fw = elf_parse, .find_loaded_rsc_table = elf_find,
	} };
	kicks = state_said = 0;
	take_code = prepare_code = start_code = load_code = parse_code = 0;
	short_of_memory = false;
	in_cell = nowhere = false;
	table_in_file = sizeof(table);
	memset(&table, 0, sizeof(table));
	memset(&given, 0, sizeof(given));
	table.head.num = 1;
	table.at = offsetof(typeof(table), type);
	table.type.type = RSC_VDEV;
	table.device.id = VIRTIO_ID_RPMSG;
	table.device.dfeatures = 1;
	table.device.num_of_vrings = 2;
	table.vrings[0] = table.vrings[1] =
		(struct fw_rsc_vdev_vring){ BOUNCE_ANYWHERE, 4096, 16, 0, 0 };
	assert_int_equal(fake_module_init(), 0);
	processor = ops->add(&cell);
	return 0;
}

static void nothing_is_left(void)
{
	assert_false(held || fake_rp.parent_there || fake_rp.rproc_there);
	assert_null(link_of);
	assert_int_equal(fake_mapped, 0);
	assert_int_equal(fake_allocated(), 0);
}

static int teardown(void **state)
{
	clean_up();
	if (processor)
		ops->remove(processor);
	processor = NULL;
	nothing_is_left();
	fake_module_exit();
	assert_null(ops);
	return 0;
}

static void bell(void)
{
	struct jh_rproc_link *to = link_of;

	to->bell(to);
}

static void work(void)
{
	if (fake_rp.queued)
		fake_do(fake_rp.queued);
	fake_rp.queued = NULL;
}

static void load_start_and_stop(void **state)
{
	assert_non_null(processor);
	assert_true(held && fake_rp.rproc_there);
	assert_int_equal(load(), 0);
	assert_said("prepare load ");
	assert_int_equal(fake_rp.carveout_count, 2);
	assert_string_equal(fake_rp.carveouts[0].name, "vdev0vring0");
	assert_string_equal(fake_rp.carveouts[1].name, "vdev0vring1");
	assert_int_equal(fake_rp.carveouts[1].da, VRING + 2 * BOUNCE_UNIT);
	a_trace_is_read(&fake_rp.rproc);
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
	clean_up();
	ops->remove(processor);
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
	assert_int_equal(load(), 0);
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
	assert_null(fake_rp.dma->alloc(&virtio, SIZE, &handle, GFP_KERNEL, 0));
	assert_null(fake_rp.dma->alloc(&virtio, ~0UL, &handle, GFP_KERNEL, 0));
	assert_null(fake_rp.dma->alloc(&other, 100, &handle, GFP_KERNEL, 0));
	fake_rp.dma->free(&other, 100, memory, handle, 0);
}

/* What is refused leaves nothing, and a program without a table is none of it. */
static void tables_that_are_refused(void **state)
{
	u32 before = fake_allocated();

	table.device.id = 3;
	assert_int_equal(load(), -EINVAL);
	assert_said("prepare load cleanup ");
	assert_null(fake_rp.rproc.table_ptr);
	assert_null(fake_rp.rproc.cached_table);
	table.device.id = VIRTIO_ID_RPMSG;
	table.vrings[1].num = 3;
	assert_int_equal(load(), -EINVAL);
	table.vrings[1].num = 16;
	load_code = -EIO;
	assert_int_equal(load(), -EIO);
	prepare_code = -EBUSY;
	assert_int_equal(load(), -EBUSY);
	parse_code = -ENOMEM;
	*fake_rp.said = 0;
	assert_int_equal(load(), -ENOMEM);
	assert_said("");
	load_code = prepare_code = 0;
	parse_code = -EINVAL;
	nowhere = true;
	assert_int_equal(load(), 0);
	/* The images that were loaded. */
	assert_int_equal(fake_allocated(), before + 3);
	fake_rp.rproc.table_ptr = NULL;
}

/* Linux has a table that the cell cannot write. */
static void the_cell_gets_a_copy_of_the_resource_table(void **state)
{
	struct table *mine;

	assert_int_equal(load(), 0);
	mine = (struct table *)fake_rp.rproc.table_ptr;
	assert_ptr_not_equal(mine, shared());
	assert_int_equal(mine->vrings[0].da, VRING);
	shared()->device.status = 0xff;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_memory_equal(shared(), mine, sizeof(table));
	assert_int_equal(shared()->device.status | shared()->device.gfeatures, 0);
	assert_int_equal(kicks, 0);
	/* The cell writes it; Linux has a new status. */
	memset(shared(), 0xaa, sizeof(table));
	mine->device.status = 7;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 1);
	assert_memory_equal(shared(), mine, sizeof(table));
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
			assert_int_equal(load(), 0);
		copy_table(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
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

	assert_int_equal(load(), 0);
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
	bell();
	work();
	assert_int_equal(own.used->idx, 1);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
}

static void a_coredump_has_what_both_sides_write(void **state)
{
	assert_int_equal(load(), 0);
	assert_int_equal(fake_rp.dumped_count, 1);
	assert_int_equal(fake_rp.dumped, LINK);
	assert_int_equal(fake_rp.dumped_size, SIZE);
	assert_ptr_equal(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, LINK, SIZE, NULL), fake_ram);
}

static void tables_that_are_not_there(void **state)
{
	/* It has one, but in nothing that is loaded. */
	nowhere = true;
	assert_int_equal(load(), 0);
	*fake_rp.said = 0;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -EINVAL);
	assert_said("");
	clean_up();
	/* It has none. */
	parse_code = -EINVAL;
	assert_int_equal(load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 0);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	/* The file of a recovery has one. */
	nowhere = false;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	clean_up();
	/* Memory is short. */
	parse_code = 0;
	assert_int_equal(load(), 0);
	fake_fail_alloc = 1;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	fake_fail_alloc = 0;
}

/* The table of the first start would not fit where the new file has a smaller one. */
static void a_file_that_was_replaced_before_a_recovery(void **state)
{
	assert_int_equal(load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	table_in_file -= sizeof(table.vrings[0]);
	assert_int_equal(fake_rp.rproc.ops->load(&fake_rp.rproc, &fw), 0);
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
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
	assert_int_equal(load(), -EBUSY);
	assert_said("prepare cleanup ");
	prepare_code = 0;
	load_code = -EIO;
	assert_int_equal(load(), -EIO);
	assert_null(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, 0, 1, NULL));
	load_code = 0;
	/* Each begins anew. */
	for (i = 0; i < 3; i++) {
		clean_up();
		assert_int_equal(load(), 0);
		assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
		assert_int_equal(started_images, 3);
		assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	}
}

static void begin(void)
{
	clean_up();
	assert_int_equal(load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	*fake_rp.said = 0;
}

/* Bells are handled from the start until the vrings are stopped, and not longer. */
static void bells(void **state)
{
	bell();
	work();
	assert_said("");
	begin();
	bell();
	bell();
	assert_said("");
	work();
	assert_said("vring0 vring1 ");
	work();
	assert_said("");
	fake_rp.rproc.max_notifyid = -1;
	bell();
	work();
	assert_said("");
	bell();
	fake_rp.queues->stop(fake_rp.queues, true);
	assert_said("rcu cancel ");
	work();
	bell();
	work();
	assert_said("");
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	bell();
	assert_null(fake_rp.queued);
}

/* A stop by remoteproc itself is not told to it. */
static void crashes_and_ends_reach_remoteproc(void **state)
{
	static const struct {
		u32 state;
		const char *done;
	} states[] = {
		{ JH_CELL_STOPPED, "shutdown " }, { JH_SHOWN_SHUT_DOWN, "shutdown " },
		{ JH_CELL_RUNNING, "" }, { JH_CELL_LOADED, "" }, { JH_CELL_CREATED, "" },
		{ JH_CELL_FAILED, "crash " },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		ops->told(processor, states[i].state);
		work();
		assert_said("");
	}
	begin();
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		ops->told(processor, states[i].state);
		work();
		assert_said(states[i].done);
	}
	/* Several have started it, and nobody wants a recovery. */
	fake_rp.rproc.state = RPROC_CRASHED;
	fake_rp.rproc.power.counter = 2;
	ops->told(processor, JH_CELL_STOPPED);
	work();
	assert_said("shutdown ");
	assert_int_equal(fake_rp.rproc.state, RPROC_RUNNING);
	assert_int_equal(fake_rp.rproc.power.counter, 1);
	fake_rp.rproc.state = RPROC_OFFLINE;
	/* Meanwhile it was stopped. */
	ops->told(processor, JH_CELL_STOPPED);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	*fake_rp.said = 0;
	work();
	assert_said("");
	/* Or it goes. */
	begin();
	ops->told(processor, JH_CELL_STOPPED);
	ops->remove(processor);
	processor = NULL;
	assert_said("cancel idle del rcu idle let go free unregister ");
}

/* After a recovery that failed remoteproc has not let go of the vrings and buffers. */
static void resources_that_are_left(void **state)
{
	struct list_head left;

	list_add_tail(&left, &fake_rp.rproc.carveouts);
	ops->remove(processor);
	processor = NULL;
	assert_said("idle idle del cleanup rcu idle let go free unregister ");
}

static void it_is_stopped_before_it_goes(enum rproc_state was, int starts)
{
	begin();
	fake_rp.rproc.state = was;
	fake_rp.rproc.power.counter = starts;
	/* Remoteproc was told of a crash, and has not yet done anything. */
	fake_rp.rproc.crash_handler.queued = true;
	ops->remove(processor);
	processor = NULL;
	assert_said("idle cancel rcu idle remove stop del rcu idle let go free unregister ");
}

static void a_processor_that_runs_when_its_cell_goes(void **state)
{
	it_is_stopped_before_it_goes(RPROC_RUNNING, 1);
}

/* Nobody wants a recovery. */
static void a_processor_that_has_crashed_when_its_cell_goes(void **state)
{
	it_is_stopped_before_it_goes(RPROC_CRASHED, 1);
}

static void a_processor_that_several_have_started(void **state)
{
	it_is_stopped_before_it_goes(RPROC_RUNNING, 3);
}

static void none_is_made(void)
{
	*fake_rp.said = 0;
	assert_null(ops->add(&cell));
	nothing_is_left();
}

static void what_is_half_made_goes(void **state)
{
	ops->remove(processor);
	processor = NULL;
	take_code = -ENOENT;
	none_is_made();
	assert_said("");
	take_code = 0;
	fake_fail_remap = 1;
	none_is_made();
	assert_said("let go ");
	fake_fail_alloc = 2;
	none_is_made();
	assert_said("let go ");
	fake_rp.parent_code = -ENOMEM;
	none_is_made();
	assert_said("let go ");
	fake_rp.parent_code = 0;
	fake_rp.no_rproc = true;
	none_is_made();
	assert_said("unregister let go ");
	fake_rp.no_rproc = false;
	fake_rp.add_code = -ENOMEM;
	none_is_made();
	assert_said("free unregister let go ");
	fake_rp.add_code = 0;
	fake_fail_alloc = 1;
	none_is_made();
	assert_said("");
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

static void a_start_that_fails(void **state)
{
	assert_int_equal(load(), 0);
	*fake_rp.said = 0;
	start_code = -ENOMEM;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -ENOMEM);
	assert_said("start rcu idle ");
	assert_int_equal(state_said, 0);
	assert_null(fake_rp.queues);
	/* It is told of no crash. */
	ops->told(processor, JH_CELL_FAILED);
	assert_said("");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(load_start_and_stop),
		test(dma_memory),
		test(tables_that_are_refused),
		test(the_cell_gets_a_copy_of_the_resource_table),
		test(a_table_in_the_cells_memory),
		test(kicks_that_ring),
		test(a_coredump_has_what_both_sides_write),
		test(tables_that_are_not_there),
		test(a_file_that_was_replaced_before_a_recovery),
		test(each_load_starts_with_no_images),
		test(bells),
		test(crashes_and_ends_reach_remoteproc),
		test(resources_that_are_left),
		test(a_processor_that_runs_when_its_cell_goes),
		test(a_processor_that_has_crashed_when_its_cell_goes),
		test(a_processor_that_several_have_started),
		test(what_is_half_made_goes),
		test(an_image_without_memory_fails_the_load),
		test(a_start_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
