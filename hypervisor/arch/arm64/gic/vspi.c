// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <gic/lr.h>
#include <gic/vbank.h>
#include <gic/vspi.h>
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/cpu.h>

#define UART_BIT	(1U << VIRQ_UART)
#define NONE		VIRQ_MAX

static inline struct cpu *target_of(const struct cell *cell)
{
	return load_acquire(&cell->virqs.target);
}

/*
 * Is this CPU the first of the guest's that are on? The target may be an old one for a moment: a
 * CPU that leaves, whose list registers are cleared next, must not take an interrupt because of it.
 */
static inline bool is_mine(const struct cell *cell)
{
	u64 places = load_acquire(&cell->virqs.places);

	return (places & -places) >> cpu_self()->place == 1;
}

/*
 * The target is the first of the guest's CPUs that are on. CPUs that come and go at a time store it
 * in any order: each looks whether what it stored is true still, so the last to store has seen the
 * last change. It stores before it reads what is pending, as whoever raises an interrupt does that
 * before it reads the target (all are RCsc): one of the two tells the CPU.
 */
static void choose_target(struct cell *cell)
{
	u64 places, left;

	do {
		left = places = load_seq(&cell->virqs.places);
		(void)exchange(&cell->virqs.target,
			       places ? &cpus[cell->order[cpu_mask_next(&left)]] : NULL);
	} while (load_seq(&cell->virqs.places) != places);
}

/* The virtual interrupts that should be in list registers. */
static inline u32 due(const struct cell *cell)
{
	u32 state = load_acquire(&cell->virqs.state);

	if (state & VIRQ_ENABLED(VIRQ_UART) && cell_virq_is_raised(cell))
		state |= VIRQ_PENDING(VIRQ_UART);
	return virq_ready(state);
}

static u32 number_of(const struct cell *cell, u32 intid)
{
	u32 left, n;

	for (left = cell->virqs.exist; left; left &= left - 1) {
		n = (u32)__builtin_ctz(left);
		if (cell->virqs.irq[n] == intid)
			return n;
	}
	return NONE;
}

u32 vspi_bits(const struct cell *cell, u32 word)
{
	u32 left, irq, bits = 0;

	for (left = cell->virqs.exist; left; left &= left - 1) {
		irq = cell->virqs.irq[__builtin_ctz(left)];
		if (irq / 32 == word)
			bits |= 1U << irq % 32;
	}
	return bits;
}

static inline u64 fresh(const struct cell *cell, u64 n)
{
	return READ_ONCE(cell->arch.virq_lrs[n]);
}

/* If several CPUs believe to be the target, one of them gets the edge. A level is not consumed. */
static inline bool take(struct cell *cell, u32 n)
{
	return n == VIRQ_UART ||
	       fetch_and(&cell->virqs.state, ~VIRQ_PENDING(n)) & VIRQ_PENDING(n);
}

static void put_back(struct cell *cell, u32 n)
{
	if (n != VIRQ_UART)
		fetch_or(&cell->virqs.state, VIRQ_PENDING(n));
}

/*
 * Make a CPU, perhaps this one, sync its list registers. The CPU belongs to a cell, which cannot go
 * away meanwhile: it is managed, and the steps of cpu_request_one() are not needed. A CPU that was
 * asked before and has not answered yet need not be asked again: it clears the bit before it looks,
 * and this CPU sets the bit after the stores that the other one has to see (both are RCsc).
 */
static inline void have_look(struct cpu *target)
{
	if (!(fetch_or(&target->requests, CPU_REQ_VIRQ) & CPU_REQ_VIRQ))
		gic_ring(&target->arch);
}

/* While the guest handles a level nothing changes: its end causes another look (LR_EOI). */
static u64 follow_level(const struct cell *cell, u64 lr, bool wanted)
{
	if (lr & LR_ACTIVE)
		return lr;
	return wanted ? fresh(cell, VIRQ_UART) : 0;
}

static u64 follow_edge(struct cell *cell, u64 lr, u32 n, bool mine)
{
	bool here = mine && load_acquire(&cell->virqs.state) & VIRQ_ENABLED(n);
	struct cpu *target;

	if (here && take(cell, n))
		lr |= LR_PENDING;
	if (!here && lr & LR_PENDING) {
		lr &= ~LR_PENDING;
		put_back(cell, n);
		/* Another CPU has become the target, or this one has meanwhile. */
		target = mine ? NULL : target_of(cell);
		if (target)
			have_look(target);
	}
	if (lr & LR_ACTIVE)
		return lr;
	return lr & LR_PENDING ? fresh(cell, n) : 0;
}

/* Update the list registers in use. Return: the interrupts of @wanted that are in none. */
static u32 follow(struct cell *cell, bool mine, u32 wanted)
{
	u64 busy = lr_busy(), lr;
	u32 missing = wanted, n, v;

	for (; busy; busy &= busy - 1) {
		n = (u32)__builtin_ctzl(busy);
		lr = gic_lr_read(n);
		v = number_of(cell, LR_VINTID(lr));
		if (v == NONE)
			continue;
		missing &= ~(1U << v);
		gic_lr_write(n, v == VIRQ_UART ? follow_level(cell, lr, wanted & UART_BIT) :
						 follow_edge(cell, lr, v, mine));
	}
	return missing;
}

static __noinline void sync_all(struct cell *cell)
{
	bool mine = is_mine(cell);
	u32 wanted = mine ? due(cell) : 0, left, n;

	for (left = follow(cell, mine, wanted); left; left &= left - 1) {
		n = (u32)__builtin_ctz(left);
		if (take(cell, n) && !lr_put(fresh(cell, n))) {
			put_back(cell, n);
			gic_lr_underflow(true);
			return;
		}
	}
	if (wanted & UART_BIT)
		gic_await_end();
}

/*
 * Put the only edge that is due into list register 0, which is free. False: it is not that case,
 * and nothing was done.
 */
static inline bool put_edge(struct cell *cell)
{
	u32 state = load_acquire(&cell->virqs.state);
	u64 wanted = virq_ready(state);
	u32 pending = (u32)wanted * VIRQ_PENDING(0);

	if (unlikely(!wanted || wanted & (wanted - 1) || state & VIRQ_ENABLED(VIRQ_UART) ||
		     !(fetch_and(&cell->virqs.state, ~pending) & pending)))
		return false;
	gic_lr_put_first(fresh(cell, (u64)__builtin_ctzl(wanted)));
	return true;
}

void vspi_sync(void)
{
	struct cell *cell = this_cell();

	if (lr_busy() || !is_mine(cell) || !put_edge(cell))
		sync_all(cell);
}

/* This CPU runs its guest: if the target is an old one, who names the next has this one sync. */
void vspi_deliver(void)
{
	struct cell *cell = this_cell();

	if (unlikely(target_of(cell) != cpu_self() || !put_edge(cell)))
		vspi_sync();
}

void arch_virq_sync(void)
{
	vspi_sync();
}

void vspi_join(struct cell *cell)
{
	u64 others;

	if (!vspi_exists(cell))
		return;
	others = cell->cpu_mask & ~BIT(this_cpu());
	fetch_or(&cell->virqs.places, BIT(cpu_self()->place));
	choose_target(cell);
	vspi_sync();
	/* The CPU that was the target before puts back what its list registers hold. */
	if (others && virq_enabled(load_acquire(&cell->virqs.state)))
		cpu_request(others, CPU_REQ_VIRQ);
}

void vspi_leave(void)
{
	struct cell *cell = this_cell();

	if (!vspi_exists(cell))
		return;
	/* Before pending is read: whoever raises one later finds another target, or none. */
	fetch_and(&cell->virqs.places, ~BIT(cpu_self()->place));
	choose_target(cell);
	vspi_sync();
	if (due(cell))
		arch_virq_changed(cell);
}

bool arch_virq_exists(u32 irq)
{
	return irq >= INTID_SPI && irq < gicd_intids();
}

void arch_virq_reset(struct cell *cell, u32 n)
{
	cell->arch.virq_lrs[n] = lr_virtual(cell->virqs.irq[n], PRIORITY_DEFAULT) |
				 (n == VIRQ_UART ? LR_EOI : 0);
	fetch_and(&cell->virqs.state, ~(VIRQ_ENABLED(n) | VIRQ_PENDING(n)));
}

static inline void tell_target(const struct cell *cell)
{
	struct cpu *target = target_of(cell);

	if (unlikely(target == cpu_self()))
		vspi_sync();
	else if (likely(target))
		have_look(target);
}

void arch_virq_changed(struct cell *cell)
{
	if (virq_enabled(load_acquire(&cell->virqs.state)))
		tell_target(cell);
}

void arch_virq_raise(struct cell *cell, u32 n)
{
	struct cpu *target;

	if (!(fetch_or(&cell->virqs.state, VIRQ_PENDING(n)) & VIRQ_ENABLED(n)))
		return;
	/* Hardly ever this CPU: then its own doorbell rings, when it is back in its guest. */
	target = target_of(cell);
	if (likely(target))
		have_look(target);
}

/* --- registers --- */

/* All CPUs of the cell sync, because any of them may have the interrupt in a list register. */
static void changed_by_guest(const struct cell *cell)
{
	vspi_sync();
	cpu_request(cell->cpu_mask & ~BIT(this_cpu()), CPU_REQ_VIRQ);
}

static void enable(struct cell *cell, u32 n, bool on)
{
	u32 bit = VIRQ_ENABLED(n), before;

	before = on ? fetch_or(&cell->virqs.state, bit) : fetch_and(&cell->virqs.state, ~bit);
	if (!(before & bit) == on)
		changed_by_guest(cell);
}

/* The state of interrupt @n in this CPU's list registers: LR_PENDING, LR_ACTIVE, both or 0. */
static u64 held(const struct cell *cell, u32 n)
{
	int lr = lr_find(cell->virqs.irq[n]);

	return lr < 0 ? 0 : gic_lr_read((u32)lr) & (LR_PENDING | LR_ACTIVE);
}

static void let_go(const struct cell *cell, u32 n, u64 state)
{
	int i = lr_find(cell->virqs.irq[n]);
	u64 lr;

	if (i < 0)
		return;
	lr = gic_lr_read((u32)i) & ~state;
	gic_lr_write((u32)i, lr & (LR_PENDING | LR_ACTIVE) ? lr : 0);
	/* The interrupt may be raised still, and there may be room for others. */
	vspi_sync();
}

static bool is_pending(const struct cell *cell, u32 n)
{
	if (n == VIRQ_UART)
		return cell_virq_is_raised(cell);
	return load_acquire(&cell->virqs.state) & VIRQ_PENDING(n) || held(cell, n) & LR_PENDING;
}

static bool read_bit(const struct cell *cell, u32 n, u32 kind)
{
	switch (kind) {
	case VBANK_GROUP:
		/*
		 * As with physical interrupts: of two security states the secure one has it.
		 */
		return read32(gicd_base, GICD_CTLR) & GICD_CTLR_DS;
	case VBANK_SET_CLEAR:
	case VBANK_CLEAR_ENABLE:
		return load_acquire(&cell->virqs.state) & VIRQ_ENABLED(n);
	case VBANK_SET_PENDING:
	case VBANK_CLEAR_PENDING:
		return is_pending(cell, n);
	case VBANK_SET_ACTIVE:
	case VBANK_CLEAR_ACTIVE:
		return held(cell, n) & LR_ACTIVE;
	}
	return false;
}

static void write_bit(struct cell *cell, u32 n, u32 kind)
{
	switch (kind) {
	case VBANK_SET_CLEAR:
	case VBANK_CLEAR_ENABLE:
		enable(cell, n, kind == VBANK_SET_CLEAR);
		break;
	case VBANK_SET_PENDING:
		if (n == VIRQ_UART)
			break;
		fetch_or(&cell->virqs.state, VIRQ_PENDING(n));
		arch_virq_changed(cell);
		break;
	case VBANK_CLEAR_PENDING:
		if (n == VIRQ_UART)
			break;
		fetch_and(&cell->virqs.state, ~VIRQ_PENDING(n));
		let_go(cell, n, LR_PENDING);
		break;
	case VBANK_CLEAR_ACTIVE:
		let_go(cell, n, LR_ACTIVE);
		break;
	}
}

static u64 access_bit(struct mmio_access a, struct cell *cell, u32 n)
{
	u32 irq = cell->virqs.irq[n], bit = 1U << irq % 32, kind = vbank_kind(a.offset);

	if (a.size != 4 || a.offset / 4 % 32 != irq / 32)
		return 0;
	if (!a.write)
		return read_bit(cell, n, kind) ? bit : 0;
	if (a.value & bit)
		write_bit(cell, n, kind);
	return 0;
}

static u64 access_priority(struct mmio_access a, struct cell *cell, u32 n)
{
	u32 byte = cell->virqs.irq[n] - (a.offset - GICD_IPRIORITYR);
	u64 lr = fresh(cell, n);

	if (byte >= a.size || a.size == 2 || a.size == 8)
		return 0;
	if (!a.write)
		return (u64)LR_PRIORITY(lr) << 8 * byte;
	lr &= ~LR_PRIORITY_MASK;
	lr |= (a.value >> 8 * byte & 0xff) << LR_PRIORITY_SHIFT;
	WRITE_ONCE(cell->arch.virq_lrs[n], lr);
	changed_by_guest(cell);
	return 0;
}

/* Two bits for each interrupt; the upper one says that it is an edge. */
static u64 read_config(struct mmio_access a, const struct cell *cell, u32 n)
{
	u32 irq = cell->virqs.irq[n];

	if (n == VIRQ_UART || a.size != 4 || a.write || (a.offset - GICD_ICFGR) / 4 != irq / 16)
		return 0;
	return 2U << irq % 16 * 2;
}

static u64 access_one(struct mmio_access a, struct cell *cell, u32 n)
{
	switch (vbank_kind(a.offset)) {
	case VBANK_BYTES:
		return access_priority(a, cell, n);
	case VBANK_CONFIG:
		return read_config(a, cell, n);
	case VBANK_OTHER:
		return 0;
	}
	return access_bit(a, cell, n);
}

u64 vspi_access(struct mmio_access a)
{
	struct cell *cell = this_cell();
	u64 value = 0;
	u32 left;

	for (left = cell->virqs.exist; left; left &= left - 1)
		value |= access_one(a, cell, (u32)__builtin_ctz(left));
	return value;
}
