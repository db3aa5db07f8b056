/* SPDX-License-Identifier: Apache-2.0
 * Batches of leaves, and the cursor that survives this process. */
#include "host/sink.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

#include <stepgate/audit.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAF_BUDGET = 8 << 20, CURSOR_MAX = 64 };

/* ---- the cursor ---- */

static const char cursor_name[] = "cursor", cursor_new[] = ".cursor.new";

static enum sg_status
read_cursor(int folder, uint64_t *cursor, struct sg_err *err)
{
	char text[CURSOR_MAX + 1];
	int64_t number = 0;
	int fd = openat(folder, cursor_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*cursor = 0;
	if (fd < 0 && errno == ENOENT)
		return SG_OK;
	ssize_t got = fd < 0 ? -1 : read(fd, text, CURSOR_MAX);
	if (fd >= 0)
		close(fd);
	if (got < 2 || text[got - 1] != '\n' || !sg_str_int((struct sg_str){text, (size_t)got - 1}, 0, INT64_MAX, &number))
		return sg_fail(err, SG_MALFORMED, "sink_cursor", "the cursor is no number; remove it to send everything again");
	*cursor = (uint64_t)number;
	return SG_OK;
}

static enum sg_status
write_cursor(struct sg_sink *sink, struct sg_err *err)
{
	char text[CURSOR_MAX];
	int len = snprintf(text, sizeof(text), "%" PRIu64 "\n", sink->durable);
	int fd = openat(sink->folder, cursor_new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && sg_write_whole(fd, (struct sg_str){text, (size_t)len}) && fdatasync(fd) == 0;
	if (fd >= 0)
		close(fd);
	good = good && renameat(sink->folder, cursor_new, sink->folder, cursor_name) == 0 && fsync(sink->folder) == 0;
	if (!good)
		return sg_fail(err, SG_UNAVAILABLE, "sink_cursor", "the cursor cannot be written: %s", strerror(errno));
	sink->stored = sink->durable;
	sink->stored_at = sink->instance->host.now(&sink->instance->host);
	return SG_OK;
}

enum sg_status
sg_sink_open(struct sg_sink *sink, struct sg_instance *instance, int journal, int folder, struct sg_err *err)
{
	*sink = (struct sg_sink){.instance = instance, .folder = folder, .tail = {.fd = -1}};
	enum sg_status status = read_cursor(folder, &sink->stored, err);
	sink->written = sink->durable = sink->stored;
	return status == SG_OK ? sg_tail_open(&sink->tail, journal, sink->stored, err) : status;
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
	if (status == SG_OK)
		sink->written = record->number;
	return status;
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
	if (status == SG_OK && out.durable > sink->durable)
		sink->durable = out.durable;
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
	if (status == SG_OK && sink->durable != sink->stored && now - sink->stored_at >= SG_SINK_CURSOR_MS * SG_MSEC)
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
	return sink->stored != sink->durable ? SG_SINK_CURSOR_MS : -1;
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
	if (sink->stored != sink->durable)
		write_cursor(sink, &(struct sg_err){0}); /* a last word; without it some leaves come twice */
	return status;
}
