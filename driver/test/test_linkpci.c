// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links as PCI devices of Linux: what is on the bus, when the device's interrupt comes, and that
 * nothing stays when the cell goes, or when Linux refuses a part of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "blob.h"
#include <jh/ivshmem.h>
#include <jh/link.h>

#define HV		0x7e000000UL
#define PLACE		(HV + 0x3000)	/* of the link's registers */
#define DOORS		0x7ffff0000UL
#define MEMORY		0x1234567000UL
#define IRQ		91

enum call { NOTHING, ALLOC, IRQS, RESOURCE, PROBE };

static struct link a_link;
static struct jh_cell cell;
static struct jh_system the_system;
static struct pci_host_bridge *probed;
static struct pci_bus bus;
static struct resource *requested;
static enum call fails;
static int locked, stopped, removed, bridges, irqs, taken_domains;
static u32 control, bells, raised;

struct jh_system *jh_system;
struct miscdevice jh_misc;
struct resource iomem_resource;
struct irq_chip dummy_irq_chip;
char jh_who_text[JH_WHO_LEN];

/* --- link.c --- */

u32 jh_link_get_register(const struct link *link, u32 offset)
{
	u32 rung = bells;

	assert_ptr_equal(link, &a_link);
	if (offset == JH_LINK_INT_CONTROL)
		return control;
	assert_int_equal(offset, JH_LINK_BELLS);
	bells = 0;
	return rung;
}

void jh_link_put_register(const struct link *link, u32 offset, u32 value)
{
	assert_ptr_equal(link, &a_link);
	assert_int_equal(offset, JH_LINK_INT_CONTROL);
	control = value;
}

/* --- Linux --- */

int request_resource(struct resource *parent, struct resource *res)
{
	assert_ptr_equal(parent, &iomem_resource);
	if (fails == RESOURCE)
		return -EBUSY;
	requested = res;
	return 0;
}

int release_resource(struct resource *res)
{
	assert_ptr_equal(res, requested);
	requested = NULL;
	return 0;
}

struct pci_host_bridge *pci_alloc_host_bridge(size_t size)
{
	assert_true(size <= sizeof(((struct pci_host_bridge *)0)->private));
	if (fails == ALLOC)
		return NULL;
	bridges++;
	return calloc(1, sizeof(struct pci_host_bridge));
}

void pci_free_host_bridge(struct pci_host_bridge *bridge)
{
	bridges--;
	free(bridge);
}

int pci_host_probe(struct pci_host_bridge *bridge)
{
	/* A driver may have its interrupt before this returns. */
	assert_ptr_equal(a_link.pci, bridge);
	assert_int_equal(locked, 0);
	if (fails == PROBE)
		return -ENODEV;
	probed = bridge;
	bridge->bus = &bus;
	bus.sysdata = bridge->sysdata;
	return 0;
}

struct pci_bus *pci_find_bus(int domain, int number)
{
	assert_int_equal(number, 0);
	return domain - 0x6a68 < taken_domains ? &bus : NULL;
}

void pci_lock_rescan_remove(void)
{
	locked++;
}

void pci_unlock_rescan_remove(void)
{
	locked--;
}

void pci_stop_root_bus(struct pci_bus *it)
{
	assert_ptr_equal(it, &bus);
	assert_int_equal(locked, 1);
	stopped++;
}

void pci_remove_root_bus(struct pci_bus *it)
{
	assert_ptr_equal(it, &bus);
	assert_int_equal(locked, 1);
	assert_int_equal(stopped, 1);
	removed++;
}

int irq_alloc_desc(int node)
{
	if (fails == IRQS)
		return -ENOMEM;
	irqs++;
	return IRQ;
}

void irq_free_desc(unsigned int irq)
{
	assert_int_equal(irq, IRQ);
	irqs--;
}

void irq_set_chip_and_handler(unsigned int irq, struct irq_chip *chip, void *handler)
{
	assert_int_equal(irq, IRQ);
	assert_ptr_equal(chip, &dummy_irq_chip);
	assert_ptr_equal(handler, handle_simple_irq);
}

int generic_handle_irq_safe(unsigned int irq)
{
	assert_int_equal(irq, IRQ);
	raised++;
	return 0;
}

void fake_add_window(void *windows, struct resource *res, u64 offset)
{
	typeof(((struct pci_host_bridge *)0)->windows) *list = windows;
	u32 i = (*list)[0].res != NULL;

	(*list)[i].res = res;
	(*list)[i].offset = offset;
}

/* --- a link --- */

static int setup(void **state)
{
	struct blob_parts parts;
	struct jh_config_link *link;
	u32 length, count;

	fake_reset();
	fails = NOTHING;
	locked = stopped = removed = bridges = irqs = taken_domains = 0;
	control = bells = raised = 0;
	requested = NULL;
	probed = NULL;
	blob_cell(&parts);
	blob_add_link(&parts, "other", "vision");
	link = blob_add_link(&parts, "samples", "root");
	link->flags = JH_LINK_PCI;
	blob_add_ivshmem(&parts, 0, 0)->protocol = 7;
	blob_add_ivshmem(&parts, 1, 1)->protocol = JH_IVSHMEM_NET;
	cell.config = blob_pack(&parts, &length);
	a_link = (struct link){
		.config = &config_links(cell.config, &count)[1], .place = PLACE, .memory = MEMORY,
	};
	the_system.doors = DOORS;
	the_system.hv.address = HV;
	jh_system = &the_system;
	return 0;
}

static int teardown(void **state)
{
	free(cell.config);
	assert_null(requested);
	assert_int_equal(bridges, 0);
	assert_int_equal(irqs, 0);
	assert_int_equal(locked, 0);
	return 0;
}

static void add(void)
{
	assert_int_equal(jh_linkpci_add(&a_link, &cell), 0);
}

static void go(void)
{
	jh_linkpci_stop(&a_link);
	assert_int_equal(removed, 1);
	assert_non_null(a_link.pci);
	jh_linkpci_remove(&a_link);
	assert_null(a_link.pci);
	jh_linkpci_remove(&a_link);
}

static u32 get(unsigned int devfn, int where, int size)
{
	u32 value = 0x12345678;
	int code = probed->ops->read(&bus, devfn, where, size, &value);

	assert_int_equal(code, devfn ? PCIBIOS_DEVICE_NOT_FOUND : PCIBIOS_SUCCESSFUL);
	return value;
}

static void put(int where, int size, u32 value)
{
	assert_int_equal(probed->ops->write(&bus, 0, where, size, value), PCIBIOS_SUCCESSFUL);
}

static void what_is_on_the_bus(void **state)
{
	struct pci_dev dev;
	u32 devfn;

	taken_domains = 2;
	add();
	assert_int_equal(probed->domain_nr, 0x6a6a);
	assert_int_equal(probed->windows[0].res->flags, IORESOURCE_BUS);
	assert_int_equal(probed->windows[0].res->end, 0);
	assert_ptr_equal(probed->windows[1].res, requested);
	assert_int_equal(requested->start, DOORS + 0x3000);
	assert_int_equal(requested->end, DOORS + 0x3fff);
	/* BAR 0 has 32 bits. */
	assert_int_equal(requested->start - probed->windows[1].offset, 0xff000000);
	dev.sysdata = bus.sysdata;
	assert_int_equal(probed->map_irq(&dev, 0, 1), IRQ);
	assert_int_equal(get(0, JH_PCI_ID, 4), JH_IVSHMEM_ID);
	assert_int_equal(get(0, JH_PCI_ID, 2), 0x110a);
	assert_int_equal(get(0, JH_PCI_ID + 2, 2), 0x4106);
	assert_int_equal(get(0, JH_PCI_ID + 3, 1), 0x41);
	assert_int_equal(get(0, JH_PCI_CLASS, 4), 0xff000100);
	assert_int_equal(get(0, JH_PCI_BAR_0, 4), 0xff000000);
	assert_int_equal(get(0, JH_PCI_INTERRUPT, 2), 0x100);
	assert_int_equal(get(0, JH_IVSHMEM_ADDRESS, 4), (u32)MEMORY);
	assert_int_equal(get(0, JH_IVSHMEM_ADDRESS + 4, 4), MEMORY >> 32);
	assert_int_equal(get(0, JH_IVSHMEM_OUTPUT_SIZE, 4), 0x2000);
	for (devfn = 1; devfn < 256; devfn++) {
		assert_int_equal(get(devfn, JH_PCI_ID, 4), ~0U);
		assert_int_equal(probed->ops->write(&bus, devfn, JH_PCI_COMMAND, 2, 2),
				 PCIBIOS_DEVICE_NOT_FOUND);
	}
	assert_int_equal(get(0, JH_PCI_COMMAND, 2), 0);
	go();
}

static void what_can_be_written(void **state)
{
	int where;

	add();
	for (where = 0; where < 0x1000; where += 4)
		put(where, 4, ~0U);
	assert_int_equal(get(0, JH_PCI_COMMAND, 4), 0x00100406);
	assert_int_equal(get(0, JH_PCI_BAR_0, 4), 0xfffff000);
	assert_int_equal(get(0, JH_IVSHMEM_HEAD, 4), 0x01200009);
	assert_int_equal(get(0, JH_PCI_ID, 4), JH_IVSHMEM_ID);
	put(JH_PCI_COMMAND + 1, 1, 0);
	assert_int_equal(get(0, JH_PCI_COMMAND, 2), 6);
	put(JH_PCI_BAR_0 + 2, 2, 0x1234);
	assert_int_equal(get(0, JH_PCI_BAR_0, 4), 0x1234f000);
	go();
}

static void no_device_in_the_cell(void **state)
{
	((struct jh_config_ivshmem *)config_ivshmems(cell.config, &raised))[1].link = 5;
	raised = 0;
	add();
	assert_int_equal(get(0, JH_PCI_CLASS, 4), 0xff000000);
	go();
}

static void interrupts(void **state)
{
	add();
	/* Kept until it is enabled */
	bells = 2;
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_HANDLED);
	assert_int_equal(bells, 2);
	assert_int_equal(raised, 0);
	control = 1;
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_HANDLED);
	assert_int_equal(bells, 0);
	assert_int_equal(raised, 1);
	assert_int_equal(control, 1);
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_NONE);
	assert_int_equal(raised, 1);
	/* Lost */
	put(JH_PCI_COMMAND, 2, JH_PCI_COMMAND_NO_INTX);
	bells = 1;
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_HANDLED);
	assert_int_equal(bells, 0);
	assert_int_equal(raised, 1);
	put(JH_PCI_COMMAND, 2, 0);
	/* Each disables the next one. */
	put(JH_IVSHMEM_HEAD + 3, 1, 1);
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_NONE);
	assert_int_equal(control, 1);
	bells = 1;
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_HANDLED);
	assert_int_equal(raised, 2);
	assert_int_equal(control, 0);
	bells = 1;
	assert_int_equal(jh_linkpci_interrupt(&a_link), IRQ_HANDLED);
	assert_int_equal(raised, 2);
	assert_int_equal(bells, 1);
	go();
}

static void what_linux_refuses(void **state)
{
	static const int codes[] = { -ENXIO, -ENOMEM, -ENOMEM, -EBUSY, -ENODEV };

	for (fails = NOTHING; fails <= PROBE; fails++) {
		the_system.doors = fails == NOTHING ? 0 : DOORS;
		assert_int_equal(jh_linkpci_add(&a_link, &cell), codes[fails]);
		assert_null(a_link.pci);
		assert_null(requested);
		assert_int_equal(bridges, 0);
		assert_int_equal(irqs, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_on_the_bus, setup, teardown),
		cmocka_unit_test_setup_teardown(what_can_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(no_device_in_the_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(interrupts, setup, teardown),
		cmocka_unit_test_setup_teardown(what_linux_refuses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
