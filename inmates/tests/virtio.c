// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A virtio disk, as a driver for virtio over MMIO uses it; its queue and its buffers lie in the
 * memory of the link that it stands on. A notification, or an interrupt, that is lost is a test
 * that hangs.
 *
 * Command line: registers=ADDRESS, memory=ADDRESS and irq=INTID are where they are, those of the
 * configuration. mode=test reads and writes the disk and judges what comes back. mode=lost waits,
 * when that is done, until the other end has gone and another one has come. mode=fuzz does all
 * that it can to registers and queue, then uses the disk as if nothing had been. mode=card does
 * that to a network card, both of whose queues are the same memory, and does not use it.
 */
#include <inmate/cmdline.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/mmu.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>
#include <jh/config.h>
#include <jh/virtio.h>

#include "fuzz.h"
#include "tap.h"

#define VIRTIO_REGISTERS	0x9000000
#define VIRTIO_MEMORY		0x70000000
#define VIRTIO_IRQ		33
#define VIRTIO_SIZE		8		/* elements of the queue */
#define VIRTIO_BYTES		4096		/* of a request */
#define VIRTIO_ROUNDS		64
#define VIRTIO_FUZZ_ROUNDS	20000

#define DESC_NEXT		1
#define DESC_WRITE		2
#define BLK_IN			0
#define BLK_OUT			1
#define BLK_NOTHING_YET		0xff

#define S_DRIVER		(JH_VIRTIO_S_ACKNOWLEDGE | JH_VIRTIO_S_DRIVER)
#define S_AGREED		(S_DRIVER | JH_VIRTIO_S_FEATURES_OK)
#define S_WORKS			(S_AGREED | JH_VIRTIO_S_DRIVER_OK)

struct virtio_desc {
	u64 address;
	u32 length;
	u16 flags;
	u16 next;
};

/* All that the other end sees, behind the state table of the link. */
struct virtio_shared {
	struct virtio_desc desc[VIRTIO_SIZE];
	struct {
		u16 flags, index, ring[VIRTIO_SIZE];
	} avail;
	u8 gap[4];
	struct {
		u16 flags, index;
		struct {
			u32 id, length;
		} ring[VIRTIO_SIZE];
	} used __attribute__((aligned(8)));
	struct {
		u32 type, reserved;
		u64 sector;
	} header __attribute__((aligned(16)));
	u8 status;
	u8 data[VIRTIO_BYTES] __attribute__((aligned(16)));
};

static u64 registers;
static u32 device_kind = JH_VIRTIO_BLOCK, num_queues = 1;
static struct virtio_shared *shared;
static volatile u32 test_irqs, test_bits;

static u32 get(u32 offset)
{
	return mmio_read32(registers + offset);
}

static void put(u32 offset, u32 value)
{
	mmio_write32(registers + offset, value);
}

static void virtio_handler(u32 intid, void *arg)
{
	u32 bits = get(JH_VIRTIO_INTERRUPT_STATUS);

	(void)intid;
	(void)arg;
	put(JH_VIRTIO_INTERRUPT_ACK, bits);
	test_irqs++;
	test_bits |= bits;
}

/* Until the device has said one of them. */
static void await_bits(u32 bits)
{
	while (!(test_bits & bits)) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
	test_bits &= ~bits;
}

static void virtio_begin(void)
{
	u32 irq = (u32)cmdline_int("irq", VIRTIO_IRQ);
	u64 memory = (u64)cmdline_int("memory", VIRTIO_MEMORY);

	registers = (u64)cmdline_int("registers", VIRTIO_REGISTERS);
	mmu_set_block(memory & ~0x1fffffUL, MMU_DATA);
	shared = (struct virtio_shared *)(memory + 0x1000);
	gic_init();
	gic_handle(irq, virtio_handler, NULL);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
}

static void await_device(void)
{
	while (get(JH_VIRTIO_DEVICE_ID) != device_kind)
		;
}

static void put_address(u32 nth, const volatile void *address)
{
	put(JH_VIRTIO_QUEUE_ADDRESS + 16 * nth, (u32)(u64)address);
	put(JH_VIRTIO_QUEUE_ADDRESS + 16 * nth + 4, (u32)((u64)address >> 32));
}

static void set_up_queue(u32 n)
{
	put(JH_VIRTIO_QUEUE_SEL, n);
	put(JH_VIRTIO_QUEUE_NUM, VIRTIO_SIZE);
	put_address(0, shared->desc);
	put_address(1, &shared->avail);
	put_address(2, &shared->used);
	put(JH_VIRTIO_QUEUE_READY, 1);
}

/* The status that the device has then. */
static u32 set_up(void)
{
	u32 n;

	memset(shared, 0, sizeof(*shared));
	put(JH_VIRTIO_STATUS, 0);
	put(JH_VIRTIO_STATUS, JH_VIRTIO_S_ACKNOWLEDGE);
	put(JH_VIRTIO_STATUS, S_DRIVER);
	put(JH_VIRTIO_DRIVER_FEATURES_SEL, 0);
	put(JH_VIRTIO_DRIVER_FEATURES, 0);
	put(JH_VIRTIO_DRIVER_FEATURES_SEL, 1);
	put(JH_VIRTIO_DRIVER_FEATURES, 1U << (JH_VIRTIO_F_VERSION_1 - 32));
	put(JH_VIRTIO_STATUS, S_AGREED);
	for (n = 0; n < num_queues; n++)
		set_up_queue(n);
	test_bits = 0;
	put(JH_VIRTIO_STATUS, S_WORKS);
	return get(JH_VIRTIO_STATUS);
}

static void describe(u32 n, void *address, u32 length, u16 flags)
{
	shared->desc[n] = (struct virtio_desc){ (u64)address, length, flags, (u16)(n + 1) };
}

/* The status that the device gives it: 0 is well. */
static u8 request(u32 type, u64 sector)
{
	u16 index = shared->avail.index;

	shared->header.type = type;
	shared->header.reserved = 0;
	shared->header.sector = sector;
	shared->status = BLK_NOTHING_YET;
	describe(0, &shared->header, sizeof(shared->header), DESC_NEXT);
	describe(1, shared->data, VIRTIO_BYTES, DESC_NEXT | (type == BLK_IN ? DESC_WRITE : 0));
	describe(2, &shared->status, 1, DESC_WRITE);
	shared->avail.ring[index % VIRTIO_SIZE] = 0;
	dmb_ish();
	WRITE_ONCE(shared->avail.index, (u16)(index + 1));
	dmb_ish();
	put(JH_VIRTIO_QUEUE_NOTIFY, 0);
	while (READ_ONCE(shared->used.index) != (u16)(index + 1))
		await_bits(JH_VIRTIO_INT_USED);
	dmb_ish();
	return shared->status;
}

static u8 pattern(u32 round, u32 i)
{
	return (u8)(i * 7 + (i >> 8) + round * 31);
}

static u32 write_all(void)
{
	u32 round, i, wrong = 0;

	for (round = 0; round < VIRTIO_ROUNDS; round++) {
		for (i = 0; i < VIRTIO_BYTES; i++)
			shared->data[i] = pattern(round, i);
		wrong += request(BLK_OUT, round * (VIRTIO_BYTES / 512)) != 0;
	}
	return wrong;
}

static u32 read_all(void)
{
	u32 round, i, wrong = 0;

	for (round = 0; round < VIRTIO_ROUNDS; round++) {
		memset(shared->data, 0, VIRTIO_BYTES);
		wrong += request(BLK_IN, round * (VIRTIO_BYTES / 512)) != 0;
		for (i = 0; i < VIRTIO_BYTES; i++)
			wrong += shared->data[i] != pattern(round, i);
	}
	return wrong;
}

static void virtio_test(bool lost)
{
	u32 irqs;

	tap_start("virtio");
	tap_eq(get(JH_VIRTIO_MAGIC), JH_VIRTIO_MAGIC_VALUE, "there are registers");
	tap_eq(get(JH_VIRTIO_VERSION), 2, "of version 2");
	await_device();
	tap_ok(true, "there is a disk");
	tap_eq(mmio_read64(registers + JH_VIRTIO_CONFIG), VIRTIO_ROUNDS * (VIRTIO_BYTES / 512),
	       "of the right size");
	tap_eq(set_up(), S_WORKS, "it works");
	tap_eq(write_all(), 0, "it is written");
	irqs = test_irqs;
	tap_eq(read_all(), 0, "and read: the same");
	irqs = test_irqs - irqs;
	tap_ok(irqs && irqs <= VIRTIO_ROUNDS, "by an interrupt a request at most (%u)", irqs);
	tap_ok(request(BLK_IN, 1UL << 40) != 0, "what lies beyond its end is an error");
	tap_eq(set_up(), S_WORKS, "it works again after a reset");
	tap_eq(read_all(), 0, "and has kept what was written");
	if (lost) {
		printf("virtio: the other end may go\n");
		await_bits(JH_VIRTIO_INT_CONFIG);
		tap_eq(get(JH_VIRTIO_STATUS), S_WORKS | JH_VIRTIO_S_NEEDS_RESET,
		       "it needs a reset, as nobody is there");
		await_device();
		tap_eq(set_up(), S_WORKS, "somebody else is");
		tap_eq(read_all(), 0, "with the same disk");
	}
	tap_end();
}

/* --- mode=fuzz --- */

/* Descriptors that lead anywhere, in rounds, and into the queue itself. */
static void fuzz_queue(void)
{
	u32 n = fuzz_random() % VIRTIO_SIZE;
	u64 places[] = {
		(u64)shared + fuzz_random() % 0x10000, 0, ~0UL, 1UL << 63, 0xf800000000000000,
		(u64)shared - 0x1000, fuzz_random() * 0x100000001UL, (u64)shared + 0xf000 - 1,
	};

	shared->desc[n] = (struct virtio_desc){
		places[fuzz_random() % 8], fuzz_random() % 3 ? fuzz_random() % 600 : ~0U,
		(u16)(fuzz_random() % 8), (u16)(fuzz_random() % (VIRTIO_SIZE + 1)),
	};
	shared->header.type = fuzz_random() % 4;
	shared->header.sector = fuzz_random() % 3 ? fuzz_random() % 600 : ~0UL;
	shared->avail.ring[fuzz_random() % VIRTIO_SIZE] = (u16)(fuzz_random() % 12);
	WRITE_ONCE(shared->avail.index, (u16)(shared->avail.index + fuzz_random() % 12));
	dmb_ish();
}

static void virtio_fuzz(void)
{
	u32 i, size;
	u64 end;

	await_device();
	for (i = 0; i < VIRTIO_FUZZ_ROUNDS; i++) {
		if (!(i % 64))
			(void)set_up();
		fuzz_queue();
		if (i & 1)
			put(JH_VIRTIO_QUEUE_NOTIFY, fuzz_random() % 3);
		if (fuzz_random() % 8)
			continue;
		size = 1U << fuzz_random() % 4;
		fuzz_access(registers + fuzz_random() % (0x200 / size) * size, size,
			    fuzz_random() * 0x100000001UL);
	}
	/* The other end may still have something in hand. */
	put(JH_VIRTIO_STATUS, 0);
	end = timer_now() + timer_from_us(100000);
	while (timer_now() < end)
		;
	tap_start("virtio-fuzz");
	tap_eq(set_up(), S_WORKS, "the device works after all that");
	if (device_kind == JH_VIRTIO_BLOCK) {
		tap_eq(write_all(), 0, "it is written");
		tap_eq(read_all(), 0, "and read: the same");
	}
	tap_end();
}

void inmate_main(void)
{
	irq_disable();
	virtio_begin();
	if (cmdline_is("mode", "card")) {
		device_kind = JH_VIRTIO_NET;
		num_queues = 2;
	}
	if (device_kind == JH_VIRTIO_NET || cmdline_is("mode", "fuzz"))
		virtio_fuzz();
	else
		virtio_test(cmdline_is("mode", "lost"));
}
