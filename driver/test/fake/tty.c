// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include "../../jh.h"
#include "tty.h"

struct fake_tty fake_tty;
struct ktermios tty_std_termios = { .c_iflag = 0x500, .c_oflag = 5, .c_cflag = 0xbf,
				    .c_lflag = 0x8a3b, .c_ispeed = 38400, .c_ospeed = 38400 };
void *system_wq;

void tty_port_init(struct tty_port *port)
{
	port->room = sizeof(port->came);
}

void tty_port_destroy(struct tty_port *port)
{
	if (port->initialized || port->destroyed)
		abort();
	port->destroyed = true;
	fake_tty.destroyed++;
}

int tty_port_open(struct tty_port *port, struct tty_struct *tty, struct file *file)
{
	int code = 0;

	mutex_lock(&port->mutex);
	port->users++;
	port->tty = tty;
	tty->driver->kref.count += !tty->driver->ttys[tty->index];
	tty->driver->ttys[tty->index] = tty;
	if (!port->initialized)
		code = port->ops->activate(port, tty);
	if (!code)
		port->initialized = true;
	mutex_unlock(&port->mutex);
	return code;
}

static void shut(struct tty_port *port)
{
	mutex_lock(&port->mutex);
	if (port->initialized) {
		port->initialized = false;
		port->ops->shutdown(port);
	}
	mutex_unlock(&port->mutex);
}

void tty_port_close(struct tty_port *port, struct tty_struct *tty, struct file *file)
{
	if (!port->users)
		abort();
	if (--port->users)
		return;
	shut(port);
	port->tty = NULL;
	tty->driver->ttys[tty->index] = NULL;
	fake_tty.closing++;
}

void fake_tty_work(void)
{
	fake_tty.driver->kref.count -= fake_tty.closing;
	fake_tty.closing = 0;
}

void tty_port_hangup(struct tty_port *port)
{
	shut(port);
}

/* The hang-up runs in a work, after the users have left their reads. */
void tty_port_tty_hangup(struct tty_port *port, bool check_clocal)
{
	if (check_clocal)
		abort();
	if (port->tty && !fake_tty.holds)
		port->tty->driver->ops->hangup(port->tty);
}

void tty_port_tty_wakeup(struct tty_port *port)
{
	port->wakeups++;
}

struct device *tty_port_register_device_attr(struct tty_port *port, struct tty_driver *driver,
					     unsigned int index, struct device *parent, void *data,
					     const struct attribute_group **groups)
{
	struct device *dev = &driver->devices[index];

	if (fake_tty.device_code)
		return ERR_PTR(fake_tty.device_code);
	if (!driver->registered || index >= driver->lines || dev->data)
		abort();
	dev->data = data;
	dev->parent = parent;
	fake_tty.ports[index] = port;
	fake_tty.attribute = container_of(groups[0]->attrs[0], struct device_attribute, attr);
	return dev;
}

void tty_unregister_device(struct tty_driver *driver, unsigned int index)
{
	if (!driver->devices[index].data)
		abort();
	driver->devices[index].data = NULL;
}

struct tty_driver *tty_alloc_driver(unsigned int lines, unsigned int flags)
{
	if (fake_tty.alloc_code)
		return ERR_PTR(fake_tty.alloc_code);
	fake_tty.driver = fake_alloc(sizeof(*fake_tty.driver));
	fake_tty.driver->kref.count = 1;
	fake_tty.driver->lines = lines;
	fake_tty.driver->flags = flags;
	return fake_tty.driver;
}

void tty_driver_kref_put(struct tty_driver *driver)
{
	if (driver->registered)
		abort();
	fake_free(driver);
	fake_tty.driver = NULL;
}

int tty_register_driver(struct tty_driver *driver)
{
	driver->registered = !fake_tty.register_code;
	return fake_tty.register_code;
}

void tty_unregister_driver(struct tty_driver *driver)
{
	unsigned int i;

	if (!driver->registered || driver->kref.count != 1)
		abort();
	for (i = 0; i < driver->lines; i++)
		if (driver->ttys[i] || driver->devices[i].data)
			abort();
	driver->registered = false;
}

unsigned int tty_buffer_request_room(struct tty_port *port, unsigned int count)
{
	return min(count, port->room);
}

void tty_insert_flip_char(struct tty_port *port, char byte, char flag)
{
	if (byte || flag != TTY_OVERRUN)
		abort();
	port->came[port->num_came++] = '!';
}

void tty_insert_flip_string(struct tty_port *port, const char *bytes, unsigned int count)
{
	if (count > port->room || port->num_came + count > sizeof(port->came))
		abort();
	memcpy(port->came + port->num_came, bytes, count);
	port->num_came += count;
	port->room -= count;
}

void tty_flip_buffer_push(struct tty_port *port)
{
	port->num_pushed = port->num_came;
	port->pushes++;
}

void tty_set_termios(struct tty_struct *tty, struct ktermios *termios)
{
	tty->termios = *termios;
}

void tty_wakeup(struct tty_struct *tty)
{
	tty->wakeups++;
}
