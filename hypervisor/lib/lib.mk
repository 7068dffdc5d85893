# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Which files make up hypervisor/lib, for all the builds that compile them: the hypervisor image,
# the driver, jhctl, the check tool of the host and the unit tests. Compile with
# -I hypervisor -I hypervisor/uapi.

# Checking configurations
JH_LIB_CONFIG := checksum.o refuse.o config.o config_fields.o config_unit.o config_cell.o \
		 config_link.o config_virtio.o config_ivshmem.o \
		 config_uart.o config_system.o config_against.o
# What a link as a PCI device shows: for the hypervisor and the driver
JH_LIB_PCI := ivshmem_space.o
# Messages for struct jh_error; not in the hypervisor image
JH_LIB_TEXT := errtext.o
