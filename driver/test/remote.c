// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What remoteproc.c stands on: an ELF loader, a link and a cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jh/rpmsg.h>
#include "remote.h"

#define ROOM		0x1000u		/* of the cell's own memory, from 0 on */
#define TABLE		0x200u		/* in the cell's memory, if a test puts the table there */

const struct jh_rproc_ops *remote_ops;
struct jh_cell cell;
const struct firmware fw;
struct table table, given;
void *processor;
bool held, in_cell, nowhere, short_of_memory;
u32 kicks, started_images, state_said;
size_t table_in_file;
int take_code, prepare_code, start_code, load_code, parse_code;
u64 started_at, first_address;

static struct jh_rproc_link *link_of;

/* --- the ELF loader --- */

/* Linux reads a trace buffer in the cell's memory whenever somebody looks into its file. */
void remote_trace_is_read(struct rproc *it)
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
	remote_trace_is_read(it);
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
	remote_trace_is_read(it);
	return nowhere ? NULL : it->ops->da_to_va(it, in_cell ? TABLE : LINK + SIZE - table_in_file,
						  table_in_file, NULL);
}

/* --- jh.ko --- */

void jh_rproc_register(const struct jh_rproc_ops *from)
{
	remote_ops = from;
}

void jh_rproc_unregister(void)
{
	remote_ops = NULL;
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

void remote_copy_table(struct resource_table *to)
{
	if (!to || !fake_rp.rproc.cached_table)
		return;
	memcpy(to, fake_rp.rproc.cached_table, sizeof(table));
	fake_rp.rproc.table_ptr = to;
}

int remote_load(void)
{
	int code = fake_rp.rproc.ops->prepare(&fake_rp.rproc);

	if (!code)
		code = fake_rp.rproc.ops->parse_fw(&fake_rp.rproc, &fw);
	if (!code)
		code = fake_rp.rproc.ops->load(&fake_rp.rproc, &fw);
	if (!code)
		remote_copy_table(fake_rp.rproc.ops->find_loaded_rsc_table(&fake_rp.rproc, &fw));
	return code;
}

/* As after an end, or a load that failed. */
void remote_clean_up(void)
{
	rproc_resource_cleanup(&fake_rp.rproc);
	kfree(fake_rp.rproc.cached_table);
	fake_rp.rproc.cached_table = NULL;
	fake_rp.rproc.table_ptr = NULL;
	*fake_rp.said = 0;
}

struct table *remote_table(void)
{
	return (struct table *)(fake_ram + SIZE - sizeof(table));
}

int remote_setup(void **state)
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
	processor = remote_ops->add(&cell);
	return 0;
}

void remote_nothing_is_left(void)
{
	assert_false(held || fake_rp.parent_there || fake_rp.rproc_there);
	assert_null(link_of);
	assert_int_equal(fake_mapped, 0);
	assert_int_equal(fake_allocated(), 0);
}

int remote_teardown(void **state)
{
	remote_clean_up();
	if (processor)
		remote_ops->remove(processor);
	processor = NULL;
	remote_nothing_is_left();
	fake_module_exit();
	assert_null(remote_ops);
	return 0;
}

void remote_bell(void)
{
	struct jh_rproc_link *to = link_of;

	to->bell(to);
}

void remote_work(void)
{
	if (fake_rp.queued)
		fake_do(fake_rp.queued);
	fake_rp.queued = NULL;
}

void remote_begin(void)
{
	remote_clean_up();
	assert_int_equal(remote_load(), 0);
	assert_int_equal(fake_rp.rproc.ops->start(&fake_rp.rproc), 0);
	*fake_rp.said = 0;
}
