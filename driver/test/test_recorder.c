// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Records of exits for user space: each has the right CPU, none is returned twice or torn, lost
 * ones are counted, and no CPU is traced once the file is closed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include <jh/trace.h>

#define RING(cpu)	(0x8000 + 0x3000 * (cpu))
#define AREA		RING(4)
#define HZ_OF_COUNTER	62500000

static _Alignas(64) char area[AREA];
static struct jh_system the_system;
static struct jh_report *const report = (void *)area;
static struct jh_ioctl_trace arg;
static struct jh_trace_entry got[300];
static const struct file_operations *fops;
static struct file file;
static struct jh_cell cell;
static u32 traced, calls;		/* a bit for each CPU that is traced */
static u32 refused_cpu;
static long bad_offset;
static int file_code;

struct mutex jh_lock;
struct rw_semaphore jh_report_lock;
struct jh_system *jh_system;

static struct jh_cpu_report *cpu_of(u32 cpu)
{
	return (struct jh_cpu_report *)(area + report->cpus_offset) + cpu;
}

const struct jh_cell_report *jh_report_cell(u32 id)
{
	return (struct jh_cell_report *)(area + report->cells_offset) + id;
}

static struct jh_cell_report *cell_of(u32 id)
{
	return (struct jh_cell_report *)jh_report_cell(id);
}

struct jh_cell *jh_cell_find(u32 id, u32 generation, struct jh_error *err)
{
	if (id == 1 && generation == 7)
		return &cell;
	refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, id);
	return NULL;
}

long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	assert_int_equal(code, JH_HC_CPU_TRACE);
	assert_int_equal(jh_lock.held, 1);
	assert_true(a < 4);
	calls++;
	if (b && a == refused_cpu)
		return refuse(&report->error, JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 0);
	traced = b ? traced | 1 << a : traced & ~(1 << a);
	return bad_offset ?: RING(a);
}

u64 jh_arch_frequency(void)
{
	return HZ_OF_COUNTER;
}

int anon_inode_getfd(const char *name, const struct file_operations *operations, void *data,
		     int flags)
{
	assert_int_equal(flags, O_RDONLY | O_CLOEXEC);
	if (file_code < 0)
		return file_code;
	fops = operations;
	file.private_data = data;
	return file_code;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return 0;
}

static struct jh_trace_ring *ring(u32 cpu)
{
	return (struct jh_trace_ring *)(area + RING(cpu));
}

/* CPU @cpu leaves its guest @count times. A record tells its own number. */
static void leave(u32 cpu, u32 count)
{
	struct jh_trace_ring *to = ring(cpu);

	for (; count; count--) {
		to->records[to->head % JH_TRACE_RECORDS] = (struct jh_trace_record){
			.time = to->head, .pc = cpu, .detail = ~to->head, .syndrome = 1, .kind = 2,
		};
		to->head++;
	}
}

static int setup(void **state)
{
	u32 i;

	fake_reset();
	memset(area, 0, sizeof(area));
	*report = (struct jh_report){
		.size = 0x8000, .num_cpus = 4, .num_cells = 3, .cpus_offset = sizeof(*report),
		.cells_offset = 0x2000,
	};
	for (i = 0; i < 4; i++) {
		cpu_of(i)->state = JH_CPUREP_RUNNING;
		cpu_of(i)->cell = i >> 1;
		leave(i, 10);
	}
	for (i = 0; i < 2; i++)
		*cell_of(i) = (struct jh_cell_report){
			.state = JH_CELL_RUNNING, .cpu_mask = 3 << 2 * i, .generation = 7 * i,
		};
	the_system = (struct jh_system){ .report = report, .active = true, .hv.size = AREA + 0x3000,
					 .image.report_offset = 0x3000 };
	jh_system = &the_system;
	arg = (struct jh_ioctl_trace){ .cell = 1, .generation = 7 };
	traced = calls = 0;
	refused_cpu = 99;
	bad_offset = 0;
	file_code = 5;
	return 0;
}

static int start(void)
{
	int code;

	jh_lock.held = 1;
	code = jh_recorder_start(&arg);
	jh_lock.held = 0;
	return code;
}

static ssize_t get(size_t entries)
{
	loff_t position = 0;
	ssize_t result;

	memset(got, 0x5a, sizeof(got));
	result = fops->read(&file, (char *)got, entries * sizeof(got[0]) + 1, &position);
	assert_int_equal(jh_report_lock.held, 0);
	if (result > 0) {
		assert_int_equal(result % sizeof(got[0]), 0);
		assert_true((size_t)result <= entries * sizeof(got[0]));
	}
	return result > 0 ? result / (ssize_t)sizeof(got[0]) : result;
}

static void end(void)
{
	fops->release(NULL, &file);
	assert_int_equal(jh_lock.held, 0);
	assert_int_equal(traced, 0);
	assert_int_equal(fake_allocated(), 0);
}

/* Entries [i, i + count) of those that were read are records of @cpu from @first on. */
static void assert_records(u32 i, u32 count, u32 cpu, u64 first, u32 lost)
{
	u32 n;

	for (n = 0; n < count; n++) {
		assert_int_equal(got[i + n].cpu, cpu);
		assert_int_equal(got[i + n].lost, n ? 0 : lost);
		assert_int_equal(got[i + n].record.time, first + n);
		assert_int_equal(got[i + n].record.detail, ~(first + n));
		assert_int_equal(got[i + n].record.pc, cpu);
		assert_int_equal(got[i + n].record.syndrome, 1);
		assert_int_equal(got[i + n].record.kind, 2);
	}
}

/* A program may have closed its standard input. */
static void any_number_of_a_file(void **state)
{
	file_code = 0;
	assert_int_equal(start(), 0);
	assert_int_equal(arg.file, 0);
	assert_int_equal(traced, 0xc);
	fops->release(NULL, &file);
}

static void exits_of_the_cell_from_now_on(void **state)
{
	assert_int_equal(start(), 0);
	assert_int_equal(arg.file, 5);
	assert_int_equal(arg.frequency, HZ_OF_COUNTER);
	assert_int_equal(traced, 0xc);
	assert_int_equal(get(50), -EAGAIN);
	leave(0, 3);
	assert_int_equal(get(50), -EAGAIN);
	leave(2, 3);
	leave(3, 2);
	assert_int_equal(get(50), 5);
	assert_records(0, 3, 2, 10, 0);
	assert_records(3, 2, 3, 10, 0);
	assert_int_equal(get(50), -EAGAIN);
	/* What does not fit comes with the next call. */
	leave(2, 5);
	assert_int_equal(get(2), 2);
	assert_records(0, 2, 2, 13, 0);
	assert_int_equal(get(50), 3);
	assert_records(0, 3, 2, 15, 0);
	assert_int_equal(get(0), -EINVAL);
	end();
	assert_int_equal(calls, 4);
}

static void linux_itself(void **state)
{
	arg.cell = arg.generation = 0;
	cpu_of(1)->state = JH_CPUREP_ABSENT;
	assert_int_equal(start(), 0);
	assert_int_equal(traced, 1);
	leave(0, 1);
	assert_int_equal(get(5), 1);
	assert_records(0, 1, 0, 10, 0);
	end();
}

/* Root may give a CPU away while it is traced. */
static void a_cpu_that_has_another_owner(void **state)
{
	assert_int_equal(start(), 0);
	leave(2, 1);
	leave(3, 1);
	cpu_of(2)->cell = 0;
	assert_int_equal(get(5), 1);
	assert_records(0, 1, 3, 10, 0);
	end();
}

static void what_was_overwritten_is_counted(void **state)
{
	assert_int_equal(start(), 0);
	/* All that is whole: the oldest place may be being written. */
	leave(2, JH_TRACE_RECORDS - 1);
	assert_int_equal(get(60), 60);
	assert_records(0, 60, 2, 10, 0);
	leave(2, 61);
	assert_int_equal(get(60), 60);
	assert_records(0, 60, 2, 71, 1);
	leave(2, JH_TRACE_RECORDS * 3);
	assert_int_equal(get(1), 1);
	assert_int_equal(got[0].lost, ring(2)->head - (JH_TRACE_RECORDS - 1) - 131);
	assert_int_equal(got[0].record.time, ring(2)->head - (JH_TRACE_RECORDS - 1));
	assert_int_equal(get(1), 1);
	assert_int_equal(got[0].lost, 0);
	end();
}

static u32 overtaken;

static void overtake(void)
{
	leave(2, overtaken);
	overtaken = 0;
}

/* Records that the CPU overwrites during a read are not returned. */
static void the_writer_overtakes(void **state)
{
	assert_int_equal(start(), 0);
	leave(2, JH_TRACE_RECORDS - 1);
	overtaken = 5;
	fake_between = overtake;
	assert_int_equal(get(20), 15);
	assert_records(0, 15, 2, 15, 5);
	/* By more than was copied. */
	overtaken = 50;
	assert_int_equal(get(20), -EAGAIN);
	fake_between = NULL;
	assert_int_equal(get(3), 3);
	assert_records(0, 3, 2, ring(2)->head - (JH_TRACE_RECORDS - 1), 35);
	end();
}

static void a_destroyed_cell_ends_the_file(void **state)
{
	assert_int_equal(start(), 0);
	leave(2, 1);
	cell_of(1)->generation = 8;
	assert_int_equal(get(5), 0);
	cell_of(1)->generation = 7;
	cell_of(1)->state = JH_CELL_NONE;
	assert_int_equal(get(5), 0);
	end();
}

static void disable_ends_the_file(void **state)
{
	assert_int_equal(start(), 0);
	jh_recorder_stop();
	traced = 0;
	calls = 0;
	jh_system = NULL;
	assert_int_equal(get(5), 0);
	end();
	assert_int_equal(calls, 0);
	jh_recorder_stop();
}

static void only_one_recorder_at_a_time(void **state)
{
	assert_int_equal(start(), 0);
	assert_int_equal(start(), -EBUSY);
	assert_int_equal(arg.error.reason, JH_ERR_TRACE_BUSY);
	assert_int_equal(traced, 0xc);
	end();
	assert_int_equal(start(), 0);
	end();
}

static void absent_cells_are_refused(void **state)
{
	arg.generation = 6;
	assert_int_equal(start(), -ENOENT);
	assert_int_equal(arg.error.reason, JH_ERR_NO_CELL);
	arg.cell = 0;
	assert_int_equal(start(), -EINVAL);
	arg.generation = 0;
	jh_system = NULL;
	assert_int_equal(start(), -ENODEV);
	assert_int_equal(arg.error.reason, JH_ERR_NOT_ENABLED);
	assert_int_equal(calls, 0);
	assert_int_equal(fake_allocated(), 0);
}

static void whatever_fails_is_undone(void **state)
{
	refused_cpu = 3;
	assert_int_equal(start(), -ENOMEM);
	assert_int_equal(arg.error.reason, JH_ERR_HV_POOL);
	assert_int_equal(traced, 0);
	assert_int_equal(fake_allocated(), 0);
	refused_cpu = 99;
	file_code = -EMFILE;
	assert_int_equal(start(), -EMFILE);
	assert_int_equal(traced, 0);
	assert_int_equal(fake_allocated(), 0);
	file_code = 0;
	/* Offsets from the hypervisor are checked, too. */
	for (bad_offset = AREA - 8; bad_offset < AREA + 0x40000; bad_offset += 0x10008)
		assert_int_equal(start(), -EIO);
	bad_offset = RING(1) + 4;
	assert_int_equal(start(), -EIO);
	assert_int_equal(traced, 0);
	assert_int_equal(fake_allocated(), 0);
	bad_offset = 0;
	assert_int_equal(start(), 0);
	leave(2, 1);
	fake_no_user = (char *)got;
	assert_int_equal(get(5), -EFAULT);
	fake_no_user = NULL;
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(any_number_of_a_file, setup),
		cmocka_unit_test_setup(exits_of_the_cell_from_now_on, setup),
		cmocka_unit_test_setup(linux_itself, setup),
		cmocka_unit_test_setup(a_cpu_that_has_another_owner, setup),
		cmocka_unit_test_setup(what_was_overwritten_is_counted, setup),
		cmocka_unit_test_setup(the_writer_overtakes, setup),
		cmocka_unit_test_setup(a_destroyed_cell_ends_the_file, setup),
		cmocka_unit_test_setup(disable_ends_the_file, setup),
		cmocka_unit_test_setup(only_one_recorder_at_a_time, setup),
		cmocka_unit_test_setup(absent_cells_are_refused, setup),
		cmocka_unit_test_setup(whatever_fails_is_undone, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
