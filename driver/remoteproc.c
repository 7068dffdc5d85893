// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells as remote processors of Linux: /sys/class/remoteproc. The kernel's own loader parses the
 * ELF file. Segments for the cell's memory, which Linux cannot access, are kept until the start;
 * segments for the link (jh/rpmsg.h) are written there at once.
 *
 * The cell can write all of the link at any time. So Linux works with a resource table of its own,
 * of which the cell gets a copy: at the start, and at each kick. The first kick tells the cell that
 * the driver is there, and where the vrings are. Linux checks vrings and buffers itself.
 */
#include "jh.h"
#include "compat.h"
#include "rproc.h"

#include <linux/dma-map-ops.h>
#include <linux/genalloc.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/remoteproc.h>
#include <linux/slab.h>
#include <linux/virtio_ids.h>
#include <linux/workqueue.h>
#include <jh/rpmsg.h>

/* Exported for drivers; declared in a header of remoteproc's own. */
irqreturn_t rproc_vq_interrupt(struct rproc *rproc, int notifyid);

/**
 * struct processor - a cell as a remote processor
 * @memory:	the section of the link that both sides write
 * @buffers:	the part of @memory for messages
 * @load, @parse, @find: the kernel's operations for ELF files
 * @images:	of struct jh_image: segments for the cell's memory, until its start
 * @loading:	@load runs
 * @table:	the resource table that Linux uses, of @table_size bytes; or NULL
 * @shared:	the cell's copy of @table
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
	struct gen_pool *buffers;
	struct platform_device *parent;
	struct rproc *rproc;
	int (*load)(struct rproc *rproc, const struct firmware *fw);
	int (*parse)(struct rproc *rproc, const struct firmware *fw);
	struct resource_table *(*find)(struct rproc *rproc, const struct firmware *fw);
	struct list_head images;
	bool loading;
	void *table;
	u8 *shared;
	size_t table_size;
	bool up;
	bool listens;
	struct rproc_subdev queues;
	struct work_struct bells, ended, removal;
};

static struct processor *processor_of(struct rproc *rproc)
{
	return *(struct processor **)rproc->priv;
}

static u32 tail_offset(const struct processor *p)
{
	return p->link.size - JH_RPMSG_TAIL;
}

/* --- memory of messages: there is no other that both see --- */

/* Remoteproc passes these DMA operations on to a device of its own, below the processor's. */
static struct processor *processor_above(struct device *dev)
{
	for (; dev; dev = dev->parent)
		if (dev->class && !strcmp(dev->class->name, "remoteproc"))
			return processor_of(container_of(dev, struct rproc, dev));
	return NULL;
}

static void *dma_alloc(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct processor *p = processor_above(dev);
	void *memory = p ? gen_pool_dma_alloc(p->buffers, PAGE_ALIGN(size), handle) : NULL;

	if (memory)
		memset(memory, 0, PAGE_ALIGN(size));
	return memory;
}

static void dma_free(struct device *dev, size_t size, void *memory, dma_addr_t handle,
		     unsigned long attrs)
{
	struct processor *p = processor_above(dev);

	if (p)
		gen_pool_free(p->buffers, (unsigned long)memory, PAGE_ALIGN(size));
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

/* Remoteproc finds addresses of the link itself, in the carveouts. */
static void *address_to_memory(struct rproc *rproc, COMPAT_RPROC_ADDRESS_ARGS)
{
	struct processor *p = processor_of(rproc);

	return p->loading ? keep_image(p, da, len) : NULL;
}

static void drop_images(struct processor *p)
{
	struct jh_image *image, *next;

	list_for_each_entry_safe(image, next, &p->images, list)
		kvfree(image);
	INIT_LIST_HEAD(&p->images);
}

/* Runs also before a recovery. It clears the link of what the last life wrote, then loads. */
static int load_firmware(struct rproc *rproc, const struct firmware *fw)
{
	struct processor *p = processor_of(rproc);
	int code = jh_rproc_prepare(p->cell);

	if (code)
		return code;
	drop_images(p);
	p->loading = true;
	code = p->load(rproc, fw);
	p->loading = false;
	return code;
}

/*
 * Allows rpmsg only: drivers of other virtio devices wait for the device without a timeout, the
 * console's with interrupts off.
 */
static int check_devices(struct rproc *rproc)
{
	const struct resource_table *table = rproc->table_ptr;
	const struct fw_rsc_vdev *device;
	const struct fw_rsc_hdr *header;
	u32 i;

	for (i = 0; i < table->num; i++) {
		if (table->offset[i] > rproc->table_sz ||
		    rproc->table_sz - table->offset[i] < sizeof(*header) + sizeof(*device))
			continue;
		header = (const void *)table + table->offset[i];
		device = (const void *)header->data;
		if (header->type == RSC_VDEV && device->id != VIRTIO_ID_RPMSG) {
			dev_err(&rproc->dev, "virtio device %u of its resource table is no rpmsg\n",
				device->id);
			return -EINVAL;
		}
	}
	return 0;
}

/* A program that exchanges no messages needs no resource table. */
static int parse_firmware(struct rproc *rproc, const struct firmware *fw)
{
	struct processor *p = processor_of(rproc);
	int code = p->parse(rproc, fw);

	if (code == -EINVAL) {
		dev_info(&rproc->dev, "the program has no resource table\n");
		return 0;
	}
	return code ? code : check_devices(rproc);
}

static struct resource_table *find_table(struct rproc *rproc, const struct firmware *fw)
{
	struct processor *p = processor_of(rproc);

	kfree(p->table);
	p->table = NULL;
	p->shared = (u8 *)p->find(rproc, fw);
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

	for (i = table ? p->table_size : 0; i--;)
		smp_store_release(&p->shared[i], table[i]);
}

static void add_carveout(struct processor *p, u32 offset, u32 size, const char *name)
{
	struct rproc_mem_entry *entry;

	entry = rproc_mem_entry_init(&p->rproc->dev, p->memory + offset, p->link.physical + offset,
				     size, p->link.address + offset, NULL, NULL, name);
	if (entry)
		rproc_add_carveout(p->rproc, entry);
}

static int prepare(struct rproc *rproc)
{
	struct processor *p = processor_of(rproc);
	u32 tail = tail_offset(p);

	add_carveout(p, 0, p->link.size, JH_RPMSG_CARVEOUT);
	add_carveout(p, tail, JH_RPMSG_VRING, "vdev0vring0");
	add_carveout(p, tail + JH_RPMSG_VRING, JH_RPMSG_VRING, "vdev0vring1");
	return 0;
}

/* --- bells --- */

static void look_at_vrings(struct work_struct *work)
{
	struct processor *p = container_of(work, struct processor, bells);
	int id;

	for (id = 0; id <= p->rproc->max_notifyid; id++)
		rproc_vq_interrupt(p->rproc, id);
}

/* Runs in the interrupt. A work handles the messages, since drivers of rpmsg may sleep. */
static void hear_bell(struct jh_rproc_link *link)
{
	struct processor *p = container_of(link, struct processor, link);

	if (READ_ONCE(p->listens))
		queue_work(system_unbound_wq, &p->bells);
}

static void kick(struct rproc *rproc, int id)
{
	struct processor *p = processor_of(rproc);

	publish_table(p);
	jh_link_kick(&p->link, JH_RPMSG_BELL);
}

static void stop_listening(struct processor *p)
{
	WRITE_ONCE(p->listens, false);
	/* Afterwards an interrupt that saw @listens set has queued its work. */
	synchronize_rcu();
	cancel_work_sync(&p->bells);
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
		dev_err(&rproc->dev, "link the resource table into the first %u bytes at 0x%x\n",
			JH_RPMSG_PROGRAM, p->link.address);
		return -EINVAL;
	}
	publish_table(p);
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

/* The cell has ended by itself, or was stopped by jhctl. */
static void shut_down(struct work_struct *work)
{
	struct processor *p = container_of(work, struct processor, ended);

	if (READ_ONCE(p->up))
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
	u32 size = tail_offset(p) - JH_RPMSG_PROGRAM;
	int code;

	p->memory = memremap(p->link.physical, p->link.size, MEMREMAP_WB);
	if (!p->memory)
		return -ENOMEM;
	p->buffers = gen_pool_create(PAGE_SHIFT, -1);
	code = p->buffers ? gen_pool_add_virt(p->buffers,
					      (unsigned long)p->memory + JH_RPMSG_PROGRAM,
					      p->link.physical + JH_RPMSG_PROGRAM, size, -1) :
			    -ENOMEM;
	return code;
}

static int make_parent(struct processor *p)
{
	const struct platform_device_info info = {
		.name = "jh-cell", .id = PLATFORM_DEVID_AUTO, .dma_mask = DMA_BIT_MASK(64),
	};

	p->parent = platform_device_register_full(&info);
	if (IS_ERR(p->parent))
		return PTR_ERR(p->parent);
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
	/* gen_pool_destroy() is a BUG() while buffers are in use: the pool is leaked then. */
	if (p->buffers && !WARN_ON(gen_pool_avail(p->buffers) != gen_pool_size(p->buffers)))
		gen_pool_destroy(p->buffers);
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
	INIT_WORK(&p->bells, look_at_vrings);
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
