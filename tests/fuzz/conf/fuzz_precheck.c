/* SPDX-License-Identifier: Apache-2.0
 * The pre-check and the unit readers on arbitrary bytes: no crash, errors bounded, printable and on lines that exist.
 */
#include "base/str.h"
#include "conf/precheck.h"
#include "conf/unit.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static void
check_errors(const struct sg_conf_errors *errors, struct sg_str text)
{
	struct sg_buf out;
	uint32_t lines = 1;
	sg_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	for (size_t i = 0; i < errors->count; i++)
		MUST(errors->list[i].line <= lines);
	sg_conf_errors_print(&out, errors);
	for (size_t i = 0; i < out.len; i++)
		MUST((unsigned char)out.ptr[i] >= 0x20 || out.ptr[i] == '\n' || out.ptr[i] == '\t');
	sg_buf_clear(&out);
	sg_conf_errors_write(&out, errors);
	MUST(!out.failed);
	sg_buf_done(&out);
}

static void
check_tokens(const struct sg_conf_tokens *tokens)
{
	MUST(tokens->list[tokens->count - 1].kind == SG_CONF_T_END);
	for (size_t i = 1; i < tokens->count; i++) {
		const struct sg_conf_token *token = &tokens->list[i];
		int64_t value;
		MUST(token->line > 0 && token->column > 0 && token->group < i);
		sg_conf_duration(token->text, &value);
		sg_conf_size(token->text, &value);
		sg_conf_mode(token->text, &value);
		sg_conf_date(token->text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_conf_errors errors;
	struct sg_conf_tokens tokens;
	struct sg_arena arena;
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 64 << 20);
	struct sg_conf_file file = {"fuzz.conf", sg_arena_copy(&arena, (struct sg_str){(const char *)bytes, len})};
	if (sg_conf_precheck(&arena, &file, &errors, &tokens))
		check_tokens(&tokens);
	else
		MUST(errors.count > 0);
	check_errors(&errors, file.text);
	sg_arena_done(&arena);
	sg_conf_errors_done(&errors);
	return 0;
}
