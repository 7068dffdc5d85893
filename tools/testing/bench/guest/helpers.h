/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What more than one of the programs needs.
 */
#ifndef HELPERS_H
#define HELPERS_H

#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

/** Stay on one CPU, if there is such a one. */
static inline void helpers_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/** Fill the header of an echo request that is followed by @size bytes of data, an even number. */
static inline void helpers_echo(struct icmphdr *echo, size_t size, uint16_t sequence)
{
	const char *bytes = (const char *)echo;
	uint32_t sum = 0;
	uint16_t word;
	size_t i;

	memset(echo, 0, sizeof(*echo));
	echo->type = ICMP_ECHO;
	echo->un.echo.sequence = htons(sequence);
	for (i = 0; i < sizeof(*echo) + size; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		sum += word;
	}
	sum = (sum >> 16) + (sum & 0xffff);
	echo->checksum = ~(sum + (sum >> 16));
}

#endif
