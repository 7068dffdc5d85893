// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of the walk of descriptors: whatever a guest has in its memory, and changes between two
 * steps, each piece that is taken lies in a window, there are no more of them than the queue has
 * elements, and the memory between the windows is not touched.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../queue.h"

#define A_AT		0x1000
#define A_SIZE		0x800
#define B_AT		0x10000000f000ULL
#define B_SIZE		0x200
#define GUARD		64

static uint8_t memory[GUARD + A_SIZE + GUARD + B_SIZE + GUARD] __attribute__((aligned(16)));
static uint8_t *const a = memory + GUARD, *const b = memory + GUARD + A_SIZE + GUARD;
static struct chain chain;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

static void guards(bool set)
{
	static const size_t places[] = { 0, GUARD + A_SIZE, 2 * GUARD + A_SIZE + B_SIZE };
	size_t i, k;

	for (i = 0; i < 3; i++)
		for (k = 0; k < GUARD; k++) {
			if (set)
				memory[places[i] + k] = 0xa5;
			check(memory[places[i] + k] == 0xa5);
		}
}

static bool is_in(const struct iovec *iov, const uint8_t *window, size_t size)
{
	const uint8_t *at = iov->iov_base;

	return at >= window && iov->iov_len <= size && (size_t)(at - window) <= size - iov->iov_len;
}

static void look(const struct queue *queue)
{
	uint64_t bytes[2] = { 0, 0 };
	unsigned int i;

	check(chain.reads + chain.writes && chain.reads + chain.writes <= queue->num);
	for (i = 0; i < chain.reads + chain.writes; i++) {
		check(chain.iov[i].iov_len && (is_in(&chain.iov[i], a, A_SIZE) ||
					       is_in(&chain.iov[i], b, B_SIZE)));
		bytes[i >= chain.reads] += chain.iov[i].iov_len;
	}
	check(bytes[0] == chain.read_bytes && bytes[1] == chain.write_bytes);
	check(chain.read_bytes <= QUEUE_BYTES && chain.write_bytes <= QUEUE_BYTES);
}

/* Near what makes sense, or a chain would seldom be one. */
static uint64_t address(const uint8_t *data)
{
	uint64_t low = data[1] | (uint64_t)data[2] << 8;

	switch (data[0] % 4) {
	case 0:
		return A_AT + low % (A_SIZE + 32);
	case 1:
		return B_AT + low % (B_SIZE + 32);
	case 2:
		return 0 - low;
	}
	return low << data[0] % 48;
}

static void write_desc(const uint8_t *data)
{
	struct {
		uint64_t address;
		uint32_t length;
		uint16_t flags, next;
	} desc = {
		.address = address(data + 1),
		.length = data[4] & 0x80 ? (uint32_t)data[5] << 24 | data[6] : data[5],
		.flags = data[4] & 0x40 ? data[6] : data[6] & 3,
		.next = data[4] & 0x20 ? data[7] : data[7] % 8,
	};

	memcpy(a + 16 * (data[0] % 16), &desc, sizeof(desc));
}

static void set16(size_t at, uint16_t value)
{
	memcpy(a + at % (A_SIZE - 1), &value, sizeof(value));
}

/* Eight bytes set the queue up, then steps of eight bytes: what, and with which values */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct windows windows = {
		.window = { { A_AT, A_SIZE, memory + GUARD, 0 },
			    { B_AT, B_SIZE, memory + GUARD + A_SIZE + GUARD, 0 } },
		.count = 2,
	};
	struct queue_setup setup = { 8, A_AT, A_AT + 0x100, A_AT + 0x200 };
	struct queue queue;
	uint16_t index = 0;
	int ret;

	if (size < 8)
		return 0;
	memset(memory, 0, sizeof(memory));
	guards(true);
	if (data[0] & 1)
		setup = (struct queue_setup){
			1u << data[1] % 12, address(data + 2) & ~15ULL,
			address(data + 4) & ~1ULL, address(data + 5) & ~3ULL,
		};
	if (!queue_begin(&queue, &setup, &windows, data[0] & 2))
		return 0;
	for (data += 8, size -= 8; size >= 8; data += 8, size -= 8) {
		switch (data[0] % 8) {
		case 0: case 1:
			write_desc(data);
			break;
		case 2:
			set16(0x104 + 2 * (index % 8), data[1] & 0x80 ? data[2] : data[2] % 8);
			set16(0x102, ++index);
			break;
		case 3:
			set16(data[1] | (size_t)data[2] << 8,
			      (uint16_t)(data[3] | (uint16_t)data[4] << 8));
			break;
		case 4:
			queue_hush(&queue);
			queue_wants_interrupt(&queue);
			break;
		default:
			ret = queue_take(&queue, &chain);
			check(ret >= -1 && ret <= 1);
			if (ret != 1)
				break;
			look(&queue);
			if (data[1] & 1)
				queue_back(&queue);
			else
				queue_give(&queue, chain.head, data[2]);
		}
		guards(false);
	}
	return 0;
}
