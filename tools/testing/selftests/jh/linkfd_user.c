// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A link with link-echo, rung and heard by eventfds, as a thread of the kernel would use it:
 *
 *	linkfd_user DEVICE BYTES
 *
 * It sends and gets them back by eventfds, then by the file again, and waits with eventfds bound
 * until the cell is destroyed. It says what went wrong and fails, or says how far it came.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include <jh/linkfile.h>

#define WAIT_MS	20000

static struct jh_linkfile file;
static int heard, rung;		/* eventfds, of one bell in each direction */

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static int bind_eventfd(unsigned long command, uint32_t bell, int fd)
{
	struct jh_link_eventfd call = { .bell = bell, .fd = fd };

	return ioctl(file.fd, command, &call);
}

static void bind_both(int to_hear, int to_ring)
{
	if (bind_eventfd(JH_LINK_IOC_BELL_EVENTFD, JH_STREAM_BELL, to_hear) ||
	    bind_eventfd(JH_LINK_IOC_RING_EVENTFD, JH_STREAM_BELL, to_ring))
		die("eventfds cannot be bound");
}

static void say(const char *what)
{
	printf("%s\n", what);
	fflush(stdout);
}

static void connect_link(void)
{
	while (!jh_linkfile_is_connected(&file))
		if (jh_linkfile_wait(&file, WAIT_MS) <= 0)
			usleep(1000);
}

static void ring_by_eventfd(void)
{
	if (eventfd_write(rung, 1))
		die("eventfd");
}

/* The bell has its eventfd, and the file tells of it no more. */
static void await_eventfd(void)
{
	struct pollfd wait[2] = {
		{ .fd = heard, .events = POLLIN }, { .fd = file.fd, .events = POLLIN },
	};
	uint32_t bells = 0;
	eventfd_t count;

	if (poll(wait, 2, WAIT_MS) <= 0) {
		fprintf(stderr, "nothing was heard for 20 s\n");
		exit(1);
	}
	if (wait[1].revents & POLLIN && read(file.fd, &bells, sizeof(bells)) == sizeof(bells) &&
	    bells & 1U << JH_STREAM_BELL) {
		fprintf(stderr, "the bell can be read, and has an eventfd\n");
		exit(1);
	}
	if (wait[0].revents & POLLIN && eventfd_read(heard, &count))
		die("eventfd");
}

/* So many bytes there and back: as streams are, but for who rings and who hears. */
static void exchange(uint32_t total)
{
	uint32_t sent = 0, back = 0, count, i;
	uint8_t bytes[512];
	int32_t got;

	while (back < total) {
		for (i = 0; i < sizeof(bytes) && sent + i < total; i++)
			bytes[i] = (sent + i) * 13;
		count = jh_stream_send(file.own, file.other, file.size, bytes, i);
		sent += count;
		got = jh_stream_receive(file.own, file.other, file.size, bytes, sizeof(bytes));
		for (i = 0; (int32_t)i < got; i++, back++) {
			if (bytes[i] != (uint8_t)(back * 13)) {
				fprintf(stderr, "byte %u is wrong\n", back);
				exit(1);
			}
		}
		if (count || got > 0)
			ring_by_eventfd();
		else
			await_eventfd();
	}
}

/* The next bell is read, as before. */
static void by_file_again(void)
{
	uint8_t byte = 1;
	int bells = 0;

	bind_both(JH_LINK_NO_EVENTFD, JH_LINK_NO_EVENTFD);
	if (jh_linkfile_send(&file, &byte, 1) != 1)
		die("send");
	while (!(bells & 1 << JH_STREAM_BELL)) {
		bells = jh_linkfile_wait(&file, WAIT_MS);
		if (bells <= 0)
			die("no bell can be read");
	}
	if (eventfd_write(rung, 1))
		die("eventfd");
}

static void until_it_is_destroyed(void)
{
	while (!bind_eventfd(JH_LINK_IOC_RING_EVENTFD, JH_STREAM_BELL, rung)) {
		ring_by_eventfd();
		usleep(1000);
	}
	if (errno != EPIPE)
		die("not EPIPE");
	/* It rings nothing any more, and harms nobody. */
	ring_by_eventfd();
	say("gone");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	heard = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rung = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (heard < 0 || rung < 0)
		die("eventfd");
	if (jh_linkfile_open(&file, argv[1]))
		die(argv[1]);
	connect_link();
	if (!bind_eventfd(JH_LINK_IOC_BELL_EVENTFD, file.info.bells, heard) || errno != EINVAL)
		die("a bell that is not there has an eventfd");
	if (!bind_eventfd(JH_LINK_IOC_RING_EVENTFD, JH_STREAM_BELL, file.fd) || errno != EINVAL)
		die("what is no eventfd is bound");
	bind_both(heard, rung);
	exchange(strtoul(argv[2], NULL, 0));
	say("by eventfds");
	by_file_again();
	say("by the file");
	bind_both(heard, rung);
	until_it_is_destroyed();
	return 0;
}
