// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells as remote processors of Linux: /sys/class/remoteproc. The kernel's own loader parses the
 * ELF file. Segments for the cell's memory, which Linux cannot access, are kept until the start;
 * segments for the link (jh/rpmsg.h) are written there at once.
 *
 * The cell can write all of the link at any time. So Linux works with a resource table of its own,
 * of which the cell gets a copy: at the start, and at each kick if the program has its table in the
 * link. A table in the cell's memory is what it was at the start; it says then that Linux's driver
 * is there, which the cell finds to be so when there are buffers. Vrings and buffers are Linux's
 * own, too (bounce.c).
 */
#include "jh.h"
#include "bounce.h"
#include "compat.h"
#include "rproc.h"
#include "rtable.h"

#include <linux/dma-map-ops.h>
#include <linux/elf.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/remoteproc.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <jh/rpmsg.h>

#define PARENT	"jh-cell"

/* Exported for drivers; declared in a header of remoteproc's own. */
irqreturn_t rproc_vq_interrupt(struct rproc *rproc, int notifyid);

#define RETURNS		msecs_to_jiffies(10)	/* from a kick to a look at what came back */

/**
 * struct processor - a cell as a remote processor
 * @memory:	the section of the link that both sides write
 * @bounce:	the messages in @memory
 * @load, @parse, @find: the kernel's operations for ELF files
 * @images:	of struct jh_image: segments for the cell's memory, until its start
 * @task:	runs @load or @find, and may see @images: nobody else is kept out by a lock
 * @loading:	@load runs
 * @asked:	bytes that @task has asked for last
 * @loaded:	all segments were loaded already, to know what they use of the link
 * @table:	the resource table that Linux uses, of @table_size bytes; or NULL
 * @shared:	the cell's copy of @table; NULL: in memory that Linux does not see
 * @up:		the cell was started and not stopped
 * @listens:	bells of the cell are handled
 * @queues:	a subdevice that is stopped before all others, and ends @listens
 * @bells:	work: handles a bell
 * @ended:	work: the cell has ended
 * @removal:	work: ends @rproc
 */
struct processor {
	struct jh_cell *cell;
	struct jh_rproc_link link;
	void *memory;
	struct bounce bounce;
	struct platform_device *parent;
	struct rproc *rproc;
	int (*load)(struct rproc *rproc, const struct firmware *fw);
	int (*parse)(struct rproc *rproc, const struct firmware *fw);
	struct resource_table *(*find)(struct rproc *rproc, const struct firmware *fw);
	struct list_head images;
	struct task_struct *task;
	bool loading;
	size_t asked;
	bool loaded;
	void *table;
	u8 *shared;
	size_t table_size;
	bool up;
	bool listens;
	struct rproc_subdev queues;
	struct delayed_work bells;
	struct work_struct ended, removal;
};

static struct processor *processor_of(struct rproc *rproc)
{
	return *(struct processor **)rproc->priv;
}

/* --- memory of messages --- */

/* Remoteproc passes these DMA operations on to devices below the parent, which have drivers. */
static struct processor *processor_above(struct device *dev)
{
	while (dev && strncmp(dev_name(dev), PARENT ".", sizeof(PARENT)))
		dev = dev->parent;
	return dev ? dev_get_drvdata(dev) : NULL;
}

/* Remoteproc itself allocates carveouts, for the parent. */
static void *dma_alloc(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct processor *p = processor_above(dev);
	void *memory = NULL;
	u32 address = 0;

	if (p && size <= p->link.size)
		memory = dev == &p->parent->dev ?
			 bounce_alloc(&p->bounce, size, &address) :
			 bounce_alloc_buffers(&p->bounce, PAGE_ALIGN(size), &address);
	if (p && !memory)
		dev_err(&p->rproc->dev, "no memory for %zu bytes in a link of %u\n", size,
			p->link.size);
	*handle = address;
	return memory;
}

static void dma_free(struct device *dev, size_t size, void *memory, dma_addr_t handle,
		     unsigned long attrs)
{
	struct processor *p = processor_above(dev);

	if (p && dev == &p->parent->dev)
		bounce_free(&p->bounce, memory, size);
	else if (p)
		bounce_free_buffers(&p->bounce, memory);
}

static int dma_supported(struct device *dev, u64 mask)
{
	return 1;
}

/* There is no map(): the rpmsg driver copies messages into buffers of alloc(). */
static const struct dma_map_ops dma_ops = {
	.alloc = dma_alloc,
	.free = dma_free,
	.dma_supported = dma_supported,
};

/* --- the firmware --- */

/* A segment for the cell's own memory is kept until the start. */
static void *keep_image(struct processor *p, u64 address, size_t length)
{
	struct jh_image *image;

	if (length > jh_rproc_room(p->cell, address))
		return NULL;
	image = kvzalloc(struct_size(image, data, length), GFP_KERNEL | __GFP_NOWARN);
	if (!image)
		return NULL;
	image->address = address;
	image->length = length;
	list_add_tail(&image->list, &p->images);
	return image->data;
}

static void *find_image(const struct processor *p, u64 address, size_t length)
{
	struct jh_image *image;

	list_for_each_entry(image, &p->images, list)
		if (address - image->address < image->length &&
		    length <= image->length - (address - image->address))
			return image->data + (address - image->address);
	return NULL;
}

/*
 * Between load and start the cell's memory is what will be loaded there. Whoever reads a trace
 * buffer calls this at any time.
 */
static void *address_to_memory(struct rproc *rproc, COMPAT_RPROC_ADDRESS_ARGS)
{
	struct processor *p = processor_of(rproc);
	void *memory = bounce_find(&p->bounce, da, len);

	if (READ_ONCE(p->task) != current)
		return memory;
	p->asked = len;
	if (memory) {
		if (p->loading)
			bounce_reserve(&p->bounce, da, len);
		return memory;
	}
	return p->loading ? keep_image(p, da, len) : find_image(p, da, len);
}

static void drop_images(struct processor *p)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, &p->images, list)
		kvfree(image);
	INIT_LIST_HEAD(&p->images);
}

/* Clears the link of what the last life wrote, then loads. */
static int load_parts(struct processor *p, const struct firmware *fw)
{
	int code = jh_rproc_prepare(p->cell);

	if (code)
		return code;
	drop_images(p);
	WRITE_ONCE(p->task, current);
	p->loading = true;
	code = p->load(p->rproc, fw);
	p->loading = false;
	WRITE_ONCE(p->task, NULL);
	return code;
}

/* After parse_firmware(), or, before a recovery, alone. */
static int load_firmware(struct rproc *rproc, const struct firmware *fw)
{
	struct processor *p = processor_of(rproc);

	if (!p->loaded)
		return load_parts(p, fw);
	p->loaded = false;
	return 0;
}

static int accept_firmware(struct processor *p, const struct firmware *fw)
{
	struct rproc *rproc = p->rproc;
	int code = load_parts(p, fw);

	if (code)
		return code;
	p->loaded = true;
	code = rtable_accept(rproc, &p->bounce, p->cell);
	return code ? code : rproc_coredump_add_segment(rproc, p->link.address, p->link.size);
}

/* A program that exchanges no messages needs no resource table. */
static int parse_firmware(struct rproc *rproc, const struct firmware *fw)
{
	int code = processor_of(rproc)->parse(rproc, fw);

	if (code == -EINVAL) {
		dev_info(&rproc->dev, "the program has no resource table\n");
		return 0;
	}
	if (code)
		return code;
	code = accept_firmware(processor_of(rproc), fw);
	if (code) {
		/* Remoteproc does not do this when this function fails. */
		rproc_resource_cleanup(rproc);
		kfree(rproc->cached_table);
		rproc->cached_table = NULL;
		rproc->table_ptr = NULL;
	}
	return code;
}

/*
 * Where the program has its table. A recovery writes the table of the first start there, and takes
 * the program anew from its file, which somebody may have replaced meanwhile.
 */
static void *find_shared(struct processor *p, const struct firmware *fw)
{
	struct rproc *rproc = p->rproc;
	void *shared;

	WRITE_ONCE(p->task, current);
	shared = p->find(rproc, fw);
	WRITE_ONCE(p->task, NULL);
	if (!shared || (rproc->cached_table && p->asked == rproc->table_sz))
		return shared;
	dev_err(&rproc->dev, "its file was replaced, with another resource table: stop it first\n");
	return NULL;
}

static struct resource_table *find_table(struct rproc *rproc, const struct firmware *fw)
{
	struct processor *p = processor_of(rproc);

	kfree(p->table);
	p->table = NULL;
	p->shared = find_shared(p, fw);
	p->table_size = rproc->table_sz;
	if (p->shared)
		p->table = kzalloc(p->table_size, GFP_KERNEL);
	return p->table;
}

/*
 * Copies the table to the cell, from end to start: a device's status lies before the addresses of
 * its vrings, and a cell that sees the status must see those, too.
 */
static void publish_table(const struct processor *p)
{
	const u8 *table = p->table;
	size_t i;

	for (i = table && p->shared ? p->table_size : 0; i--;)
		smp_store_release(&p->shared[i], table[i]);
}

/* Before the start. Afterwards Linux does not see a table in the cell's memory. */
static void place_table(struct processor *p)
{
	bool stays = !bounce_contains(&p->bounce, p->shared);

	if (!p->table)
		return;
	rtable_settle(p->table, p->table_size);
	rtable_say_ready(p->table, p->table_size, stays);
	publish_table(p);
	rtable_say_ready(p->table, p->table_size, false);
	if (stays)
		p->shared = NULL;
}

static int prepare(struct rproc *rproc)
{
	struct processor *p = processor_of(rproc);

	p->loaded = false;
	bounce_clear(&p->bounce);
	return 0;
}

/* --- bells --- */

static void look_at_vrings(struct work_struct *work)
{
	struct processor *p = container_of(to_delayed_work(work), struct processor, bells);
	int id;

	if (!bounce_take(&p->bounce))
		dev_err(&p->rproc->dev, "what it has written into a vring cannot be\n");
	for (id = 0; id <= p->rproc->max_notifyid; id++)
		rproc_vq_interrupt(p->rproc, id);
}

/* Runs in the interrupt. A work handles the messages, since drivers of rpmsg may sleep. */
static void hear_bell(struct jh_rproc_link *link)
{
	struct processor *p = container_of(link, struct processor, link);

	if (READ_ONCE(p->listens))
		mod_delayed_work(system_unbound_wq, &p->bells, 0);
}

/*
 * A cell need not ring when it returns a buffer: with rpmsg-lite it does not, and Linux's driver
 * finds the buffer when it sends the next message. So a kick is also a reason to look, soon.
 */
static void kick(struct rproc *rproc, int id)
{
	struct processor *p = processor_of(rproc);

	publish_table(p);
	if (bounce_give(&p->bounce))
		jh_link_kick(&p->link, JH_RPMSG_BELL);
	rcu_read_lock();
	if (READ_ONCE(p->listens))
		queue_delayed_work(system_unbound_wq, &p->bells, RETURNS);
	rcu_read_unlock();
}

static void stop_listening(struct processor *p)
{
	WRITE_ONCE(p->listens, false);
	/* Afterwards an interrupt, or a kick, that saw @listens set has queued its work. */
	synchronize_rcu();
	cancel_delayed_work_sync(&p->bells);
}

/* Subdevices are stopped in reverse order, and this one was added last. */
static void stop_queues(struct rproc_subdev *subdev, bool crashed)
{
	stop_listening(container_of(subdev, struct processor, queues));
}

/* --- the life of the cell --- */

static int start(struct rproc *rproc)
{
	struct processor *p = processor_of(rproc);
	int code;

	if (rproc->table_ptr && !p->table) {
		dev_err(&rproc->dev, "the resource table is in no segment that is loaded\n");
		return -EINVAL;
	}
	place_table(p);
	bounce_restart(&p->bounce);
	jh_link_say(&p->link, 1);
	WRITE_ONCE(p->listens, true);
	WRITE_ONCE(p->up, true);
	code = jh_rproc_start(p->cell, &p->images, rproc->bootaddr);
	if (code) {
		WRITE_ONCE(p->up, false);
		stop_listening(p);
		jh_link_say(&p->link, 0);
		return code;
	}
	rproc_add_subdev(rproc, &p->queues);
	return 0;
}

static int stop_cell(struct rproc *rproc)
{
	struct processor *p = processor_of(rproc);

	WRITE_ONCE(p->up, false);
	stop_listening(p);
	rproc_remove_subdev(rproc, &p->queues);
	jh_link_say(&p->link, 0);
	jh_rproc_stop(p->cell);
	return 0;
}

/*
 * Makes rproc_shutdown() stop the processor. It gives up one start, and there can be several by
 * /dev/remoteprocN. Many kernels from 5.18 on also leave a processor as it is that has crashed and
 * is not recovered: drivers would go on in vrings that are freed.
 */
static void allow_stop(struct rproc *rproc)
{
	mutex_lock(&rproc->lock);
	if (rproc->state == RPROC_CRASHED)
		rproc->state = RPROC_RUNNING;
	if (atomic_read(&rproc->power) > 1)
		atomic_set(&rproc->power, 1);
	mutex_unlock(&rproc->lock);
}

/* The cell has ended by itself, or was stopped by jhctl. */
static void shut_down(struct work_struct *work)
{
	struct processor *p = container_of(work, struct processor, ended);

	if (!READ_ONCE(p->up))
		return;
	allow_stop(p->rproc);
	rproc_shutdown(p->rproc);
}

static void told(void *rproc, u32 state)
{
	struct processor *p = rproc;

	if (!READ_ONCE(p->up))
		return;
	if (state == JH_CELL_FAILED)
		rproc_report_crash(p->rproc, RPROC_FATAL_ERROR);
	else if (state == JH_CELL_STOPPED || state == JH_SHOWN_SHUT_DOWN)
		queue_work(system_unbound_wq, &p->ended);
}

static const struct rproc_ops ops = {
	.prepare = prepare,
	.start = start,
	.stop = stop_cell,
	.kick = kick,
	.da_to_va = address_to_memory,
};

/* --- with the cell --- */

/* memremap() takes the link's memory, be it Linux' own RAM or memory that Linux never had. */
static int map_memory(struct processor *p)
{
	p->memory = memremap(p->link.physical, p->link.size, MEMREMAP_WB);
	if (!p->memory)
		return -ENOMEM;
	return bounce_begin(&p->bounce, p->memory, p->link.address, p->link.size);
}

static int make_parent(struct processor *p)
{
	const struct platform_device_info info = {
		.name = PARENT, .id = PLATFORM_DEVID_AUTO, .dma_mask = DMA_BIT_MASK(64),
	};

	p->parent = platform_device_register_full(&info);
	if (IS_ERR(p->parent))
		return PTR_ERR(p->parent);
	platform_set_drvdata(p->parent, p);
	set_dma_ops(&p->parent->dev, &dma_ops);
	return 0;
}

static int make_rproc(struct processor *p)
{
	struct rproc *rproc = rproc_alloc(&p->parent->dev, jh_rproc_name(p->cell), &ops, NULL,
					  sizeof(p));
	int code;

	if (!rproc)
		return -ENOMEM;
	*(struct processor **)rproc->priv = p;
	p->rproc = rproc;
	rproc->auto_boot = false;
	(void)rproc_coredump_set_elf_info(rproc, ELFCLASS64, EM_AARCH64);
	/* rproc_alloc() has set the operations for ELF files. */
	p->load = rproc->ops->load;
	p->parse = rproc->ops->parse_fw;
	p->find = rproc->ops->find_loaded_rsc_table;
	rproc->ops->load = load_firmware;
	rproc->ops->parse_fw = parse_firmware;
	rproc->ops->find_loaded_rsc_table = find_table;
	code = rproc_add(rproc);
	if (code)
		rproc_free(rproc);
	return code;
}

static void free_processor(struct processor *p)
{
	drop_images(p);
	kfree(p->table);
	bounce_end(&p->bounce);
	if (p->memory)
		memunmap(p->memory);
	kfree(p);
}

/*
 * Runs as a work, which gets no signals: one to the task that destroys the cell would end waits in
 * remoteproc too early.
 */
static void end_rproc(struct work_struct *work)
{
	struct processor *p = container_of(work, struct processor, removal);

	cancel_work_sync(&p->ended);
	/* Not all kernels do this: a crash that is handled later would stop what is freed. */
	cancel_work_sync(&p->rproc->crash_handler);
	allow_stop(p->rproc);
	rproc_del(p->rproc);
	/* Remoteproc keeps its resources after a recovery that failed. */
	if (!list_empty(&p->rproc->carveouts))
		rproc_resource_cleanup(p->rproc);
	stop_listening(p);
	jh_link_let_go(&p->link);
}

static void remove_processor(void *rproc)
{
	struct processor *p = rproc;

	queue_work(system_unbound_wq, &p->removal);
	flush_work(&p->removal);
	rproc_free(p->rproc);
	platform_device_unregister(p->parent);
	jh_rproc_release(p->cell);
	free_processor(p);
}

static int set_up(struct processor *p)
{
	int code = jh_link_take(p->cell, &p->link);

	if (code)
		return code;
	code = map_memory(p);
	if (code)
		goto out_link;
	code = make_parent(p);
	if (code)
		goto out_link;
	code = make_rproc(p);
	if (code)
		goto out_parent;
	return 0;

out_parent:
	platform_device_unregister(p->parent);
out_link:
	jh_link_let_go(&p->link);
	return code;
}

static void *add_processor(struct jh_cell *cell)
{
	struct processor *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int code;

	if (!p)
		return NULL;
	p->cell = cell;
	p->link.bell = hear_bell;
	p->queues.stop = stop_queues;
	INIT_LIST_HEAD(&p->images);
	INIT_DELAYED_WORK(&p->bells, look_at_vrings);
	INIT_WORK(&p->ended, shut_down);
	INIT_WORK(&p->removal, end_rproc);
	code = set_up(p);
	if (!code) {
		jh_rproc_hold(cell);
		return p;
	}
	pr_err("cell %s: cannot become a remote processor: error %d\n", jh_rproc_name(cell), code);
	free_processor(p);
	return NULL;
}

static const struct jh_rproc_ops rproc_ops = {
	.add = add_processor,
	.remove = remove_processor,
	.told = told,
};

static int __init remoteproc_init(void)
{
	jh_rproc_register(&rproc_ops);
	return 0;
}

static void __exit remoteproc_exit(void)
{
	jh_rproc_unregister();
}

module_init(remoteproc_init);
module_exit(remoteproc_exit);

MODULE_DESCRIPTION("jh, a static partitioning hypervisor: cells as remote processors");
MODULE_AUTHOR("The jh authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(JH_VERSION);
