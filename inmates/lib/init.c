// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * From the assembler start-up code to inmate_main(), and the way out.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/console.h>
#include <inmate/io.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

void __noreturn init_first_cpu(void);

void __noreturn inmate_exit(u32 cell_state)
{
	sysreg_write(daif, 0x3c0);
	comm_set_state(cell_state);
	if (cmdline_is("exit", "psci"))
		psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void __noreturn init_first_cpu(void)
{
	if (!comm_is_valid())
		inmate_exit(JH_COMM_FAILED_REVISION);
	console_init();
	inmate_main();
	inmate_exit(JH_COMM_SHUT_DOWN);
}
