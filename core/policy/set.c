/* SPDX-License-Identifier: Apache-2.0
 * Loading a set: sort the files, check each, run each once, check the whole, freeze, index. What fails leaves nothing
 * behind but the list of problems. */
#include "policy/lint/lint.h"
#include "policy/set.h"

#include "base/digest.h"
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/exact/exact.h"
#include "policy/freeze.h"
#include "policy/spec.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA = 256 << 20, NO_FILE = UINT32_MAX };

static void
fill_limits(struct sg_policy_limits *to, const struct sg_policy_limits *from)
{
	static const struct sg_policy_limits none;
	*to = from == NULL ? none : *from;
	to->memory = to->memory == 0 ? SG_POLICY_MEMORY : to->memory;
	to->steps = to->steps == 0 ? SG_POLICY_STEPS : to->steps;
	to->load_steps = to->load_steps == 0 ? SG_POLICY_LOAD_STEPS : to->load_steps;
	to->output = to->output == 0 ? SG_POLICY_OUTPUT : to->output;
	to->requests = to->requests == 0 ? SG_POLICY_REQUESTS : to->requests;
}

static int
by_name(const void *a, const void *b)
{
	return sg_str_cmp(((const struct sg_policy_file *)a)->name, ((const struct sg_policy_file *)b)->name);
}

static bool
plain_name(struct sg_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < 0x20 || name.ptr[i] > 0x7E)
			return false;
	return name.len > 0 && name.len <= SG_POLICY_NAME;
}

static bool
take_sources(struct sg_policy *policy, const struct sg_policy_source *sources, size_t count)
{
	if (count > SG_POLICY_FILES) {
		sg_problem_add(policy, NO_FILE, 0, NULL, "more than %d files", SG_POLICY_FILES);
		return true;
	}
	policy->files = sg_arena_alloc(&policy->arena, (count + 1) * sizeof(*policy->files));
	if (policy->files == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		policy->files[i].name = sg_arena_copy(&policy->arena, sources[i].name);
		policy->files[i].text = sources[i].text;
		sg_sha256_hex(policy->files[i].sha256, sources[i].text);
	}
	policy->file_count = count;
	qsort(policy->files, count, sizeof(*policy->files), by_name);
	for (uint32_t i = 0; i < count; i++) {
		if (!plain_name(policy->files[i].name))
			sg_problem_add(policy, NO_FILE, 0, NULL,
				       "a file's name is empty, too long or not printable ASCII");
		if (i > 0 && by_name(&policy->files[i], &policy->files[i - 1]) == 0)
			sg_problem_add(policy, i, 0, NULL, "two files have this name");
		if (policy->files[i].text.len > SG_POLICY_FILE)
			sg_problem_add(policy, i, 0, NULL, "the file has more than %d bytes", SG_POLICY_FILE);
	}
	return true;
}

/* The message of a chunk that does not compile, at the top of the stack: "name:line: what". */
static void
note_syntax(lua_State *L, struct sg_policy *policy, uint32_t file)
{
	const char *text = lua_tostring(L, -1), *colon = text == NULL ? NULL : strstr(text, ": ");
	const char *digits = colon;
	while (digits != NULL && digits > text && digits[-1] >= '0' && digits[-1] <= '9')
		digits--;
	int line = digits == NULL ? 0 : (int)strtol(digits, NULL, 10);
	sg_problem_add(policy, file, line, NULL, "%s", colon == NULL ? "the file cannot be read" : colon + 2);
}

static void
note_failure(struct sg_policy *policy, uint32_t file)
{
	const struct sg_vm *vm = &policy->vm;
	sg_problem_add(policy, file, vm->line, vm->hint, vm->code == SG_CODE_ERROR ? "%s" : "%s (%s)", vm->text,
		       sg_policy_code_text(vm->code));
}

/* Compiles and runs one file. False if the whole load must stop: budget or memory. */
static bool
run_file(lua_State *L, struct sg_policy *policy, uint32_t file)
{
	char chunk[SG_POLICY_NAME + 2];
	struct sg_str text = policy->files[file].text;
	policy->file = file;
	snprintf(chunk, sizeof(chunk), "=%.*s", SG_STR_ARG(policy->files[file].name));
	int result = sg_exact_load(L, text.ptr == NULL ? "" : text.ptr, text.len, chunk);
	if (result == LUA_ERRMEM)
		sg_vm_raise(L, SG_CODE_MEMORY, NULL, "the memory limit is reached");
	if (result != LUA_OK) {
		note_syntax(L, policy, file);
		lua_settop(L, 0);
		return true;
	}
	lua_rawgeti(L, LUA_REGISTRYINDEX, policy->environment);
	lua_setupvalue(L, -2, 1);
	if (sg_vm_call(&policy->vm, 0, 0) == SG_OK)
		return true;
	note_failure(policy, file);
	lua_settop(L, 0);
	bool go_on = !sg_policy_code_spends(policy->vm.code) || policy->vm.code == SG_CODE_STATE;
	policy->vm.code = SG_CODE_NONE; /* noted; the next failure speaks for itself */
	return go_on;
}

static int
run_files(lua_State *L)
{
	struct sg_policy *policy = lua_touserdata(L, 1);
	lua_settop(L, 0);
	sg_sandbox_open(L);
	for (uint32_t i = 0; i < policy->file_count; i++)
		if (!run_file(L, policy, i))
			break;
	return 0;
}

static int
by_id(const void *left, const void *right)
{
	const struct sg_policy_rule *a = left, *b = right;
	int order = sg_str_cmp(a->id, b->id);
	if (order != 0)
		return order;
	return a->file != b->file ? (a->file < b->file ? -1 : 1) : a->line - b->line;
}

static void
check_ids(struct sg_policy *policy)
{
	if (policy->rule_count > 1)
		qsort(policy->rules, policy->rule_count, sizeof(*policy->rules), by_id);
	for (size_t i = 1; i < policy->rule_count; i++) {
		const struct sg_policy_rule *rule = &policy->rules[i], *before = &policy->rules[i - 1];
		if (rule->id.len == 0 || !sg_str_eq(rule->id, before->id))
			continue;
		char hint[SG_VM_TEXT];
		snprintf(hint, sizeof(hint), "the other one is at %.*s:%d",
			 SG_STR_ARG(policy->files[before->file].name), before->line);
		sg_problem_add(policy, rule->file, rule->line, hint, "the id '%.*s' is taken", SG_STR_ARG(rule->id));
	}
}

static int
freeze_rules(lua_State *L)
{
	struct sg_policy *policy = lua_touserdata(L, 1);
	for (size_t i = 0; i < policy->rule_count; i++) {
		policy->rule = &policy->rules[i];
		sg_freeze_rule(L, &policy->rules[i]);
	}
	luaL_unref(L, LUA_REGISTRYINDEX, policy->memo); /* and with it the tables as they were written */
	lua_gc(L, LUA_GCCOLLECT);
	lua_gc(L, LUA_GCCOLLECT); /* all that is left is old: not looked at again by minor collections */
	return 0;
}

static void
freeze_set(struct sg_policy *policy)
{
	if (sg_vm_run(&policy->vm, freeze_rules, policy, policy->limits.load_steps) == SG_OK)
		return;
	const struct sg_policy_rule *rule = policy->rule;
	policy->vm.line = rule == NULL ? 0 : rule->line;
	note_failure(policy, rule == NULL ? NO_FILE : rule->file);
}

static bool
index_rules(struct sg_policy *policy)
{
	for (int after = 0; after < 2; after++)
		if ((policy->match[after] = sg_match_new()) == NULL)
			return false;
	for (uint32_t i = 0; i < policy->rule_count; i++)
		for (size_t j = 0; j < policy->rules[i].on_count; j++)
			if (!sg_match_add(policy->match[policy->rules[i].after], policy->rules[i].on[j], i))
				return false;
	return true;
}

static enum sg_status
load_files(struct sg_policy *policy)
{
	bool bits = !sg_vm_bits_broken();
	if (!sg_exact_works())
		sg_problem_add(policy, NO_FILE, 0, NULL, "with this Lua whole numbers would wrap: a release of 5.4 is needed");
	for (uint32_t i = 0; i < policy->file_count; i++)
		sg_lint(policy, i, bits);
	if (sg_vm_start(&policy->vm, policy->limits.memory) != SG_OK)
		return SG_NOMEM;
	policy->loading = true;
	if (sg_vm_run(&policy->vm, run_files, policy, policy->limits.load_steps) != SG_OK)
		note_failure(policy, policy->file);
	check_ids(policy);
	for (uint32_t i = 0; i < policy->file_count && !policy->spec; i++)
		sg_lint_left_out(policy, i);
	if (policy->problem_count == 0)
		freeze_set(policy);
	policy->loading = false;
	policy->rule = NULL;
	return policy->problem_count == 0 && !(index_rules(policy) && sg_crowd_check(policy)) ? SG_NOMEM : SG_OK;
}

static void
write_report(struct sg_policy *policy, struct sg_buf *report)
{
	if (policy->problem_count > 0)
		sg_problems_write(policy, report);
	else if (policy->spec)
		sg_buf_printf(report, "{\"tests\":[%.*s]}", SG_STR_ARG(sg_buf_view(&policy->tests)));
	else
		sg_manifest_write(policy, report);
}

static enum sg_status
load_set(struct sg_policy *policy, const struct sg_policy_source *sources, size_t count, struct sg_buf *report)
{
	enum sg_status status = take_sources(policy, sources, count) ? SG_OK : SG_NOMEM;
	if (status == SG_OK && policy->problem_count == 0)
		status = load_files(policy);
	if (status == SG_OK) {
		write_report(policy, report);
		status = policy->problem_count > 0 ? SG_REFUSED : SG_OK;
	}
	if (status == SG_OK && (report->failed || policy->arena.overflow || policy->tests.failed))
		status = SG_NOMEM;
	for (size_t i = 0; i < policy->file_count; i++)
		policy->files[i].text = (struct sg_str){NULL, 0}; /* was borrowed */
	return status;
}

static struct sg_policy *
new_set(const struct sg_policy_limits *limits, bool spec)
{
	struct sg_policy *policy = calloc(1, sizeof(*policy));
	if (policy == NULL)
		return NULL;
	fill_limits(&policy->limits, limits);
	sg_arena_init(&policy->arena, ARENA);
	sg_buf_init(&policy->scratch, SG_POLICY_STRING);
	sg_buf_init(&policy->tests, SG_SPEC_REPORT);
	policy->spec = spec;
	return policy;
}

enum sg_status
sg_policy_load(const struct sg_policy_source *sources, size_t count, const struct sg_policy_limits *limits,
	       struct sg_policy **loaded, struct sg_buf *report)
{
	struct sg_policy *policy = new_set(limits, false);
	if (policy == NULL)
		return SG_NOMEM;
	enum sg_status status = load_set(policy, sources, count, report);
	if (status == SG_OK)
		*loaded = policy;
	else
		sg_policy_free(policy);
	return status;
}

enum sg_status
sg_policy_spec(const struct sg_policy_source *source, struct sg_buf *report)
{
	struct sg_policy *policy = new_set(NULL, true);
	if (policy == NULL)
		return SG_NOMEM;
	enum sg_status status = load_set(policy, source, 1, report);
	sg_policy_free(policy);
	return status;
}

void
sg_policy_free(struct sg_policy *policy)
{
	if (policy == NULL)
		return;
	sg_vm_stop(&policy->vm);
	sg_match_free(policy->match[0]);
	sg_match_free(policy->match[1]);
	sg_buf_done(&policy->scratch);
	sg_buf_done(&policy->tests);
	sg_arena_done(&policy->arena);
	free(policy->rules);
	free(policy);
}
