// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * An image without optional units refuses cells that need one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/learn.h>
#include <hv/log.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <jh/reasons.h>
#include "world.h"

#define CELL_CPU	3

static void input_of_consoles_is_refused(void **state)
{
	struct blob_parts parts;

	(void)state;
	assert_null(&unit_uart);
	assert_null(&unit_link);
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "rtos", CELL_CPU);
	assert_int_equal(world_run(&parts), 1);
	assert_int_equal(fake_hypercall(0, JH_HC_CONSOLE_INPUT, 1, 1UL << 32 | 1, 'x', 0), -ENOSYS);
	assert_int_equal(fake_hypercall(CELL_CPU, JH_HC_CONSOLE_INPUT, 1, 1UL << 32 | 1, 'x', 0),
			 -EPERM);
	assert_int_equal(report.cells[1].input_offset, 0);
	world_check();
}

/* Its configuration is refused before anything of the cell is built. */
static void no_cell_has_a_uart(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "rtos", CELL_CPU);
	parts.num_consoles = 1;
	parts.console = (struct jh_console){
		0x9000000, JH_CONSOLE_VIRTUAL_SIZE, JH_CONSOLE_PL011,
		JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4, 0, 0, 0,
	};
	world_remember();
	world_refused(world_create(&parts), -EOPNOTSUPP, JH_ERR_NO_UART, JH_OBJ_CONSOLE, 0);
	world_unchanged();
	world_check();
}

static void no_exits_are_recorded(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "rtos", CELL_CPU);
	assert_int_equal(world_run(&parts), 1);
	world_refused(fake_hypercall(0, JH_HC_CPU_TRACE, CELL_CPU, 1, 0, 0), -EOPNOTSUPP,
		      JH_ERR_NO_TRACE, JH_OBJ_HYPERVISOR, 0);
	fake_run();
	assert_null(fake_cpus[CELL_CPU].trace);
	world_check();
}

static void no_guest_is_looked_at(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "rtos", CELL_CPU);
	assert_int_equal(world_run(&parts), 1);
	world_refused(fake_hypercall(0, JH_HC_CELL_SAMPLE, 1, CELL_CPU, 0, 0), -EOPNOTSUPP,
		      JH_ERR_NO_SAMPLE, JH_OBJ_HYPERVISOR, 0);
	world_check();
}

static void the_log_stays_in_its_ring(void **state)
{
	(void)state;
	world_boot(&fake_defaults, 0xc);
	log_printf("nobody sends this\n");
	assert_int_equal(fake_hypercall(0, JH_HC_LOG_FLUSH, 0, 0, 0, 0), 0);
	world_check();
}

/* The configuration says that root learns, but a base image permits no new access: root faults. */
static void no_root_learns(void **state)
{
	(void)state;
	learn_init(JH_SYSTEM_ROOT_LISTED | JH_SYSTEM_ROOT_LEARN);
	assert_false(learn_access(0x1000, "read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_of_consoles_is_refused),
		cmocka_unit_test(no_cell_has_a_uart),
		cmocka_unit_test(no_exits_are_recorded),
		cmocka_unit_test(no_guest_is_looked_at),
		cmocka_unit_test(the_log_stays_in_its_ring),
		cmocka_unit_test(no_root_learns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
