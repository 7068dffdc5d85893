// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of device.c in tests on a host: a driver and a hypervisor whose state is kept in a file
 * between runs of jhctl. Controlled by the environment:
 *
 *	JH_FAKE_STATE	the file of the state; without it there is no /dev/jh
 *	JH_FAKE_OPEN	errno with which opening fails
 *	JH_FAKE_ERROR	REQUEST:ERRNO:REASON:OBJECT:INDEX:CELL: request number REQUEST fails so
 *	JH_FAKE_WHO	who in Linux is in the way then
 *	JH_FAKE_CRASH	JH_CRASH_* with which a cell fails as soon as it is started
 *	JH_FAKE_TORN	a load is broken off after its first byte
 *	JH_FAKE_CLAIMED	the block device that is in use
 *	JH_FAKE_DELAY	milliseconds that every request takes
 *	JH_FAKE_ENDLESS	the benchmark of a cell does not end
 *	JH_FAKE_GONE	CPUs have counted for root, and left it, before enable
 *	JH_FAKE_LATENCY	what the benchmark prints
 *	JH_FAKE_GUEST	what a running cell prints; it powers off once that is read, unless ENDLESS
 *	JH_FAKE_BASE	cells' memory begins at 1 GiB, not at 0, and has no bytes
 *	JH_FAKE_PC	where the CPUs of cells are
 *	JH_FAKE_LATER	as JH_FAKE_STATE, once the module was loaded
 *	JH_FAKE_MODPROBE	what modprobe says when it fails; EPERM, ENOENT: errno
 *	JH_FAKE_BUSY	interrupts that each CPU, and bells that a link, has had between two reports
 *	JH_FAKE_PLAIN	the hypervisor has no optional units, and tells nothing of links
 *	JH_FAKE_ECHO	what is on the other side of a link: see fakelink.c
 *	JH_FAKE_VIRTIO	STATE:ROOT[:KIND]: a cell has a disk, and these are the words of its sides
 *	JH_FAKE_TRACE	the file that a trace reads
 *	JH_FAKE_ROOT	stands before /sys, /proc and /dev
 */
#include "../device.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jh/comm.h>
#include <jh/ioctl.h>
#include <jh/report.h>
#include <lib/config.h>

#include "fakelink.h"

#define FAKE_CPUS	4
#define FAKE_MEMORY	(1u << 20)	/* bytes of every cell's memory, at 0 */

struct fake {
	__u32 enabled;
	__u32 generation;	/* of the cell created last */
	struct jh_report head;
	struct jh_cpu_report cpu[FAKE_CPUS];
	struct jh_cell_report cell[JH_MAX_CELLS];
	struct jh_link_report link[4];
	char typed[1024];	/* to whatever cell; it comes back behind its output */
	__u64 num_typed;
	struct jh_program program;	/* of the cell loaded last */
	__u8 memory[FAKE_MEMORY];	/* of the cell loaded last */
};

static struct fake *fake;

static const char fake_log[] = "jh: hello from the fake hypervisor\n";
#define FAKE_OUTPUT	"tick 1\n\033[31mred\033[0m\ntick 2\n"
static const char fake_output[] = FAKE_OUTPUT;
/* What inmates/bench prints if its command line says run=latency. */
static const char fake_latency[] =
	"bench: start freq=100000000 gic=3 mode=virtual native=0 midr=0x411fd070\n"
	"bench: latency n=500 min=400 avg=450 p99=500 p99.9=600 max=650 ns lost=0\n"
	"bench: latency n=1000 min=400 avg=470 p99=600 p99.9=2000 max=2050 ns lost=3\n"
	"bench: histogram from=400 ns count=900\n"
	"bench: histogram from=500 ns count=98\n"
	"bench: histogram from=2000 ns count=2\n"
	"bench: end\n";

int device_open(void)
{
	const char *file = getenv("JH_FAKE_STATE"), *refusal = getenv("JH_FAKE_OPEN");
	int fd;

	if (refusal || !file) {
		errno = refusal ? atoi(refusal) : ENOENT;
		return -1;
	}
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*fake)))
		abort();
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fake == MAP_FAILED)
		abort();
	return fd;
}

int device_load(char *said, size_t size)
{
	const char *later = getenv("JH_FAKE_LATER"), *words = getenv("JH_FAKE_MODPROBE");

	if (later) {
		setenv("JH_FAKE_STATE", later, 1);
		return 0;
	}
	errno = !words || !strcmp(words, "ENOENT") ? ENOENT : strcmp(words, "EPERM") ? EIO : EPERM;
	snprintf(said, size, "%s", words ? words : "");
	return -1;
}

void device_close(int fd)
{
	munmap(fake, sizeof(*fake));
	close(fd);
}

bool device_claimed(const char *name)
{
	const char *claimed = getenv("JH_FAKE_CLAIMED");

	return claimed && !strcmp(claimed, name);
}

const char *device_root(void)
{
	const char *root = getenv("JH_FAKE_ROOT");

	return root ? root : "/nonexistent";
}

static int refuse(struct jh_error *error, __u32 reason, __u32 object, __u32 index, int number)
{
	*error = (struct jh_error){
		.reason = reason,
		.object = object,
		.index = index,
		.cell = JH_ERROR_SAME_FILE,
	};
	errno = number;
	return -1;
}

/* The failure that the environment asks for, if it is for this request. */
static int ordered_failure(unsigned int request, struct jh_error *error)
{
	const char *order = getenv("JH_FAKE_ERROR");
	unsigned int at, number, reason, object, index, cell;
	unsigned long long value = 0, limit = 0;

	if (!order || sscanf(order, "%u:%u:%u:%u:%u:%u:%llu:%llu", &at, &number, &reason, &object,
			     &index, &cell, &value, &limit) < 6 || at != request)
		return 0;
	refuse(error, reason, object, index, (int)number);
	error->cell = cell;
	error->value = value;
	error->limit = limit;
	error->other_object = value ? object : JH_OBJ_NONE;
	return -1;
}

/* Fills in @who, as the driver does for reasons with {who}. */
static void name_somebody(unsigned long request, void *argument)
{
	const char *who = getenv("JH_FAKE_WHO");

	if (who && request == JH_IOC_ENABLE)
		snprintf(((struct jh_ioctl_enable *)argument)->who, JH_WHO_LEN, "%s", who);
	if (who && request == JH_IOC_CELL_CREATE)
		snprintf(((struct jh_ioctl_create *)argument)->who, JH_WHO_LEN, "%s", who);
}

static int fake_enable(struct jh_ioctl_enable *call)
{
	const struct jh_config_system *system = config_system((void *)(uintptr_t)call->config);
	int i;

	if (fake->enabled)
		return refuse(&call->error, JH_ERR_ENABLED, JH_OBJ_NONE, 0, EBUSY);
	if (call->flags & JH_ENABLE_DRY_RUN)
		return 0;
	memset(&fake->head, 0, sizeof(*fake) - offsetof(struct fake, head));
	fake->enabled = 1;
	fake->head.magic = JH_REPORT_MAGIC;
	fake->head.num_cpus = FAKE_CPUS;
	fake->head.cpus_offset = sizeof(struct jh_report);
	fake->head.num_cells = JH_MAX_CELLS;
	fake->head.cells_offset = sizeof(struct jh_report) + sizeof(fake->cpu);
	if (!getenv("JH_FAKE_PLAIN")) {
		fake->head.num_links = 4;
		fake->head.links_offset = fake->head.cells_offset + sizeof(fake->cell);
	}
	for (i = 0; i < FAKE_CPUS; i++) {
		fake->cpu[i].state = JH_CPUREP_RUNNING;
		fake->cpu[i].hardware_id = (unsigned int)i;
		fake->cpu[i].stats[JH_STAT_IRQ] = 90;
		fake->cpu[i].stats[JH_STAT_MMIO] = 10u + (unsigned int)i;
		/* The last two have done what had no effect. */
		if (i + 2 >= FAKE_CPUS)
			fake->cpu[i].stats[JH_STAT_IGNORED] = 5;
		fake->cpu[i].ignored = i + 1 == FAKE_CPUS ? 0x800010c : JH_IGNORED_IPI;
	}
	if (getenv("JH_FAKE_GONE")) {
		fake->head.root_stats[JH_STAT_IRQ] = 7;
		fake->head.root_stats[JH_STAT_POWER] = 20;
	}
	memcpy(fake->cell[0].name, system->name, JH_NAME_LEN);
	fake->cell[0].state = JH_CELL_RUNNING;
	fake->cell[0].cpu_mask = (1u << FAKE_CPUS) - 1;
	return 0;
}

static int fake_disable(struct jh_ioctl_disable *call)
{
	__u32 i;

	for (i = 1; i < JH_MAX_CELLS; i++) {
		if (fake->cell[i].state != JH_CELL_NONE)
			return refuse(&call->error, JH_ERR_CELLS_ALIVE, JH_OBJ_CELL, i, EBUSY);
	}
	fake->enabled = 0;
	return 0;
}

static void give_cpus(__u64 mask, __u32 to)
{
	int i;

	for (i = 0; i < FAKE_CPUS; i++) {
		if (mask >> i & 1)
			fake->cpu[i].cell = to;
	}
	if (to)
		fake->cell[0].cpu_mask &= ~mask;
	else
		fake->cell[0].cpu_mask |= mask;
}

/*
 * With JH_FAKE_VIRTIO, STATE:ROOT[:KIND], the cell has a disk, with the words of both sides; with
 * JH_FAKE_LINK a link that waits, and one with root's cell.
 */
static void add_links(__u32 cell)
{
	const char *device = getenv("JH_FAKE_VIRTIO");
	unsigned int state, root, kind = JH_VIRTIO_BLOCK;

	if (device && sscanf(device, "%i:%i:%i", &state, &root, &kind) > 1) {
		fake->link[0] = (struct jh_link_report){ "disk", cell, 0, state, kind, 5, 0 };
		fake->link[1] = (struct jh_link_report){ "disk", 0, cell, root, 0, 0, 0 };
		/* Others have links of that name, too. */
		fake->link[2] = (struct jh_link_report){ "disk", 0, cell + 1, 1, 0, 0, 0 };
		fake->link[3] = (struct jh_link_report){ "disk", cell + 2, cell, 1, 0, 0, 0 };
	}
	if (!getenv("JH_FAKE_LINK"))
		return;
	fake->link[0] = (struct jh_link_report){ "files", cell, JH_LINK_NOBODY, 0, 0, 0, 7 };
	fake->link[1] = (struct jh_link_report){ "samples", cell, 0, 3, 0, 12, 1 };
}

static int fake_create(struct jh_ioctl_create *call)
{
	const void *blob = (void *)(uintptr_t)call->config;
	const char *name = config_cell(blob)->name;
	struct jh_cell_report *cell;
	__u32 i;

	for (i = 1; i < JH_MAX_CELLS; i++) {
		cell = &fake->cell[i];
		if (cell->state != JH_CELL_NONE && !strncmp(cell->name, name, JH_NAME_LEN))
			return refuse(&call->error, JH_ERR_NAME_TAKEN, JH_OBJ_CELL, 0, EEXIST);
	}
	for (i = 1; fake->cell[i].state != JH_CELL_NONE; i++)
		;
	cell = &fake->cell[i];
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->name, name, JH_NAME_LEN);
	cell->state = JH_CELL_CREATED;
	cell->entry = config_cell(blob)->entry;
	cell->cpu_mask = config_cpu_mask(blob);
	cell->memory_bytes = FAKE_MEMORY;
	give_cpus(cell->cpu_mask, i);
	add_links(i);
	cell->generation = ++fake->generation;
	/* A cell of that name has no input. */
	cell->input_offset = strcmp(name, "mute") ? 8 : 0;
	fake->num_typed = 0;
	call->cell = i;
	call->generation = cell->generation;
	return 0;
}

/* As the driver: the cell that is meant, or NULL. */
static struct jh_cell_report *find_cell(__u32 number, __u32 generation, struct jh_error *error)
{
	struct jh_cell_report *cell = &fake->cell[number];

	if (cell->state != JH_CELL_NONE && cell->generation == generation)
		return cell;
	refuse(error, cell->state ? JH_ERR_CELL_REPLACED : JH_ERR_NO_CELL, JH_OBJ_CELL, number,
	       ENOENT);
	return NULL;
}

static bool is_high(__u64 address)
{
	return getenv("JH_FAKE_BASE") && address >= 0x40000000 && address < 0x50000000;
}

static int check_segment(struct jh_ioctl_load *call, __u32 index)
{
	const struct jh_segment *segment = (void *)(uintptr_t)call->segments;

	segment += index;
	if (is_high(segment->address))
		return 0;
	if (segment->address <= FAKE_MEMORY && segment->length <= FAKE_MEMORY - segment->address)
		return 0;
	refuse(&call->error, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, index, EFAULT);
	call->error.value = segment->address;
	return -1;
}

static void write_segment(const struct jh_segment *segment)
{
	if (is_high(segment->address))
		return;
	if (segment->source)
		memcpy(fake->memory + segment->address, (void *)(uintptr_t)segment->source,
		       segment->length);
	else
		memset(fake->memory + segment->address, 0, segment->length);
}

static int fake_load(struct jh_ioctl_load *call)
{
	const struct jh_segment *segments = (void *)(uintptr_t)call->segments;
	struct jh_cell_report *cell = find_cell(call->cell, call->generation, &call->error);
	const char *torn = getenv("JH_FAKE_TORN");
	__u32 i;

	if (!cell)
		return -1;
	if (cell->state == JH_CELL_RUNNING)
		return refuse(&call->error, JH_ERR_CELL_RUNNING, JH_OBJ_CELL, call->cell, EBUSY);
	if (call->flags & JH_LOAD_START && call->entry >= FAKE_MEMORY && !is_high(call->entry)) {
		refuse(&call->error, JH_ERR_ENTRY, JH_OBJ_CELL, call->cell, EINVAL);
		call->error.value = call->entry;
		return -1;
	}
	for (i = 0; i < call->count; i++)
		if (check_segment(call, i))
			return -1;
	cell->state = JH_CELL_LOADING;
	if (torn) {
		errno = EINTR;
		return -1;
	}
	for (i = 0; i < call->count; i++)
		write_segment(&segments[i]);
	if (call->flags & JH_LOAD_START) {
		cell->entry = call->entry;
		cell->argument = call->argument;
	}
	if (call->program.path[0] || call->flags & JH_LOAD_START)
		fake->program = call->program;
	cell->state = JH_CELL_LOADED;
	return 0;
}

static void set_cpus(__u64 mask, __u32 state)
{
	int i;

	for (i = 0; i < FAKE_CPUS; i++) {
		if (mask >> i & 1)
			fake->cpu[i].state = state;
	}
}

static int fake_start(struct jh_ioctl_cell *call)
{
	struct jh_cell_report *cell = find_cell(call->cell, call->generation, &call->error);
	const char *crash = getenv("JH_FAKE_CRASH");

	if (!cell)
		return -1;
	if (cell->state == JH_CELL_LOADING)
		return refuse(&call->error, JH_ERR_HALF_LOADED, JH_OBJ_CELL, call->cell, EINVAL);
	if (cell->state != JH_CELL_LOADED && cell->state != JH_CELL_STOPPED)
		return refuse(&call->error, JH_ERR_NOT_LOADED, JH_OBJ_CELL, call->cell, EINVAL);
	cell->state = crash ? JH_CELL_FAILED : JH_CELL_RUNNING;
	set_cpus(cell->cpu_mask, crash ? JH_CPUREP_FAILED : JH_CPUREP_RUNNING);
	cell->starts++;
	if (crash) {
		cell->crash.cause = (__u32)atoi(crash);
		cell->crash.cpu = 3;
		cell->crash.address = 0xdead0000;
		cell->crash.pc = 0x1234;
		cell->crash.arch = JH_ARCH_ARM64;
		cell->crash.num_registers = 32;
		cell->crash.registers[30] = 0xabcd;
	}
	return 0;
}

static int fake_shutdown(struct jh_ioctl_cell *call)
{
	struct jh_cell_report *cell = find_cell(call->cell, call->generation, &call->error);

	if (!cell)
		return -1;
	if (!strcmp(cell->name, "stubborn") && !(call->flags & JH_SHUTDOWN_FORCE))
		return refuse(&call->error, JH_ERR_SHUTDOWN_DENIED, JH_OBJ_CELL, call->cell, EPERM);
	cell->state = JH_CELL_STOPPED;
	set_cpus(cell->cpu_mask, JH_CPUREP_PARKED);
	return 0;
}

static int fake_destroy(struct jh_ioctl_cell *call)
{
	if (!find_cell(call->cell, call->generation, &call->error))
		return -1;
	set_cpus(fake->cell[call->cell].cpu_mask, JH_CPUREP_RUNNING);
	give_cpus(fake->cell[call->cell].cpu_mask, 0);
	memset(&fake->cell[call->cell], 0, sizeof(fake->cell[0]));
	return 0;
}

static const char *fake_printed(__u32 cell)
{
	const char *cmdline = (const char *)fake->memory + 0x1000;
	const char *latency = getenv("JH_FAKE_LATENCY");
	static char printed[4096];

	if (getenv("JH_FAKE_GUEST"))
		return getenv("JH_FAKE_GUEST");
	if (fake->cell[cell].state == JH_CELL_RUNNING && strstr(cmdline, "run=latency") &&
	    !getenv("JH_FAKE_ENDLESS")) {
		snprintf(printed, sizeof(printed), FAKE_OUTPUT "%s",
			 latency ? latency : fake_latency);
		return printed;
	}
	return fake_output;
}

static int fake_read_ring(struct jh_ioctl_read_ring *call)
{
	const char *printed = call->cell ? fake_printed(call->cell) : fake_log;
	char text[4096];
	__u64 length;

	length = (__u64)snprintf(text, sizeof(text), "%s%.*s", printed,
				 call->cell ? (int)fake->num_typed : 0, fake->typed);
	if (!fake->enabled) {
		errno = ENXIO;
		return -1;
	}
	if (fake->cell[call->cell].generation != call->generation) {
		errno = ENOENT;
		return -1;
	}
	call->copied = 0;
	call->lost = 0;
	if (call->position < length) {
		call->copied = (__u32)(length - call->position);
		memcpy((void *)(uintptr_t)call->buffer, text + call->position, call->copied);
	}
	call->position += call->copied;
	if (getenv("JH_FAKE_GUEST") && !getenv("JH_FAKE_ENDLESS") && !call->copied && call->cell)
		fake->cell[call->cell].state = JH_CELL_STOPPED;
	return 0;
}

/* JH_FAKE_PC, in hexadecimal, is where each CPU of a cell is; 1234 if it is not set. */
static int fake_places(struct jh_ioctl_places *call)
{
	const struct jh_cell_report *cell = find_cell(call->cell, call->generation, &call->error);
	const char *pc = getenv("JH_FAKE_PC");
	int i;

	if (!cell)
		return -1;
	for (i = 0; i < JH_MAX_CPUS; i++) {
		call->pc[i] = JH_PC_UNKNOWN;
		if (cell->cpu_mask >> i & 1)
			call->pc[i] = strtoull(pc ? pc : "1234", NULL, 16);
	}
	call->program = fake->program;
	return 0;
}

/* It takes five bytes at a time, none with JH_FAKE_DEAF. */
static int fake_write_console(struct jh_ioctl_write_console *call)
{
	__u64 room = sizeof(fake->typed) - fake->num_typed;

	if (!fake->enabled || fake->cell[call->cell].generation != call->generation) {
		errno = fake->enabled ? ENOENT : ENXIO;
		return -1;
	}
	if (getenv("JH_FAKE_DEAF"))
		room = 0;
	else if (room > 5)
		room = 5;
	call->copied = call->length < room ? call->length : (__u32)room;
	memcpy(fake->typed + fake->num_typed, (void *)(uintptr_t)call->buffer, call->copied);
	fake->num_typed += call->copied;
	return 0;
}

static void be_busy(void)
{
	const char *busy = getenv("JH_FAKE_BUSY");
	int i;

	for (i = 0; busy && i < FAKE_CPUS; i++)
		fake->cpu[i].stats[JH_STAT_IRQ] += strtoull(busy, NULL, 10);
	if (busy)
		fake->link[1].rung += strtoull(busy, NULL, 10);
}

static int fake_report(struct jh_ioctl_report *call)
{
	size_t bytes = sizeof(fake->head) + sizeof(fake->cpu) + sizeof(fake->cell) +
		       sizeof(fake->link);

	if (!fake->enabled) {
		errno = ENXIO;
		return -1;
	}
	be_busy();
	memcpy((void *)(uintptr_t)call->buffer, &fake->head,
	       call->length < bytes ? call->length : bytes);
	return 0;
}

/* A FIFO that somebody has open, or a file, which ends. */
static int fake_trace(struct jh_ioctl_trace *call)
{
	if (call->cell && !find_cell(call->cell, call->generation, &call->error))
		return -1;
	call->frequency = 50000000;
	call->file = open(getenv("JH_FAKE_TRACE"), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return call->file < 0 ? -1 : 0;
}

/* Where a request keeps its error; the requests without one get a spare. */
static struct jh_error *error_of(unsigned long request, void *argument)
{
	static struct jh_error spare;

	switch (request) {
	case JH_IOC_ENABLE:
		return &((struct jh_ioctl_enable *)argument)->error;
	case JH_IOC_DISABLE:
		return &((struct jh_ioctl_disable *)argument)->error;
	case JH_IOC_CELL_CREATE:
		return &((struct jh_ioctl_create *)argument)->error;
	case JH_IOC_CELL_LOAD:
		return &((struct jh_ioctl_load *)argument)->error;
	case JH_IOC_CELL_START:
	case JH_IOC_CELL_SHUTDOWN:
	case JH_IOC_CELL_DESTROY:
		return &((struct jh_ioctl_cell *)argument)->error;
	case JH_IOC_CELL_PLACES:
		return &((struct jh_ioctl_places *)argument)->error;
	case JH_IOC_TRACE:
		return &((struct jh_ioctl_trace *)argument)->error;
	default:
		return &spare;
	}
}

int device_call(int fd, unsigned long request, void *argument)
{
	const char *delay = getenv("JH_FAKE_DELAY");

	(void)fd;
	if (_IOC_NR(request) >= _IOC_NR(JH_LINK_IOC_INFO))
		return fakelink_call(request, argument);
	if (delay)
		usleep((useconds_t)atoi(delay) * 1000);
	if (ordered_failure(_IOC_NR(request), error_of(request, argument))) {
		name_somebody(request, argument);
		return -1;
	}
	switch (request) {
	case JH_IOC_ENABLE:
		return fake_enable(argument);
	case JH_IOC_DISABLE:
		return fake_disable(argument);
	case JH_IOC_CELL_CREATE:
		return fake_create(argument);
	case JH_IOC_CELL_LOAD:
		return fake_load(argument);
	case JH_IOC_CELL_START:
		return fake_start(argument);
	case JH_IOC_CELL_SHUTDOWN:
		return fake_shutdown(argument);
	case JH_IOC_CELL_DESTROY:
		return fake_destroy(argument);
	case JH_IOC_READ_RING:
		return fake_read_ring(argument);
	case JH_IOC_REPORT:
		return fake_report(argument);
	case JH_IOC_CELL_PLACES:
		return fake_places(argument);
	case JH_IOC_TRACE:
		return fake_trace(argument);
	case JH_IOC_WRITE_CONSOLE:
		return fake_write_console(argument);
	default:
		errno = ENOTTY;
		return -1;
	}
}
