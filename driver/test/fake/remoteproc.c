// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fakes for remoteproc.c: Linux' remoteproc, work queues, pools of DMA memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../../jh.h"

static const struct class remoteproc_class = { "remoteproc" };

struct fake_rp fake_rp;
u32 fake_warnings;

/* Appends to the log of events. */
void fake_rp_note(const char *what)
{
	size_t length = strlen(fake_rp.said);

	snprintf(fake_rp.said + length, sizeof(fake_rp.said) - length, "%s ", what);
}

/* --- Linux: work --- */

void fake_queue(void *queue, struct work_struct *work)
{
	assert_ptr_equal(queue, system_unbound_wq);
	work->queued = true;
	fake_rp.queued = work;
}

void fake_queue_after(void *queue, struct work_struct *work, unsigned long after, bool again)
{
	if (work->queued && !again)
		return;
	fake_queue(queue, work);
	fake_rp.after = after;
}

void fake_do(struct work_struct *work)
{
	if (work->queued) {
		work->queued = false;
		work->act(work);
	}
}

void fake_cancel(struct work_struct *work)
{
	fake_rp_note(work->queued ? "cancel" : "idle");
	work->queued = false;
}

void synchronize_rcu(void)
{
	fake_rp_note("rcu");
}

/* --- Linux: memory and devices --- */

void set_dma_ops(struct device *dev, const struct dma_map_ops *to)
{
	assert_ptr_equal(dev, &fake_rp.parent.dev);
	fake_rp.dma = to;
}

void bitmap_set(unsigned long *map, unsigned int first, unsigned int count)
{
	while (count--)
		map[first++] = 1;
}

void bitmap_clear(unsigned long *map, unsigned int first, unsigned int count)
{
	while (count--) {
		assert_int_equal(map[first], 1);
		map[first++] = 0;
	}
}

unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int count,
					 unsigned long align)
{
	unsigned long i, free = 0;

	assert_int_equal(start | align, 0);
	for (i = 0; i < size && free < count; i++)
		free = map[i] ? 0 : free + 1;
	return free < count ? size : i - count;
}

struct platform_device *platform_device_register_full(const struct platform_device_info *info)
{
	assert_string_equal(info->name, "jh-cell");
	assert_true(info->dma_mask == ~0UL);
	if (fake_rp.parent_code)
		return ERR_PTR(fake_rp.parent_code);
	fake_rp.parent_there = true;
	fake_rp.parent.dev.path = "jh-cell.0.auto";
	return &fake_rp.parent;
}

void platform_device_unregister(struct platform_device *pdev)
{
	assert_ptr_equal(pdev, &fake_rp.parent);
	assert_true(fake_rp.parent_there && !fake_rp.rproc_there);
	fake_rp.parent_there = false;
	fake_rp_note("unregister");
}

/* --- Linux: remoteproc --- */

struct rproc *rproc_alloc(struct device *dev, const char *name, const struct rproc_ops *from,
			  const char *firmware, int size)
{
	assert_ptr_equal(dev, &fake_rp.parent.dev);
	assert_string_equal(name, "rtos");
	assert_null(firmware);
	assert_int_equal(size, sizeof(void *));
	if (fake_rp.no_rproc)
		return NULL;
	fake_rp.rproc_own = *from;
	fake_rp.rproc_own.load = fake_rp.elf.load;
	fake_rp.rproc_own.parse_fw = fake_rp.elf.parse_fw;
	fake_rp.rproc_own.find_loaded_rsc_table = fake_rp.elf.find_loaded_rsc_table;
	fake_rp.rproc = (struct rproc){
		.ops = &fake_rp.rproc_own, .auto_boot = true, .max_notifyid = FAKE_VRINGS - 1,
		.dev = { .class = &remoteproc_class, .parent = dev }, .bootaddr = FAKE_ENTRY,
	};
	INIT_LIST_HEAD(&fake_rp.rproc.carveouts);
	fake_rp.rproc_there = true;
	return &fake_rp.rproc;
}

int rproc_add(struct rproc *it)
{
	assert_ptr_equal(it, &fake_rp.rproc);
	assert_false(it->auto_boot);
	return fake_rp.add_code;
}

void rproc_free(struct rproc *it)
{
	assert_true(fake_rp.rproc_there);
	fake_rp.rproc_there = false;
	fake_rp_note("free");
}

static void release_all(struct rproc *it)
{
	u32 i;

	for (i = 0; i < fake_rp.carveout_count; i++)
		if (fake_rp.carveouts[i].release)
			fake_rp.carveouts[i].release(it, &fake_rp.carveouts[i]);
	fake_rp.carveout_count = 0;
	fake_rp.dumped_count = 0;
}

/* As kernels do that stop no processor that has crashed. */
void rproc_del(struct rproc *it)
{
	assert_true(fake_rp.rproc_there);
	assert_int_equal(it->lock.held, 0);
	if (it->state == RPROC_RUNNING && !--it->power.counter) {
		it->ops->stop(it);
		it->state = RPROC_OFFLINE;
	}
	assert_true(it->state == RPROC_OFFLINE);
	release_all(it);
	kfree(it->cached_table);
	it->cached_table = NULL;
	fake_rp_note("del");
}

void rproc_resource_cleanup(struct rproc *it)
{
	release_all(it);
	INIT_LIST_HEAD(&it->carveouts);
	fake_rp_note("cleanup");
}

int rproc_coredump_set_elf_info(struct rproc *it, u8 class, u16 machine)
{
	assert_int_equal(class, ELFCLASS64);
	assert_int_equal(machine, EM_AARCH64);
	return 0;
}

int rproc_coredump_add_segment(struct rproc *it, dma_addr_t address, size_t size)
{
	fake_rp.dumped = (u32)address;
	fake_rp.dumped_size = (u32)size;
	fake_rp.dumped_count++;
	return 0;
}

struct rproc_mem_entry *rproc_mem_entry_init(struct device *dev, void *va, dma_addr_t address,
					     size_t len, u32 da, void *alloc,
					     int (*release)(struct rproc *rproc,
							    struct rproc_mem_entry *entry),
					     const char *name, ...)
{
	struct rproc_mem_entry *entry = &fake_rp.carveouts[fake_rp.carveout_count];
	va_list args;

	assert_null(alloc);
	if (fake_rp.no_entry)
		return NULL;
	assert_true(fake_rp.carveout_count < FAKE_CARVEOUTS);
	*entry = (struct rproc_mem_entry){ va, address, len, da, NULL, release, "" };
	va_start(args, name);
	vsnprintf(entry->name, sizeof(entry->name), name, args);
	va_end(args);
	return entry;
}

void rproc_add_carveout(struct rproc *it, struct rproc_mem_entry *entry)
{
	assert_ptr_equal(entry, &fake_rp.carveouts[fake_rp.carveout_count++]);
}

void rproc_add_subdev(struct rproc *it, struct rproc_subdev *subdev)
{
	assert_null(fake_rp.queues);
	fake_rp.queues = subdev;
}

void rproc_remove_subdev(struct rproc *it, struct rproc_subdev *subdev)
{
	assert_ptr_equal(subdev, fake_rp.queues);
	fake_rp.queues = NULL;
	fake_rp_note("remove");
}

irqreturn_t rproc_vq_interrupt(struct rproc *it, int id)
{
	fake_rp_note(id ? "vring1" : "vring0");
	return IRQ_HANDLED;
}

void rproc_shutdown(struct rproc *it)
{
	fake_rp_note("shutdown");
}

void rproc_report_crash(struct rproc *it, int kind)
{
	assert_int_equal(kind, RPROC_FATAL_ERROR);
	fake_rp_note("crash");
}
