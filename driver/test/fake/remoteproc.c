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

struct gen_pool *gen_pool_create(int order, int node)
{
	if (fake_rp.no_pool)
		return NULL;
	fake_rp.pool = (struct gen_pool){ .order = (unsigned int)order };
	fake_rp.pool_there = true;
	return &fake_rp.pool;
}

int gen_pool_add_virt(struct gen_pool *to, unsigned long start, u64 physical, size_t size, int node)
{
	assert_ptr_equal(to, &fake_rp.pool);
	if (!fake_rp.pool_code) {
		fake_rp.pool.start = start;
		fake_rp.pool.physical = physical;
		fake_rp.pool.size = size;
	}
	return fake_rp.pool_code;
}

void *gen_pool_dma_alloc(struct gen_pool *from, size_t size, dma_addr_t *handle)
{
	void *memory = (void *)(fake_rp.pool.start + fake_rp.pool.used);

	assert_ptr_equal(from, &fake_rp.pool);
	if (size > gen_pool_avail(&fake_rp.pool))
		return NULL;
	*handle = fake_rp.pool.physical + fake_rp.pool.used;
	fake_rp.pool.used += size;
	return memory;
}

void gen_pool_free(struct gen_pool *to, unsigned long start, size_t size)
{
	assert_ptr_equal(to, &fake_rp.pool);
	assert_int_equal(start + size, fake_rp.pool.start + fake_rp.pool.used);
	fake_rp.pool.used -= size;
}

void gen_pool_destroy(struct gen_pool *it)
{
	assert_ptr_equal(it, &fake_rp.pool);
	assert_true(fake_rp.pool_there && !fake_rp.pool.used);
	fake_rp.pool_there = false;
}

struct platform_device *platform_device_register_full(const struct platform_device_info *info)
{
	assert_string_equal(info->name, "jh-cell");
	assert_true(info->dma_mask == ~0UL);
	if (fake_rp.parent_code)
		return ERR_PTR(fake_rp.parent_code);
	fake_rp.parent_there = true;
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

void rproc_del(struct rproc *it)
{
	assert_true(fake_rp.rproc_there);
	fake_rp_note("del");
}

void rproc_resource_cleanup(struct rproc *it)
{
	INIT_LIST_HEAD(&it->carveouts);
	fake_rp_note("cleanup");
}

struct rproc_mem_entry *rproc_mem_entry_init(struct device *dev, void *va, dma_addr_t address,
					     size_t len, u32 da, void *alloc, void *release,
					     const char *name)
{
	assert_ptr_equal(dev, &fake_rp.rproc.dev);
	assert_null(alloc);
	assert_null(release);
	if (fake_rp.no_entry)
		return NULL;
	fake_rp.carveouts[fake_rp.carveout_count] =
		(struct rproc_mem_entry){ va, address, len, da, name };
	return &fake_rp.carveouts[fake_rp.carveout_count];
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
