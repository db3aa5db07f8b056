/* SPDX-License-Identifier: Apache-2.0
 * Steps about foreign bytes: rubbish of every size, which nothing signed. Also what the steps of all kinds call once. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"

#include <stepgate/verify.h>

#include <fcntl.h>
#include <unistd.h>

static bool
verify(struct sg_check *c, struct sg_str token, struct sg_err *why)
{
	struct sg_buf request, answer;
	sg_buf_init(&request, SG_REQUEST_MAX);
	sg_buf_init(&answer, SG_ANSWER_MAX);
	sg_buf_text(&request, "{\"jwks\":{\"keys\":[]},\"lease\":\"check-1\",\"verb\":\"verify\",\"token\":");
	sg_canon_string(&request, token);
	sg_buf_text(&request, "}");
	sg_check_at(c, "verify of %zu bytes", token.len);
	bool ok = sg_check_ask(c, sg_buf_view(&request), -1, &answer, why);
	sg_buf_done(&request);
	sg_buf_done(&answer);
	return ok;
}

/* True if facts came of it. */
static bool
identify(struct sg_check *c, const char *form, struct sg_str bytes, struct sg_err *why)
{
	struct sg_buf request, answer;
	sg_buf_init(&request, SG_REQUEST_MAX);
	sg_buf_init(&answer, SG_ANSWER_MAX);
	sg_buf_printf(&request, "{\"form\":\"%s\",\"verb\":\"identify\",\"bytes\":\"", form);
	sg_b64u_write(&request, bytes);
	sg_buf_text(&request, "\"}");
	sg_check_at(c, "identify of %zu bytes", bytes.len);
	bool ok = sg_check_ask(c, sg_buf_view(&request), -1, &answer, why) && !sg_str_is(sg_buf_view(&answer), "{\"facts\":{},\"ok\":true}");
	if (ok)
		why->code = "";
	sg_buf_done(&request);
	sg_buf_done(&answer);
	return ok;
}

static bool
one_size(struct sg_check *c, const char *bytes, size_t len)
{
	const struct sg_verify_ops *ops = c->loaded.module->verify;
	struct sg_err why = {.code = ""};
	struct sg_str text = {bytes, len};
	if (ops->verify != NULL && len <= SG_VERIFY_TOKEN_MAX && verify(c, text, &why))
		return sg_check_fail(c, SG_PROMISE_rules, "verify takes %zu bytes that nothing signed", len);
	if (!sg_check_in_bounds(c, "verify", &why))
		return false;
	static const char *const forms[] = {"token", "chain"};
	for (size_t i = 0; i < 2 && ops->identify != NULL; i++) {
		why = (struct sg_err){.code = ""};
		if (identify(c, forms[i], text, &why))
			return sg_check_fail(c, SG_PROMISE_rules, "identify takes %zu bytes that nothing signed as %s", len, forms[i]);
		if (!sg_check_in_bounds(c, "identify", &why))
			return false;
	}
	return true;
}

/* A line's end behind a token is no part of it. */
static bool
read_sample(const char *path, bool text, char bytes[SG_PRESENTED_MAX + 1], struct sg_str *sample)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, bytes, SG_PRESENTED_MAX + 1) : -1;
	if (fd >= 0)
		close(fd);
	while (text && len > 0 && bytes[len - 1] == '\n')
		len--;
	*sample = (struct sg_str){bytes, len > 0 ? (size_t)len : 0};
	return len > 0 && len <= SG_PRESENTED_MAX;
}

static bool
takes(struct sg_check *c, const char *form, struct sg_str sample, struct sg_err *why)
{
	const struct sg_verify_ops *ops = c->loaded.module->verify;
	bool token = strcmp(form, "token") == 0;
	return (token && ops->verify != NULL && sample.len <= SG_VERIFY_TOKEN_MAX && verify(c, sample, why)) || (ops->identify != NULL && identify(c, form, sample, why));
}

bool
sg_check_verify_taken(struct sg_check *c)
{
	static char bytes[SG_PRESENTED_MAX + 1];
	const char *const files[] = {c->wish->token, c->wish->chain}, *const forms[] = {"token", "chain"};
	struct sg_str sample;
	bool good = sg_check_begin(c);
	if (!good)
		return false;
	if (files[0] == NULL && files[1] == NULL)
		good = sg_check_skip(c, "give --token FILE or --chain FILE that it takes: what refuses everything passes all other steps");
	for (size_t i = 0; i < 2 && good; i++) {
		struct sg_err why = {.code = "", .text = "it is not its own"};
		if (files[i] == NULL)
			continue;
		if (!read_sample(files[i], i == 0, bytes, &sample))
			good = sg_check_fail(c, SG_PROMISE_rules, "%.100s cannot be read, or has more than %d bytes", files[i], SG_PRESENTED_MAX);
		else if (!takes(c, forms[i], sample, &why))
			good = sg_check_fail(c, SG_PROMISE_rules, "the %s that was given is refused: %s: %s", forms[i], why.code, why.text);
	}
	sg_check_stop(c);
	return good;
}

bool
sg_check_verify_rubbish(struct sg_check *c)
{
	static const size_t sizes[] = {1, 2, 3, 16, 255, 256, SG_VERIFY_TOKEN_MAX - 1, SG_VERIFY_TOKEN_MAX, SG_PRESENTED_MAX - 1, SG_PRESENTED_MAX};
	static const char *const shapes[] = {"{}", "{\"iss\":\"a\"}", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30.", "0"};
	static char bytes[SG_PRESENTED_MAX];
	bool good = sg_check_begin(c);
	if (!good)
		return false;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && good; i++)
		good = one_size(c, shapes[i], strlen(shapes[i]));
	for (size_t fill = 0; fill < 3; fill++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]) && good; i++) {
			memset(bytes, "a0."[fill], sizeof(bytes));
			good = one_size(c, bytes, sizes[i]);
		}
	sg_check_stop(c);
	return good;
}

void
sg_check_call(struct sg_check *c)
{
	struct sg_err why = {0};
	switch (c->kind) {
	case SG_KIND_attest:
		sg_check_attest_call(c);
		break;
	case SG_KIND_issue:
		sg_check_issue_call(c);
		break;
	case SG_KIND_audit:
		sg_check_audit_call(c);
		break;
	case SG_KIND_verify:
		if (c->loaded.module->verify->verify != NULL)
			verify(c, SG_STR("a.b.c"), &why);
		if (c->loaded.module->verify->identify != NULL)
			identify(c, "token", SG_STR("a.b.c"), &why);
		break;
	case SG_KIND_prove:
		sg_check_prove_call(c);
		break;
	}
}
