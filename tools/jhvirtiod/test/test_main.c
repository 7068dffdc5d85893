// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The program from its command line to its end, over devices and a module that only note what is
 * asked of them: in which order all is opened and given up, what is said, and how it ends.
 */
#undef main
#undef open
#undef close
#undef ioctl
#undef syscall
#undef syslog
#undef openlog
#undef pipe2
#undef fork
#undef chdir
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/ioctl.h>
#include <jh/virtio.h>

#include "../apart.h"
#include "../backend.h"
#include "../block.h"
#include "../console.h"
#include "../entropy.h"
#include "../jhvirtiod.h"
#include "../loop.h"
#include "../net.h"
#include "../sandbox.h"

#define TEXT		4096

int jhvirtiod_main(int argc, char **argv);
int fake_open(const char *path, int flags, ...);
int fake_ioctl(int fd, unsigned long request, ...);
int fake_close(int fd);
long fake_syscall(long number, ...);
void fake_syslog(int priority, const char *format, ...);
void fake_openlog(const char *name, int options, int facility);

/* What happened, in order; shared with what runs in the background. */
static struct seen {
	char events[TEXT];
	struct windows memory;
	int ends_at;			/* the process that was to end */
} *seen;

static struct {
	int open_error, report_error, null_error, link_error[8], offer_fails, sandbox_fails;
	int device_fails, own_fails, prepare_fails, pipe_error, fork_fails, chdir_error;
	int apart_fails, another_fails, watch_fails;
	bool no_memory[8], no_report;
	unsigned int died;		/* the device of a process that was killed */
	unsigned int queues, mine;	/* the device that this process serves */
} with;

static uint32_t registers[8][1024];
static char out[TEXT], err[TEXT];
static int module;			/* the descriptor of /dev/jh */

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
	size_t length = strlen(seen->events);
	va_list list;

	va_start(list, format);
	vsnprintf(seen->events + length, TEXT - length, format, list);
	va_end(list);
	strcat(seen->events, "\n");
}

/* --- Linux --- */

int fake_open(const char *path, int flags, ...)
{
	assert_int_equal(flags, O_RDWR | O_CLOEXEC);
	note("open %s", path);
	if (!strcmp(path, "/dev/null")) {
		errno = with.null_error;
		return with.null_error ? -1 : openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	}
	if (!with.open_error)
		return module;
	errno = with.open_error;
	return -1;
}

int fake_close(int fd)
{
	if (fd != module)
		return close(fd);
	note("close module");
	return 0;
}

void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	if (!with.no_report)
		return __real_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

static void fill(struct jh_report *report)
{
	static const struct {
		const char *name;
		uint32_t kind;
	} rows[] = {
		{ "disk", JH_VIRTIO_BLOCK }, { "net", JH_VIRTIO_NET }, { "tty", JH_VIRTIO_CONSOLE },
		{ "rng", JH_VIRTIO_ENTROPY }, { "more", JH_VIRTIO_BLOCK },
	};
	struct jh_cell_report *cells;
	struct jh_link_report *links;
	unsigned int i;

	report->magic = JH_REPORT_MAGIC;
	report->num_cells = 2;
	report->cells_offset = sizeof(*report);
	report->num_links = 5;
	report->links_offset = report->cells_offset + 2 * sizeof(*cells);
	cells = (void *)((char *)report + report->cells_offset);
	links = (void *)((char *)report + report->links_offset);
	cells[0].state = cells[1].state = JH_CELL_RUNNING;
	strcpy(cells[1].name, "linux");
	for (i = 0; i < 5; i++) {
		strcpy(links[i].name, rows[i].name);
		links[i].cell = 1;
		links[i].virtio = rows[i].kind;
	}
}

int fake_ioctl(int fd, unsigned long request, ...)
{
	struct jh_ioctl_report *call;
	va_list list;

	va_start(list, request);
	call = va_arg(list, struct jh_ioctl_report *);
	va_end(list);
	assert_int_equal(fd, module);
	assert_true(request == JH_IOC_REPORT);
	assert_int_equal(call->length, 65536);
	assert_int_equal(call->reserved, 0);
	errno = with.report_error;
	if (with.report_error)
		return -1;
	fill((void *)(uintptr_t)call->buffer);
	return 0;
}

long fake_syscall(long number, ...)
{
	unsigned int first, last, flags;
	va_list list;

	va_start(list, number);
	first = va_arg(list, unsigned int);
	last = va_arg(list, unsigned int);
	flags = va_arg(list, unsigned int);
	va_end(list);
	assert_int_equal(number, SYS_close_range);
	note("close %u %u%s", first, last, flags ? " with flags" : "");
	return 0;
}

void fake_openlog(const char *name, int options, int facility)
{
	note("log of %s %d %d", name, options == (LOG_PID | LOG_NDELAY), facility == LOG_DAEMON);
}

void fake_syslog(int priority, const char *format, ...)
{
	va_list list;

	assert_int_equal(priority, LOG_NOTICE);
	va_start(list, format);
	assert_string_equal(format, "%s");
	note("log: %s", va_arg(list, const char *));
	va_end(list);
}

int fake_pipe2(int *ends, int flags);
pid_t fake_fork(void);
int fake_chdir(const char *path);

int fake_pipe2(int *ends, int flags)
{
	assert_int_equal(flags, O_CLOEXEC);
	errno = with.pipe_error;
	return with.pipe_error ? -1 : pipe(ends);
}

pid_t fake_fork(void)
{
	errno = EAGAIN;
	return with.fork_fails ? -1 : fork();
}

int fake_chdir(const char *path)
{
	note("chdir %s, leader %d", path, getsid(0) == getpid());
	errno = with.chdir_error;
	return with.chdir_error ? -1 : 0;
}

/* --- the parts of the program --- */

static int own(struct device *device, const struct windows *windows)
{
	assert_true(windows->count > 0);
	note("own %s", device->port.name);
	return with.own_fails ? complain("cannot own") : EXIT_OK;
}

const struct kind block_kind = { .word = "disk", .queues = 1 };
const struct kind net_kind = { .word = "net", .queues = 2, .own = own };
const struct kind console_kind = { .word = "console", .queues = 2 };
const struct kind entropy_kind = { .word = "rng", .queues = 1 };

static int opened(struct device *device, const struct kind *kind)
{
	assert_int_equal(device->input & device->output, -1);
	device->kind = kind;
	device->lives = 3;
	device->requests = 5;
	device->refused = 1;
	return with.device_fails ? complain("%s fails", kind->word) : EXIT_OK;
}

int block_open(struct device *device, const struct block_request *request)
{
	note("disk %s %s %d", request->file, request->serial ? request->serial : "-",
	     request->read_only);
	return opened(device, &block_kind);
}

int net_open(struct device *device, const char *cell, const char *tap, bool vhost)
{
	note("net %s %s %d", cell, tap, vhost);
	return opened(device, &net_kind);
}

int console_open(struct device *device, const char *where)
{
	note("console %s", where);
	return opened(device, &console_kind);
}

void console_end(struct device *device)
{
	note("console ends: %s", device->port.name);
}

int backend_open(struct device *device, uint32_t kind, const char *path)
{
	note("back end %u %s", kind, path);
	return opened(device, &block_kind);
}

int entropy_open(struct device *device)
{
	note("rng");
	return opened(device, &entropy_kind);
}

int port_open(struct port *port, const char *cell, const char *name)
{
	static const char *const names[] = { "disk", "net", "tty", "rng", "more" };
	unsigned int n = 0;

	while (strcmp(names[n], name))
		n++;
	note("link %s/%s", cell, name);
	errno = with.link_error[n];
	if (with.link_error[n])
		return -1;
	registers[n][JH_VIRTIO_ROOT_QUEUES / 4] = with.queues;
	*port = (struct port){ .name = name, .fd = 80, .registers = registers[n] };
	port->window = (struct window){ .guest = 100 + n, .size = with.no_memory[n] ? 0 : 50 };
	return 0;
}

int loop_prepare(struct device *devices, unsigned int count)
{
	note("prepare %u", count);
	return with.prepare_fails ? complain("no loop") : EXIT_OK;
}

int sandbox_enter(uid_t user, gid_t group)
{
	note("sandbox %u %u", user, group);
	return with.sandbox_fails ? complain("no sandbox") : EXIT_OK;
}

bool device_offer(struct device *device, const struct windows *windows)
{
	note("offer %s", device->port.name);
	seen->memory = *windows;
	return !with.offer_fails;
}

int loop_end_with(int fd)
{
	note("ends with %d", fd);
	return with.watch_fails ? complain("cannot watch") : EXIT_OK;
}

int apart_begin(unsigned int count, unsigned int *mine)
{
	note("processes %u", count);
	*mine = with.mine;
	return with.apart_fails ? complain("no process") : EXIT_OK;
}

bool apart_ready(void)
{
	note("ready");
	return !with.another_fails;
}

int apart_watched(unsigned int n)
{
	return n < 2 ? 90 + (int)n : -1;
}

unsigned int apart_end(void)
{
	note("end of the others");
	return with.died;
}

void loop_run(void)
{
	char text[64] = "";
	ssize_t length = readlink("/proc/self/fd/2", text, sizeof(text) - 1);

	note("run%s", length > 0 && !strcmp(text, "/dev/null") ? " without a terminal" : "");
	seen->ends_at = getpid();
}

/* --- running it --- */

static int captured[2], kept[2];

static void capture(void)
{
	int i;

	fflush(NULL);
	for (i = 0; i < 2; i++) {
		captured[i] = memfd_create("said", MFD_CLOEXEC);
		kept[i] = dup(i + 1);
		dup2(captured[i], i + 1);
	}
}

static void release(void)
{
	char *texts[] = { out, err };
	ssize_t length;
	int i;

	fflush(NULL);
	for (i = 0; i < 2; i++) {
		length = pread(captured[i], texts[i], TEXT - 1, 0);
		texts[i][length > 0 ? length : 0] = '\0';
		dup2(kept[i], i + 1);
		close(kept[i]);
		close(captured[i]);
	}
}

/* The program with these words; what it leaves in static memory is a child's. */
static int run(const char *line)
{
	char words[512], *argv[20] = { "jhvirtiod" }, *rest, *word;
	int argc = 1, status;
	pid_t child;

	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	memset(seen, 0, sizeof(*seen));
	capture();
	child = fork();
	if (!child) {
		alarm(20);
		status = jhvirtiod_main(argc, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	release();
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int set_up(void **state)
{
	memset(&with, 0, sizeof(with));
	with.queues = 2;
	module = 71;
	return 0;
}

#define BEGIN	"close 3 4294967295\nopen /dev/null\nopen /dev/jh\nclose module\n"

static void all_devices(void **state)
{
	assert_int_equal(run("linux --disk disk=/a.img,ro,serial=S --net tap0 --console pty:/p "
			     "--rng --user 7:9"), EXIT_OK);
	assert_string_equal(seen->events, BEGIN
		"link linux/disk\ndisk /a.img S 1\nlink linux/net\nnet linux tap0 1\n"
		"link linux/tty\nconsole pty:/p\nlink linux/rng\nrng\nlink linux/more\n"
		"processes 4\nprepare 1\nends with 90\nends with 91\nsandbox 7 9\n"
		"offer disk\nready\nrun\nend of the others\nconsole ends: tty\n");
	assert_string_equal(out, "");
	assert_string_equal(err, "disk: disk, lives 3, requests 5, refused 1\n"
			    "net: net, lives 3, requests 5, refused 1\n"
			    "tty: console, lives 3, requests 5, refused 1\n"
			    "rng: rng, lives 3, requests 5, refused 1\n");
	assert_int_equal(seen->memory.count, 5);
	assert_int_equal(seen->memory.window[0].guest, 100);
	assert_int_equal(seen->memory.window[4].guest, 104);
}

static void one_of_them(void **state)
{
	with.no_memory[3] = with.no_memory[4] = true;
	with.link_error[1] = EBUSY;
	with.queues = 1;
	assert_int_equal(run("linux --rng --no-vhost --json"), EXIT_OK);
	assert_string_equal(seen->events, BEGIN
		"link linux/rng\nrng\nlink linux/disk\nlink linux/net\nlink linux/tty\n"
		"link linux/more\nprocesses 1\nprepare 1\nends with 90\nends with 91\n"
		"sandbox 65534 65534\noffer rng\nready\nrun\nend of the others\n");
	/* The memory of all that can be had and have some: of disk and tty. */
	assert_int_equal(seen->memory.count, 2);
	assert_int_equal(seen->memory.window[0].guest, 100);
	assert_int_equal(seen->memory.window[1].guest, 102);
	assert_string_equal(err, "");
	assert_string_equal(out, "{\n  \"devices\": [\n    { \"link\": \"rng\", \"kind\": \"rng\", "
			    "\"lives\": 3, \"requests\": 5, \"refused\": 1 }\n  ]\n}\n");
}

static void as_json(void **state)
{
	assert_int_equal(run("linux --json --net tap0 --rng --no-vhost"), EXIT_OK);
	assert_non_null(strstr(seen->events, "net linux tap0 0\n"));
	assert_string_equal(out, "{\n  \"devices\": [\n    { \"link\": \"net\", \"kind\": \"net\", "
			    "\"lives\": 3, \"requests\": 5, \"refused\": 1 },\n"
			    "    { \"link\": \"rng\", \"kind\": \"rng\", "
			    "\"lives\": 3, \"requests\": 5, \"refused\": 1 }\n  ]\n}\n");
}

static void back_ends(void **state)
{
	assert_int_equal(run("linux --net vhost-user:/a --rng=rng=vhost-user:/b"), EXIT_OK);
	assert_non_null(strstr(seen->events, "link linux/net\nback end 1 /a\n"));
	assert_non_null(strstr(seen->events, "link linux/rng\nback end 4 /b\n"));
}

static void that_is_all(void **state)
{
	/* Any descriptor is one. */
	module = 0;
	assert_int_equal(run("linux --rng"), EXIT_OK);
	assert_non_null(strstr(seen->events, "close module\n"));
	assert_int_equal(run("--version"), EXIT_OK);
	assert_string_equal(out, "jhvirtiod test\n");
	assert_string_equal(seen->events, "");
	assert_int_equal(run("--help"), EXIT_OK);
	assert_ptr_equal(strstr(out, "usage: jhvirtiod CELL "), out);
	assert_string_equal(seen->events, "");
	assert_int_equal(run("linux --nonsense"), EXIT_USAGE);
	assert_string_equal(err, "jhvirtiod: there is no option like that\n"
			    "jhvirtiod: see jhvirtiod --help\n");
	assert_string_equal(seen->events, "");
}

/* Each thing that can fail: what is said, and after which event nothing follows. */
static void failures(void **state)
{
	static const struct {
		int *which, value;
		const char *says, *last;
	} rows[] = {
		{ &with.null_error, EMFILE, "/dev/null: Too many open files", "open /dev/null" },
		{ &with.open_error, ENOENT, "jh is not there: modprobe jh, then jhctl enable",
		  "open /dev/jh" },
		{ &with.open_error, EACCES, "only root can take the devices of a cell",
		  "open /dev/jh" },
		{ &with.open_error, EPERM, "only root can take the devices of a cell",
		  "open /dev/jh" },
		{ &with.open_error, EIO, "/dev/jh: Input/output error", "open /dev/jh" },
		{ &with.report_error, ENXIO, "jh is not enabled: jhctl enable", "close module" },
		{ &with.link_error[1], EBUSY, "the link net is held by another program: all "
		  "devices of a cell are served by one jhvirtiod", "link linux/net" },
		{ &with.link_error[1], ENODEV, "the link net cannot be mapped: this kernel's pages "
		  "are larger than 4 KiB", "link linux/net" },
		{ &with.link_error[1], EIO, "/dev/jh-link/linux/net: Input/output error",
		  "link linux/net" },
		{ &with.device_fails, 1, "net fails", "net linux tap0 1" },
		{ (int *)&with.queues, 1,
		  "the device on link net needs 2 queues: correct its queues", "net linux tap0 1" },
		{ &with.apart_fails, 1, "no process", "processes 2" },
		{ &with.prepare_fails, 1, "no loop", "prepare 1" },
		{ &with.watch_fails, 1, "cannot watch", "ends with 90" },
		{ &with.own_fails, 1, "cannot own", "own net" },
		{ &with.sandbox_fails, 1, "no sandbox", "sandbox 65534 65534" },
		{ &with.offer_fails, 1, "the cell linux was destroyed", "offer net" },
	};
	char expected[256];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(state);
		*rows[i].which = rows[i].value;
		assert_int_equal(run("linux --net tap0 --rng"), EXIT_REFUSED);
		snprintf(expected, sizeof(expected), "jhvirtiod: %s\n", rows[i].says);
		assert_string_equal(err, expected);
		snprintf(expected, sizeof(expected), "%s\n", rows[i].last);
		assert_true(strlen(seen->events) >= strlen(expected));
		assert_string_equal(seen->events + strlen(seen->events) - strlen(expected),
				    expected);
	}
	/* The process of another device has said why. */
	set_up(state);
	with.another_fails = 1;
	assert_int_equal(run("linux --rng"), EXIT_REFUSED);
	assert_string_equal(err, "");
	assert_null(strstr(seen->events, "run"));
	/* It was killed later. */
	set_up(state);
	with.died = 1;
	assert_int_equal(run("linux --net tap0 --rng"), EXIT_REFUSED);
	assert_string_equal(err, "net: net, lives 3, requests 5, refused 1\n"
			    "rng: rng, lives 3, requests 5, refused 1\n"
			    "jhvirtiod: the process of rng was killed\n");
	/* The other process: its device alone. */
	set_up(state);
	with.mine = 1;
	assert_int_equal(run("linux --rng --net tap0"), EXIT_OK);
	assert_non_null(strstr(seen->events, "own net\nsandbox 65534 65534\noffer net\nready\n"));
	assert_null(strstr(seen->events, "offer rng"));
	set_up(state);
	with.no_report = true;
	assert_int_equal(run("linux --rng"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: /dev/jh: Cannot allocate memory\n");
	set_up(state);
	assert_int_equal(run("other --rng"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: there is no cell other: jhctl cell create makes it\n");
	assert_int_equal(run("linux --disk /a"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: the cell has 2 devices for --disk: say which, "
			    "--disk more=...\n");
	with.own_fails = 1;
	assert_int_equal(run("linux --rng"), EXIT_OK);
}

/* --- in the background --- */

static bool happened(const char *event)
{
	int i;

	/* The parent ends first, the rest within ten seconds. */
	for (i = 0; i < 1000 && !strstr(seen->events, event); i++)
		usleep(10000);
	return strstr(seen->events, event) != NULL;
}

static void in_the_background(void **state)
{
	assert_int_equal(run("linux --net tap0 -b --json"), EXIT_OK);
	assert_true(happened("log: net: net, lives 3, requests 5, refused 1\n"));
	assert_string_equal(strstr(seen->events, "chdir"),
		"chdir /, leader 1\nlog of jhvirtiod 1 1\nprocesses 1\nprepare 1\n"
		"ends with 90\nends with 91\nown net\nsandbox 65534 65534\n"
		"offer net\nready\nrun without a terminal\nend of the others\n"
		"log: net: net, lives 3, requests 5, refused 1\n");
	assert_string_equal(out, "");
	assert_string_equal(err, "");
	assert_int_not_equal(seen->ends_at, 0);
}

static void not_in_the_background(void **state)
{
	with.own_fails = 1;
	assert_int_equal(run("linux --net tap0 -b"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: cannot own\n");
	set_up(state);
	with.pipe_error = EMFILE;
	assert_int_equal(run("linux --net tap0 -b"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: Too many open files\n");
	set_up(state);
	with.fork_fails = 1;
	assert_int_equal(run("linux --net tap0 -b"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: Resource temporarily unavailable\n");
	assert_null(strstr(seen->events, "prepare"));
	set_up(state);
	with.chdir_error = EIO;
	assert_int_equal(run("linux --net tap0 -b"), EXIT_REFUSED);
	assert_string_equal(err, "jhvirtiod: /: Input/output error\n");
	assert_null(strstr(seen->events, "prepare"));
}

#define test(name)	cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(all_devices),
		test(one_of_them),
		test(as_json),
		test(back_ends),
		test(that_is_all),
		test(failures),
		test(in_the_background),
		test(not_in_the_background),
	};

	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return seen == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
