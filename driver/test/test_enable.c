// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Enabling and disabling: the order of the steps, and what each failure undoes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"
#include "module.h"

static char story[64];			/* a letter for each step that was made */
static char failing;			/* the step that fails; 0: none */
static struct blob_parts parts;
static struct jh_system *seen;		/* what the steps were given */
static struct jh_error err;
static bool locked_down;
static int users;			/* of the module */
static u32 logged;			/* refusals */

static int tell(char step)
{
	story[strlen(story)] = step;
	return step == failing ? -EIO : 0;
}

static int act(struct jh_system *system, char step, bool published)
{
	if (seen)
		assert_ptr_equal(system, seen);
	seen = system;
	assert_ptr_equal(jh_system, published ? system : NULL);
	return tell(step);
}

static void undone(struct jh_system *system, char step, bool published)
{
	assert_int_equal(act(system, step, published), 0);
}

int security_locked_down(int what)
{
	assert_int_equal(what, LOCKDOWN_KEXEC);
	tell('l');
	return locked_down ? -EPERM : 0;
}

int jh_machine_check(struct jh_system *system, struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	return act(system, 'm', false);
}

int jh_image_load(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'i', false);
}

/* Also once more, when jh is enabled: the image was copied. */
void jh_image_drop(struct jh_system *system)
{
	undone(system, 'I', jh_system);
}

int jh_memory_take(struct jh_system *system, struct jh_error *error)
{
	system->hv.address = 0x7c000000;
	system->cpu_mask = 0xd;
	system->num_pools = 2;
	system->pools[0].size = 3 << 20;
	system->pools[1].size = 8 << 20;
	system->pools[2].size = 64 << 20;	/* behind the last one */
	return act(system, 'y', false);
}

void jh_memory_give_back(struct jh_system *system)
{
	undone(system, 'Y', false);
}

int jh_usage_check_root(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'u', false);
}

int jh_image_lay_out(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'o', false);
}

void jh_image_unmap(struct jh_system *system)
{
	undone(system, 'O', false);
}

int jh_sysfs_start(struct jh_system *system, struct jh_error *error)
{
	return act(system, 's', true);
}

void jh_recorder_stop(void)
{
	assert_int_equal(jh_report_lock.held, -1);
	undone(jh_system, 'R', true);
}

void jh_sysfs_stop(struct jh_system *system)
{
	undone(system, 'S', true);
}

int jh_power_start(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'p', true);
}

void jh_power_stop(struct jh_system *system)
{
	undone(system, 'P', true);
}

int jh_kvm_shut(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'k', true);
}

void jh_kvm_open(struct jh_system *system)
{
	undone(system, 'K', true);
}

int jh_arch_enter(struct jh_system *system, struct jh_error *error)
{
	system->active = true;
	return act(system, 'e', true);
}

int jh_arch_leave(struct jh_system *system, struct jh_error *error)
{
	return act(system, 'E', true);
}

void jh_call_flush_log(void)
{
	tell('f');
}

void jh_cell_destroy_all(void)
{
	tell('d');
	if (failing != 'd')
		INIT_LIST_HEAD(&jh_cells);
}

void jh_log_refusal(const char *what, const struct jh_error *error, int code)
{
	assert_string_equal(what, "disable");
	assert_true(code < 0);
	assert_int_equal(error->value, 0);
	logged++;
}

void __module_get(struct module *module)
{
	users++;
}

void module_put(struct module *module)
{
	users--;
}

static int setup(void **state)
{
	fake_reset();
	memset(story, 0, sizeof(story));
	memset(&err, 0, sizeof(err));
	failing = 0;
	locked_down = false;
	users = logged = 0;
	seen = NULL;
	jh_report_lock.held = 0;
	blob_system(&parts);
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(jh_report_lock.held, 0);
	return 0;
}

static int enable(u32 flags)
{
	u32 length;
	void *blob = blob_pack(&parts, &length), *config = fake_alloc(length);

	memcpy(config, blob, length);
	free(blob);
	memset(story, 0, sizeof(story));
	return jh_enable(config, length, flags, &err);
}

static int disable(void)
{
	memset(story, 0, sizeof(story));
	return jh_disable(&err);
}

static void all_steps_in_order(void **state)
{
	assert_int_equal(enable(0), 0);
	assert_string_equal(story, "lmiyuospkeI");
	assert_ptr_equal(jh_system, seen);
	assert_non_null(seen->config);
	assert_int_equal(seen->config_length, ((struct jh_config_header *)seen->config)->length);
	assert_int_equal(users, 1);
	assert_string_equal(fake_printed,
		"enabled on 3 CPUs, hypervisor at 0x7c000000, 11 MiB for cells\n");
	fake_printed[0] = 0;
	assert_int_equal(disable(), 0);
	/* The image is dropped once more, which does nothing. */
	assert_string_equal(story, "fEKPSROYI");
	assert_null(jh_system);
	assert_int_equal(users, 0);
	assert_int_equal(fake_allocated(), 0);
	assert_string_equal(fake_printed, "disabled\n");
}

static void each_failure_undoes_what_was_done(void **state)
{
	static const char *const stories[] = {
		"lm", "lmi", "lmiyI", "lmiyuYI", "lmiyuoYI", "lmiyuosROYI", "lmiyuospSROYI",
		"lmiyuospkPSROYI", "lmiyuospkeKPSROYI",
	};
	static const char fails[] = "miyuospke";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stories); i++) {
		seen = NULL;
		failing = fails[i];
		assert_int_equal(enable(0), -EIO);
		assert_string_equal(story, stories[i]);
		assert_null(jh_system);
		assert_int_equal(users, 0);
		assert_int_equal(fake_allocated(), 0);
		assert_string_equal(fake_printed, "");
	}
}

/* A dry run makes all checks, and nothing that Linux or its users could notice. */
static void a_dry_run_leaves_nothing(void **state)
{
	int written = jh_report_lock.written;

	assert_int_equal(enable(JH_ENABLE_DRY_RUN), 0);
	assert_int_equal(jh_report_lock.written, written);	/* nobody ever sees the system */
	assert_string_equal(story, "lmiyuoOYI");
	assert_null(jh_system);
	assert_int_equal(users, 0);
	assert_int_equal(fake_allocated(), 0);
	assert_string_equal(fake_printed, "");
	seen = NULL;
	failing = 'u';
	assert_int_equal(enable(JH_ENABLE_DRY_RUN), -EIO);
	assert_string_equal(story, "lmiyuYI");
	assert_int_equal(fake_allocated(), 0);
}

static void a_bad_configuration_is_looked_at_first(void **state)
{
	parts.system.hv_size = 0x1001;
	assert_true(enable(0) < 0);
	assert_string_equal(story, "l");
	assert_int_not_equal(err.reason, JH_ERR_NONE);
	blob_cell(&parts);
	assert_true(enable(0) < 0);
	assert_string_equal(story, "l");
	assert_int_equal(fake_allocated(), 0);
}

/* On a locked-down machine not even root may load unsigned code. */
static void lockdown_refuses_enable(void **state)
{
	locked_down = true;
	assert_int_equal(enable(0), -refuse_errno(JH_ERR_LOCKED_DOWN));
	assert_int_equal(err.reason, JH_ERR_LOCKED_DOWN);
	assert_int_equal(err.object, JH_OBJ_MACHINE);
	assert_string_equal(story, "l");
	assert_int_equal(fake_allocated(), 0);
}

static void nothing_is_enabled_twice(void **state)
{
	assert_int_equal(enable(0), 0);
	assert_int_equal(enable(0), -refuse_errno(JH_ERR_ENABLED));
	assert_int_equal(err.reason, JH_ERR_ENABLED);
	assert_int_equal(enable(JH_ENABLE_DRY_RUN), -refuse_errno(JH_ERR_ENABLED));
	assert_string_equal(story, "");
	assert_ptr_equal(jh_system, seen);
	assert_int_equal(users, 1);
	/* The first one's configuration and itself */
	assert_int_equal(fake_allocated(), 2);
	assert_int_equal(disable(), 0);
	assert_int_equal(disable(), -refuse_errno(JH_ERR_DISABLED));
	assert_int_equal(err.reason, JH_ERR_DISABLED);
	assert_string_equal(story, "");
	assert_int_equal(users, 0);
}

static void no_memory_for_a_system(void **state)
{
	fake_fail_alloc = 2;
	assert_int_equal(enable(0), -ENOMEM);
	assert_string_equal(story, "");
	assert_null(jh_system);
	assert_int_equal(fake_allocated(), 0);
}

static void not_while_there_are_cells(void **state)
{
	struct jh_cell cell = { .id = 5 };

	assert_int_equal(enable(0), 0);
	list_add_tail(&cell.list, &jh_cells);
	assert_int_equal(disable(), -refuse_errno(JH_ERR_CELLS_ALIVE));
	assert_int_equal(err.reason, JH_ERR_CELLS_ALIVE);
	assert_int_equal(err.object, JH_OBJ_CELL);
	assert_int_equal(err.index, 5);
	assert_string_equal(story, "");
	assert_ptr_equal(jh_system, seen);
	list_del(&cell.list);
	assert_int_equal(disable(), 0);
}

static void a_cpu_that_does_not_leave(void **state)
{
	assert_int_equal(enable(0), 0);
	failing = 'E';
	assert_int_equal(disable(), -EIO);
	assert_string_equal(story, "fE");
	assert_ptr_equal(jh_system, seen);
	assert_int_equal(users, 1);
	failing = 0;
	assert_int_equal(disable(), 0);
}

/* The machine goes down, or the module by force. */
static void the_end_destroys_cells_and_disables(void **state)
{
	struct jh_cell cell = { .id = 5 };

	jh_enable_end();
	assert_string_equal(story, "");
	assert_int_equal(enable(0), 0);
	list_add_tail(&cell.list, &jh_cells);
	memset(story, 0, sizeof(story));
	jh_enable_end();
	assert_string_equal(story, "dfEKPSROYI");
	assert_int_equal(logged, 0);
	assert_null(jh_system);
	/* A cell that cannot be destroyed */
	seen = NULL;
	assert_int_equal(enable(0), 0);
	INIT_LIST_HEAD(&jh_cells);
	list_add_tail(&cell.list, &jh_cells);
	failing = 'd';
	memset(story, 0, sizeof(story));
	jh_enable_end();
	assert_string_equal(story, "d");
	assert_int_equal(logged, 1);
	assert_ptr_equal(jh_system, seen);
	list_del(&cell.list);
	failing = 0;
	assert_int_equal(disable(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_steps_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(each_failure_undoes_what_was_done, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dry_run_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_configuration_is_looked_at_first, setup,
						teardown),
		cmocka_unit_test_setup_teardown(lockdown_refuses_enable, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_enabled_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(no_memory_for_a_system, setup, teardown),
		cmocka_unit_test_setup_teardown(not_while_there_are_cells, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cpu_that_does_not_leave, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_destroys_cells_and_disables,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
