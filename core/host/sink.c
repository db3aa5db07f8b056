/* SPDX-License-Identifier: Apache-2.0
 * Batches of leaves, and the cursor that survives this process. */
#include "host/sink.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"

#include <stepgate/audit.h>

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { LEAF_BUDGET = 8 << 20 };

static bool
owes_cursor(const struct sg_sink *sink)
{
	return sink->safe.number != (sink->cursor.count > 0 ? sink->cursor.places[0].number : 0);
}

static enum sg_status
write_cursor(struct sg_sink *sink, struct sg_err *err)
{
	sink->stored_at = sink->instance->host.now(&sink->instance->host);
	if (!owes_cursor(sink))
		return SG_OK;
	return sg_cursor_write(&sink->cursor, sink->folder, &sink->safe, err);
}

static void
say_turned(const struct sg_sink *sink)
{
	char line[256];
	int len = snprintf(line, sizeof(line), "stepgate host %.95s: the journal is not the one that was carried behind leaf %" PRIu64 ": from there on it is carried again\n", sink->instance->stanza, sink->safe.number);
	sg_log_line(line, (size_t)len);
}

enum sg_status
sg_sink_open(struct sg_sink *sink, struct sg_instance *instance, int journal, int folder, struct sg_err *err)
{
	*sink = (struct sg_sink){.instance = instance, .folder = folder, .tail = {.fd = -1}};
	enum sg_status status = sg_cursor_read(&sink->cursor, folder, err);
	if (status != SG_OK)
		return status;
	bool turned = sg_cursor_follow(&sink->cursor, journal);
	sink->safe = sink->cursor.count > 0 ? sink->cursor.places[0] : (struct sg_cursor_place){.number = 0};
	sink->written = sink->durable = sink->safe.number;
	if (turned)
		say_turned(sink);
	return sg_tail_open(&sink->tail, journal, sink->safe.number, err);
}

void
sg_sink_done(struct sg_sink *sink)
{
	sg_tail_done(&sink->tail);
}

/* ---- leaves ---- */

static sg_time
deadline(const struct sg_sink *sink)
{
	return sink->instance->host.now(&sink->instance->host) + sink->instance->call_limit;
}

static enum sg_status
end_call(struct sg_sink *sink, enum sg_status status, const struct sg_err *why, struct sg_err *err)
{
	if (!sg_instance_end(sink->instance) && status == SG_OK)
		return sg_fail(err, SG_NOMEM, "module_memory", "the module wants more memory than it may have");
	if (status != SG_OK)
		sg_module_err(err, why, status);
	return status == SG_OK ? SG_OK : err->status;
}

static enum sg_status
hand_over(struct sg_sink *sink, const struct sg_record *record, uint64_t missing, struct sg_err *err)
{
	struct sg_err why = {0};
	struct sg_audit_in in = {.size = sizeof(in), .deadline = deadline(sink), .number = record->number, .missing = missing, .leaf = record->leaf};
	memcpy(in.chain, record->chain, sizeof(in.chain));
	sink->gaps += missing;
	sg_instance_begin(sink->instance);
	enum sg_status status = end_call(sink, sink->instance->module->audit->write(sink->instance->state, &in, &why), &why, err);
	if (status != SG_OK)
		return status;
	sink->written = record->number;
	sink->last = (struct sg_cursor_place){.number = record->number, .chained = true};
	memcpy(sink->last.chain, record->chain, SG_CHAIN_BYTES);
	if (sink->mark.number <= sink->durable)
		sink->mark = sink->last;
	return SG_OK;
}

/* Of what is safe, the last leaf whose chain is known here: the one that was handed over last, or one that was marked on the way. */
static void
take_durable(struct sg_sink *sink, uint64_t durable)
{
	if (durable <= sink->durable)
		return;
	sink->durable = durable;
	if (durable == sink->last.number)
		sink->safe = sink->last;
	else if (sink->mark.number > sink->safe.number && sink->mark.number <= durable)
		sink->safe = sink->mark;
}

static enum sg_status
flush(struct sg_sink *sink, struct sg_err *err)
{
	struct sg_err why = {0};
	struct sg_audit_in in = {.size = sizeof(in), .deadline = deadline(sink), .number = sink->written};
	struct sg_audit_out out = {.size = sizeof(out)};
	sg_instance_begin(sink->instance);
	enum sg_status status = end_call(sink, sink->instance->module->audit->flush(sink->instance->state, &in, &out, &why), &why, err);
	if (status == SG_OK && out.durable > sink->written)
		return sg_fail(err, SG_BUG, "module_durable", "the module says that leaf %" PRIu64 " is safe, and was given %" PRIu64,
			       out.durable, sink->written);
	if (status == SG_OK)
		take_durable(sink, out.durable);
	return status;
}

static enum sg_status
one_leaf(struct sg_sink *sink, struct sg_err *err)
{
	struct sg_arena arena;
	struct sg_record record;
	uint64_t missing = 0;
	sg_arena_init(&arena, LEAF_BUDGET);
	enum sg_status status = sg_tail_next(&sink->tail, sink->target, sink->segment, &arena, &record, &missing, err);
	if (status == SG_OK)
		status = hand_over(sink, &record, missing, err);
	sg_arena_done(&arena);
	return status;
}

enum sg_status
sg_sink_batch(struct sg_sink *sink, bool *more, struct sg_err *err)
{
	enum sg_status status = SG_OK;
	for (int i = 0; i < SG_SINK_BATCH && status == SG_OK; i++)
		status = one_leaf(sink, err);
	*more = status == SG_OK;
	if (status == SG_AGAIN)
		status = SG_OK;
	if (status == SG_OK)
		status = flush(sink, err);
	sg_time now = sink->instance->host.now(&sink->instance->host);
	if (status == SG_OK && owes_cursor(sink) && now - sink->stored_at >= SG_SINK_CURSOR_MS * SG_MSEC)
		status = write_cursor(sink, err);
	return status;
}

/* ---- the gate ---- */

static enum sg_status
take_target(struct sg_sink *sink, struct sg_str payload, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	int64_t durable = 0, segment = 0;
	sg_arena_init(&arena, 64 << 10);
	bool good = sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK && sg_json_int(sg_json_get(json, "durable"), &durable) &&
		    sg_json_int(sg_json_get(json, "segment"), &segment) && durable >= 0 && segment >= 0;
	sg_arena_done(&arena);
	if (!good)
		return sg_fail(err, SG_MALFORMED, "call_malformed", "a tail names durable and segment");
	sink->target = (uint64_t)durable;
	sink->segment = (uint64_t)segment;
	return SG_OK;
}

static enum sg_status
tell_cursor(const struct sg_sink *sink, struct sg_link *link, struct sg_err *err)
{
	char text[96];
	int len = snprintf(text, sizeof(text), "{\"durable\":%" PRIu64 ",\"gaps\":%" PRIu64 "}", sink->durable, sink->gaps);
	enum sg_status status = sg_link_queue(link, SG_FRAME_H_CURSOR, 0, (struct sg_str){text, (size_t)len}, -1, err);
	return status == SG_OK ? sg_link_flush(link, err) : status;
}

/* Everything the gate has said so far; the last word counts. */
static enum sg_status
hear(struct sg_sink *sink, struct sg_link *link, struct sg_err *err)
{
	struct sg_frame frame;
	enum sg_status status = sg_link_fill(link, err);
	while (status == SG_OK && (status = sg_link_next(link, &frame, err)) == SG_OK)
		status = frame.type == SG_FRAME_H_TAIL ? take_target(sink, frame.payload, err)
						      : sg_fail(err, SG_MALFORMED, "call_verb", "a sink is not called");
	return status == SG_AGAIN ? SG_OK : status;
}

static bool
waiting(const struct sg_link *link, int patience_ms)
{
	struct pollfd ready = {.fd = link->fd, .events = POLLIN};
	return poll(&ready, 1, patience_ms) != 0;
}

/* How long to sleep: not while there is more; a moment while the module owes its word that all is safe; until the cursor should be stored. */
static int
patience(const struct sg_sink *sink, bool more)
{
	if (more)
		return 0;
	if (sink->written != sink->durable)
		return SG_SINK_FLUSH_MS;
	return owes_cursor(sink) ? SG_SINK_CURSOR_MS : -1;
}

static enum sg_status
carry(struct sg_sink *sink, struct sg_link *link, bool *more, struct sg_err *err)
{
	uint64_t before = sink->durable;
	enum sg_status status = sg_sink_batch(sink, more, err);
	return status == SG_OK && sink->durable != before ? tell_cursor(sink, link, err) : status;
}

enum sg_status
sg_sink_serve(struct sg_sink *sink, struct sg_link *link, struct sg_err *err)
{
	bool more = false;
	enum sg_status status = SG_OK;
	while (status == SG_OK) {
		bool heard = waiting(link, patience(sink, more));
		if (heard)
			status = hear(sink, link, err);
		if (status == SG_OK && (heard || more || sink->written != sink->durable))
			status = carry(sink, link, &more, err);
		else if (status == SG_OK)
			status = write_cursor(sink, err);
	}
	if (owes_cursor(sink))
		write_cursor(sink, &(struct sg_err){0}); /* a last word; without it some leaves come twice */
	return status;
}
