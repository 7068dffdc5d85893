// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Uses the library as an RTOS does: own vectors, a tick, a critical section by the priority mask, a
 * clean end. It prints TAP.
 *
 * Copyright (c) The jh authors
 */
#include "bsp.h"

#define HZ		1000
#define TICKS		2000

static volatile uint32_t demo_ticks;
static volatile uint32_t demo_strange;
static uint32_t demo_passed, demo_failed;

/* In .data, which the image has, and in .bss, which start-up must zero. */
static volatile uint32_t demo_initialised = 0x4a48;
static volatile uint32_t demo_zeroed[1024];

int main(void);
void demo_interrupt(void);

static void demo_print(const char *s)
{
	while (*s)
		bsp_putc(*s++);
}

static void demo_print_number(uint32_t n)
{
	if (n >= 10)
		demo_print_number(n / 10);
	bsp_putc('0' + n % 10);
}

static void demo_check(bool ok, const char *what)
{
	if (ok)
		demo_passed++;
	else
		demo_failed++;
	demo_print(ok ? "ok " : "not ok ");
	demo_print_number(demo_passed + demo_failed);
	demo_print(" - ");
	demo_print(what);
	bsp_putc('\n');
}

/* A vector table of its own: interrupts only, which is all that can come here. */
asm(".pushsection .vectors, \"ax\"\n"
    "	.balign 2048\n"
    "demo_vectors:\n"
    "	.rept 5\n	.balign 128\n	b .\n	.endr\n"
    "	.balign 128\n"
    "	sub	sp, sp, #192\n"
    "	stp	x0, x1, [sp]\n	stp	x2, x3, [sp, #16]\n"
    "	stp	x4, x5, [sp, #32]\n"
    "	stp	x6, x7, [sp, #48]\n	stp	x8, x9, [sp, #64]\n"
    "	stp	x10, x11, [sp, #80]\n"
    "	stp	x12, x13, [sp, #96]\n	stp	x14, x15, [sp, #112]\n"
    "	stp	x16, x17, [sp, #128]\n	stp	x18, x29, [sp, #144]\n	str	x30, [sp, #160]\n"
    "	bl	demo_interrupt\n"
    "	ldr	x30, [sp, #160]\n	ldp	x18, x29, [sp, #144]\n"
    "	ldp	x16, x17, [sp, #128]\n	ldp	x14, x15, [sp, #112]\n"
    "	ldp	x12, x13, [sp, #96]\n	ldp	x10, x11, [sp, #80]\n	ldp	x8, x9, [sp, #64]\n"
    "	ldp	x6, x7, [sp, #48]\n	ldp	x4, x5, [sp, #32]\n	ldp	x2, x3, [sp, #16]\n"
    "	ldp	x0, x1, [sp], #192\n"
    "	eret\n"
    "	.rept 10\n	.balign 128\n	b .\n	.endr\n"
    ".popsection\n");

extern char demo_vectors[];

void demo_interrupt(void)
{
	uint32_t ack = bsp_irq_ack();

	if ((ack & 0x3ff) == BSP_TICK_IRQ) {
		bsp_tick_next();
		demo_ticks++;
	} else {
		demo_strange++;
	}
	if ((ack & 0x3ff) < 1020)
		bsp_irq_end(ack);
}

static bool demo_all_zero(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 1024; n++)
		sum |= demo_zeroed[n];
	return sum == 0;
}

static void demo_run(void)
{
	uint64_t start = bsp_now_ns();
	uint64_t took;

	bsp_irq_init();
	bsp_tick_start(HZ, BSP_LOWEST_PRIORITY);
	asm volatile("msr daifclr, #2" : : : "memory");
	while (demo_ticks < TICKS && bsp_now_ns() - start < 60000000000)
		asm volatile("wfi" : : : "memory");
	took = (bsp_now_ns() - start) / 1000000;
	asm volatile("msr daifset, #2" : : : "memory");
	bsp_irq_disable(BSP_TICK_IRQ);

	demo_check(demo_ticks >= TICKS, "the tick ticks");
	/* A late tick is made up for; on a busy emulator the last one may be late itself. */
	demo_check(took >= TICKS * 1000UL / HZ, "no tick came early");
	demo_check(took <= TICKS * 1000UL / HZ + 500, "no tick was lost");
	demo_check(demo_strange == 0, "nothing else interrupted");
}

int main(void)
{
	uint64_t sctlr, el;

	asm volatile("msr vbar_el1, %0\n\tisb" : : "r"(demo_vectors));
	asm volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
	asm volatile("mrs %0, CurrentEL" : "=r"(el));
	demo_print("bsp-demo: GICv");
	demo_print_number(bsp_gic_version());
	demo_print(", ticks at ");
	demo_print_number(HZ);
	demo_print(" Hz\n");
	demo_check(el == 4, "main() runs at EL1");
	demo_check((sctlr & 0x1005) == 0x1005, "MMU and caches are on");
	demo_check(demo_initialised == 0x4a48 && demo_all_zero(), ".data is there, .bss is zero");
	demo_run();
	demo_print("# end pass=");
	demo_print_number(demo_passed);
	demo_print(" fail=");
	demo_print_number(demo_failed);
	bsp_putc('\n');
	return demo_failed ? 1 : 0;
}
