# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
# The part of the image that arm64 adds.

# One image runs on all CPUs, whatever processor and branch protection the caller's CC (Yocto) names.
CFLAGS_ARCH := -mcpu=generic -march=armv8-a -mbranch-protection=none
# The few functions that use x8-x15 save them, so an exit saves eight registers less.
CFLAGS_ARCH += -mgeneral-regs-only -mno-outline-atomics -mstrict-align -ffixed-x18 \
	$(patsubst %,-fcall-saved-x%,8 9 10 11 12 13 14 15)
# Indirect branches go by way of branch_x<n> in vectors.S, which a jump table could not.
CFLAGS_ARCH += -include asm/branches.h -fno-jump-tables
# Everything lies within 1 MiB, one instruction from everything else.
CFLAGS_ARCH += -mcmodel=tiny
# Errata 843419 and 835769 of the Cortex-A53 are worked around in all code. The compiler handles the
# second; the linker, which would add a page for it, only checks.
CFLAGS_ARCH += -mfix-cortex-a53-835769
LDFLAGS_ARCH := -Wl,--fix-cortex-a53-843419 -mfix-cortex-a53-835769
# Judges each linked image: no indirect branch that a guest could steer
image-check := arch/arm64/check-branches

arch := boot/entry.o boot/boot.o \
	cpu/cache.o cpu/context.o cpu/controls.o cpu/cpucheck.o cpu/errata.o \
	cpu/errata_table.o cpu/fixmap.o cpu/scrub.o cpu/tlb.o \
	trap/vectors.o trap/trap.o trap/fault.o trap/fault_simple.o trap/decode.o trap/inject.o \
	trap/serror.o trap/sysreg.o \
	firmware/psci.o firmware/sip.o firmware/smccc.o firmware/smccc_table.o \
	gic/affinity.o gic/arch_gic.o gic/frame.o gic/gicd.o gic/handover.o gic/lr.o gic/ppi.o \
	gic/vbank.o gic/vcpuid.o gic/vgic.o gic/vgic_cpu.o gic/vgicd.o gic/vppi.o

# Images for each version of the interrupt controller: with all optional units, and with none
variants := gicv2 gicv3 gicv2-base gicv3-base
gicv2-objs := $(patsubst %,arch/arm64/gic/%.o,gicv2 vcpuid_v2 vgic_v2 vgicd_v2 vlpi_none vsgi_v2)
gicv3-objs := $(patsubst %,arch/arm64/gic/%.o,gicr gicv3 vcpuid_v3 vgic_v3 vgicd_v3 vgicr vlpi vsgi_v3)
# Optional: interrupts that the hypervisor raises, filters of chips' firmware calls, records of exits
full-objs := $(addprefix arch/arm64/,firmware/sip_owner.o gic/vspi.o soc/imx8m.o soc/zynqmp.o \
	trap/fault_bell.o trap/tracing.o trap/vectors_tracing.o)
base-objs := $(addprefix arch/arm64/,firmware/sip_owner_none.o gic/vspi_none.o trap/fault_bell_none.o)

hot := core/hypercall.o core/link.o $(addprefix arch/arm64/,firmware/psci.o firmware/smccc.o trap/trap.o \
	trap/fault_bell.o trap/fault_simple.o \
	$(patsubst %,gic/%.o,gicv2 gicv3 vbank vgic vgic_cpu vgic_v2 vgic_v3 vgicd vgicd_v2 vgicr \
	vppi vsgi_v2 vsgi_v3 vspi))
