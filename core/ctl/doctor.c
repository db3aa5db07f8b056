/* SPDX-License-Identifier: Apache-2.0
 * doctor: all checks, one after the other, and how it ends. */
#include "ctl/doctor.h"

#include "base/str.h"
#include "conf/load.h"
#include "ctl/config.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 256 << 20 };

static const struct {
	const char *name;
	void (*run)(struct sg_doctor *d);
} checks[] = {
#define X(name, looks_at) {#name, sg_doctor_##name},
	SG_DOCTOR_CHECKS(X)
#undef X
};

static void
say_conf_errors(struct sg_doctor *d, const struct sg_conf_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		const struct sg_conf_error *e = &errors->list[i];
		bool unseen = strcmp(e->code, "conf_unreadable") == 0 && geteuid() != 0;
		sg_doctor_say(d, unseen ? SG_DOCTOR_UNSEEN : SG_DOCTOR_ERROR, e->hint[0] != '\0' ? e->hint : unseen ? "run it as root" : "stepgate config check", "%s:%u: %s", e->file, e->line,
			      e->what);
	}
	if (errors->more)
		sg_doctor_say(d, SG_DOCTOR_ERROR, "stepgate config check", "there are more mistakes than are shown here");
}

void
sg_doctor_configuration(struct sg_doctor *d)
{
	struct sg_conf_source source = sg_config_source(d->ctl);
	struct sg_conf_errors errors;
	sg_conf_errors_init(&errors);
	if (sg_conf_load(&source, &d->text, &errors) != SG_OK)
		say_conf_errors(d, &errors);
	else if (sg_canon_parse(&d->arena, sg_buf_view(&d->text), &sg_conf_document_limits, &d->document, NULL) != SG_OK)
		d->document = NULL;
	if (d->document != NULL && sg_json_is(d->document, "mode", "dev"))
		sg_doctor_say(d, SG_DOCTOR_WARNING, "mode = \"enforce\", with users of their own for agents and people", "%s: mode is dev, which is no boundary", d->config);
	else if (d->document != NULL)
		sg_doctor_say(d, SG_DOCTOR_OK, "", "%s, and what is read with it", d->config);
	sg_conf_errors_done(&errors);
}

/* Where the daemon of this very configuration listens, unless somebody says otherwise. */
static const char *
run_dir(struct sg_doctor *d)
{
	const char *set = getenv("STEPGATE_RUN");
	if (d->ctl->option[SG_CTL_OPTION_run] != NULL || (set != NULL && set[0] != '\0') || d->document == NULL)
		return d->ctl->option[SG_CTL_OPTION_run];
	return sg_arena_printf(&d->arena, "%.*s", SG_STR_ARG(sg_json_text_at(d->document, "run_dir")));
}

void
sg_doctor_daemon(struct sg_doctor *d)
{
	struct sg_ctl ctl = *d->ctl;
	struct sg_err err = {0};
	ctl.option[SG_CTL_OPTION_run] = run_dir(d);
	enum sg_status status = sg_ctl_look(&ctl, "/v1/status", &d->answer, &err);
	d->status = status == SG_OK ? d->answer.json : NULL;
	if (status == SG_OK)
		sg_doctor_status(d);
	else if (status == SG_REFUSED || strcmp(err.code, "answer_none") == 0)
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "run it as root, or as an admin of the configuration", "the daemon does not answer you: %s", err.text);
	else
		sg_doctor_say(d, SG_DOCTOR_ERROR, "systemctl start stepgated; journalctl -u stepgated says why it ended", "the daemon does not answer: %s", err.text);
}

int
sg_ctl_doctor(struct sg_ctl *ctl)
{
	struct sg_doctor *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "memory", "", "no memory");
	d->ctl = ctl;
	d->config = sg_config_source(ctl).file;
	sg_buf_init(&d->text, SG_CONF_MAX_DOCUMENT);
	sg_arena_init(&d->arena, ARENA_BYTES);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		d->check = checks[i].name;
		checks[i].run(d);
	}
	sg_doctor_print(d);
	int code = d->of[SG_DOCTOR_ERROR] > 0 ? SG_CTL_CONFIG : d->of[SG_DOCTOR_WARNING] > 0 ? SG_CTL_DENIED : SG_CTL_OK;
	sg_ctl_answer_done(&d->answer);
	sg_buf_done(&d->text);
	sg_arena_done(&d->arena);
	free(d);
	return code;
}
