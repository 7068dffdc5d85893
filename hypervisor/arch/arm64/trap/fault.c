// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Stage 2 aborts: accesses to filtered devices are performed, all others are answered.
 */
#include <asm/decode.h>
#include <asm/errata.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <gic/vgic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/learn.h>
#include <hv/mmio.h>
#include <range.h>

#define ISS_FSC(esr)		((esr) & 0x3f)
#define FSC_TYPE(fsc)		((fsc) & ~3UL)
#define FSC_TRANSLATION		0x04
#define FSC_PERMISSION		0x0c

#define PAR_F			BIT(0)
#define PAR_S			BIT(9)	/* the fault is one of stage 2 */
#define PAR_FST(par)		((u32)((par) >> 1 & 0x3f))
#define PAR_ADDRESS		0x0000fffffffff000UL
#define PAR_IS_DEVICE(par)	(!((par) >> 60))	/* ATTR[7:4], Arm ARM D19.2.112 */

/* Stage 1 of the guest, or both stages: PAR_EL1 is the guest's own and is put back. */
#define translate(operation, va, result)					\
({										\
	u64 saved_ = read_sysreg(par_el1);					\
	asm volatile("at " #operation ", %0; isb" :: "r" (va) : "memory");	\
	*(result) = read_sysreg(par_el1);					\
	write_sysreg(saved_, par_el1);						\
	!(*(result) & PAR_F);							\
})

/*
 * A57 834220: where both stages fault, the second is reported instead of the first. If the guest's
 * own translation refuses the access, it gets that fault.
 */
static bool inject_stage1_fault(u64 esr)
{
	bool el0 = (read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL0T, write = esr & ISS_WNR;
	u64 far = read_sysreg(far_el2), par;
	bool ok;

	if (el0)
		ok = write ? translate(s1e0w, far, &par) : translate(s1e0r, far, &par);
	else
		ok = write ? translate(s1e1w, far, &par) : translate(s1e1r, far, &par);
	if (likely(ok) || par & PAR_S)
		return false;
	inject_abort(esr, PAR_FST(par));
	return true;
}

/* The guest-physical address of a fault; false if the guest is to try again. */
static bool fault_address(u64 esr, u64 *ipa)
{
	u64 far = read_sysreg(far_el2), par;

	/* HPFAR_EL2 is not valid for permission faults, but for those on a walk (D19.2.54). */
	if (likely(FSC_TYPE(ISS_FSC(esr)) != FSC_PERMISSION || esr & ISS_S1PTW)) {
		*ipa = FIELD(read_sysreg(hpfar_el2), 43, 4) << 12 | (far & 0xfff);
		return true;
	}
	if (!translate(s1e1r, far, &par))
		return false;
	*ipa = (par & PAR_ADDRESS) | (far & 0xfff);
	return true;
}

/*
 * May EL2 read an instruction of the guest there, as normal memory? The guest's tables may have
 * changed since it was executed: they may name a device by now, whose answer could be an abort.
 * Without a lock: root's tables say what root has at every moment, and the ranges of a cell whose
 * CPU runs here do not change.
 */
static bool is_code(u64 pa)
{
	const struct cell *cell = this_cell();
	u32 i;

	if (cell->id == CELL_ROOT)
		return pgtable_is_mapped(&root_cell.pt, GPA(pa), sizeof(u32));
	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (!(m->flags & JH_MEM_IO) && range_inside(pa, sizeof(u32), m->pa, m->size))
			return true;
	}
	return false;
}

/* The instruction at the guest's program counter, read through both of its stages. */
static bool fetch_instruction(u32 *instruction)
{
	u64 pc = read_sysreg(elr_el2), sctlr = read_sysreg(sctlr_el1), par, pa;
	const u32 *at;

	if (pc & 3 || !translate(s12e1r, pc, &par))
		return false;
	/* With stage 1 off data is Device memory, which is what is said here, and code is not. */
	if (sctlr & SCTLR_M && PAR_IS_DEVICE(par))
		return false;
	pa = (par & PAR_ADDRESS) | (pc & 0xfff);
	if (!is_code(pa))
		return false;
	at = arch_guest_map_ro(PA(pa), sizeof(*at));
	/* It was written past the caches, perhaps: what they hold may be older. */
	if ((sctlr & (SCTLR_M | SCTLR_C)) != (SCTLR_M | SCTLR_C))
		arch_clean_to_memory((void *)at, sizeof(*at));
	*instruction = *at;
	arch_guest_unmap_ro();
	return true;
}

static u64 get_reg(const struct regs *regs, u32 n)
{
	return n == 31 ? 0 : regs->x[n];
}

static void set_reg(struct regs *regs, u32 n, u64 value)
{
	if (n != 31)
		regs->x[n] = value;
}

static void write_back(struct regs *regs, const struct decode_access *access)
{
	u64 offset = (u64)(s64)access->offset;

	if (access->rn != 31)
		regs->x[access->rn] += offset;
	else if ((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL1H)
		write_sysreg(read_sysreg(sp_el1) + offset, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + offset, sp_el0);
}

static enum trap_verdict refuse(u32 cause, u64 ipa)
{
	if (this_cell()->id != CELL_ROOT) {
		/* Not the guest's fault: its memory was taken away to call the CPU back. */
		if (cell_is_direct(this_cell()) && READ_ONCE(cpu_self()->requests))
			cpu_handle_requests();
		trap_park_cell(cause, ipa);
	}
	return TRAP_ABORT;
}

static void fault_perform(struct regs *regs, const struct decode_access *access, u32 offset,
		    const struct mmio_region *region)
{
	struct mmio_access mmio = {
		.offset = offset, .size = (u8)access->size, .write = access->write,
	};
	u64 value;

	if (access->write)
		mmio.value = decode_store_value(access, get_reg(regs, access->rt));
	value = region->access(mmio, region->context);
	if (!access->write)
		set_reg(regs, access->rt, decode_load_result(access, value));
	if (access->writeback)
		write_back(regs, access);
}

/* The syndromes that the short way serves: a zero-extending data access, nothing else. */
#define SIMPLE_MASK	(0xfc000000UL | ISS_ISV | ISS_SSE | ISS_CM | ISS_S1PTW | FSC_TYPE(0x3f))
#define SIMPLE_VALUE	((u64)EC_DABT_LOW << 26 | ISS_ISV | FSC_TRANSLATION)

/* Word accesses: two cheap compares instead of one mask. */
#define WORD_SHIFT	21
#define WORD_UPPER	((u32)((u64)EC_DABT_LOW << 26 | ESR_IL | ISS_ISV | 2UL << 22) >> WORD_SHIFT)
#define WORD_LOWER_MASK	(ISS_CM | ISS_S1PTW | FSC_TYPE(0x3f))

static inline bool is_simple_word(u64 esr)
{
	return (u32)esr >> WORD_SHIFT == WORD_UPPER && (esr & WORD_LOWER_MASK) == FSC_TRANSLATION;
}

/* The same question, for an access from EL1, asked before anything else is done. */
static inline bool stage1_permits(u64 esr, u64 far)
{
	u64 par;

	if (unlikely((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL0T))
		return false;
	return esr & ISS_WNR ? translate(s1e1w, far, &par) : translate(s1e1r, far, &par);
}

/* The region that all of a simple access lies in, and where; NULL: it lies in none, or half. */
static inline const struct mmio_region *simple_target(u64 esr, u32 size, u32 *offset, bool fast)
{
	u64 far = read_sysreg(far_el2), ipa = trap_address(far);
	const struct mmio_region *region = fast ? mmio_find_fast(ipa) : mmio_find(ipa);

	if (unlikely(!region))
		return NULL;
	*offset = (u32)(ipa - region->start);
	if (unlikely(*offset & (size - 1)))
		return NULL;
	if (errata_has(ERRATUM_STAGE2_FIRST) && unlikely(!stage1_permits(esr, far)))
		return NULL;
	return region;
}

/* Any width, in any region. */
static __noinline bool fault_width(struct regs *regs, u64 esr)
{
	u32 rt = ISS_SRT(esr), size = 1U << ISS_SAS(esr), offset;
	const struct mmio_region *region;

	if (unlikely((esr & SIMPLE_MASK) != SIMPLE_VALUE))
		return false;
	region = simple_target(esr, size, &offset, false);
	if (!region)
		return false;
	cpu_count(JH_STAT_MMIO);
	if (esr & ISS_WNR)
		vgic_write(offset, size, regs->x[rt], region);
	else
		set_reg(regs, rt, vgic_read(offset, size, region));
	trap_skip();
	return true;
}

static __noinline bool fault_word(struct regs *regs, u64 esr)
{
	/* XZR has a place of its own there; what a load leaves in it is not looked at any more. */
	u64 *reg = &regs->x[FIELD(esr, 20, 16)];
	const struct mmio_region *region;
	u32 offset;

	region = simple_target(esr, 4, &offset, true);
	/* A tail call: what is fast saves no register for it. */
	if (unlikely(!region))
		return fault_width(regs, esr);
	cpu_count(JH_STAT_MMIO);
	if (esr & ISS_WNR)
		vgic_write32(offset, *reg, region);
	else
		*reg = vgic_read32(offset, region);
	trap_skip();
	return true;
}

/*
 * fault_simple() - perform an access to a filtered device
 *
 * Of what C preserves only a register that is transferred is sure to be in the frame, so nothing
 * here may leave the guest. Return: false if it is anything else; nothing was done then.
 */
bool fault_simple(struct regs *regs, u64 esr)
{
	return likely(is_simple_word(esr)) ? fault_word(regs, esr) : fault_width(regs, esr);
}

/* All other accesses to a filtered device. */
static enum trap_verdict fault_mmio(struct regs *regs, u64 esr, u64 ipa,
				    const struct mmio_region *region)
{
	struct decode_access access;
	u32 offset = (u32)(ipa - region->start), instruction;

	if (errata_has(ERRATUM_STAGE2_FIRST) && inject_stage1_fault(esr))
		return TRAP_RETRY;
	cpu_count(JH_STAT_MMIO);
	/* Cache maintenance by address of a device does nothing. */
	if (esr & ISS_CM)
		return TRAP_SKIP;
	if (esr & ISS_S1PTW)
		return refuse(JH_CRASH_MMIO, ipa);
	if (!decode_syndrome(esr, &access) &&
	    (!fetch_instruction(&instruction) || !decode_instruction(instruction, &access)))
		return refuse(JH_CRASH_MMIO, ipa);
	if (offset & (access.size - 1))
		return refuse(JH_CRASH_MMIO, ipa);
	fault_perform(regs, &access, offset, region);
	return TRAP_SKIP;
}

/* A root that is still learning what to list may have what nobody else owns. */
static bool is_new_to_root(u64 esr, u64 ipa, const char *kind)
{
	return this_cell()->id == CELL_ROOT && FSC_TYPE(ISS_FSC(esr)) == FSC_TRANSLATION &&
	       learn_access(ipa, kind);
}

enum trap_verdict fault_data(struct regs *regs, u64 esr)
{
	const struct mmio_region *region;
	u64 ipa;

	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	region = FSC_TYPE(ISS_FSC(esr)) == FSC_TRANSLATION ? mmio_find(ipa) : NULL;
	if (region)
		return fault_mmio(regs, esr, ipa, region);
	if (is_new_to_root(esr, ipa, esr & ISS_WNR ? "write" : "read"))
		return TRAP_RETRY;
	return refuse(JH_CRASH_ACCESS, ipa);
}

enum trap_verdict fault_fetch(u64 esr)
{
	u64 ipa;

	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	if (is_new_to_root(esr, ipa, "fetch"))
		return TRAP_RETRY;
	return refuse(JH_CRASH_FETCH, ipa);
}
