// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The virtual generic timer.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/io.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#define CNTV_CTL_ENABLE	BIT(0)

u64 timer_freq(void)
{
	return sysreg_read(cntfrq_el0);
}

u64 timer_now(void)
{
	/* Without the barrier the counter may be read early. */
	isb();
	return sysreg_read(cntvct_el0);
}

u64 timer_from_us(u64 us)
{
	return us * timer_freq() / 1000000;
}

u64 timer_to_ns(u64 ticks)
{
	return ticks * 1000000000 / timer_freq();
}

void timer_set(u64 deadline)
{
	sysreg_write(cntv_cval_el0, deadline);
	sysreg_write(cntv_ctl_el0, CNTV_CTL_ENABLE);
	isb();
}

void timer_stop(void)
{
	sysreg_write(cntv_ctl_el0, 0);
	isb();
}

void timer_delay_us(u64 us)
{
	u64 end = timer_now() + timer_from_us(us);

	while (timer_now() < end)
		cpu_relax();
}
