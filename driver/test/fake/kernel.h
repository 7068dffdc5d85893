/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The part of Linux that the driver's files need, as a program of the host: each <linux/...> and
 * <asm/...> that they include is this file. The functions are in kernel.c, or in the test that is
 * about them.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Instructions of arm64 in the driver's inline assembly expand to nothing. */
__asm__(".macro dc op:req, at:req\n.endm\n.macro ic op:req\n.endm\n.macro dsb op:req\n.endm\n"
	".macro isb\n.endm\n");

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef __s64 s64;
typedef u64 phys_addr_t;
typedef unsigned int gfp_t;

#define __printf(f, a)		__attribute__((format(printf, f, a)))
#define MODULE_FIRMWARE(name)
#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define __user
#define __iomem
#define __init
#define __initconst
#define __exit
#define __maybe_unused		__attribute__((unused))
#define strscpy(to, from, size)	((void)snprintf(to, size, "%s", from))

/* --- numbers --- */

#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define SZ_4K			0x1000
#define SZ_64K			0x10000
#define SZ_2M			0x200000
#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PHYS_PFN(pa)		((unsigned long)((pa) >> PAGE_SHIFT))
#define PAGE_ALIGN(x)		ALIGN(x, PAGE_SIZE)
#define PFN_PHYS(pfn)		((u64)(pfn) << PAGE_SHIFT)
#define ALIGN(x, a)		(((x) + ((a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)		((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)		((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min3(a, b, c)		min(min(a, b), c)
#define hweight64(x)		((unsigned long)__builtin_popcountll(x))
#define is_power_of_2(x)	((x) && !((x) & ((x) - 1)))
#define kmemleak_not_leak(object)		((void)(object))
#define BUILD_BUG_ON(c)		_Static_assert(!(c), #c)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof(((t *)0)->m))
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))

/* The last index of array_index_nospec(), and the number of calls. */
extern struct fake_nospec {
	unsigned long index, size;
	u32 count;
} fake_nospec;

static inline unsigned long array_index_nospec(unsigned long index, unsigned long size)
{
	fake_nospec.index = index;
	fake_nospec.size = size;
	fake_nospec.count++;
	return index < size ? index : 0;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

#define array_size(n, size)	((size_t)(n) * (size))
#define sort(base, n, size, compare, swap)	qsort(base, n, size, compare)

/* --- tracepoints: the last one, and the first two of its arguments --- */

extern struct fake_trace {
	const char *name;
	u64 first, second;
	u32 count;
} fake_trace;

#define FAKE_TWO(a, b, ...)	(u64)(a), (u64)(b)
#define TP_PROTO(...)		__VA_ARGS__
#define TP_ARGS(...)		__VA_ARGS__
#define TRACE_EVENT(name_, proto, args, ...)						\
static inline void trace_##name_(proto)							\
{											\
	fake_trace = (struct fake_trace){ #name_, FAKE_TWO(args), fake_trace.count + 1 };	\
}

/* --- one CPU at a time: order is that of the program --- */

extern void (*fake_between)(void);	/* acts as another CPU between two reads, or NULL */

#define READ_ONCE(x)		(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()		__asm__ volatile("" ::: "memory")
#define smp_rmb()		do { barrier(); if (fake_between) fake_between(); } while (0)
#define smp_wmb()		barrier()
#define smp_mb()		barrier()
#define dsb(kind)		barrier()
#define smp_load_acquire(p)	READ_ONCE(*(p))
#define smp_store_release(p, v)	WRITE_ONCE(*(p), v)
#define smp_store_mb(x, v)	WRITE_ONCE(x, v)
#define cpu_relax()		do { } while (0)
#define cond_resched()		fake_wait(0)

/* --- errors --- */

#define ERESTARTSYS		512
#define ENOTSUPP		524
#define PTR_ERR_OR_ZERO(p)	(IS_ERR(p) ? (int)PTR_ERR(p) : 0)
#define IS_ERR(p)		((unsigned long)(p) >= (unsigned long)-4095)
#define PTR_ERR(p)		((long)(p))
#define ERR_PTR(code)		((void *)(long)(code))

/* --- lists --- */

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
#define list_entry(p, t, m)	container_of(p, t, m)
#define list_first_entry(h, t, m)	list_entry((h)->next, t, m)
#define list_for_each_entry(p, h, m)						\
	for (p = list_entry((h)->next, __typeof__(*p), m); &p->m != (h);		\
	     p = list_entry(p->m.next, __typeof__(*p), m))
#define list_for_each_entry_safe(p, n, h, m)					\
	for (p = list_entry((h)->next, __typeof__(*p), m),				\
	     n = list_entry(p->m.next, __typeof__(*p), m); &p->m != (h);		\
	     p = n, n = list_entry(n->m.next, __typeof__(*n), m))

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	INIT_LIST_HEAD(entry);
}

/* --- memory: every allocation is counted, one can be made to fail (kernel.c) --- */

#define GFP_KERNEL		0u
#define __GFP_NOWARN		1u
#define __GFP_NOFAIL		2u

void *fake_alloc(size_t size);
void *fake_kvmalloc(size_t size, unsigned int gfp);
void fake_free(const void *memory);

#define kmalloc(size, gfp)		fake_alloc(size)
#define kzalloc(size, gfp)		fake_alloc(size)
#define kvmalloc(size, gfp)		fake_kvmalloc(size, gfp)
#define kvzalloc(size, gfp)		fake_alloc(size)
#define kfree(p)			fake_free(p)
#define kvfree(p)			fake_free(p)
#define alloc_pages_exact(size, gfp)	fake_alloc(size)
#define free_pages_exact(p, size)	fake_free(p)
#define virt_to_phys(p)			((u64)(uintptr_t)(p))
#define u64_to_user_ptr(x)		((void *)(uintptr_t)(x))

/** copy_from_user(), copy_to_user() - return the bytes not copied: those from fake_no_user on */
unsigned long copy_from_user(void *to, const void *from, unsigned long size);
unsigned long copy_to_user(void *to, const void *from, unsigned long size);
void *vmemdup_user(const void *from, size_t size);

/* --- what people read --- */

void fake_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define pr_err(...)		fake_print(__VA_ARGS__)
#define pr_warn(...)		fake_print(__VA_ARGS__)
#define pr_info(...)		fake_print(__VA_ARGS__)
#define pr_err_ratelimited(...)	fake_print(__VA_ARGS__)
#define pr_warn_ratelimited(...)	fake_print(__VA_ARGS__)
#define dev_err(dev, ...)	fake_print(__VA_ARGS__)

/* --- locks and time: nobody else is there --- */

struct mutex {
	int held;
};

struct rw_semaphore {
	int held;			/* by so many readers; -1: by a writer */
	int written;			/* how often a writer had it */
};

extern int fake_rcu_held;

#define rcu_read_lock()		((void)fake_rcu_held++)
#define rcu_read_unlock()	((void)fake_rcu_held--)

extern int fake_rcu_waits;
#define synchronize_rcu_tasks()	((void)fake_rcu_waits++)

struct ratelimit_state {
	unsigned int left;		/* what may still be said */
};

#define DEFINE_MUTEX(name)	struct mutex name
#define DECLARE_RWSEM(name)	struct rw_semaphore name

/* In one thread a second lock of a mutex would wait for ever. */
static inline void mutex_lock(struct mutex *mutex)
{
	if (mutex->held++)
		abort();
}

static inline bool mutex_trylock(struct mutex *mutex)
{
	return !mutex->held && ++mutex->held;
}

static inline void mutex_unlock(struct mutex *mutex)
{
	if (!mutex->held--)
		abort();
}

static inline bool down_read_trylock(struct rw_semaphore *lock)
{
	return lock->held >= 0 && ++lock->held;
}

static inline void down_read(struct rw_semaphore *lock)
{
	if (!down_read_trylock(lock))
		abort();
}

static inline void up_read(struct rw_semaphore *lock)
{
	if (lock->held-- <= 0)
		abort();
}

static inline void down_write(struct rw_semaphore *lock)
{
	if (lock->held)
		abort();
	lock->held = -1;
	lock->written++;
}

static inline void up_write(struct rw_semaphore *lock)
{
	if (lock->held++ >= 0)
		abort();
}

enum { SYSTEM_BOOTING, SYSTEM_RUNNING = 3, SYSTEM_HALT };

extern int system_state;
extern unsigned long jiffies;		/* milliseconds here; sleeping adds to it */
extern bool fake_signal;		/* a fatal signal is pending */
struct task_struct;
extern struct task_struct *current;

#define msecs_to_jiffies(ms)		((unsigned long)(ms))
#define time_before(a, b)		((long)((a) - (b)) < 0)
#define time_after(a, b)		((long)((b) - (a)) < 0)
#define fatal_signal_pending(task)	fake_signal
#define signal_pending(task)		fake_signal
#define mutex_lock_interruptible(mutex)	(fake_signal ? -EINTR : (mutex_lock(mutex), 0))

/* Acts as other tasks during a sleep, and while user space's memory is read; or NULL. */
extern void (*fake_meanwhile)(void);

/** fake_wait() - let time pass; calls fake_meanwhile() if jh_lock is not held */
void fake_wait(unsigned int ms);

#define EXPORT_SYMBOL_GPL(name)
#define msleep(ms)			fake_wait(ms)

static inline unsigned long msleep_interruptible(unsigned int ms)
{
	fake_wait(ms);
	return fake_signal;
}

static inline void usleep_range(unsigned long least, unsigned long most)
{
	(void)least;
	jiffies += most / 1000;
}

/* --- versions: the newest --- */

#define KERNEL_VERSION(a, b, c)	(((a) << 16) + ((b) << 8) + (c))
#ifndef LINUX_VERSION_CODE
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 12, 0)
#endif
#define CONFIG_HOTPLUG_CPU	1
#define CONFIG_EVENTFD		1
#define CONFIG_FW_LOADER	1
#define CONFIG_KVM		0
#define CONFIG_PREEMPT_NOTIFIERS	1
#define CONFIG_CONTIG_ALLOC	1
#define CONFIG_GPIOLIB		1
#define IS_ENABLED(option)	option
#define MIGRATE_MOVABLE		1
#define ARM64_HAS_ICH_HCR_EL2_TDIR	0
#define cpus_have_cap(cap)	fake_cap

extern bool fake_cap;			/* cpus_have_cap() of each capability */

/* --- CPUs --- */

struct cpumask {
	u64 bits;
};

#define FAKE_CPU_BITS	64u

extern struct cpumask fake_online, fake_present;
extern unsigned int fake_far_cpu;	/* a CPU beyond the masks, online; 0: none */
extern int fake_cpu_busy;		/* remove_cpu() of this one fails; -1: none */
extern int fake_cpu_broken;		/* add_cpu() of this one fails; -1: none */

#define nr_cpu_ids		8u
#define cpu_online_mask		(&fake_online)
#define cpumask_bits(mask)	(&(mask)->bits)
#define cpumask_first(mask)	((unsigned int)__builtin_ctzll((mask)->bits))
#define num_online_cpus()	((unsigned int)hweight64(fake_online.bits))
#define num_present_cpus()	((unsigned int)hweight64(fake_present.bits))
#define cpu_online(cpu)		fake_has_cpu(&fake_online, cpu)
#define cpu_present(cpu)	fake_has_cpu(&fake_present, cpu)
#define for_each_present_cpu(cpu)						\
	for ((cpu) = 0; (cpu) < 2 * FAKE_CPU_BITS; (cpu)++)			\
		if (!cpu_present(cpu)) { } else
#define cpus_read_lock()	((void)fake_hotplug_held++)
#define cpus_read_unlock()	((void)fake_hotplug_held--)

extern int fake_hotplug_held;		/* nesting of cpus_read_lock() */

static inline bool fake_has_cpu(const struct cpumask *mask, unsigned int cpu)
{
	return cpu < FAKE_CPU_BITS ? (mask->bits >> cpu) & 1 : cpu == fake_far_cpu;
}

int remove_cpu(unsigned int cpu);
int add_cpu(unsigned int cpu);

/* --- objects that jh.h names --- */

struct kset;

struct kobject {
	const char *name;
	struct kset *kset;
	int references;
	void (*release)(struct kobject *kobj);
};

static inline void kobject_get(struct kobject *kobj)
{
	kobj->references++;
}

static inline void kobject_put(struct kobject *kobj)
{
	if (!--kobj->references)
		kobj->release(kobj);
}

struct device;
struct device_node;

struct attribute_group;

struct miscdevice {
	struct device *this_device;
	int minor;
	const char *name;
	const char *nodename;
	const struct file_operations *fops;
	const struct attribute_group **groups;
	unsigned int mode;
};

#define kobject_name(kobj)		((kobj)->name)

/* --- GPIO controllers --- */

struct gpio_device;

struct gpio_chip {
	struct device *parent;
	u16 ngpio;
	const char *users[4];		/* of its lines */
	bool no_memory;			/* for a user's name */
};

extern struct gpio_chip fake_chips[2];

struct gpio_device *gpio_device_find(const void *data,
				     int (*match)(struct gpio_chip *gc, const void *data));
struct gpio_chip *gpiochip_find(void *data, int (*match)(struct gpio_chip *gc, void *data));
char *gpiochip_dup_line_label(struct gpio_chip *gc, unsigned int line);
const char *gpiochip_is_requested(struct gpio_chip *gc, unsigned int line);

/* --- registers --- */

#define SYS_CTR_EL0			0
#define SYS_ID_AA64MMFR0_EL1		1
#define fake_ctr			(4ULL << 16)	/* lines of 64 bytes */
#define read_sanitised_ftr_reg(reg)	((reg) == SYS_CTR_EL0 ? fake_ctr : fake_mmfr0)

extern u64 fake_mmfr0;
#define cpuid_feature_extract_unsigned_field(value, at)	(((value) >> (at)) & 0xf)

/** fake_reset() - set the state after boot: nothing allocated, nothing fails */
void fake_reset(void);

/** fake_allocated() - number of allocations that were not freed */
unsigned int fake_allocated(void);

extern unsigned int fake_fail_alloc;	/* the n-th allocation from now on fails; 0: none */
extern const void *fake_no_user;	/* user space's memory ends here; NULL: nowhere */
extern char fake_printed[4096];		/* all that was printed */

#endif
