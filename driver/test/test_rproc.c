// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Cells as remote processors, on jh's side: the calls into the module, and that destroy waits for
 * remoteproc without jh_lock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "../rproc.h"
#include "blob.h"

#define ENTRY	0x1000

static struct blob_parts parts;
static struct jh_error err;
static int code;
static struct jh_cell *cell;
static u32 adds, removes, tells, told_last;
static struct jh_cell *added;
static void *given;			/* to jh by add() */
static void (*while_removing)(void);

/* --- the module --- */

static void *add(struct jh_cell *what)
{
	assert_int_equal(jh_lock.held, 1);
	adds++;
	added = what;
	return given;
}

static void remove_it(void *rproc)
{
	assert_ptr_equal(rproc, &given);
	assert_int_equal(jh_lock.held, 0);
	removes++;
	if (while_removing)
		while_removing();
}

static void told(void *rproc, u32 state)
{
	assert_ptr_equal(rproc, &given);
	assert_int_equal(jh_lock.held, 1);
	tells++;
	told_last = state;
}

static const struct jh_rproc_ops ops = { .add = add, .remove = remove_it, .told = told };

/* What the module calls takes jh_lock. */
static int unlocked(int (*call)(void))
{
	int result;

	mutex_unlock(&jh_lock);
	result = call();
	mutex_lock(&jh_lock);
	return result;
}

static int registers(void)
{
	jh_rproc_register(&ops);
	return 0;
}

static int unregisters(void)
{
	jh_rproc_unregister();
	return 0;
}

static int prepares(void)
{
	return jh_rproc_prepare(cell);
}

static LIST_HEAD(images);

static void add_image(u64 address, const char *bytes)
{
	struct jh_image *image = kvzalloc(sizeof(*image) + strlen(bytes), GFP_KERNEL);

	image->address = address;
	image->length = strlen(bytes);
	memcpy(image->data, bytes, image->length);
	list_add_tail(&image->list, &images);
}

static int starts(void)
{
	return jh_rproc_start(cell, &images, ENTRY);
}

static int stops(void)
{
	jh_rproc_stop(cell);
	return 0;
}

/* --- scenes --- */

static int setup(void **state)
{
	fake_reset();
	fake_cells_reset();
	memset(&err, 0, sizeof(err));
	blob_cell(&parts);
	parts.cpus[0].cpu = 3;
	parts.num_cpus = 1;
	adds = removes = tells = 0;
	given = &given;
	while_removing = NULL;
	cell = NULL;
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(jh_lock.held, 1);
	while_removing = NULL;
	while (!list_empty(&jh_cells))
		assert_int_equal(jh_cell_destroy(list_first_entry(&jh_cells, struct jh_cell, list),
						 &err), 0);
	unlocked(unregisters);
	if (fake_seen.work)
		fake_work();
	assert_true(list_empty(&images));
	assert_int_equal(fake_allocated(), 0);
	fake_cells_end();
	return 0;
}

static void create(bool rpmsg)
{
	struct jh_config_link *link = blob_add_link(&parts, "messages", "root");

	if (rpmsg)
		link->flags = JH_LINK_RPMSG;
	link->size = 0x40000;
	link->output = 0x1000;
	cell = fake_create(&parts, &err, &code);
	assert_int_equal(err.reason, 0);
	assert_non_null(cell);
}

static void created(void)
{
	unlocked(registers);
	create(true);
	assert_int_equal(adds, 1);
}

static void running(void)
{
	created();
	assert_int_equal(unlocked(prepares), 0);
	add_image(0x2000, "program");
	assert_int_equal(unlocked(starts), 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
}

/* --- tests --- */

static void cells_that_have_rpmsg(void **state)
{
	unlocked(registers);
	create(false);
	assert_int_equal(adds, 0);
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	parts.num_links = 0;
	create(true);
	assert_int_equal(adds, 1);
	assert_ptr_equal(added, cell);
	assert_string_equal(jh_rproc_name(cell), parts.cell.name);
	assert_string_equal(fake_seen.module, "");
}

static void the_module_may_come_later(void **state)
{
	create(true);
	assert_string_equal(fake_seen.module, "jh_remoteproc");
	assert_int_equal(adds, 0);
	unlocked(registers);
	assert_int_equal(adds, 1);
	assert_ptr_equal(added, cell);
}

/* It is a cell like others then. */
static void the_module_may_fail(void **state)
{
	given = NULL;
	created();
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(removes, 0);
}

static void it_is_loaded_and_started(void **state)
{
	created();
	fake_hv.clean_more = 0;
	assert_int_equal(unlocked(prepares), 0);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_CLEAN] > 0, 1);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_WRITE], 0);
	add_image(0x2000, "program");
	add_image(0x3000, "data");
	assert_int_equal(unlocked(starts), 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
	assert_int_equal(fake_cell_report(cell->id)->entry, ENTRY);
	assert_memory_equal(fake_hv.ram[cell->id] + 0x2000, "program", 7);
	assert_memory_equal(fake_hv.ram[cell->id] + 0x3000, "data", 4);
	assert_true(list_empty(&cell->images));
	assert_int_equal(told_last, JH_CELL_RUNNING);
	unlocked(stops);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_STOPPED);
	assert_int_equal(told_last, JH_CELL_STOPPED);
	/* And again; what has stopped is not stopped again. */
	unlocked(stops);
	assert_int_equal(unlocked(prepares), 0);
	assert_int_equal(unlocked(starts), 0);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
}

static void what_scrub_needs_is_kept(void **state)
{
	parts.cell.flags |= JH_CELL_SCRUB_RESTART;
	running();
	assert_false(list_empty(&cell->images));
	assert_int_equal(cell->images.next->next == &cell->images, 1);
}

static void a_busy_cell_is_refused(void **state)
{
	created();
	cell->loading = true;
	assert_int_equal(unlocked(prepares), -refuse_errno(JH_ERR_CELL_BUSY));
	assert_int_equal(unlocked(starts), -refuse_errno(JH_ERR_CELL_BUSY));
	cell->loading = false;
	jh_turn_begin(cell);
	assert_int_equal(unlocked(prepares), -refuse_errno(JH_ERR_CELL_BUSY));
	jh_turn_end(cell);
	fake_cell_report(cell->id)->state = JH_CELL_RUNNING;
	assert_int_equal(unlocked(prepares), -refuse_errno(JH_ERR_CELL_RUNNING));
	assert_int_equal(unlocked(starts), -refuse_errno(JH_ERR_CELL_RUNNING));
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
}

static void a_program_that_does_not_fit(void **state)
{
	created();
	assert_int_equal(unlocked(prepares), 0);
	assert_int_equal(jh_rproc_room(cell, 0x1000), (16 << 20) - 0x1000);
	assert_int_equal(jh_rproc_room(cell, 16 << 20), 0);
	fake_hv.refused_code = JH_HC_CELL_WRITE;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_NOT_CLEAN;
	add_image(0x2000, "program");
	assert_int_equal(unlocked(starts), -refuse_errno(JH_ERR_NOT_CLEAN));
	assert_int_equal(fake_hv.calls[JH_HC_CELL_START], 0);
	assert_true(list_empty(&cell->images));
}

static void states_are_told(void **state)
{
	running();
	tells = 0;
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	jh_event_check();
	assert_int_equal(tells, 1);
	assert_int_equal(told_last, JH_CELL_FAILED);
	unlocked(stops);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_STOPPED);
}

/* Remoteproc stops the processor, and somebody starts it: neither does anything. */
static void calls_meanwhile(void)
{
	u32 stops_before = fake_hv.calls[JH_HC_CELL_STOP];

	assert_int_equal(jh_rproc_prepare(cell), -ENODEV);
	assert_int_equal(jh_rproc_start(cell, &images, ENTRY), -ENODEV);
	jh_rproc_stop(cell);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_STOP], stops_before);
	assert_int_equal(fake_hv.calls[JH_HC_CELL_SCRUB], 0);
	mutex_lock(&jh_lock);
	jh_event_check();
	mutex_unlock(&jh_lock);
}

static void the_end_waits_for_remoteproc(void **state)
{
	running();
	while_removing = calls_meanwhile;
	assert_int_equal(jh_cell_destroy(cell, &err), 0);
	assert_int_equal(removes, 1);
	assert_true(list_empty(&jh_cells));
}

/* Somebody else destroys it first. */
static void destroys(void)
{
	struct jh_error other = { 0 };

	while_removing = NULL;
	mutex_lock(&jh_lock);
	cell->rproc_goes = false;
	assert_int_equal(jh_cell_destroy(cell, &other), 0);
	mutex_unlock(&jh_lock);
}

static void it_may_be_gone_afterwards(void **state)
{
	running();
	while_removing = destroys;
	assert_int_equal(jh_cell_destroy(cell, &err), -refuse_errno(JH_ERR_NO_CELL));
	assert_int_equal(removes, 1);
}

static void a_cell_that_stays_is_a_processor_again(void **state)
{
	running();
	fake_hv.refused_code = JH_HC_CELL_DESTROY;
	fake_hv.refused_after = 1;
	fake_hv.refused_reason = JH_ERR_NOT_SCRUBBED;
	assert_int_equal(jh_cell_destroy(cell, &err), -refuse_errno(JH_ERR_NOT_SCRUBBED));
	assert_int_equal(removes, 1);
	assert_int_equal(adds, 2);
}

static void the_module_goes(void **state)
{
	running();
	unlocked(unregisters);
	assert_int_equal(removes, 1);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_STOPPED);
	/* Nothing of it is called. */
	tells = 0;
	fake_cell_report(cell->id)->state = JH_CELL_FAILED;
	jh_event_check();
	assert_int_equal(tells, 0);
}

static int ends(void)
{
	jh_rproc_end();
	return 0;
}

/* Cells are asked, and destroyed, by others then. */
static void the_machine_goes_down(void **state)
{
	running();
	unlocked(ends);
	assert_int_equal(removes, 1);
	assert_int_equal(jh_report_state(cell->id), JH_CELL_RUNNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cells_that_have_rpmsg, setup, teardown),
		cmocka_unit_test_setup_teardown(the_module_may_come_later, setup, teardown),
		cmocka_unit_test_setup_teardown(the_module_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_loaded_and_started, setup, teardown),
		cmocka_unit_test_setup_teardown(what_scrub_needs_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_busy_cell_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_program_that_does_not_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(states_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_waits_for_remoteproc, setup, teardown),
		cmocka_unit_test_setup_teardown(it_may_be_gone_afterwards, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cell_that_stays_is_a_processor_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_module_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(the_machine_goes_down, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
