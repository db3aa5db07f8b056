/* SPDX-License-Identifier: Apache-2.0
 * Leaves in the schemas of others. */
#include "ctl/export.h"

#include "base/canon.h"
#include "base/hidden.h"
#include "base/str.h"
#include "ctl/show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const struct sg_export_verdict *
sg_export_verdict(const struct sg_json *leaf)
{
	static const struct sg_export_verdict rows[] = {
		{"allow", 1, 1, 1, "allowed", "success", 2},
		{"deny", 2, 2, 2, "denied", "failure", 6},
		{"step_up", 2, 14, 99, "info", "unknown", 5}, /* it waits for a person */
		{"defer", 2, 14, 99, "info", "unknown", 4},
		{"", 0, 0, 0, "info", "unknown", 3},
	};
	struct sg_str verdict = sg_json_text_at(sg_json_get(leaf, "body"), "verdict");
	size_t i = 0;
	while (i + 1 < sizeof(rows) / sizeof(rows[0]) && !sg_str_is(verdict, rows[i].verdict))
		i++;
	return &rows[i];
}

void
sg_export_decision(char out[64], const struct sg_json *leaf)
{
	struct sg_str tail = sg_json_text_at(sg_json_get(leaf, "body"), "tail");
	out[0] = '\0';
	if (sg_str_is(sg_json_text_at(leaf, "kind"), "decision"))
		snprintf(out, 64, "d%lld-%.*s", (long long)sg_show_int(leaf, "n"), (int)(tail.len < 16 ? tail.len : 16), tail.ptr);
}

void
sg_export_jsonl(struct sg_buf *out, const struct sg_json *leaf)
{
	sg_canon_write(out, leaf);
}

static bool
is_decision(const struct sg_json *leaf)
{
	return sg_str_is(sg_json_text_at(leaf, "kind"), "decision");
}

/* Members in byte order: sg_jw writes canonical JSON. A text that is not there makes no member. */
static void
text(struct sg_json_writer *w, const char *name, struct sg_str value)
{
	if (value.len == 0)
		return;
	sg_jw_name_text(w, name);
	sg_jw_str(w, value);
}

/* ---- OCSF ---- */

static void
ocsf_metadata(struct sg_json_writer *w, const struct sg_json *leaf, const char *decision)
{
	char uid[64];
	snprintf(uid, sizeof(uid), "leaf-%lld", (long long)sg_show_int(leaf, "n"));
	sg_jw_name(w, "metadata");
	sg_jw_object(w);
	text(w, "correlation_uid", sg_str(decision));
	sg_jw_name(w, "product");
	sg_jw_object(w);
	sg_jw_member_text(w, "name", "Stepgate");
	sg_jw_member_text(w, "vendor_name", "Stepgate");
	sg_jw_member_text(w, "version", SG_VERSION);
	sg_jw_end(w);
	sg_jw_name(w, "profiles");
	sg_jw_array(w);
	if (decision[0] != '\0')
		sg_jw_text(w, "security_control");
	sg_jw_end(w);
	sg_jw_member_int(w, "sequence", sg_show_int(leaf, "n"));
	sg_jw_member_text(w, "uid", uid);
	sg_jw_member_text(w, "version", "1.4.0");
	sg_jw_end(w);
}

static void
ocsf_who(struct sg_json_writer *w, const char *name, const char *within, struct sg_str agent)
{
	sg_jw_name_text(w, name);
	sg_jw_object(w);
	if (within != NULL) {
		sg_jw_name_text(w, within);
		sg_jw_object(w);
	}
	sg_jw_member_str(w, "name", agent.len > 0 ? agent : SG_STR("unknown"));
	if (within != NULL)
		sg_jw_end(w);
	sg_jw_end(w);
}

static void
ocsf_policy(struct sg_json_writer *w, const struct sg_json *body)
{
	if (sg_json_text_at(body, "rule").len == 0)
		return;
	sg_jw_name(w, "policy");
	sg_jw_object(w);
	sg_jw_member_bool(w, "is_applied", true);
	text(w, "name", sg_json_text_at(body, "rule"));
	sg_jw_end(w);
}

void
sg_export_ocsf(struct sg_buf *out, const struct sg_json *leaf)
{
	const struct sg_export_verdict *v = sg_export_verdict(leaf);
	const struct sg_json *body = sg_json_get(leaf, "body");
	struct sg_str agent = sg_json_text_at(body, "agent");
	bool decision = is_decision(leaf);
	struct sg_json_writer w;
	char id[64];
	sg_export_decision(id, leaf);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	if (decision)
		sg_jw_member_int(&w, "action_id", v->ocsf_action);
	sg_jw_member_int(&w, "activity_id", 99);
	sg_jw_member_text(&w, "activity_name", decision ? "Decide" : "Record");
	if (decision || agent.len > 0)
		ocsf_who(&w, "actor", "user", agent);
	if (decision) {
		sg_jw_name(&w, "api");
		sg_jw_object(&w);
		sg_jw_member_str(&w, "operation", sg_json_text_at(body, "action"));
		sg_jw_end(&w);
	}
	sg_jw_member_int(&w, "category_uid", decision ? 6 : 0);
	sg_jw_member_int(&w, "class_uid", decision ? 6003 : 0);
	if (decision)
		sg_jw_member_int(&w, "disposition_id", v->ocsf_disposition);
	sg_jw_member_str(&w, "message", decision ? sg_json_text_at(body, "code") : sg_json_text_at(leaf, "kind"));
	ocsf_metadata(&w, leaf, id);
	if (decision)
		ocsf_policy(&w, body);
	sg_jw_member_int(&w, "severity_id", 1);
	if (decision) {
		ocsf_who(&w, "src_endpoint", NULL, sg_json_text_at(body, "instance"));
		text(&w, "status_code", sg_json_text_at(body, "code"));
		sg_jw_member_int(&w, "status_id", v->ocsf_status);
	}
	sg_jw_member_int(&w, "time", sg_show_int(leaf, "at"));
	sg_jw_member_int(&w, "type_uid", decision ? 600399 : 99);
	sg_jw_name(&w, "unmapped");
	sg_jw_object(&w);
	sg_jw_name(&w, "leaf");
	sg_jw_value(&w, leaf);
	sg_jw_end(&w);
	sg_jw_end(&w);
}

/* ---- ECS ---- */

static void
ecs_event(struct sg_json_writer *w, const struct sg_json *leaf)
{
	const struct sg_export_verdict *v = sg_export_verdict(leaf);
	const struct sg_json *body = sg_json_get(leaf, "body");
	struct sg_str action = sg_json_text_at(body, "action");
	char id[64];
	sg_export_decision(id, leaf);
	sg_jw_name(w, "event");
	sg_jw_object(w);
	sg_jw_member_str(w, "action", action.len > 0 ? action : sg_json_text_at(leaf, "kind"));
	sg_jw_name(w, "category");
	sg_jw_array(w);
	sg_jw_text(w, is_decision(leaf) ? "api" : "iam");
	sg_jw_end(w);
	text(w, "code", sg_json_text_at(body, "code"));
	text(w, "id", sg_str(id));
	sg_jw_member_text(w, "kind", "event");
	sg_jw_member_text(w, "module", "stepgate");
	sg_jw_member_text(w, "outcome", v->ecs_outcome);
	sg_jw_member_int(w, "sequence", sg_show_int(leaf, "n"));
	sg_jw_name(w, "type");
	sg_jw_array(w);
	sg_jw_text(w, v->ecs_type);
	sg_jw_end(w);
	sg_jw_end(w);
}

static void
one_member(struct sg_json_writer *w, const char *name, const char *member, struct sg_str value)
{
	if (value.len == 0)
		return;
	sg_jw_name_text(w, name);
	sg_jw_object(w);
	text(w, member, value);
	sg_jw_end(w);
}

void
sg_export_ecs(struct sg_buf *out, const struct sg_json *leaf)
{
	const struct sg_json *body = sg_json_get(leaf, "body");
	int64_t at = sg_show_int(leaf, "at");
	time_t seconds = (time_t)(at / 1000);
	char day[32], when[64];
	struct tm tm;
	struct sg_json_writer w;
	gmtime_r(&seconds, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(when, sizeof(when), "%s.%03dZ", day, (int)(at % 1000));
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name_text(&w, "@timestamp");
	sg_jw_text(&w, when);
	one_member(&w, "ecs", "version", SG_STR("8.11.0"));
	ecs_event(&w, leaf);
	one_member(&w, "rule", "name", sg_json_text_at(body, "rule"));
	sg_jw_name(&w, "stepgate");
	sg_jw_object(&w);
	sg_jw_name(&w, "leaf");
	sg_jw_value(&w, leaf);
	sg_jw_end(&w);
	one_member(&w, "user", "name", sg_json_text_at(body, "agent"));
	sg_jw_end(&w);
}

/* ---- CEF ---- */

/* In the header '|' and '\' mean something, in an extension '=' and '\'; both end with the line. What nobody would see, or would take for the end of one, is spelled
 * out with a backslash that means itself; the ends of lines are what a reader of CEF makes of \n and \r. */
static void
cef_text(struct sg_buf *out, struct sg_str value, const char *special)
{
	while (value.len > 0) {
		uint32_t c = 0;
		size_t len = sg_utf8_first(value, &c);
		struct sg_str one = {value.ptr, len > 0 ? len : 1};
		bool hidden = len == 0 || sg_is_hidden(c);
		if (hidden ? c != '\n' && c != '\r' : strchr(special, one.ptr[0]) != NULL)
			sg_buf_text(out, "\\");
		hidden ? sg_show_text(out, one) : sg_buf_str(out, one);
		value = (struct sg_str){value.ptr + one.len, value.len - one.len};
	}
}

static void
cef_member(struct sg_buf *out, const char *name, struct sg_str value)
{
	if (value.len == 0)
		return;
	sg_buf_printf(out, " %s=", name);
	cef_text(out, value, "=\\");
}

static void
cef_labelled(struct sg_buf *out, int number, const char *label, struct sg_str value)
{
	if (value.len == 0)
		return;
	sg_buf_printf(out, " cs%dLabel=%s cs%d=", number, label, number);
	cef_text(out, value, "=\\");
}

void
sg_export_cef(struct sg_buf *out, const struct sg_json *leaf)
{
	const struct sg_export_verdict *v = sg_export_verdict(leaf);
	const struct sg_json *body = sg_json_get(leaf, "body");
	struct sg_str code = sg_json_text_at(body, "code"), kind = sg_json_text_at(leaf, "kind"), action = sg_json_text_at(body, "action");
	char id[64];
	sg_export_decision(id, leaf);
	sg_buf_text(out, "CEF:0|Stepgate|stepgate|" SG_VERSION "|");
	cef_text(out, is_decision(leaf) && code.len > 0 ? code : kind, "|\\");
	sg_buf_text(out, "|");
	cef_text(out, action.len > 0 ? action : kind, "|\\");
	sg_buf_printf(out, "|%d|rt=%lld", v->severity, (long long)sg_show_int(leaf, "at"));
	cef_member(out, "act", sg_str(v->verdict));
	cef_member(out, "externalId", sg_str(id));
	cef_member(out, "reason", code);
	cef_member(out, "suser", sg_json_text_at(body, "agent"));
	sg_buf_printf(out, " cn1Label=leaf cn1=%lld", (long long)sg_show_int(leaf, "n"));
	cef_labelled(out, 1, "rule", sg_json_text_at(body, "rule"));
	cef_labelled(out, 2, "task", sg_json_text_at(body, "task"));
	cef_labelled(out, 3, "resourceType", sg_json_text_at(body, "resource_type"));
	cef_labelled(out, 4, "digest", sg_json_text_at(body, "digest"));
	cef_labelled(out, 5, "approval", sg_json_text_at(body, "approval"));
	cef_labelled(out, 6, "by", sg_json_text_at(body, "by"));
}
