// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The resource table of a program that runs as a remote processor (linux/remoteproc.h): what it may
 * ask for, and where it gets that. All addresses in it are the cell's. It comes from a file;
 * remoteproc has checked that the array of offsets is whole, and refuses what is cut off.
 */
#include "jh.h"
#include "bounce.h"
#include "rproc.h"
#include "rtable.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <jh/rpmsg.h>

#define FEATURES	0x1u	/* VIRTIO_RPMSG_F_NS: announcements of names */
#define READY		(VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER | \
			 VIRTIO_CONFIG_S_DRIVER_OK)
/* A type that remoteproc does not know, for a carveout that it must not find. */
#define HIDDEN		0x6a680000u

/* Return: NULL if the entry is cut off or of another type. */
static void *find_entry(struct resource_table *table, size_t size, u32 i, u32 type, size_t length)
{
	struct fw_rsc_hdr *header = (void *)table + table->offset[i];

	if (size < sizeof(*header) + length ||
	    table->offset[i] > size - sizeof(*header) - length || header->type != type)
		return NULL;
	return header->data;
}

static struct fw_rsc_vdev *find_device(struct resource_table *table, size_t size, u32 i)
{
	struct fw_rsc_vdev *device = find_entry(table, size, i, RSC_VDEV, sizeof(*device));

	return device ? find_entry(table, size, i, RSC_VDEV,
				   sizeof(*device) +
				   device->num_of_vrings * sizeof(device->vring[0])) : NULL;
}

/* --- what the program has already --- */

static int add_place(struct rproc *rproc, u32 address, u32 length, const char *name)
{
	struct rproc_mem_entry *entry;

	entry = rproc_mem_entry_init(&rproc->dev, NULL, address, length, address, NULL, NULL, "%s",
				     name);
	if (!entry)
		return -ENOMEM;
	rproc_add_carveout(rproc, entry);
	return 0;
}

/* Memory at an address is the cell's or the link's: remoteproc must not allocate it. */
static int accept_carveout(struct rproc *rproc, struct bounce *bounce, const struct jh_cell *cell,
			   struct fw_rsc_carveout *carveout)
{
	carveout->name[sizeof(carveout->name) - 1] = 0;
	if (!strcmp(carveout->name, JH_RPMSG_CARVEOUT))
		return add_place(rproc, bounce->address, bounce->size, carveout->name);
	if (carveout->da == FW_RSC_ADDR_ANY)
		return 0;
	if (!bounce_find(bounce, carveout->da, carveout->len) &&
	    carveout->len > jh_rproc_room(cell, carveout->da)) {
		dev_err(&rproc->dev, "carveout %s: the cell has no 0x%x bytes at 0x%x\n",
			carveout->name, carveout->len, carveout->da);
		return -EINVAL;
	}
	bounce_reserve(bounce, carveout->da, carveout->len);
	return add_place(rproc, carveout->da, carveout->len, carveout->name);
}

/*
 * Linux's driver says in descriptors where buffers are. Of a carveout for them, "vdev0buffer",
 * remoteproc would make memory for DMA, which RAM cannot be.
 */
static bool hide_buffers(struct resource_table *table, const struct fw_rsc_carveout *carveout,
			 u32 i)
{
	if (strncmp(carveout->name, "vdev", 4) || !strnstr(carveout->name, "buffer",
							    sizeof(carveout->name)))
		return false;
	((struct fw_rsc_hdr *)((void *)table + table->offset[i]))->type = HIDDEN;
	return true;
}

/* Vrings are copied as the features that are left have them. */
static void keep_device(struct bounce *bounce, struct fw_rsc_vdev *device)
{
	const struct fw_rsc_vdev_vring *vring;

	device->dfeatures &= FEATURES;
	for (vring = device->vring; vring < device->vring + device->num_of_vrings; vring++)
		if (vring->da != FW_RSC_ADDR_ANY && vring->num <= BOUNCE_MOST &&
		    is_power_of_2(vring->align) && vring->align <= BOUNCE_ALIGN)
			bounce_reserve(bounce, vring->da, vring_size(vring->num, vring->align));
}

static void keep_trace(struct rproc *rproc, struct bounce *bounce, const struct fw_rsc_trace *trace)
{
	if (bounce_find(bounce, trace->da, trace->len))
		bounce_reserve(bounce, trace->da, trace->len);
	else
		dev_warn(&rproc->dev, "Linux does not see its trace buffer at 0x%x\n", trace->da);
}

static int keep_entry(struct rproc *rproc, struct bounce *bounce, const struct jh_cell *cell, u32 i)
{
	struct resource_table *table = rproc->table_ptr;
	size_t size = rproc->table_sz;
	struct fw_rsc_vdev *device = find_device(table, size, i);
	struct fw_rsc_trace *trace = find_entry(table, size, i, RSC_TRACE, sizeof(*trace));
	struct fw_rsc_carveout *carveout = find_entry(table, size, i, RSC_CARVEOUT,
						      sizeof(*carveout));

	if (device)
		keep_device(bounce, device);
	if (trace)
		keep_trace(rproc, bounce, trace);
	if (carveout && !hide_buffers(table, carveout, i))
		return accept_carveout(rproc, bounce, cell, carveout);
	return 0;
}

/* --- vrings --- */

static void free_own(struct bounce *bounce, void *own, size_t size)
{
	/* All vrings go together, and nobody uses one any more. */
	bounce->count = 0;
	free_pages_exact(own, size);
}

static int release_vring(struct rproc *rproc, struct rproc_mem_entry *entry)
{
	free_own(entry->priv, entry->va, entry->len);
	return 0;
}

/* Remoteproc looks for the memory of a vring by its name. */
static int add_own(struct rproc *rproc, struct bounce *bounce, void *own, size_t size, u32 address,
		   u32 device, u32 number)
{
	struct rproc_mem_entry *entry;

	entry = rproc_mem_entry_init(&rproc->dev, own, address, size, address, NULL, release_vring,
				     "vdev%uvring%u", device, number);
	if (!entry) {
		free_own(bounce, own, size);
		return -ENOMEM;
	}
	entry->priv = bounce;
	rproc_add_carveout(rproc, entry);
	return 0;
}

static int add_vring(struct rproc *rproc, struct bounce *bounce, struct fw_rsc_vdev_vring *vring,
		     u32 device, u32 number)
{
	u32 address = vring->da;
	void *own = bounce_add_queue(bounce, vring->num, vring->align, &address);

	if (IS_ERR(own)) {
		dev_err(&rproc->dev,
			"vring %u of device %u, %u descriptors at 0x%x, is not possible: %d\n",
			number, device, vring->num, vring->da, (int)PTR_ERR(own));
		dev_err(&rproc->dev, "both sides write 0x%x bytes at 0x%x\n", bounce->size,
			bounce->address);
		return PTR_ERR(own);
	}
	vring->da = address;
	return add_own(rproc, bounce, own, PAGE_ALIGN(vring_size(vring->num, vring->align)),
		       address, device, number);
}

/*
 * Allows rpmsg only: drivers of other virtio devices wait for the device without a timeout, the
 * console's with interrupts off.
 */
static int accept_device(struct rproc *rproc, struct bounce *bounce, struct fw_rsc_vdev *device,
			 u32 number)
{
	int code = 0;
	u32 i;

	if (device->id != VIRTIO_ID_RPMSG) {
		dev_err(&rproc->dev, "virtio device %u of its resource table is no rpmsg\n",
			device->id);
		return -EINVAL;
	}
	for (i = 0; i < device->num_of_vrings && !code; i++)
		code = add_vring(rproc, bounce, &device->vring[i], number, i);
	return code;
}

/* --- the table --- */

/**
 * rtable_accept() - check a program's table, and provide what it asks for
 *
 * What the program has in the link is reserved first, then the rest is allocated. Entries may
 * overlap: what the first pass changes is checked in the second one. That writes addresses in the
 * link only, which are no kind of a device, number of descriptors or alignment that was accepted.
 * Carveouts that were added before a failure go with rproc_resource_cleanup(). Return: 0 or a
 * negative errno, and the kernel's log says why.
 */
int rtable_accept(struct rproc *rproc, struct bounce *bounce, const struct jh_cell *cell)
{
	struct resource_table *table = rproc->table_ptr;
	struct fw_rsc_vdev *device;
	u32 i, number = 0;
	int code = 0;

	for (i = 0; i < table->num && !code; i++)
		code = keep_entry(rproc, bounce, cell, i);
	for (i = 0; i < table->num && !code; i++) {
		device = find_device(table, rproc->table_sz, i);
		if (device)
			code = accept_device(rproc, bounce, device, number++);
	}
	return code;
}

/** rtable_settle() - the table as the cell gets it: its addresses are the only ones */
void rtable_settle(struct resource_table *table, size_t size)
{
	struct fw_rsc_carveout *carveout;
	u32 i;

	for (i = 0; i < table->num; i++) {
		carveout = find_entry(table, size, i, HIDDEN, sizeof(*carveout));
		if (carveout)
			((struct fw_rsc_hdr *)((void *)table + table->offset[i]))->type =
				RSC_CARVEOUT;
		carveout = find_entry(table, size, i, RSC_CARVEOUT, sizeof(*carveout));
		if (carveout)
			carveout->pa = carveout->da;
	}
}

/** rtable_say_ready() - the table says that Linux's drivers are there, or not yet */
void rtable_say_ready(struct resource_table *table, size_t size, bool ready)
{
	struct fw_rsc_vdev *device;
	u32 i;

	for (i = 0; i < table->num; i++) {
		device = find_device(table, size, i);
		if (!device)
			continue;
		device->gfeatures = ready ? device->dfeatures : 0;
		device->status = ready ? READY : 0;
	}
}
