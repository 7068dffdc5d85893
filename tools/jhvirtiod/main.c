// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhvirtiod: the other end of a cell's virtio devices. All is opened first, then this program gives
 * up what it does not need, and only then the guest finds the devices.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "apart.h"
#include "backend.h"
#include "block.h"
#include "cell.h"
#include "console.h"
#include "device.h"
#include "entropy.h"
#include "jhvirtiod.h"
#include "loop.h"
#include "net.h"
#include "options.h"
#include "sandbox.h"

static struct device *devices;		/* of WINDOWS, which all processes have */
static unsigned int num_devices;
static struct windows memory;
static bool to_syslog;

static void tell(const char *before, const char *format, va_list list)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, list);
	if (to_syslog)
		syslog(LOG_NOTICE, "%s", text);
	else
		fprintf(stderr, "%s%s\n", before, text);
}

int complain(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tell("jhvirtiod: ", format, list);
	va_end(list);
	return EXIT_REFUSED;
}

int misuse(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tell("jhvirtiod: ", format, list);
	va_end(list);
	fprintf(stderr, "jhvirtiod: see jhvirtiod --help\n");
	return EXIT_USAGE;
}

void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tell("", format, list);
	va_end(list);
}

/* --- what is opened --- */

static int open_device(struct device *device, const struct request *request, const char *cell,
		       bool vhost)
{
	struct block_request disk = { request->what, request->serial, request->read_only };
	const char *socket = options_backend(request->what);

	if (socket)
		return backend_open(device, request->kind, socket);
	switch (request->kind) {
	case JH_VIRTIO_BLOCK:
		return block_open(device, &disk);
	case JH_VIRTIO_NET:
		return net_open(device, cell, request->what, vhost);
	case JH_VIRTIO_CONSOLE:
		return console_open(device, request->what);
	}
	return entropy_open(device);
}

static int take_link(struct port *port, const char *cell, const char *link)
{
	if (!port_open(port, cell, link)) {
		if (port->window.size)
			memory.window[memory.count++] = port->window;
		return EXIT_OK;
	}
	if (errno == EBUSY)
		return complain("the link %s is held by another program: all devices of a cell are "
				"served by one jhvirtiod", link);
	if (errno == ENODEV)
		return complain("the link %s cannot be mapped: this kernel's pages are larger than "
				"4 KiB", link);
	return complain("/dev/jh-link/%s/%s: %s", cell, link, strerror(errno));
}

/*
 * A guest may have buffers of one device in the memory of another, so that of all is taken. What
 * nobody has asked for, and somebody holds, is left alone.
 */
static int take_rest(const struct cell_links *links, const char *cell, uint32_t taken)
{
	static struct port rest[WINDOWS];
	unsigned int i;

	for (i = 0; i < links->count; i++) {
		if (taken & 1u << i)
			continue;
		if (!port_open(&rest[i], cell, links->link[i].name) && rest[i].window.size)
			memory.window[memory.count++] = rest[i].window;
	}
	return EXIT_OK;
}

static int open_all(const struct options *options, const struct cell_links *links)
{
	unsigned int place[WINDOWS], i;
	uint32_t taken = 0;
	int ret = options_match(options, links, place);

	for (i = 0; !ret && i < options->count; i++) {
		struct device *device = &devices[num_devices++];

		*device = (struct device){ .input = -1, .output = -1 };
		taken |= 1u << place[i];
		ret = take_link(&device->port, options->cell, links->link[place[i]].name);
		if (!ret)
			ret = open_device(device, &options->request[i], options->cell,
					  !options->no_vhost);
		if (!ret && port_get(&device->port, JH_VIRTIO_ROOT_QUEUES) < device->kind->queues)
			ret = complain("the device on link %s needs %u queues: correct its queues",
				       device->port.name, device->kind->queues);
	}
	return ret ? ret : take_rest(links, options->cell, taken);
}

/* --- in the background --- */

/* The parent ends when the devices are there, or with what came in between. */
static int go_behind(int *told)
{
	char byte;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return complain("%s", strerror(errno));
	switch (fork()) {
	case -1:
		return complain("%s", strerror(errno));
	case 0:
		setsid();
		if (chdir("/"))
			return complain("/: %s", strerror(errno));
		close(ends[0]);
		*told = ends[1];
		return EXIT_OK;
	}
	close(ends[1]);
	_exit(read(ends[0], &byte, 1) == 1 ? EXIT_OK : EXIT_REFUSED);
}

static void leave_terminal(int null, int told, bool first)
{
	to_syslog = true;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (first && write(told, "", 1) != 1)
		complain("nobody waits for this program any more");
	close(told);
}

/* --- the end --- */

static void sum_up(bool json)
{
	unsigned int i;

	if (json)
		puts("{\n  \"devices\": [");
	for (i = 0; i < num_devices; i++) {
		const struct device *d = &devices[i];

		if (json)
			printf("    { \"link\": \"%s\", \"kind\": \"%s\", \"lives\": %lu, "
			       "\"requests\": %lu, \"refused\": %lu }%s\n", d->port.name,
			       d->kind->word, d->lives, d->requests, d->refused,
			       i + 1 < num_devices ? "," : "");
		else
			say("%s: %s, lives %lu, requests %lu, refused %lu", d->port.name,
			    d->kind->word, d->lives, d->requests, d->refused);
		if (d->kind == &console_kind)
			console_end(&devices[i]);
	}
	if (json)
		puts("  ]\n}");
}

/* The device of this process: everything that needs rights is done, then they are given up. */
static int offer(struct device *device, const struct options *options)
{
	unsigned int i;
	int ret = loop_prepare(device, 1);

	for (i = 0; !ret && apart_watched(i) >= 0; i++)
		ret = loop_end_with(apart_watched(i));
	if (!ret && device->kind->own)
		ret = device->kind->own(device, &memory);
	if (!ret)
		ret = sandbox_enter(options->user, options->group);
	if (!ret && !device_offer(device, &memory))
		ret = complain("the cell %s was destroyed", options->cell);
	return ret;
}

static int serve(const struct options *options, int null, int told)
{
	unsigned int mine, died;
	int ret;

	tzset();
	if (options->background)
		openlog("jhvirtiod", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	ret = apart_begin(num_devices, &mine);
	if (!ret)
		ret = offer(&devices[mine], options);
	if (ret)
		return ret;
	/* One that could not has said why. */
	if (!apart_ready())
		return EXIT_REFUSED;
	if (options->background)
		leave_terminal(null, told, !mine);
	loop_run();
	died = apart_end();
	sum_up(options->json && !options->background);
	return died ? complain("the process of %s was killed", devices[died].port.name) : EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options options;
	struct cell_links links;
	int ret = options_parse(&options, argc, argv), null, told = -1;

	if (ret)
		return ret;
	if (options.help) {
		options_usage();
		return EXIT_OK;
	}
	if (options.version) {
		puts("jhvirtiod " JH_VERSION);
		return EXIT_OK;
	}
	/* Whatever a careless parent has left open. */
	syscall(SYS_close_range, 3u, ~0u, 0u);
	devices = mmap(NULL, WINDOWS * sizeof(*devices), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (devices == MAP_FAILED)
		return complain("out of memory");
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ret = null < 0 ? complain("/dev/null: %s", strerror(errno)) : EXIT_OK;
	if (!ret)
		ret = cell_find(&links, options.cell);
	if (!ret)
		ret = open_all(&options, &links);
	if (!ret && options.background)
		ret = go_behind(&told);
	return ret ? ret : serve(&options, null, told);
}
