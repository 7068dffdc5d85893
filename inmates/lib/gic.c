// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: common parts of GICv2 and GICv3, and the table of handlers.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/start.h>

#include "gic_internal.h"

#define GIC_MAX_HANDLERS	32

struct gic_entry {
	u32 intid;
	gic_handler_t handler;
	void *arg;
};

static const struct gic_ops *gic_ops;
static struct gic_entry gic_entries[GIC_MAX_HANDLERS];
static u32 gic_num_entries;
static gic_handler_t gic_rest_handler;
static void *gic_rest_arg;
static u64 gic_spurious_count;
static bool gic_split_eoi;

u32 gic_version(void)
{
	return comm_region->gic_version;
}

void gic_cpu_init(void)
{
	if (gic_ops && gic_ops->cpu_init())
		return;
	printf("gic: no interrupt controller of version %u for this CPU; check the cell's gic "
	       "entry\n", gic_version());
	inmate_exit(JH_COMM_FAILED);
}

void gic_init(void)
{
	if (gic_version() == 2)
		gic_ops = &gic_v2_ops;
	else if (gic_version() == 3)
		gic_ops = &gic_v3_ops;
	gic_cpu_init();
}

u64 gic_reg(u32 base, u32 intid, u32 bits)
{
	u64 bank = intid < 32 ? gic_ops->local_base() : comm_region->gicd_base;

	return bank + base + intid * bits / 32 * 4;
}

void gic_handle(u32 intid, gic_handler_t handler, void *arg)
{
	struct gic_entry *entry = gic_entries;
	struct gic_entry *end = gic_entries + gic_num_entries;

	while (entry < end && entry->intid != intid)
		entry++;
	if (entry == gic_entries + GIC_MAX_HANDLERS) {
		printf("gic: more than %d handlers\n", GIC_MAX_HANDLERS);
		inmate_exit(JH_COMM_FAILED);
	}
	entry->intid = intid;
	entry->handler = handler;
	entry->arg = arg;
	if (entry == end)
		__atomic_store_n(&gic_num_entries, gic_num_entries + 1, __ATOMIC_RELEASE);
}

void gic_handle_rest(gic_handler_t handler, void *arg)
{
	gic_rest_arg = arg;
	gic_rest_handler = handler;
}

u64 gic_spurious(void)
{
	return READ_ONCE(gic_spurious_count);
}

static void gic_write_bit(u32 base, u32 intid)
{
	mmio_write32(gic_reg(base, intid, 1), 1U << (intid & 31));
}

static bool gic_read_bit(u32 base, u32 intid)
{
	return mmio_read32(gic_reg(base, intid, 1)) >> (intid & 31) & 1;
}

void gic_enable(u32 intid)
{
	gic_write_bit(GICD_ISENABLER, intid);
}

void gic_disable(u32 intid)
{
	gic_write_bit(GICD_ICENABLER, intid);
	gic_ops->wait_disabled(intid);
}

bool gic_is_enabled(u32 intid)
{
	return gic_read_bit(GICD_ISENABLER, intid);
}

bool gic_is_own(u32 intid)
{
	bool enabled = gic_is_enabled(intid);
	bool own;

	gic_enable(intid);
	own = gic_is_enabled(intid);
	if (!enabled)
		gic_disable(intid);
	return own;
}

void gic_set_pending(u32 intid)
{
	gic_write_bit(GICD_ISPENDR, intid);
}

void gic_clear_pending(u32 intid)
{
	gic_write_bit(GICD_ICPENDR, intid);
}

bool gic_is_pending(u32 intid)
{
	return gic_read_bit(GICD_ISPENDR, intid);
}

bool gic_is_active(u32 intid)
{
	return gic_read_bit(GICD_ISACTIVER, intid);
}

void gic_clear_active(u32 intid)
{
	gic_write_bit(GICD_ICACTIVER, intid);
}

void gic_set_priority(u32 intid, u8 priority)
{
	mmio_write8(gic_reg(GICD_IPRIORITYR, intid, 8) + (intid & 3), priority);
}

u8 gic_get_priority(u32 intid)
{
	return mmio_read8(gic_reg(GICD_IPRIORITYR, intid, 8) + (intid & 3));
}

void gic_set_edge(u32 intid, bool edge)
{
	u64 reg = gic_reg(GICD_ICFGR, intid, 2);
	u32 bit = 2U << (intid & 15) * 2;
	u32 val = mmio_read32(reg);

	mmio_write32(reg, edge ? val | bit : val & ~bit);
}

void gic_set_target_self(u32 intid)
{
	gic_ops->set_target_self(intid);
}

void gic_send_sgi(u32 intid, u64 mpidr)
{
	/* Earlier stores must be visible to the receiver. */
	dsb_sy();
	gic_ops->send_sgi(intid, mpidr);
}

void gic_send_sgi_self(u32 intid)
{
	gic_ops->send_sgi_self(intid);
}

void gic_send_sgi_others(u32 intid)
{
	dsb_sy();
	gic_ops->send_sgi_others(intid);
}

u32 gic_ack(void)
{
	return gic_ops->ack();
}

u32 gic_intid(u32 ack)
{
	/* Bits 12:10 are the sender of a GICv2 SGI; 24-bit INTIDs are LPIs, which are not used. */
	return ack & 0x3ff;
}

void gic_eoi(u32 ack)
{
	gic_ops->eoi(ack);
}

void gic_deactivate(u32 ack)
{
	gic_ops->deactivate(ack);
}

void gic_set_split_eoi(bool split)
{
	gic_split_eoi = split;
	gic_ops->set_split_eoi(split);
}

void gic_set_mask(u8 priority)
{
	gic_ops->set_mask(priority);
}

u8 gic_get_mask(void)
{
	return gic_ops->get_mask();
}

u8 gic_running_priority(void)
{
	return gic_ops->running_priority();
}

static void gic_call_handler(u32 intid)
{
	u32 count = __atomic_load_n(&gic_num_entries, __ATOMIC_ACQUIRE);

	for (u32 n = 0; n < count; n++) {
		if (gic_entries[n].intid == intid) {
			gic_entries[n].handler(intid, gic_entries[n].arg);
			return;
		}
	}
	if (gic_rest_handler)
		gic_rest_handler(intid, gic_rest_arg);
	else
		atomic_inc(&gic_spurious_count);
}

void gic_dispatch(void)
{
	u32 ack, intid;

	if (!gic_ops) {
		atomic_inc(&gic_spurious_count);
		return;
	}
	ack = gic_ops->ack();
	intid = gic_intid(ack);
	if (intid >= GIC_SPECIAL) {
		atomic_inc(&gic_spurious_count);
		return;
	}
	gic_call_handler(intid);
	gic_ops->eoi(ack);
	if (gic_split_eoi)
		gic_ops->deactivate(ack);
}
