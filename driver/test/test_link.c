// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links between a cell and Linux: who may map what, bells both ways, what a program is told when
 * the cell ends, and that nothing stays when it is destroyed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "../rproc.h"
#include "linked.h"
#include <jh/link.h>

static struct inode inode;
static struct file file;

/* --- what a program does --- */

static int do_open(void)
{
	file = (struct file){ .f_op = misc->fops, .private_data = misc, .f_mapping = &space };
	return file.f_op->open(&inode, &file);
}

static void do_close(void)
{
	assert_int_equal(file.f_op->release(&inode, &file), 0);
}

static ssize_t do_read(u32 *bells)
{
	*bells = 0;
	return file.f_op->read(&file, (char *)bells, sizeof(*bells), NULL);
}

static ssize_t do_write(u32 bells)
{
	return file.f_op->write(&file, (const char *)&bells, sizeof(bells), NULL);
}

static u32 do_poll(void)
{
	poll_table table = { 0 };
	u32 events = file.f_op->poll(&file, &table);

	assert_int_equal(table.queues, 1);
	return events;
}

static int do_map(struct vm_area_struct *vma, u64 offset, u64 length, unsigned long flags)
{
	*vma = (struct vm_area_struct){
		.vm_start = 0x400000, .vm_end = 0x400000 + length, .vm_pgoff = offset / PAGE_SIZE,
		.vm_flags = flags | VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.vm_file = &file,
	};
	return file.f_op->mmap(&file, vma);
}

static const char *why(void)
{
	static struct jh_link_info info;

	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_INFO, (unsigned long)&info),
			 0);
	return info.reason;
}

/* --- tests --- */

static void it_comes_and_goes(void **state)
{
	linked_add();
	assert_non_null(misc);
	assert_string_equal(misc->nodename, "jh-link/rtos/samples");
	assert_int_equal(misc->mode, 0600);
	assert_int_equal(hw.control, JH_LINK_INT_ENABLE);
	/* Another cell's are not touched. */
	cell.id = 1;
	jh_link_remove(&cell);
	assert_non_null(misc);
	cell.id = 2;
	jh_link_remove(&cell);
	assert_int_equal(hw.control, 0);
	assert_int_equal(disposed, 1);
	assert_int_equal(fake_printed[0], 0);
}

static void a_pci_device_is_nothing_else(void **state)
{
	linked_add_pci();
	assert_null(misc);
	/* Its driver enables the interrupt. */
	assert_int_equal(hw.control, 0);
	pci_rung = pci_stops = uio_notified = 0;
	hw.bells = 3;
	linked_rings(1);
	assert_int_equal(pci_rung, 1);
	assert_int_equal(hw.bells, 3);
	assert_int_equal(uio_notified, 0);
	jh_link_remove(&cell);
	assert_int_equal(pci_stops, 1);
	assert_int_equal(disposed, 1);
	/* None without a place for it */
	free(cell.config);
	misc_code = 1;
	linked_add_pci();
	assert_non_null(strstr(fake_printed, "cannot use the link samples: error -6"));
	assert_null(handler);
	assert_int_equal(disposed, 2);
}

static void what_cannot_be_made(void **state)
{
	u32 i;

	for (i = 0; i < 6; i++) {
		misc_code = i == 0;
		irq_code = i == 1;
		spares = i == 2 ? 0 : i == 3 ? 1 : 3;
		refuse_below = i == 4 ? 200 : i == 3 ? 0 : 285;
		fake_fail_alloc = i == 5;
		fake_printed[0] = 0;
		disposed = 0;
		linked_add();
		free(cell.config);
		assert_null(misc);
		assert_null(handler);
		assert_int_equal(disposed, i < 2);
		assert_int_equal(hw.control, 0);
		assert_non_null(strstr(fake_printed, "cannot use the link samples"));
		assert_int_equal(fake_allocated(), 0);
	}
	refuse_below = U32_MAX;
	linked_add();
	assert_null(misc);
}

static void one_at_a_time(void **state)
{
	struct file first;

	linked_add();
	assert_int_equal(do_open(), 0);
	first = file;
	assert_int_equal(do_open(), -EBUSY);
	file = first;
	do_close();
	assert_int_equal(do_open(), 0);
	do_close();
}

static void bells(void **state)
{
	u32 got;

	linked_add();
	/* What rang before nobody asked for. */
	hw.peer = 5;
	linked_rings(0xf);
	assert_int_equal(do_open(), 0);
	file.f_flags = O_NONBLOCK;
	assert_int_equal(do_read(&got), -EAGAIN);
	assert_int_equal(do_poll(), EPOLLOUT | EPOLLWRNORM);
	uio_notified = 0;
	linked_rings(2);
	linked_rings(8);
	assert_int_equal(uio_notified, 2);
	assert_int_equal(do_poll(), EPOLLOUT | EPOLLWRNORM | EPOLLIN | EPOLLRDNORM);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 10);
	assert_int_equal(do_read(&got), -EAGAIN);
	assert_int_equal(file.f_op->read(&file, (char *)&got, 3, NULL), -EINVAL);
	assert_int_equal(handler(LINKED_VIRQ, handled), IRQ_NONE);
	fake_no_user = &got;
	linked_rings(1);
	assert_int_equal(file.f_op->read(&file, (char *)&got, 4, NULL), -EFAULT);
	fake_no_user = NULL;
	do_close();
}

static void rings_meanwhile(void)
{
	fake_meanwhile = NULL;
	linked_rings(4);
}

static void reading_waits(void **state)
{
	u32 got;

	linked_add();
	assert_int_equal(do_open(), 0);
	fake_meanwhile = rings_meanwhile;
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 4);
	fake_signal = true;
	assert_int_equal(do_read(&got), -ERESTARTSYS);
	fake_signal = false;
	do_close();
}

static void ringing(void **state)
{
	u32 bells = 1;

	side = 1;
	linked_add();
	assert_int_equal(do_open(), 0);
	assert_int_equal(do_write(1), -EPIPE);
	/* It is there as soon as it says so, before the interrupt. */
	hw.peer = 7;
	assert_int_equal(do_write(0xb), 4);
	assert_int_equal(hw.rung[0], 1);
	assert_int_equal(hw.rung[1], 1);
	assert_int_equal(hw.rung[2], 0);
	assert_int_equal(hw.rung[3], 1);
	assert_int_equal(do_write(0), 4);
	assert_int_equal(do_write(0x10), -EINVAL);
	assert_int_equal(file.f_op->write(&file, (char *)&bells, 8, NULL), -EINVAL);
	fake_no_user = &bells;
	assert_int_equal(file.f_op->write(&file, (char *)&bells, 4, NULL), -EFAULT);
	fake_no_user = NULL;
	linked_peer_is(0);
	assert_int_equal(do_write(1), -EPIPE);
	assert_int_equal(hw.rung[0], 1);
	do_close();
}

static void the_other_side_ends(void **state)
{
	u32 got;

	linked_add();
	assert_int_equal(do_open(), 0);
	file.f_flags = O_NONBLOCK;
	/* That it is not there yet is no end. */
	assert_int_equal(do_read(&got), -EAGAIN);
	assert_int_equal(do_poll(), 0);
	linked_peer_is(7);
	assert_int_equal(do_read(&got), 4);
	assert_string_equal(why(), "the cell is running");
	reports[2].state = JH_CELL_FAILED;
	reports[2].crash.cause = 3;
	linked_peer_is(0);
	/* The bell first. */
	assert_int_equal(do_poll(), EPOLLIN | EPOLLRDNORM | EPOLLHUP);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 1);
	assert_int_equal(do_read(&got), -EPIPE);
	assert_int_equal(do_read(&got), -EPIPE);
	assert_string_equal(why(), "the cell failed: it fell over");
	linked_peer_is(8);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(do_read(&got), -EAGAIN);
	do_close();
}

static void what_may_be_mapped(void **state)
{
	static const struct {
		u64 offset, length;
		unsigned long flags;
		int code[2];		/* as side 0 and side 1 */
		bool may_write[2];
	} rows[] = {
		{ 0x1000, 0x1000, 0, { 0, 0 }, { 0, 0 } },
		{ 0x1000, 0x1000, VM_WRITE, { -EACCES, -EACCES }, { 0, 0 } },
		{ 0x1000, 0x2000, VM_WRITE, { -EACCES, -EACCES }, { 0, 0 } },
		{ 0x2000, 0x3000, VM_WRITE, { 0, 0 }, { 1, 1 } },
		{ 0x2000, 0x3000, 0, { 0, 0 }, { 1, 1 } },
		{ 0x2000, 0x5000, VM_WRITE, { 0, -EACCES }, { 1, 0 } },
		{ 0x5000, 0x2000, VM_WRITE, { 0, -EACCES }, { 1, 0 } },
		{ 0x6000, 0x1000, VM_WRITE, { 0, -EACCES }, { 1, 0 } },
		{ 0x7000, 0x2000, VM_WRITE, { -EACCES, 0 }, { 0, 1 } },
		{ 0x6000, 0x2000, VM_WRITE, { -EACCES, -EACCES }, { 0, 0 } },
		{ 0x6000, 0x2000, 0, { 0, 0 }, { 0, 0 } },
		{ 0x1000, 0x8000, 0, { 0, 0 }, { 0, 0 } },
		{ 0x1000, 0x9000, 0, { -EINVAL, -EINVAL }, { 0, 0 } },
		{ 0x8000, 0x2000, 0, { -EINVAL, -EINVAL }, { 0, 0 } },
		{ 0xa000, 0x1000, 0, { -EINVAL, -EINVAL }, { 0, 0 } },
		{ 0xfffffffffffff000, 0x1000, 0, { -EINVAL, -EINVAL }, { 0, 0 } },
		{ 0x0000, 0x1000, VM_WRITE, { 0, 0 }, { 1, 1 } },
		{ 0x0000, 0x2000, 0, { -EINVAL, -EINVAL }, { 0, 0 } },
		{ 0x2000, 0x1000, VM_EXEC, { -EINVAL, -EINVAL }, { 0, 0 } },
	};
	struct vm_area_struct vma;
	u32 i;

	for (side = 0; side < 2; side++) {
		linked_add();
		assert_int_equal(do_open(), 0);
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			int code = do_map(&vma, rows[i].offset, rows[i].length,
					  rows[i].flags | VM_MAYSHARE);

			if (code != rows[i].code[side])
				fail_msg("side %u, row %u: %d", side, i, code);
			if (code)
				continue;
			if (!(vma.vm_flags & VM_MAYWRITE) == rows[i].may_write[side])
				fail_msg("side %u, row %u: flags %lx", side, i, vma.vm_flags);
			assert_true(vma.vm_flags & VM_PFNMAP && vma.vm_flags & VM_DONTEXPAND);
			assert_false(vma.vm_flags & VM_MAYEXEC);
			assert_int_equal(vma.vm_page_prot,
					 rows[i].offset ? 0 : FAKE_DEVICE_MEMORY);
		}
		assert_int_equal(do_map(&vma, 0x2000, 0x1000, 0), -EINVAL);
		do_close();
		jh_link_remove(&cell);
		free(cell.config);
		cell.config = NULL;
	}
}

static void pages(void **state)
{
	struct vm_area_struct vma;
	struct vm_fault fault = { &vma };

	linked_add();
	assert_int_equal(do_open(), 0);
	assert_int_equal(do_map(&vma, 0x2000, 0x3000, VM_MAYSHARE), 0);
	assert_int_equal(num_inserted, 0);
	assert_int_equal(vma.vm_ops->fault(&fault), VM_FAULT_NOPAGE);
	assert_int_equal(num_inserted, 3);
	assert_int_equal(inserted[0].address, 0x400000);
	assert_int_equal(inserted[0].pfn, (LINKED_MEMORY + 0x1000) / PAGE_SIZE);
	assert_int_equal(inserted[2].address, 0x402000);
	assert_int_equal(inserted[2].pfn, (LINKED_MEMORY + 0x3000) / PAGE_SIZE);
	assert_int_equal(do_map(&vma, 0, 0x1000, VM_MAYSHARE), 0);
	assert_int_equal(vma.vm_ops->fault(&fault), VM_FAULT_NOPAGE);
	assert_int_equal(inserted[3].pfn, LINKED_REGISTERS / PAGE_SIZE);
	jh_link_remove(&cell);
	assert_int_equal(space.zapped, 1);
	assert_int_equal(vma.vm_ops->fault(&fault), VM_FAULT_SIGBUS);
	assert_int_equal(num_inserted, 4);
	do_close();
}

static void where_the_guest_sees_it(void **state)
{
	u64 address = 0;

	linked_add();
	assert_int_equal(do_open(), 0);
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_ADDRESS,
						   (unsigned long)&address), 0);
	assert_int_equal(address, 0x70010000);
	fake_no_user = &address;
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_ADDRESS,
						   (unsigned long)&address), -EFAULT);
	fake_no_user = NULL;
	/* The configuration is no more, and nobody asks it. */
	jh_link_remove(&cell);
	address = 1;
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_ADDRESS,
						   (unsigned long)&address), -EPIPE);
	assert_int_equal(address, 1);
	do_close();
}

static void states(void **state)
{
	u32 word = 0x12345;

	linked_add();
	assert_int_equal(do_open(), 0);
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_STATE, (unsigned long)&word),
			 0);
	assert_int_equal(hw.state, 0x12345);
	fake_no_user = &word;
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_STATE, (unsigned long)&word),
			 -EFAULT);
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_INFO, (unsigned long)&word),
			 -EFAULT);
	fake_no_user = NULL;
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_IOC_ENABLE, (unsigned long)&word),
			 -ENOTTY);
	/* Whoever closes it is not there any more. */
	do_close();
	assert_int_equal(hw.state, 0);
}

static void destroy_meanwhile(void)
{
	fake_meanwhile = NULL;
	jh_link_remove(&cell);
}

/* A program that has it open lives on without it, and touches nothing. */
static void destroyed_while_it_is_open(void **state)
{
	struct vm_area_struct vma;
	u32 got, touched, word = 1;

	linked_add();
	assert_int_equal(do_open(), 0);
	linked_peer_is(7);
	assert_int_equal(do_read(&got), 4);
	fake_meanwhile = destroy_meanwhile;
	assert_int_equal(do_read(&got), -EPIPE);
	assert_null(misc);
	touched = hw.touched;
	assert_int_equal(do_read(&got), -EPIPE);
	assert_int_equal(do_write(1), -EPIPE);
	assert_int_equal(do_poll(), EPOLLHUP);
	assert_int_equal(do_map(&vma, 0x1000, 0x1000, VM_MAYSHARE), -ENODEV);
	assert_string_equal(why(), "the cell was destroyed");
	assert_int_equal(file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_STATE, (unsigned long)&word),
			 -EPIPE);
	jh_system = NULL;
	assert_string_equal(why(), "the cell was destroyed");
	assert_true(fake_allocated() > 0);
	do_close();
	assert_int_equal(hw.touched, touched);
}

static void closes_meanwhile(void)
{
	fake_meanwhile = NULL;
	do_close();
}

static void the_module_waits_for_files(void **state)
{
	jh_link_exit();
	assert_int_equal(fake_printed[0], 0);
	linked_add();
	assert_int_equal(do_open(), 0);
	jh_link_remove(&cell);
	fake_meanwhile = closes_meanwhile;
	jh_link_exit();
	assert_null(fake_meanwhile);
	assert_non_null(strstr(fake_printed, "waiting"));
}

static u32 user_heard;

static void user_hears(struct jh_rproc_link *user)
{
	user_heard++;
}

static void remoteproc_has_it_for_itself(void **state)
{
	struct jh_rproc_link user = { .bell = user_hears };

	linked_add();
	assert_int_equal(jh_link_take(&cell, &user), -ENODEV);
	jh_link_remove(&cell);
	free(cell.config);
	linked_add_rpmsg();
	assert_int_equal(do_open(), 0);
	assert_int_equal(jh_link_take(&cell, &user), -EBUSY);
	do_close();
	assert_int_equal(jh_link_take(&cell, &user), 0);
	assert_int_equal(user.address, 0x70011000);
	assert_int_equal(user.physical, LINKED_MEMORY + 0x1000);
	assert_int_equal(user.size, 0x3000);
	assert_int_equal(do_open(), -EBUSY);
	user_heard = 0;
	linked_rings(2);
	assert_int_equal(user_heard, 1);
	jh_link_say(&user, 1);
	assert_int_equal(hw.state, 1);
	jh_link_kick(&user, 1);
	assert_int_equal(hw.rung[1], 1);
	jh_link_let_go(&user);
	assert_int_equal(hw.state, 0);
	linked_rings(2);
	assert_int_equal(user_heard, 1);
	assert_int_equal(do_open(), 0);
	do_close();
	/* Another cell's is not its. */
	cell.id = 1;
	assert_int_equal(jh_link_take(&cell, &user), -ENODEV);
	cell.id = 2;
}

#define test(name) cmocka_unit_test_setup_teardown(name, linked_setup, linked_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(it_comes_and_goes),
		test(a_pci_device_is_nothing_else),
		test(what_cannot_be_made),
		test(one_at_a_time),
		test(bells),
		test(reading_waits),
		test(ringing),
		test(the_other_side_ends),
		test(what_may_be_mapped),
		test(pages),
		test(states),
		test(where_the_guest_sees_it),
		test(destroyed_while_it_is_open),
		test(the_module_waits_for_files),
		test(remoteproc_has_it_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
