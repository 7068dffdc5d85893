// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Checks of the machine: its CPUs, assignable ranges, the end of RAM, and the order of the checks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"

#define LAST	0xffffffffffULL		/* of the machine's addresses */

static struct blob_parts parts;
static struct jh_system the_system;
static struct jh_error err;
static void *config;
static char story[16], failing;
static u64 last_address;
static u64 console_at;			/* of the one that was checked; 1: none */

static int asked(char question)
{
	story[strlen(story)] = question;
	return question == failing ? -EIO : 0;
}

int jh_arch_probe(struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	return asked('p');
}

int jh_kvm_check(struct jh_error *error)
{
	return asked('k');
}

int jh_arch_machine_check(const struct jh_system *system, struct jh_error *error)
{
	assert_ptr_equal(system, &the_system);
	return asked('m');
}

u64 jh_arch_last_address(void)
{
	asked('w');
	return last_address;
}

int jh_devtree_check_console(const struct jh_console *console, struct jh_error *error)
{
	console_at = console ? console->address : 1;
	return asked('c');
}

static int setup(void **state)
{
	fake_reset();
	fake_ram_reset();
	memset(&err, 0, sizeof(err));
	memset(&the_system, 0, sizeof(the_system));
	blob_system(&parts);
	parts.num_consoles = 1;
	failing = 0;
	last_address = LAST;
	fake_num_resources = 2;
	fake_resources[0] = (struct resource){ 0x40000000, 0x7fffffff,
					       IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
	fake_resources[1] = (struct resource){ 0x9000000, 0x9000fff, IORESOURCE_MEM };
	return 0;
}

static int teardown(void **state)
{
	free(config);
	config = NULL;
	return 0;
}

static int check(void)
{
	u32 length;

	free(config);
	config = blob_pack(&parts, &length);
	the_system.config = config;
	memset(story, 0, sizeof(story));
	return jh_machine_check(&the_system, &err);
}

static void assert_refused(int code, u32 reason, u32 object, u32 index)
{
	assert_int_equal(code, -refuse_errno(reason));
	assert_int_equal(err.reason, reason);
	assert_int_equal(err.object, object);
	assert_int_equal(err.index, index);
}

static void all_checks_run_in_order(void **state)
{
	static const char questions[] = "pkmwc";
	size_t i;

	assert_int_equal(check(), 0);
	assert_string_equal(story, questions);
	assert_int_equal(console_at, parts.console.address);
	for (i = 0; i < strlen(questions); i++) {
		if (questions[i] == 'w')
			continue;
		failing = questions[i];
		assert_int_equal(check(), -EIO);
		assert_int_equal(strlen(story), i + 1);
	}
	failing = 0;
	parts.num_consoles = 0;
	assert_int_equal(check(), 0);
	assert_int_equal(console_at, 1);
}

static void offline_cpus_are_refused(void **state)
{
	fake_present.bits = fake_online.bits = 0x2d;
	the_system.cpu_mask = 0x10;
	assert_int_equal(check(), 0);
	assert_int_equal(the_system.cpu_mask, 0x2d);
	fake_online.bits = 0x25;
	assert_refused(check(), JH_ERR_CPU_OFFLINE, JH_OBJ_MACHINE, 0);
	assert_int_equal(err.value, 3);
	assert_string_equal(story, "pk");
	/* Nobody misses what is not there. */
	fake_present.bits = 0x25;
	assert_int_equal(check(), 0);
	assert_int_equal(the_system.cpu_mask, 0x25);
}

/* A CPU whose number is too high is one that could not be watched. */
static void more_cpus_than_there_can_be(void **state)
{
	fake_present.bits = fake_online.bits = 3;
	fake_far_cpu = JH_MAX_CPUS;
	assert_refused(check(), JH_ERR_CPU_SPACE, JH_OBJ_MACHINE, 0);
	assert_int_equal(err.value, JH_MAX_CPUS);
	assert_int_equal(err.limit, JH_MAX_CPUS - 1);
	fake_far_cpu = 0;
	assert_int_equal(check(), 0);
}

static void addresses_that_the_machine_does_not_have(void **state)
{
	last_address = 0x8ffffff;
	assert_true(check() < 0);
	assert_string_equal(story, "pkmw");
	assert_int_not_equal(err.reason, JH_ERR_NONE);
}

static void assignable_ranges_over_ram(void **state)
{
	parts.num_assignable = 2;
	parts.assignable[1] = (struct jh_config_assignable){ 0x3ffff000, 0x1000 };
	assert_int_equal(check(), 0);
	parts.assignable[1].size = 0x2000;
	assert_refused(check(), JH_ERR_MEM_IS_RAM, JH_OBJ_ASSIGNABLE, 1);
	parts.assignable[1] = (struct jh_config_assignable){ 0x7ffff000, 0x1000 };
	assert_refused(check(), JH_ERR_MEM_IS_RAM, JH_OBJ_ASSIGNABLE, 1);
	parts.assignable[1].address = 0x80000000;
	assert_int_equal(check(), 0);
	parts.assignable[0] = (struct jh_config_assignable){ 0x50000000, 0x1000 };
	assert_refused(check(), JH_ERR_MEM_IS_RAM, JH_OBJ_ASSIGNABLE, 0);
	/* With a hole in it, which is not RAM */
	fake_num_resources = 3;
	fake_resources[2] = (struct resource){ 0x50000000, 0x50000fff, IORESOURCE_MEM };
	assert_refused(check(), JH_ERR_MEM_IS_RAM, JH_OBJ_ASSIGNABLE, 0);
	parts.num_assignable = 0;
	assert_int_equal(check(), 0);
}

static void ram_that_root_would_lose(void **state)
{
	assert_int_equal(check(), 0);
	parts.system.max_address = 0x7fffffff;
	assert_int_equal(check(), 0);
	parts.system.max_address = 0x7fffefff;
	assert_refused(check(), JH_ERR_ROOT_HIGHEST, JH_OBJ_SYSTEM, 0);
	assert_int_equal(err.value, 0x7fffefff);
	assert_int_equal(err.limit, 0x7fffffff);
	/* The highest is not the last one that is found; registers may lie above. */
	parts.system.max_address = 0x23fffffff;
	fake_num_resources = 3;
	fake_resources[2] = fake_resources[0];
	fake_resources[0] = (struct resource){ 0x200000000, 0x23fffffff,
					       IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
	fake_resources[1] = (struct resource){ 0x300000000, 0x300000fff, IORESOURCE_MEM };
	assert_int_equal(check(), 0);
	fake_resources[0].end += 0x1000;
	assert_refused(check(), JH_ERR_ROOT_HIGHEST, JH_OBJ_SYSTEM, 0);
	assert_int_equal(err.limit, 0x240000fff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_checks_run_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(offline_cpus_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(more_cpus_than_there_can_be, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_that_the_machine_does_not_have, setup,
						teardown),
		cmocka_unit_test_setup_teardown(assignable_ranges_over_ram, setup, teardown),
		cmocka_unit_test_setup_teardown(ram_that_root_would_lose, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
