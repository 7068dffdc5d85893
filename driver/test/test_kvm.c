// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * KVM's device is found by its number. Its operations are replaced only if KVM has no guest, and
 * restored as they were. Guests show by their directory in debugfs, and by preempt notifiers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "files.h"

static struct device jh_device, kvm_device;
static const struct class *const misc_class = (const void *)&jh_device;	/* only an address */
static struct file_operations calls;
static struct miscdevice kvm;
static struct dentry directory, guest, other;
static struct dentry *looked_up;
static bool has_kvm;
static struct jh_system the_system;
static struct jh_error err;
static int rcu_waits;
static u64 shut_at;			/* when KVM answered EBUSY first */
static void (*while_waiting)(void);

bool fake_alone;

static struct task_struct caller;
static bool has_guests;			/* the scheduler calls notifiers */
static int naps_without_switch;		/* how many end before the CPU was given to another task */

static int kvm_open(struct inode *inode, struct file *file)
{
	return 11;
}

static long kvm_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	return 12;
}

static long kvm_compat(struct file *file, unsigned int command, unsigned long address)
{
	return 13;
}

struct device *class_find_device_by_devt(const struct class *class, u32 number)
{
	assert_ptr_equal(class, misc_class);
	assert_int_equal(number, MKDEV(MISC_MAJOR, KVM_MINOR));
	if (!has_kvm)
		return NULL;
	kvm_device.references++;
	return &kvm_device;
}

void put_device(struct device *dev)
{
	dev->references--;
}

struct dentry *debugfs_lookup(const char *name, struct dentry *parent)
{
	assert_string_equal(name, "kvm");
	assert_null(parent);
	if (!IS_ERR_OR_NULL(looked_up))
		looked_up->references++;
	return looked_up;
}

void dput(struct dentry *dentry)
{
	assert_true(dentry->references-- > 0);
}

void synchronize_rcu(void)
{
	/* KVM's device answers EBUSY before the wait for guests begins. */
	assert_int_equal(calls.open(NULL, NULL), -EBUSY);
	rcu_waits++;
}

static void switch_tasks(void)
{
	struct preempt_notifier *notifier = caller.preempt_notifiers;

	if (naps_without_switch && naps_without_switch--)
		return;
	caller.nvcsw++;
	if (!has_guests || !notifier)
		return;
	notifier->ops->sched_out(notifier, NULL);
	notifier->ops->sched_in(notifier, 0);
}

static void meanwhile(void)
{
	if (!shut_at && calls.open != kvm_open)
		shut_at = jiffies;
	if (while_waiting)
		while_waiting();
	switch_tasks();
}

static int setup(void **state)
{
	fake_reset();
	calls = (struct file_operations){ .open = kvm_open, .unlocked_ioctl = kvm_ioctl,
					  .compat_ioctl = kvm_compat };
	kvm = (struct miscdevice){ .minor = KVM_MINOR, .name = "kvm", .fops = &calls };
	jh_device = (struct device){ .class = misc_class };
	kvm_device = (struct device){ .class = misc_class, .data = &kvm };
	jh_misc.this_device = &jh_device;
	other = (struct dentry){ .d_name.name = "halt_poll_ns" };
	guest = (struct dentry){ .d_name.name = "77-11", .is_dir = true };
	directory = (struct dentry){ .is_dir = true, .d_children.first = &other };
	looked_up = &directory;
	has_kvm = true;
	fake_alone = false;
	memset(&caller, 0, sizeof(caller));
	current = &caller;
	has_guests = false;
	naps_without_switch = 0;
	memset(&err, 0, sizeof(err));
	rcu_waits = 0;
	shut_at = 0;
	while_waiting = NULL;
	fake_meanwhile = meanwhile;
	return 0;
}

static int teardown(void **state)
{
	jh_kvm_open(&the_system);
	assert_null(caller.preempt_notifiers);
	assert_int_equal(kvm_device.references, 0);
	assert_int_equal(directory.references, 0);
	assert_int_equal(directory.d_lock.held, 0);
	assert_int_equal(fake_rcu_held, 0);
	return 0;
}

static void assert_is_open(void)
{
	assert_int_equal(calls.open(NULL, NULL), 11);
	assert_int_equal(calls.unlocked_ioctl(NULL, 0, 0), 12);
	assert_int_equal(calls.compat_ioctl(NULL, 0, 0), 13);
}

static void assert_is_shut(void)
{
	assert_int_equal(calls.open(NULL, NULL), -EBUSY);
	assert_int_equal(calls.unlocked_ioctl(NULL, 0, 0), -EBUSY);
	assert_int_equal(calls.compat_ioctl(NULL, 0, 0), -EBUSY);
}

static void assert_refused(int code, u32 reason)
{
	assert_int_equal(code, -refuse_errno(reason));
	assert_int_equal(err.reason, reason);
	assert_int_equal(err.object, JH_OBJ_MACHINE);
	assert_is_open();
}

/* The first test: nothing was replaced yet. */
static void exit_waits_only_if_calls_were_replaced(void **state)
{
	jh_kvm_open(&the_system);
	jh_kvm_exit();
	assert_int_equal(fake_rcu_waits, 0);
	assert_false(jh_kvm_guests(false));
}

static void calls_are_replaced_and_restored(void **state)
{
	assert_int_equal(jh_kvm_check(&err), 0);
	assert_is_open();
	assert_int_equal(directory.references, 0);
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	assert_is_shut();
	assert_int_equal(rcu_waits, 1);
	/* A guest that was being created had 20 ms to become visible. */
	assert_true(shut_at >= 1020);
	assert_int_equal(directory.references, 1);
	assert_false(jh_kvm_guests(false));
	jh_kvm_open(&the_system);
	assert_is_open();
	assert_int_equal(directory.references, 0);
	jh_kvm_open(&the_system);
	assert_is_open();
	jh_kvm_exit();
	assert_int_equal(fake_rcu_waits, 1);
}

static void a_machine_without_kvm(void **state)
{
	has_kvm = false;
	looked_up = NULL;
	assert_int_equal(jh_kvm_check(&err), 0);
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	assert_int_equal(rcu_waits, 0);
	assert_false(jh_kvm_guests(false));
	assert_false(jh_kvm_guests(true));
	assert_is_open();
}

/* A device with KVM's number but another name. */
static void another_device_of_that_number_is_left_alone(void **state)
{
	directory.d_children.first = &guest;
	kvm.name = "kvm2";
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	assert_int_equal(jh_kvm_check(&err), 0);
	assert_is_open();
	kvm.name = "kvm";
	kvm.minor = KVM_MINOR - 1;
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	assert_is_open();
	kvm_device.data = NULL;
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	assert_is_open();
	assert_int_equal(rcu_waits, 0);
}

static void guests_have_a_directory(void **state)
{
	other.d_sib.next = &guest;
	assert_refused(jh_kvm_check(&err), JH_ERR_KVM_GUESTS);
	assert_int_equal(directory.references, 0);
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_GUESTS);
	assert_int_equal(directory.references, 0);
	/* It was removed; or never was one. */
	guest.negative = true;
	assert_int_equal(jh_kvm_check(&err), 0);
	guest.negative = false;
	guest.is_dir = false;
	assert_int_equal(jh_kvm_check(&err), 0);
	directory.d_children.first = NULL;
	assert_int_equal(jh_kvm_check(&err), 0);
}

/* Their descriptors may be in a process, in a socket, or in io_uring. */
static void guests_without_a_directory(void **state)
{
	has_guests = true;
	assert_refused(jh_kvm_check(&err), JH_ERR_KVM_GUESTS);
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_GUESTS);
	/* A nap may end before it has begun. */
	naps_without_switch = 3;
	assert_refused(jh_kvm_check(&err), JH_ERR_KVM_GUESTS);
	/* The CPU was taken away */
	caller.nivcsw = 7;
	has_guests = false;
	assert_int_equal(jh_kvm_check(&err), 0);
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	/* Without any task switch the wait ends after its tries, and counts as guests. */
	naps_without_switch = 1000;
	assert_int_equal(jh_kvm_check(&err), -EBUSY);
	assert_int_equal(err.reason, JH_ERR_KVM_GUESTS);
}

/* Without KVM's directory in debugfs guests cannot be excluded. */
static void guests_that_cannot_be_seen(void **state)
{
	looked_up = NULL;
	assert_refused(jh_kvm_check(&err), JH_ERR_KVM_UNKNOWN);
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_UNKNOWN);
	looked_up = ERR_PTR(-ENODEV);
	assert_refused(jh_kvm_check(&err), JH_ERR_KVM_UNKNOWN);
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_UNKNOWN);
	assert_false(jh_kvm_guests(false));
}

static void appear(void)
{
	directory.d_children.first = &guest;
}

static void be_made(void)
{
	has_guests = true;
}

static void a_guest_that_was_being_made(void **state)
{
	while_waiting = be_made;
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_GUESTS);
	setup(NULL);
	while_waiting = appear;
	assert_refused(jh_kvm_shut(&the_system, &err), JH_ERR_KVM_GUESTS);
	assert_int_equal(rcu_waits, 1);
	setup(NULL);
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	appear();
	assert_true(jh_kvm_guests(false));
}

/* stop_machine() may have stopped a task that holds the lock of the list. */
static void guests_are_counted_inside_stop_machine(void **state)
{
	assert_int_equal(jh_kvm_shut(&the_system, &err), 0);
	fake_alone = true;
	assert_false(jh_kvm_guests(true));
	directory.d_lock.held = 1;
	assert_true(jh_kvm_guests(true));
	directory.d_lock.held = 0;
	appear();
	assert_true(jh_kvm_guests(true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(exit_waits_only_if_calls_were_replaced,
						setup, teardown),
		cmocka_unit_test_setup_teardown(calls_are_replaced_and_restored, setup, teardown),
		cmocka_unit_test_setup_teardown(a_machine_without_kvm, setup, teardown),
		cmocka_unit_test_setup_teardown(another_device_of_that_number_is_left_alone,
						setup, teardown),
		cmocka_unit_test_setup_teardown(guests_have_a_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(guests_without_a_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(guests_that_cannot_be_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(a_guest_that_was_being_made, setup, teardown),
		cmocka_unit_test_setup_teardown(guests_are_counted_inside_stop_machine,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
