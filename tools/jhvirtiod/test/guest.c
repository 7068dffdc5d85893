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

#include <jh/virtio.h>

#include "../jhvirtiod.h"
#include "guest.h"

#define QUEUE_STEP	0x8000		/* from one queue to the next */
#define DRIVER_AT	0x4000		/* in a queue's part, behind 1024 descriptors */
#define DEVICE_AT	0x5000

static uint8_t a[GUEST_A_SIZE] __attribute__((aligned(4096)));
static uint8_t b[GUEST_B_SIZE] __attribute__((aligned(4096)));

struct windows guest_windows;
uint32_t guest_registers[1024];
uint32_t guest_word;
unsigned int guest_announced, guest_withdrawn, guest_complaints;
char guest_said[512];
bool guest_gone;

int guest_reset(void **state)
{
	memset(a, 0, sizeof(a));
	memset(b, 0, sizeof(b));
	memset(guest_registers, 0, sizeof(guest_registers));
	guest_windows = (struct windows){
		.window = { { GUEST_A, GUEST_A_SIZE, a }, { GUEST_B, GUEST_B_SIZE, b } },
		.count = 2,
	};
	guest_word = 0;
	guest_announced = guest_withdrawn = guest_complaints = 0;
	guest_said[0] = '\0';
	guest_gone = false;
	return 0;
}

void *guest_at(uint64_t address)
{
	if (address >= GUEST_A && address < GUEST_A + GUEST_A_SIZE)
		return a + (address - GUEST_A);
	assert_true(address >= GUEST_B && address < GUEST_B + GUEST_B_SIZE);
	return b + (address - GUEST_B);
}

/* --- queues --- */

static uint8_t *part(unsigned int n, uint64_t offset)
{
	return guest_at(GUEST_A + n * QUEUE_STEP + offset);
}

struct queue_setup guest_setup(unsigned int n, uint32_t num)
{
	uint64_t base = GUEST_A + n * QUEUE_STEP;

	return (struct queue_setup){ num, base, base + DRIVER_AT, base + DEVICE_AT };
}

static void put64(uint32_t offset, uint64_t value)
{
	guest_registers[offset / 4] = (uint32_t)value;
	guest_registers[offset / 4 + 1] = (uint32_t)(value >> 32);
}

void guest_queue(unsigned int n, uint32_t num)
{
	struct queue_setup setup = guest_setup(n, num);
	uint32_t base = JH_VIRTIO_ROOT_QUEUE(n);

	memset(part(n, 0), 0, QUEUE_STEP);
	guest_registers[(base + JH_VIRTIO_QUEUE_NUM_AT) / 4] = num;
	guest_registers[(base + JH_VIRTIO_QUEUE_READY_AT) / 4] = 1;
	put64(base + JH_VIRTIO_QUEUE_DESC_AT, setup.desc);
	put64(base + JH_VIRTIO_QUEUE_DRIVER_AT, setup.driver);
	put64(base + JH_VIRTIO_QUEUE_DEVICE_AT, setup.device);
}

void guest_desc(unsigned int n, uint32_t index, uint64_t address, uint32_t length, uint16_t flags,
		uint16_t next)
{
	struct {
		uint64_t address;
		uint32_t length;
		uint16_t flags, next;
	} desc = { address, length, flags, next };

	memcpy(part(n, 16 * index), &desc, sizeof(desc));
}

static uint16_t *word(unsigned int n, uint64_t offset)
{
	return (uint16_t *)(void *)part(n, offset);
}

uint16_t *guest_avail_flags(unsigned int n)
{
	return word(n, DRIVER_AT);
}

uint16_t *guest_avail_index(unsigned int n)
{
	return word(n, DRIVER_AT + 2);
}

uint16_t *guest_used_event(unsigned int n, uint32_t num)
{
	return word(n, DRIVER_AT + 4 + 2 * num);
}

uint16_t *guest_used_flags(unsigned int n)
{
	return word(n, DEVICE_AT);
}

uint16_t *guest_used_index(unsigned int n)
{
	return word(n, DEVICE_AT + 2);
}

uint16_t *guest_avail_event(unsigned int n, uint32_t num)
{
	return word(n, DEVICE_AT + 4 + 8 * num);
}

void guest_avail(unsigned int n, uint32_t num, uint16_t head)
{
	*word(n, DRIVER_AT + 4 + 2 * (*guest_avail_index(n) % num)) = head;
	++*guest_avail_index(n);
}

const uint32_t *guest_used(unsigned int n, uint32_t num, uint16_t i)
{
	return (const uint32_t *)(void *)part(n, DEVICE_AT + 4 + 8 * (i % num));
}

/* --- the link --- */

struct port guest_port(void)
{
	return (struct port){
		.name = "disk", .fd = -1, .registers = guest_registers, .peer = &guest_word,
	};
}

uint32_t guest_interrupted(void)
{
	uint32_t *word_of = &guest_registers[JH_VIRTIO_ROOT_INTERRUPT / 4], was = *word_of;

	*word_of = 0;
	return was;
}

bool port_announce(struct port *port)
{
	guest_announced++;
	return !guest_gone;
}

void port_withdraw(struct port *port)
{
	guest_withdrawn++;
}

/* --- what is said --- */

static void keep(const char *format, va_list list)
{
	vsnprintf(guest_said, sizeof(guest_said), format, list);
	guest_complaints++;
}

int complain(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep(format, list);
	va_end(list);
	return EXIT_REFUSED;
}

int misuse(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep(format, list);
	va_end(list);
	return EXIT_USAGE;
}

void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep(format, list);
	va_end(list);
}
