// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Times of Linux' own operations, in ticks of the counter: rootbench [COUNT]. Run it before and
 * after jhctl enable; the difference is the cost of jh for the root cell.
 *
 * root_syscall, root_page_fault and root_fork stay on one CPU. root_ipi passes a byte to and fro
 * between CPU 0 and 1 through pipes, as hackbench does: each way wakes the other CPU by an SGI.
 * root_disk reads blocks of 4 KiB from /dev/vda past the cache, root_net waits for the echo of a
 * ping. What lacks its device is left out.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"
#include "samples.h"

#define WARM_UP		16
#define BLOCK		4096
#define NET_PEER	"10.0.2.2"	/* QEMU's own end of -netdev user */
#define NET_TIMEOUT_MS	1000

static struct samples samples;

/* An operation to measure; 0, or below 0 if it is not possible here. */
typedef int (*operation_t)(unsigned int number);

static void measure(const char *id, unsigned int count, operation_t operation)
{
	uint64_t start, end;
	unsigned int i;

	for (i = 0; i < WARM_UP + count; i++) {
		start = samples_now();
		if (operation(i) < 0)
			return;
		end = samples_now();
		if (i >= WARM_UP)
			samples_add(&samples, end - start);
	}
	samples_print(&samples, id);
}

static int op_syscall(unsigned int number)
{
	return syscall(SYS_getppid) < 0 ? -1 : 0;
}

static volatile char *fault_pages;

static int op_fault(unsigned int number)
{
	fault_pages[(size_t)number * BLOCK] = 1;
	return 0;
}

static void run_faults(unsigned int count)
{
	size_t size = (size_t)(count + WARM_UP) * BLOCK;

	fault_pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fault_pages == MAP_FAILED)
		return;
	/* One page at a time, not a huge one. */
	madvise((void *)fault_pages, size, MADV_NOHUGEPAGE);
	measure("root_page_fault", count, op_fault);
	munmap((void *)fault_pages, size);
}

static int op_fork(unsigned int number)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child < 0 || waitpid(child, NULL, 0) < 0 ? -1 : 0;
}

static int ping[2], pong[2];

static int op_ipi(unsigned int number)
{
	char byte = 0;

	if (write(ping[1], &byte, 1) != 1 || read(pong[0], &byte, 1) != 1)
		return -1;
	return 0;
}

static void run_ipi(unsigned int count)
{
	pid_t child;
	char byte;

	if (pipe(ping) || pipe(pong))
		return;
	child = fork();
	if (!child) {
		helpers_pin(1);
		close(ping[1]);
		while (read(ping[0], &byte, 1) == 1 && write(pong[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	measure("root_ipi", count, op_ipi);
	close(ping[1]);
	waitpid(child, NULL, 0);
	close(ping[0]);
	close(pong[0]);
	close(pong[1]);
}

static int disk;
static void *disk_buffer;

static int op_disk(unsigned int number)
{
	return pread(disk, disk_buffer, BLOCK, (off_t)number * BLOCK) == BLOCK ? 0 : -1;
}

static void run_disk(unsigned int count)
{
	disk = open("/dev/vda", O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (disk < 0)
		return;
	if (!posix_memalign(&disk_buffer, BLOCK, BLOCK)) {
		measure("root_disk", count, op_disk);
		free(disk_buffer);
	}
	close(disk);
}

static int net;

static int op_net(unsigned int number)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct icmphdr echo;
	struct pollfd wait = { .fd = net, .events = POLLIN };
	char answer[256];

	inet_pton(AF_INET, NET_PEER, &peer.sin_addr);
	helpers_echo(&echo, 0, number);
	if (sendto(net, &echo, sizeof(echo), 0, (struct sockaddr *)&peer, sizeof(peer)) < 0)
		return -1;
	if (poll(&wait, 1, NET_TIMEOUT_MS) != 1)
		return -1;
	return recv(net, answer, sizeof(answer), 0) < 0 ? -1 : 0;
}

static void run_net(unsigned int count)
{
	net = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (net < 0)
		return;
	measure("root_net", count, op_net);
	close(net);
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000;

	helpers_pin(0);
	measure("root_syscall", count, op_syscall);
	run_faults(count);
	measure("root_fork", count / 5 + 1, op_fork);
	run_ipi(count);
	run_disk(count / 5 + 1);
	run_net(count / 5 + 1);
	return 0;
}
