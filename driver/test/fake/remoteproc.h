/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For remoteproc.c: Linux' remote processors, work queues, and memory for DMA. Nothing here acts by
 * itself: remote.c and the tests make the calls that Linux would make.
 */
#ifndef FAKE_REMOTEPROC_H
#define FAKE_REMOTEPROC_H

#include "uio.h"
#include "module.h"

/* --- work that is queued --- */

#define system_unbound_wq		((void *)1)
#define INIT_WORK(work, function)	((work)->act = (function))
#define queue_work(queue, work)		fake_queue(queue, work)
#define flush_work(work)		fake_do(work)
#define cancel_work_sync(work)		fake_cancel(work)
/* In programs of remoteproc.c a delayed work is done as the others are; see tty.h. */
#ifdef FAKE_REMOTEPROC
#undef INIT_DELAYED_WORK
#undef to_delayed_work
#undef mod_delayed_work
#undef cancel_delayed_work_sync
#define INIT_DELAYED_WORK(item, function)	INIT_WORK(&(item)->work, function)
#define to_delayed_work(item)		container_of(item, struct delayed_work, work)
#define mod_delayed_work(queue, item, after)	fake_queue_after(queue, &(item)->work, after, true)
#define queue_delayed_work(queue, item, after)	fake_queue_after(queue, &(item)->work, after, false)
#define cancel_delayed_work_sync(item)	fake_cancel(&(item)->work)
#endif

void fake_queue(void *queue, struct work_struct *work);
void fake_queue_after(void *queue, struct work_struct *work, unsigned long after, bool again);
void fake_do(struct work_struct *work);
void fake_cancel(struct work_struct *work);

/* --- memory for DMA --- */

#define struct_size(p, member, count)	(sizeof(*(p)) + sizeof((p)->member[0]) * (count))

typedef u64 dma_addr_t;

struct dma_map_ops {
	void *(*alloc)(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs);
	void (*free)(struct device *dev, size_t size, void *memory, dma_addr_t handle,
		     unsigned long attrs);
	int (*dma_supported)(struct device *dev, u64 mask);
};

#define DMA_BIT_MASK(bits)	((bits) == 64 ? ~0UL : (1UL << (bits)) - 1)

void set_dma_ops(struct device *dev, const struct dma_map_ops *ops);

/* Bits, one in each long: whoever looks beside these functions finds nothing. */
#define bitmap_zalloc(bits, gfp)	((unsigned long *)fake_alloc((bits) * sizeof(long)))
#define bitmap_free(map)		fake_free(map)
#define bitmap_zero(map, bits)		((void)memset(map, 0, (bits) * sizeof(long)))

void bitmap_set(unsigned long *map, unsigned int first, unsigned int count);
void bitmap_clear(unsigned long *map, unsigned int first, unsigned int count);
unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int count,
					 unsigned long align);

extern u32 fake_warnings;

#define WARN_ON(condition)	({ bool it = (condition); fake_warnings += it; it; })
#define WARN_ON_ONCE(condition)	WARN_ON(condition)
#define dev_info(dev, ...)	fake_print(__VA_ARGS__)
#define dev_warn(dev, ...)	fake_print(__VA_ARGS__)
#define __GFP_ZERO		0
#define strnstr(text, part, size)	((void)(size), strstr(text, part))

/* --- devices --- */

struct class {
	const char *name;
};

#define PLATFORM_DEVID_AUTO	-2
#define platform_set_drvdata(device, it)	((device)->dev.data = (it))

struct platform_device_info {
	const char *name;
	int id;
	u64 dma_mask;
};

struct platform_device *platform_device_register_full(const struct platform_device_info *info);
void platform_device_unregister(struct platform_device *pdev);

/* --- remote processors --- */

#define VIRTIO_ID_RPMSG		7
#define RSC_CARVEOUT		0
#define RSC_TRACE		2
#define RSC_VDEV		3
#define FW_RSC_ADDR_ANY		(-1)
#define RPROC_FATAL_ERROR	2
#define ELFCLASS64		2
#define EM_AARCH64		183

struct resource_table {
	u32 ver, num, reserved[2];
	u32 offset[];
};

struct fw_rsc_hdr {
	u32 type;
	u8 data[];
};

struct fw_rsc_vdev_vring {
	u32 da, align, num, notifyid, pa;
};

struct fw_rsc_vdev {
	u32 id, notifyid, dfeatures, gfeatures, config_len;
	u8 status, num_of_vrings, reserved[2];
	struct fw_rsc_vdev_vring vring[];
};

struct fw_rsc_carveout {
	u32 da, pa, len, flags, reserved;
	char name[32];
};

struct fw_rsc_trace {
	u32 da, len, reserved;
	char name[32];
};

struct rproc;

struct rproc_ops {
	int (*prepare)(struct rproc *rproc);
	int (*start)(struct rproc *rproc);
	int (*stop)(struct rproc *rproc);
	void (*kick)(struct rproc *rproc, int id);
	void *(*da_to_va)(struct rproc *rproc, u64 address, size_t length, bool *is_iomem);
	int (*load)(struct rproc *rproc, const struct firmware *fw);
	int (*parse_fw)(struct rproc *rproc, const struct firmware *fw);
	struct resource_table *(*find_loaded_rsc_table)(struct rproc *rproc,
							const struct firmware *fw);
};

enum rproc_state { RPROC_OFFLINE, RPROC_SUSPENDED, RPROC_RUNNING, RPROC_CRASHED };

#define atomic_set(a, to)	((void)((a)->counter = (to)))

struct rproc {
	struct mutex lock;
	enum rproc_state state;
	atomic_t power;
	struct work_struct crash_handler;
	struct device dev;
	struct rproc_ops *ops;
	struct resource_table *table_ptr, *cached_table;
	size_t table_sz;
	int max_notifyid;
	u64 bootaddr;
	bool auto_boot;
	struct list_head carveouts;
	_Alignas(8) u8 priv[8];
};

struct rproc_subdev {
	void (*stop)(struct rproc_subdev *subdev, bool crashed);
};

struct rproc_mem_entry {
	void *va;
	dma_addr_t dma;
	size_t len;
	u32 da;
	void *priv;
	int (*release)(struct rproc *rproc, struct rproc_mem_entry *entry);
	char name[32];
};

struct rproc_mem_entry *rproc_mem_entry_init(struct device *dev, void *va, dma_addr_t dma,
					     size_t len, u32 da, void *alloc,
					     int (*release)(struct rproc *rproc,
							    struct rproc_mem_entry *entry),
					     const char *name, ...);
int rproc_coredump_set_elf_info(struct rproc *rproc, u8 class, u16 machine);
int rproc_coredump_add_segment(struct rproc *rproc, dma_addr_t address, size_t size);
struct rproc *rproc_alloc(struct device *dev, const char *name, const struct rproc_ops *ops,
			  const char *firmware, int size);
int rproc_add(struct rproc *rproc);
void rproc_free(struct rproc *rproc);
void rproc_del(struct rproc *rproc);
void rproc_add_carveout(struct rproc *rproc, struct rproc_mem_entry *entry);
void rproc_resource_cleanup(struct rproc *rproc);
void rproc_add_subdev(struct rproc *rproc, struct rproc_subdev *subdev);
void rproc_remove_subdev(struct rproc *rproc, struct rproc_subdev *subdev);
void rproc_shutdown(struct rproc *rproc);
void rproc_report_crash(struct rproc *rproc, int kind);

/* --- for remote.c --- */

#define FAKE_VRINGS	2
#define FAKE_ENTRY	0x8000u		/* of the program, as remoteproc says */
#define FAKE_CARVEOUTS	8

/**
 * struct fake_rp - the state of the fakes, and failures to come
 * @said: log of events, in their order
 * @elf: the kernel's loader
 * @queued: the last work
 */
extern struct fake_rp {
	char said[256];
	struct rproc rproc;
	struct rproc_ops rproc_own, elf;
	struct rproc_mem_entry carveouts[FAKE_CARVEOUTS];
	u32 carveout_count;
	struct platform_device parent;
	const struct dma_map_ops *dma;
	struct rproc_subdev *queues;
	struct work_struct *queued;
	unsigned long after;		/* of it, in jiffies */
	bool parent_there, rproc_there;
	bool no_rproc, no_entry;
	int parent_code, add_code;
	u32 dumped, dumped_size, dumped_count;	/* segments of the coredump */
} fake_rp;

void fake_rp_note(const char *what);

#endif
