/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Why jh refuses something: one row {name, number, errno, sentence, next step} for each reason.
 * Numbers are ABI: never renumber. Missing numbers were in use once.
 * hypervisor/lib/errtext.c replaces, from struct jh_error:
 *
 *	{object}	the thing at fault, with its index and range: memory[4] (0x0-0xffff)
 *	{other}		the second party, in the same way, with the cell it belongs to
 *	{value} {limit}	in hexadecimal
 *	{number} {max}	the same two in decimal
 *	{size} {need}	the same two as sizes: 64 KiB
 *	{kind}		the name of the kind of unit that the value says
 *	{units}		the names of the optional units in the value
 *	{type}		the name of the type of UART that the limit says
 *	{who}		a driver, a device or a handler of Linux, by name
 */
#ifndef JH_REASONS_H
#define JH_REASONS_H

/* errno values of Linux, whatever the C library's are: they reach user space as they are. */
#define JH_EPERM	1
#define JH_ENOENT	2
#define JH_EIO		5
#define JH_E2BIG	7
#define JH_ENOEXEC	8
#define JH_ENOMEM	12
#define JH_EFAULT	14
#define JH_EBUSY	16
#define JH_EEXIST	17
#define JH_ENODEV	19
#define JH_EINVAL	22
#define JH_ENOSPC	28
#define JH_ERANGE	34
#define JH_ENOSYS	38
#define JH_EOPNOTSUPP	95
#define JH_ETIMEDOUT	110

/* Reasons in one configuration by itself: hypervisor/lib/config*.c. */
#define JH_REASONS_CONFIG(X) \
X(TRUNCATED, 1, EINVAL, "{object} has only {number} bytes, a header alone takes {max}", \
  "compile it again and copy the whole file") \
X(MAGIC, 2, EINVAL, "{object} is not a compiled jh configuration", \
  "compile the TOML source with jhctl config compile and use the .cell file") \
X(VERSION, 3, EINVAL, "{object} has format version {number}, this jh reads version {max}", \
  "compile the source again with the tools of this jh") \
X(ARCH, 4, EINVAL, "{object} is for architecture {number}, this jh is for {max}", \
  "use the configuration of this machine") \
X(KIND_CELL, 5, EINVAL, "{object} describes a cell where a system is needed", \
  "give the system's file (sys.cell)") \
X(KIND_SYSTEM, 6, EINVAL, "{object} describes a system where a cell is needed", \
  "give the file of a cell") \
X(LENGTH, 7, EINVAL, "{object} is {max} bytes long, its header says {number}", \
  "copy the file again, it was cut or extended") \
X(CHECKSUM, 8, EINVAL, "{object} is damaged: checksum {value} where {limit} is stored", \
  "copy or compile the file again") \
X(RESERVED, 9, EINVAL, "{object}: a reserved field holds {value} instead of 0", \
  "compile the source again with the tools of this jh") \
X(SECTION_TYPE, 10, EINVAL, "{object} has type {number}, which does not belong here", \
  "compile the source again with the tools of this jh") \
X(SECTION_ORDER, 11, EINVAL, "{object} of type {number} is out of order or appears twice", \
  "compile the source again with the tools of this jh") \
X(SECTION_SIZE, 12, EINVAL, "{object} has elements of {number} bytes, {max} are expected", \
  "compile the source again with the tools of this jh") \
X(SECTION_RANGE, 13, EINVAL, "{object} lies outside of the file or over another section", \
  "compile the source again with the tools of this jh") \
X(TOO_MANY, 14, E2BIG, "{object}: there are {number} of them, at most {max} are possible", \
  "remove some, or join neighbours to larger ones") \
X(MISSING, 15, EINVAL, "{object} is missing", "add it to the source and compile it again") \
X(NAME, 16, EINVAL, "{object}: the name is empty, not terminated or has odd characters", \
  "use letters, digits, '-', '_' and '.', a letter first, at most 31") \
X(PATH, 17, EINVAL, "{object}: the path does not start with / or has odd characters", \
  "give the full device-tree path, as below /proc/device-tree") \
X(FLAGS, 18, EINVAL, "{object} has unknown flags {value}", \
  "compile the source again with the tools of this jh") \
X(ALIGN, 19, EINVAL, "{object}: {value} is not a multiple of {limit}", \
  "align its address and its size") \
X(SIZE, 20, EINVAL, "{object}: its size is 0", "give it a size") \
X(END, 21, EINVAL, "{object} ends beyond the address {limit}", "correct its address or size") \
X(OVERLAP_PHYS, 22, EINVAL, "{object} overlaps {other} in physical memory", \
  "move or shrink one of them") \
X(OVERLAP_VIRT, 23, EINVAL, "{object} overlaps {other} in the cell's address space", \
  "change virt or the size of one of them") \
X(OVERLAP_COMM, 24, EINVAL, "{object} lies over the communication region at {value}", \
  "move it, or set comm to an address that is free") \
X(CPU_NUMBER, 25, EINVAL, "{object}: CPU {number} is out of range, the highest number is {max}", \
  "use Linux's numbers, as in /sys/devices/system/cpu") \
X(CPU_TWICE, 26, EINVAL, "{object}: CPU {number} is also {other}", "name it once") \
X(IRQ_NUMBER, 27, EINVAL, "{object}: INTID {number} is not a shared peripheral interrupt", \
  "use 32 to 1019: the SPI number of the device tree plus 32") \
X(IRQ_TWICE, 28, EINVAL, "{object}: INTID {number} is also {other}", "name it once") \
X(DEVICE_TWICE, 29, EINVAL, "{object} is the same as {other}", "name it once") \
X(DEVICE_INDEX, 30, EINVAL, "{object} belongs to device number {number}, there are {max}", \
  "compile the source again with the tools of this jh") \
X(MEM_AUTO_PHYS, 31, EINVAL, "{object} is automatic but has the physical address {value}", \
  "remove either phys or the flag auto") \
X(MEM_AUTO_IO, 32, EINVAL, "{object} is automatic, device registers have fixed addresses", \
  "give phys, or remove the flag io") \
X(MEM_IO_EXECUTE, 33, EINVAL, "{object}: device registers cannot be executed", \
  "remove execute or io from its flags") \
X(MEM_IO_LOADABLE, 34, EINVAL, "{object}: no image can be loaded into device registers", \
  "remove loadable or io from its flags") \
X(MEM_NO_ACCESS, 35, EINVAL, "{object} permits no access at all", \
  "add read, write or execute to its flags") \
X(ENTRY, 36, EINVAL, "{object} has no executable memory at its entry, {value}", \
  "add memory there, or set entry to an address inside of its memory") \
X(DIRECT_UNTRUSTED, 37, EPERM, "{object} wants direct interrupts but is not trusted", \
  "set trusted = true, after reading what it means, or use interrupts = \"virtual\"") \
X(PUTC, 38, EINVAL, "{object} should print by hypercall, which is not permitted to it", \
  "set putc = \"active\", or name another console") \
X(ON_FAILURE, 39, EINVAL, "{object}: {number} is no policy for failures", \
  "use on-failure = \"stay\" or \"restart\"") \
X(RESTARTS, 40, EINVAL, "{object}: max-restarts = {number} does not go with its on-failure", \
  "set on-failure = \"restart\" and max-restarts to 1 or more, or remove both") \
X(VPCI_IRQ, 41, EINVAL, "{object}: the virtual PCI interrupts at SPI {number} end beyond {max}", \
  "choose a lower vpci-irq-base") \
X(CONSOLE_TYPE, 42, EINVAL, "{object} cannot be of type {type}", \
  "use pl011, 8250 or xuartps, in a cell also mvebu, hscif, scifa, imx, lpuart or scif") \
X(CONSOLE_MEMORY, 43, EINVAL, "{object} at {value} lies in no device memory of the cell", \
  "give the cell the UART (devices = [...]), or use console = \"hypervisor\"") \
X(GIC_VERSION, 44, EINVAL, "{object}: its units make no interrupt controller that jh drives", \
  "take them from the device tree: GICv3 gicd and gicr, GICv2 gicd, gicc, gich and gicv") \
X(UNIT_FRAME, 45, EINVAL, "{object} has an address or size that it cannot have", \
  "take them from the device tree") \
X(GIC_MAINTENANCE, 46, EINVAL, "{object}: INTID {number} cannot be the maintenance interrupt", \
  "use the PPI (16 to 31) of the device tree, 25 nearly everywhere") \
X(HV_SIZE, 47, EINVAL, "{object}: {size} are less than the hypervisor ever needs, {need}", \
  "increase hypervisor.size") \
X(POOL_AUTO, 48, EINVAL, "{object} is automatic but has the address {value}", \
  "remove the address, or the flag auto") \
X(LISTED, 49, EINVAL, "{object} is listed, but root gets all memory that is left", \
  "set root.memory = \"listed\", or remove the list") \
X(ROOT_EMPTY, 50, EINVAL, "{object}: root.memory is \"listed\" and no memory is listed", \
  "list root's memory, or set root.memory = \"all\"") \
X(ROOT_IDENTITY, 51, EINVAL, "{object}: virt differs from phys, root is mapped one to one", \
  "remove virt") \
X(ROOT_AUTO, 52, EINVAL, "{object}: root's memory cannot be automatic", \
  "give its physical address") \
X(CONSOLE_EMPTY, 53, EINVAL, "{object} has no address or no size", \
  "correct it, or remove the console") \
X(COMM_OUTSIDE, 54, EINVAL, "{object}: the communication region at {value} is out of range", \
  "set comm to a page-aligned address below {limit}") \
X(FILE_SIZE, 55, E2BIG, "{object} has {number} bytes, a configuration at most {max}", \
  "give the .cell file that jhctl config compile wrote") \
X(CONSOLE_PORTS, 56, EINVAL, "{object}: this architecture has no I/O ports", \
  "add mmio to the console's flags") \
X(CONSOLE_VIRTUAL, 240, EINVAL, "{object}: a virtual UART is a PL011 of {limit} bytes", \
  "give it an address and an irq alone") \
X(CONSOLE_IRQ, 241, EINVAL, "{object}: INTID {number} is for a virtual UART, which it has not", \
  "set console = \"uart\", or remove irq") \
X(CONSOLE_DIRECT, 242, EINVAL, "{object}: INTID {number} cannot come to direct interrupts", \
  "set irq = 0 and poll, or interrupts = \"virtual\"") \
X(LINK_TWICE, 250, EINVAL, "{object} has the name of {other}", "give one of them another name") \
X(LINK_SELF, 251, EINVAL, "{object}: its peer is the cell itself", "name the other cell") \
X(LINK_BELLS, 252, EINVAL, "{object} has {number} bells, which must be 1 to {max}", \
  "correct bells, on both sides") \
X(LINK_SIZE, 253, EINVAL, "{object}: {size} are less than its sections need, {need}", \
  "increase size, or set output to less, on both sides") \
X(LINK_SIDE, 254, EINVAL, "{object}: {number} is no side of a link", \
  "set side to 0 in one of the cells and to 1 in the other, or remove it from both") \
X(LINK_HIGH, 255, EINVAL, "{object}: its memory at {value} ends beyond {limit}", \
  "choose an address below 4 GiB") \
X(LINK_DIRECT, 256, EINVAL, "{object}: INTID {number} cannot come to direct interrupts", \
  "set interrupts = \"virtual\"") \
X(LINK_NAME, 268, EINVAL, "{object} has links and the name of the root cell as a side of some", \
  "give the cell another name than \"root\"") \
X(LINK_RPMSG, 271, EINVAL, "{object} carries rpmsg, but not to root", \
  "set its peer to \"root\", or remove rpmsg") \
X(LINK_RPMSG_BELLS, 275, EINVAL, "{object} carries rpmsg, and has {number} bells", \
  "set bells to {max} at least") \
X(LINK_RPMSG_SIZE, 276, EINVAL, "{object} carries rpmsg: both sides write {size}, not {need}", \
  "increase size, or set output to less") \
X(LINK_RPMSG_RESTART, 277, EINVAL, "{object} carries rpmsg: only remoteproc restarts the cell", \
  "remove on-failure and on-reset") \
X(VIRTIO_LINK, 300, EINVAL, "{object} stands on link[{number}], of {max} that there are", \
  "name a link of the cell to root") \
X(VIRTIO_ROOT, 301, EINVAL, "{object} stands on {other}, whose peer is another cell", \
  "set that link's peer to \"root\"") \
X(VIRTIO_RPMSG, 302, EINVAL, "{object} stands on {other}, which carries rpmsg", \
  "give it a link of its own") \
X(VIRTIO_TWICE, 303, EINVAL, "{object} stands on the link that {other} stands on", \
  "give each a link of its own") \
X(VIRTIO_KIND, 304, EINVAL, "{object}: jh knows no virtio devices of kind {number}", \
  "compile the configuration again") \
X(VIRTIO_QUEUES, 305, EINVAL, "{object} has {number} queues, which must be 1 to {max}", \
  "set queues to a number in that range") \
X(VIRTIO_SIZE, 306, EINVAL, "{object}: its queues cannot have {number} elements", \
  "set queue-size to a power of two, {max} at most") \
X(VIRTIO_BELLS, 307, EINVAL, "{object}: its link has {number} bells", \
  "set the link's bells to {max} at least: one for each queue, and one") \
X(PCI_ALONE, 320, EINVAL, "{object} has no devices on it", \
  "add an [[ivshmem]] table, or remove pci") \
X(PCI_HIGH, 321, EINVAL, "{object}: its window at {value} ends above {limit}", \
  "move it below 4 GiB") \
X(PCI_ABSENT, 322, EINVAL, "{object} has no PCI host that it is on", \
  "add a [pci] table to the source, or compile it again") \
X(IVSHMEM_LINK, 323, EINVAL, "{object} shows link[{number}], of {max} that there are", \
  "name a link of the cell") \
X(IVSHMEM_RPMSG, 324, EINVAL, "{object}: its link, {other}, carries rpmsg", \
  "give it a link of its own") \
X(IVSHMEM_TWICE, 325, EINVAL, "{object}: its link is the one of {other}", \
  "give each a link of its own") \
X(IVSHMEM_SLOT, 326, EINVAL, "{object} is in slot {number}, the last of a bus is {max}", \
  "choose another slot") \
X(IVSHMEM_SLOTS, 327, EINVAL, "{object} is in the slot of {other}", "give each a slot of its own") \
X(IVSHMEM_OUTSIDE, 328, EINVAL, "{object}: its link's registers, {value}, are not in the window", \
  "move them into the window, or let jhconf choose a place") \
X(LINK_PCI, 331, EINVAL, "{object} is a PCI device of Linux, but not to root", \
  "set its peer to \"root\", or remove root-pci") \
X(LINK_PCI_BOTH, 332, EINVAL, "{object} is a PCI device of Linux, and carries something else", \
  "give rpmsg, or the virtio device, a link of its own") \
X(LINK_MEMORY, 257, E2BIG, "{object} makes {number} regions of memory, a cell has {max} at most", \
  "join neighbours of its memory to larger regions") \
X(CONSOLE_GATE, 57, EINVAL, "{object}: its clock gate {number} is no bit of a register", \
  "set gate to 0 to {max}") \
X(MEM_AUTO_SHARED, 58, EINVAL, "{object} is automatic, which root cannot share", \
  "give it a physical address outside of the pools, or remove shared-with-root") \
X(UNIT_SIZE, 60, EINVAL, "{object} has {size}, which is more than such a frame has, {need}", \
  "correct its size: what lies behind it (an ITS) would be hidden from Linux") \
X(UNIT_KIND, 225, EINVAL, "{object} is of kind {number}, which this jh does not know", \
  "compile the source again with the tools of this jh") \
X(UNIT_ORDER, 226, EINVAL, "{object} is out of order or appears twice", \
  "compile the source again with the tools of this jh") \
X(UNIT_GIC, 227, EINVAL, "{object} is no part of a GICv{max}", "remove it") \
X(UNIT_MISSING, 228, EINVAL, "{object} has a GICv{max} without {kind}", \
  "take its address and size from the device tree")

/* Reasons in a cell against the system: lib/config_against.c, the driver and the hypervisor. */
#define JH_REASONS_PAIR(X) \
X(MEM_POOL, 64, EINVAL, "{object} lies in no pool of the system", \
  "move it into a pool, add a pool to the system, or remove phys to have it found") \
X(MEM_ASSIGNABLE, 65, EINVAL, "{object} is not assignable on this system", \
  "add the device to assignable of the system's configuration and enable again") \
X(MEM_UNIT, 66, EPERM, "{object} reaches into {other}, which no cell may have", \
  "leave it out: cells get their interrupt controller without asking") \
X(MEM_HYPERVISOR, 67, EPERM, "{object} reaches into the hypervisor's memory", \
  "choose another address, or remove phys to have one found") \
X(MEM_CONSOLE, 68, EPERM, "{object} reaches into the hypervisor's own console", \
  "take another UART, or remove the console from the system's configuration") \
X(NO_UART, 234, EOPNOTSUPP, "{object}: the system has no virtual UARTs for its cells", \
  "add \"uart\" to hypervisor.units of the system's configuration and enable again") \
X(NO_LINK, 258, EOPNOTSUPP, "{object}: the system has no links for its cells", \
  "add \"link\" to hypervisor.units of the system's configuration and enable again") \
X(LINK_ROOT, 266, EINVAL, "{object}: its peer is the name of the system", \
  "write peer = \"root\" if you mean the root cell") \
X(LINK_IRQ, 267, EBUSY, "{object}: INTID {number} is what the bells of {other} raise in Linux", \
  "destroy that cell first, and create it after this one") \
X(LINK_PEER, 259, EBUSY, "{object} has the name of {other}, whose peer is another cell", \
  "give it another name, or correct peer in one of the cells") \
X(LINK_SIDES, 260, EINVAL, "{object} is side {number}, and so is {other}", \
  "set side to 0 in one of the cells and to 1 in the other, or remove it from both") \
X(LINK_SIZES, 261, EINVAL, "{object} has {size} of memory, {other} has {need}", \
  "give both the same size") \
X(LINK_OUTPUTS, 262, EINVAL, "{object} has output sections of {size}, {other} of {need}", \
  "give both the same output") \
X(LINK_BELL_NUMBERS, 263, EINVAL, "{object} has {number} bells, {other} has {max}", \
  "give both the same bells") \
X(LINK_DYING, 264, EBUSY, "{object}: {other} is being destroyed", \
  "end that first: jhctl cell destroy") \
X(LINK_SPACE, 265, ENOSPC, "{object}: all {max} sides of links are in use", \
  "destroy a cell first") \
X(MEM_SPACE, 69, ENOMEM, "{object}: {size} are wanted, the pools have {need} in one piece", \
  "destroy a cell, make the pools of the system larger, or the memory smaller") \
X(MEM_TAKEN, 70, EBUSY, "{object} overlaps {other}", "destroy that cell first, or move one") \
X(MEM_BEYOND, 71, ERANGE, "{object} ends beyond the highest address of this machine, {limit}", \
  "correct its address") \
X(MEM_IS_RAM, 73, EINVAL, "{object} is RAM on this machine, not a device", \
  "correct its address, or remove it: cells get RAM out of pools") \
X(CPU_ABSENT, 74, ENODEV, "{object}: there is no CPU {number} on this machine", \
  "choose a CPU of /sys/devices/system/cpu/present") \
X(CPU_OFFLINE, 75, ENODEV, "{object}: CPU {number} is offline", \
  "bring it online: echo 1 > /sys/devices/system/cpu/cpu{number}/online") \
X(CPU_LAST, 76, EBUSY, "{object}: CPU {number} is the last one of Linux", \
  "leave Linux at least one CPU") \
X(CPU_TAKEN, 77, EBUSY, "{object}: CPU {number} belongs to {other}", \
  "destroy that cell first, or choose another CPU") \
X(CPU_HOTPLUG, 78, EBUSY, "{object}: Linux could not take CPU {number} offline", \
  "see dmesg for what holds it") \
X(IRQ_TAKEN, 79, EBUSY, "{object}: INTID {number} belongs to {other}", \
  "destroy that cell first, or choose another device") \
X(IRQ_SECURE, 181, EPERM, "{object}: INTID {number} is the secure world's", \
  "choose another device: firmware keeps this interrupt to itself") \
X(IRQ_ABSENT, 80, EINVAL, "{object}: this machine has no interrupt with INTID {number}", \
  "correct the interrupt of this device") \
X(NAME_TAKEN, 81, EEXIST, "{object}: a cell of this name exists", \
  "destroy it first with jhctl cell destroy, or choose another name") \
X(CELL_SPACE, 82, ENOSPC, "{object}: all {max} cells are in use", "destroy one first") \
X(HV_POOL, 83, ENOMEM, "{object} is used up: its pool has {number} pages", \
  "increase hypervisor.size in the system's configuration") \
X(DEVICE_ABSENT, 84, ENODEV, "{object} is not in the device tree of this machine", \
  "correct its path") \
X(DEVICE_BUSY, 85, EBUSY, "{object}: Linux could not let go of it", \
  "close what uses it; see dmesg") \
X(VIRT_UNIT, 87, EINVAL, "{object} lies over {other} in the cell's address space", \
  "move it: the cell finds its interrupt controller there") \
X(COMM_UNIT, 88, EINVAL, "{object}: the communication region lies over {other}", \
  "set comm to an address that is free in the cell") \
X(MEM_SHARED_POOL, 89, EINVAL, "{object} is shared with root but lies in a pool", \
  "move it out of the pools, or remove shared-with-root from its flags") \
X(NAME_ROOT, 100, EEXIST, "{object}: the system itself has this name", \
  "choose another name for the cell") \
X(MEM_VIRT, 101, ERANGE, "{object} reaches beyond the end of a cell's address space, {limit}", \
  "choose a lower virt") \
X(DEVICE_FIXED, 110, EBUSY, "{object}: its driver in Linux, {who}, cannot let go of it", \
  "leave it to Linux, or start Linux without that driver") \
X(DEVICE_USED, 111, EBUSY, "{object}: {who} depends on it and stays with Linux", \
  "leave it to Linux, or give {who} to the same cell") \
X(DEVICE_DRIVEN, 112, EBUSY, "{object}: Linux drives it from its first moments on", \
  "leave it to Linux: its clocks, timers and interrupt controllers cannot go") \
X(DEVICE_SHARED, 113, EBUSY, "{object} has registers that several drivers share (syscon)", \
  "leave it to Linux") \
X(DEVICE_KIND, 114, ENODEV, "{object} cannot go by itself, it is a part of {who}", \
  "name the device that has registers in memory, with all that belongs to it") \
X(DEVICE_IRQ, 115, EBUSY, "{object}: Linux handles its INTID {number} ({who}) without a driver", \
  "leave it to Linux: it is a timer or a controller that Linux runs on") \
X(IRQ_LINUX, 116, EBUSY, "{object}: Linux handles INTID {number} ({who})", \
  "name its device in devices, or remove the irq") \
X(MEM_LINUX, 117, EBUSY, "{object}: Linux uses the registers at {value} ({who})", \
  "name that device in devices as well, or make the memory smaller") \
X(MEM_SHARED_LINUX, 118, EPERM, "{object} is shared with root, and Linux uses this memory", \
  "reserve it in the device tree, or set trusted = true after reading what it means") \
X(DEVICE_STUB, 119, EIO, "{object}: its clocks, resets and power cannot be held (error {number})", \
  "see dmesg; what it depends on must have a driver in Linux")

/* Reasons in enabling and managing: the driver and the hypervisor. */
#define JH_REASONS_MACHINE(X) \
X(NO_EL2, 128, ENODEV, "{object}: Linux was started at EL1, the hypervisor level is not there", \
  "start it at EL2: firmware or boot loader setting (QEMU: -machine virtualization=on)") \
X(VHE, 129, EOPNOTSUPP, "{object}: Linux itself runs at EL2 (VHE)", \
  "add kvm-arm.mode=nvhe to the kernel command line and restart") \
X(PKVM, 130, EOPNOTSUPP, "{object}: EL2 is held by protected KVM or by another hypervisor", \
  "start without kvm-arm.mode=protected and without another hypervisor") \
X(KVM_GUESTS, 131, EBUSY, "{object}: KVM virtual machines are running", "shut them down first") \
X(GIC_MISMATCH, 132, EINVAL, "{object}: this machine has a GICv{max}, not a GICv{number}", \
  "set gic.version to it and take the addresses from the device tree") \
X(GIC_ADDRESS, 133, EINVAL, "{object}: the device tree has it at {limit}", \
  "take the addresses from the device tree") \
X(CONSOLE_ABSENT, 134, EINVAL, "{object}: the device tree has no {type} UART at {value}", \
  "correct address and type in the system's configuration, or remove the console") \
X(HV_TOO_SMALL, 136, ENOMEM, "{object}: {size} are too small for this machine, {need} are needed", \
  "increase hypervisor.size") \
X(HV_NOT_RESERVED, 137, EBUSY, "{object} at {value} is not free: Linux uses this memory", \
  "remove hypervisor.address to have it found, or reserve it in the device tree") \
X(HV_NOT_RAM, 138, EINVAL, "{object} at {value} is not RAM", \
  "correct hypervisor.address, or remove it to have it found") \
X(POOL_NOT_FREE, 139, EBUSY, "{object} is not free: Linux uses this memory", \
  "remove its address to have it found, or reserve it in the device tree") \
X(POOL_NOT_RAM, 140, EINVAL, "{object} is not RAM", \
  "correct its address, or remove it to have it found") \
X(POOL_SPACE, 141, ENOMEM, "{object}: Linux could not give up {size} in one piece", \
  "ask for less, or enable early after boot") \
X(IMAGE_ABSENT, 142, ENOENT, "{object} of the hypervisor, jh-gicv{number}.bin, is not there", \
  "install it in /lib/firmware/jh") \
X(IMAGE_FORMAT, 143, ENOEXEC, "{object} of the hypervisor is not of this jh.ko's format", \
  "use the image, jh.ko and jhctl of one build") \
X(IMAGE_TOO_BIG, 144, E2BIG, "{object} of {size} does not fit: from there on the cell has {need}", \
  "make the cell's memory larger, or correct the address") \
X(IMAGE_ADDRESS, 145, EFAULT, "{object}: the cell has no loadable memory at {value}", \
  "correct the address, or add loadable to the memory's flags") \
X(ENABLED, 147, EBUSY, "{object} is enabled already", "disable it first: jhctl disable") \
X(NOT_ENABLED, 148, ENODEV, "{object} is not enabled", "enable it: jhctl enable FILE") \
X(CELLS_ALIVE, 149, EBUSY, "{object} still exists", \
  "destroy all cells first: jhctl cell destroy") \
X(NO_CELL, 150, ENOENT, "{object} does not exist", "see jhctl cell list for those that do") \
X(ROOT_CELL, 151, EINVAL, "{object} is the root cell, to which this cannot be done", \
  "name another cell") \
X(NOT_LOADED, 152, EINVAL, "{object} has nothing loaded", \
  "load an image first: jhctl cell load") \
X(CELL_RUNNING, 153, EBUSY, "{object} is running", "shut it down first: jhctl cell shutdown") \
X(CELL_NOT_RUNNING, 154, EINVAL, "{object} was not started yet", \
  "let it run with jhctl cell start, or remove it with jhctl cell destroy") \
X(SHUTDOWN_DENIED, 155, EPERM, "{object} refused to shut down", \
  "try again later, or use jhctl cell shutdown --force") \
X(SHUTDOWN_TIMEOUT, 156, ETIMEDOUT, "{object} did not answer the request to shut down", \
  "use jhctl cell shutdown --force") \
X(NOT_SCRUBBED, 157, EBUSY, "{object}: its memory is not wiped yet", \
  "wipe it and try again: jhctl cell destroy") \
X(CPU_LOST, 158, EIO, "{object}: CPU {number} does not come back", \
  "its memory is safe to use again, the CPU is not: restart the machine for it") \
X(CPU_COUNT, 159, EINVAL, "{object}: {number} CPUs are online, {max} took part", \
  "bring the CPUs online again and do not change them meanwhile") \
X(NOT_PERMITTED, 161, EPERM, "{object}: only root may do this", "use sudo") \
X(BUSY, 163, EBUSY, "{object}: another jhctl is at work", "wait for it to end") \
X(HV_INTERNAL, 164, EIO, "{object}: the hypervisor met a state that it should not ({value})", \
  "this is a bug of jh: keep the output of jhctl console and report it") \
X(NO_DEVICE_TREE, 165, ENODEV, "{object} has no device tree with a GIC that jh knows", \
  "start it with a device tree: jh does not read ACPI tables") \
X(NO_PSCI, 166, EOPNOTSUPP, "{object}: its CPUs are not started by PSCI calls with SMC", \
  "use firmware with PSCI (TF-A), and do not start Linux under another hypervisor") \
X(CPU_SPACE, 167, EOPNOTSUPP, "{object} has a CPU {number}, jh knows numbers up to {max}", \
  "start Linux with fewer CPUs: nr_cpus= on the kernel command line") \
X(KVM_UNKNOWN, 168, EBUSY, "{object}: KVM is there, and whether it has guests cannot be seen", \
  "start without debugfs=off, or with kvm-arm.mode=none on CPUs without VHE") \
X(HV_RANGE, 169, ERANGE, "{object} at {value} is out of reach for EL2", \
  "choose an address below 511 GiB and no more than 32 MiB") \
X(ENDING, 170, EBUSY, "{object} is shutting down", \
  "enable it after the next start, or 10 seconds after a restart that was called off") \
X(DEVICE_TAKEN, 171, EBUSY, "{object} belongs to {other}", \
  "destroy that cell first, or choose another device") \
X(POOL_FIXED, 172, EOPNOTSUPP, "{object}: this kernel gives up no memory (CONFIG_CONTIG_ALLOC)", \
  "reserve memory in the device tree and write its address into the configuration") \
X(CPU_STAYS, 180, EIO, "{object}: CPU {number} is offline, and firmware does not turn it off", \
  "bring it online and try again: echo 1 > /sys/devices/system/cpu/cpu{number}/online") \
X(UNIT_NODE, 203, EINVAL, "{object} lies over registers of {who}", \
  "correct its address and size: Linux would lose these registers") \
X(ROOT_RAM, 200, EINVAL, "{object}: root.memory is \"listed\" and leaves out RAM at {value}", \
  "list all of System RAM in /proc/iomem; what is taken for pools is taken from it") \
X(ROOT_REGISTERS, 201, EINVAL, "{object}: root.memory lacks registers at {value} that {who} uses", \
  "list them, or start with root.memory = \"learn\"") \
X(ROOT_HIGHEST, 202, EINVAL, "{object}: max-address {value} is below RAM's end, {limit}", \
  "remove max-address to have the right one found") \
X(IRQ_IN_FLIGHT, 175, EIO, "{object}: CPU {number} is handling it and does not let go", \
  "stop what uses the device in Linux and try again") \
X(NOT_CLEAN, 220, EBUSY, "{object}: caches may hold some of its last life", \
  "try again: its memory is cleaned a piece at each call") \
X(WIDTH, 221, ERANGE, "{object}: max-address is {value}, the CPUs' addresses end at {limit}", \
  "remove max-address from its configuration to have the right one found") \
X(MAPPED, 222, EINVAL, "{object} at {value} is mapped by Linux, which may read into it", \
  "add no-map to the reservation in the device tree, or reserve one page more before it") \
X(CPU_LATE, 223, ETIMEDOUT, "{object}: only {number} of {max} CPUs came to EL2 in time", \
  "try again; if it is emulated, give it as many host CPUs as it has itself") \
X(COUNTER, 224, EOPNOTSUPP, "{object}: CPU {number}: the counter has no frequency (CNTFRQ_EL0)", \
  "use firmware that sets it on all CPUs") \
X(FILE_MEMORY, 190, EFAULT, "{object} at {value} does not lie in root's memory", \
  "this is a bug of the driver: report it with the output of dmesg") \
X(IMAGE_GIC, 229, ENOEXEC, "{object} of the hypervisor drives a GICv{max}, not a GICv{number}", \
  "use the images, jh.ko and jhctl of one build") \
X(IMAGE_BASE_ABSENT, 232, ENOENT, "{object} jh-gicv{number}-base.bin is not there", \
  "install it in /lib/firmware/jh, or remove hypervisor.units = []") \
X(IMAGE_UNITS, 233, ENOEXEC, "{object} of the hypervisor lacks {units} of hypervisor.units", \
  "use the images, jh.ko and jhctl of one build") \
X(CELL_ENDED, 191, EINVAL, "{object} has ended already", \
  "start it again with jhctl cell start, or remove it with jhctl cell destroy") \
X(CELL_DYING, 192, EBUSY, "{object} is being destroyed", "end that first: jhctl cell destroy") \
X(DISABLED, 193, ENODEV, "{object} is not enabled", "nothing is left to disable") \
X(IMAGE_COMM, 194, EFAULT, "{object} at {value} reaches into the communication region at {limit}", \
  "load it elsewhere, or move comm in the cell's configuration") \
X(GIC_SILENT, 195, EINVAL, "{object}: no interrupt controller of this kind answers at {value}", \
  "take the addresses from the device tree") \
X(HALF_LOADED, 210, EINVAL, "{object}: its load was broken off", \
  "load all of it again: jhctl cell load") \
X(LOAD_PART, 211, EINVAL, "{object}: a load of {value} to {limit} was broken off before", \
  "load all of that again: in one jhctl cell load") \
X(CELL_REPLACED, 212, ENOENT, "{object} is not the one that was meant, which is gone", \
  "see jhctl cell list") \
X(CELL_BUSY, 213, EBUSY, "{object}: another jhctl is at work on it", "wait for it to end") \
X(DEVICE_PCI, 231, EPERM, "{object} is a PCI host without reset: its devices never stop", \
  "leave it with Linux, or set trusted = true after reading what it means") \
X(LOAD_EMPTY, 230, EINVAL, "{object} has no bytes", "load a file that is not empty") \
X(LOCKED_DOWN, 214, EPERM, "{object} is locked down: nothing may be put beneath its kernel", \
  "start it without lockdown= on the kernel command line, with Secure Boot off") \
X(LINK_DOORS, 330, EINVAL, "{object}: registers of links cannot be at {value}, which is in use", \
  "use the images, jh.ko and jhctl of one build") \
X(IMAGE_FIRMWARE, 270, ENOEXEC, "{object} of the hypervisor does not know firmware {number}", \
  "use the images, jh.ko and jhctl of one build") \
X(NO_SAMPLE, 350, EOPNOTSUPP, "{object}: this image of it does not look where guests are", \
  "use the one with optional units: name one in hypervisor.units, and enable again") \
X(NO_TRACE, 272, EOPNOTSUPP, "{object}: this image of it cannot record exits", \
  "use the one with optional units: name one in hypervisor.units, and enable again") \
X(TRACE_CPU, 273, EINVAL, "{object} does not have CPU {number}, whose exits were asked for", \
  "bring the CPU online first") \
X(TRACE_BUSY, 274, EBUSY, "{object}: exits are being recorded already", \
  "end the other jhctl trace first") \
X(SLEEPING, 215, EBUSY, "{object} is going to sleep", "enable it when it has woken up")

#define JH_REASONS(X) JH_REASONS_CONFIG(X) JH_REASONS_PAIR(X) JH_REASONS_MACHINE(X)

#define JH_REASON_ENUM(name, number, errno_, sentence, next) JH_ERR_##name = number,
enum jh_reason {
	JH_ERR_NONE = 0,
	JH_REASONS(JH_REASON_ENUM)
};

#endif
