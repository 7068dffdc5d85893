/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bus of a virtual PCI host, on which links are devices (jh/ivshmem.h).
 *
 * A function is numbered from 0 to PCI_FUNCTIONS - 1: eight times its slot, and its number there.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_PCI_H
#define INMATE_PCI_H

#include <inmate/types.h>
#include <jh/ivshmem.h>

#define PCI_FUNCTIONS		256
#define PCI_CAPABILITY_VENDOR	0x09

/** pci_is_there() - does the cell have such a host? All else here needs one. */
bool pci_is_there(void);

/** pci_get() - a register of a function; @size: 1, 2 or 4 bytes. All ones: nothing is there. */
u32 pci_get(u32 function, u32 offset, u32 size);

/** pci_put() - write a register of a function */
void pci_put(u32 function, u32 offset, u32 size, u32 value);

/**
 * pci_find() - the first function, from @function on, with an ID
 * @id: JH_PCI_ID
 *
 * Return: PCI_FUNCTIONS if there is none.
 */
u32 pci_find(u32 id, u32 function);

/** pci_find_capability() - the offset of a function's first capability of a kind; 0: it has none */
u32 pci_find_capability(u32 function, u8 id);

/** pci_bar_size() - bytes of BAR @bar, of 32 bits, which stays where it is; 0: there is none */
u32 pci_bar_size(u32 function, u32 bar);

/** pci_irq() - INTID of a function's interrupt, of four from vpci_irq_base on; 0: it has none */
u32 pci_irq(u32 function);

#endif
