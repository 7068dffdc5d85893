// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * KVM and jh cannot both have EL2: while jh is enabled KVM is out of reach, for those who open it
 * and for those who opened it before; afterwards, and after an enable that failed, it works again.
 */
#include <linux/kvm.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "jh_test.h"
#include "kselftest_harness.h"

#define GUEST_CODE	0x10000
#define GUEST_DEVICE	0x20000000
#define GUEST_VALUE	0x42

/* Stores GUEST_VALUE to where there is nothing, for ever. */
static const uint32_t guest_code[] = {
	0xd2a40001,	/* mov x1, #GUEST_DEVICE */
	0x52800840,	/* mov w0, #GUEST_VALUE */
	0xb9000020,	/* str w0, [x1] */
	0x17ffffff,	/* b . - 4 */
};

struct guest {
	int vm;
	int vcpu;
	void *memory;
	struct kvm_run *run;
	size_t run_size;
};

static void guest_free(struct guest *guest)
{
	if (guest->run != MAP_FAILED)
		munmap(guest->run, guest->run_size);
	if (guest->vcpu >= 0)
		close(guest->vcpu);
	if (guest->vm >= 0)
		close(guest->vm);
	munmap(guest->memory, 4096);
}

static int guest_start(struct guest *guest, int kvm)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_CODE, .memory_size = 4096,
	};
	struct kvm_vcpu_init init;
	uint64_t entry = GUEST_CODE;
	struct kvm_one_reg pc = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&entry,
	};

	guest->vcpu = -1;
	guest->run = MAP_FAILED;
	guest->memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(guest->memory, guest_code, sizeof(guest_code));
	region.userspace_addr = (uintptr_t)guest->memory;
	guest->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (guest->vm < 0 || ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return -1;
	guest->vcpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
	if (guest->vcpu < 0 || ioctl(guest->vm, KVM_ARM_PREFERRED_TARGET, &init) ||
	    ioctl(guest->vcpu, KVM_ARM_VCPU_INIT, &init) ||
	    ioctl(guest->vcpu, KVM_SET_ONE_REG, &pc))
		return -1;
	guest->run_size = (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	guest->run = mmap(NULL, guest->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			  guest->vcpu, 0);
	return guest->run == MAP_FAILED ? -1 : 0;
}

/* Runs until the store; what the guest stored, -1 if it did not. */
static int guest_run(struct guest *guest)
{
	uint32_t value;

	if (ioctl(guest->vcpu, KVM_RUN, 0) || guest->run->exit_reason != KVM_EXIT_MMIO ||
	    guest->run->mmio.phys_addr != GUEST_DEVICE || !guest->run->mmio.is_write)
		return -1;
	memcpy(&value, guest->run->mmio.data, sizeof(value));
	return (int)value;
}

/* The life of a whole virtual machine. */
static int run_guest(int kvm)
{
	struct guest guest;
	int value = guest_start(&guest, kvm) ? -1 : guest_run(&guest);

	guest_free(&guest);
	return value;
}

FIXTURE(kvm) {
	int kvm;
	int fd;
	struct jh_file sys;
};

FIXTURE_SETUP(kvm)
{
	self->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (self->kvm < 0)
		SKIP(return, "there is no /dev/kvm");
	self->fd = jh_open();
	ASSERT_LE(0, self->fd);
	jh_tidy(self->fd);
	self->sys = jh_read(JH_CELLS "sys.cell");
	ASSERT_NE(0, self->sys.size);
}

FIXTURE_TEARDOWN(kvm)
{
	jh_tidy(self->fd);
	close(self->kvm);
	close(self->fd);
}

static void works(struct __test_metadata *_metadata, FIXTURE_DATA(kvm) *self)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, kvm);
	EXPECT_EQ(GUEST_VALUE, run_guest(kvm));
	close(kvm);
	EXPECT_EQ(GUEST_VALUE, run_guest(self->kvm));
}

TEST_F(kvm, out_of_reach_while_enabled)
{
	works(_metadata, self);
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
	EXPECT_GT(0, open("/dev/kvm", O_RDWR | O_CLOEXEC));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, ioctl(self->kvm, KVM_GET_API_VERSION, 0));
	EXPECT_EQ(-1, ioctl(self->kvm, KVM_CREATE_VM, 0));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_EQ(0, jh_disable(self->fd));
	works(_metadata, self);
}

TEST_F(kvm, works_after_many_rounds)
{
	for (int round = 0; round < 5; round++) {
		ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
		ASSERT_EQ(0, jh_disable(self->fd));
		EXPECT_EQ(GUEST_VALUE, run_guest(self->kvm));
	}
}

TEST_F(kvm, works_after_an_enable_that_failed)
{
	uint8_t rubbish[64] = "JHCONFIG";

	EXPECT_GT(0, jh_enable(self->fd, rubbish, sizeof(rubbish), 0, NULL));
	works(_metadata, self);
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, JH_ENABLE_DRY_RUN, NULL));
	works(_metadata, self);
	/* Everything is right but the interrupt controller's size, which EL2 finds out. */
	if (!system("./blobedit " JH_CELLS "sys.cell /tmp/small.cell unit[1].size=0x40000")) {
		struct jh_file small = jh_read("/tmp/small.cell");

		EXPECT_GT(0, jh_enable(self->fd, small.data, small.size, 0, NULL));
		works(_metadata, self);
	}
}

TEST_F(kvm, guests_keep_jh_out)
{
	struct jh_error error;
	struct guest guest;

	ASSERT_EQ(0, guest_start(&guest, self->kvm));
	EXPECT_EQ(GUEST_VALUE, guest_run(&guest));
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, 0, &error));
	EXPECT_EQ(JH_ERR_KVM_GUESTS, error.reason);
	EXPECT_EQ(GUEST_VALUE, guest_run(&guest));
	guest_free(&guest);
	EXPECT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

/*
 * KVM names a guest's directory in debugfs by its first descriptor. If that is closed while a CPU
 * keeps the guest, the next guest gets the same number and no directory; and the first one's goes
 * with the first guest.
 */
TEST_F(kvm, a_guest_without_its_directory_keeps_jh_out)
{
	char path[64];
	struct jh_error error;
	struct guest first, second;

	ASSERT_EQ(0, guest_start(&first, self->kvm));
	ASSERT_EQ(0, munmap(first.run, first.run_size));
	first.run = MAP_FAILED;
	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d", getpid(), first.vm);
	close(first.vm);
	ASSERT_EQ(0, guest_start(&second, self->kvm));
	ASSERT_EQ(first.vm, second.vm);
	first.vm = -1;
	guest_free(&first);
	if (!access("/sys/kernel/debug/kvm", F_OK))
		EXPECT_NE(0, access(path, F_OK));
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, JH_ENABLE_DRY_RUN,
				    &error));
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, 0, &error));
	EXPECT_EQ(JH_ERR_KVM_GUESTS, error.reason);
	EXPECT_EQ(GUEST_VALUE, guest_run(&second));
	guest_free(&second);
	EXPECT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

/* To a socket that nobody reads, and with that out of every process. */
static void send_away(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sendmsg(socket, &message, 0);
	close(fd);
}

/* Nobody has a descriptor of it, but its directory is there. */
TEST_F(kvm, a_guest_on_its_way_keeps_jh_out)
{
	struct jh_error error;
	int ends[2], vm;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	vm = ioctl(self->kvm, KVM_CREATE_VM, 0);
	ASSERT_LE(0, vm);
	send_away(ends[0], vm);
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, JH_ENABLE_DRY_RUN,
				    &error));
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, 0, &error));
	EXPECT_EQ(JH_ERR_KVM_GUESTS, error.reason);
	close(ends[0]);
	close(ends[1]);
	EXPECT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

/* Neither a directory nor a descriptor, only KVM and the scheduler know of it. */
TEST_F(kvm, a_guest_that_nothing_shows)
{
	struct jh_error error;
	struct guest first, second;
	int ends[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	ASSERT_EQ(0, guest_start(&first, self->kvm));
	ASSERT_EQ(0, munmap(first.run, first.run_size));
	first.run = MAP_FAILED;
	close(first.vm);
	ASSERT_EQ(0, guest_start(&second, self->kvm));
	ASSERT_EQ(first.vm, second.vm);
	first.vm = -1;
	guest_free(&first);
	munmap(second.run, second.run_size);
	close(second.vcpu);
	send_away(ends[0], second.vm);
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, JH_ENABLE_DRY_RUN,
				    &error));
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, 0, &error));
	EXPECT_EQ(JH_ERR_KVM_GUESTS, error.reason);
	close(ends[0]);
	close(ends[1]);
	munmap(second.memory, 4096);
	EXPECT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

TEST_F(kvm, its_device_stays_as_it_is)
{
	struct stat before, stat_now;

	ASSERT_EQ(0, chmod("/dev/kvm", 0660));
	ASSERT_EQ(0, chown("/dev/kvm", 0, 104));
	ASSERT_EQ(0, stat("/dev/kvm", &before));
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
	ASSERT_EQ(0, jh_disable(self->fd));
	ASSERT_EQ(0, stat("/dev/kvm", &stat_now));
	EXPECT_EQ(before.st_mode, stat_now.st_mode);
	EXPECT_EQ(before.st_gid, stat_now.st_gid);
	EXPECT_EQ(before.st_ino, stat_now.st_ino);
}

static void works_on_every_cpu(struct __test_metadata *_metadata, FIXTURE_DATA(kvm) *self)
{
	for (int cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		ASSERT_EQ(0, sched_setaffinity(0, sizeof(set), &set));
		EXPECT_EQ(GUEST_VALUE, run_guest(self->kvm)) {
			TH_LOG("CPU %d", cpu);
		}
	}
}

TEST_F(kvm, works_on_every_cpu)
{
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
	ASSERT_EQ(0, jh_disable(self->fd));
	works_on_every_cpu(_metadata, self);
}

/*
 * Linux (6.1, 6.12) counts bp_hardening_data.slot up each time a Cortex-A57 or -A72 comes online,
 * and KVM then takes its vectors from behind the table, with or without jh.
 */
static int hotplug_breaks_kvm(void)
{
	struct jh_file midr = jh_read("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
	unsigned long part = midr.size ? strtoul((char *)midr.data, NULL, 16) >> 4 & 0xfff : 0;

	return part == 0xd07 || part == 0xd08;
}

TEST_F(kvm, works_on_cpus_that_were_in_cells)
{
	struct jh_file cell = jh_read(JH_CELLS "smp.cell"), image = jh_read(JH_INMATES "smp.bin");

	if (hotplug_breaks_kvm())
		SKIP(return, "Linux breaks KVM on CPUs of this kind that were offline");
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(1, jh_create(self->fd, cell.data, cell.size, NULL));
		ASSERT_EQ(0, jh_load(self->fd, 1, 0, image.data, image.size));
		ASSERT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, 1, 0));
		usleep(500000);
		ASSERT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
	}
	ASSERT_EQ(0, jh_disable(self->fd));
	works_on_every_cpu(_metadata, self);
}

TEST_HARNESS_MAIN
