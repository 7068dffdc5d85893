// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell that misbehaves: each mode is an attack that must harm no one but the cell itself.
 *
 * Command line: mode=MODE, addr=ADDRESS for the modes that take one. It prints the attack first.
 * Where the hypervisor must stop it (read, write, exec of foreign memory), "SURVIVED" in its output
 * means that containment failed. Where an error or no effect is the right answer, "SURVIVED" is
 * expected. The table below tells which.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/mmu.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>

#define ATTACK_ADDR_DEFAULT	0x40000000
#define ATTACK_CMDLINE		0x1000

struct attack_mode {
	const char *name;
	const char *what;
	void (*run)(u64 addr);
	bool survives;		/* the expected end */
};

static u64 attack_skipped;

/* Faults of this inmate are expected: skip the instruction. */
static bool attack_skip(struct exception_frame *frame, u64 esr)
{
	(void)esr;
	attack_skipped++;
	frame->elr += 4;
	return true;
}

static void attack_read(u64 addr)
{
	printf("attack: read 0x%x\n", mmio_read32(addr));
}

static void attack_write(u64 addr)
{
	mmio_write32(addr, 0xdeadbeef);
}

static void attack_exec(u64 addr)
{
	mmu_set_block(addr, MMU_CODE);
	((void (*)(void))addr)();
}

static void attack_hvc(u64 addr)
{
	static const u64 args[] = { 0, 1, ~0UL, 0x8000000000000000, 0x40000000, 0x80000000 };
	u64 codes[] = { 0, 0x7fffffff, 0xffffffff, 0x100000000, 0x8000000000000000, ~0UL };
	u64 refused = 0, calls = 0;

	(void)addr;
	for (u64 code = 0; code < 64; code++) {
		for (u32 a = 0; a < ARRAY_SIZE(args); a++) {
			/* The console's call would only print garbage. */
			if (code == JH_HC_DEBUG_CONSOLE_PUTC)
				continue;
			calls++;
			refused += hypercall2(code, args[a], args[(a + 3) % ARRAY_SIZE(args)]) < 0;
		}
	}
	for (u32 n = 1; n < ARRAY_SIZE(codes); n++, calls++)
		refused += hypercall2(codes[n], ~0UL, ~0UL) < 0;
	asm volatile("hvc #1\n\thvc #0x4a47\n\thvc #0xffff" : : : "x0", "x1", "x2", "x3", "memory");
	printf("attack: %lu of %lu hypercalls refused\n", refused, calls);
}

static void attack_smc(u64 addr)
{
	u64 refused = 0, calls = 0;

	(void)addr;
	/* Every owner (bits 29:24), 32 and 64 bits, fast and yielding; not PSCI's own functions. */
	for (u64 owner = 0; owner < 64; owner++) {
		for (u64 kind = 0; kind < 4; kind++) {
			for (u64 func = 0; func < 8; func++, calls++) {
				u64 id = kind << 30 | owner << 24 | func;

				if (owner == 4 && kind >= 2)
					id |= 0x8000;
				refused += (s32)smc_call(id, 0x40000000, ~0UL, 0) < 0;
			}
		}
	}
	asm volatile("smc #1\n\tsmc #0xffff" : : : "x0", "x1", "x2", "x3", "memory");
	printf("attack: %lu of %lu firmware calls refused\n", refused, calls);
}

static void attack_sysreg(u64 addr)
{
	(void)addr;
	exception_set_handler(attack_skip);
	sysreg_write(actlr_el1, ~0UL);
	asm volatile("dc cisw, xzr\n\tdc isw, xzr\n\tdc csw, xzr" : : : "memory");
	sysreg_write(hcr_el2, 0);
	sysreg_write(vttbr_el2, 0);
	sysreg_write(vbar_el2, 0);
	sysreg_write(cptr_el2, 0);
	sysreg_write(S3_6_C1_C1_0, ~0UL);	/* SCR_EL3 */
	sysreg_write(pmcr_el0, 0x41);
	sysreg_write(pmccfiltr_el0, 1UL << 27);
	sysreg_write(pmcntenset_el0, ~0UL);
	sysreg_write(oslar_el1, 0);
	sysreg_write(mdscr_el1, ~0UL);
	sysreg_write(dbgbcr0_el1, 0x1e5);
	sysreg_write(osdlr_el1, 1);
	sysreg_write(mdccint_el1, ~0UL);
	sysreg_write(S3_0_C10_C4_3, 1);		/* LORC_EL1 */
	sysreg_write(S3_0_C10_C5_0, ~0UL);	/* MPAM1_EL1 */
	sysreg_write(S3_3_C13_C2_3, 1);		/* AMUSERENR_EL0 */
	sysreg_write(S3_0_C1_C2_1, 3);		/* TRFCR_EL1 */
	sysreg_write(S3_0_C9_C9_0, 3);		/* PMSCR_EL1 */
	sysreg_write(S3_0_C9_C10_0, 1);		/* PMBLIMITR_EL1 */
	sysreg_write(S3_0_C2_C0_3, ~0UL);	/* TCR2_EL1 */
	sysreg_write(S3_3_C13_C0_5, 1);		/* TPIDR2_EL0 */
	sysreg_write(S3_0_C1_C0_6, 0xffff);	/* GCR_EL1 */
	sysreg_write(S2_1_C0_C1_0, 1);		/* TRCPRGCTLR */
	sysreg_write(S3_4_C12_C11_0, 0);	/* ICH_HCR_EL2 */
	sysreg_write(cnthctl_el2, ~0UL);
	sysreg_write(cnthp_ctl_el2, 1);
	sysreg_write(S3_0_C12_C12_5, 0);	/* ICC_SRE_EL1 */
	sysreg_write(cntkctl_el1, ~0UL);
	isb();
	exception_set_handler(NULL);
	printf("attack: %lu accesses were undefined\n", attack_skipped);
}

static void attack_gic(u64 addr)
{
	u64 gicd = comm_region->gicd_base;

	(void)addr;
	exception_set_handler(attack_skip);
	mmio_write32(gicd + GICD_CTLR, 0);
	for (u32 offset = GICD_IGROUPR; offset < 0x1000; offset += 4) {
		/* Not where this inmate would only trip over its own pending interrupts. */
		mmio_read32(gicd + offset);
		mmio_write32(gicd + offset, ~0U);
	}
	for (u32 offset = 0x6000; offset < 0x8000; offset += 8)
		mmio_write64(gicd + offset, ~0UL);
	mmio_write32(gicd + GICD_SGIR, 0xff0000);
	for (u32 offset = 0; comm_region->gicr_base && offset < 0x80000; offset += 4)
		mmio_write32(comm_region->gicr_base + offset, ~0U);
	if (gic_version() == 3) {
		sysreg_write(S3_0_C12_C11_5, 1UL << 40);	/* SGI 0 to all others */
		sysreg_write(S3_0_C12_C11_5, 0xffff);		/* SGI 0 to the first cluster */
		sysreg_write(S3_0_C12_C11_6, 1UL << 40);	/* the other state's */
		sysreg_write(S3_0_C12_C11_7, 1UL << 40);	/* group 0 */
	}
	exception_set_handler(NULL);
}

/* Forms of access that hardware does not describe to a hypervisor, and that no register has. */
static void attack_odd(u64 form)
{
	u64 reg = comm_region->gicd_base + GICD_IPRIORITYR, val = 0, other;

	switch (form) {
	case 0:
		asm volatile("ldp %w0, %w1, [%2]" : "=&r"(val), "=&r"(other) : "r"(reg) : "memory");
		break;
	case 1:
		asm volatile("stp %0, %0, [%1]" : : "r"(~0UL), "r"(reg) : "memory");
		break;
	case 2:
		asm volatile("ldxr %w0, [%1]" : "=&r"(val) : "r"(reg) : "memory");
		break;
	case 3:
		asm volatile("dc zva, %0" : : "r"(reg) : "memory");
		break;
	default:
		sysreg_write(cpacr_el1, 3UL << 20);
		isb();
		asm volatile(".arch_extension fp\n\tstr q0, [%0]" : : "r"(reg) : "memory");
	}
	printf("attack: read 0x%lx\n", val);
}

static void attack_comm(u64 addr)
{
	struct jh_comm_region saved;

	(void)addr;
	memcpy(&saved, comm_region, sizeof(saved));
	memset(comm_region, 0xff, 4096);
	dsb_sy();
	/* This inmate's console needs the old content. */
	memcpy(comm_region, &saved, sizeof(saved));
}

static void attack_storm(u64 addr)
{
	(void)addr;
	for (u64 n = 0; n < 100000; n++) {
		hypercall1(0xdead, n);
		smc_call(0xdeadbeef, n, n, n);
	}
}

/* Overwrites all of the image: code that runs next without a new load would spin. */
static void attack_ruin(u64 addr)
{
	static const char spoiled[] = "mode=spin";

	memcpy((void *)ATTACK_CMDLINE, spoiled, sizeof(spoiled));
	dsb_sy();
	attack_read(addr);
}

/* Fails when it is asked to end. */
static void attack_asked(u64 addr)
{
	while (comm_region->msg_to_cell != JH_MSG_SHUTDOWN_REQUEST)
		cpu_relax();
	attack_read(addr);
}

static void __noreturn attack_spin(u64 addr)
{
	(void)addr;
	sysreg_write(daif, 0x3c0);
	for (;;)
		cpu_relax();
}

static void __noreturn attack_sleep(u64 addr)
{
	(void)addr;
	sysreg_write(daif, 0x3c0);
	gic_init();
	gic_set_mask(0);
	if (gic_version() == 3)
		sysreg_write(S3_0_C12_C12_7, 0);	/* ICC_IGRPEN1_EL1 */
	for (;;)
		wfi();
}

static const struct attack_mode attack_modes[] = {
	{ "read", "read memory that it does not own", attack_read, false },
	{ "write", "write memory that it does not own", attack_write, false },
	{ "exec", "execute memory that it does not own", attack_exec, false },
	{ "ruin", "overwrite its command line, then read", attack_ruin, false },
	{ "asked", "read as soon as it is asked to end", attack_asked, false },
	{ "hvc", "make all kinds of hypercalls", attack_hvc, true },
	{ "smc", "make all kinds of firmware calls", attack_smc, true },
	{ "sysreg", "write registers of the hypervisor and of the machine", attack_sysreg, true },
	{ "gic", "write ones all over the interrupt controller", attack_gic, true },
	{ "odd", "access that in a form that it does not have", attack_odd, false },
	{ "comm", "overwrite the communication region", attack_comm, true },
	{ "storm", "make 200000 unknown calls in a row", attack_storm, true },
	{ "spin", "spin for ever with interrupts masked", attack_spin, false },
	{ "sleep", "sleep for ever with the interrupt controller closed", attack_sleep, false },
};

void inmate_main(void)
{
	u64 addr = cmdline_int("addr", ATTACK_ADDR_DEFAULT);
	const struct attack_mode *mode;
	char name[16];

	cmdline_str("mode", name, sizeof(name), "read");
	for (u32 n = 0; n < ARRAY_SIZE(attack_modes); n++) {
		mode = &attack_modes[n];
		if (strcmp(mode->name, name) != 0)
			continue;
		printf("attack: mode %s, address 0x%lx: will %s\n", name, addr, mode->what);
		mode->run(addr);
		printf("attack: SURVIVED (%s)\n",
		       mode->survives ? "as it should" : "NOT CONTAINED");
		return;
	}
	printf("attack: there is no mode \"%s\"; the modes are:\n", name);
	for (u32 n = 0; n < ARRAY_SIZE(attack_modes); n++)
		printf("attack:   %-8s %s\n", attack_modes[n].name, attack_modes[n].what);
}
