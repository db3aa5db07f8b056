/* SPDX-License-Identifier: Apache-2.0
 * The strict HTTP reader: what it takes, what it refuses and with which code, and its bounds. */
#include "door/body.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>

#define L "\r\n"
#define POST "POST /v1/act HTTP/1.1" L "Host: x" L
#define JSON_TYPE "Content-Type: application/json" L

static const struct {
	struct sg_str bytes;
	enum sg_http_error want;
} heads[] = {
#define H(text, error) {{text, sizeof(text) - 1}, SG_HTTP_##error}
	H("GET /v1/tasks/x HTTP/1.1" L "Host: x" L L, OK),
	H(POST JSON_TYPE "Content-Length: 2" L L, OK),
	H(POST "X-Any: a\tb" L L, OK),
	H(POST "X-Empty:" L L, OK),
	H("", AGAIN),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L, AGAIN),
	H("GET /v1/ping HTTP/1.1\r", AGAIN),
	/* line ends */
	H("GET /v1/ping HTTP/1.1\nHost: x\n\n", http_newline),
	H("GET /v1/ping HTTP/1.1" L "Host: x\n" L, http_newline),
	H("GET /v1/ping HTTP/1.1" L "Host: x\rY: z" L L, http_newline),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L "\n", http_newline),
	/* control bytes */
	H("GET /v1/ping HTTP/1.1" L "Host: x\0y" L L, http_control),
	H("GET /v1/\0ping HTTP/1.1" L "Host: x" L L, http_control),
	H("\0GET /v1/ping HTTP/1.1" L "Host: x" L L, http_control),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L "\0: y" L L, http_control),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L "A: \x1b[2J" L L, http_control),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L "A: \x7f" L L, http_control),
	/* the request line */
	H(L "GET /v1/ping HTTP/1.1" L "Host: x" L L, http_line),
	H("GET  /v1/ping HTTP/1.1" L "Host: x" L L, http_line),
	H("GET /v1/ping  HTTP/1.1" L "Host: x" L L, http_line),
	H("GET /v1/ping HTTP/1.1 " L "Host: x" L L, http_line),
	H("GET\t/v1/ping HTTP/1.1" L "Host: x" L L, http_line),
	H("GET /v1/ping" L "Host: x" L L, http_line),
	H("GET" L "Host: x" L L, http_line),
	H(" GET /v1/ping HTTP/1.1" L "Host: x" L L, http_line),
	H("GET /v1/ping HTTP/1.0" L "Host: x" L L, http_version),
	H("GET /v1/ping HTTP/1.2" L "Host: x" L L, http_version),
	H("GET /v1/ping HTTP/2.0" L "Host: x" L L, http_version),
	H("GET /v1/ping http/1.1" L "Host: x" L L, http_line),
	H("get /v1/ping HTTP/1.1" L "Host: x" L L, http_method),
	H("PUT /v1/ping HTTP/1.1" L "Host: x" L L, http_method),
	H("CONNECT x:443 HTTP/1.1" L "Host: x" L L, http_method),
	H("PRI * HTTP/2.0" L L "SM" L L, http_version),
	/* targets */
	H("GET http://x/v1/ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET * HTTP/1.1" L "Host: x" L L, http_target),
	H("GET / HTTP/1.1" L "Host: x" L L, http_target),
	H("GET v1/ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET //v1/ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/../ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/./ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/%70ing HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/ping%00 HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/ping# HTTP/1.1" L "Host: x" L L, OK), /* a token character, but no route has it */
	H("GET /v1\\ping HTTP/1.1" L "Host: x" L L, http_target),
	H("GET /v1/ping/ HTTP/1.1" L "Host: x" L L, http_target),
	/* headers */
	H("GET /v1/ping HTTP/1.1" L L, http_host),
	H("GET /v1/ping HTTP/1.1" L "Host:" L L, http_host),
	H("GET /v1/ping HTTP/1.1" L "Host: x" L "Host: x" L L, http_host),
	H("GET /v1/ping HTTP/1.1" L "Host: x y" L L, http_host),
	H(POST " folded: x" L L, http_folded),
	H(POST "A: b" L "\tc" L L, http_folded),
	H(POST "NoColon" L L, http_header),
	H(POST ": empty name" L L, http_header),
	H(POST "Name : x" L L, http_header),
	H(POST "Na me: x" L L, http_header),
	H(POST "Na(me): x" L L, http_header),
	H(POST "N\xc3\xa4me: x" L L, http_header),
	/* framing */
	H(POST "Transfer-Encoding: chunked" L L, http_transfer),
	H(POST "transfer-encoding: identity" L L, http_transfer),
	H(POST "Content-Length: 5" L "Transfer-Encoding: chunked" L L, http_transfer),
	H(POST "TE: trailers" L L, http_transfer),
	H(POST "Content-Length: 2" L "Content-Length: 2" L L, http_length),
	H(POST "Content-Length: 2, 2" L L, http_length),
	H(POST "Content-Length: +2" L L, http_length),
	H(POST "Content-Length: -2" L L, http_length),
	H(POST "Content-Length: 02" L L, http_length),
	H(POST "Content-Length: 0x2" L L, http_length),
	H(POST "Content-Length: 2 " L L, OK), /* optional white space around a value is part of the grammar */
	H(POST "Content-Length: 2 3" L L, http_length),
	H(POST "Content-Length:" L L, http_length),
	H(POST "Content-Length: 18446744073709551618" L L, http_length),
	H(POST "Content-Length: 2147483648" L L, http_length),
	H(POST "Content-Length: 2147483647" L L, OK),
	H(POST "Expect: 100-continue" L L, http_expect),
	H(POST "Upgrade: h2c" L L, http_upgrade),
	H(POST "HTTP2-Settings: AAMAAABk" L L, http_upgrade),
	H(POST "Connection: keep-alive" L L, OK),
	H(POST "Connection: close" L L, OK),
	H(POST "Connection: Content-Length" L L, http_header),
	H(POST "Content-Encoding: gzip" L L, http_type),
	H(POST JSON_TYPE JSON_TYPE L, http_doubled),
	H(POST "X-Request-ID: a" L "X-Request-ID: b" L L, http_doubled),
	/* bearer tokens; other schemes say nothing here */
	H(POST "Authorization: Bearer a.b-c_d~e+f/g==" L L, OK),
	H(POST "Authorization: BEARER a" L L, OK),
	H(POST "Authorization: Basic YTpi" L L, OK),
	H(POST "Authorization: Bearer" L L, http_authorization),
	H(POST "Authorization: Bearer  a" L L, http_authorization),
	H(POST "Authorization: Bearer a b" L L, http_authorization),
	H(POST "Authorization: Bearer a,b" L L, http_authorization),
	H(POST "Authorization: Bearer \xc3\xa9" L L, http_authorization),
	H(POST "Authorization: Bearer a" L "Authorization: Bearer a" L L, http_doubled),
#undef H
};

static void
table(void)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct sg_http_head head;
		enum sg_http_error got = sg_http_head_read(heads[i].bytes, &head);
		if (got != heads[i].want)
			fprintf(stderr, "  head %zu: %d instead of %d: %.*s\n", i, got, heads[i].want, SG_STR_ARG(heads[i].bytes));
		CU_ASSERT_EQUAL(got, heads[i].want);
	}
}

/* However the bytes are cut, the answer is the same. */
static void
in_parts(void)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		for (size_t cut = 0; cut < heads[i].bytes.len; cut++) {
			struct sg_http_head head;
			enum sg_http_error part = sg_http_head_read((struct sg_str){heads[i].bytes.ptr, cut}, &head);
			bool fine = part == SG_HTTP_AGAIN || part == heads[i].want;
			if (!fine)
				fprintf(stderr, "  head %zu cut at %zu: %d\n", i, cut, part);
			CU_ASSERT_TRUE(fine);
		}
}

static enum sg_http_error
sized(size_t filler)
{
	static char bytes[20000];
	struct sg_http_head head;
	int len = snprintf(bytes, sizeof(bytes), "GET /v1/ping HTTP/1.1" L "Host: x" L "A: %0*d" L L, (int)filler, 0);
	return sg_http_head_read((struct sg_str){bytes, (size_t)len}, &head);
}

static void
bounds(void)
{
	size_t fixed = strlen("GET /v1/ping HTTP/1.1" L "Host: x" L "A: " L L);
	CU_ASSERT_EQUAL(sized(SG_HTTP_HEAD_MAX - fixed), SG_HTTP_OK);
	CU_ASSERT_EQUAL(sized(SG_HTTP_HEAD_MAX - fixed + 1), SG_HTTP_http_head_size);
	for (int count = SG_HTTP_HEADERS - 1; count <= SG_HTTP_HEADERS; count++) {
		char bytes[4096] = "GET /v1/ping HTTP/1.1" L "Host: x" L;
		struct sg_http_head head;
		for (int i = 0; i < count; i++)
			strcat(bytes, "A: b" L);
		strcat(bytes, L);
		CU_ASSERT_EQUAL(sg_http_head_read(sg_str(bytes), &head), count < SG_HTTP_HEADERS ? SG_HTTP_OK : SG_HTTP_http_header_count);
	}
	char bytes[2048];
	struct sg_http_head head;
	for (int extra = 0; extra <= 1; extra++) {
		snprintf(bytes, sizeof(bytes), "GET /%0*d HTTP/1.1" L "Host: x" L L, SG_HTTP_TARGET_MAX - 1 + extra, 0);
		CU_ASSERT_EQUAL(sg_http_head_read(sg_str(bytes), &head), extra ? SG_HTTP_http_target : SG_HTTP_OK);
	}
}

static enum sg_http_error
route(enum sg_face face, const char *method, const char *path, char *argument)
{
	struct sg_http_head head = {.method = sg_str(method), .path = sg_str(path)};
	const struct sg_route_row *row = NULL;
	struct sg_str arg = {"", 0};
	enum sg_http_error error = sg_http_route(face, &head, &row, &arg);
	snprintf(argument, 200, "%.*s", SG_STR_ARG(arg));
	return error;
}

static void
routes(void)
{
	char arg[200], long_path[300];
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "POST", "/v1/act", arg), SG_HTTP_OK);
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "GET", "/v1/act", arg), SG_HTTP_http_not_allowed);
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "POST", "/v1/kill", arg), SG_HTTP_http_no_route);
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "GET", "/v1/tasks", arg), SG_HTTP_http_not_allowed);
	CU_ASSERT_EQUAL(route(SG_FACE_ADMIN, "POST", "/v1/kill", arg), SG_HTTP_OK);
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "DELETE", "/v1/tasks/t-1", arg), SG_HTTP_OK);
	CU_ASSERT_STRING_EQUAL(arg, "t-1");
	CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "POST", "/v1/decisions/d1/outcome", arg), SG_HTTP_OK);
	CU_ASSERT_STRING_EQUAL(arg, "d1");
	CU_ASSERT_NOT_EQUAL(route(SG_FACE_AGENT, "POST", "/v1/decisions//outcome", arg), SG_HTTP_OK);
	CU_ASSERT_NOT_EQUAL(route(SG_FACE_AGENT, "DELETE", "/v1/tasks/a/b", arg), SG_HTTP_OK);
	CU_ASSERT_NOT_EQUAL(route(SG_FACE_AGENT, "DELETE", "/v1/tasks/a'b", arg), SG_HTTP_OK);
	for (int extra = 0; extra <= 1; extra++) {
		snprintf(long_path, sizeof(long_path), "/v1/tasks/%0*d", 128 + extra, 0);
		CU_ASSERT_EQUAL(route(SG_FACE_AGENT, "DELETE", long_path, arg) == SG_HTTP_OK, extra == 0);
	}
}

static enum sg_http_error
body(const char *type, const char *bytes, char *out)
{
	size_t count;
	const struct sg_route_row *rows = sg_routes(&count), *row = NULL;
	for (size_t i = 0; i < count; i++)
		if (rows[i].route == SG_ROUTE_A_ACT)
			row = &rows[i];
	struct sg_http_head head = {.content_type = sg_str(type)};
	struct sg_buf buf;
	const char *why = "";
	sg_buf_init(&buf, 65536);
	enum sg_http_error error = sg_body_canonical(row, &head, sg_str(bytes), &buf, &why);
	snprintf(out, 200, "%.*s", (int)buf.len, buf.ptr != NULL ? buf.ptr : "");
	if (error == SG_HTTP_http_body)
		snprintf(out, 200, "%s", why);
	sg_buf_done(&buf);
	return error;
}

static void
bodies(void)
{
	char out[200];
	CU_ASSERT_EQUAL(body("application/json", "{\"b\":1, \"a\":2e0}", out), SG_HTTP_OK);
	CU_ASSERT_STRING_EQUAL(out, "{\"a\":2,\"b\":1}");
	CU_ASSERT_EQUAL(body("application/json; charset=utf-8", "{}", out), SG_HTTP_OK);
	CU_ASSERT_EQUAL(body("text/plain", "{}", out), SG_HTTP_http_type);
	CU_ASSERT_EQUAL(body("application/json; charset=latin1", "{}", out), SG_HTTP_http_type);
	CU_ASSERT_EQUAL(body("application/json", "[]", out), SG_HTTP_http_body);
	CU_ASSERT_STRING_EQUAL(out, "json_not_object");
	CU_ASSERT_EQUAL(body("application/json", "{\"a\":1,\"a\":2}", out), SG_HTTP_http_body);
	CU_ASSERT_STRING_EQUAL(out, "json_duplicate");
	CU_ASSERT_EQUAL(body("application/json", "", out), SG_HTTP_http_body);
}

static enum sg_http_error
form(const char *bytes, char *out)
{
	static const struct sg_route_row row = {"f", SG_ROUTE_E_INTROSPECT, SG_FACE_ENFORCER, "POST", "/x", SG_BODY_FORM};
	struct sg_http_head head = {.content_type = SG_STR("application/x-www-form-urlencoded")};
	struct sg_buf buf;
	const char *why = "";
	sg_buf_init(&buf, 65536);
	enum sg_http_error error = sg_body_canonical(&row, &head, sg_str(bytes), &buf, &why);
	snprintf(out, 200, "%.*s", (int)buf.len, buf.ptr != NULL ? buf.ptr : "");
	sg_buf_done(&buf);
	return error;
}

static void
forms(void)
{
	static const char *const bad[] = {"token", "token=a&token=b", "=a", "token=a&", "&token=a", "token=%", "token=%4", "token=%zz", "token=%00",
					  "token=a b", "token=a\x01", "token=%20", "token=\xc3\xa4"};
	char out[200];
	CU_ASSERT_EQUAL(form("token=a.b-c_d~&hint=%61%3D", out), SG_HTTP_OK);
	CU_ASSERT_STRING_EQUAL(out, "{\"hint\":\"a=\",\"token\":\"a.b-c_d~\"}");
	CU_ASSERT_EQUAL(form("token=%41", out), SG_HTTP_OK);
	CU_ASSERT_STRING_EQUAL(out, "{\"token\":\"A\"}");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum sg_http_error got = form(bad[i], out);
		if (got != SG_HTTP_http_form)
			fprintf(stderr, "  form %s: %d\n", bad[i], got);
		CU_ASSERT_EQUAL(got, SG_HTTP_http_form);
	}
	char many[400] = "";
	for (int i = 0; i < SG_FORM_MEMBERS + 1; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "%sn%d=1", i > 0 ? "&" : "", i);
	CU_ASSERT_EQUAL(form(many, out), SG_HTTP_http_form);
	*strrchr(many, '&') = '\0';
	CU_ASSERT_EQUAL(form(many, out), SG_HTTP_OK);
}

SG_CASES("door.http", {"heads, taken and refused", table}, {"cut anywhere", in_parts}, {"bounds", bounds}, {"routes", routes},
	 {"JSON bodies", bodies}, {"forms", forms})
