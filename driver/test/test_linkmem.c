// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Files with the common section of a link: what is mapped of them, and that nothing of the link is
 * left in them however it ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "linked.h"

#define COMMON	((LINKED_MEMORY + 0x1000) / PAGE_SIZE)	/* its first page */

static struct inode inode;
static struct file file;

static long new_file(void)
{
	return file.f_op->unlocked_ioctl(&file, JH_LINK_IOC_MEMORY, 0);
}

static void up(void)
{
	linked_add();
	file = (struct file){ .f_op = misc->fops, .private_data = misc, .f_mapping = &space };
	assert_int_equal(file.f_op->open(&inode, &file), 0);
}

static void do_close(void)
{
	assert_int_equal(file.f_op->release(&inode, &file), 0);
}

static void close_memory(void)
{
	assert_int_equal(memory_file.f_op->release(&inode, &memory_file), 0);
}

static int map(struct vm_area_struct *vma, u64 offset, u64 length, unsigned long flags)
{
	*vma = (struct vm_area_struct){
		.vm_start = 0x400000, .vm_end = 0x400000 + length, .vm_pgoff = offset / PAGE_SIZE,
		.vm_flags = flags | VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.vm_file = &memory_file,
	};
	return memory_file.f_op->mmap(&memory_file, vma);
}

static void touch(struct vm_area_struct *vma)
{
	struct vm_fault fault = { vma };

	num_inserted = 0;
	assert_int_equal(vma->vm_ops->fault(&fault), VM_FAULT_NOPAGE);
}

static long revoke(void)
{
	return memory_file.f_op->unlocked_ioctl(&memory_file, JH_LINK_IOC_REVOKE, 0);
}

/* One page for all of it, which has nothing to do with the link */
static void finds_another_page(struct vm_area_struct *vma)
{
	touch(vma);
	assert_int_equal(num_inserted, 3);
	assert_int_equal(inserted[0].pfn, inserted[2].pfn);
	assert_true(inserted[0].pfn < COMMON - 1 || inserted[0].pfn > COMMON + 8);
	assert_int_equal(inserted[2].address, 0x402000);
}

/* --- tests --- */

static void what_is_mapped(void **state)
{
	struct vm_area_struct vma;

	up();
	assert_int_equal(new_file(), 55);
	assert_ptr_equal(installed, &memory_file);
	assert_int_equal(num_modules, 1);
	/* Nobody calls operations of shmem's, and its mappings may be writable. */
	assert_int_equal(memory_file.f_mode, FMODE_WRITE);
	assert_int_equal(memory_file.f_op->llseek(&memory_file, 0, SEEK_END), 0x3000);
	assert_int_equal(map(&vma, 0, 0x3000, VM_MAYSHARE | VM_WRITE), 0);
	assert_true(vma.vm_flags & VM_PFNMAP && vma.vm_flags & VM_DONTEXPAND);
	assert_false(vma.vm_flags & VM_MAYEXEC);
	assert_int_equal(vma.vm_page_prot, 0);
	touch(&vma);
	assert_int_equal(num_inserted, 3);
	assert_int_equal(inserted[0].pfn, COMMON);
	assert_int_equal(inserted[2].pfn, COMMON + 2);
	assert_int_equal(map(&vma, 0x1000, 0x2000, VM_MAYSHARE), 0);
	touch(&vma);
	assert_int_equal(num_inserted, 2);
	assert_int_equal(inserted[0].pfn, COMMON + 1);
	close_memory();
	do_close();
}

static void what_is_not(void **state)
{
	struct vm_area_struct vma;

	up();
	assert_int_equal(new_file(), 55);
	assert_int_equal(map(&vma, 0, 0x1000, 0), -EINVAL);
	assert_int_equal(map(&vma, 0, 0x1000, VM_MAYSHARE | VM_EXEC), -EINVAL);
	assert_int_equal(map(&vma, 0, 0x4000, VM_MAYSHARE), -EINVAL);
	assert_int_equal(map(&vma, 0x1000, 0x3000, VM_MAYSHARE), -EINVAL);
	assert_int_equal(map(&vma, 0x4000, 0x1000, VM_MAYSHARE), -EINVAL);
	assert_int_equal(map(&vma, ~0xfffULL, 0x2000, VM_MAYSHARE), -EINVAL);
	assert_int_equal(memory_file.f_op->unlocked_ioctl(&memory_file, JH_LINK_IOC_INFO, 0),
			 -ENOTTY);
	close_memory();
	do_close();
}

static void it_is_taken_back(void **state)
{
	struct vm_area_struct vma;

	up();
	assert_int_equal(new_file(), 55);
	assert_int_equal(map(&vma, 0, 0x3000, VM_MAYSHARE), 0);
	touch(&vma);
	assert_int_equal(revoke(), 0);
	assert_int_equal(memory_space.zapped, 1);
	finds_another_page(&vma);
	assert_int_equal(revoke(), 0);
	assert_int_equal(memory_space.zapped, 1);
	/* The link is as it was. */
	assert_int_equal(space.zapped, 0);
	close_memory();
	assert_int_equal(new_file(), 55);
	close_memory();
	do_close();
}

static void the_program_goes(void **state)
{
	struct vm_area_struct vma;

	up();
	assert_int_equal(new_file(), 55);
	assert_int_equal(map(&vma, 0, 0x3000, VM_MAYSHARE), 0);
	touch(&vma);
	do_close();
	assert_int_equal(memory_space.zapped, 1);
	finds_another_page(&vma);
	jh_link_remove(&cell);
	assert_int_equal(memory_space.zapped, 1);
	finds_another_page(&vma);
	close_memory();
}

static void the_cell_goes(void **state)
{
	struct vm_area_struct vma, late;
	struct file first;

	up();
	assert_int_equal(new_file(), 55);
	assert_int_equal(map(&vma, 0, 0x3000, VM_MAYSHARE), 0);
	touch(&vma);
	jh_link_remove(&cell);
	assert_int_equal(memory_space.zapped, 1);
	finds_another_page(&vma);
	assert_int_equal(map(&late, 0, 0x3000, VM_MAYSHARE), 0);
	finds_another_page(&late);
	first = memory_file;
	assert_int_equal(new_file(), -EPIPE);
	assert_int_equal(num_fds, 1);
	memory_file = first;
	close_memory();
	do_close();
}

/* The file that is left is freed without the link's program or its cell. */
static void the_file_is_the_last(void **state)
{
	up();
	assert_int_equal(new_file(), 55);
	do_close();
	jh_link_remove(&cell);
	assert_true(fake_allocated() > 0);
	close_memory();
}

static void linux_refuses(void **state)
{
	u32 n;

	up();
	fd_code = 1;
	assert_int_equal(new_file(), -EMFILE);
	fd_code = 0;
	shmem_code = 1;
	assert_int_equal(new_file(), -ENFILE);
	shmem_code = 0;
	for (n = 1; n <= 2; n++) {
		fake_fail_alloc = n;
		assert_int_equal(new_file(), -ENOMEM);
	}
	assert_int_equal(num_fds, 0);
	assert_int_equal(num_modules, 0);
	do_close();
}

#define test(name) cmocka_unit_test_setup_teardown(name, linked_setup, linked_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_mapped),
		test(what_is_not),
		test(it_is_taken_back),
		test(the_program_goes),
		test(the_cell_goes),
		test(the_file_is_the_last),
		test(linux_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
