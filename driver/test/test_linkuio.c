// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links as devices of UIO: what can be mapped, one program at a time, and that it goes with the
 * cell, whoever has it open. UIO itself is there, half there or not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "uio.h"
#include <jh/link.h>

#define PLACE		0x7e002000UL
#define MEMORY		0x1234567000UL

static struct link a_link;
static struct device parent;
static struct inode inode;
static struct address_space space;
static struct uio_info *registered;
static const char *missing;
static u32 symbols, put_count, notified, occupied, left, refs, faults;
static int register_code, occupy_code;
static u32 last_offset, last_value;

/* --- Linux --- */

void *fake_symbol_get(const char *name)
{
	if (missing && strstr(missing, name))
		return NULL;
	symbols++;
	if (!strcmp(name, "__uio_register_device"))
		return __uio_register_device;
	return !strcmp(name, "uio_event_notify") ? (void *)uio_event_notify : uio_unregister_device;
}

void fake_symbol_put(const char *name)
{
	symbols--;
}

int __uio_register_device(void *owner, struct device *device, struct uio_info *info)
{
	assert_ptr_equal(device, &parent);
	assert_int_equal(symbols, 3);
	if (register_code)
		return register_code;
	/* It may be used before this returns. */
	assert_ptr_equal(a_link.uio, info);
	jh_linkuio_notify(&a_link);
	assert_int_equal(notified, 0);
	info->uio_dev = &a_link;
	registered = info;
	return 0;
}

void uio_unregister_device(struct uio_info *info)
{
	assert_ptr_equal(info, registered);
	assert_int_equal(symbols, 3);
	registered = NULL;
}

void uio_event_notify(struct uio_info *info)
{
	assert_ptr_equal(info, registered);
	notified++;
}

/* --- link.c --- */

void jh_link_put_register(const struct link *link, u32 offset, u32 value)
{
	assert_true(link->lock.held && !link->gone);
	last_offset = offset;
	last_value = value;
	put_count++;
}

int jh_link_occupy(struct link *link, struct address_space *mapping)
{
	assert_ptr_equal(link, &a_link);
	assert_ptr_equal(mapping, &space);
	occupied++;
	return occupy_code;
}

void jh_link_leave(struct link *link)
{
	left++;
}

void jh_link_get(struct link *link)
{
	assert_ptr_equal(link, &a_link);
	refs++;
}

void jh_link_release(struct link *link)
{
	assert_ptr_equal(link, &a_link);
	refs--;
}

vm_fault_t jh_link_fault(struct link *link, struct vm_area_struct *vma)
{
	assert_ptr_equal(link, &a_link);
	faults++;
	return VM_FAULT_NOPAGE;
}

/* --- */

static int setup(void **state)
{
	fake_reset();
	a_link = (struct link){
		.name = "jh-link-rtos-samples", .place = PLACE,
		.memory = MEMORY, .table = 0x1000, .common = 0x3000, .output = 0x2000, .side = 0,
	};
	jh_misc.this_device = &parent;
	inode.i_mapping = &space;
	registered = NULL;
	missing = NULL;
	symbols = put_count = notified = occupied = left = refs = faults = 0;
	register_code = occupy_code = 0;
	return 0;
}

static int teardown(void **state)
{
	jh_linkuio_remove(&a_link);
	assert_null(registered);
	assert_null(a_link.uio);
	assert_int_equal(symbols, 0);
	assert_int_equal(fake_allocated(), 0);
	return 0;
}

static void it_comes_and_goes(void **state)
{
	jh_linkuio_add(&a_link);
	assert_non_null(registered);
	assert_string_equal(registered->name, "jh-link-rtos-samples");
	assert_int_equal(registered->irq, UIO_IRQ_CUSTOM);
	jh_linkuio_notify(&a_link);
	assert_int_equal(notified, 1);
	jh_linkuio_remove(&a_link);
	jh_linkuio_notify(&a_link);
	assert_int_equal(notified, 1);
	assert_int_equal(fake_printed[0], 0);
}

static void without_uio_there_is_none(void **state)
{
	static const char *const all[] = {
		"__uio_register_device", "uio_unregister_device", "uio_event_notify",
		"__uio_register_device uio_unregister_device uio_event_notify",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		missing = all[i];
		jh_linkuio_add(&a_link);
		assert_null(a_link.uio);
		assert_null(registered);
		assert_int_equal(symbols, 0);
		assert_int_equal(fake_allocated(), 0);
		jh_linkuio_notify(&a_link);
	}
	missing = NULL;
	fake_fail_alloc = true;
	jh_linkuio_add(&a_link);
	assert_null(a_link.uio);
	fake_fail_alloc = false;
	assert_int_equal(fake_printed[0], 0);
	register_code = -ENOMEM;
	jh_linkuio_add(&a_link);
	assert_null(a_link.uio);
	assert_non_null(strstr(fake_printed, "jh-link-rtos-samples: no device of UIO: error -12"));
}

static void the_maps_of(u32 side, u64 common)
{
	const struct uio_mem *mem;
	u64 outputs = MEMORY + 0x1000 + common;

	a_link.side = side;
	a_link.common = common;
	jh_linkuio_add(&a_link);
	mem = registered->mem;
	assert_string_equal(mem[0].name, "registers");
	assert_int_equal(mem[0].addr, PLACE);
	assert_int_equal(mem[0].size, 0x1000);
	assert_string_equal(mem[1].name, "states");
	assert_int_equal(mem[1].addr, MEMORY);
	assert_int_equal(mem[1].size, 0x1000);
	assert_string_equal(mem[2].name, "output");
	assert_int_equal(mem[2].addr, outputs + side * 0x2000);
	assert_int_equal(mem[2].size, 0x2000);
	assert_string_equal(mem[3].name, "input");
	assert_int_equal(mem[3].addr, outputs + !side * 0x2000);
	assert_int_equal(mem[3].size, 0x2000);
	assert_int_equal(mem[4].size, common);
	if (common)
		assert_int_equal(mem[4].addr, MEMORY + 0x1000);
	jh_linkuio_remove(&a_link);
}

static void its_maps(void **state)
{
	the_maps_of(0, 0x3000);
	the_maps_of(1, 0x3000);
	the_maps_of(1, 0);
}

static int do_map(struct vm_area_struct *vma, unsigned long map, unsigned long flags)
{
	*vma = (struct vm_area_struct){
		.vm_start = 0x400000, .vm_end = 0x401000, .vm_pgoff = map,
		.vm_flags = flags | VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.vm_page_prot = flags & VM_WRITE ? FAKE_WRITABLE : 0,
	};
	return registered->mmap(registered, vma);
}

/* libmetal maps all for writing: what may only be read is then not written all the same. */
static void what_may_be_mapped(void **state)
{
	static const struct {
		unsigned long page;
		bool may_write;
	} rows[] = { { 0, 1 }, { 1, 0 }, { 5, 1 }, { 7, 0 }, { 2, 1 } };
	struct vm_area_struct vma;
	u32 i;

	jh_linkuio_add(&a_link);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(do_map(&vma, i, VM_MAYSHARE | VM_WRITE), 0);
		assert_int_equal(vma.vm_pgoff, rows[i].page);
		assert_int_equal(!(vma.vm_flags & VM_WRITE), !rows[i].may_write);
		assert_int_equal(!(vma.vm_flags & VM_MAYWRITE), !rows[i].may_write);
		assert_int_equal(vma.vm_page_prot, (rows[i].may_write ? FAKE_WRITABLE : 0) |
						   (i ? 0 : FAKE_DEVICE_MEMORY));
		assert_true(vma.vm_flags & VM_PFNMAP && vma.vm_flags & VM_DONTEXPAND);
		assert_false(vma.vm_flags & VM_MAYEXEC);
		assert_int_equal(refs, 1);
		vma.vm_ops->open(&vma);
		assert_int_equal(refs, 2);
		vma.vm_ops->close(&vma);
		vma.vm_ops->close(&vma);
		assert_int_equal(refs, 0);
		assert_int_equal(vma.vm_ops->fault(&(struct vm_fault){ &vma }), VM_FAULT_NOPAGE);
		assert_int_equal(faults, i + 1);
	}
	assert_int_equal(do_map(&vma, 2, VM_WRITE), -EINVAL);
	assert_int_equal(do_map(&vma, 2, VM_MAYSHARE | VM_EXEC), -EINVAL);
	assert_int_equal(refs, 0);
}

static void one_at_a_time(void **state)
{
	jh_linkuio_add(&a_link);
	assert_int_equal(registered->open(registered, &inode), 0);
	assert_int_equal(occupied, 1);
	occupy_code = -EBUSY;
	assert_int_equal(registered->open(registered, &inode), -EBUSY);
	assert_int_equal(registered->irqcontrol(registered, 0), 0);
	assert_int_equal(last_value, 0);
	assert_int_equal(registered->irqcontrol(registered, 1), 0);
	assert_int_equal(last_value, JH_LINK_INT_ENABLE);
	assert_int_equal(registered->irqcontrol(registered, 0), 0);
	assert_int_equal(registered->release(registered, &inode), 0);
	assert_int_equal(left, 1);
	/* As it should be for the next one. */
	assert_int_equal(last_offset, JH_LINK_INT_CONTROL);
	assert_int_equal(last_value, JH_LINK_INT_ENABLE);
	assert_int_equal(put_count, 4);
	assert_false(a_link.lock.held);
}

static void nothing_is_touched_after_the_cell(void **state)
{
	jh_linkuio_add(&a_link);
	assert_int_equal(registered->open(registered, &inode), 0);
	a_link.gone = true;
	assert_int_equal(registered->irqcontrol(registered, 1), -EPIPE);
	assert_int_equal(registered->release(registered, &inode), 0);
	assert_int_equal(left, 1);
	assert_int_equal(put_count, 0);
	assert_false(a_link.lock.held);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(it_comes_and_goes),
		test(without_uio_there_is_none),
		test(its_maps),
		test(what_may_be_mapped),
		test(one_at_a_time),
		test(nothing_is_touched_after_the_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
