/* SPDX-License-Identifier: Apache-2.0
 * catalogue learn --denials: the record, page by page; denials that are alike become one, and the most frequent come first. */
#include "ctl/learn_denials.h"
#include "ctl/catalogue.h"
#include "ctl/config.h"
#include "ctl/learn.h"
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>

enum { LAST = 10000, OUT_BYTES = 4 << 20, SHOWN = 100 };

struct denials {
	struct sg_ctl *ctl;
	struct sg_ctl quiet; /* the daemon's answers are not what --json prints here */
	struct sg_arena arena;
	struct sg_denial groups[SG_DENIALS_GROUPS];
	size_t count, looked;
	int64_t after, read, others;
};

/* ---- reading ---- */

static const char *
learnable(struct sg_str code)
{
#define X(name, what)                                                                                                  \
	if (sg_str_is(code, #name))                                                                                    \
		return #name;
	SG_DENIALS(X)
#undef X
	return NULL;
}

/* The id of a resource is no field of a leaf: the sealed request has it, as long as its day's key is there. */
static void
look(struct denials *d, const struct sg_json *leaf, struct sg_denial *denial)
{
	char id[64];
	struct sg_ctl_answer answer;
	struct sg_str tail = sg_json_text_at(sg_json_get(leaf, "body"), "tail");
	snprintf(id, sizeof(id), "d%lld-%.*s", (long long)sg_show_int(leaf, "n"), (int)(tail.len < 32 ? tail.len : 32), tail.ptr);
	if (d->looked++ >= SG_DENIALS_LOOKS)
		return;
	if (sg_ctl_ask(&d->quiet, SG_FACE_ADMIN, "GET", "/v1/decisions/%s", id, NULL, &answer) == SG_CTL_OK) {
		const struct sg_json *resource = sg_json_get(sg_json_get(sg_json_get(answer.json, "input"), "request"), "resource");
		denial->id = sg_arena_copy(&d->arena, sg_json_text_at(resource, "id"));
	}
	sg_ctl_answer_done(&answer);
}

static bool
alike(const struct sg_denial *a, const struct sg_denial *b)
{
	return a->code == b->code && sg_str_eq(a->agent, b->agent) && sg_str_eq(a->action, b->action) && sg_str_eq(a->intent, b->intent) &&
	       sg_str_eq(a->type, b->type) && sg_str_eq(a->id, b->id);
}

static struct sg_str
kept(struct denials *d, const struct sg_json *body, const char *name)
{
	return sg_arena_copy(&d->arena, sg_json_text_at(body, name));
}

static void
count(struct denials *d, const struct sg_denial *denial)
{
	for (size_t i = 0; i < d->count; i++)
		if (alike(&d->groups[i], denial)) {
			d->groups[i].count++;
			d->groups[i].last = denial->last;
			return;
		}
	if (d->count < SG_DENIALS_GROUPS)
		d->groups[d->count++] = *denial;
	else
		d->others++;
}

static void
take(struct denials *d, const struct sg_json *leaf)
{
	const struct sg_json *body = sg_json_get(leaf, "body");
	struct sg_denial one = {.code = learnable(sg_json_text_at(body, "code")), .count = 1};
	if (!sg_json_is(leaf, "kind", "decision") || one.code == NULL)
		return;
	one.first = one.last = sg_show_int(leaf, "n");
	one.agent = kept(d, body, "agent");
	one.action = kept(d, body, "action");
	if (strcmp(one.code, "outside_intent") == 0)
		one.intent = kept(d, body, "intent");
	if (strcmp(one.code, "unknown_resource") == 0) {
		one.action = (struct sg_str){NULL, 0};
		one.type = kept(d, body, "resource_type");
		look(d, leaf, &one);
	}
	count(d, &one);
}

/* One answer of the daemon. SG_CTL_OK; `*more` says whether there may be another. */
static int
page(struct denials *d, bool *more)
{
	char path[64];
	struct sg_ctl_answer answer;
	snprintf(path, sizeof(path), "/v1/events?after=%lld", (long long)d->after);
	int code = sg_ctl_ask(&d->quiet, SG_FACE_ADMIN, "GET", path, NULL, NULL, &answer);
	const struct sg_json *events = sg_json_get(answer.json, "events");
	int64_t next = sg_show_int(answer.json, "next");
	for (const struct sg_json *e = sg_json_first(events); e != NULL; e = sg_json_next(events, e))
		take(d, e);
	*more = code == SG_CTL_OK && next > d->after && !d->arena.overflow;
	d->read += next > d->after ? next - d->after : 0;
	d->after = next > d->after ? next : d->after;
	sg_ctl_answer_done(&answer);
	return code;
}

static int
begin(struct denials *d)
{
	struct sg_ctl_answer answer;
	const char *since = d->ctl->option[SG_CTL_OPTION_since];
	if (since != NULL)
		return sg_str_int(sg_str(since), 0, INT64_C(1) << 53, &d->after) ? SG_CTL_OK : sg_ctl_fail(d->ctl, SG_CTL_USAGE, "usage", "", "--since takes the number of a leaf");
	int code = sg_ctl_ask(&d->quiet, SG_FACE_ADMIN, "GET", "/v1/status", NULL, NULL, &answer);
	int64_t durable = sg_show_int(answer.json, "durable");
	d->after = durable > LAST ? durable - LAST : 0;
	sg_ctl_answer_done(&answer);
	return code;
}

/* ---- showing ---- */

static int
by_count(const void *a, const void *b)
{
	const struct sg_denial *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : (x->first > y->first) - (x->first < y->first);
}

static void
write_text(struct sg_buf *out, const struct sg_denial *g, struct sg_str proposal)
{
	sg_buf_printf(out, "# %lld times %s: ", (long long)g->count, g->code);
	sg_learn_comment(out, g->agent.len > 0 ? g->agent : SG_STR("somebody"), SHOWN);
	sg_buf_text(out, g->type.len > 0 ? " on " : " asked for ");
	sg_learn_comment(out, g->type.len > 0 ? g->type : g->action, SHOWN);
	sg_buf_text(out, g->type.len > 0 ? " " : "");
	sg_learn_comment(out, g->id, SHOWN);
	sg_buf_text(out, g->intent.len > 0 ? " under " : "");
	sg_learn_comment(out, g->intent, SHOWN);
	sg_buf_printf(out, " (leaves %lld to %lld)\n", (long long)g->first, (long long)g->last);
	if (proposal.len > 0)
		sg_buf_printf(out, "# %.*s\n", SG_STR_ARG(proposal));
	else
		sg_buf_text(out, "# (what it names cannot stand in a file as it is)\n");
}

static void
write_json(struct sg_buf *out, const struct sg_denial *g, struct sg_str proposal)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", g->action);
	sg_jw_member_str(&w, "agent", g->agent);
	sg_jw_member_text(&w, "code", g->code);
	sg_jw_member_int(&w, "count", g->count);
	sg_jw_member_int(&w, "first", g->first);
	sg_jw_member_str(&w, "intent", g->intent);
	sg_jw_member_int(&w, "last", g->last);
	sg_jw_member_str(&w, "proposal", proposal);
	sg_jw_member_str(&w, "resource_id", g->id);
	sg_jw_member_str(&w, "resource_type", g->type);
	sg_jw_end(&w);
}

static void
show(struct denials *d, const struct sg_json *document, struct sg_buf *out)
{
	bool json = d->ctl->json;
	sg_buf_text(out, json ? "{\"denials\":[" : "");
	for (size_t i = 0; i < d->count; i++) {
		struct sg_buf proposal;
		sg_buf_init(&proposal, 256 << 10);
		sg_denial_proposal(&proposal, &d->arena, &d->groups[i], document);
		sg_buf_text(out, json && i > 0 ? "," : "");
		(json ? write_json : write_text)(out, &d->groups[i], sg_buf_view(&proposal));
		sg_buf_done(&proposal);
	}
	if (json)
		sg_buf_printf(out, "],\"others\":%lld,\"until\":%lld}\n", (long long)d->others, (long long)d->after);
	sg_config_print(d->ctl, out);
	if (!json && d->count == 0)
		fprintf(stderr, "nothing was denied for want of a stanza in %lld leaves\n", (long long)d->read);
	if (!json && d->others > 0)
		fprintf(stderr, "%lld denials of other kinds are not shown\n", (long long)d->others);
}

static int
read_all(struct denials *d)
{
	int code = begin(d);
	for (bool more = true; code == SG_CTL_OK && more && d->read < SG_DENIALS_LEAVES;)
		code = page(d, &more);
	qsort(d->groups, d->count, sizeof(d->groups[0]), by_count);
	return code;
}

int
sg_learn_denials(struct sg_ctl *ctl)
{
	struct sg_config config;
	struct sg_ctl_answer answer;
	struct sg_buf out;
	struct denials *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "memory", "", "there is no memory");
	d->ctl = ctl;
	d->quiet = *ctl;
	d->quiet.json = false;
	sg_arena_init(&d->arena, 64 << 20);
	sg_buf_init(&out, OUT_BYTES);
	int code = read_all(d);
	if (code == SG_CTL_OK) {
		code = sg_catalogue_load(ctl, true, &config, &answer);
		if (code == SG_CTL_OK)
			show(d, config.document, &out);
		sg_catalogue_done(&config, &answer);
	}
	sg_buf_done(&out);
	sg_arena_done(&d->arena);
	free(d);
	return code;
}
