// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Entry into EL2 and exit from it, with one CPU that stands for all: conditions, refusals, retries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "../arch/arm64/arm64.h"

#define HV	0x50000000ULL

/* KVM has its code in EL2 all the time, or only for guests. */
#define KVM_STAYS	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0))

u64 fake_current_el, fake_icc_ctlr;
unsigned int fake_cpu, fake_kvm_revived;

static struct jh_system the_system;
static struct jh_report report;
static _Alignas(8) char memory[0x20000 + sizeof(struct jh_boot_info)];	/* the hypervisor's */
static struct jh_error err;
static u32 gic_version;
static bool guests, report_is_sound;
static long probe, enter, leave[4];
static u32 enters, leaves;
static u64 entered_at, boot_info, now, stood_still;

int stop_machine(int (*call)(void *argument), void *argument, const struct cpumask *cpus)
{
	return call(argument);
}

u32 jh_gic_version(void)
{
	return gic_version;
}

bool jh_gic_gicc(u64 *address)
{
	*address = FAKE_RAM;
	return true;
}

long jh_enter_probe(void)
{
	return probe;
}

long jh_enter_el2(u64 entry, u64 info, u64 cpu)
{
	enters++;
	entered_at = entry;
	boot_info = info;
	return enter;
}

long jh_enter_leave(void)
{
	return leave[leaves < 3 ? leaves++ : 3];
}

bool jh_kvm_guests(bool stopped)
{
	return guests;
}

u64 jh_arch_now(void)
{
	return now += 5;
}

void jh_ticks_enabled(u64 ticks)
{
	stood_still = ticks;
}

bool jh_report_is_sound(const struct jh_report *it, u32 size)
{
	return report_is_sound;
}

static int setup(void **state)
{
	fake_reset();
	fake_ram_reset();
	fake_online.bits = 1;
	fake_current_el = CurrentEL_EL1;
	fake_icc_ctlr = BIT(1);
	fake_cpu = 0;
	fake_kvm_revived = 0;
	gic_version = 3;
	guests = false;
	report_is_sound = true;
	probe = HVC_STUB_ERR;
	enter = 0;
	enters = leaves = 0;
	memset(leave, 0, sizeof(leave));
	memset(memory, 0, sizeof(memory));
	memset(&report, 0, sizeof(report));
	memset(&err, 0, sizeof(err));
	the_system = (struct jh_system){ .cpu_mask = 1, .report = &report, .hv.address = HV,
					 .base = memory };
	the_system.image.entry = 0x40;
	the_system.image.memory_size = 0x20000;
	return 0;
}

static int probe_code(void)
{
	memset(&err, 0, sizeof(err));
	return jh_arch_probe(&err);
}

static void probe_refuses_without_el2_or_in_use(void **state)
{
	assert_int_equal(probe_code(), 0);
	probe = -1;				/* KVM's code */
	assert_int_equal(probe_code(), KVM_STAYS ? 0 : -refuse_errno(JH_ERR_KVM_GUESTS));
	assert_int_equal(err.reason, KVM_STAYS ? 0 : JH_ERR_KVM_GUESTS);
	probe = 0;
	assert_true(probe_code() < 0);
	assert_int_equal(err.reason, JH_ERR_PKVM);
	probe = HVC_STUB_ERR;
	fake_icc_ctlr = ~BIT(1);
	assert_true(probe_code() < 0);
	assert_int_equal(err.reason, JH_ERR_NO_EL2);
	fake_current_el = 8;
	assert_true(probe_code() < 0);
	assert_int_equal(err.reason, JH_ERR_VHE);
}

static void a_gicv2_shows_it_in_its_own_register(void **state)
{
	gic_version = 2;
	fake_icc_ctlr = 0;
	fake_ram[1] = BIT(9) >> 8;
	assert_int_equal(probe_code(), 0);
	assert_int_equal(fake_mapped, 0);
	fake_ram[1] = (u8)~(BIT(9) >> 8);
	assert_true(probe_code() < 0);
	assert_int_equal(err.reason, JH_ERR_NO_EL2);
	fake_fail_remap = 1;
	assert_true(probe_code() < 0);
}

static void enter_and_leave(void **state)
{
	assert_int_equal(jh_arch_enter(&the_system, &err), 0);
	assert_true(the_system.active);
	assert_int_equal(entered_at, HV + 0x40);
	assert_int_equal(boot_info, HV + 0x20000);
	assert_int_equal(stood_still, 5);
	assert_int_equal(((struct jh_boot_info *)(memory + 0x20000))->turned_away, 0);
	assert_false(the_system.kvm_in_el2);
	assert_int_equal(jh_arch_leave(&the_system, &err), 0);
	assert_false(the_system.active);
	assert_int_equal(fake_kvm_revived, 0);
}

static u32 refused(void);

static void kvm_is_put_back(void **state)
{
	probe = -1;
	if (!KVM_STAYS) {
		assert_int_equal(refused(), JH_ERR_KVM_GUESTS);
		assert_int_equal(enters, 0);
		return;
	}
	assert_int_equal(jh_arch_enter(&the_system, &err), 0);
	assert_true(the_system.kvm_in_el2);
	assert_int_equal(fake_kvm_revived, 0);
	assert_int_equal(jh_arch_leave(&the_system, &err), 0);
	assert_int_equal(fake_kvm_revived, 1);
	enter = -EINVAL;
	assert_int_equal(jh_arch_enter(&the_system, &err), -EINVAL);
	assert_int_equal(fake_kvm_revived, 2);
	assert_false(the_system.active);
}

/* Enter with what setup() and the test have prepared; the reason why not. */
static u32 refused(void)
{
	assert_true(jh_arch_enter(&the_system, &err) < 0);
	assert_false(the_system.active);
	return err.reason;
}

static void conditions_are_checked_again_inside_stop_machine(void **state)
{
	guests = true;
	assert_int_equal(refused(), JH_ERR_KVM_GUESTS);
	guests = false;
	the_system.cpu_mask = 3;
	assert_int_equal(refused(), JH_ERR_CPU_COUNT);
	assert_int_equal(err.value, 1);
	assert_int_equal(err.limit, 2);
	the_system.cpu_mask = 1;
	probe = 0;
	assert_int_equal(refused(), JH_ERR_PKVM);
	assert_int_equal(enters, 0);
}

static void the_hypervisor_says_why_not(void **state)
{
	const struct jh_boot_info *info = (void *)(memory + 0x20000);

	enter = 1;				/* JH_ENTER_REFUSED */
	assert_int_equal(refused(), JH_ERR_PKVM);
	/* turned_away tells CPUs inside EL2 of this failure only; they see others themselves. */
	assert_int_equal(info->turned_away, 1);
	memset(memory, 0, sizeof(memory));
	enter = -EIO;
	assert_int_equal(refused(), JH_ERR_HV_INTERNAL);
	assert_int_equal(err.value, EIO);
	assert_int_equal(info->turned_away, 0);
	report.error.reason = JH_ERR_HV_RANGE;
	assert_int_equal(refused(), JH_ERR_HV_RANGE);
}

static void a_report_that_cannot_be_relied_on_is_left_again(void **state)
{
	report_is_sound = false;
	assert_int_equal(refused(), JH_ERR_IMAGE_FORMAT);
	assert_int_equal(leaves, 1);
}

static void an_msi_on_its_way_is_waited_for(void **state)
{
	unsigned long began = jiffies;

	the_system.active = true;
	leave[0] = leave[1] = -EAGAIN;
	assert_int_equal(jh_arch_leave(&the_system, &err), 0);
	assert_int_equal(leaves, 3);
	assert_int_equal(jiffies - began, 4);
	assert_false(the_system.active);
}

static void a_pending_msi_is_not_waited_for_without_end(void **state)
{
	unsigned long began = jiffies;
	u32 i;

	the_system.active = true;
	for (i = 0; i < 4; i++)
		leave[i] = -EAGAIN;
	report.error.reason = JH_ERR_HV_INTERNAL;
	assert_int_equal(jh_arch_leave(&the_system, &err), -EAGAIN);
	assert_in_range(jiffies - began, 100, 400);
	assert_int_equal(err.reason, JH_ERR_HV_INTERNAL);
	assert_true(the_system.active);
}

static void other_refusals_to_leave_are_final(void **state)
{
	the_system.active = true;
	leave[0] = -EBUSY;
	report.error.reason = JH_ERR_CELLS_ALIVE;
	assert_int_equal(jh_arch_leave(&the_system, &err), -EBUSY);
	assert_int_equal(leaves, 1);
	assert_true(the_system.active);
	assert_int_equal(err.reason, JH_ERR_CELLS_ALIVE);
}

static void a_late_cpu_enters_alone(void **state)
{
	assert_int_equal(jh_arch_enter_late(&the_system, 2), 0);
	assert_int_equal(entered_at, HV + 0x40);
	probe = -1;
	assert_int_equal(jh_arch_enter_late(&the_system, 2), KVM_STAYS ? 0 : -EOPNOTSUPP);
	assert_int_equal(the_system.kvm_in_el2, KVM_STAYS);
	probe = HVC_STUB_ERR;
	enter = 1;
	assert_int_equal(jh_arch_enter_late(&the_system, 2), -EOPNOTSUPP);
	enter = -EIO;
	assert_int_equal(jh_arch_enter_late(&the_system, 2), -EIO);
	enters = 0;
	probe = 0;
	assert_int_equal(jh_arch_enter_late(&the_system, 2), -EOPNOTSUPP);
	assert_int_equal(enters, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(probe_refuses_without_el2_or_in_use, setup),
		cmocka_unit_test_setup(a_gicv2_shows_it_in_its_own_register, setup),
		cmocka_unit_test_setup(enter_and_leave, setup),
		cmocka_unit_test_setup(kvm_is_put_back, setup),
		cmocka_unit_test_setup(conditions_are_checked_again_inside_stop_machine, setup),
		cmocka_unit_test_setup(the_hypervisor_says_why_not, setup),
		cmocka_unit_test_setup(a_report_that_cannot_be_relied_on_is_left_again, setup),
		cmocka_unit_test_setup(an_msi_on_its_way_is_waited_for, setup),
		cmocka_unit_test_setup(a_pending_msi_is_not_waited_for_without_end, setup),
		cmocka_unit_test_setup(other_refusals_to_leave_are_final, setup),
		cmocka_unit_test_setup(a_late_cpu_enters_alone, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
