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
#define BREAK_AGAIN	12	/* who names the target does not look again */
#define BREAK_LEAVE	13	/* a CPU that leaves tells nobody of what it leaves */
#define BREAK_NAMED	15	/* a CPU that leaves asks the target whether it is it */
#define BREAK_EARLY	14	/* a CPU that joins looks for interrupts before it is the target */

#define SENDS	3

/* --- a bell is heard --- */

byte sent;			/* in shared memory */
bit bell, control;		/* of the side that hears: one word */
bit pending;			/* its interrupt */
bit heard;			/* the driver's: bells that rang and were not read */

/* ring() of core/link.c, by a CPU of the other side */
inline deliver()
{
	bit deliver_was, deliver_enabled;

	if
	:: BREAK == BREAK_ORDER ->
		deliver_enabled = control;
		d_step { deliver_was = bell; bell = 1 }
	:: else ->
		d_step { deliver_was = bell; deliver_enabled = control; bell = 1 }
	fi;
	if
	:: !deliver_was && deliver_enabled -> pending = 1
	:: else
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
	byte taken, enables;
	bit was;

	/* Twice: as a driver may that wants to be sure. */
	do
	:: enables == 2 -> break
	:: else ->
		enables++;
		d_step { was = bell; control = 1 };
		if
		:: was && BREAK != BREAK_ENABLE -> pending = 1
		:: else
		fi
	od;
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
bit over;			/* of the cell: its life is over (not LINK_ALIVE), */
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
	bit was, was_enabled;

	do
	:: d_step { sent < SENDS -> sent++ };
		d_step { was = bell; was_enabled = control; bell = 1 };
		if
		:: !was && was_enabled -> raise()
		:: else
		fi
	:: sent == SENDS -> break
	od
}

/* A one-shot interrupt is enabled before each look, another one once. */
proctype driver()
{
	byte taken;
	bit once, was;

	do
	:: taken == SENDS -> break
	:: else ->
		if
		:: one_shot || !once ->
			once = 1;
			d_step { was = bell; control = 1; wanted++ };
			if
			:: was -> raise()
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

/* --- which CPU gets a virtual interrupt, while its cell's CPUs come and go: gic/vspi.c --- */

#if PART == 5
#define NONE	2
#define RAISES	2

bit on[2];			/* which CPUs run the guest */
byte target = NONE;		/* the first of them */
bit asked[2];			/* CPU_REQ_VIRQ */
bit lr[2];			/* in a list register */

/* choose_target() */
inline choose()
{
	bit choose_on0, choose_on1;

	do
	:: d_step { choose_on0 = on[0]; choose_on1 = on[1] };
		target = (choose_on0 -> 0 : (choose_on1 -> 1 : NONE));
		if
		:: BREAK == BREAK_AGAIN || (choose_on0 == on[0] && choose_on1 == on[1]) -> break
		:: else
		fi
	od
}

inline tell()
{
	byte tell_to;

	tell_to = target;
	if
	:: tell_to != NONE -> asked[tell_to] = 1
	:: else
	fi
}

/* vspi_sync() with is_mine(), vspi_deliver() */
inline sync(sync_named)
{
	bit sync_mine;

	if
	:: sync_named || BREAK == BREAK_NAMED -> sync_mine = target == me
	:: else -> sync_mine = on[me] && (me == 0 || !on[0])
	fi;
	if
	:: sync_mine ->
		d_step {
			if
			:: pending -> pending = 0; lr[me] = 1
			:: else
			fi
		}
	:: !sync_mine && lr[me] ->
		lr[me] = 0;
		pending = 1;
		tell()
	:: else
	fi
}

/* vspi_join(), vspi_leave() and, between them, what other CPUs ask for and the guest takes */
proctype cpu(bit me)
{
	byte turns;

	do
	:: turns < 2 && !on[me] ->
		turns++;
		on[me] = 1;
		if
		:: BREAK == BREAK_EARLY -> sync(0); choose()
		:: else -> choose(); sync(0)
		fi;
		asked[1 - me] = 1
	:: turns < 2 && on[me] ->
		turns++;
		on[me] = 0;
		choose();
		sync(0);
		if
		:: pending && BREAK != BREAK_LEAVE -> tell()
		:: else
		fi;
		asked[me] = 0;
		assert(!lr[me])
	:: atomic { on[me] && asked[me] -> asked[me] = 0 };
		sync(1)
	:: atomic { lr[me] -> lr[me] = 0 }
	:: timeout -> break
	od;
	/* Nothing moves any more. */
	assert(!pending || (!on[0] && !on[1]))
}

/* arch_virq_raise() */
proctype raiser()
{
	byte times;

	do
	:: times == RAISES -> break
	:: else ->
		times++;
		pending = 1;
		tell()
	od
}

init
{
	atomic {
		on[1] = 1;
		target = 1;
		run cpu(0);
		run cpu(1);
		run raiser()
	}
}
#endif
