/* SPDX-License-Identifier: Apache-2.0
 * config show: what the files come to, each value with where it was given. */
#include "ctl/config.h"

#include "base/near.h"
#include "base/str.h"
#include "conf/written.h"

enum { OUT_BYTES = 64 << 20 };

static bool
wanted(const struct sg_ctl *ctl, const struct sg_config *config, const struct sg_config_row *row)
{
	const char *agent = ctl->option[SG_CTL_OPTION_for];
	if (ctl->option[SG_CTL_OPTION_changed] != NULL && sg_conf_value_is_standard(row->option, row->value))
		return false;
	return agent == NULL || sg_config_concerns(config, row, sg_str(agent + strlen("agent=")));
}

static void
show_line(struct sg_buf *out, const struct sg_config *config, const struct sg_config_row *row)
{
	sg_buf_printf(out, "%.*s = ", SG_STR_ARG(row->key));
	sg_config_value(out, row);
	sg_buf_text(out, "    # ");
	if (row->option == NULL && sg_str_is(row->name, "order"))
		sg_buf_text(out, "its place in the stack");
	else
		sg_config_place(out, sg_config_origin(config, row));
	sg_buf_text(out, "\n");
}

static void
show_json(struct sg_json_writer *w, const struct sg_config *config, const struct sg_config_row *row)
{
	const struct sg_json *origin = sg_config_origin(config, row);
	sg_jw_object(w);
	sg_jw_name(w, "from");
	origin == NULL ? sg_jw_null(w) : sg_jw_value(w, origin);
	sg_jw_member_str(w, "key", row->key);
	sg_jw_name(w, "value");
	sg_jw_value(w, row->value);
	sg_jw_end(w);
}

static void
show(const struct sg_ctl *ctl, const struct sg_config *config)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, OUT_BYTES);
	sg_jw_begin(&w, &out);
	if (ctl->json) {
		sg_jw_object(&w);
		sg_jw_name(&w, "values");
		sg_jw_array(&w);
	}
	for (size_t i = 0; i < config->count; i++)
		if (wanted(ctl, config, &config->rows[i])) {
			if (ctl->json)
				show_json(&w, config, &config->rows[i]);
			else
				show_line(&out, config, &config->rows[i]);
		}
	if (ctl->json) {
		sg_jw_end(&w);
		sg_jw_end(&w);
		sg_buf_text(&out, "\n");
	}
	sg_config_print(ctl, &out);
	sg_buf_done(&out);
}

/* --for agent=NAME, and there is such an agent. */
static int
check_for(const struct sg_ctl *ctl, const struct sg_config *config)
{
	const char *name = ctl->option[SG_CTL_OPTION_for];
	const struct sg_json *agents = sg_json_get(config->document, "agents");
	char hint[128];
	if (name == NULL)
		return SG_CTL_OK;
	if (strncmp(name, "agent=", 6) != 0)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "--for agent=NAME", "%.200s: what is that for?", name);
	if (sg_json_get(agents, name + 6) != NULL)
		return SG_CTL_OK;
	struct sg_near near = sg_near(sg_str(name + 6));
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a))
		sg_near_offer(&near, a->name);
	return sg_ctl_fail(ctl, SG_CTL_DENIED, "no_agent_named",
			   sg_near_hint(&near, '"', "stepgate config show lists all", hint, sizeof(hint)),
			   "there is no agent \"%.64s\"", name + 6);
}

int
sg_ctl_config_show(struct sg_ctl *ctl)
{
	struct sg_config config;
	struct sg_conf_source source = sg_config_source(ctl);
	int code = sg_config_load(ctl, &source, &config);
	if (code == SG_CTL_OK)
		code = check_for(ctl, &config);
	if (code == SG_CTL_OK)
		show(ctl, &config);
	sg_config_done(&config);
	return code;
}
