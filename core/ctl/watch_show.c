/* SPDX-License-Identifier: Apache-2.0
 * One sample, shown. Names come from files and the daemon: each goes through show.h. */
#include "ctl/watch.h"
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>

enum { TEXT = 1 << 20, REASONS = 256, FIRST_REASONS = 3 };

static const char *const verdicts[] = {"allow", "defer", "deny", "step_up"};
enum { VERDICTS = sizeof(verdicts) / sizeof(verdicts[0]) };

struct reason {
	struct sg_str name;
	double rate;
	int64_t all;
};

static double
all_rates(const struct sg_watch *w)
{
	double sum = 0;
	for (size_t i = 0; i < VERDICTS; i++)
		sum += sg_watch_rate(w, "verdicts", sg_str(verdicts[i]));
	return sum;
}

static int
by_rate(const void *a, const void *b)
{
	const struct reason *one = a, *other = b;
	if (one->rate != other->rate)
		return one->rate < other->rate ? 1 : -1;
	return one->all != other->all ? (one->all < other->all ? 1 : -1) : sg_str_cmp(one->name, other->name);
}

/* The fastest first. */
static size_t
reasons_of(const struct sg_watch *w, struct reason out[REASONS])
{
	const struct sg_json *reasons = sg_json_get(w->now.answer.json, "reasons");
	size_t count = 0;
	for (const struct sg_json *r = sg_json_first(reasons); r != NULL && count < REASONS; r = sg_json_next(reasons, r)) {
		int64_t all = 0;
		sg_json_int(r, &all);
		out[count++] = (struct reason){r->name, sg_watch_rate(w, "reasons", r->name), all};
	}
	qsort(out, count, sizeof(*out), by_rate);
	return count;
}

static const char *
state_of(const struct sg_watch *w)
{
	return w->now.answer.json == NULL ? "away" : w->restarted ? "restarted" : !sg_watch_is_rated(w) ? "first sample" : "";
}

/* ---- words that screen and line share ---- */

static void
add_verdicts(struct sg_buf *out, const struct sg_watch *w)
{
	if (!sg_watch_is_rated(w)) {
		sg_buf_text(out, state_of(w));
		return;
	}
	sg_buf_printf(out, "%.1f/s:", all_rates(w));
	for (size_t i = 0; i < VERDICTS; i++)
		sg_buf_printf(out, " %s %.1f", verdicts[i], sg_watch_rate(w, "verdicts", sg_str(verdicts[i])));
}

static void
add_open(struct sg_buf *out, const struct sg_watch *w)
{
	const struct sg_json *a = w->now.answer.json;
	sg_buf_printf(out, "%lld tasks, %lld credentials, %lld approvals wait", (long long)sg_show_int(a, "tasks"), (long long)sg_show_int(a, "leases"), (long long)sg_show_int(a, "approvals"));
}

static void
add_slowest(struct sg_buf *out, const struct sg_watch *w)
{
	const struct sg_json *work = sg_json_get(w->now.answer.json, "work"), *slowest = sg_json_get(work, "slowest_request");
	sg_show_text(out, sg_json_text_at(slowest, "route"));
	sg_buf_printf(out, " %lld us", (long long)sg_show_int(slowest, "us"));
}

static void
add_sinks(struct sg_buf *out, const struct sg_watch *w)
{
	const struct sg_json *modules = sg_json_get(w->now.answer.json, "modules");
	size_t before = out->len;
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m)) {
		struct sg_str name = sg_json_text_at(m, "name");
		if (sg_watch_lag(w, m) < 0)
			continue;
		sg_buf_text(out, out->len > before ? ", " : "");
		sg_show_text(out, (struct sg_str){name.ptr + 6, name.len - 6});
		sg_buf_printf(out, " %lld behind", (long long)sg_watch_lag(w, m));
	}
	sg_buf_text(out, out->len > before ? "" : "none");
}

static void
add_killed(struct sg_buf *out, const struct sg_watch *w)
{
	const struct sg_json *killed = sg_json_get(w->now.answer.json, "killed");
	const struct sg_json *first = sg_json_first(killed);
	for (const struct sg_json *k = first; k != NULL; k = sg_json_next(killed, k)) {
		sg_buf_text(out, k != first ? ", " : "");
		sg_show_text(out, k->string);
	}
	sg_buf_text(out, first != NULL ? "" : "nobody");
}

/* ---- screen ---- */

static void
add_head(struct sg_buf *out, const struct sg_watch *w)
{
	char at[32];
	sg_show_time(at, w->now.wall_s);
	sg_buf_printf(out, "=%s  every %lld s, q ends\n", at, (long long)(w->interval_ms / 1000));
	if (w->now.answer.json == NULL) {
		sg_buf_text(out, "!away        ");
		sg_show_text(out, sg_str(w->now.err.text));
		sg_buf_text(out, "\n");
		return;
	}
	sg_buf_text(out, " stepgated   ");
	sg_show_text(out, sg_json_text_at(w->now.answer.json, "version"));
	sg_buf_text(out, w->restarted ? ", restarted\n" : "\n");
	bool open = sg_json_is(w->now.answer.json, "journal", "open");
	sg_buf_text(out, open ? " journal     " : "!journal     ");
	sg_show_text(out, sg_json_text_at(w->now.answer.json, "journal"));
	sg_buf_text(out, "\n");
}

static void
add_rows(struct sg_buf *out, const struct sg_watch *w)
{
	static const struct {
		const char *name;
		void (*add)(struct sg_buf *out, const struct sg_watch *w);
	} rows[] = {{"decisions", add_verdicts}, {"open", add_open}, {"slowest", add_slowest}, {"sinks", add_sinks}, {"killed", add_killed}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sg_buf_printf(out, " %-11s ", rows[i].name);
		rows[i].add(out, w);
		sg_buf_text(out, "\n");
	}
}

static void
add_reasons(struct sg_buf *out, const struct sg_watch *w)
{
	struct reason list[REASONS];
	size_t count = reasons_of(w, list);
	sg_buf_printf(out, " \n=%10s %12s  reason\n", "a second", "in all");
	for (size_t i = 0; i < count; i++) {
		sg_buf_printf(out, " %10.1f %12lld  ", list[i].rate, (long long)list[i].all);
		sg_show_text(out, list[i].name);
		sg_buf_text(out, "\n");
	}
}

void
sg_watch_screen(const struct sg_watch *w)
{
	struct sg_buf out;
	sg_buf_init(&out, TEXT);
	add_head(&out, w);
	if (w->now.answer.json != NULL) {
		add_rows(&out, w);
		add_reasons(&out, w);
	}
	sg_watch_draw(sg_buf_view(&out), w->ctl->color);
	sg_buf_done(&out);
}

/* ---- line ---- */

static void
add_fastest(struct sg_buf *out, const struct sg_watch *w)
{
	struct reason list[REASONS];
	size_t count = reasons_of(w, list);
	for (size_t i = 0; i < count && i < FIRST_REASONS && list[i].rate > 0; i++) {
		sg_buf_text(out, i == 0 ? "; " : ", ");
		sg_show_text(out, list[i].name);
		sg_buf_printf(out, " %.1f", list[i].rate);
	}
}

void
sg_watch_line(const struct sg_watch *w)
{
	static const struct {
		const char *before;
		void (*add)(struct sg_buf *out, const struct sg_watch *w);
	} parts[] = {{"  ", add_verdicts}, {"", add_fastest}, {"; ", add_open}, {"; slowest ", add_slowest}, {"; sinks ", add_sinks}, {"; killed ", add_killed}};
	char at[32];
	struct sg_buf out;
	sg_buf_init(&out, TEXT);
	sg_show_time(at, w->now.wall_s);
	sg_buf_text(&out, at);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && w->now.answer.json != NULL; i++) {
		sg_buf_text(&out, parts[i].before);
		parts[i].add(&out, w);
	}
	if (w->now.answer.json == NULL) {
		sg_buf_text(&out, "  away: ");
		sg_show_text(&out, sg_str(w->now.err.text));
	}
	printf("%.*s\n", (int)out.len, out.ptr);
	sg_buf_done(&out);
}

/* ---- object ---- */

static void
write_rates(struct sg_json_writer *w, const struct sg_watch *watch, const char *group)
{
	const struct sg_json *counters = sg_json_get(watch->now.answer.json, group);
	sg_jw_object(w);
	for (const struct sg_json *m = sg_json_first(counters); m != NULL && sg_watch_is_rated(watch); m = sg_json_next(counters, m)) {
		sg_jw_name_str(w, m->name);
		sg_jw_number(w, (double)(int64_t)(sg_watch_rate(watch, group, m->name) * 1000) / 1000);
	}
	sg_jw_end(w);
}

/* As a list: of one module several may run for a while. */
static void
write_sinks(struct sg_json_writer *w, const struct sg_watch *watch)
{
	const struct sg_json *modules = sg_json_get(watch->now.answer.json, "modules");
	sg_jw_array(w);
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m)) {
		struct sg_str name = sg_json_text_at(m, "name");
		if (sg_watch_lag(watch, m) < 0)
			continue;
		sg_jw_object(w);
		sg_jw_member_int(w, "lag", sg_watch_lag(watch, m));
		sg_jw_name(w, "name");
		sg_jw_str(w, (struct sg_str){name.ptr + 6, name.len - 6});
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static void
write_value(struct sg_json_writer *w, const struct sg_json *value)
{
	if (value != NULL)
		sg_jw_value(w, value);
	else
		sg_jw_null(w);
}

void
sg_watch_object(const struct sg_watch *watch)
{
	const struct sg_json *a = watch->now.answer.json;
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, TEXT);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "approvals", sg_show_int(a, "approvals"));
	sg_jw_member_int(&w, "at", watch->now.wall_s);
	sg_jw_member_text(&w, "away", a == NULL ? watch->now.err.code : "");
	sg_jw_name(&w, "killed");
	write_value(&w, sg_json_get(a, "killed"));
	sg_jw_member_int(&w, "leases", sg_show_int(a, "leases"));
	sg_jw_member_bool(&w, "rated", sg_watch_is_rated(watch));
	sg_jw_name(&w, "reasons");
	write_rates(&w, watch, "reasons");
	sg_jw_member_bool(&w, "restarted", watch->restarted);
	sg_jw_name(&w, "sinks");
	write_sinks(&w, watch);
	sg_jw_name(&w, "slowest");
	write_value(&w, sg_json_get(sg_json_get(a, "work"), "slowest_request"));
	sg_jw_member_int(&w, "tasks", sg_show_int(a, "tasks"));
	sg_jw_name(&w, "verdicts");
	write_rates(&w, watch, "verdicts");
	sg_jw_end(&w);
	sg_show_answer(sg_buf_view(&out));
	sg_buf_done(&out);
}
