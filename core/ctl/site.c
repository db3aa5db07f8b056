/* SPDX-License-Identifier: Apache-2.0
 * The first file of a site's own: whose agents these are, who operates, who may connect. */
#include "ctl/config_put.h"
#include "ctl/start.h"

#include "base/str.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

enum { TEXT_MAX = 16 << 10 };

static const char file_name[] = "00-site.conf";

struct site {
	const char *domain;
	const struct passwd *admin; /* beside root; NULL: nobody */
	bool has_admins, has_domain;
};

static bool
is_given(const struct sg_config *config, const char *key)
{
	const struct sg_config_row *row = sg_config_find(config, sg_str(key));
	return row != NULL && sg_config_origin(config, row) != NULL;
}

static void
write_admins(struct sg_buf *out, const struct site *site)
{
	sg_buf_text(out, "admins : {\n  root : { uid = 0 }\n");
	if (site->admin != NULL)
		sg_buf_printf(out, "  %s : { uid = %u }\n", site->admin->pw_name, (unsigned)site->admin->pw_uid);
	sg_buf_printf(out, "}\ngroups : { operators : { members = [ \"root\"%s%s%s ] } }\n", site->admin != NULL ? ", \"" : "", site->admin != NULL ? site->admin->pw_name : "",
		      site->admin != NULL ? "\"" : "");
}

/* Groups that the packages make; where there is none its socket is root's alone. */
static void
write_groups(struct sg_buf *out, const struct sg_config *config)
{
	static const char *const rows[][2] = {{"admin_group", "stepgate-admin"}, {"approver_group", "stepgate-approver"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!is_given(config, rows[i][0]) && getgrnam(rows[i][1]) != NULL)
			sg_buf_printf(out, "%s = \"%s\"\n", rows[i][0], rows[i][1]);
}

static bool
write_site(struct sg_buf *out, const struct site *site, const struct sg_config *config)
{
	bool good = true;
	sg_buf_text(out, "# Written by stepgate init; yours to change: stepgate config edit 00-site\n");
	if (!site->has_domain) {
		sg_buf_text(out, "trust_domain = ");
		good = sg_config_quote(out, sg_str(site->domain));
		sg_buf_text(out, "\n");
	}
	write_groups(out, config);
	if (!site->has_admins)
		write_admins(out, site);
	return good;
}

static int
read_admin(const struct sg_ctl *ctl, struct site *site)
{
	const char *name = ctl->option[SG_CTL_OPTION_admin];
	site->admin = name == NULL ? NULL : getpwnam(name);
	if (name != NULL && site->admin == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "no_user", "", "this system has no user \"%s\"", name);
	if (site->admin != NULL && (!sg_conf_is_name(sg_str(name)) || strchr(name, '.') != NULL))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate config add admin NAME user=USER gives it one", "\"%s\" can be no name of a stanza", name);
	if (site->admin != NULL && site->admin->pw_uid == 0)
		site->admin = NULL; /* there in any case */
	return SG_CTL_OK;
}

/* Named before, and by another name: which of them is meant is not for this command to say. */
static int
check_domain(const struct sg_ctl *ctl, const struct sg_config *config, struct site *site)
{
	struct sg_str now = sg_json_text_at(config->document, "trust_domain");
	site->has_domain = is_given(config, "trust_domain");
	if (!site->has_domain || sg_str_is(now, site->domain))
		return SG_CTL_OK;
	return sg_ctl_fail(ctl, SG_CTL_DENIED, "exists", "credentials and records bear it; stepgate config edit changes it", "the trust domain is \"%.*s\" already", SG_STR_ARG(now));
}

/* Who is to operate and is in no stanza has to be given one: a group that lets them connect would look as if they were. */
static int
check_admin(const struct sg_ctl *ctl, const struct sg_json *admins, const struct site *site)
{
	bool known = site->admin == NULL || !site->has_admins;
	for (const struct sg_json *a = sg_json_first(admins); a != NULL && !known; a = sg_json_next(admins, a)) {
		int64_t uid = -1;
		known = sg_json_int(sg_json_get(a, "uid"), &uid) && uid == (int64_t)site->admin->pw_uid && sg_json_is(a, "may", "operate");
	}
	char hint[160];
	snprintf(hint, sizeof(hint), "stepgate config add admin %.60s user=%.60s", known ? "" : site->admin->pw_name, known ? "" : site->admin->pw_name);
	return known ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_DENIED, "exists", hint, "there are admins already, and %s is none of them who may operate", site->admin->pw_name);
}

static int
put(const struct sg_ctl *ctl, const struct sg_conf_source *source, const struct site *site, const struct sg_config *config, struct sg_made *made)
{
	struct sg_buf text;
	char path[1300];
	sg_buf_init(&text, TEXT_MAX);
	int code = write_site(&text, site, config) ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "a trust domain holds no control characters");
	if (code == SG_CTL_OK)
		code = sg_config_put(ctl, *source, file_name, sg_buf_view(&text), path, sizeof(path));
	if (code == SG_CTL_OK)
		code = sg_made_note(ctl, made, SG_MAKE_MADE, path);
	sg_buf_done(&text);
	return code;
}

int
sg_start_site(const struct sg_ctl *ctl, struct sg_made *made)
{
	struct sg_conf_source source = sg_config_source(ctl);
	struct site site = {.domain = ctl->option[SG_CTL_OPTION_trust_domain]};
	struct sg_config config;
	int code = sg_config_load(ctl, &source, &config);
	if (code == SG_CTL_OK && site.domain == NULL && !is_given(&config, "trust_domain") && ctl->option[SG_CTL_OPTION_config] == NULL)
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate init --trust-domain acme.example", "nothing says whose agents these are");
	if (code == SG_CTL_OK && site.domain != NULL)
		code = check_domain(ctl, &config, &site);
	if (code == SG_CTL_OK)
		code = read_admin(ctl, &site);
	const struct sg_json *admins = sg_json_get(config.document, "admins");
	site.has_admins = admins != NULL && admins->count > 0;
	if (code == SG_CTL_OK)
		code = check_admin(ctl, admins, &site);
	if (code == SG_CTL_OK && site.domain != NULL && !(site.has_domain && site.has_admins))
		code = put(ctl, &source, &site, &config, made);
	sg_config_done(&config);
	return code;
}
