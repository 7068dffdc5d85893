// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/rendezvous.h>
#include <hv/report.h>
#include <refuse.h>

/*
 * CPUs arrive from stop_machine(), each as soon as it executes. An emulated CPU on a busy machine
 * may be late, so the time counts from the last arrival.
 */
#define ARRIVAL_MICROSECONDS	10000000

#define RENDEZVOUS_DONE		1

static bool rendezvous_decide(s32 *verdict, s32 value)
{
	return compare_exchange(verdict, 0, value);
}

static void report_late(u32 arrived, u32 all)
{
	struct jh_error error;
	int ret = refuse_value(&error, JH_ERR_CPU_LATE, JH_OBJ_MACHINE, 0, arrived, all);

	report_error(&error, ret);
}

int rendezvous_wait(struct rendezvous *r, u64 mask, u32 nth, const u32 *turned_away, int err)
{
	u32 count = cpu_mask_count(mask), all = nth * count, arrived, before = 0;
	s32 *verdict = &r->verdicts[nth - 1];
	u64 deadline = 0;

	if (err)
		rendezvous_decide(verdict, err);
	fetch_add(&r->arrived, 1);
	while ((arrived = load_acquire(&r->arrived)) < all) {
		if (arrived != before)
			deadline = arch_deadline(ARRIVAL_MICROSECONDS);
		before = arrived;
		/* The driver says that a CPU could not enter. */
		if (load_acquire(turned_away)) {
			rendezvous_decide(verdict, -EOPNOTSUPP);
			break;
		}
		if (arch_expired(deadline)) {
			if (rendezvous_decide(verdict, -ETIMEDOUT))
				report_late(arrived - (all - count), count);
			break;
		}
		arch_relax();
	}
	rendezvous_decide(verdict, RENDEZVOUS_DONE);
	err = load_acquire(verdict);
	return err == RENDEZVOUS_DONE ? 0 : err;
}
