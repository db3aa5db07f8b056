/* SPDX-License-Identifier: Apache-2.0
 * The strict HTTP/1.1 reader. One pass for the line ends and control bytes, then the request line, then the headers. */
#include "door/http.h"

#include "base/str.h"

static bool
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* The end of the head, its empty line included, or 0. Every LF must follow a CR, every CR must be followed by an LF, and nothing below
 * space or DEL may stand anywhere but a tab in a value. */
static enum sg_http_error
find_end(struct sg_str bytes, size_t *end)
{
	size_t line = 0;
	size_t most = bytes.len < SG_HTTP_HEAD_MAX ? bytes.len : SG_HTTP_HEAD_MAX;
	for (size_t i = 0; i < most; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];
		if (c == '\r') {
			if (i + 1 == bytes.len)
				return SG_HTTP_AGAIN;
			if (bytes.ptr[i + 1] != '\n')
				return SG_HTTP_http_newline;
			if (i == line) {
				*end = i + 2;
				return *end <= SG_HTTP_HEAD_MAX ? SG_HTTP_OK : SG_HTTP_http_head_size;
			}
			line = i + 2;
			i++;
		} else if (c == '\n') {
			return SG_HTTP_http_newline;
		} else if ((c < ' ' && c != '\t') || c == 127) {
			return SG_HTTP_http_control;
		}
	}
	return bytes.len >= SG_HTTP_HEAD_MAX ? SG_HTTP_http_head_size : SG_HTTP_AGAIN;
}

static struct sg_str
next_line(struct sg_str *rest)
{
	struct sg_str line = sg_str_cut(rest, '\n');
	line.len--; /* the CR, which is there */
	return line;
}

static bool
segments_plain(struct sg_str path)
{
	struct sg_str rest = {path.ptr + 1, path.len - 1};
	while (rest.ptr != NULL) {
		struct sg_str segment = sg_str_cut(&rest, '/');
		if (segment.len == 0 || sg_str_is(segment, ".") || sg_str_is(segment, ".."))
			return false;
		for (size_t i = 0; i < segment.len; i++)
			if (!is_token(segment.ptr[i]) || segment.ptr[i] == '%')
				return false;
	}
	return true;
}

static enum sg_http_error
read_target(struct sg_str target, struct sg_http_head *head)
{
	if (target.len < 2 || target.len > SG_HTTP_TARGET_MAX || target.ptr[0] != '/')
		return SG_HTTP_http_target;
	head->query = target;
	head->path = sg_str_cut(&head->query, '?');
	return head->path.len > 1 && segments_plain(head->path) ? SG_HTTP_OK : SG_HTTP_http_target;
}

static enum sg_http_error
read_request_line(struct sg_str line, struct sg_http_head *head)
{
	struct sg_str rest = line;
	head->method = sg_str_cut(&rest, ' ');
	struct sg_str target = rest.ptr == NULL ? (struct sg_str){NULL, 0} : sg_str_cut(&rest, ' ');
	if (head->method.len == 0 || target.len == 0 || rest.ptr == NULL || memchr(line.ptr, '\t', line.len) != NULL)
		return SG_HTTP_http_line;
	if (!sg_str_is(rest, "HTTP/1.1"))
		return sg_str_starts(rest, "HTTP/") && memchr(rest.ptr, ' ', rest.len) == NULL ? SG_HTTP_http_version : SG_HTTP_http_line;
	if (!sg_str_is(head->method, "GET") && !sg_str_is(head->method, "POST") && !sg_str_is(head->method, "DELETE"))
		return SG_HTTP_http_method;
	return read_target(target, head);
}

static bool
name_is(struct sg_str name, const char *lower)
{
	if (name.len != strlen(lower))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower[i])
			return false;
	}
	return true;
}

static struct sg_str
trim(struct sg_str value)
{
	while (value.len > 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
		value.ptr++;
		value.len--;
	}
	while (value.len > 0 && (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t'))
		value.len--;
	return value;
}

static enum sg_http_error
read_length(struct sg_str value, struct sg_http_head *head)
{
	int64_t length;
	if (head->has_length || !sg_str_int(value, 0, INT32_MAX, &length))
		return SG_HTTP_http_length;
	head->has_length = true;
	head->length = (size_t)length;
	return SG_HTTP_OK;
}

static enum sg_http_error
once(struct sg_str *to, struct sg_str value)
{
	if (to->ptr != NULL)
		return SG_HTTP_http_doubled;
	*to = value.len > 0 ? value : (struct sg_str){"", 0};
	return SG_HTTP_OK;
}

static enum sg_http_error
read_connection(struct sg_str value, struct sg_http_head *head)
{
	if (name_is(value, "close"))
		head->close = true;
	else if (!name_is(value, "keep-alive"))
		return SG_HTTP_http_header;
	return SG_HTTP_OK;
}

/* RFC 6750: the scheme in any case, one blank, a token of b64token's characters. Other schemes say nothing here. */
static enum sg_http_error
read_authorization(struct sg_str value, struct sg_http_head *head)
{
	struct sg_str token = value, scheme = sg_str_cut(&token, ' ');
	if (!name_is(scheme, "bearer"))
		return SG_HTTP_OK;
	if (head->bearer.ptr != NULL)
		return SG_HTTP_http_doubled;
	for (size_t i = 0; i < token.len; i++) {
		char c = token.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~+/=", c) != NULL)))
			return SG_HTTP_http_authorization;
	}
	head->bearer = token;
	return token.len > 0 ? SG_HTTP_OK : SG_HTTP_http_authorization;
}

static enum sg_http_error
take_header(struct sg_str name, struct sg_str value, struct sg_http_head *head, struct sg_str *host)
{
	if (name_is(name, "host"))
		return host->ptr != NULL || value.len == 0 || memchr(value.ptr, ' ', value.len) != NULL ? SG_HTTP_http_host : once(host, value);
	if (name_is(name, "content-length"))
		return read_length(value, head);
	if (name_is(name, "transfer-encoding") || name_is(name, "te") || name_is(name, "trailer"))
		return SG_HTTP_http_transfer;
	if (name_is(name, "expect"))
		return SG_HTTP_http_expect;
	if (name_is(name, "upgrade") || name_is(name, "http2-settings"))
		return SG_HTTP_http_upgrade;
	if (name_is(name, "connection"))
		return read_connection(value, head);
	if (name_is(name, "content-encoding"))
		return SG_HTTP_http_type;
	if (name_is(name, "content-type"))
		return once(&head->content_type, value);
	if (name_is(name, "authorization"))
		return read_authorization(value, head);
	if (name_is(name, "x-request-id"))
		return once(&head->request_id, value);
	return SG_HTTP_OK;
}

static enum sg_http_error
read_header(struct sg_str line, struct sg_http_head *head, struct sg_str *host)
{
	if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
		return SG_HTTP_http_folded;
	struct sg_str value = line, name = sg_str_cut(&value, ':');
	if (value.ptr == NULL || name.len == 0)
		return SG_HTTP_http_header;
	for (size_t i = 0; i < name.len; i++)
		if (!is_token(name.ptr[i]))
			return SG_HTTP_http_header;
	return take_header(name, trim(value), head, host);
}

enum sg_http_error
sg_http_head_read(struct sg_str bytes, struct sg_http_head *head)
{
	size_t end = 0, count = 0;
	struct sg_str host = {NULL, 0};
	*head = (struct sg_http_head){.size = 0};
	enum sg_http_error error = find_end(bytes, &end);
	if (error != SG_HTTP_OK)
		return error;
	struct sg_str rest = {bytes.ptr, end - 2}; /* without the empty line */
	if (rest.len == 0)
		return SG_HTTP_http_line;
	error = read_request_line(next_line(&rest), head);
	while (error == SG_HTTP_OK && rest.len > 0) {
		if (++count > SG_HTTP_HEADERS)
			return SG_HTTP_http_header_count;
		error = read_header(next_line(&rest), head, &host);
	}
	if (error == SG_HTTP_OK && host.ptr == NULL)
		error = SG_HTTP_http_host;
	head->size = end;
	return error;
}

/* ---- routes ---- */

static bool
argument_plain(struct sg_str argument)
{
	if (argument.len == 0 || argument.len > 128)
		return false;
	for (size_t i = 0; i < argument.len; i++) {
		char c = argument.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static bool
path_fits(const char *pattern, struct sg_str path, struct sg_str *argument)
{
	const char *hole = strstr(pattern, "{}");
	*argument = (struct sg_str){"", 0};
	if (hole == NULL)
		return sg_str_is(path, pattern);
	size_t before = (size_t)(hole - pattern), after = strlen(hole + 2);
	if (path.len <= before + after || memcmp(path.ptr, pattern, before) != 0 ||
	    memcmp(path.ptr + path.len - after, hole + 2, after) != 0)
		return false;
	*argument = (struct sg_str){path.ptr + before, path.len - before - after};
	return argument_plain(*argument);
}

enum sg_http_error
sg_http_route(enum sg_face face, const struct sg_http_head *head, const struct sg_route_row **route, struct sg_str *argument)
{
	size_t count;
	const struct sg_route_row *rows = sg_routes(&count);
	enum sg_http_error error = SG_HTTP_http_no_route;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].face != face || !path_fits(rows[i].path, head->path, argument))
			continue;
		*route = &rows[i];
		if (sg_str_is(head->method, rows[i].method))
			return SG_HTTP_OK;
		error = SG_HTTP_http_not_allowed;
	}
	return error;
}

static const struct {
	const char *code, *text;
	unsigned status;
} rows[] = {
	{"ok", "", 200},
#define X(name, status, text) {#name, text, status},
	SG_HTTP_ERRORS(X)
#undef X
};

const char *
sg_http_code(enum sg_http_error error)
{
	return rows[error].code;
}

const char *
sg_http_text(enum sg_http_error error)
{
	return rows[error].text;
}

unsigned
sg_http_status(enum sg_http_error error)
{
	return rows[error].status;
}

const char *
sg_http_phrase(unsigned status)
{
	static const struct {
		unsigned status;
		const char *phrase;
	} phrases[] = {{200, "OK"}, {201, "Created"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
		       {404, "Not Found"}, {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"},
		       {411, "Length Required"}, {413, "Content Too Large"}, {417, "Expectation Failed"},
		       {422, "Unprocessable Content"}, {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
		       {500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Service Unavailable"},
		       {505, "HTTP Version Not Supported"}};
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Status";
}
