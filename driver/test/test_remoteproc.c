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
#include <jh/rpmsg.h>

#define LINK		0x7e000000u	/* as the cell sees it */
#define SIZE		(JH_RPMSG_LEAST + 0x1000)
#define TAIL		(SIZE - JH_RPMSG_TAIL)
#define ROOM		0x1000u		/* of the cell's own memory, from 0 on */

static const struct class other_class = { "virtio" };
static const struct jh_rproc_ops *ops;
static struct jh_cell cell;
static struct jh_rproc_link *link_of;
static const struct firmware fw;
static struct { struct resource_table head; u32 at; struct fw_rsc_hdr type;
		struct fw_rsc_vdev device; } table, loaded;
static void *processor;
static bool held, registered, short_of_memory;
static u32 state_said, kicks, started_images;
static int take_code, prepare_code, start_code, load_code, parse_code;
static u64 started_at, first_address;

#define assert_said(text)							\
do {										\
	assert_string_equal(fake_rp.said, text);				\
	*fake_rp.said = 0;							\
} while (0)

/* --- the ELF loader --- */

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
	assert_non_null(it->ops->da_to_va(it, ROOM - 8, 8, NULL));
	/* Not the cell's */
	assert_null(it->ops->da_to_va(it, ROOM - 8, 9, NULL));
	return load_code;
}

static int elf_parse(struct rproc *it, const struct firmware *firmware)
{
	assert_ptr_equal(firmware, &fw);
	if (!parse_code) {
		it->table_ptr = &table.head;
		it->table_sz = sizeof(table);
	}
	return parse_code;
}

static struct resource_table *elf_find(struct rproc *it, const struct firmware *firmware)
{
	assert_ptr_equal(firmware, &fw);
	return registered ? &loaded.head : NULL;
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

static int load(void)
{
	int code = fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw);

	fake_rp.carveout_count = 0;
	if (!code)
		code = fake_rp.rproc.ops->prepare(&fake_rp.rproc);
	if (!code)
		code = fake_rp.rproc.ops->load(&fake_rp.rproc, &fw);
	if (!code)
		(void)fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw);
	return code;
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
	registered = true;
	memset(&table, 0, sizeof(table));
	memset(&loaded, 0, sizeof(loaded));
	table.head.num = 1;
	table.at = offsetof(typeof(table), type);
	table.type.type = RSC_VDEV;
	table.device.id = VIRTIO_ID_RPMSG;
	assert_int_equal(fake_module_init(), 0);
	processor = ops->add(&cell);
	return 0;
}

static void nothing_is_left(void)
{
	assert_false(held || fake_rp.parent_there || fake_rp.rproc_there || fake_rp.pool_there);
	assert_null(link_of);
	assert_int_equal(fake_mapped, 0);
	assert_int_equal(fake_allocated(), 0);
}

static int teardown(void **state)
{
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
	assert_int_equal(fake_rp.carveout_count, 3);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_said("start ");
	assert_int_equal(started_at, FAKE_ENTRY);
	assert_int_equal(started_images, 2);
	assert_int_equal(first_address, 0x100);
	assert_non_null(fake_rp.queues);
	fake_rp.queues->stop(fake_rp.queues, false);
	assert_said("rcu idle ");
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	assert_said("rcu idle remove stop ");
	ops->remove(processor);
	processor = NULL;
	assert_said("idle del rcu idle let go free unregister ");
	assert_int_equal(fake_warnings, 0);
}

static void carveouts_lie_in_the_link(void **state)
{
	static const struct rproc_mem_entry expected[] = {
		{ NULL, FAKE_RAM, SIZE, LINK, JH_RPMSG_CARVEOUT },
		{ NULL, FAKE_RAM + TAIL, JH_RPMSG_VRING, LINK + TAIL, "vdev0vring0" },
		{ NULL, FAKE_RAM + TAIL + JH_RPMSG_VRING, JH_RPMSG_VRING,
		  LINK + TAIL + JH_RPMSG_VRING, "vdev0vring1" },
	};
	size_t i;

	assert_int_equal(fake_rp.rproc.ops->prepare(&fake_rp.rproc), 0);
	assert_int_equal(fake_rp.carveout_count, ARRAY_SIZE(expected));
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_ptr_equal(fake_rp.carveouts[i].va, fake_ram + (expected[i].dma - FAKE_RAM));
		assert_int_equal(fake_rp.carveouts[i].dma, expected[i].dma);
		assert_int_equal(fake_rp.carveouts[i].len, expected[i].len);
		assert_int_equal(fake_rp.carveouts[i].da, expected[i].da);
		assert_string_equal(fake_rp.carveouts[i].name, expected[i].name);
	}
	assert_int_equal(fake_remap_flags, MEMREMAP_WB);
	assert_int_equal(fake_rp.pool.order, PAGE_SHIFT);
	assert_int_equal(fake_rp.pool.start, (unsigned long)fake_ram + JH_RPMSG_PROGRAM);
	assert_int_equal(fake_rp.pool.physical, FAKE_RAM + JH_RPMSG_PROGRAM);
	assert_int_equal(fake_rp.pool.size, TAIL - JH_RPMSG_PROGRAM);
	fake_rp.carveout_count = 0;
	fake_rp.no_entry = true;
	assert_int_equal(fake_rp.rproc.ops->prepare(&fake_rp.rproc), 0);
	assert_int_equal(fake_rp.carveout_count, 0);
}

/* DMA memory lies in the link, for each device below the processor. */
static void dma_memory_comes_from_the_link(void **state)
{
	struct device below = { .class = &other_class, .parent = &fake_rp.rproc.dev };
	struct device alone = { .parent = &fake_rp.parent.dev };
	dma_addr_t handle = 0;
	u8 *memory;

	memset(fake_ram, 0xee, SIZE);
	assert_true(fake_rp.dma->dma_supported(&below, 1));
	memory = fake_rp.dma->alloc(&below, 100, &handle, GFP_KERNEL, 0);
	assert_ptr_equal(memory, fake_ram + JH_RPMSG_PROGRAM);
	assert_int_equal(handle, FAKE_RAM + JH_RPMSG_PROGRAM);
	assert_int_equal(memory[0] | memory[PAGE_SIZE - 1], 0);
	assert_int_equal(memory[PAGE_SIZE], 0xee);
	assert_int_equal(fake_rp.pool.used, PAGE_SIZE);
	fake_rp.dma->free(&below, 100, memory, handle, 0);
	assert_int_equal(fake_rp.pool.used, 0);
	assert_null(fake_rp.dma->alloc(&below, fake_rp.pool.size + 1, &handle, GFP_KERNEL, 0));
	assert_null(fake_rp.dma->alloc(&alone, 100, &handle, GFP_KERNEL, 0));
	fake_rp.dma->free(&alone, 100, memory, handle, 0);
	assert_int_equal(fake_rp.pool.used, 0);
}

/* A pool with buffers in use is leaked. */
static void buffers_that_stay(void **state)
{
	dma_addr_t handle;

	assert_non_null(fake_rp.dma->alloc(&fake_rp.rproc.dev, 1, &handle, GFP_KERNEL, 0));
	ops->remove(processor);
	processor = NULL;
	assert_int_equal(fake_warnings, 1);
	assert_true(fake_rp.pool_there);
	fake_rp.pool_there = false;
}

static void only_rpmsg(void **state)
{
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	table.device.id = 3;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), -EINVAL);
	table.type.type = RSC_CARVEOUT;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	/* Cut off, or outside: remoteproc refuses that by itself. */
	table.type.type = RSC_VDEV;
	table.at++;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	table.at = sizeof(table) + 1;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	table.at = ~0u;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	table.at = offsetof(typeof(table), type);
	table.head.num = 0;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	table.head.num = 1;
	parse_code = -ENOMEM;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), -ENOMEM);
	parse_code = -EINVAL;
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
}

/* Linux has a table that the cell cannot write. */
static void the_cell_gets_a_copy_of_the_resource_table(void **state)
{
	struct resource_table *mine;

	assert_int_equal(load(), 0);
	mine = fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw);
	assert_non_null(mine);
	assert_ptr_not_equal(mine, &loaded.head);
	memcpy(mine, &table, sizeof(table));
	loaded.device.status = 0xff;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	assert_memory_equal(&loaded, &table, sizeof(table));
	assert_int_equal(kicks, 0);
	/* The cell writes it; Linux has a new status. */
	memset(&loaded, 0xaa, sizeof(loaded));
	((typeof(table) *)mine)->device.status = 7;
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 1);
	assert_int_equal(kicks, 1);
	assert_int_equal(loaded.device.status, 7);
	loaded.device.status = 0;
	assert_memory_equal(&loaded, &table, sizeof(table));
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
}

static void tables_that_are_not_there(void **state)
{
	/* It has one, but not where the link is. */
	registered = false;
	assert_int_equal(load(), 0);
	*fake_rp.said = 0;
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), -EINVAL);
	assert_said("");
	/* It has none. */
	fake_rp.rproc.table_ptr = NULL;
	parse_code = -EINVAL;
	assert_int_equal(load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	fake_rp.rproc.ops->kick(&fake_rp.rproc, 0);
	assert_int_equal(kicks, 1);
	assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	/* Memory is short. */
	registered = true;
	fake_fail_alloc = 1;
	assert_null(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	fake_fail_alloc = 0;
}

static void each_load_starts_with_no_images(void **state)
{
	u32 i;

	/* Memory that is not being loaded is nobody's. */
	assert_null(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, 0, 1, NULL));
	prepare_code = -EBUSY;
	assert_int_equal(load(), -EBUSY);
	assert_said("prepare ");
	prepare_code = 0;
	load_code = -EIO;
	assert_int_equal(load(), -EIO);
	assert_null(fake_rp.rproc.ops->da_to_va(&fake_rp.rproc, 0, 1, NULL));
	load_code = 0;
	/* Each begins anew. */
	for (i = 0; i < 3; i++) {
		*fake_rp.said = 0;
		assert_int_equal(load(), 0);
		assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
		assert_int_equal(started_images, 2);
		assert_int_equal(fake_rp.rproc.ops->stop(&fake_rp.rproc), 0);
	}
}

static void begin(void)
{
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
	assert_said("cancel del rcu idle let go free unregister ");
}

/* After a recovery that failed remoteproc has not let go of the vrings and buffers. */
static void resources_that_are_left(void **state)
{
	struct list_head left;

	list_add_tail(&left, &fake_rp.rproc.carveouts);
	ops->remove(processor);
	processor = NULL;
	assert_said("idle del cleanup rcu idle let go free unregister ");
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
	fake_rp.no_pool = true;
	none_is_made();
	assert_said("let go ");
	fake_rp.no_pool = false;
	fake_rp.pool_code = -ENOMEM;
	none_is_made();
	assert_said("let go ");
	fake_rp.pool_code = 0;
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
	assert_int_equal(fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw), 0);
	(void)fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw);
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
		test(carveouts_lie_in_the_link),
		test(dma_memory_comes_from_the_link),
		test(buffers_that_stay),
		test(only_rpmsg),
		test(the_cell_gets_a_copy_of_the_resource_table),
		test(tables_that_are_not_there),
		test(each_load_starts_with_no_images),
		test(bells),
		test(crashes_and_ends_reach_remoteproc),
		test(resources_that_are_left),
		test(what_is_half_made_goes),
		test(an_image_without_memory_fails_the_load),
		test(a_start_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
