/* SPDX-License-Identifier: Apache-2.0
 * Audit sinks as the gate sees them: how far each may carry, how far each is, and whether one that must not lag does. */
#include "gate/loop/loop.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>

static struct sg_child *
sink_host(struct sg_loop *loop, const struct sg_sink_bound *sink)
{
	struct sg_child *host = sg_host_named(loop, "audit.", sg_str(sink->name));
	return host != NULL && host->entered ? host : NULL;
}

static void
read_sink(struct sg_sink_bound *sink, const struct sg_json *stanza)
{
	snprintf(sink->name, sizeof(sink->name), "%.*s", SG_STR_ARG(stanza->name));
	sink->required = true; /* a stanza that cannot be read must not lag */
	sg_json_bool(sg_json_get(stanza, "required"), &sink->required);
	sg_json_int(sg_json_get(stanza, "lag_leaves"), &sink->leaves);
	sg_json_int(sg_json_get(stanza, "lag_time"), &sink->ms);
}

/* Keeps what was noted of a sink that stays. */
static void
read_sinks(struct sg_loop *loop)
{
	struct sg_sink_bound old[SG_SINKS_MAX];
	size_t before = loop->sink_count;
	if (strcmp(loop->sinks_config, loop->gate->catalogue->digest) == 0)
		return;
	memcpy(old, loop->sinks, sizeof(old));
	memset(loop->sinks, 0, sizeof(loop->sinks));
	loop->sink_count = 0;
	const struct sg_json *stanzas = sg_json_get(loop->gate->catalogue->document, "audit");
	for (const struct sg_json *m = sg_json_first(stanzas); m != NULL && loop->sink_count < SG_SINKS_MAX; m = sg_json_next(stanzas, m)) {
		struct sg_sink_bound *sink = &loop->sinks[loop->sink_count++];
		read_sink(sink, m);
		for (size_t i = 0; i < before; i++)
			if (strcmp(old[i].name, sink->name) == 0) {
				sink->mark = old[i].mark;
				sink->durable = old[i].durable;
				sink->mark_at = old[i].mark_at;
			}
	}
	snprintf(loop->sinks_config, sizeof(loop->sinks_config), "%s", loop->gate->catalogue->digest);
}

static void
tell_target(struct sg_loop *loop, struct sg_child *host)
{
	char text[96];
	const struct sg_journal *journal = &loop->gate->journal;
	if (host->told == journal->durable)
		return;
	int len = snprintf(text, sizeof(text), "{\"durable\":%" PRIu64 ",\"segment\":%" PRIu64 "}", journal->durable, journal->segment);
	if (sg_link_queue(&host->link, SG_FRAME_H_TAIL, 0, (struct sg_str){text, (size_t)len}, -1, NULL) != SG_OK)
		return;
	if (host->told == host->durable)
		host->progress_at = loop->sys->boot_time(loop->sys); /* the clock of this batch begins */
	host->told = journal->durable;
}

/* The mark is a leaf that was durable here at `mark_at` and is not safe there: the sink is behind for that long at least. */
static bool
lags(struct sg_loop *loop, struct sg_sink_bound *sink)
{
	uint64_t durable = loop->gate->journal.durable;
	const struct sg_child *host = sink_host(loop, sink);
	sg_time now = loop->sys->boot_time(loop->sys);
	if (host != NULL && host->durable >= durable) {
		sink->durable = host->durable;
		sink->mark = 0;
		return false;
	}
	if (sink->mark == 0 || (host != NULL && host->durable >= sink->mark)) {
		sink->mark = durable;
		sink->mark_at = now;
	}
	if (host != NULL)
		sink->durable = host->durable; /* of one that is away the last word counts */
	return durable - sink->durable > (uint64_t)sink->leaves || now - sink->mark_at > sink->ms * SG_MSEC;
}

void
sg_sinks_turn(struct sg_loop *loop)
{
	const struct sg_json *stanzas = sg_json_get(loop->gate->catalogue->document, "audit");
	read_sinks(loop);
	uint64_t have = stanzas != NULL && stanzas->count > loop->sink_count ? 0 : UINT64_MAX;
	bool late = have == 0; /* one that is not watched counts as one that lags */
	for (size_t i = 0; i < loop->sink_count; i++) {
		struct sg_child *host = sink_host(loop, &loop->sinks[i]);
		if (host != NULL)
			tell_target(loop, host);
		bool behind = lags(loop, &loop->sinks[i]);
		late |= behind && loop->sinks[i].required;
		have = loop->sinks[i].durable < have ? loop->sinks[i].durable : have;
	}
	loop->gate->audit_lags = late;
	loop->gate->sinks_have = have;
}

bool
sg_sink_told(struct sg_loop *loop, struct sg_child *host, const struct sg_json *json)
{
	int64_t durable = 0, gaps = 0;
	if (!sg_json_int(sg_json_get(json, "durable"), &durable) || durable < 0 || (uint64_t)durable > loop->gate->journal.durable) {
		snprintf(host->why, sizeof(host->why), "sink_ahead: its cursor stands behind the end of the journal: remove state_dir/audit/NAME/cursor if the journal is another");
		return false; /* nobody is ahead of the journal */
	}
	sg_json_int(sg_json_get(json, "gaps"), &gaps);
	if ((uint64_t)durable > host->durable) {
		host->durable = (uint64_t)durable;
		host->failures = 0;
	}
	host->gaps = (uint64_t)gaps;
	host->progress_at = loop->sys->boot_time(loop->sys);
	return true;
}

bool
sg_sink_is_late(const struct sg_child *host, sg_time now)
{
	return host->told > host->durable && now - host->progress_at > SG_SINK_PROGRESS_S * SG_SEC;
}
