// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fake/fake.h"

#define NOTES	65536
#define MOST	1024

u64 fake_mpidr;
u32 fake_cpu;
jmp_buf fake_end;
void (*fake_at_sleep)(void);
void (*fake_at_write)(u64 address, u64 value);
void (*fake_at_read)(u64 address);
void (*fake_at_flush)(void);
u64 (*fake_answer)(u64 function, u64 a, u64 b, u64 c);

static char notes[NOTES];
static size_t noted;
static struct {
	u64 address;
	const char *name;
	u64 value;
} registers[MOST];
static u32 num_registers;

void fake_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	noted += (size_t)vsnprintf(notes + noted, NOTES - noted, format, args);
	va_end(args);
	assert_true(noted < NOTES);
}

void fake_reset(void)
{
	noted = 0;
	notes[0] = '\0';
	num_registers = 0;
	fake_mpidr = 0x80000000;
	fake_cpu = 0;
	fake_at_sleep = NULL;
	fake_at_write = NULL;
	fake_at_read = NULL;
	fake_at_flush = NULL;
	fake_answer = NULL;
}

void fake_expect(const char *text)
{
	size_t at = 0, line = 0;

	for (; notes[at] && notes[at] == text[at]; at++)
		if (notes[at] == '\n')
			line = at + 1;
	if (notes[at] != text[at])
		fail_msg("noted \"%.200s\", but expected \"%.200s\"", notes + line, text + line);
	noted = 0;
	notes[0] = '\0';
}

static u64 *find(u64 address, const char *name)
{
	u32 i;

	for (i = 0; i < num_registers; i++)
		if (registers[i].address == address &&
		    !strcmp(registers[i].name ? registers[i].name : "", name ? name : ""))
			return &registers[i].value;
	assert_true(i < MOST);
	registers[num_registers].address = address;
	registers[num_registers].name = name;
	registers[num_registers].value = 0;
	return &registers[num_registers++].value;
}

void fake_set(u64 address, u64 value)
{
	*find(address, NULL) = value;
}

void fake_set_sysreg(const char *name, u64 value)
{
	*find(0, name) = value;
}

static u64 read_bits(u64 address, u32 bits)
{
	fake_note("read%u %lx\n", bits, address);
	if (fake_at_read)
		fake_at_read(address);
	return *find(address, NULL);
}

u8 fake_read8(u64 address)
{
	return (u8)read_bits(address, 8);
}

u16 fake_read16(u64 address)
{
	return (u16)read_bits(address, 16);
}

u32 fake_read32(u64 address)
{
	return (u32)read_bits(address, 32);
}

u64 fake_read64(u64 address)
{
	return read_bits(address, 64);
}

void fake_write(u64 address, u32 bits, u64 value)
{
	fake_note("write%u %lx %lx\n", bits, address, value);
	if (fake_at_write)
		fake_at_write(address, value);
}

u64 fake_sysreg_read(const char *name)
{
	fake_note("mrs %s\n", name);
	if (fake_at_read)
		fake_at_read(0);
	return *find(0, name);
}

void fake_sysreg_write(const char *name, u64 value)
{
	fake_note("msr %s %lx\n", name, value);
}

u64 fake_irq_save(void)
{
	fake_note("irq save\n");
	return 0x80;
}

s64 fake_call32(const char *by, u64 function, u64 a, u64 b, u64 c)
{
	fake_note("%s %lx %lx %lx %lx\n", by, function, a, b, c);
	return fake_answer ? (s32)fake_answer(function, a, b, c) : 0;
}

void fake_tlb_flush(void)
{
	fake_note("tlb flush\n");
	if (fake_at_flush)
		fake_at_flush();
}

void fake_sleep(void)
{
	fake_note("sleep\n");
	if (fake_at_sleep) {
		fake_at_sleep();
		return;
	}
	longjmp(fake_end, 1);
}
