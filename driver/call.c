// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Management hypercalls, and the wording of refusals.
 */
#include "jh.h"
#include "trace.h"

#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/smp.h>

/** jh_log_refusal() - for what nobody has asked for: one line in Linux' log, what and why not */
void jh_log_refusal(const char *what, const struct jh_error *err, int code)
{
	char text[ERRTEXT_SIZE];

	if (err->reason) {
		errtext_sentence(text, sizeof(text), NULL, err);
		pr_err("%s refused: %s\n", what, text);
	} else {
		pr_err("%s failed (%d)\n", what, code);
	}
}

/**
 * jh_call_possible() - is this CPU behind the hypervisor?
 *
 * On one that is not (it is just coming online) the stub in EL2 would take the code of a hypercall
 * for one of its own.
 */
bool jh_call_possible(const struct jh_system *system, unsigned int cpu)
{
	const struct jh_report *report = system->report;
	const struct jh_cpu_report *cpus = (const void *)report + report->cpus_offset;

	return READ_ONCE(system->active) && cpu < report->num_cpus &&
	       READ_ONCE(cpus[cpu].state) == JH_CPUREP_RUNNING;
}

/**
 * jh_call() - a hypercall, its time taken
 *
 * Interrupts are off, so that nothing else is timed. No interrupt waits longer for that: the
 * hypervisor takes none during a hypercall.
 *
 * Return: its result, -ENODEV where it is not possible.
 */
long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	long result = -ENODEV;
	unsigned long flags;
	u64 start, ticks = 0;

	local_irq_save(flags);
	if (jh_call_possible(jh_system, smp_processor_id())) {
		start = jh_arch_now();
		result = jh_arch_call(code, a, b, c, d);
		ticks = jh_arch_now() - start;
		jh_ticks_add(code, ticks);
	}
	local_irq_restore(flags);
	trace_jh_call(code, a, result, ticks);
	return result;
}

/**
 * jh_call_untimed() - the same without taking its time, for a call that is none of management
 *
 * Without jh_lock: whoever calls holds jh_report_lock for reading, and jh is active.
 */
long jh_call_untimed(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	long result = -ENODEV;
	unsigned long flags;

	local_irq_save(flags);
	if (jh_call_possible(jh_system, smp_processor_id()))
		result = jh_arch_call(code, a, b, c, d);
	local_irq_restore(flags);
	return result;
}

/**
 * jh_call_flush_log() - let the hypervisor's UART have what it logged; may sleep
 *
 * The hypervisor never waits for a UART, so it is asked again until all is out, or for half a
 * second. Without such a console nothing is asked.
 */
void jh_call_flush_log(void)
{
	int tries = 500;

	if (!config_console(jh_system->config))
		return;
	while (jh_call(JH_HC_LOG_FLUSH, 0, 0, 0, 0) > 0 && --tries)
		usleep_range(500, 1000);
}

/** jh_call_checked() - jh_call() that hands on the hypervisor's reason; never returns above 0 */
int jh_call_checked(struct jh_error *err, u64 code, u64 a, u64 b, u64 c, u64 d)
{
	long result = jh_call(code, a, b, c, d);

	if (result >= 0)
		return 0;
	*err = jh_system->report->error;
	return result;
}
