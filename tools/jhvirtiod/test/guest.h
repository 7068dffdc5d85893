/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The guest of a virtio device, and the link between: memory in two windows, registers that are
 * plain memory, queues as a driver writes them.
 */
#ifndef GUEST_H
#define GUEST_H

#include "../device.h"
#include "../window.h"

#define GUEST_A		0x70001000ULL	/* first window: queues, and room behind them */
#define GUEST_A_SIZE	0x40000
#define GUEST_B		0x72001000ULL	/* second one */
#define GUEST_B_SIZE	0x10000
#define GUEST_ROOM	0x70020000ULL	/* in the first one, behind the queues */

#define GUEST_NEXT	1
#define GUEST_WRITE	2
#define GUEST_INDIRECT	4

extern struct windows guest_windows;
extern uint32_t guest_registers[1024];
extern uint32_t guest_word;		/* the cell's, of the state table */
extern unsigned int guest_announced, guest_withdrawn, guest_complaints;
extern char guest_said[512];		/* the last complaint */
extern bool guest_gone;			/* the cell was destroyed */

/** guest_reset() - everything as it was at first; a test's set-up */
int guest_reset(void **state);

/** guest_at() - where something of the guest's is; fails the test if it is nowhere */
void *guest_at(uint64_t address);

/** guest_setup() - where queue @n is, of @num elements: as guest_queue() has it */
struct queue_setup guest_setup(unsigned int n, uint32_t num);

/** guest_queue() - clear queue @n, and tell the registers of it */
void guest_queue(unsigned int n, uint32_t num);

void guest_desc(unsigned int n, uint32_t index, uint64_t address, uint32_t length, uint16_t flags,
		uint16_t next);

/** guest_avail() - make the chain of @head available */
void guest_avail(unsigned int n, uint32_t num, uint16_t head);

/** guest_avail_index(), guest_avail_flags() - the two words before the ring */
uint16_t *guest_avail_index(unsigned int n);
uint16_t *guest_avail_flags(unsigned int n);
uint16_t *guest_used_event(unsigned int n, uint32_t num);

uint16_t *guest_used_index(unsigned int n);
uint16_t *guest_used_flags(unsigned int n);
uint16_t *guest_avail_event(unsigned int n, uint32_t num);

/** guest_used() - element @i of what the device has used: head, length */
const uint32_t *guest_used(unsigned int n, uint32_t num, uint16_t i);

/** guest_port() - the link's end that the device has */
struct port guest_port(void);

/** guest_interrupted() - what was raised since it was asked last */
uint32_t guest_interrupted(void);

#endif
