// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell's interrupts.
 */
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/owner.h>
#include <hv/unit.h>
#include <config.h>
#include <refuse.h>

static int refuse_irq_taken(struct jh_error *error, u32 index, u32 irq, const struct cell *owner)
{
	int err = refuse_value(error, JH_ERR_IRQ_TAKEN, JH_OBJ_IRQ, index, irq, 0);

	error->other_object = JH_OBJ_CELL;
	error->cell = owner->id;
	return err;
}

static int check_irqs(const struct cell *cell, struct jh_error *error)
{
	const struct jh_config_irq *list;
	struct cell *owner;
	u32 i, n, reason;

	list = config_irqs(cell->config, &n);
	for (i = 0; i < n; i++) {
		owner = owner_of_irq(list[i].intid);
		if (owner != &root_cell)
			return refuse_irq_taken(error, i, list[i].intid, owner);
		reason = arch_irq_refusal(list[i].intid);
		if (reason)
			return refuse_value(error, reason, JH_OBJ_IRQ, i, list[i].intid, 0);
	}
	return 0;
}

/* A CPU of root must first give up an interrupt that it has in flight, so this can fail. */
static int irqs_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_irq *list;
	int err = check_irqs(cell, error);
	u64 holders;
	u32 i, n;

	list = config_irqs(cell->config, &n);
	for (i = 0; i < n && !err; i++) {
		holders = arch_irq_claim(cell, list[i].intid, list[i].flags & JH_IRQ_EDGE);
		if (holders)
			err = refuse_value(error, JH_ERR_IRQ_IN_FLIGHT, JH_OBJ_IRQ, i,
					   cpu_mask_next(&holders), 0);
	}
	return err;
}

/*
 * Reset the interrupts as at creation: disabled, neither pending nor active. It is done before a
 * life, because a root access that was in flight at creation may have landed since, and after one,
 * because the device may go on. No CPU of root can have one of them in flight.
 */
static void irqs_reset(struct cell *cell)
{
	const struct jh_config_irq *list;
	u32 i, n;

	list = config_irqs(cell->config, &n);
	for (i = 0; i < n; i++)
		(void)arch_irq_claim(cell, list[i].intid, list[i].flags & JH_IRQ_EDGE);
}

static void irqs_release(struct cell *cell)
{
	u32 word;

	for (word = 0; word < ARRAY_SIZE(cell->irqs); word++) {
		while (cell->irqs[word])
			arch_irq_release(cell, 32 * word + (u32)__builtin_ctz(cell->irqs[word]));
	}
}

const struct unit unit_irqs = {
	.cell_prepare = irqs_prepare,
	.cell_reset = irqs_reset,
	.cell_quiet = irqs_reset,
	/* Units revert backwards: the interrupts go before the CPUs that they are routed to. */
	.cell_revert = irqs_release,
	.cell_release = irqs_release,
};
