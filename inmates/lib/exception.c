// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The C side of the vectors: interrupts go to the GIC code, everything else is reported in words.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/print.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

/* Four vectors each for SP_EL0, SP_ELx, lower AArch64, lower AArch32. */
#define VECTOR_KIND(n)	((n) & 3)
#define VECTOR_SYNC	0
#define VECTOR_IRQ	1

void exception_dispatch(struct exception_frame *frame, u32 vector);

static exception_handler_t exception_handler;

struct exception_name {
	u8 code;
	const char *name;
};

/* Exception classes, ESR_ELx.EC (Arm ARM D17.2.37). */
static const struct exception_name exception_classes[] = {
	{ 0x00, "undefined instruction" },
	{ 0x07, "trapped floating-point access" },
	{ 0x0e, "illegal execution state" },
	{ 0x15, "supervisor call" },
	{ 0x18, "trapped system register access" },
	{ 0x20, "instruction abort of EL0" },
	{ 0x21, "instruction abort" },
	{ 0x22, "misaligned pc" },
	{ 0x24, "data abort of EL0" },
	{ 0x25, "data abort" },
	{ 0x26, "misaligned stack pointer" },
	{ 0x2f, "SError" },
	{ 0x3c, "breakpoint instruction" },
};

/* Fault status codes of aborts, without the level. */
static const struct exception_name exception_statuses[] = {
	{ 0x00, "address size fault" },
	{ 0x04, "translation fault" },
	{ 0x08, "access flag fault" },
	{ 0x0c, "permission fault" },
	{ 0x10, "synchronous external abort" },
	{ 0x14, "external abort on a table walk" },
	{ 0x20, "alignment fault" },
};

static const char *exception_find(const struct exception_name *names, u32 count, u32 code)
{
	for (u32 n = 0; n < count; n++)
		if (names[n].code == code)
			return names[n].name;
	return "unknown";
}

void exception_set_handler(exception_handler_t handler)
{
	exception_handler = handler;
}

static void __noreturn exception_report(const struct exception_frame *frame, u64 esr, u32 vector)
{
	static const char * const kinds[] = { "exception", "interrupt", "FIQ", "SError" };
	u32 class = esr >> 26 & 0x3f;

	printf("FAULT: %s on CPU %u (vector %u): %s", kinds[VECTOR_KIND(vector)], smp_cpu_index(),
	       vector, exception_find(exception_classes, ARRAY_SIZE(exception_classes), class));
	if ((class & ~5) == 0x20)
		printf(", %s, %s 0x%lx",
		       exception_find(exception_statuses, ARRAY_SIZE(exception_statuses),
				      esr & 0x3c),
		       class & 4 ? (esr & BIT(6) ? "writing" : "reading") : "fetching",
		       sysreg_read(far_el1));
	printf("\nFAULT: pc 0x%lx pstate 0x%lx ESR 0x%lx FAR 0x%lx\n", frame->elr, frame->spsr, esr,
	       sysreg_read(far_el1));
	for (u32 n = 0; n < 30; n += 3)
		printf("FAULT: x%-2u %016lx x%-2u %016lx x%-2u %016lx\n", n, frame->x[n],
		       n + 1, frame->x[n + 1], n + 2, frame->x[n + 2]);
	printf("FAULT: x30 %016lx\n", frame->x[30]);
	inmate_exit(JH_COMM_FAILED);
}

void exception_dispatch(struct exception_frame *frame, u32 vector)
{
	u64 esr = sysreg_read(esr_el1);

	if (VECTOR_KIND(vector) == VECTOR_IRQ) {
		gic_dispatch();
		return;
	}
	if (exception_handler && exception_handler(frame, esr))
		return;
	exception_report(frame, esr, vector);
}
