/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Declarations that the driver's files share. The prefix of a function names its file.
 *
 * Locks, in this order:
 *	jh_lock		all management: enable, disable, the life of cells; long work releases it
 *			between two pieces (turn.c)
 *	jh_report_lock	held for writing while the report area appears or goes away, for reading by
 *			readers of it without jh_lock
 */
#ifndef DRIVER_JH_H
#define DRIVER_JH_H

#define pr_fmt(fmt) "jh: " fmt

#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <asm/memory.h>
#include <jh/config.h>
#include <jh/error.h>
#include <jh/image.h>
#include <jh/ioctl.h>
#include <jh/reasons.h>
#include <jh/report.h>
#include <arch/arm64/boot/boottable.h>
#include <lib/config.h>
#include <lib/errtext.h>
#include <lib/refuse.h>

#include "arch.h"

#define HV_PAGE_SIZE	4096ULL		/* the hypervisor's, whatever Linux' PAGE_SIZE is */

struct device;
struct device_node;
struct firmware;

/** struct jh_memory - physical memory that is kept away from Linux */
struct jh_memory {
	u64 address;			/* the part that the hypervisor gets */
	u64 size;
	unsigned long first_pfn;	/* taken from the page allocator; count 0: nothing */
	unsigned long count;
	bool offline;			/* its pages are marked PageOffline */
};

/**
 * struct jh_system - the state of jh from enable to disable
 * @config:	checked copy of the configuration
 * @image:	header of the hypervisor's image
 * @devices:	register ranges that the hypervisor accesses
 * @cpu_mask:	CPUs that enter; bit n is Linux' cpuN
 * @hv:		the hypervisor's memory, seen at @base while @base is not NULL
 * @pools:	memory for cells
 * @doors:	where PCI drivers find registers of links; 0: nowhere
 * @pool_offset: where the hypervisor's pool of pages starts in @hv
 * @report:	the report area, inside @base; set by the layout, filled once @active
 * @active:	the hypervisor is under this Linux; changes inside stop_machine() only
 * @kvm_in_el2:	KVM had its own code in EL2 at enable, and must install it again after disable
 */
struct jh_system {
	void *config;
	u32 config_length;
	struct jh_image_header image;
	struct boottable_device devices[JH_BOOT_DEVICES];
	u64 cpu_mask;
	struct jh_memory hv;
	struct jh_memory pools[JH_MAX_POOLS];
	u32 num_pools;
	const struct firmware *firmware;	/* the image, while it is copied */
	void *base;
	u64 doors;
	u64 pool_offset;
	const struct jh_report *report;
	bool active;
	bool kvm_in_el2;
};

/** struct jh_cell - a cell, as the driver sees it, and its directory in sysfs */
struct jh_cell {
	struct kobject kobj;
	struct list_head list;
	u32 id;				/* 0: root */
	u32 generation;			/* of the id */
	u32 seen_state;			/* jh_report_shown() that user space was told last */
	u32 seen_life;			/* jh_report_state() at that time */
	struct ratelimit_state told;	/* for states that the cell reports of itself */
	void *config;			/* checked copy; NULL for root */
	u64 cpus_taken;			/* taken offline by jh, to be given back */
	struct list_head images;	/* of struct jh_image, kept to load them again */
	bool loading;			/* jh_load() is working on it */
	u32 busy;			/* tasks working on it without jh_lock: see turn.c */
	bool restarting;		/* event.c is restarting it */
	struct jh_program program;	/* of its last load */
	struct jh_ranges *torn;		/* ranges of a load that was broken off */
	u32 restarts;			/* since its user started it */
	u32 asking;			/* tasks that ask it to end, and wait without jh_lock */
	bool may_restart;		/* on failure or reset: its user has not ended it */
	unsigned long started;		/* jiffies */
	u32 num_devices;
	struct device *devices[JH_CONFIG_MAX_DEVICES];	/* bound to the stub, a reference each */
	bool was_started;		/* since the last jh_device_quiet() */
	void *rproc;			/* jh_remoteproc.ko's struct processor, or NULL */
	bool rproc_goes;		/* @rproc is being removed, without jh_lock */
};

/** struct jh_ranges - a set of ranges of addresses (ranges.c) */
struct jh_ranges {
	u32 count;
	struct jh_range {
		u64 start, end;
	} list[];
};

/**
 * struct jh_image - bytes that were loaded into a cell, kept to load them again
 * @address:	guest-physical
 * @length:	bytes
 * @is_zero:	all bytes are 0, and @data is empty
 */
struct jh_image {
	struct list_head list;
	u64 address;
	u64 length;
	bool is_zero;
	u8 data[];
};

extern struct mutex jh_lock;
extern struct rw_semaphore jh_report_lock;
extern struct jh_system *jh_system;	/* NULL while disabled */
extern struct list_head jh_cells;	/* of struct jh_cell, without root */
extern struct miscdevice jh_misc;

/** jh_is_active() - is the hypervisor under this Linux? Under jh_lock or jh_report_lock */
static inline bool jh_is_active(void)
{
	return jh_system && READ_ONCE(jh_system->active);
}

/* enable.c */
int jh_enable(void *config, u32 length, u32 flags, struct jh_error *err);
int jh_disable(struct jh_error *err);
void jh_enable_end(void);

/* machine.c, devtree.c: is this the machine of the configuration? */
int jh_machine_check(struct jh_system *system, struct jh_error *err);
int jh_devtree_check_console(const struct jh_console *console, struct jh_error *err);
int jh_devtree_reserved(u64 address, u64 size);
bool jh_devtree_is_unmapped(u64 address, u64 size);
bool jh_devtree_is_memory(u64 address, u64 size);
u64 jh_devtree_max_address(void);
u64 jh_devtree_hole(const void *config, u64 last, u64 size);

#define for_each_of_nodes(np) \
	for (np = of_find_all_nodes(NULL); np; np = of_find_all_nodes(np))

/* image.c: the image and the hypervisor's memory */
int jh_image_load(struct jh_system *system, struct jh_error *err);
void jh_image_drop(struct jh_system *system);
int jh_image_lay_out(struct jh_system *system, struct jh_error *err);
void jh_image_unmap(struct jh_system *system);

/* memory.c */
int jh_memory_take(struct jh_system *system, struct jh_error *err);
void jh_memory_give_back(struct jh_system *system);
bool jh_memory_is_linux(u64 address, u64 size);

/* kvm.c */
bool jh_kvm_guests(bool stopped);
int jh_kvm_check(struct jh_error *err);
int jh_kvm_shut(struct jh_system *system, struct jh_error *err);
void jh_kvm_open(struct jh_system *system);
void jh_kvm_exit(void);

/* call.c: hypercalls, under jh_lock (but jh_call_untimed()) and while enabled */
void jh_log_refusal(const char *what, const struct jh_error *err, int code);
bool jh_call_possible(const struct jh_system *system, unsigned int cpu);
long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d);
long jh_call_untimed(u64 code, u64 a, u64 b, u64 c, u64 d);
void jh_call_flush_log(void);
int jh_call_checked(struct jh_error *err, u64 code, u64 a, u64 b, u64 c, u64 d);

/* ticks.c */
#define JH_TICKS_CODES	32	/* codes of hypercalls that have a sum */

void jh_ticks_add(u64 code, u64 ticks);
void jh_ticks_enabled(u64 ticks);
u64 jh_ticks_of(u64 code);
u64 jh_ticks_of_enable(void);

/* report.c: the hypervisor's report on cells and CPUs; jh active */
bool jh_report_is_sound(const struct jh_report *report, u32 size);
const struct jh_cell_report *jh_report_cell(u32 id);
u32 jh_report_state(u32 id);
bool jh_report_any_cell(void);
bool jh_report_reset(u32 id);
u32 jh_report_shown(const struct jh_cell_report *report);
void jh_report_refresh(u32 id);
const char *jh_report_state_name(u32 state);
const char *jh_report_cause_text(u32 cause);
const char *jh_report_cause_word(u32 cause);

/* turn.c: under jh_lock */
struct jh_cell *jh_turn_hold(struct jh_cell *cell);
void jh_turn_release(struct jh_cell *cell);
bool jh_turn_is_over(const struct jh_cell *cell);
void jh_turn_begin(struct jh_cell *cell);
void jh_turn_end(struct jh_cell *cell);
int jh_turn_check(const struct jh_cell *cell, struct jh_error *err);
int jh_turn_await(struct jh_cell *cell, struct jh_error *err);
void jh_turn_last(bool last);
int jh_turn_pause(const struct jh_cell *cell, unsigned int ms, struct jh_error *err);
int jh_turn_wait(const struct jh_cell *cell, unsigned int ms, struct jh_error *err);

/**
 * jh_report_at() - what the hypervisor's memory has at an offset from the report area's start
 * @bytes: in: how many there must be at least; out: how many there are
 *
 * It may lie behind the area.
 *
 * Return: NULL if the offset is 0 or no multiple of 8, or too little follows.
 */
static inline const void *jh_report_at(u32 offset, u64 *bytes)
{
	u64 size = jh_system->hv.size - jh_system->image.report_offset;

	if (!offset || !IS_ALIGNED(offset, 8) || offset > size || size - offset < *bytes)
		return NULL;
	*bytes = size - offset;
	return (const void *)jh_system->report + offset;
}

/* iomem.c */
u64 jh_iomem_highest(unsigned long flags);

/* ranges.c */
struct jh_ranges *jh_ranges_new(u32 most);
void jh_ranges_add(struct jh_ranges *set, u64 start, u64 length);
void jh_ranges_join(struct jh_ranges *set);
const struct jh_range *jh_ranges_missing(const struct jh_ranges *wanted,
					 const struct jh_ranges *set);

/* cpus.c, ask.c; under jh_lock */
int jh_cpus_check(const void *config, struct jh_error *err);
int jh_cpus_take(struct jh_cell *cell, struct jh_error *err);
void jh_cpus_give_back(struct jh_cell *cell);
int jh_ask(struct jh_cell *cell, struct jh_error *err);

/* cell.c, load.c; all but jh_load() under jh_lock */
int jh_cell_create(void *config, struct jh_ioctl_create *create);
int jh_cell_start(struct jh_cell *cell, struct jh_error *err);
int jh_cell_shutdown(struct jh_cell *cell, u32 flags, struct jh_error *err);
int jh_cell_destroy(struct jh_cell *cell, struct jh_error *err);
void jh_cell_destroy_all(void);
struct jh_cell *jh_cell_find(u32 id, u32 generation, struct jh_error *err);
bool jh_cell_reboots(const struct jh_cell *cell);
int jh_cell_start_again(struct jh_cell *cell, struct jh_error *err);
int jh_cell_make_ready(struct jh_cell *cell, struct jh_error *err);
int jh_load(struct jh_ioctl_load *load);
int jh_load_check_idle(const struct jh_cell *cell, struct jh_error *err);

/* images.c: images, kept to be loaded again; all but jh_images_copy() under jh_lock */
#define JH_IMAGES_PIECE	SZ_64K		/* bytes of one JH_HC_CELL_WRITE, at most */

bool jh_images_are_kept(const struct jh_cell *cell);
struct jh_image *jh_images_copy(const struct jh_segment *segment);
void jh_images_keep(struct jh_cell *cell, struct list_head *images);
void jh_images_drop(struct list_head *images);
void jh_images_tear(struct jh_cell *cell, struct jh_ranges *torn);
int jh_images_loaded(const struct jh_cell *cell, struct jh_error *err);
int jh_images_load(struct jh_cell *cell, struct jh_error *err);
int jh_images_load_program(struct jh_cell *cell, u64 entry, struct jh_error *err);
u64 jh_images_memory_end(const struct jh_cell *cell, u64 address);
u32 jh_images_piece(const struct jh_cell *cell, u64 address, u64 left);

/* stub.c */
int jh_stub_init(void);
void jh_stub_exit(void);
struct device *jh_stub_find(struct device_node *np);
bool jh_stub_has(const struct device *dev);
int jh_stub_bind(struct device *dev);
bool jh_stub_can_reset(struct device *dev);
void jh_stub_reset(struct device *dev);

/* gpio.c */
bool jh_gpio_has_chip(struct device *dev);
int jh_gpio_check(struct device *dev, u32 index, struct jh_error *err);

/* masters.c */
bool jh_masters_has(struct device_node *np);
bool jh_masters_has_pci(struct device_node *np);

/* device.c */
int jh_device_take(struct jh_cell *cell, struct jh_error *err);
void jh_device_give_back(struct jh_cell *cell);
void jh_device_quiet(struct jh_cell *cell);
void jh_device_warn_no_reset(const struct jh_cell *cell);

/* who.c */
extern char jh_who_text[JH_WHO_LEN];
__printf(1, 2) void jh_who(const char *format, ...);

/* relations.c, usage.c: refuse what Linux cannot do without; under jh_lock */
int jh_relations_check(const void *config, struct jh_error *err);
int jh_usage_check_interrupts(struct device_node *np, u32 index, struct jh_error *err);
int jh_usage_check_cell(const void *config, struct jh_error *err);
int jh_usage_check_root(struct jh_system *system, struct jh_error *err);

/* costs.c, sysfs.c */
extern const struct attribute_group jh_costs_group;
extern const struct attribute_group *jh_sysfs_groups[];
int jh_sysfs_start(struct jh_system *system, struct jh_error *err);
void jh_sysfs_stop(struct jh_system *system);
struct jh_cell *jh_sysfs_add(const char *name);
void jh_sysfs_remove(struct jh_cell *cell);
void jh_sysfs_added(struct jh_cell *cell);
void jh_sysfs_event(struct jh_cell *cell, u32 state);

/* event.c */
void jh_event_stop(void);
void jh_event_check(void);
void jh_event_tell(struct jh_cell *cell, u32 state);
bool jh_event_restarts(const struct jh_cell *cell);

/* power.c */
int jh_power_init(void);
void jh_power_exit(void);
int jh_power_start(struct jh_system *system, struct jh_error *err);
void jh_power_stop(struct jh_system *system);

/* ring.c */
int jh_ring_read(struct jh_ioctl_read_ring *arg);
int jh_ring_report(const struct jh_ioctl_report *arg);
int jh_ring_piece(char *piece, struct jh_ioctl_read_ring *arg);

/* input.c */
long jh_input_send(u32 cell, u32 generation, const u8 *bytes, u32 count);
int jh_input_write(struct jh_ioctl_write_console *arg);

/* link.c; under jh_lock, but for the last */
void jh_link_add(struct jh_cell *cell);
void jh_link_remove(struct jh_cell *cell);
void jh_link_exit(void);

/* recorder.c; under jh_lock */
int jh_recorder_start(struct jh_ioctl_trace *arg);
void jh_recorder_stop(void);

/* rproc.c; under jh_lock, which jh_rproc_leave() releases; jh_rproc_end() without it */
void jh_rproc_add(struct jh_cell *cell);
int jh_rproc_leave(struct jh_cell *cell, struct jh_error *err);
void jh_rproc_told(struct jh_cell *cell, u32 state);
void jh_rproc_end(void);

/* place.c */
int jh_place_find(struct jh_cell *cell, struct jh_ioctl_places *places);

/* tty.c */
int jh_tty_init(void);
void jh_tty_exit(void);
void jh_tty_add(struct jh_cell *cell);
void jh_tty_remove(struct jh_cell *cell);

#endif
