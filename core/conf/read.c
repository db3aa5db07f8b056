/* SPDX-License-Identifier: Apache-2.0
 * The one file that knows libconfig (1.5 API only). What it reads is compared, word by word, with what our own
 * pre-check read. */
#include "conf/tree.h"

#include "base/str.h"

#include <libconfig.h>
#include <stdlib.h>

struct walk {
	struct sg_arena *arena;
	const struct sg_conf_file *file;
	const struct sg_conf_tokens *tokens; /* NULL: places from libconfig */
	size_t at;
	bool disagree;
};

/* The next token that carries something, which must be of this kind. */
static const struct sg_conf_token *
take(struct walk *w, enum sg_conf_token_kind kind)
{
	static const struct sg_conf_token none;
	if (w->tokens == NULL || w->disagree)
		return &none;
	const struct sg_conf_token *list = w->tokens->list;
	while (list[w->at].kind == SG_CONF_T_MARK || list[w->at].kind == SG_CONF_T_CLOSE)
		w->at++;
	if (list[w->at].kind != kind) {
		w->disagree = true;
		return &none;
	}
	return &list[w->at++];
}

static struct sg_conf_place
place_of(const struct walk *w, const struct sg_conf_token *token, config_setting_t *setting)
{
	if (token->line == 0)
		return (struct sg_conf_place){w->file, config_setting_source_line(setting), 1};
	return (struct sg_conf_place){w->file, token->line, token->column};
}

/* Whether `text` is what the string as written in the file means. */
static bool
means(struct sg_str written, struct sg_str text)
{
	size_t n = 0;
	for (size_t i = 0; i < written.len; i++, n++) {
		if (written.ptr[i] == '\\')
			i++;
		if (n >= text.len || i >= written.len || written.ptr[i] != text.ptr[n])
			return false;
	}
	return n == text.len;
}

static struct sg_conf_node *read_setting(struct walk *w, config_setting_t *setting);

static void
read_members(struct walk *w, config_setting_t *setting, struct sg_conf_node *node)
{
	int count = config_setting_length(setting);
	for (int i = 0; i < count; i++) {
		struct sg_conf_node *child = read_setting(w, config_setting_get_elem(setting, (unsigned)i));
		if (child != NULL)
			sg_conf_node_append(node, child);
	}
}

static void
read_value(struct walk *w, config_setting_t *setting, struct sg_conf_node *node)
{
	const struct sg_conf_token *token;
	switch (node->kind) {
	case SG_CONF_GROUP:
	case SG_CONF_LIST:
		token = take(w, SG_CONF_T_OPEN);
		node->value = place_of(w, token, setting);
		read_members(w, setting, node);
		return;
	case SG_CONF_TEXT:
		token = take(w, SG_CONF_T_TEXT);
		node->text = sg_arena_copy(w->arena, sg_str(config_setting_get_string(setting)));
		w->disagree = w->disagree || (token->line > 0 && !means(token->text, node->text));
		break;
	case SG_CONF_WHOLE:
		token = take(w, SG_CONF_T_WHOLE);
		node->number = config_setting_get_int(setting);
		w->disagree = w->disagree || (token->line > 0 && token->number != node->number);
		break;
	default:
		token = take(w, SG_CONF_T_FLAG);
		node->number = config_setting_get_bool(setting) != 0;
		w->disagree = w->disagree || (token->line > 0 && token->number != node->number);
		break;
	}
	node->value = place_of(w, token, setting);
}

static bool
kind_of(config_setting_t *setting, enum sg_conf_kind *kind)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_GROUP:
		*kind = SG_CONF_GROUP;
		return true;
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		*kind = SG_CONF_LIST;
		return true;
	case CONFIG_TYPE_STRING:
		*kind = SG_CONF_TEXT;
		return true;
	case CONFIG_TYPE_INT:
		*kind = SG_CONF_WHOLE;
		return true;
	case CONFIG_TYPE_BOOL:
		*kind = SG_CONF_FLAG;
		return true;
	default: /* floats and 64-bit integers: our pre-check lets none pass */
		return false;
	}
}

static struct sg_conf_node *
read_setting(struct walk *w, config_setting_t *setting)
{
	enum sg_conf_kind kind;
	struct sg_conf_node *node = kind_of(setting, &kind) ? sg_conf_node_new(w->arena, kind) : NULL;
	if (node == NULL) {
		w->disagree = true;
		return NULL;
	}
	const char *name = config_setting_name(setting);
	if (name != NULL) {
		const struct sg_conf_token *token = take(w, SG_CONF_T_NAME);
		node->name = sg_arena_copy(w->arena, sg_str(name));
		node->place = place_of(w, token, setting);
		w->disagree = w->disagree || (token->line > 0 && !sg_str_eq(token->text, node->name));
	}
	read_value(w, setting, node);
	if (name == NULL)
		node->place = node->value;
	return node;
}

/* libconfig knows the line only. A name given twice is found again among the tokens. */
static void
report(config_t *config, const struct sg_conf_file *file, const struct sg_conf_tokens *tokens,
       struct sg_conf_errors *errors)
{
	struct sg_conf_place place = {file, (uint32_t)config_error_line(config), 1};
	for (size_t i = 1; tokens != NULL && i < tokens->count; i++) {
		const struct sg_conf_token *again = &tokens->list[i];
		if (again->kind != SG_CONF_T_NAME || again->line != place.line)
			continue;
		for (size_t j = 1; j < i; j++) {
			const struct sg_conf_token *first = &tokens->list[j];
			if (first->kind != SG_CONF_T_NAME || first->group != again->group ||
			    !sg_str_eq(first->text, again->text))
				continue;
			sg_conf_error_add(errors, SG_CONF_E_duplicate, sg_conf_token_place(tokens, again), "remove one",
					  "\"%.*s\" stands at line %u already", SG_STR_ARG(again->text), first->line);
			return;
		}
	}
	const char *text = config_error_text(config);
	sg_conf_error_add(errors, SG_CONF_E_libconfig, place, NULL, "libconfig: %s", text == NULL ? "refused" : text);
}

/* libconfig 1.5 does not read a comment that the end of the file ends, so every file ends with a line end. */
static char *
with_line_end(struct sg_arena *arena, struct sg_str text)
{
	char *copy = sg_arena_alloc(arena, text.len + 2);
	if (copy == NULL)
		return NULL;
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\n';
	return copy;
}

struct sg_conf_node *
sg_conf_read(struct sg_arena *arena, const struct sg_conf_file *file, const struct sg_conf_tokens *tokens,
	     struct sg_conf_errors *errors)
{
	config_t config;
	struct walk w = {.arena = arena, .file = file, .tokens = tokens, .at = 1};
	struct sg_conf_node *root = sg_conf_node_new(arena, SG_CONF_GROUP);
	const char *text = with_line_end(arena, file->text);
	config_init(&config);
	if (root == NULL || text == NULL || config_read_string(&config, text) != CONFIG_TRUE) {
		report(&config, file, tokens, errors);
		config_destroy(&config);
		return NULL;
	}
	root->place = root->value = (struct sg_conf_place){file, 0, 0};
	read_members(&w, config_root_setting(&config), root);
	config_destroy(&config);
	if (w.disagree || arena->overflow) {
		sg_conf_error_add(errors, SG_CONF_E_disagree, (struct sg_conf_place){file, 0, 0},
				  "report this as a bug", "libconfig and our pre-check read this file differently");
		return NULL;
	}
	return root;
}
