// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * /dev/jh: permissions; arguments are copied once, and not under jh_lock; management is under it.
 * The module loads completely or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "module.h"

char jh_who_text[JH_WHO_LEN];
const struct attribute_group *jh_sysfs_groups[1];

static bool may;			/* capable() */
static char config[100];		/* user space's */
static struct jh_cell cell;
static int answer;			/* of what was called */
static u32 reason;			/* and its refusal */
static const char *called;
static u32 length, flags, checks, ends, stops, rprocs_end;
static u32 fails;			/* the n-th step of loading from now on; 0: none */
static int devices, powers, miscs, ttys;
static bool stays_enabled;
static void (*while_ending)(void);	/* the module goes; NULL: nobody does anything */
static u32 tries;

bool capable(int capability)
{
	return may && capability == CAP_SYS_ADMIN;
}

long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	return -ENOTTY;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return 0;
}

/* A machine on which enable is refused with @obstacle; 0: it is not */
static u32 obstacle;

int jh_arch_probe(struct jh_error *err)
{
	return obstacle ? refuse(err, obstacle, JH_OBJ_MACHINE, 0) : 0;
}

/* --- what does the work --- */

static int act(const char *name, struct jh_error *err)
{
	assert_int_equal(jh_lock.held, 1);
	called = name;
	if (err && !reason) {
		assert_int_equal(err->reason, 0);
		return answer;
	}
	return err && reason ? refuse(err, reason, JH_OBJ_CELL, 9) : answer;
}

/* The configuration is theirs. */
int jh_enable(void *copy, u32 size, u32 with, struct jh_error *err)
{
	assert_memory_equal(copy, config, size);
	length = size;
	flags = with;
	kvfree(copy);
	strcpy(jh_who_text, "somebody");
	return act("enable", err);
}

int jh_disable(struct jh_error *err)
{
	return act("disable", err);
}

int jh_cell_create(void *copy, struct jh_ioctl_create *create)
{
	assert_memory_equal(copy, config, create->length);
	length = create->length;
	kvfree(copy);
	create->cell = 5;
	create->generation = 6;
	strcpy(jh_who_text, "a driver");
	return act("create", &create->error);
}

struct jh_cell *jh_cell_find(u32 id, u32 generation, struct jh_error *err)
{
	if (id == 5 && generation == 6)
		return &cell;
	refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, id);
	return NULL;
}

int jh_cell_start(struct jh_cell *which, struct jh_error *err)
{
	return act("start", err);
}

int jh_cell_shutdown(struct jh_cell *which, u32 with, struct jh_error *err)
{
	flags = with;
	return act("shutdown", err);
}

int jh_recorder_start(struct jh_ioctl_trace *trace)
{
	trace->file = 11;
	return act("trace", &trace->error);
}

int jh_place_find(struct jh_cell *which, struct jh_ioctl_places *places)
{
	places->pc[3] = 0x1234;
	return act("places", &places->error);
}

int jh_cell_destroy(struct jh_cell *which, struct jh_error *err)
{
	return act("destroy", err);
}

/* These three take the lock themselves, or need none. */
int jh_load(struct jh_ioctl_load *load)
{
	assert_int_equal(jh_lock.held, 0);
	called = "load";
	return answer;
}

int jh_ring_read(struct jh_ioctl_read_ring *ring)
{
	assert_int_equal(jh_lock.held, 0);
	called = "ring";
	ring->copied = 17;
	return answer;
}

int jh_ring_report(const struct jh_ioctl_report *report)
{
	assert_int_equal(jh_lock.held, 0);
	called = "report";
	return answer;
}

int jh_input_write(struct jh_ioctl_write_console *arg)
{
	assert_int_equal(jh_lock.held, 0);
	called = "input";
	arg->copied = 18;
	return answer;
}

void jh_event_check(void)
{
	assert_int_equal(jh_lock.held, 1);
	assert_non_null(called);
	checks++;
}

/* --- loading and unloading --- */

void jh_event_stop(void)
{
	/* Nobody can call any more. */
	assert_int_equal(miscs, 0);
	assert_int_equal(jh_lock.held, 0);
	stops++;
}

static int step(int *count)
{
	if (fails && !--fails)
		return -ENOSPC;
	++*count;
	return 0;
}

int jh_stub_init(void)
{
	return step(&devices);
}

void jh_stub_exit(void)
{
	devices--;
}

int jh_power_init(void)
{
	return step(&powers);
}

void jh_power_exit(void)
{
	assert_int_equal(miscs, 0);
	powers--;
}

int jh_tty_init(void)
{
	return step(&ttys);
}

/* No cell is left, and nobody makes one. */
/* The device, and who has it open, is no more. */
void jh_link_exit(void)
{
	assert_int_equal(miscs, 0);
}

void jh_tty_exit(void)
{
	assert_int_equal(miscs, 0);
	ttys--;
}

int misc_register(struct miscdevice *misc)
{
	assert_ptr_equal(misc, &jh_misc);
	return step(&miscs);
}

void misc_deregister(struct miscdevice *misc)
{
	miscs--;
}

void jh_kvm_exit(void)
{
	assert_int_equal(powers, 0);
}

/* Remoteproc lets go of all cells while others can still manage. */
void jh_rproc_end(void)
{
	assert_int_equal(jh_lock.held, 0);
	rprocs_end++;
}

void jh_enable_end(void)
{
	if (while_ending)
		while_ending();
	assert_int_equal(jh_lock.held, 1);
	assert_int_equal(miscs, 1);
	ends++;
	if (!stays_enabled || ends == 3)
		jh_system = NULL;
}

static int setup(void **state)
{
	u32 i;

	fake_reset();
	may = true;
	for (i = 0; i < sizeof(config); i++)
		config[i] = i * 3 + 1;
	answer = 0;
	reason = 0;
	called = NULL;
	length = flags = checks = ends = fails = stops = rprocs_end = 0;
	stays_enabled = false;
	memset(jh_who_text, 0, sizeof(jh_who_text));
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(fake_allocated(), 0);
	assert_int_equal(jh_lock.held, 0);
	return 0;
}

static long call(unsigned int command, void *argument)
{
	called = NULL;
	checks = 0;
	return jh_misc.fops->unlocked_ioctl(NULL, command, (unsigned long)argument);
}

static struct jh_ioctl_create creation(u32 size)
{
	return (struct jh_ioctl_create){ .config = (uintptr_t)config, .length = size };
}

static void managed(const char *name)
{
	assert_non_null(called);
	assert_string_equal(called, name);
	assert_int_equal(checks, 1);
}

static void each_call_does_its_own(void **state)
{
	struct jh_ioctl_enable enable = { .config = (uintptr_t)config, .length = sizeof(config),
					  .flags = JH_ENABLE_DRY_RUN };
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_disable disable = { 0 };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };
	struct jh_ioctl_places places = { .cell = 5, .generation = 6 };
	struct jh_ioctl_trace trace = { .cell = 5, .generation = 6 };

	assert_int_equal(call(JH_IOC_ENABLE, &enable), 0);
	managed("enable");
	assert_int_equal(length, sizeof(config));
	assert_int_equal(flags, JH_ENABLE_DRY_RUN);
	assert_string_equal(enable.who, "somebody");
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), 0);
	managed("create");
	assert_int_equal(create.cell, 5);
	assert_int_equal(create.generation, 6);
	assert_string_equal(create.who, "a driver");
	assert_int_equal(call(JH_IOC_CELL_START, &one), 0);
	managed("start");
	one.flags = JH_SHUTDOWN_FORCE;
	assert_int_equal(call(JH_IOC_CELL_SHUTDOWN, &one), 0);
	managed("shutdown");
	assert_int_equal(flags, JH_SHUTDOWN_FORCE);
	one.flags = 0;
	assert_int_equal(call(JH_IOC_CELL_PLACES, &places), 0);
	managed("places");
	assert_int_equal(call(JH_IOC_TRACE, &trace), 0);
	managed("trace");
	assert_int_equal(trace.file, 11);
	trace.reserved = 1;
	assert_int_equal(call(JH_IOC_TRACE, &trace), -EINVAL);
	assert_int_equal(places.pc[3], 0x1234);
	assert_int_equal(call(JH_IOC_CELL_DESTROY, &one), 0);
	managed("destroy");
	assert_int_equal(call(JH_IOC_DISABLE, &disable), 0);
	managed("disable");
}

static void those_that_take_no_lock(void **state)
{
	struct jh_ioctl_load load = { .flags = JH_LOAD_START, .entry = 4, .argument = 1 };
	struct jh_ioctl_read_ring ring = { 0 };
	struct jh_ioctl_report report = { 0 };
	struct jh_ioctl_write_console input = { 0 };

	assert_int_equal(call(JH_IOC_WRITE_CONSOLE, &input), 0);
	assert_string_equal(called, "input");
	assert_int_equal(input.copied, 18);
	assert_int_equal(call(JH_IOC_CELL_LOAD, &load), 0);
	assert_string_equal(called, "load");
	assert_int_equal(call(JH_IOC_READ_RING, &ring), 0);
	assert_string_equal(called, "ring");
	assert_int_equal(ring.copied, 17);
	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_string_equal(called, "report");
	answer = -ENODEV;
	assert_int_equal(call(JH_IOC_REPORT, &report), -ENODEV);
}

/* There is no error in their arguments that could be cleared before. */
static void nothing_else_of_an_argument_changes(void **state)
{
	struct jh_ioctl_read_ring ring, ring_after;
	struct jh_ioctl_write_console input, input_after;
	struct jh_ioctl_report report, report_after;

	memset(&ring, 0x5a, sizeof(ring));
	memset(&input, 0x5a, sizeof(input));
	memset(&report, 0x5a, sizeof(report));
	report.reserved = 0;
	ring_after = ring;
	input_after = input;
	report_after = report;
	ring_after.copied = 17;
	input_after.copied = 18;
	assert_int_equal(call(JH_IOC_READ_RING, &ring), 0);
	assert_int_equal(call(JH_IOC_WRITE_CONSOLE, &input), 0);
	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_memory_equal(&ring, &ring_after, sizeof(ring));
	assert_memory_equal(&input, &input_after, sizeof(input));
	assert_memory_equal(&report, &report_after, sizeof(report));
}

static void only_an_administrator(void **state)
{
	struct jh_ioctl_disable disable = { 0 };

	may = false;
	assert_int_equal(call(JH_IOC_DISABLE, &disable), -EPERM);
	assert_int_equal(call(0, NULL), -EPERM);
	assert_null(called);
	assert_int_equal(jh_misc.mode, 0600);
}

static void commands_that_are_none(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));

	assert_int_equal(call(0, &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 9, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 255, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('K', 2, struct jh_ioctl_create), &create), -ENOTTY);
	assert_int_equal(call(_IOWR('J', 2, struct jh_ioctl_cell), &create), -ENOTTY);
	assert_int_equal(call(_IOR('J', 2, struct jh_ioctl_create), &create), -ENOTTY);
	assert_null(called);
}

/* The number of a call is bounded for speculation, too. */
static void the_number_of_a_call_is_bounded_twice(void **state)
{
	struct jh_ioctl_report report = { 0 };

	assert_int_equal(call(JH_IOC_REPORT, &report), 0);
	assert_int_equal(fake_nospec.count, 1);
	assert_int_equal(fake_nospec.index, _IOC_NR(JH_IOC_REPORT));
	assert_int_equal(call(_IOC(_IOC_READ, 'J', fake_nospec.size, 0), &report), -ENOTTY);
	assert_int_equal(fake_nospec.count, 1);
	assert_int_equal(call(_IOC(_IOC_READ, 'J', fake_nospec.size - 1, 0), &report), -ENOTTY);
	assert_int_equal(fake_nospec.count, 2);
}

/* Unknown flags and reserved words must be 0, so that later versions can use them. */
static void flags_and_words_that_must_be_zero(void **state)
{
	static const u32 commands[] = { JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN,
					JH_IOC_CELL_DESTROY };
	struct jh_ioctl_enable enable = { .flags = ~JH_ENABLE_DRY_RUN };
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_load loads[] = { { .flags = 2 }, { .entry = 4 }, { .argument = 1 },
					{ .program.path[JH_PROGRAM_LEN - 1] = 'a' } };
	struct jh_ioctl_report report = { .reserved = 1 };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6, .reserved = 1 };
	u32 i;

	create.reserved = 1;
	assert_int_equal(call(JH_IOC_ENABLE, &enable), -EINVAL);
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(loads); i++)
		assert_int_equal(call(JH_IOC_CELL_LOAD, &loads[i]), -EINVAL);
	assert_int_equal(call(JH_IOC_REPORT, &report), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		one.reserved = 1;
		one.flags = 0;
		assert_int_equal(call(commands[i], &one), -EINVAL);
		one.reserved = 0;
		one.flags = 2;
		assert_int_equal(call(commands[i], &one), -EINVAL);
	}
	one.flags = JH_SHUTDOWN_FORCE;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EINVAL);
	assert_int_equal(call(JH_IOC_CELL_DESTROY, &one), -EINVAL);
	assert_null(called);
}

static void refusals_reach_user_space(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	/* What user space left in the error is no refusal. */
	memset(&one.error, 0xff, sizeof(one.error));
	assert_int_equal(call(JH_IOC_CELL_START, &one), 0);
	assert_int_equal(one.error.reason, 0);
	reason = JH_ERR_CELL_BUSY;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(one.error.reason, JH_ERR_CELL_BUSY);
	assert_int_equal(one.error.index, 9);
	assert_int_equal(call(JH_IOC_CELL_SHUTDOWN, &one), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(create.error.reason, JH_ERR_CELL_BUSY);
	assert_string_equal(create.who, "a driver");
}

static void a_cell_that_is_not_there(void **state)
{
	static const u32 commands[] = { JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN,
					JH_IOC_CELL_DESTROY };
	struct jh_ioctl_cell one = { .cell = 5, .generation = 7 };
	struct jh_ioctl_places places = { .cell = 5, .generation = 7 };
	struct jh_system *none = jh_system;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		called = NULL;
		assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, 0, 0), -ENOTTY);
		called = "nothing";
		assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, commands[i],
							      (unsigned long)&one),
				 -refuse_errno(JH_ERR_NO_CELL));
		assert_int_equal(one.error.reason, JH_ERR_NO_CELL);
		assert_string_equal(called, "nothing");
	}
	assert_int_equal(jh_misc.fops->unlocked_ioctl(NULL, JH_IOC_CELL_PLACES,
						      (unsigned long)&places),
			 -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(places.error.reason, JH_ERR_NO_CELL);
	assert_ptr_equal(jh_system, none);
}

/* While it is copied from: that copy is whole, the next one fails. */
static void user_space_goes(void)
{
	fake_no_user = (void *)1;
}

static void configurations_are_bounded(void **state)
{
	struct jh_ioctl_create create = creation(JH_CONFIG_MAX + 1);

	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -refuse_errno(JH_ERR_FILE_SIZE));
	assert_int_equal(create.error.reason, JH_ERR_FILE_SIZE);
	assert_int_equal(create.error.object, JH_OBJ_FILE);
	assert_int_equal(create.error.index, 0);
	assert_int_equal(create.error.value, JH_CONFIG_MAX + 1);
	assert_int_equal(create.error.limit, JH_CONFIG_MAX_SIZE);
	assert_null(called);
	create = creation(sizeof(config));
	fake_meanwhile = user_space_goes;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -EFAULT);
	assert_null(called);
	fake_meanwhile = NULL;
	fake_no_user = NULL;
	fake_fail_alloc = 1;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -ENOMEM);
	assert_null(called);
}

static void arguments_that_user_space_does_not_have(void **state)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	fake_no_user = (char *)&one + sizeof(one) - 1;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EFAULT);
	assert_null(called);
}

static void a_failed_copy_out_is_efault(void **state)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	fake_meanwhile = user_space_goes;
	assert_int_equal(call(JH_IOC_CELL_START, &one), -EFAULT);
	fake_no_user = NULL;
	fake_meanwhile = NULL;
}

static void a_signal_while_waiting_for_the_lock(void **state)
{
	struct jh_ioctl_create create = creation(sizeof(config));

	fake_signal = true;
	create.error.reason = 77;
	assert_int_equal(call(JH_IOC_CELL_CREATE, &create), -ERESTARTSYS);
	assert_null(called);
	/* The call is made again with what user space gave. */
	assert_int_equal(create.error.reason, 77);
	fake_signal = false;
}

static void all_of_the_module_or_nothing(void **state)
{
	u32 i;

	for (i = 1; i <= 3; i++) {
		fails = i;
		assert_int_equal(fake_module_init(), -ENOSPC);
		assert_int_equal(devices | powers | miscs | ttys, 0);
	}
	assert_int_equal(fake_module_init(), 0);
	assert_true(devices && powers && miscs && ttys);
	fake_module_exit();
	assert_int_equal(devices | powers | miscs | ttys, 0);
	assert_int_equal(stops, 1);
	assert_int_equal(ends, 0);
}

static void unloaded_by_force(void **state)
{
	static struct jh_system system;

	assert_int_equal(fake_module_init(), 0);
	jh_system = &system;
	stays_enabled = true;
	fake_module_exit();
	assert_int_equal(rprocs_end, 1);
	assert_int_equal(ends, 3);
	assert_null(jh_system);
	assert_int_equal(devices | powers | miscs | ttys, 0);
	assert_non_null(strstr(fake_printed, "by force"));
}

/* --- open files --- */

static struct file files[2];

static void open_file(struct file *file)
{
	file->f_op = jh_misc.fops;
	assert_int_equal(file->f_op->open(NULL, file), 0);
}

static void files_are_counted_as_they_close(void **state)
{
	u32 before = fake_allocated();

	fake_fail_alloc = 1;
	files[0].f_op = jh_misc.fops;
	assert_int_equal(jh_misc.fops->open(NULL, &files[0]), -ENOMEM);
	open_file(&files[0]);
	open_file(&files[1]);
	assert_int_equal(files[0].f_op->release(NULL, &files[0]), 0);
	assert_int_equal(files[1].f_op->release(NULL, &files[1]), 0);
	assert_int_equal(fake_allocated(), before);
}

static void nobody_comes_in_any_more(void)
{
	struct jh_ioctl_cell one = { .cell = 5, .generation = 6 };

	called = NULL;
	assert_int_equal(files[0].f_op->unlocked_ioctl(&files[0], JH_IOC_CELL_START,
						       (uintptr_t)&one), -ENODEV);
	assert_null(called);
	tries++;
}

/* An open file outlives a forced unload, and no longer calls into the module. */
static void files_that_outlive_the_module(void **state)
{
	static struct jh_system system;
	u32 i;

	assert_int_equal(fake_module_init(), 0);
	open_file(&files[0]);
	open_file(&files[1]);
	jh_system = &system;
	while_ending = nobody_comes_in_any_more;
	tries = 0;
	fake_module_exit();
	while_ending = NULL;
	assert_int_equal(tries, 1);
	for (i = 0; i < 2; i++) {
		const struct file_operations *fops = files[i].f_op;

		assert_ptr_not_equal(fops, jh_misc.fops);
		assert_null(fops->owner);
		assert_null(fops->unlocked_ioctl);
		assert_null(fops->compat_ioctl);
		assert_null(fops->release);
		assert_null(files[i].private_data);
		/* It is on its way already. */
		assert_int_equal(jh_misc.fops->release(NULL, &files[i]), 0);
	}
	assert_int_equal(fake_rcu_waits, 1);
	assert_ptr_equal(files[0].f_op, files[1].f_op);
	fake_free(files[0].f_op);
	/* Without any there is nothing to wait for. */
	assert_int_equal(fake_module_init(), 0);
	fake_module_exit();
	assert_int_equal(fake_rcu_waits, 1);
}

/* What only a restart changes is said at once; what a user can change is said by enable. */
static void what_is_in_the_way(void **state)
{
	static const struct {
		u32 reason;
		const char *says;
	} rows[] = {
		{ 0, "" }, { JH_ERR_KVM_GUESTS, "" },
		{ JH_ERR_NO_EL2, "cannot be enabled here: Linux was started at EL1, the hypervisor "
		  "level is not there; start it at EL2: firmware or boot loader setting (QEMU: "
		  "-machine virtualization=on)\n" },
		{ JH_ERR_VHE, "cannot be enabled here: Linux itself runs at EL2 (VHE); add "
		  "kvm-arm.mode=nvhe to the kernel command line and restart\n" },
		{ JH_ERR_PKVM, "cannot be enabled here: EL2 is held by protected KVM or by another "
		  "hypervisor; start without kvm-arm.mode=protected and without another "
		  "hypervisor\n" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_printed[0] = 0;
		obstacle = rows[i].reason;
		assert_int_equal(fake_module_init(), 0);
		assert_string_equal(fake_printed, rows[i].says);
		fake_module_exit();
	}
	obstacle = 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_call_does_its_own),
		test(those_that_take_no_lock),
		test(nothing_else_of_an_argument_changes),
		test(only_an_administrator),
		test(commands_that_are_none),
		test(the_number_of_a_call_is_bounded_twice),
		test(flags_and_words_that_must_be_zero),
		test(refusals_reach_user_space),
		test(a_cell_that_is_not_there),
		test(configurations_are_bounded),
		test(arguments_that_user_space_does_not_have),
		test(a_failed_copy_out_is_efault),
		test(a_signal_while_waiting_for_the_lock),
		test(all_of_the_module_or_nothing),
		test(what_is_in_the_way),
		test(unloaded_by_force),
		test(files_are_counted_as_they_close),
		test(files_that_outlive_the_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
