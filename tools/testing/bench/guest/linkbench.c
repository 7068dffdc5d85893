// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link to inmates/bench (run=link with=root): linkbench COUNT FILE-OF-THE-LINK.
 *
 * First root rings, from a mapping of the registers, and prints the time from the store to the
 * first instruction of the cell's handler. Then it takes the bells of the cell, which measures what
 * its own store costs: root tells it each time that it is ready for the next.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jh/link.h>
#include <jh/linkfile.h>

#include "samples.h"

#define WARM		8	/* as inmates/bench/bench_link.c has it */
#define PAUSE		20000	/* ticks, for the cell to sleep again */
#define LOOKS		1000000
#define PATIENCE_MS	20000

/* The output of either side, see inmates/bench/bench_link.c. */
struct heard {
	uint64_t stamp;
	uint64_t count;
};

static struct jh_linkfile side;
static volatile uint32_t *registers;
static struct samples samples;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("linkbench: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
	exit(EXIT_FAILURE);
}

static void connect_sides(const char *name)
{
	if (jh_linkfile_open(&side, name))
		die("cannot open %s: %s", name, strerror(errno));
	while (!jh_linkfile_is_connected(&side))
		if (jh_linkfile_wait(&side, PATIENCE_MS) <= 0)
			die("the cell does not answer");
	registers = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, side.fd,
			 JH_LINK_MAP_REGISTERS);
	if (registers == MAP_FAILED)
		die("cannot map the registers: %s", strerror(errno));
}

static void pause_for(uint64_t ticks)
{
	uint64_t end = samples_now() + ticks;

	while (samples_now() < end)
		;
}

static __attribute__((noinline)) uint64_t ring(volatile uint32_t *doorbell, uint32_t value)
{
	uint64_t before;

	/* YIELD lets an emulator that runs one CPU at a time run the other one. */
	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tstr %w1, [%2]\n\tyield"
		     : "=&r"(before) : "r"(value), "r"(doorbell) : "memory");
	return before;
}

/* The time from a bell to its interrupt in the cell. */
static uint64_t ring_once(const struct heard *heard)
{
	uint64_t count = __atomic_load_n(&heard->count, __ATOMIC_ACQUIRE), before;
	uint32_t look;

	before = ring(&registers[JH_LINK_DOORBELL / 4], !side.info.side << 16 | JH_STREAM_BELL);
	for (look = 0; look < LOOKS; look++)
		if (__atomic_load_n(&heard->count, __ATOMIC_ACQUIRE) != count)
			return heard->stamp - before;
	die("no interrupt in the cell");
}

static void ring_cell(unsigned int count, const struct heard *heard)
{
	unsigned int n;
	uint64_t took;

	for (n = 0; n < WARM + count; n++) {
		pause_for(PAUSE);
		took = ring_once(heard);
		if (n >= WARM)
			samples_add(&samples, took);
	}
	samples_print(&samples, "bell_from_root");
}

static void hear_cell(unsigned int count, struct heard *own)
{
	unsigned int n;

	for (n = 0; n < WARM + count; n++)
		if (jh_linkfile_wait(&side, PATIENCE_MS) <= 0)
			die("the cell has stopped to ring");
		else
			__atomic_store_n(&own->count, n + 1, __ATOMIC_RELEASE);
}

int main(int argc, char **argv)
{
	unsigned int count;

	if (argc != 3)
		die("COUNT FILE is needed");
	count = strtoul(argv[1], NULL, 0);
	connect_sides(argv[2]);
	ring_cell(count, (const struct heard *)side.other->data);
	hear_cell(count, (struct heard *)side.own->data);
	jh_linkfile_close(&side);
	return 0;
}
