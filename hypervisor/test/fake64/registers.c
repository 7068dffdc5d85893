// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/sysreg.h>
#include "registers.h"

#define REGISTERS	64

void (*fake64_wrote)(const char *name);

static struct {
	const char *name;
	u64 value;
} registers[REGISTERS];

u64 *fake64_register(const char *name)
{
	u32 i;

	for (i = 0; i < REGISTERS; i++) {
		if (!registers[i].name)
			registers[i].name = name;
		if (!strcmp(registers[i].name, name))
			return &registers[i].value;
	}
	fprintf(stderr, "fake64: too many system registers\n");
	abort();
}

void fake64_clear_registers(void)
{
	memset(registers, 0, sizeof(registers));
	fake64_wrote = NULL;
}

u64 fake64_read_sysreg(const char *name)
{
	return *fake64_register(name);
}

void fake64_write_sysreg(const char *name, u64 value)
{
	*fake64_register(name) = value;
	if (fake64_wrote)
		fake64_wrote(name);
}
