// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What wakes the program and what ends it, over a socket in place of the link; and what it can do
 * no more once it has given everything up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <jh/virtio.h>

#include "../jhvirtiod.h"
#include "../loop.h"
#include "../sandbox.h"
#include "guest.h"

#define NUM	8

static struct device devices[2];
static int ends[2][2];			/* of the links: the device's, and the guest's */
static unsigned int served[2], looked, bus_error;
static bool later;

/* --- the link, and a kind of devices that counts --- */

uint32_t port_bells(struct port *port)
{
	uint32_t bells = 0, one;

	if (bus_error)
		raise(SIGBUS);
	while (read(port->fd, &one, sizeof(one)) == sizeof(one))
		bells |= one;
	return bells;
}

bool port_is_gone(struct port *port)
{
	return guest_gone;
}

static enum outcome serve(struct device *device, unsigned int n, struct chain *chain,
			  uint32_t *written)
{
	if (later) {
		device->patience = 20;
		return OUTCOME_LATER;
	}
	served[device - devices]++;
	return OUTCOME_DONE;
}

static void look(struct device *device)
{
	looked++;
	later = false;
	device->patience = 0;
	device->pending |= 1;
}

static const struct kind kind = {
	.number = 2, .word = "test", .queues = 1, .input = 1, .output = 1,
	.serve = serve, .look = look,
};

static int set_up(void **state)
{
	int i;

	guest_reset(state);
	memset(served, 0, sizeof(served));
	looked = bus_error = 0;
	later = false;
	for (i = 0; i < 2; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends[i]), 0);
		devices[i] = (struct device){ .port = guest_port(), .kind = &kind,
					      .input = -1, .output = -1 };
		devices[i].port.fd = ends[i][0];
	}
	guest_queue(0, NUM);
	guest_desc(0, 0, GUEST_ROOM, 16, 0, 0);
	assert_true(device_offer(&devices[0], &guest_windows));
	guest_word = JH_VIRTIO_STATE(1, 0xf);
	return 0;
}

static int tear_down(void **state)
{
	int i;

	for (i = 0; i < 2; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
	return 0;
}

static void ring(int device, uint32_t bells)
{
	assert_int_equal(write(ends[device][1], &bells, sizeof(bells)), sizeof(bells));
}

/* The loop, which has to end by itself. */
static void run(void)
{
	sigset_t usual;

	sigprocmask(SIG_SETMASK, NULL, &usual);
	assert_int_equal(loop_prepare(devices, 2), EXIT_OK);
	alarm(20);
	loop_run();
	alarm(0);
	sigprocmask(SIG_SETMASK, &usual, NULL);
}

/* --- what ends it --- */

static void the_cell_is_destroyed(void **state)
{
	guest_avail(0, NUM, 0);
	ring(0, 3);
	guest_gone = true;
	close(ends[1][1]);
	ends[1][1] = -1;
	run();
	assert_true(served[0] <= 1);
}

static void its_memory_goes(void **state)
{
	ring(0, 1);
	bus_error = 1;
	run();
	assert_int_equal(served[0], 0);
}

static void *tell(void *number)
{
	usleep(100000);
	kill(getpid(), *(int *)number);
	return NULL;
}

/* Meanwhile a cell that only stopped says all the time that it is not there: nothing turns. */
static void it_is_told_to_end(void **state)
{
	static int number = SIGTERM;
	struct timespec before, after;
	sigset_t usual, blocked;
	pthread_t thread;

	sigprocmask(SIG_SETMASK, NULL, &usual);
	assert_int_equal(loop_prepare(devices, 2), EXIT_OK);
	sigfillset(&blocked);
	/* The thread that sends it does not get it. */
	pthread_sigmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(pthread_create(&thread, NULL, tell, &number), 0);
	close(ends[1][1]);
	ends[1][1] = -1;
	guest_avail(0, NUM, 0);
	ring(0, 3);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	loop_run();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	pthread_join(thread, NULL);
	sigprocmask(SIG_SETMASK, &usual, NULL);
	assert_int_equal(served[0], 1);
	assert_true((after.tv_sec - before.tv_sec) * 1000 +
		    (after.tv_nsec - before.tv_nsec) / 1000000 < 50);
}

/* --- what wakes it --- */

/*
 * Ends the process. Of a function that is known not to return the sanitizers want calls that were
 * given up.
 */
static void leave(int code)
{
	syscall(SYS_exit_group, code);
}

/* In a process of its own: it was told to end. */
static void in_a_child(void (*check)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		check();
		leave(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void *destroy(void *file)
{
	usleep(*(int *)file >= 0 ? 50000 : 200000);
	if (*(int *)file >= 0 && write(*(int *)file, "x", 1) != 1)
		leave(3);
	if (*(int *)file >= 0)
		usleep(100000);
	guest_gone = true;
	shutdown(ends[1][1], SHUT_RDWR);
	return NULL;
}

/* A request that had to wait is looked at again when the file is ready. */
static void wait_for_a_file(void)
{
	int pipes[2];
	pthread_t thread;

	if (pipe2(pipes, O_NONBLOCK) || pthread_create(&thread, NULL, destroy, &pipes[1]))
		leave(4);
	devices[0].input = pipes[0];
	run();
	leave(served[0] == 1 ? 0 : 5);
}

static void a_file(void **state)
{
	guest_word = 0;
	devices[0].state = 0;
	/* The device works, and something comes to its queue without a bell. */
	guest_word = JH_VIRTIO_STATE(1, 0xf);
	device_bells(&devices[0], 1);
	assert_false(device_run(&devices[0]));
	guest_avail(0, NUM, 0);
	in_a_child(wait_for_a_file);
}

static void wait_for_the_time(void)
{
	static int nothing = -1;
	pthread_t thread;

	if (pthread_create(&thread, NULL, destroy, &nothing))
		leave(4);
	run();
	leave(looked == 1 && served[0] == 1 ? 0 : 5);
}

static void patience(void **state)
{
	later = true;
	guest_avail(0, NUM, 0);
	ring(0, 3);
	in_a_child(wait_for_the_time);
}

/* --- what it gives up --- */

/* What the kernel says, in a file that was opened before; without a call of one's own. */
static bool status_says(int file, const char *line)
{
	static char text[8192];
	ssize_t length;

	length = preadv(file, &(struct iovec){ text, sizeof(text) - 1 }, 1, 0);
	text[length > 0 ? length : 0] = '\0';
	return strstr(text, line) != NULL;
}

static void be_small(void)
{
	int status = open("/proc/self/status", O_RDONLY);
	struct iovec piece = { "x", 1 };
	int null = open("/dev/null", O_RDWR), poller = epoll_create1(0);
	bool root = !geteuid();
	struct epoll_event event;
	char byte;

	if (sandbox_enter(65534, 65534))
		leave(2);
	/* Who is not root has nobody else to become: test-sandbox has the calls. */
	if (root && (!status_says(status, "\nUid:\t65534\t65534\t65534\t65534\n") ||
		     !status_says(status, "\nGid:\t65534\t65534\t65534\t65534\n") ||
		     !status_says(status, "\nGroups:\t \n")))
		leave(3);
	if (!status_says(status, "\nNoNewPrivs:\t1\n") || !status_says(status, "\nSeccomp:\t2\n"))
		leave(9);
	if (open("/dev/null", O_RDONLY) != -1 || errno != EPERM)
		leave(4);
	if (socket(AF_UNIX, SOCK_STREAM, 0) != -1 || errno != EPERM)
		leave(5);
	if (fork() != -1 || execl("/bin/true", "true", NULL) != -1 || kill(getppid(), 0) != -1)
		leave(6);
	if (write(null, "x", 1) != 1 || writev(null, &piece, 1) != 1 || read(null, &byte, 1))
		leave(7);
	if (epoll_pwait(poller, &event, 1, 0, NULL))
		leave(8);
}

static void given_up(void **state)
{
	in_a_child(be_small);
}

/* Without being root there is no other user to become. */
static void as_somebody(void)
{
	int status = open("/proc/self/status", O_RDONLY);
	char line[80];
	uid_t user;

	if (!geteuid() && setuid(65534))
		leave(2);
	user = getuid();
	if (sandbox_enter(1000, 1000))
		leave(4);
	snprintf(line, sizeof(line), "\nUid:\t%u\t%u\t%u\t%u\n", user, user, user, user);
	if (!status_says(status, line))
		leave(3);
}

static void of_a_user(void **state)
{
	in_a_child(as_somebody);
}

/* Its registers are gone when the device is offered. */
static void it_goes_before_the_loop_runs(void **state)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		if (!loop_prepare(devices, 1))
			raise(SIGBUS);
		_exit(77);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_REFUSED);
}

#define test(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_cell_is_destroyed),
		test(it_goes_before_the_loop_runs),
		test(its_memory_goes),
		test(a_file),
		test(patience),
		test(it_is_told_to_end),
		test(given_up),
		test(of_a_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
