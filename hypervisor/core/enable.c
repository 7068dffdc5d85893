// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/learn.h>
#include <hv/log.h>
#include <hv/mmio.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/uart.h>
#include <refuse.h>
#include <string.h>

/*
 * CPUs arrive out of stop_machine(), each as soon as it executes, which for one that is emulated on
 * a busy machine may be late. As long as others come so may it: time counts from the last of them.
 */
#define MEET_MICROSECONDS	10000000

static const struct jh_boot_info *info;
static const void *config;
static bool enabled;

#define MEETINGS		3	/* at most in a row: the phases below */
#define ALL_WELL		1

/*
 * Where all CPUs wait for each other. Each meeting has one verdict, which the first to know it
 * stores and nobody changes: an errno before the failing CPU arrives or when one stays away,
 * ALL_WELL after all have come. So the CPUs leave with the same result, however slow one is.
 */
struct meeting {
	u32 arrived;	/* in all meetings so far */
	s32 verdicts[MEETINGS];
};

static struct meeting meeting;

static bool decide(s32 *verdict, s32 value)
{
	return compare_exchange(verdict, 0, value);
}

static void say_who_is_late(u32 arrived, u32 all)
{
	struct jh_error error;
	int ret = refuse_value(&error, JH_ERR_CPU_LATE, JH_OBJ_MACHINE, 0, arrived, all);

	report_error(&error, ret);
}

/* Wait for the @nth meeting of all CPUs of @mask; the error that one of them brought, or 0. */
static int meet(struct meeting *m, u64 mask, u32 nth, int err)
{
	u32 count = cpu_mask_count(mask), all = nth * count, arrived, before = 0;
	s32 *verdict = &m->verdicts[nth - 1];
	u64 deadline = 0;

	if (err)
		decide(verdict, err);
	fetch_add(&m->arrived, 1);
	while ((arrived = load_acquire(&m->arrived)) < all) {
		if (arrived != before)
			deadline = arch_deadline(MEET_MICROSECONDS);
		before = arrived;
		/* The caller tells of a CPU that EL2 did not let in. */
		if (load_acquire(&info->turned_away)) {
			decide(verdict, -EOPNOTSUPP);
			break;
		}
		if (arch_expired(deadline)) {
			if (decide(verdict, -ETIMEDOUT))
				say_who_is_late(arrived - (all - count), count);
			break;
		}
		arch_relax();
	}
	decide(verdict, ALL_WELL);
	err = load_acquire(verdict);
	return err == ALL_WELL ? 0 : err;
}

static int check(u32 cpu, struct jh_error *error)
{
	int err;

	(void)cpu;
	report_init();
	config = (const void *)(pa_to_va(PA(info->hv_address + info->config_offset)));
	pool_init(pa_to_va(PA(info->hv_address + info->pool_offset)),
		  (info->hv_size - info->pool_offset) / PAGE_SIZE);
	uart_init((void *)info->device_va[JH_BOOT_DEV_CONSOLE], NULL);
	/*
	 * What it says was judged by the driver, with the same code. To do it again protects
	 * nobody: until the hypervisor runs, root decides what it is made of.
	 */
	err = config_check_frame(config, info->config_size, JH_CONFIG_SYSTEM, error);
	if (err)
		return err;
	uart_init((void *)info->device_va[JH_BOOT_DEV_CONSOLE], config_console(config));
	return arch_check(config_system(config), error);
}

static int map_identity(u64 start, u64 size, u64 smallest, u32 flags)
{
	int err = pgtable_prepare(&root_cell.pt, GPA(start), PA(start), size, smallest);

	if (!err && flags)
		pgtable_map(&root_cell.pt, GPA(start), PA(start), size, flags);
	return err;
}

static int hide_pieces(u64 start, u64 size, u64 smallest)
{
	u64 first = ALIGN_DOWN(start, PAGE_SIZE);
	u64 bytes = ALIGN_UP(start + size, PAGE_SIZE) - first;
	int err = pgtable_prepare(&root_cell.pt, GPA(first), PA(first), bytes, smallest);

	if (!err)
		pgtable_unmap(&root_cell.pt, GPA(first), bytes);
	return err;
}

static int hide(u64 start, u64 size)
{
	return hide_pieces(start, size, 0);
}

/* root.memory = "all": everything, one to one, in the largest blocks. */
static int map_all(void)
{
	return map_identity(0, 1UL << root_cell.pt.bits, 0, ROOT_MAP_FLAGS);
}

/* root.memory = "listed": what the configuration names. */
static int map_listed(void)
{
	const struct jh_config_memory *list;
	u32 i, n;
	int err = 0;

	list = config_memories(config, &n);
	for (i = 0; i < n && !err; i++)
		err = map_identity(list[i].phys, list[i].size, 0, ROOT_MAP_FLAGS);
	return err;
}

/* What may move to cells later is mapped by pages, so that no live block has to be split then. */
static int split_windows(void)
{
	const struct jh_config_window *list;
	u32 i, n;
	int err = 0;

	list = config_windows(config, &n);
	for (i = 0; i < n && !err; i++)
		err = map_identity(list[i].address, list[i].size, PAGE_SIZE, ROOT_MAP_FLAGS);
	return err;
}

static int hide_hypervisor(void)
{
	u64 area = va_to_pa(&report).a;
	/* By pages: some of them become readable later (consoles of cells). */
	int err = hide_pieces(info->hv_address, info->hv_size, PAGE_SIZE);
	u32 i;

	if (!err)
		err = map_identity(area, ALIGN_UP(sizeof(report), PAGE_SIZE), PAGE_SIZE, MAP_READ);
	for (i = 0; i < info->num_pools && i < JH_MAX_POOLS && !err; i++)
		err = hide(info->pools[i].address, info->pools[i].size);
	return err;
}

static u32 address_bits(u64 max_address)
{
	u32 bits = 32;

	while (bits < 48 && max_address >> bits)
		bits++;
	return bits;
}

static int build_root(void)
{
	int err = pgtable_init(&root_cell.pt, address_bits(info->max_address), CELL_ROOT);

	if (!err)
		err = config_system(config)->flags & JH_SYSTEM_ROOT_LISTED ? map_listed() :
									   map_all();
	if (!err)
		err = split_windows();
	if (!err)
		err = mmio_each(hide);
	if (!err)
		err = arch_cell_map(&root_cell);
	if (!err)
		err = hide_hypervisor();
	return err;
}

static int build(u32 cpu, struct jh_error *error)
{
	const struct jh_config_system *system = config_system(config);
	u64 left = info->cpu_mask;
	int err;

	(void)cpu;
	owner_init(info, config);
	learn_init(system->flags);
	root_cell.report = &report.cells[CELL_ROOT];
	root_cell.cpu_mask = info->cpu_mask;
	root_cell.report->cpu_mask = info->cpu_mask;
	memcpy(root_cell.report->name, system->name, JH_NAME_LEN);
	while (left) {
		u32 n = cpu_mask_next(&left);

		cpus[n].cell = &root_cell;
		cpus[n].report = &report.cpus[n];
	}
	err = arch_build(system, error);
	if (err)
		return err;
	err = build_root();
	if (err)
		return refuse_value(error, JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 0, pool_size(), 0);
	cell_set(CELL_ROOT, &root_cell);
	return 0;
}

/* Root's map is as wide as the machine's highest address asks for: can this CPU walk it? */
static int prepare(u32 cpu, struct jh_error *error)
{
	u32 bits = arch_address_bits();

	if (root_cell.pt.bits > bits)
		return refuse_value(error, JH_ERR_WIDTH, JH_OBJ_SYSTEM, 0, info->max_address,
				    (1UL << bits) - 1);
	return arch_cpu_prepare(cpu, error);
}

struct phase {
	int (*run)(u32 cpu, struct jh_error *error);
	bool first_only;
};

/* The order of bring-up. All CPUs meet after each phase; a failure in any ends it for all. */
static const struct phase phases[] = {
	{ check, true },
	{ build, true },
	{ prepare, false },
};

_Static_assert(ARRAY_SIZE(phases) <= MEETINGS, "a verdict for each");

static void commit(u32 cpu)
{
	cpus[cpu].report->state = JH_CPUREP_RUNNING;
	store_release(&cpus[cpu].state, CPU_RUNNING);
	arch_cpu_commit(cpu);
}

/* A CPU that root got back bare, while no cell existed, and now hands over again. */
static int enable_late(u32 cpu)
{
	struct jh_error error = { 0 };
	int err;

	if (!cpu_mask_has(info->cpu_mask, cpu) || load_acquire(&cpus[cpu].state) != CPU_UNMANAGED)
		return -EINVAL;
	err = prepare(cpu, &error);
	if (!err)
		commit(cpu);
	return err;
}

int enable_cpu(u32 cpu, const struct jh_boot_info *boot_info)
{
	struct jh_error error = { 0 };
	bool first = boot_info->cpu_mask >> cpu == 1;	/* the highest number */
	u32 i;
	int err = 0;

	if (load_acquire(&enabled))
		return enable_late(cpu);
	/* Every CPU stores the same value. */
	store_release(&info, boot_info);
	for (i = 0; i < ARRAY_SIZE(phases); i++) {
		if (first || !phases[i].first_only)
			err = phases[i].run(cpu, &error);
		if (err)
			report_error(&error, err);
		err = meet(&meeting, boot_info->cpu_mask, i + 1, err);
		if (err)
			return err;
	}
	commit(cpu);
	if (first) {
		root_cell.pt.live = true;
		cell_set_state(&root_cell, JH_CELL_RUNNING);
		log_printf("jh: enabled, %u pages of %u in use\n", (u32)pool_used(),
			   (u32)pool_size());
		report.head.pool_used = pool_used();
		store_release(&report.head.enabled, 1);
		store_release(&enabled, true);
	}
	return 0;
}

/*
 * The meetings of one try to end it all. Tries use structures in turn, so that a CPU which still
 * looks at the last try's is not disturbed when the next one's is cleared.
 */
#define TRIES	4
static struct meeting ends[TRIES];
static u32 try;

/*
 * Nobody leaves this way before all have come, to the @nth meeting: then the next try may use
 * another structure.
 */
static int try_again(struct meeting *end, u64 online, u32 nth, int err)
{
	(void)meet(end, online, nth, err);
	if (online >> this_cpu() == 1) {
		memset(&ends[(try + 2) % TRIES], 0, sizeof(*ends));
		store_release(&try, try + 1);
	}
	return err;
}

/*
 * CPUs that wait inside of the hypervisor, or are still on their way to firmware, execute what
 * Linux is about to get back: each must be off. One that is not stays, and jh with it.
 */
static int kill_parked(u64 mask, struct jh_error *error)
{
	u32 cpu;

	while (mask) {
		cpu = cpu_mask_next(&mask);
		if (arch_cpu_kill(&cpus[cpu]))
			return refuse_value(error, JH_ERR_CPU_STAYS, JH_OBJ_MACHINE, 0, cpu, 0);
	}
	return 0;
}

int enable_undo(void)
{
	struct meeting *end = &ends[load_acquire(&try) % TRIES];
	u64 online = 0, parked = 0, left = root_cell.cpu_mask;
	struct jh_error error = { 0 };
	u32 cpu, state;
	int err;

	while (left) {
		cpu = cpu_mask_next(&left);
		state = load_acquire(&cpus[cpu].state);
		if (state == CPU_RUNNING)
			online |= BIT(cpu);
		else if (state != CPU_UNMANAGED)
			parked |= BIT(cpu);
	}
	if (cell_count() > 1) {
		for (cpu = 1; !cell_get(cpu); cpu++)
			;
		err = refuse(&error, JH_ERR_CELLS_ALIVE, JH_OBJ_CELL, cpu);
		return report_error(&error, err);
	}
	/* What is in flight and cannot be put back has to be delivered first. */
	err = meet(end, online, 1, arch_cpu_may_release() ? 0 : -EAGAIN);
	if (err)
		return try_again(end, online, 2, err);
	if (online >> this_cpu() == 1) {
		err = kill_parked(parked, &error);
		if (err)
			report_error(&error, err);
		else
			store_release(&report.head.enabled, 0);
	}
	err = meet(end, online, 2, err);
	if (err)
		return try_again(end, online, 3, err);
	arch_cpu_release(this_cpu());
}
