// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/percpu.h>
#include <gic/lr.h>
#include <gic/vlpi.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>

/* The format of a queued LPI: INTID | priority << 24, never 0. */
#define INTID(lpi)	((lpi) & 0xffffff)
#define PRIORITY(lpi)	((lpi) >> 24)

static bool is_queued(const struct vgic *vgic, u32 intid)
{
	u32 i;

	for (i = 0; i < vgic->num_lpis; i++) {
		if (INTID(vgic->lpis[i]) == intid)
			return true;
	}
	return false;
}

void vlpi_deliver(u32 intid, u32 priority)
{
	struct vgic *vgic = &this_percpu->vgic;
	int n = lr_find(intid);

	if (n >= 0) {
		gic_lr_write((u32)n, gic_lr_read((u32)n) | LR_PENDING);
		return;
	}
	if (is_queued(vgic, intid) || (!vgic->num_lpis && lr_put(lr_virtual(intid, priority))))
		return;
	/* The mask of a full queue lets no LPI through except one of the highest priority. */
	if (vgic->num_lpis < LPI_QUEUE)
		vgic->lpis[vgic->num_lpis++] = intid | priority << 24;
	if (vgic->num_lpis == LPI_QUEUE)
		gic_mask_guests(true);
	gic_lr_underflow(true);
}

bool vlpi_refill(void)
{
	struct vgic *vgic = &this_percpu->vgic;
	u32 i, done = 0;

	while (done < vgic->num_lpis &&
	       lr_put(lr_virtual(INTID(vgic->lpis[done]), PRIORITY(vgic->lpis[done]))))
		done++;
	for (i = done; i < vgic->num_lpis; i++)
		vgic->lpis[i - done] = vgic->lpis[i];
	vgic->num_lpis -= done;
	if (done && vgic->num_lpis < LPI_QUEUE)
		gic_mask_guests(false);
	return !vgic->num_lpis;
}

/* LPIs on their way from one CPU to another; 0: a free slot. */
static u32 migrating[16];

void vlpi_migrate(u32 intid, u32 priority)
{
	u64 left = root_cell.cpu_mask & ~BIT(this_cpu());
	u32 i, cpu;

	for (i = 0; i < ARRAY_SIZE(migrating); i++) {
		if (!compare_exchange(&migrating[i], 0, intid | priority << 24))
			continue;
		while (left) {
			cpu = cpu_mask_next(&left);
			if (load_acquire(&cpus[cpu].state) == CPU_RUNNING) {
				cpu_request(BIT(cpu), CPU_REQ_RESYNC);
				return;
			}
		}
		return;
	}
}

void vlpi_migrate_queue(void)
{
	struct vgic *vgic = &this_percpu->vgic;

	while (vgic->num_lpis) {
		vgic->num_lpis--;
		vlpi_migrate(INTID(vgic->lpis[vgic->num_lpis]),
			     PRIORITY(vgic->lpis[vgic->num_lpis]));
	}
}

void vlpi_take_over(void)
{
	u32 i, lpi;

	for (i = 0; i < ARRAY_SIZE(migrating); i++) {
		lpi = READ_ONCE(migrating[i]) ? exchange(&migrating[i], 0) : 0;
		if (lpi)
			vlpi_deliver(INTID(lpi), PRIORITY(lpi));
	}
}

bool vlpi_are_delivered(void)
{
	u64 busy = lr_busy();

	for (; busy; busy &= busy - 1) {
		if (LR_VINTID(gic_lr_read((u32)__builtin_ctzl(busy))) >= INTID_LPI)
			return false;
	}
	return !this_percpu->vgic.num_lpis;
}
