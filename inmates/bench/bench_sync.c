// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls, firmware calls and accesses to the interrupt controller.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/psci.h>
#include <inmate/sysreg.h>

#include "bench.h"

#define HC_UNKNOWN	0x7fffffff	/* no hypervisor knows it */

/* A redistributor: its frame with the registers of SGIs, and its type in the one before. */
#define BENCH_GICR_SGI		0x10000
#define BENCH_GICR_TYPER	0x8

/*
 * One operation between two reads of the counter. x0 to x3 are its operands; all that it may
 * change. The barriers keep a CPU from reading the counter early.
 */
#define BENCH_SAMPLE(name, operation)						\
static u64 name(u64 a0, u64 a1, u64 a2)						\
{										\
	register u64 x0 asm("x0") = a0;						\
	register u64 x1 asm("x1") = a1;						\
	register u64 x2 asm("x2") = a2;						\
	register u64 x3 asm("x3") = 0;						\
	u64 before, after;							\
										\
	asm volatile("isb\n\t"							\
		     "mrs %[before], cntvct_el0\n\t"				\
		     operation							\
		     "isb\n\t"							\
		     "mrs %[after], cntvct_el0"					\
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3),			\
		       [before] "=&r"(before), [after] "=&r"(after)		\
		     : : "memory");						\
	return after - before;							\
}

BENCH_SAMPLE(sample_nothing, "")
BENCH_SAMPLE(sample_hypercall, "hvc #0x4a48\n\t")
BENCH_SAMPLE(sample_smc, "smc #0\n\t")
BENCH_SAMPLE(sample_hvc, "hvc #0\n\t")
BENCH_SAMPLE(sample_read, "ldr w2, [x0]\n\t")
BENCH_SAMPLE(sample_write, "str w1, [x0]\n\t")
BENCH_SAMPLE(sample_write8, "strb w1, [x0]\n\t")
BENCH_SAMPLE(sample_read64, "ldr x2, [x0]\n\t")

typedef u64 (*bench_sample_t)(u64 a0, u64 a1, u64 a2);

/* The cost of the two reads of the counter. */
static u64 bench_sync_overhead(void)
{
	u64 min = ~0UL;

	for (u32 n = 0; n < 100; n++) {
		u64 val = sample_nothing(0, 0, 0);

		if (val < min)
			min = val;
	}
	return min;
}

u64 bench_store_time(u64 address, u32 value)
{
	u64 overhead = bench_sync_overhead(), took = sample_write(address, value, 0);

	return took > overhead ? took - overhead : 0;
}

static void bench_sync_run(const struct bench *bench, const char *id, bench_sample_t sample,
			   u64 a0, u64 a1)
{
	u64 overhead = bench_sync_overhead();
	u64 val;

	/* The first few warm the caches and, under emulation, are translated. */
	for (u32 n = 0; n < 8; n++)
		sample(a0, a1, 0);
	for (u32 n = 0; n < bench->n; n++) {
		val = sample(a0, a1, 0);
		bench_samples[n] = val > overhead ? val - overhead : 0;
	}
	bench_print(id, NULL, bench->n);
}

void bench_sync(const struct bench *bench)
{
	u64 gicd = comm_region->gicd_base;
	u64 enable = gic_reg(GICD_ISENABLER, bench->spi, 1);
	u64 bit = 1U << (bench->spi & 31);

	bench_sync_run(bench, "nothing", sample_nothing, 0, 0);
	bench_sync_run(bench, "hypercall", sample_hypercall, JH_HC_HYPERVISOR_GET_INFO,
		       JH_INFO_MEM_POOL_USED);
	bench_sync_run(bench, "hypercall_unknown", sample_hypercall, HC_UNKNOWN, 0);
	bench_sync_run(bench, "hypercall_cells", sample_hypercall, JH_HC_HYPERVISOR_GET_INFO,
		       JH_INFO_NUM_CELLS);
	bench_sync_run(bench, "psci_version_smc", sample_smc, PSCI_VERSION, 0);
	bench_sync_run(bench, "psci_version_hvc", sample_hvc, PSCI_VERSION, 0);
	bench_sync_run(bench, "psci_features", sample_smc, PSCI_FEATURES, PSCI_CPU_ON);
	bench_sync_run(bench, "affinity_info_self", sample_smc, PSCI_AFFINITY_INFO, cpu_mpidr());
	bench_sync_run(bench, "smccc_version", sample_smc, SMCCC_VERSION, 0);
	bench_sync_run(bench, "gicd_isenabler_read", sample_read, enable, 0);
	bench_sync_run(bench, "gicd_isenabler_write", sample_write, enable, bit);
	gic_disable(bench->spi);
	if (gic_version() == 3) {
		bench_sync_run(bench, "gicr_isenabler_read", sample_read,
			       gic_reg(GICD_ISENABLER, 0, 1), 0);
		bench_sync_run(bench, "gicr_isenabler_write", sample_write,
			       gic_reg(GICD_ISENABLER, 0, 1), BIT(1));
		bench_sync_run(bench, "gicr_typer_read", sample_read64,
			       gic_reg(0, 0, 1) - BENCH_GICR_SGI + BENCH_GICR_TYPER, 0);
	}
	bench_sync_run(bench, "gicd_typer_read", sample_read, gicd + GICD_TYPER, 0);
	bench_sync_run(bench, "gicd_ipriority_write", sample_write8,
		       gicd + GICD_IPRIORITYR + bench->spi, GIC_PRIORITY_DEFAULT);
	/* A word of four, of which the cell may own one. */
	bench_sync_run(bench, "gicd_ipriority_word", sample_write,
		       gicd + GICD_IPRIORITYR + (bench->spi & ~3U),
		       GIC_PRIORITY_DEFAULT * 0x01010101UL);
}
