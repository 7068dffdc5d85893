// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Linux' own use of the machine: no cell gets an interrupt with a handler, requested registers or
 * Linux' RAM; a listed root has all of it. Refusals name the user.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "blob.h"
#include "irq.h"

#define UART	0x09000000ULL
#define GICD	0x08000000ULL
#define ITS	0x08080000ULL

static struct device_driver linux_driver = { .name = "linux" }, stub;
static struct platform_device pdev, other;
static struct amba_device adev;
static struct blob_parts parts;
static struct jh_system the_system;
static struct jh_error err;
static void *config;
static struct irq_data handled, unhandled, input;	/* @input: of a controller behind the GIC */
static struct irqaction action;
static u32 handled_intid, linux_calls;
static bool is_linux, is_memory;

/* --- Linux --- */

bool jh_stub_has(const struct device *dev)
{
	return dev->driver == &stub;
}

bool jh_devtree_is_memory(u64 address, u64 size)
{
	return is_memory;
}

bool jh_memory_is_linux(u64 address, u64 size)
{
	linux_calls++;
	return is_linux;
}

struct irq_data *irq_get_irq_data(unsigned int virq)
{
	assert_int_equal(fake_rcu_held, 1);
	if (virq < FAKE_VIRQ)
		return NULL;
	if (virq == FAKE_BEHIND + 7)
		return &input;
	return virq == handled_intid + FAKE_VIRQ ? &handled : &unhandled;
}

static int setup(void **state)
{
	fake_reset();
	fake_ram_reset();
	memset(fake_nodes, 0, sizeof(fake_nodes));
	memset(fake_devices, 0, sizeof(fake_devices));
	memset(jh_who_text, 0, sizeof(jh_who_text));
	memset(&err, 0, sizeof(err));
	fake_nodes[0] = (struct device_node){ .path = "/gic",
		.compatible = "arm,gic-v3" };
	fake_nodes[1] = (struct device_node){ .path = "/soc/uart@9000000" };
	pdev = (struct platform_device){ .dev = { .bus = &platform_bus_type, .path = "9000000.uart",
		.driver = &linux_driver, .of_node = &fake_nodes[1] }, .num_resources = 2,
		.resources = { { UART - 0x2000, UART - 0x1001, 0 }, { UART, UART + 0xfff, 0 } } };
	adev = (struct amba_device){ .dev = { .bus = &amba_bustype, .path = "amba" } };
	other = (struct platform_device){ .dev = { .bus = &platform_bus_type, .path = "other" } };
	fake_devices[0] = &pdev.dev;
	fake_devices[1] = &adev.dev;
	fake_devices[2] = &other.dev;
	fake_irq_domain.token = DOMAIN_BUS_WIRED;
	action.name = "a handler";
	handled.desc = (struct irq_desc){ .action = &action };
	fake_irq_domain.fwnode = &fake_nodes[0];
	fake_irq_behind = (struct irq_domain){ 0 };
	handled_intid = linux_calls = 0;
	is_linux = false;
	is_memory = true;
	blob_cell(&parts);
	parts.num_memories = 1;
	parts.num_devices = 0;
	return 0;
}

static int teardown(void **state)
{
	free(config);
	config = NULL;
	assert_int_equal(fake_tree_held(), 0);
	assert_int_equal(pdev.dev.references | adev.dev.references | other.dev.references, 0);
	assert_int_equal(handled.desc.lock | unhandled.desc.lock, 0);
	assert_int_equal(fake_rcu_held, 0);
	return 0;
}

static int check_cell(void)
{
	u32 length;

	free(config);
	config = blob_pack(&parts, &length);
	return jh_usage_check_cell(config, &err);
}

static void assert_refused(int code, u32 reason, u64 value, const char *who)
{
	assert_int_equal(code, -refuse_errno(reason));
	assert_int_equal(err.reason, reason);
	assert_int_equal(err.value, value);
	assert_int_equal(err.limit, 0);
	if (who)
		assert_string_equal(jh_who_text, who);
}

/* --- interrupts --- */

static void interrupts_with_a_handler(void **state)
{
	parts.num_irqs = 2;
	parts.irqs[1].intid = 41;
	handled_intid = 42;
	assert_int_equal(check_cell(), 0);
	handled_intid = 41;
	assert_refused(check_cell(), JH_ERR_IRQ_LINUX, 41, "a handler");
	assert_int_equal(err.index, 1);
	assert_int_equal(err.object, JH_OBJ_IRQ);
	handled_intid = parts.irqs[0].intid;
	assert_refused(check_cell(), JH_ERR_IRQ_LINUX, handled_intid, "a handler");
	assert_int_equal(err.index, 0);
	handled_intid = 41;
	/* Some drivers of the GIC have a domain of another kind. */
	fake_irq_domain.token = DOMAIN_BUS_ANY;
	assert_refused(check_cell(), JH_ERR_IRQ_LINUX, 41, "a handler");
	action.name = NULL;
	assert_refused(check_cell(), JH_ERR_IRQ_LINUX, 41,
		       "another interrupt controller behind it");
	/* It went just now. */
	handled.desc.action = NULL;
	assert_int_equal(check_cell(), 0);
}

static void interrupts_that_linux_does_not_know(void **state)
{
	parts.irqs[0].intid = handled_intid = 99;
	assert_int_equal(check_cell(), 0);
	parts.irqs[0].intid = handled_intid = 40;
	fake_irq_domain.token = 77;
	assert_int_equal(check_cell(), 0);
}

static void interrupts_of_a_node(void **state)
{
	struct device_node *np = &fake_nodes[1];

	np->irq_parent = &fake_nodes[0];
	np->num_irqs = 3;
	np->irqs[0].count = 1;			/* at another controller */
	np->irqs[0].args[1] = 8;
	np->irqs[1].count = 3;			/* a PPI */
	np->irqs[1].args[0] = 1;
	np->irqs[1].args[1] = 8;
	np->irqs[2].count = 3;
	np->irqs[2].args[1] = 9;
	handled_intid = 40;
	assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
	/* Handlers of IPIs and PPIs do not count: no device raises them. */
	for (handled_intid = 1; handled_intid < INTID_SPI; handled_intid++)
		assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
	handled_intid = 41;
	assert_refused(jh_usage_check_interrupts(np, 3, &err), JH_ERR_DEVICE_IRQ, 41, "a handler");
	assert_int_equal(err.index, 3);
	np->num_irqs = 0;
	assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
}

/* Three numbers there, one of which is the input. */
static int translate(struct irq_domain *domain, struct irq_fwspec *fwspec, unsigned long *hwirq,
		     unsigned int *type)
{
	assert_ptr_equal(domain, &fake_irq_behind);
	assert_int_equal(fwspec->param_count, 3);
	assert_int_equal(fwspec->param[0], 0);
	*hwirq = fwspec->param[1];
	*type = fwspec->param[2];
	return *type ? 0 : -EINVAL;
}

/* What it calls 7 is the GIC's 41; nothing says that three numbers mean the same everywhere. */
static void interrupts_behind_another_controller(void **state)
{
	static const struct irq_domain_ops ops = { .translate = translate };
	struct device_node *np = &fake_nodes[1];

	fake_nodes[2] = (struct device_node){ .path = "/wakeup" };
	np->irq_parent = &fake_nodes[2];
	np->num_irqs = 1;
	np->irqs[0].count = 3;
	np->irqs[0].args[1] = 7;
	np->irqs[0].args[2] = 4;
	handled_intid = 39;
	/* Linux has no driver for it. */
	assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
	fake_irq_behind = (struct irq_domain){ DOMAIN_BUS_WIRED, &fake_nodes[2], &ops };
	handled.domain = &fake_irq_domain;
	handled.hwirq = 41;
	input = (struct irq_data){ .domain = &fake_irq_behind, .hwirq = 7,
				   .parent_data = &handled };
	assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
	handled_intid = 41;
	assert_refused(jh_usage_check_interrupts(np, 3, &err), JH_ERR_DEVICE_IRQ, 41, "a handler");
	np->irqs[0].args[2] = 0;
	assert_int_equal(jh_usage_check_interrupts(np, 3, &err), 0);
	assert_int_equal(fake_tree_held(), 0);
}

/* --- registers and memory of cells --- */

static void cell_has(u64 phys, u64 size, u32 flags)
{
	parts.memories[0] = (struct jh_config_memory){ .phys = phys, .virt = phys, .size = size,
						       .flags = JH_MEM_READ | flags };
}

static void busy(u64 start, u64 end)
{
	fake_resources[1] = (struct resource){ start, end, IORESOURCE_MEM | IORESOURCE_BUSY };
	fake_num_resources = 2;
}

static void registers_that_are_asked_for(void **state)
{
	cell_has(UART, 0x1000, JH_MEM_IO);
	assert_int_equal(check_cell(), 0);
	busy(UART + 0x1000, UART + 0x1fff);
	assert_int_equal(check_cell(), 0);
	busy(UART - 0x1000, UART - 1);
	assert_int_equal(check_cell(), 0);
	busy(UART + 0xff0, UART + 0xfff);
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART + 0xff0, "/soc/uart@9000000");
	busy(UART - 0x1000, UART);
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "/soc/uart@9000000");
	/* Registers without a user need no driver. */
	fake_resources[1].flags = IORESOURCE_MEM;
	assert_int_equal(check_cell(), 0);
}

static void the_driver_in_the_way_is_named(void **state)
{
	cell_has(UART, 0x1000, JH_MEM_IO);
	busy(UART, UART + 0xfff);
	pdev.dev.of_node = NULL;
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "9000000.uart");
	/* The stub of jh, and a device without a driver, are no names for a culprit. */
	pdev.dev.driver = &stub;
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "a driver without a device");
	pdev.dev.driver = NULL;
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "a driver without a device");
	adev.dev.driver = &linux_driver;
	adev.res = (struct resource){ UART + 0xfff, UART + 0x1fff, 0 };
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "amba");
	adev.res = (struct resource){ UART + 0x1000, UART + 0x1fff, 0 };
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "a driver without a device");
	adev.res = (struct resource){ UART - 0x1000, UART, 0 };
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "amba");
	adev.res = (struct resource){ UART - 0x1000, UART - 1, 0 };
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "a driver without a device");
}

static void memory_that_is_shared_with_root(void **state)
{
	cell_has(FAKE_RAM, 0x1000, JH_MEM_SHARED_ROOT);
	assert_int_equal(check_cell(), 0);
	is_linux = true;
	assert_refused(check_cell(), JH_ERR_MEM_SHARED_LINUX, 0, NULL);
	/* One that is trusted reads and writes what it is given. */
	parts.cell.flags = JH_CELL_TRUSTED;
	assert_int_equal(check_cell(), 0);
	parts.cell.flags = 0;
	is_linux = false;
	cell_has(UART, 0x1000, JH_MEM_SHARED_ROOT | JH_MEM_IO);
	busy(UART, UART + 0xfff);
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "/soc/uart@9000000");
	/* Registers may be shared as if they were RAM. */
	cell_has(UART, 0x1000, JH_MEM_SHARED_ROOT);
	assert_int_equal(check_cell(), 0);
	is_memory = false;
	assert_refused(check_cell(), JH_ERR_MEM_LINUX, UART, "/soc/uart@9000000");
	/* Its own memory is the hypervisor's to check. */
	linux_calls = 0;
	cell_has(FAKE_RAM, 0x1000, JH_MEM_WRITE);
	assert_int_equal(check_cell(), 0);
	assert_int_equal(linux_calls, 0);
}

/* --- a listed root --- */

static void listed_root(void)
{
	blob_system(&parts);
	parts.system.flags = JH_SYSTEM_ROOT_LISTED;
	parts.num_memories = 2;
	parts.num_assignable = 1;
	parts.memories[0] = (struct jh_config_memory){ .phys = FAKE_RAM,
						       .size = FAKE_RAM_SIZE / 2 };
	parts.memories[1] = (struct jh_config_memory){ .phys = FAKE_RAM + FAKE_RAM_SIZE / 2,
						       .size = FAKE_RAM_SIZE / 4 };
	parts.assignable[0] = (struct jh_config_assignable){ UART, 0x1000 };
	memset(&the_system, 0, sizeof(the_system));
	/* jh keeps the rest of RAM. */
	the_system.hv = (struct jh_memory){ .address = FAKE_RAM + FAKE_RAM_SIZE / 4 * 3,
					    .size = 0x100000 };
	the_system.num_pools = 1;
	the_system.pools[0] = (struct jh_memory){ .address = the_system.hv.address + 0x100000,
						  .size = FAKE_RAM_SIZE / 4 - 0x100000 };
	pdev.num_resources = 0;
}

static int check_root(void)
{
	u32 length;

	free(config);
	config = blob_pack(&parts, &length);
	the_system.config = config;
	return jh_usage_check_root(&the_system, &err);
}

static void a_root_that_has_everything(void **state)
{
	listed_root();
	assert_int_equal(check_root(), 0);
}

static void a_root_without_some_of_its_ram(void **state)
{
	u64 end = FAKE_RAM + FAKE_RAM_SIZE;

	listed_root();
	the_system.pools[0].size -= 0x1000;
	assert_refused(check_root(), JH_ERR_ROOT_RAM, end - 0x1000, NULL);
	listed_root();
	the_system.num_pools = 0;
	assert_refused(check_root(), JH_ERR_ROOT_RAM, the_system.pools[0].address, NULL);
	listed_root();
	the_system.hv.size = 0;
	assert_refused(check_root(), JH_ERR_ROOT_RAM, the_system.hv.address, NULL);
	listed_root();
	parts.memories[1].phys += 0x1000;
	assert_refused(check_root(), JH_ERR_ROOT_RAM, FAKE_RAM + FAKE_RAM_SIZE / 2, NULL);
	/* One that learns gets what it touches; one that is not listed has all. */
	parts.system.flags |= JH_SYSTEM_ROOT_LEARN;
	assert_int_equal(check_root(), 0);
	parts.system.flags = 0;
	assert_int_equal(check_root(), 0);
}

static void a_root_without_registers_that_are_asked_for(void **state)
{
	listed_root();
	busy(UART, UART + 0xfff);
	assert_int_equal(check_root(), 0);
	busy(UART, UART + 0x1000);
	pdev.num_resources = 1;
	pdev.resources[0] = (struct resource){ UART + 0x800, UART + 0x1000, 0 };
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, UART + 0x1000, "/soc/uart@9000000");
	/* The GIC's frames and the hypervisor's console are there without a line. */
	pdev.num_resources = 0;
	busy(GICD, GICD + 0xffff);
	assert_int_equal(check_root(), 0);
	busy(parts.units[1].address, parts.units[1].address + parts.units[1].size - 1);
	assert_int_equal(check_root(), 0);
	parts.num_consoles = 1;
	parts.console.address = 0x09050000;
	parts.console.size = 0x100;
	busy(0x09050000, 0x09050fff);
	assert_int_equal(check_root(), 0);
	parts.num_consoles = 0;
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, 0x09050000,
		       "a driver without a device");
}

static void a_root_without_registers_of_a_driver(void **state)
{
	listed_root();
	pdev.num_resources = 2;
	pdev.resources[0] = (struct resource){ UART, UART + 0xfff, 0 };
	pdev.resources[1] = (struct resource){ UART + 0x1000, UART + 0x1000, 0 };
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, UART + 0x1000, "/soc/uart@9000000");
	pdev.dev.driver = NULL;
	assert_int_equal(check_root(), 0);
	pdev.dev.driver = &linux_driver;
	pdev.dev.of_node = NULL;
	assert_int_equal(check_root(), 0);
	adev.dev.driver = &linux_driver;
	adev.dev.of_node = &fake_nodes[0];
	adev.res = (struct resource){ 0x0a000000, 0x0a000fff, 0 };
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, 0x0a000000, "/gic");
	adev.res = (struct resource){ UART, UART + 0xfff, 0 };
	assert_int_equal(check_root(), 0);
}

static void a_root_without_its_message_frame(void **state)
{
	listed_root();
	fake_nodes[2] = (struct device_node){ .path = "/gic/its@1", .num_regs = 1,
					      .regs = { { UART, 0x1000 } } };
	fake_nodes[3] = (struct device_node){ .path = "/gic/its@2", .num_regs = 1,
					      .regs = { { ITS, 0x10000 } } };
	fake_nodes[4] = (struct device_node){ .path = "/gic/its@3" };
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, ITS, "a driver without a device");
	fake_nodes[3].disabled = true;
	assert_int_equal(check_root(), 0);
	fake_nodes[3].disabled = false;
	/* One that root has, behind it, is no consolation. */
	fake_nodes[2].regs[0] = fake_nodes[3].regs[0];
	fake_nodes[3].regs[0].start = UART;
	fake_nodes[3].regs[0].size = 0x1000;
	assert_refused(check_root(), JH_ERR_ROOT_REGISTERS, ITS, "a driver without a device");
	parts.num_assignable = 2;
	parts.assignable[1] = (struct jh_config_assignable){ ITS, 0x10000 };
	assert_int_equal(check_root(), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(interrupts_with_a_handler),
		test(interrupts_that_linux_does_not_know),
		test(interrupts_of_a_node),
		test(interrupts_behind_another_controller),
		test(registers_that_are_asked_for),
		test(the_driver_in_the_way_is_named),
		test(memory_that_is_shared_with_root),
		test(a_root_that_has_everything),
		test(a_root_without_some_of_its_ram),
		test(a_root_without_registers_that_are_asked_for),
		test(a_root_without_registers_of_a_driver),
		test(a_root_without_its_message_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
