// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A cell with a link to Linux: the registers of Linux's side, and as much of Linux, of report.c
 * and of linkuio.c as link.c needs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "blob.h"
#include "linked.h"
#include <jh/link.h>
#include <jh/virtio.h>

#define REGISTERS	0x2000		/* from the start of the hypervisor's memory */

struct linked_hw hw;
struct jh_cell_report reports[3];
struct jh_cell cell;
struct miscdevice *misc;
irqreturn_t (*handler)(int irq, void *data);
void *handled;
u32 side, virtio_kind, disposed, refuse_below, misc_code, irq_code, spares, uio_notified;
u32 num_inserted, pci_stops, pci_rung, fd_code, shmem_code;
int num_fds, num_modules;
struct file memory_file, *installed;
struct address_space memory_space;
struct address_space space;
struct linked_page inserted[64];

static char hv_memory[0x10000];
static struct jh_report report;
static struct jh_system the_system;
static u32 some_uio, some_pci;

struct rw_semaphore jh_report_lock;
struct jh_system *jh_system;
char jh_who_text[JH_WHO_LEN];

/* --- the hypervisor --- */

u32 fake_readl(const void *address)
{
	u32 bells = hw.bells;

	hw.touched++;
	switch ((const char *)address - hv_memory - REGISTERS) {
	case JH_LINK_ID:
		return side;
	case JH_LINK_BELLS:
		hw.bells = 0;
		return bells;
	case JH_LINK_NUM_BELLS:
		return 4;
	case JH_LINK_TABLE_SIZE:
		return 0x1000;
	case JH_LINK_COMMON_SIZE:
		return 0x3000;
	case JH_LINK_OUTPUT_SIZE:
		return 0x2000;
	case JH_LINK_ADDRESS:
		return (u32)LINKED_MEMORY;
	case JH_LINK_ADDRESS_HIGH:
		return LINKED_MEMORY >> 32;
	case JH_LINK_PEER_STATE:
		return hw.peer;
	case JH_VIRTIO_ROOT_KIND:
		return virtio_kind;
	}
	abort();
}

void fake_writel(u32 value, void *address)
{
	hw.touched++;
	switch ((char *)address - hv_memory - REGISTERS) {
	case JH_LINK_DOORBELL:
		assert_int_equal(value >> 16, !side);
		hw.rung[value & 0xffff]++;
		return;
	case JH_LINK_INT_CONTROL:
		hw.control = value;
		return;
	case JH_LINK_STATE:
		hw.state = value;
		return;
	case JH_VIRTIO_ROOT_INTERRUPT:
		assert_int_equal(value, JH_VIRTIO_INT_USED);
		hw.interrupts++;
		return;
	}
	abort();
}

long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	assert_int_equal(code, JH_HC_CELL_LINK);
	assert_int_equal(a, cell.id);
	assert_int_equal(b, 1);
	memset(&report.error, 0, sizeof(report.error));
	if (refuse_below == U32_MAX)
		return -EINVAL;
	if (c >= refuse_below)
		return refuse(&report.error, JH_ERR_IRQ_ABSENT, JH_OBJ_LINK, b);
	return LINKED_REGISTERS;
}

const struct jh_cell_report *jh_report_cell(u32 id)
{
	return &reports[id];
}

u32 jh_report_shown(const struct jh_cell_report *shown)
{
	return shown->state;
}

const char *jh_report_state_name(u32 state)
{
	return state == JH_CELL_RUNNING ? "running" : "odd";
}

const char *jh_report_cause_text(u32 cause)
{
	return cause == 3 ? "fell over" : "?";
}

/* --- linkuio.c --- */

void jh_linkuio_add(struct link *link)
{
	assert_non_null(misc);
	link->uio = (struct linkuio *)&some_uio;
}

/* Nobody tells it anything any more, and it touches nothing. */
void jh_linkuio_remove(struct link *link)
{
	assert_ptr_equal(link->uio, link->config->flags & JH_LINK_PCI ? NULL : &some_uio);
	assert_null(handler);
	assert_true(link->gone);
	link->uio = NULL;
}

void jh_linkuio_notify(struct link *link)
{
	assert_ptr_equal(link->uio, &some_uio);
	uio_notified++;
}

/* --- linkpci.c --- */

int jh_linkpci_add(struct link *link, const struct jh_cell *of)
{
	assert_ptr_equal(of, &cell);
	assert_non_null(handler);
	if (misc_code)
		return -ENXIO;
	link->pci = (struct pci_host_bridge *)&some_pci;
	return 0;
}

void jh_linkpci_stop(struct link *link)
{
	assert_ptr_equal(link->pci, &some_pci);
	assert_non_null(handler);
	assert_false(link->gone);
	pci_stops++;
}

void jh_linkpci_remove(struct link *link)
{
	assert_null(handler);
	link->pci = NULL;
}

irqreturn_t jh_linkpci_interrupt(struct link *link)
{
	assert_ptr_equal(link->pci, &some_pci);
	pci_rung++;
	return IRQ_HANDLED;
}

/* --- Linux --- */

u32 jh_arch_spare_irq(u32 below)
{
	static const u32 irqs[] = { 287, 280, 100 };
	u32 i;

	for (i = 0; i < spares; i++)
		if (irqs[i] < below)
			return irqs[i];
	return 0;
}

unsigned int jh_arch_make_virq(u32 irq)
{
	return irq == 100 ? 0 : LINKED_VIRQ;
}

int request_irq(unsigned int irq, irqreturn_t (*call)(int irq, void *data), unsigned long flags,
		const char *name, void *data)
{
	assert_int_equal(irq, LINKED_VIRQ);
	assert_string_equal(name, "jh-link-rtos-samples");
	if (irq_code)
		return -EBUSY;
	handler = call;
	handled = data;
	return 0;
}

void free_irq(unsigned int irq, void *data)
{
	assert_ptr_equal(data, handled);
	handler = NULL;
}

void irq_dispose_mapping(unsigned int irq)
{
	assert_int_equal(irq, LINKED_VIRQ);
	assert_null(handler);
	disposed++;
}

int misc_register(struct miscdevice *device)
{
	if (misc_code)
		return -ENOMEM;
	misc = device;
	return 0;
}

void misc_deregister(struct miscdevice *device)
{
	assert_ptr_equal(device, misc);
	misc = NULL;
}

long compat_ptr_ioctl(struct file *opened, unsigned int command, unsigned long address)
{
	return -ENOTTY;
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return 0;
}

void __module_get(struct module *module)
{
	num_modules++;
}

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags)
{
	assert_int_equal(size, 0x3000);
	assert_int_equal(flags, VM_NORESERVE);
	if (shmem_code)
		return ERR_PTR(-ENFILE);
	memory_file = (struct file){
		.f_mapping = &memory_space,
		.f_mode = FMODE_WRITE | FMODE_CAN_READ | FMODE_CAN_WRITE,
	};
	return &memory_file;
}

loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size)
{
	return size + offset;
}

int get_unused_fd_flags(unsigned int flags)
{
	if (fd_code)
		return -EMFILE;
	num_fds++;
	return 55;
}

void put_unused_fd(unsigned int fd)
{
	assert_int_equal(fd, 55);
	num_fds--;
}

void fd_install(unsigned int fd, struct file *file)
{
	assert_int_equal(fd, 55);
	installed = file;
}

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long address, unsigned long pfn)
{
	inserted[num_inserted].address = address;
	inserted[num_inserted++].pfn = pfn;
	return VM_FAULT_NOPAGE;
}

void unmap_mapping_range(struct address_space *mapping, u64 start, u64 length, int all)
{
	assert_true(!start && !length && all);
	mapping->zapped++;
}

/* --- the cell --- */

void linked_rings(u32 bells)
{
	hw.bells |= bells;
	assert_int_equal(handler(LINKED_VIRQ, handled), IRQ_HANDLED);
}

void linked_peer_is(u32 state)
{
	hw.peer = state;
	linked_rings(1);
}

static void add_cell(u32 flags)
{
	struct blob_parts parts;
	u32 length;

	blob_cell(&parts);
	blob_add_link(&parts, "other", "vision");
	blob_add_link(&parts, "samples", "root")->flags = flags;
	cell.config = blob_pack(&parts, &length);
	jh_link_add(&cell);
}

void linked_add(void)
{
	add_cell(0);
}

void linked_add_pci(void)
{
	add_cell(JH_LINK_PCI);
}

void linked_add_rpmsg(void)
{
	add_cell(JH_LINK_RPMSG);
}

int linked_setup(void **state)
{
	fake_reset();
	fake_eventfd_reset();
	memset(&hw, 0, sizeof(hw));
	memset(&space, 0, sizeof(space));
	memset(&memory_space, 0, sizeof(memory_space));
	fd_code = shmem_code = num_fds = num_modules = 0;
	installed = NULL;
	memset(reports, 0, sizeof(reports));
	the_system = (struct jh_system){
		.hv = { .address = LINKED_REGISTERS - REGISTERS, .size = sizeof(hv_memory) },
		.base = hv_memory, .report = &report, .active = true,
	};
	jh_system = &the_system;
	cell = (struct jh_cell){ .id = 2, .kobj = { .name = "rtos" } };
	reports[2].state = JH_CELL_RUNNING;
	side = virtio_kind = disposed = misc_code = irq_code = num_inserted = 0;
	refuse_below = 285;
	spares = 2;
	misc = NULL;
	return 0;
}

int linked_teardown(void **state)
{
	if (misc)
		jh_link_remove(&cell);
	free(cell.config);
	fake_signal = false;
	fake_meanwhile = NULL;
	assert_null(handler);
	assert_null(misc);
	assert_int_equal(fake_allocated(), 0);
	return 0;
}
