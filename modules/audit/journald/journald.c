/* SPDX-License-Identifier: Apache-2.0
 * audit/journald: each leaf as one entry with fields, in the journal's own protocol (systemd, JOURNAL_NATIVE_PROTOCOL): one datagram an entry. */
#include <stepgate/audit.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum { ENTRY_MAX = 160 << 10, VALUE_MAX = 1024 };

/* One id a kind of leaf, for ever; `stepgate.catalog` explains them. The first row is for kinds without one. */
static const struct {
	const char *kind, *id;
} ids[] = {
	{"", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e00"},         {"decision", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e01"},
	{"withheld", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e02"}, {"kill", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e03"},
	{"gap", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e04"},      {"approval", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e05"},
	{"task", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e06"},     {"lease", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e07"},
	{"outcome", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e08"},  {"admin", "7c0a6d0f5b3e4b6f9a4f0d5d2b9c1e09"},
};

/* Fields of an entry, and where their value stands in the leaf. */
static const struct {
	const char *field, *path;
} fields[] = {
	{"STEPGATE_KIND", "kind"},          {"STEPGATE_LEAF", "n"},        {"STEPGATE_VERDICT", "body.verdict"},
	{"STEPGATE_CODE", "body.code"},     {"STEPGATE_AGENT", "body.agent"}, {"STEPGATE_TASK", "body.task"},
	{"STEPGATE_ACTION", "body.action"},
};

struct sink {
	const struct sg_host *host;
	int socket;
	uint64_t written;
	size_t len;
	bool full;
	char entry[ENTRY_MAX];
};

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options;
	struct sink *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a sink");
	self->host = host;
	self->socket = host->descriptor(host, "journal");
	*state = self;
	return self->socket >= 0 ? SG_OK : sg_refuse(err, SG_NOT_FOUND, "journald_no_socket", "grant \"journal=unix:/run/systemd/journal/socket\"");
}

static void
add(struct sink *self, const void *bytes, size_t len)
{
	if (len > ENTRY_MAX - self->len) {
		self->full = true;
		return;
	}
	memcpy(self->entry + self->len, bytes, len);
	self->len += len;
}

/* NAME, line end, length as 64 bits little-endian, value, line end: right for any value. */
static void
field(struct sink *self, const char *name, struct sg_str value)
{
	unsigned char size[8];
	for (size_t i = 0; i < sizeof(size); i++)
		size[i] = (unsigned char)((uint64_t)value.len >> (8 * i));
	add(self, name, strlen(name));
	add(self, "\n", 1);
	add(self, size, sizeof(size));
	add(self, value.ptr, value.len);
	add(self, "\n", 1);
}

static void
field_text(struct sink *self, const char *name, const char *value)
{
	field(self, name, (struct sg_str){value, strlen(value)});
}

static struct sg_str
read_value(const struct sink *self, struct sg_str leaf, const char *path)
{
	struct sg_str value;
	if (self->host->member(self->host, leaf, path, &value) != SG_OK)
		return (struct sg_str){"", 0};
	value.len = value.len < VALUE_MAX ? value.len : VALUE_MAX;
	return value;
}

static bool
is(struct sg_str text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static const char *
id_of(struct sg_str kind)
{
	for (size_t i = 1; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (is(kind, ids[i].kind))
			return ids[i].id;
	return ids[0].id;
}

static void
message(struct sink *self, struct sg_str leaf, struct sg_str kind, struct sg_str verdict)
{
	char text[512];
	struct sg_str agent = read_value(self, leaf, "body.agent"), action = read_value(self, leaf, "body.action");
	struct sg_str code = read_value(self, leaf, "body.code");
	int len = snprintf(text, sizeof(text), "%.*s%s%.*s%s%.*s%s%.*s%s%.*s", (int)kind.len, kind.ptr, verdict.len > 0 ? " " : "", (int)verdict.len, verdict.ptr,
			   agent.len > 0 ? " " : "", (int)agent.len, agent.ptr, action.len > 0 ? " " : "", (int)action.len, action.ptr,
			   code.len > 0 ? ": " : "", (int)code.len, code.ptr);
	for (int i = 0; i < len && i < (int)sizeof(text); i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			text[i] = ' ';
	field(self, "MESSAGE", (struct sg_str){text, len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1});
}

static void
compose(struct sink *self, const struct sg_audit_in *in)
{
	char missing[24], decision[64];
	struct sg_str kind = read_value(self, in->leaf, "kind"), verdict = read_value(self, in->leaf, "body.verdict");
	bool calm = verdict.len == 0 || is(verdict, "allow");
	self->len = 0;
	self->full = false;
	message(self, in->leaf, kind, verdict);
	field_text(self, "MESSAGE_ID", id_of(kind));
	field_text(self, "SYSLOG_IDENTIFIER", "stepgate");
	field_text(self, "PRIORITY", calm ? "6" : "5");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct sg_str value = read_value(self, in->leaf, fields[i].path);
		if (value.len > 0)
			field(self, fields[i].field, value);
	}
	struct sg_str tail = read_value(self, in->leaf, "body.tail");
	int len = snprintf(decision, sizeof(decision), "d%llu-%.*s", (unsigned long long)in->number, (int)tail.len, tail.ptr);
	if (tail.len > 0 && tail.len < 32)
		field(self, "STEPGATE_DECISION", (struct sg_str){decision, (size_t)len});
	snprintf(missing, sizeof(missing), "%llu", (unsigned long long)in->missing);
	if (in->missing > 0)
		field_text(self, "STEPGATE_MISSING", missing);
	field(self, "STEPGATE_JSON", in->leaf);
}

static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	struct sink *self = state;
	ssize_t sent;
	compose(self, in);
	do {
		sent = self->full ? -1 : send(self->socket, self->entry, self->len, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR && !self->full);
	if (sent != (ssize_t)self->len)
		return sg_refuse(err, SG_UNAVAILABLE, "journald_gone", "the journal takes no more: %s", self->full ? "the entry is too long" : strerror(errno));
	self->written = in->number;
	return SG_OK;
}

/* An entry that was sent lies in the journal's socket; there is no word back. */
static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	const struct sink *self = state;
	(void)in, (void)err;
	out->durable = self->written;
	return SG_OK;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};

SG_MODULE(audit, "journald", .start = start, .audit = &operations);
