/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Tracepoints, jh:* in /sys/kernel/tracing/events: for trace-cmd and perf.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM jh

#if !defined(DRIVER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define DRIVER_TRACE_H

#include <linux/tracepoint.h>

#include <jh/hypercall.h>
#include <jh/report.h>

#define JH_TRACE_CALLS								\
	{ JH_HC_CELL_CREATE, "create" }, { JH_HC_CELL_START, "start" },		\
	{ JH_HC_CELL_STOP, "stop" }, { JH_HC_CELL_DESTROY, "destroy" },		\
	{ JH_HC_CELL_GET_STATE, "get_state" }, { JH_HC_CELL_WRITE, "write" },	\
	{ JH_HC_CELL_SCRUB, "scrub" }, { JH_HC_CELL_MSG, "msg" },		\
	{ JH_HC_LOG_FLUSH, "log_flush" }, { JH_HC_CELL_LOADED, "loaded" },	\
	{ JH_HC_CELL_CLEAN, "clean" }, { JH_HC_CELL_SAMPLE, "sample" },		\
	{ JH_HC_CELL_LINK, "link" }, { JH_HC_CPU_TRACE, "trace" }

#define JH_TRACE_STATE(name, number, word) { number, word },

/* A management hypercall. @ticks of the counter, during which interrupts were off. */
TRACE_EVENT(jh_call,
	TP_PROTO(u64 code, u64 argument, long result, u64 ticks),
	TP_ARGS(code, argument, result, ticks),
	TP_STRUCT__entry(
		__field(u32, code)
		__field(u64, argument)
		__field(long, result)
		__field(u64, ticks)
	),
	TP_fast_assign(
		__entry->code = (u32)code;
		__entry->argument = argument;
		__entry->result = result;
		__entry->ticks = ticks;
	),
	TP_printk("call=%s argument=0x%llx result=%ld ticks=%llu",
		  __print_symbolic(__entry->code, JH_TRACE_CALLS), __entry->argument,
		  __entry->result, __entry->ticks)
);

/* A cell's new state (jh_report_shown()). Cause, address and pc come from its crash record. */
TRACE_EVENT(jh_cell,
	TP_PROTO(u32 id, u32 state, const struct jh_cell_report *cell),
	TP_ARGS(id, state, cell),
	TP_STRUCT__entry(
		__field(u32, id)
		__field(u32, state)
		__array(char, name, JH_NAME_LEN)
		__field(u32, cause)
		__field(u64, address)
		__field(u64, pc)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->state = state;
		memcpy(__entry->name, cell->name, JH_NAME_LEN);
		__entry->cause = state == JH_CELL_FAILED ? cell->crash.cause : JH_CRASH_NONE;
		__entry->address = state == JH_CELL_FAILED ? cell->crash.address : 0;
		__entry->pc = state == JH_CELL_FAILED ? cell->crash.pc : 0;
	),
	TP_printk("cell=%u name=%.*s state=%s cause=%u address=0x%llx pc=0x%llx", __entry->id,
		  JH_NAME_LEN, __entry->name,
		  __print_symbolic(__entry->state, JH_CELL_STATE_ROWS(JH_TRACE_STATE) { -1, "" }),
		  __entry->cause, __entry->address, __entry->pc)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
