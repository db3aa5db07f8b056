/* SPDX-License-Identifier: Apache-2.0
 * audit/syslog: each leaf as one message (RFC 5424) to a UNIX socket, over TCP (RFC 6587, counted) or TLS (RFC 5425). */
#include "stream.h"

#include <stepgate/audit.h>

#include <string.h>
#include <sys/utsname.h>
#include <time.h>

enum { FACILITY, HOSTNAME, APP, TLS, TLS_NAME };
enum { MESSAGE_MAX = 80 << 10, SEVERITY_NOTICE = 5, SEVERITY_INFO = 6, HEAD_MAX = 255 };

static const struct sg_option options_table[] = {
	{"facility", SG_OPTION_INTEGER, "13", 0, 23, "number of the facility; 13 is log audit"},
	{"hostname", SG_OPTION_TEXT, "", 0, HEAD_MAX, "HOSTNAME of each message; empty: this machine's"},
	{"app", SG_OPTION_TEXT, "stepgate", 1, 48, "APP-NAME of each message"},
	{"tls", SG_OPTION_BOOL, "false", 0, 1, "TLS over the granted TCP connection"},
	{"tls_name", SG_OPTION_TEXT, "", 0, HEAD_MAX, "name that the server's certificate must have"},
	{NULL},
};

struct sink {
	const struct sg_host *host;
	struct stream *stream;
	int facility;
	const char *app;
	char hostname[HEAD_MAX + 1];
	uint64_t written;
	char message[MESSAGE_MAX];
};

/* PRINTUSASCII (RFC 5424 section 6). */
static bool
printable(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	if (!printable(options->values[HOSTNAME].text) || !printable(options->values[APP].text))
		return sg_refuse(err, SG_MALFORMED, "syslog_header", "hostname and app have no blanks and no characters beyond ASCII");
	if (options->values[TLS].number == 1 && options->values[TLS_NAME].text.len == 0)
		return sg_refuse(err, SG_MALFORMED, "syslog_name", "with tls = true give tls_name, whom the certificate must name");
	return SG_OK;
}

static enum sg_status
connect_stream(struct sink *self, const struct sg_options *options, struct sg_err *err)
{
	const struct sg_host *host = self->host;
	struct stream_wish wish = {.socket = host->descriptor(host, "log"), .tls = options->values[TLS].number == 1,
				   .name = options->values[TLS_NAME].text.ptr, .ca = host->descriptor(host, "ca")};
	if (wish.socket < 0)
		return sg_refuse(err, SG_NOT_FOUND, "syslog_no_log", "grant \"log=unix:/dev/log\" or \"log=tcp:HOST:PORT\"");
	if (host->secret(host, "identity", &wish.identity) != SG_OK)
		wish.identity = (struct sg_str){NULL, 0};
	return stream_open(&self->stream, &wish, err);
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct utsname machine;
	struct sink *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a sink");
	self->host = host;
	self->facility = (int)options->values[FACILITY].number;
	self->app = options->values[APP].text.ptr;
	struct sg_str given = options->values[HOSTNAME].text;
	bool named = given.len == 0 && uname(&machine) == 0 && machine.nodename[0] != '\0';
	snprintf(self->hostname, sizeof(self->hostname), "%s", given.len > 0 ? given.ptr : named ? machine.nodename : "-");
	*state = self;
	return connect_stream(self, options, err);
}

static void
stop(void *state)
{
	struct sink *self = state;
	stream_close(self->stream);
}

static struct sg_str
read_value(const struct sink *self, struct sg_str leaf, const char *path)
{
	struct sg_str value;
	return self->host->member(self->host, leaf, path, &value) == SG_OK ? value : (struct sg_str){"", 0};
}

static bool
is(struct sg_str text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

/* 2026-08-01T12:00:00.000Z from milliseconds since 1970. */
static void
write_time(char out[40], struct sg_str at)
{
	long long ms = 0;
	struct tm day;
	for (size_t i = 0; i < at.len && i < 16; i++)
		ms = ms * 10 + (at.ptr[i] - '0');
	time_t seconds = (time_t)(ms / 1000);
	size_t len = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &day));
	snprintf(out + len, 40 - len, ".%03dZ", (int)(ms % 1000));
}

/* A value within quotes: \, " and ] behind a backslash (RFC 5424 section 6.3.3). */
static size_t
write_param(char *to, size_t room, const char *name, struct sg_str value)
{
	size_t at = (size_t)snprintf(to, room, " %s=\"", name);
	for (size_t i = 0; i < value.len && i < 128 && at + 4 < room; i++) {
		if (strchr("\\\"]", value.ptr[i]) != NULL && value.ptr[i] != '\0')
			to[at++] = '\\';
		bool plain = (unsigned char)value.ptr[i] >= ' ' && value.ptr[i] != 127;
		to[at++] = plain ? value.ptr[i] : ' '; /* a line end would begin another message on a stream */
	}
	to[at++] = '"';
	return at;
}

static size_t
write_head(const struct sink *self, const struct sg_audit_in *in, char *to, size_t room)
{
	static const char *const params[] = {"verdict", "code", "agent", "task", "action"};
	char at[40];
	struct sg_str kind = read_value(self, in->leaf, "kind"), verdict = read_value(self, in->leaf, "body.verdict");
	bool calm = verdict.len == 0 || is(verdict, "allow");
	write_time(at, read_value(self, in->leaf, "at"));
	size_t len = (size_t)snprintf(to, room, "<%d>1 %s %s %s - %.*s [stepgate@32473 n=\"%llu\"", self->facility * 8 + (calm ? SEVERITY_INFO : SEVERITY_NOTICE), at,
				      self->hostname, self->app, kind.len > 0 && kind.len <= 32 ? (int)kind.len : 1, kind.len > 0 ? kind.ptr : "-",
				      (unsigned long long)in->number);
	if (in->missing > 0)
		len += (size_t)snprintf(to + len, room - len, " missing=\"%llu\"", (unsigned long long)in->missing);
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		char path[24];
		snprintf(path, sizeof(path), "body.%s", params[i]);
		struct sg_str value = read_value(self, in->leaf, path);
		if (value.len > 0)
			len += write_param(to + len, room - len, params[i], value);
	}
	return len + (size_t)snprintf(to + len, room - len, "] ");
}

/* A leaf that no datagram takes is told without its text: what it was can be looked up by its number. */
static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	struct sink *self = state;
	size_t head = write_head(self, in, self->message, 4096);
	memcpy(self->message + head, in->leaf.ptr, in->leaf.len);
	enum sg_status status = stream_send(self->stream, (struct sg_str){self->message, head + in->leaf.len}, err);
	if (status == SG_LIMIT)
		status = stream_send(self->stream, (struct sg_str){self->message, head}, err);
	if (status == SG_OK)
		self->written = in->number;
	return status;
}

static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	struct sink *self = state;
	bool taken;
	(void)in;
	enum sg_status status = stream_taken(self->stream, &taken, err);
	out->durable = status == SG_OK && taken ? self->written : 0;
	return status;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};

SG_MODULE(audit, "syslog", .options = options_table, .configure = configure, .start = start, .stop = stop, .audit = &operations);
