// SPDX-License-Identifier: GPL-2.0-only
/*
 * A link as a PCI device, as a driver of ivshmem finds it: by the configuration space alone.
 * Nothing here polls: an interrupt that is lost is a test that hangs.
 *
 * Command line: mode=test talks to demos/link-echo, or to whoever sends back what it gets, over the
 * link's plain side, and judges. mode=die does that once and fails. mode=fuzz does all that it can
 * to the host, then exchanges bytes as if nothing had been. window=ADDRESS is the host's, for fuzz
 * and for moves.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/ivshmem.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

#include "fuzz.h"
#include "tap.h"

#define WINDOW		0xff000000
#define WINDOW_SIZE	0x10000
#define NOWHERE		0x40000000	/* that no cell has */
#define TOTAL		0x20000		/* bytes that go there and back */
#define ROUNDS		20000
#define ONES		0xffffffff

static struct link test_link;
static u32 device, window;
static volatile u32 test_irqs;
static bool one_shot;

static void on_bell(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	test_irqs++;
}

/* Until there was an interrupt since @before of them; a one-shot one is enabled again first. */
static void await_bell(u32 before)
{
	if (one_shot)
		link_put(&test_link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	while (test_irqs == before) {
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}

/* What comes in without being waited for */
static void let_in(void)
{
	irq_enable();
	isb();
	irq_disable();
}

static void listen(void)
{
	u32 irq = pci_irq(device);

	gic_init();
	gic_handle(irq, on_bell, NULL);
	gic_set_edge(irq, true);
	gic_set_priority(irq, GIC_PRIORITY_DEFAULT);
	gic_set_target_self(irq);
	gic_enable(irq);
}

static bool begin(u32 registers)
{
	device = pci_is_there() ? pci_find(JH_IVSHMEM_ID, 0) : PCI_FUNCTIONS;
	if (device == PCI_FUNCTIONS) {
		printf("ivshmem: there is no device\n");
		return false;
	}
	listen();
	return ivshmem_open(&test_link, device, registers);
}

static u8 pattern(u32 n)
{
	return (u8)(n * 7 + (n >> 8) + test_link.life);
}

static void connect(void)
{
	u32 before = test_irqs;

	while (!link_is_connected(&test_link)) {
		await_bell(before);
		before = test_irqs;
	}
}

/* Sends @total bytes and gets them back: how many were wrong. */
static u32 exchange(u32 total)
{
	u32 sent = 0, back = 0, wrong = 0, count, i, before;
	u8 bytes[256];
	s32 got;

	while (back < total && link_is_connected(&test_link)) {
		before = test_irqs;
		for (count = 0; count < sizeof(bytes) && sent + count < total; count++)
			bytes[count] = pattern(sent + count);
		count = link_send(&test_link, bytes, count);
		sent += count;
		got = link_receive(&test_link, bytes, sizeof(bytes));
		for (i = 0; got > 0 && i < (u32)got; i++)
			wrong += bytes[i] != pattern(back++);
		if (count || got > 0)
			link_ring(&test_link, LINK_BELL_DATA);
		else
			await_bell(before);
	}
	return wrong + (total - back);
}

/* --- mode=test --- */

static void what_is_found(void)
{
	u32 n, others = 0, at;

	device = pci_find(JH_IVSHMEM_ID, 0);
	tap_ok(device < PCI_FUNCTIONS, "the device is on the bus");
	for (n = 0; n < PCI_FUNCTIONS; n++)
		others += n != device && pci_get(n, JH_PCI_ID, 4) != ONES;
	tap_eq(others, 0, "and nothing else is");
	tap_eq(pci_get(device, JH_PCI_CLASS, 4), JH_PCI_CLASS_OTHER | 0x4001 << 8,
	       "its class has the protocol");
	tap_eq(pci_get(device, JH_PCI_COMMAND, 4), JH_PCI_STATUS_CAPABILITIES << 16,
	       "it is off, and has capabilities");
	tap_eq(pci_bar_size(device, 0), JH_LINK_SIZE, "BAR 0 has a page");
	for (n = 1, others = 0; n < 6; n++)
		others += pci_bar_size(device, n);
	tap_eq(others, 0, "and there is no other BAR");
	tap_eq(pci_get(device, JH_PCI_BAR_0, 4), window, "it is at the start of the window");
	at = pci_find_capability(device, PCI_CAPABILITY_VENDOR);
	tap_eq(at, JH_IVSHMEM_CAPABILITY, "the vendor's capability is there");
	tap_eq(pci_find_capability(device, 0x11), 0, "one for MSI-X is not");
	tap_eq(pci_get(device, at, 4), JH_IVSHMEM_HEAD_VALUE, "it says where the memory is");
	tap_eq(mmio_read32(window), ONES, "a device that is off has no registers");
}

static void where_registers_are(void)
{
	u32 place = window + WINDOW_SIZE - JH_LINK_SIZE;

	listen();
	tap_ok(ivshmem_open(&test_link, device, place), "it is opened, at another place");
	tap_eq(mmio_read32(window), ONES, "where it was it is not any more");
	tap_eq(link_get(&test_link, JH_LINK_MAX_PEERS), 2, "a link has two sides");
	tap_eq(link_get(&test_link, JH_LINK_NUM_BELLS), 0, "registers are those of ivshmem alone");
	tap_eq(test_link.common - test_link.memory, 0x1000, "a page of states");
	connect();
	tap_ok(true, "the other side is there");
	tap_eq(link_get(&test_link, JH_LINK_STATE), link_state(&test_link, test_link.id),
	       "the table has what the register has");
}

static void how_it_interrupts(void)
{
	u32 before = test_irqs;

	tap_eq(exchange(TOTAL), 0, "what is sent comes back");
	tap_ok(test_irqs != before, "by interrupts (%u)", test_irqs - before);

	one_shot = true;
	pci_put(device, JH_IVSHMEM_CAPABILITY + 3, 1, 1);
	tap_eq(exchange(TOTAL), 0, "with one-shot interrupts, too");
	exchange(16);
	tap_eq(link_get(&test_link, JH_LINK_INT_CONTROL), 0, "each of which disables the next one");
	pci_put(device, JH_IVSHMEM_CAPABILITY + 3, 1, 0);
	one_shot = false;
	link_put(&test_link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	tap_eq(exchange(TOTAL), 0, "and without them again");
	/* The other side need not wait for the end of the cell. */
	link_put(&test_link, JH_LINK_STATE, 0);
}

static void test(void)
{
	tap_start("ivshmem");
	if (!tap_ok(pci_is_there(), "there is a PCI host")) {
		tap_end();
		return;
	}
	what_is_found();
	where_registers_are();
	how_it_interrupts();
	tap_end();
}

/* --- mode=die, mode=fuzz --- */

static void die(void)
{
	if (!begin(0))
		return;
	connect();
	if (exchange(64)) {
		printf("ivshmem: wrong bytes\n");
		return;
	}
	(void)mmio_read32(NOWHERE);
}

static void fuzz_once(void)
{
	u64 ecam = comm_region->pci_mmconfig_base;
	u32 size = 1U << fuzz_random() % 4, at = fuzz_random();
	u64 value = fuzz_random() * 0x100000101UL;

	switch (fuzz_random() % 4) {
	case 0:
		fuzz_access(ecam + at % (0x100000 / size) * size, size, value);
		break;
	case 1:
		fuzz_access(ecam + device * JH_PCI_FUNCTION_SIZE + at % (0x60 / size) * size, size,
			    value);
		break;
	case 2:
		fuzz_access(window + at % (WINDOW_SIZE / size) * size, size, value);
		break;
	default:
		/* Where it is found, for what comes next. */
		pci_put(device, JH_PCI_BAR_0, 4, window + (at % (WINDOW_SIZE + 0x2000)));
		pci_put(device, JH_PCI_COMMAND, 2, (u32)value | JH_PCI_COMMAND_MEMORY);
	}
}

static void fuzz(void)
{
	u32 i;

	tap_start("ivshmem");
	if (!tap_ok(begin(0), "the device is there")) {
		tap_end();
		return;
	}
	for (i = 0; i < ROUNDS; i++)
		fuzz_once();
	let_in();
	tap_eq(pci_get(device, JH_PCI_ID, 4), JH_IVSHMEM_ID, "it is still there");
	pci_put(device, JH_IVSHMEM_CAPABILITY + 3, 1, 0);
	tap_ok(ivshmem_open(&test_link, device, window + 0x3000), "and opened");
	connect();
	tap_eq(exchange(TOTAL), 0, "what is sent comes back");
	tap_end();
}

void inmate_main(void)
{
	irq_disable();
	window = (u32)cmdline_int("window", WINDOW);
	if (cmdline_is("mode", "die"))
		die();
	else if (cmdline_is("mode", "fuzz"))
		fuzz();
	else
		test();
}
