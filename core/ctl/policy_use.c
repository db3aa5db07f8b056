/* SPDX-License-Identifier: Apache-2.0
 * policy use: shipped policy files into the policy folder, checked and tested with all that is there. Nothing comes into force but by a reload. */
#include "ctl/daemon.h"
#include "conf/option.h"
#include "ctl/policy_trial.h"
#include "ctl/show.h"
#include "ctl/start.h"

#include "base/str.h"
#include "frame/approvers.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

static const char *const states[] = {"not used", "in the folder", "older than shipped", "changed here", "unreadable"};

struct use {
	const struct sg_ctl *ctl;
	const char *shipped, *approvers, *config;
	char folder[1100];
	struct sg_buf text; /* of the configuration */
	struct sg_arena arena;
	const struct sg_json *document;
	struct sg_pack packs[2 * SG_PACKS];
	size_t count;
};

static bool
is_tests(const char *name)
{
	size_t len = strlen(name);
	return len > 5 && strcmp(name + len - 5, "_test") == 0;
}

static bool
add(struct use *u, const char *name)
{
	if (u->count == sizeof(u->packs) / sizeof(u->packs[0]))
		return false;
	bool good = sg_pack_read(&u->packs[u->count], u->shipped, u->folder, name, u->approvers);
	if (good)
		u->count++;
	else
		sg_pack_done(&u->packs[u->count]);
	return good;
}

/* With its tests, where it has some. */
static int
add_named(struct use *u, const char *name)
{
	char tests[SG_PACK_NAME + 8];
	size_t len = strlen(name);
	if (len == 0 || len >= SG_PACK_NAME || strchr(name, '/') != NULL || name[0] == '.' || is_tests(name) || !add(u, name))
		return sg_ctl_fail(u->ctl, SG_CTL_DENIED, "not_found", "stepgate policy use lists what is shipped", "no policy \"%.64s\" is shipped in %s", name, u->shipped);
	snprintf(tests, sizeof(tests), "%s_test", name);
	add(u, tests);
	return SG_CTL_OK;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
add_all(struct use *u)
{
	char names[SG_PACKS][SG_PACK_NAME];
	size_t count = 0;
	DIR *dir = opendir(u->shipped);
	if (dir == NULL)
		return sg_ctl_fail(u->ctl, SG_CTL_CONFIG, "no_policies", "--from DIR says where they are", "%s: %s", u->shipped, strerror(errno));
	for (struct dirent *e; count < SG_PACKS && (e = readdir(dir)) != NULL;) {
		size_t len = strlen(e->d_name);
		if (len < 5 || len >= SG_PACK_NAME || strcmp(e->d_name + len - 4, ".lua") != 0 || e->d_name[0] == '.')
			continue;
		snprintf(names[count], SG_PACK_NAME, "%.*s", (int)len - 4, e->d_name);
		count += !is_tests(names[count]);
	}
	closedir(dir);
	if (count == 0)
		return sg_ctl_fail(u->ctl, SG_CTL_CONFIG, "no_policies", "--from DIR says where they are", "%s: no policy is there", u->shipped);
	qsort(names, count, sizeof(names[0]), by_name);
	int code = SG_CTL_OK;
	for (size_t i = 0; i < count && code == SG_CTL_OK; i++)
		code = add_named(u, names[i]);
	return code;
}

/* ---- listing ---- */

static void
list_json(const struct use *u)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, 1 << 20);
	sg_jw_begin(&w, &out);
	sg_jw_array(&w);
	for (size_t i = 0; i < u->count; i++) {
		if (is_tests(u->packs[i].name))
			continue;
		sg_jw_object(&w);
		sg_jw_member_str(&w, "description", sg_pack_description(&u->packs[i]));
		sg_jw_member_text(&w, "name", u->packs[i].name);
		sg_jw_member_text(&w, "state", states[u->packs[i].state]);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	sg_show_answer(sg_buf_view(&out));
	sg_buf_done(&out);
}

static int
list(const struct use *u)
{
	if (u->ctl->json) {
		list_json(u);
		return SG_CTL_OK;
	}
	for (size_t i = 0; i < u->count; i++)
		if (!is_tests(u->packs[i].name))
			printf("%-14s %-18s %.*s\n", u->packs[i].name, states[u->packs[i].state], SG_STR_ARG(sg_pack_description(&u->packs[i])));
	return SG_CTL_OK;
}

/* ---- using ---- */

static bool
is_due(const struct sg_pack *pack)
{
	return pack->state == SG_PACK_UNUSED || pack->state == SG_PACK_OLDER || pack->state == SG_PACK_CHANGED;
}

/* What is there is written over by an operator's word alone, who has seen the difference. */
static int
ask_word(const struct use *u)
{
	int code = SG_CTL_OK;
	for (size_t i = 0; i < u->count; i++) {
		const struct sg_pack *p = &u->packs[i];
		bool there = p->state == SG_PACK_OLDER || p->state == SG_PACK_CHANGED;
		if (p->state == SG_PACK_UNREADABLE)
			return sg_ctl_fail(u->ctl, SG_CTL_PERMISSION, "unreadable", "", "%s/%s.lua cannot be read", u->folder, p->name);
		if (!there || u->ctl->option[SG_CTL_OPTION_replace] != NULL)
			continue;
		if (!u->ctl->json)
			sg_trial_difference(p, u->folder);
		code = SG_CTL_DENIED;
	}
	return code == SG_CTL_OK ? code : sg_ctl_fail(u->ctl, code, "exists", "--replace puts what is shipped in its place", "nothing was put in place: what is there differs from what is shipped");
}

/* A step-up that nobody may answer is a denial that nobody meant. */
static int
ask_groups(const struct use *u)
{
	for (size_t i = 0; i < u->count; i++) {
		struct sg_str group = sg_pack_group(&u->packs[i]);
		if (group.ptr != NULL && is_due(&u->packs[i]) && sg_approvers_of(u->document, group, NULL) == 0)
			return sg_ctl_fail(u->ctl, SG_CTL_CONFIG, "approvers", "--approvers GROUP names another; stepgate config add group makes one", "%s asks the group \"%.*s\", in which nobody may approve", u->packs[i].name,
					   SG_STR_ARG(group));
	}
	return SG_CTL_OK;
}

static bool
put_one(const struct use *u, const struct sg_pack *pack)
{
	char path[SG_PACK_PATH];
	struct sg_str text = sg_buf_view(&pack->text);
	snprintf(path, sizeof(path), "%s/%s.lua", u->folder, pack->name);
	return pack->state == SG_PACK_UNUSED ? sg_make_file(path, text, 0644) == SG_MAKE_MADE : sg_make_replace(path, text, 0644);
}

static int
put(const struct use *u)
{
	size_t count = 0;
	for (size_t i = 0; i < u->count; i++) {
		if (!is_due(&u->packs[i]))
			continue;
		if (!put_one(u, &u->packs[i]))
			return sg_ctl_fail(u->ctl, errno == EACCES || errno == EPERM || errno == EROFS ? SG_CTL_PERMISSION : SG_CTL_CANNOT_MAKE, "make", "", "%s/%s.lua: %s", u->folder, u->packs[i].name, strerror(errno));
		count++;
		if (!u->ctl->json)
			printf("%s/%s.lua is in place\n", u->folder, u->packs[i].name);
	}
	if (u->ctl->json)
		list_json(u);
	else
		printf(count > 0 ? "stepgate reload puts it in force\n" : "all of it is in the folder already\n");
	return SG_CTL_OK;
}

static int
use(struct use *u)
{
	int code = ask_word(u);
	if (code == SG_CTL_OK)
		code = ask_groups(u);
	if (code == SG_CTL_OK && sg_make_folder(u->folder, 0755) == SG_MAKE_FAILED)
		code = sg_ctl_fail(u->ctl, SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", u->folder, strerror(errno));
	if (code == SG_CTL_OK)
		code = sg_trial_run(u->ctl, u->packs, u->count, u->folder, u->config);
	return code == SG_CTL_OK ? put(u) : code;
}

static int
read_configuration(struct use *u)
{
	int code = sg_daemon_config(u->ctl, u->config, &u->text, &u->arena, &u->document);
	snprintf(u->folder, sizeof(u->folder), "%.*s", SG_STR_ARG(sg_json_text_at(u->document, "policy_dir")));
	return code;
}

int
sg_ctl_policy_use(struct sg_ctl *ctl)
{
	const char *from = ctl->option[SG_CTL_OPTION_from], *config = ctl->option[SG_CTL_OPTION_config];
	struct use *u = calloc(1, sizeof(*u));
	if (u == NULL)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "memory", "", "no memory");
	*u = (struct use){.ctl = ctl, .shipped = from != NULL ? from : SG_SHIPPED_POLICY_DIR, .config = config != NULL ? config : SG_CTL_CONFIG_FILE, .approvers = ctl->option[SG_CTL_OPTION_approvers]};
	sg_buf_init(&u->text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&u->arena, 256 << 20);
	bool all = ctl->arg_count == 0;
	int code = u->approvers != NULL && !sg_conf_is_name(sg_str(u->approvers)) ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "--approvers GROUP", "\"%.64s\" is no name of a group", u->approvers) : read_configuration(u);
	if (code == SG_CTL_OK && all)
		code = add_all(u);
	for (size_t i = 0; i < ctl->arg_count && code == SG_CTL_OK; i++)
		code = add_named(u, ctl->args[i]);
	if (code == SG_CTL_OK)
		code = all && ctl->option[SG_CTL_OPTION_all] == NULL ? list(u) : use(u);
	for (size_t i = 0; i < u->count; i++)
		sg_pack_done(&u->packs[i]);
	sg_arena_done(&u->arena);
	sg_buf_done(&u->text);
	free(u);
	return code;
}
