/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Differences between the kernels that jh builds for, from 5.10 on, and the options that a kernel
 * must have. A check looks at the headers where it can, and not at the version: vendors backport
 * changes to older kernels.
 */
#ifndef DRIVER_COMPAT_H
#define DRIVER_COMPAT_H

#include <linux/cpufeature.h>
#include <linux/gfp.h>
#include <linux/platform_device.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "jh needs Linux 5.10 or newer"
#endif
#ifndef CONFIG_HOTPLUG_CPU
#error "jh needs a kernel with CONFIG_HOTPLUG_CPU=y: it takes CPUs from Linux that way"
#endif
#if !IS_ENABLED(CONFIG_FW_LOADER)
#error "jh needs a kernel with CONFIG_FW_LOADER=y or m: the hypervisor is loaded as firmware"
#endif
#ifndef CONFIG_EVENTFD
#error "jh needs a kernel with CONFIG_EVENTFD=y: links signal programs that way"
#endif
#if IS_ENABLED(CONFIG_KVM) && !defined(CONFIG_CPU_PM)
#error "jh needs a kernel without KVM, or with CONFIG_CPU_PM=y: KVM comes back to EL2 that way"
#endif

/*
 * Taking memory from the running Linux needs CONFIG_CONTIG_ALLOC; without it jh has only memory
 * that the device tree reserves. The third argument of alloc_contig_range() was a migrate type (1:
 * movable) and became flags in 6.16, where 1 asks for pages of CMA.
 */
#ifdef CONFIG_CONTIG_ALLOC
#define COMPAT_CAN_TAKE_MEMORY	true
#ifdef ACR_FLAGS_NONE
#define COMPAT_CONTIG_KIND	ACR_FLAGS_NONE
#else
#define COMPAT_CONTIG_KIND	MIGRATE_MOVABLE
#endif

static inline int compat_alloc_contig(unsigned long first, unsigned long end)
{
	return alloc_contig_range(first, end, COMPAT_CONTIG_KIND, GFP_KERNEL | __GFP_NOWARN);
}

static inline void compat_free_contig(unsigned long first, unsigned long count)
{
	free_contig_range(first, count);
}
#else
#define COMPAT_CAN_TAKE_MEMORY	false

static inline int compat_alloc_contig(unsigned long first, unsigned long end)
{
	return -EOPNOTSUPP;
}

static inline void compat_free_contig(unsigned long first, unsigned long count)
{
}
#endif

/* Before 5.14 readers of pages that are marked PageOffline were not locked out. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#include <linux/page-flags.h>
#include <linux/panic_notifier.h>
#else
#include <linux/kernel.h>

static inline void page_offline_begin(void)
{
}

static inline void page_offline_end(void)
{
}
#endif

/*
 * Binding a device to a driver that does not match it. device_driver_attach() is exported since
 * 5.14; before, driver_override holds the driver's name while the device is attached.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define compat_driver_attach(driver, dev)	device_driver_attach(driver, dev)
#else
#include <linux/amba/bus.h>
#include <linux/device.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

/* Returns the old name. User space may replace a name at any time, which frees the old one. */
static inline const char *compat_swap_override(struct device *dev, const char *name)
{
	const char *old;

	device_lock(dev);
	if (dev->bus == &amba_bustype) {
		old = to_amba_device(dev)->driver_override;
		to_amba_device(dev)->driver_override = (char *)name;
	} else {
		old = to_platform_device(dev)->driver_override;
		to_platform_device(dev)->driver_override = (char *)name;
	}
	device_unlock(dev);
	return old;
}

static inline int compat_driver_attach(struct device_driver *driver, struct device *dev)
{
	const char *name = kstrdup(driver->name, GFP_KERNEL), *old;
	int code;

	if (!name)
		return -ENOMEM;
	old = compat_swap_override(dev, name);
	code = device_attach(dev);
	kfree(compat_swap_override(dev, old));
	return code > 0 && dev->driver == driver ? 0 : -EBUSY;
}
#endif

/*
 * Can a platform driver be unbound? Between the members probe and shutdown lie remove and, from 6.3
 * to 6.10 and in stable releases of older kernels, remove_new.
 */
static inline bool compat_platform_has_remove(const struct platform_driver *driver)
{
	void *const *at = (void *const *)&driver->probe;

	while (++at < (void *const *)&driver->shutdown)
		if (*at)
			return true;
	return false;
}

/* Arguments of kset_uevent_ops.name: 5.17 dropped the first one, 6.2 made the other const. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_UEVENT_ARGS	const struct kobject *kobj
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define COMPAT_UEVENT_ARGS	struct kobject *kobj
#else
#define COMPAT_UEVENT_ARGS	struct kset *kset, struct kobject *kobj
#endif

/* 6.8 made the list of a dentry's children a hlist. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define compat_for_each_entry(child, parent) \
	hlist_for_each_entry(child, &(parent)->d_children, d_sib)
#else
#define compat_for_each_entry(child, parent) \
	list_for_each_entry(child, &(parent)->d_subdirs, d_child)
#endif

/*
 * From 6.19 on Linux asks EL2 about the GIC whenever a CPU comes online. If the boot CPU found a
 * GICv3 at EL2, a CPU that starts at EL1, as it does while there are cells, is rejected.
 */
static inline bool compat_needs_el2_starts(void)
{
#ifdef ARM64_HAS_ICH_HCR_EL2_TDIR
	return cpus_have_cap(ARM64_HAS_ICH_HCR_EL2_TDIR);
#else
	return false;
#endif
}

/*
 * Calls a function for each GPIO chip while it returns 0; and the name of a line's user. The
 * function's argument became const after gpio_device_find() came.
 */
#if !IS_ENABLED(CONFIG_GPIOLIB)
struct gpio_chip;
#define compat_gpio_each(data, look, look_const)	((void)(look), (void)(look_const))
#else
#include <linux/err.h>
#include <linux/gpio/driver.h>
#include <linux/slab.h>
#include <linux/string.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define COMPAT_GPIO_CONST	__builtin_types_compatible_p(__typeof__(&gpio_device_find), \
	struct gpio_device *(*)(const void *, int (*)(struct gpio_chip *, const void *)))
#define compat_gpio_each(data, look, look_const) \
	((void)gpio_device_find(data, __builtin_choose_expr(COMPAT_GPIO_CONST, look_const, look)))

/* Has the line a user? Its name is "?" if it could not be copied. */
static inline bool compat_gpio_user(struct gpio_chip *gc, unsigned int line, char *name,
				    size_t size)
{
	char *label = gpiochip_dup_line_label(gc, line);

	if (!label)
		return false;
	strscpy(name, IS_ERR(label) ? "?" : label, size);
	if (!IS_ERR(label))
		kfree(label);
	return true;
}
#else
#define compat_gpio_each(data, look, look_const)	((void)gpiochip_find(data, look))

static inline bool compat_gpio_user(struct gpio_chip *gc, unsigned int line, char *name,
				    size_t size)
{
	const char *label = gpiochip_is_requested(gc, line);

	if (label)
		strscpy(name, label, size);
	return label;
}
#endif
#endif

/* Types of a tty's write() and write_room(): 5.14 and 6.6 changed them. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
typedef u8 compat_tty_char;
typedef size_t compat_tty_size;
typedef ssize_t compat_tty_written;
#else
typedef unsigned char compat_tty_char;
typedef int compat_tty_size;
typedef int compat_tty_written;
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
typedef unsigned int compat_tty_room;
#else
typedef int compat_tty_room;
#endif

/* Before 6.3 drivers wrote the flags of a mapping themselves. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_vm_flags(vma, set, clear)	vm_flags_mod(vma, set, clear)
#else
#define compat_vm_flags(vma, set, clear) \
	((void)((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(unsigned long)(clear)))
#endif

/* Before 6.8 it was said how often. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define compat_eventfd_signal(context)	eventfd_signal(context)
#else
#define compat_eventfd_signal(context)	((void)eventfd_signal(context, 1))
#endif

/* Since 5.13 da_to_va() tells remoteproc whether memory is I/O memory. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
#define COMPAT_RPROC_ADDRESS_ARGS	u64 da, size_t len, bool *is_iomem
#else
#define COMPAT_RPROC_ADDRESS_ARGS	u64 da, size_t len
#endif

/* Before 6.12 KVM has its code in EL2 only while it has guests. */
static inline bool compat_kvm_code_is_for_guests(void)
{
	return LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0);
}

/* Kernels before 5.12 have no protected KVM. */
static inline bool compat_kvm_protected(void)
{
#ifdef ARM64_KVM_PROTECTED_MODE
	return cpus_have_cap(ARM64_KVM_PROTECTED_MODE);
#else
	return false;
#endif
}

#endif
