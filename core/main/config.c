/* SPDX-License-Identifier: Apache-2.0
 * The configuration as the supervisor keeps it: one canonical document, and the few values it needs itself. */
#include "main/supervisor.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/load.h"
#include "main/would.h"

#include <stdio.h>
#include <unistd.h>

enum { WAIT_MS = 2000, ALL_MS = 6000 }; /* for each module, for all of them: the daemon waits meanwhile */

bool
sg_supervisor_config(const struct sg_main_options *options, struct sg_buf *out, struct sg_buf *errors)
{
	struct sg_conf_source source = {.file = options->config, .vendor_dir = options->vendor};
	struct sg_conf_errors found;
	struct sg_buf text;
	sg_conf_errors_init(&found);
	sg_buf_init(&text, 1 << 20);
	bool good = sg_conf_load(&source, out, &found) == SG_OK;
	if (!good && errors != NULL)
		sg_conf_errors_write(errors, &found);
	else if (!good && options->json != NULL)
		sg_conf_errors_write(&text, &found);
	else if (!good)
		sg_conf_errors_print(&text, &found);
	if (text.len > 0)
		fprintf(options->json != NULL ? stdout : stderr, "%.*s%s", (int)text.len, text.ptr, options->json != NULL ? "\n" : "");
	sg_buf_done(&text);
	sg_conf_errors_done(&found);
	return good;
}

static bool
copy_text(const struct sg_json *config, const char *name, char *out, size_t room)
{
	struct sg_str text;
	if (!sg_json_string(sg_json_get(config, name), &text) || text.len >= room)
		return false;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return true;
}

static void
check_same(const struct sg_supervisor *s, const struct sg_json *now_in, const struct sg_json *next_in, const char *name, const char *called,
	   struct sg_conf_errors *errors)
{
	struct sg_str now = {"", 0}, then = {"", 0};
	struct sg_conf_place place = {&(struct sg_conf_file){.path = s->options->config}, 0, 0};
	sg_json_string(sg_json_get(now_in, name), &now);
	sg_json_string(sg_json_get(next_in, name), &then);
	if (!sg_str_eq(now, then))
		sg_conf_error_add(errors, SG_CONF_E_restart, place, "restart stepgated, or take it back",
				  "%s was \"%.*s\" when stepgated was started and cannot become \"%.*s\" while it runs", called,
				  SG_STR_ARG(now), SG_STR_ARG(then));
}

static const struct sg_json *
tls_face(const struct sg_json *document)
{
	return sg_json_get(sg_json_get(document, "listen"), "enforcer");
}

/* The door of the TLS face reads these once, when it starts. */
static void
check_face(const struct sg_supervisor *s, const struct sg_json *next, struct sg_conf_errors *errors)
{
	static const char *const texts[][2] = {{"address", "listen.enforcer.address"}, {"certificate", "listen.enforcer.certificate"}, {"key", "listen.enforcer.key"}};
	const struct sg_json *now_in = tls_face(s->config), *next_in = tls_face(next);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_same(s, now_in, next_in, texts[i][0], texts[i][1], errors);
	const struct sg_json *now = sg_json_get(now_in, "handshake_timeout"), *then = sg_json_get(next_in, "handshake_timeout");
	if (now_in != NULL && next_in != NULL && (now == NULL || then == NULL || !sg_json_eq(now, then)))
		sg_conf_error_add(errors, SG_CONF_E_restart, (struct sg_conf_place){&(struct sg_conf_file){.path = s->options->config}, 0, 0}, "restart stepgated, or take it back",
				  "listen.enforcer.handshake_timeout is read once, when stepgated is started");
}

bool
sg_supervisor_may_follow(const struct sg_supervisor *s, struct sg_str document, char policy_dir[1024], struct sg_buf *report)
{
	struct sg_conf_errors errors;
	struct sg_arena arena;
	const struct sg_json *next = NULL;
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 256 << 20);
	bool good = sg_canon_parse(&arena, document, &sg_conf_document_limits, &next, NULL) == SG_OK &&
		    copy_text(next, "policy_dir", policy_dir, 1024);
	if (good) {
		check_same(s, s->config, next, "state_dir", "state_dir", &errors);
		check_same(s, s->config, next, "run_dir", "run_dir", &errors);
		check_same(s, s->config, next, "admin_group", "admin_group", &errors);
		check_same(s, s->config, next, "approver_group", "approver_group", &errors);
		check_face(s, next, &errors);
		sg_would_start(&(struct sg_would){.document = next, .running = s->config, .config = s->options->config, .errors = &errors, .wait_ms = WAIT_MS, .all_ms = ALL_MS});
	}
	if (sg_conf_errors_any(&errors))
		sg_conf_errors_write(report, &errors);
	good = good && !sg_conf_errors_any(&errors);
	sg_conf_errors_done(&errors);
	sg_arena_done(&arena);
	return good;
}

bool
sg_supervisor_adopt(struct sg_supervisor *s, struct sg_str document)
{
	sg_arena_done(&s->arena);
	sg_buf_clear(&s->document);
	sg_buf_str(&s->document, document);
	return sg_canon_parse(&s->arena, sg_buf_view(&s->document), &sg_conf_document_limits, &s->config, NULL) == SG_OK &&
	       copy_text(s->config, "module_dir", s->module_dir, sizeof(s->module_dir)) &&
	       copy_text(s->config, "state_dir", s->state_dir, sizeof(s->state_dir)) &&
	       copy_text(s->config, "policy_dir", s->policy_dir, sizeof(s->policy_dir)) &&
	       copy_text(s->config, "run_dir", s->run_dir, sizeof(s->run_dir));
}

int64_t
sg_document_limit(struct sg_str document, const char *name)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	int64_t value = 0;
	sg_arena_init(&arena, 256 << 20);
	if (sg_canon_parse(&arena, document, &sg_conf_document_limits, &json, NULL) == SG_OK)
		sg_json_int(sg_json_get(sg_json_get(json, "limits"), name), &value);
	sg_arena_done(&arena);
	return value;
}

int64_t
sg_supervisor_limit(const struct sg_supervisor *s, const char *name)
{
	int64_t value = 0;
	sg_json_int(sg_json_get(sg_json_get(s->config, "limits"), name), &value);
	return value;
}
