/* SPDX-License-Identifier: Apache-2.0
 * Domains: what the kernel keeps apart, what each carries, and an operator's word on one. */
#include "ctl/show.h"

#include "base/str.h"

#include <inttypes.h>

static void
show_line(const struct sg_ctl *ctl, const struct sg_json *domain)
{
	const struct sg_json *labels = sg_json_get(domain, "labels");
	int64_t fade_ms = sg_show_int(domain, "fade_ms");
	sg_show_cell(sg_json_text_at(domain, "id"), 36);
	sg_show_cell(sg_json_text_at(domain, "kind"), 9);
	putchar(' ');
	sg_show_cell(sg_json_text_at(domain, "name"), 24);
	putchar(' ');
	sg_show_verdict(ctl, sg_show_bool(domain, "frozen") ? SG_STR("frozen") : SG_STR("open"), 8);
	printf("%lld tasks  fades ", (long long)sg_show_int(domain, "tasks"));
	fade_ms < 0 ? printf("never ") : printf("after %lld s ", (long long)(fade_ms / 1000));
	for (const struct sg_json *l = sg_json_first(labels); l != NULL; l = sg_json_next(labels, l)) {
		struct sg_str label = {"", 0};
		sg_json_string(l, &label);
		putchar(' ');
		sg_show_cell(label, 0);
	}
	putchar('\n');
}

static void
show_domains(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *domains = sg_json_get(answer, "domains");
	for (const struct sg_json *d = sg_json_first(domains); d != NULL; d = sg_json_next(domains, d))
		show_line(ctl, d);
	int64_t total = sg_show_int(answer, "total");
	if (domains != NULL && total > (int64_t)domains->count)
		fprintf(stderr, "%" PRId64 " more are not shown; --of NAME shows those of one user, unit or session\n", total - (int64_t)domains->count);
	if (domains == NULL || domains->count == 0)
		fprintf(stderr, "no domain %scarries labels, and none is frozen\n", ctl->option[SG_CTL_OPTION_of] != NULL ? "of that name " : "");
}

static void
show_domain(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	show_line(ctl, sg_json_get(answer, "domain"));
}

/* Names of units, groups and sessions hold what no path does. False: too long for one. */
static bool
name_in_query(const char *name, char *out, size_t room)
{
	size_t at = (size_t)snprintf(out, room, "/v1/domains?name=");
	for (; *name != '\0'; name++) {
		if (at + 4 > room)
			return false;
		bool plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *name) != NULL;
		at += (size_t)snprintf(out + at, room - at, plain ? "%c" : "%%%02X", (unsigned char)*name);
	}
	return true;
}

int
sg_ctl_domains_list(struct sg_ctl *ctl)
{
	const char *name = ctl->option[SG_CTL_OPTION_of];
	char path[512] = "/v1/domains";
	if (name != NULL && !name_in_query(name, path, sizeof(path)))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "as domains list shows it", "--of: the name is too long");
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", path, NULL, NULL, show_domains);
}

int
sg_ctl_domains_thaw(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/domains/%s", ctl->args[0], "thaw", show_domain);
}

int
sg_ctl_domains_cleanse(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/domains/%s", ctl->args[0], "cleanse", show_domain);
}
