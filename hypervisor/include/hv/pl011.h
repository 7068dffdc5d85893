/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Registers of the Arm PrimeCell UART (PL011), TRM DDI 0183: of real ones (drivers/uart/pl011.c)
 * and of those that cells are given (core/vuart.c).
 */
#ifndef HV_PL011_H
#define HV_PL011_H

#define UARTDR		0x000
#define UARTFR		0x018
#define  FR_CTS		BIT(0)
#define  FR_DSR		BIT(1)
#define  FR_DCD		BIT(2)
#define  FR_RXFE	BIT(4)
#define  FR_TXFF	BIT(5)
#define  FR_RXFF	BIT(6)
#define  FR_TXFE	BIT(7)
#define UARTILPR	0x020
#define UARTIBRD	0x024
#define UARTFBRD	0x028
#define UARTLCR_H	0x02c
#define  LCR_H_8N1_FIFO	0x70
#define UARTCR		0x030
#define  CR_UARTEN	BIT(0)
#define  CR_TXE		BIT(8)
#define UARTIFLS	0x034
#define UARTIMSC	0x038
#define UARTRIS		0x03c
#define UARTMIS		0x040
#define UARTICR		0x044
#define  INT_RX		BIT(4)
#define  INT_TX		BIT(5)
#define  INT_RT		BIT(6)
#define  INT_ALL	0x7ff
#define UARTDMACR	0x048
#define UARTPERIPHID	0xfe0

#endif
