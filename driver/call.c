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

/** jh_log_refusal() - log a refusal that no caller in user space gets: @what failed, and why */
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
 * jh_call_possible() - does @cpu run under the hypervisor?
 *
 * On a CPU that does not (it is just coming online) Linux's hyp stub would take the hypercall's
 * code for one of its own.
 */
bool jh_call_possible(const struct jh_system *system, unsigned int cpu)
{
	const struct jh_report *report = system->report;
	const struct jh_cpu_report *cpus = jh_cpu_reports(report);

	return READ_ONCE(system->active) && cpu < report->num_cpus &&
	       READ_ONCE(cpus[cpu].state) == JH_CPUREP_RUNNING;
}

/**
 * jh_call() - make a hypercall and add up its time; under jh_lock
 *
 * Interrupts are off, so that nothing else is timed. That delays none: the hypervisor takes no
 * interrupt during a hypercall.
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
 * jh_call_untimed() - make a hypercall that is not management, without jh_lock
 *
 * The caller holds jh_report_lock for reading, and jh is active.
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
 * jh_call_flush_log() - have the hypervisor write its log to its UART; may sleep
 *
 * The hypervisor never waits for a UART, so the call is repeated until all is out, for half a
 * second at most. Without such a console there is no call.
 */
void jh_call_flush_log(void)
{
	int tries = 500;

	if (!config_console(jh_system->config))
		return;
	while (jh_call(JH_HC_LOG_FLUSH, 0, 0, 0, 0) > 0 && --tries)
		usleep_range(500, 1000);
}

/** jh_call_checked() - jh_call() that fills in @err on failure. Return: 0 or a negative errno */
int jh_call_checked(struct jh_error *err, u64 code, u64 a, u64 b, u64 c, u64 d)
{
	long result = jh_call(code, a, b, c, d);

	if (result >= 0)
		return 0;
	*err = jh_system->report->error;
	return result;
}
