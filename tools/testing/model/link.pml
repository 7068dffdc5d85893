/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The bells and the words of a link, in every order of single accesses: hypervisor/core/link.c with
 * the driver's side on top (driver/link.c). Each access to shared memory is a step of its own; all
 * that the C sources do with RCsc or stronger accesses, so that there is one order of them.
 *
 * tools/testing/model/model runs it, as it is and with each of the mistakes that BREAK names: then an
 * assertion has to fail, or somebody sleeps for ever.
 */
#ifndef BREAK
#define BREAK 0
#endif
#define BREAK_ENABLE	1	/* who enables the interrupt does not look for bells */
#define BREAK_ORDER	2	/* who rings asks for the interrupt's enable bit first */
#define BREAK_CLEAR	3	/* bells are read and cleared in two accesses */
#define BREAK_WAIT	4	/* who takes a side away waits for nobody */
#define BREAK_OVER	5	/* the word is not checked again once it is written */
#define BREAK_TELL	6	/* the end of a side rings no bell */
#define BREAK_PEER	7	/* the driver looks at the other side before it reads the bells */
#define BREAK_SLEEP	8	/* the driver's reader sleeps without another look */
#define BREAK_AFTER	9	/* a device's bells are cleared after its interrupt was raised */
#define BREAK_LATE	10	/* a one-shot interrupt disables the next one after it was raised */
#define BREAK_TWICE	11	/* of those who raise a one-shot interrupt none is the one */

#define SENDS	3

/* --- a bell is heard --- */

byte sent;			/* in shared memory */
bit bell, control, pending;	/* of the side that hears */
bit heard;			/* the driver's: bells that rang and were not read */

/* deliver() of core/link.c, by whoever rings */
inline deliver()
{
	bit deliver_was, deliver_enabled;

	if
	:: BREAK == BREAK_ORDER -> deliver_enabled = control
	:: else
	fi;
	d_step { deliver_was = bell; bell = 1 };
	if
	:: deliver_was -> skip
	:: else ->
		if
		:: BREAK == BREAK_ORDER -> skip
		:: else -> deliver_enabled = control
		fi;
		if
		:: deliver_enabled -> pending = 1
		:: else
		fi
	fi
}

#if PART == 1
proctype sender()
{
	do
	:: sent < SENDS -> sent++; deliver()
	:: else -> break
	od
}

/* The interrupt, at any moment while there is one. */
bit done;

proctype interrupt()
{
	bit got;

	do
	:: done -> break
	:: atomic { pending && !done -> pending = 0 };
		if
		:: BREAK == BREAK_CLEAR -> got = bell; bell = 0
		:: else -> d_step { got = bell; bell = 0 }
		fi;
		if
		:: got -> heard = 1
		:: else
		fi
	od
}

/* A program: it takes what is there, and sleeps until a bell is heard when nothing is. */
proctype hearer()
{
	byte taken;

	control = 1;
	if
	:: BREAK == BREAK_ENABLE -> skip
	:: else ->
		if
		:: bell -> pending = 1
		:: else
		fi
	fi;
	do
	:: taken == SENDS -> break
	:: else ->
		if
		:: taken < sent -> taken++
		:: else ->
			if
			:: BREAK == BREAK_SLEEP && heard -> heard = 0; heard
			:: else -> heard
			fi;
			heard = 0
		fi
	od;
	done = 1
}

init { atomic { run sender(); run interrupt(); run hearer() } }
#endif

/* --- a side is taken away: nobody uses it any more --- */

#if PART == 2
bit peer = 1, freed;
byte steps[2];

/* ring() of core/link.c, on two CPUs of the other side */
proctype ringer(bit me)
{
	bit other;
	byte times;

	do
	:: times == 2 -> break
	:: else ->
		times++;
		steps[me]++;
		other = peer;
		if
		:: other ->
			assert(!freed);		/* its state */
			assert(!freed)		/* its bells */
		:: else
		fi;
		steps[me]++
	od
}

/* link_revert(), await_ringing() */
proctype taker()
{
	byte cpu, now;

	peer = 0;
	do
	:: cpu == 2 || BREAK == BREAK_WAIT -> break
	:: else ->
		now = steps[cpu];
		if
		:: now % 2 -> steps[cpu] != now
		:: else
		fi;
		cpu++
	od;
	freed = 1
}

init { atomic { run ringer(0); run ringer(1); run taker() } }
#endif

/* --- the word of a side that ends, and what the driver makes of it --- */

#if PART == 3
bit over;			/* of the cell: its life is over, */
bit word, report;		/* its word in memory, and as root reads it */
bit was_there, known;		/* of the driver: was the other side there, is it */
byte rings;			/* of two, how many are over */

inline ring_state()
{
	bit deliver_was;

	d_step { deliver_was = bell; bell = 1 };
	if
	:: deliver_was -> skip
	:: else -> pending = 1
	fi
}

/* set_state() on one CPU of the cell */
proctype says()
{
	if
	:: over -> skip
	:: else ->
		report = 1;
		word = 1;
		if
		:: BREAK == BREAK_OVER -> skip
		:: over -> report = 0; word = 0
		:: else
		fi;
		ring_state()
	fi;
	rings++
}

/* link_ended() on another one */
proctype ends()
{
	over = 1;
	report = 0;
	word = 0;
	if
	:: BREAK == BREAK_TELL -> skip
	:: else -> ring_state()
	fi;
	rings++
}

/* look_at_peer(), under its lock */
inline look()
{
	d_step { known = now; was_there = was_there || now }
}

/* link_interrupt(): hear() */
proctype interrupt()
{
	bit now;

	do
	:: atomic { pending -> pending = 0 };
		if
		:: BREAK == BREAK_PEER -> now = report; look(); bell = 0
		:: else -> bell = 0; now = report; look()
		fi
	:: timeout -> break
	od;
	/* Nothing moves any more: the end is what everybody sees. */
	assert(rings == 2);
	assert(!word && !report);
	assert(!known)
}

init { atomic { run says(); run ends(); run interrupt() } }
#endif

/* --- a side that is a PCI device, whose driver reads no bells: core/ivshmem.c --- */

#if PART == 4
bit one_shot;
byte raised, wanted;		/* interrupts, and how often the driver has enabled one */

/* ivshmem_raise(), by whoever rings or enables */
inline raise()
{
	bit raise_mine;

	if
	:: !one_shot || BREAK == BREAK_LATE || BREAK == BREAK_TWICE -> raise_mine = 1
	:: else -> d_step { raise_mine = control; control = 0 }
	fi;
	if
	:: one_shot && BREAK == BREAK_TWICE -> control = 0
	:: else
	fi;
	if
	:: raise_mine ->
		if
		:: BREAK == BREAK_AFTER -> pending = 1; bell = 0
		:: else -> bell = 0; d_step { pending = 1; raised++ }
		fi;
		if
		:: one_shot && BREAK == BREAK_LATE -> control = 0
		:: else
		fi
	:: else
	fi
}

/* A CPU of the other side */
proctype sender()
{
	bit was;

	do
	:: d_step { sent < SENDS -> sent++ };
		d_step { was = bell; bell = 1 };
		if
		:: was -> skip
		:: else ->
			if
			:: control -> raise()
			:: else
			fi
		fi
	:: sent == SENDS -> break
	od
}

/* A one-shot interrupt is enabled before each look, another one once. */
proctype driver()
{
	byte taken;
	bit once;

	do
	:: taken == SENDS -> break
	:: else ->
		if
		:: one_shot || !once ->
			once = 1;
			d_step { control = 1; wanted++ };
			if
			:: bell -> raise()
			:: else
			fi
		:: else
		fi;
		if
		:: taken < sent -> taken++
		:: else -> atomic { pending -> pending = 0 }
		fi
	od;
	assert(!one_shot || raised <= wanted)
}

init
{
	atomic {
		if
		:: one_shot = 0
		:: one_shot = 1
		fi;
		run sender();
		run sender();
		run driver()
	}
}
#endif
