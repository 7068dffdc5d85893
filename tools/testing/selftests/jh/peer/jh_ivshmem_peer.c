// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A driver for ivshmem, version 2, as somebody else would write one: all that it knows of the
 * device is its configuration space and the specification. It sends back the bytes that come over
 * it (jh/stream.h). With fuzz=N it first writes N values all over its registers.
 */
#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/random.h>
#include <jh/ivshmem.h>
#include <jh/link.h>
#include <jh/stream.h>

static bool one_shot;
module_param(one_shot, bool, 0444);
MODULE_PARM_DESC(one_shot, "an interrupt disables the next one");

static unsigned int fuzz;
module_param(fuzz, uint, 0444);
MODULE_PARM_DESC(fuzz, "values to be written to registers first");

static unsigned int bytes, interrupts, lives;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "that were sent back (read only)");
module_param(interrupts, uint, 0444);
MODULE_PARM_DESC(interrupts, "that came (read only)");
module_param(lives, uint, 0444);
MODULE_PARM_DESC(lives, "of the other side that were connected (read only)");

/**
 * struct peer - one device
 * @states: the state table, which starts the memory
 * @seen: the last @peer_life that knew of this side
 * @buffer: bytes that wait for room, @count of them from @first on
 */
struct peer {
	struct pci_dev *dev;
	void __iomem *registers;
	u32 *states;
	struct jh_stream *own;
	const struct jh_stream *other;
	u32 id, size, life, peer_life, seen, first, count;
	u8 buffer[1024];
};

static void put(struct peer *peer, u32 offset, u32 value)
{
	writel(value, peer->registers + offset);
}

static void announce(struct peer *peer)
{
	jh_stream_begin(peer->own);
	peer->count = 0;
	put(peer, JH_LINK_STATE, peer->life << 16 | peer->peer_life);
}

static bool is_connected(struct peer *peer)
{
	u32 state = READ_ONCE(peer->states[!peer->id]);

	if (state >> 16 != peer->peer_life) {
		peer->peer_life = state >> 16;
		announce(peer);
	}
	if (!state || (state & 0xffff) != peer->life)
		return false;
	lives += peer->seen != peer->peer_life;
	peer->seen = peer->peer_life;
	return true;
}

static bool echo_some(struct peer *peer)
{
	s32 got = 0;
	u32 sent;

	if (!peer->count) {
		got = jh_stream_receive(peer->own, peer->other, peer->size, peer->buffer,
					sizeof(peer->buffer));
		if (got < 0)
			return false;
		peer->first = 0;
		peer->count = got;
	}
	sent = jh_stream_send(peer->own, peer->other, peer->size, peer->buffer + peer->first,
			      peer->count);
	peer->first += sent;
	peer->count -= sent;
	bytes += sent;
	if (got || sent)
		put(peer, JH_LINK_DOORBELL, !peer->id << 16 | JH_STREAM_BELL);
	return got || sent;
}

static irqreturn_t peer_interrupt(int irq, void *data)
{
	interrupts++;
	return IRQ_WAKE_THREAD;
}

/* What comes after the last look raises the interrupt again. */
static irqreturn_t peer_work(int irq, void *data)
{
	struct peer *peer = data;

	while (is_connected(peer) && echo_some(peer))
		;
	if (one_shot)
		put(peer, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	return IRQ_HANDLED;
}

static void write_everything(struct peer *peer)
{
	unsigned int i;

	for (i = 0; i < fuzz; i++) {
		u32 where = get_random_u32() % JH_LINK_SIZE;
		u64 value = get_random_u64();

		switch (i % 4) {
		case 0:
			writeb(value, peer->registers + where);
			break;
		case 1:
			writew(value, peer->registers + (where & ~1));
			break;
		case 2:
			writel(value, peer->registers + (where & ~3));
			break;
		default:
			writeq(value, peer->registers + (where & ~7));
		}
		readl(peer->registers + (where & ~3));
	}
	put(peer, JH_LINK_INT_CONTROL, 0);
	put(peer, JH_LINK_STATE, 0);
}

/* The places of the memory's parts, as the vendor's capability has them */
static int map_memory(struct peer *peer)
{
	struct pci_dev *dev = peer->dev;
	int at = pci_find_capability(dev, PCI_CAP_ID_VNDR);
	u32 table, common, output, low, high, outputs;
	void *memory;

	if (!at)
		return -ENODEV;
	at -= JH_IVSHMEM_CAPABILITY;
	pci_read_config_dword(dev, at + JH_IVSHMEM_TABLE_SIZE, &table);
	pci_read_config_dword(dev, at + JH_IVSHMEM_COMMON_SIZE, &common);
	pci_read_config_dword(dev, at + JH_IVSHMEM_OUTPUT_SIZE, &output);
	pci_read_config_dword(dev, at + JH_IVSHMEM_ADDRESS, &low);
	pci_read_config_dword(dev, at + JH_IVSHMEM_ADDRESS + 4, &high);
	outputs = table + common;
	memory = devm_memremap(&dev->dev, (u64)high << 32 | low, outputs + 2 * output, MEMREMAP_WB);
	if (IS_ERR(memory))
		return PTR_ERR(memory);
	peer->id = readl(peer->registers + JH_LINK_ID);
	peer->states = memory;
	peer->own = memory + outputs + peer->id * output;
	peer->other = memory + outputs + !peer->id * output;
	peer->size = jh_stream_size(output);
	pci_write_config_byte(dev, at + JH_IVSHMEM_HEAD + 3, one_shot);
	return 0;
}

static int peer_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct peer *peer = devm_kzalloc(&dev->dev, sizeof(*peer), GFP_KERNEL);
	int code;

	if (!peer)
		return -ENOMEM;
	peer->dev = dev;
	peer->life = 0x8000 | get_random_u32() >> 17;
	pci_set_drvdata(dev, peer);
	code = pcim_enable_device(dev);
	if (!code)
		code = pcim_iomap_regions(dev, BIT(0), KBUILD_MODNAME);
	if (code)
		return code;
	peer->registers = pcim_iomap_table(dev)[0];
	code = map_memory(peer);
	if (code)
		return code;
	write_everything(peer);
	code = devm_request_threaded_irq(&dev->dev, dev->irq, peer_interrupt, peer_work, 0,
					 KBUILD_MODNAME, peer);
	if (code)
		return code;
	peer->peer_life = READ_ONCE(peer->states[!peer->id]) >> 16;
	put(peer, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	announce(peer);
	dev_info(&dev->dev, "side %u, memory seen\n", peer->id);
	return 0;
}

static void peer_remove(struct pci_dev *dev)
{
	struct peer *peer = pci_get_drvdata(dev);

	put(peer, JH_LINK_INT_CONTROL, 0);
	put(peer, JH_LINK_STATE, 0);
}

static const struct pci_device_id peer_ids[] = {
	{ PCI_DEVICE(0x110a, 0x4106) },
	{ }
};

static struct pci_driver peer_driver = {
	.name = KBUILD_MODNAME,
	.id_table = peer_ids,
	.probe = peer_probe,
	.remove = peer_remove,
};
module_pci_driver(peer_driver);

MODULE_DESCRIPTION("sends back what comes over ivshmem: for the tests of jh");
MODULE_LICENSE("GPL");
