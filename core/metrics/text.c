/* SPDX-License-Identifier: Apache-2.0
 * Status to text. */
#include "metrics/metrics.h"

#include "base/str.h"

#include <inttypes.h>

static const struct metric {
	const char *name, *type, *path, *help;
} metrics[] = {
#define X(name, type, path, help) {name, type, path, help},
	SG_METRICS(X)
#undef X
};

/* The member at a dotted path; NULL where it is not there. */
static const struct sg_json *
at(const struct sg_json *status, const char *path)
{
	struct sg_str rest = sg_str(path);
	while (rest.ptr != NULL && status != NULL)
		status = sg_json_get_str(status, sg_str_cut(&rest, '.'));
	return status;
}

static void
begin(struct sg_buf *out, const char *name, const char *type, const char *help)
{
	sg_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
write_one(struct sg_buf *out, const char *name, const char *type, const char *help, int64_t value)
{
	begin(out, name, type, help);
	sg_buf_printf(out, "%s %" PRId64 "\n", name, value);
}

/* A label's value: backslash and quote are escaped, control characters are left out. */
static void
write_value(struct sg_buf *out, struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c == '\\' || c == '"')
			sg_buf_printf(out, "\\%c", c);
		else if (c >= ' ' && c != 0x7f)
			sg_buf_add(out, text.ptr + i, 1);
	}
}

static void
write_labelled(struct sg_buf *out, const char *name, const char *label, struct sg_str value, int64_t number)
{
	sg_buf_printf(out, "%s{%s=\"", name, label);
	write_value(out, value);
	sg_buf_printf(out, "\"} %" PRId64 "\n", number);
}

/* One line for each member of an object of numbers. */
static void
write_members(struct sg_buf *out, const char *name, const char *type, const char *help, const char *label, const struct sg_json *object)
{
	begin(out, name, type, help);
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		int64_t number = 0;
		if (sg_json_int(m, &number))
			write_labelled(out, name, label, m->name, number);
	}
}

static int64_t
number_at(const struct sg_json *of, const char *name)
{
	int64_t number = 0;
	sg_json_int(sg_json_get(of, name), &number);
	return number;
}

static void
write_build(struct sg_buf *out, const struct sg_json *status)
{
	static const char *const labels[] = {"version", "mode", "trust_domain", "policy", "config"};
	begin(out, "stepgate_build_info", "gauge", "what runs and what is in force");
	sg_buf_text(out, "stepgate_build_info{");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		sg_buf_printf(out, "%s%s=\"", i == 0 ? "" : ",", labels[i]);
		write_value(out, sg_json_text_at(status, labels[i]));
		sg_buf_text(out, "\"");
	}
	sg_buf_text(out, "} 1\n");
}

/* ---- modules ---- */

static bool
is_sink(const struct sg_json *module)
{
	return sg_str_starts(sg_json_text_at(module, "name"), "audit.");
}

static int64_t
is_up(const struct sg_json *status, const struct sg_json *module)
{
	return sg_metrics_module_ready(sg_json_get(status, "modules"), sg_json_text_at(module, "name"));
}

static int64_t
restarts(const struct sg_json *status, const struct sg_json *module)
{
	(void)status;
	return number_at(module, "restarts");
}

static int64_t
lag(const struct sg_json *status, const struct sg_json *module)
{
	return number_at(status, "durable") - number_at(module, "durable");
}

/* Several instances of one module run for a while around a reload: the first that is listed, and of others nothing. */
static bool
is_listed_before(const struct sg_json *modules, const struct sg_json *module)
{
	const struct sg_json *m = sg_json_first(modules);
	while (m != module && !sg_str_eq(sg_json_text_at(m, "name"), sg_json_text_at(module, "name")))
		m = sg_json_next(modules, m);
	return m != module;
}

static void
write_modules(struct sg_buf *out, const struct sg_json *status)
{
	static const struct {
		const char *name, *type, *help, *label;
		bool sinks;
		int64_t (*of)(const struct sg_json *status, const struct sg_json *module);
	} rows[] = {
		{"stepgate_module_up", "gauge", "1: it runs and is used", "module", false, is_up},
		{"stepgate_module_restarts_total", "counter", "times that it was started again", "module", false, restarts},
		{"stepgate_audit_lag_leaves", "gauge", "leaves on disk that the sink has not carried further", "sink", true, lag},
	};
	const struct sg_json *modules = sg_json_get(status, "modules");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(out, rows[i].name, rows[i].type, rows[i].help);
		for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m))
			if ((!rows[i].sinks || is_sink(m)) && !is_listed_before(modules, m))
				write_labelled(out, rows[i].name, rows[i].label, sg_json_text_at(m, "name"), rows[i].of(status, m));
	}
}

/* ---- all ---- */

void
sg_metrics_write(struct sg_buf *out, const struct sg_json *status)
{
	write_one(out, "stepgate_up", "gauge", "1: the daemon answers", status != NULL);
	if (status == NULL)
		return;
	write_build(out, status);
	write_one(out, "stepgate_ready", "gauge", "1: decisions can be asked for", sg_metrics_unready(status) == NULL);
	write_one(out, "stepgate_journal_open", "gauge", "1: what is decided is recorded; 0: everything is refused", sg_json_is(status, "journal", "open"));
	write_one(out, "stepgate_clock_good", "gauge", "0: the wall clock jumped, and waits for an operator's word", sg_json_is(sg_json_get(status, "clock"), "state", "good"));
	write_one(out, "stepgate_killed", "gauge", "agents that are killed; all of them count as one", (int64_t)sg_json_get(status, "killed")->count);
	write_one(out, "stepgate_confinement_missing", "gauge", "layers of confinement that this system lacks", (int64_t)sg_json_get(status, "confinement")->count);
	write_members(out, "stepgate_decisions_total", "counter", "decisions since the gate began", "verdict", sg_json_get(status, "verdicts"));
	write_members(out, "stepgate_decisions_by_reason_total", "counter", "the same, by reason", "reason", sg_json_get(status, "reasons"));
	write_members(out, "stepgate_unrecorded_answers", "gauge", "answers that no leaf stands behind yet; then a gap in the record has their number", "why", sg_json_get(status, "unrecorded"));
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		int64_t number = 0;
		if (sg_json_int(at(status, metrics[i].path), &number))
			write_one(out, metrics[i].name, metrics[i].type, metrics[i].help, number);
	}
	int64_t us = number_at(sg_json_get(status, "work"), "slowest_turn_us");
	begin(out, "stepgate_gate_slowest_turn_seconds", "gauge", "longest turn of the gate's loop since it began");
	sg_buf_printf(out, "stepgate_gate_slowest_turn_seconds %" PRId64 ".%06" PRId64 "\n", us / 1000000, us % 1000000);
	write_modules(out, status);
}
