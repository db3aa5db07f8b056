/* SPDX-License-Identifier: Apache-2.0
 * URIs (RFC 3986, section 6.2.2): case and percent are brought into one form; who reads `..`, `;`, a user or a fragment as what is refused. */
#include "base/form_in.h"

#include "base/pattern.h"
#include "base/scheme.h"
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct parts {
	struct sg_str scheme, host, port, path, query; /* ptr NULL: it is not there */
};

static bool
is_scheme(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!sg_form_is_letter(text.ptr[i]) && (i == 0 || (!sg_form_is_digit(text.ptr[i]) && strchr("+-.", text.ptr[i]) == NULL)))
			return false;
	return text.len > 0;
}

static size_t
until(struct sg_str text, const char *ends)
{
	size_t len = 0;
	while (len < text.len && strchr(ends, text.ptr[len]) == NULL)
		len++;
	return len;
}

static struct sg_str
behind(struct sg_str text, size_t len)
{
	return (struct sg_str){text.ptr + len, text.len - len};
}

/* "host", "host:port", "[v6]:port" */
static void
cut_port(struct sg_str authority, struct parts *p)
{
	size_t len = authority.len;
	while (len > 0 && sg_form_is_digit(authority.ptr[len - 1]))
		len--;
	bool port = len > 0 && authority.ptr[len - 1] == ':';
	p->host = port ? (struct sg_str){authority.ptr, len - 1} : authority;
	p->port = port ? behind(authority, len) : (struct sg_str){NULL, 0};
}

static const char *
cut(struct sg_str text, struct parts *p)
{
	size_t len = until(text, ":");
	p->scheme = (struct sg_str){text.ptr, len};
	if (!is_scheme(p->scheme) || text.len < len + 3 || memcmp(text.ptr + len, "://", 3) != 0)
		return "a URI begins with scheme://";
	struct sg_str rest = behind(text, len + 3);
	len = until(rest, "/?#");
	struct sg_str authority = {rest.ptr, len};
	rest = behind(rest, len);
	if (memchr(authority.ptr, '@', authority.len) != NULL)
		return "a URI names no user";
	if (memchr(rest.ptr, '#', rest.len) != NULL)
		return "a URI has no fragment";
	cut_port(authority, p);
	len = until(rest, "?");
	p->path = (struct sg_str){rest.ptr, len};
	p->query = len < rest.len ? behind(rest, len + 1) : (struct sg_str){NULL, 0};
	return NULL;
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* What stands on both sides of a name and its value, or for a blank, in a query: there as itself it means another thing than in percent. */
static bool
divides(char c, bool query)
{
	return query && strchr("&=+", c) != NULL;
}

/* One byte in percent: as itself if that may stand there and means the same, else with capitals. Servers read percent before they look at names, so
 * that @ and %40 in a path are one. NULL if good. */
static const char *
write_percent(struct sg_str at, const char *marks, bool query, struct sg_buf *out)
{
	int byte = at.len < 3 || hex(at.ptr[1]) < 0 || hex(at.ptr[2]) < 0 ? -1 : hex(at.ptr[1]) * 16 + hex(at.ptr[2]);
	char c = (char)byte, code[12];
	if (byte < 0x20 || byte == 0x7F)
		return "'%' stands before two hexadecimal digits, not of a control character";
	if (strchr(".%/\\;", c) != NULL)
		return "a URI has no '.', '/', '\\', ';' or '%' in percent";
	bool plain = sg_form_is_letter(c) || sg_form_is_digit(c) || (strchr(marks, c) != NULL && !divides(c, query));
	snprintf(code, sizeof(code), "%%%02X", (unsigned)byte);
	plain ? sg_buf_add(out, &c, 1) : sg_buf_text(out, code);
	return NULL;
}

static const char *
write_text(struct sg_str text, bool query, struct sg_buf *out)
{
	const char *wrong = NULL, *marks = query ? "-._~!$&'()*+,=:@/?" : "-._~!$&'()*+,=:@/";
	for (size_t i = 0; wrong == NULL && i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '%') {
			wrong = write_percent(behind(text, i), marks, query, out);
			i += 2;
		} else if (sg_form_is_letter(c) || sg_form_is_digit(c) || strchr(marks, c) != NULL) {
			sg_buf_add(out, &c, 1);
		} else {
			wrong = "a URI has letters, digits and -._~!$&'()*+,=:@/ alone; others stand in percent, ';' and '\\' not at all";
		}
	}
	return wrong;
}

/* A slash behind the last name is left out: most servers answer the same with it and without, and what is decided is what is asked for. */
static const char *
write_path(struct sg_str path, struct sg_buf *out)
{
	if (path.ptr[path.len - 1] == '/')
		path.len--;
	struct sg_str rest = path;
	sg_str_cut(&rest, '/');
	while (rest.ptr != NULL) {
		struct sg_str name = sg_str_cut(&rest, '/');
		if (!sg_segment_plain(name))
			return "a URI has no '.', '..' or empty name in its path";
	}
	return write_text(path, false, out);
}

/* What opens such a URI may know of no query, and then these are names of its path. */
static bool
are_names(struct sg_str query)
{
	while (query.ptr != NULL)
		if (!sg_segment_plain(sg_str_cut(&query, '/')))
			return false;
	return true;
}

static const char *
write_host(const struct parts *p, const struct sg_scheme *scheme, struct sg_buf *out)
{
	int64_t standard = scheme != NULL ? scheme->port : 0;
	bool v6 = memchr(p->host.ptr, ':', p->host.len) != NULL;
	int64_t port = 0;
	if (p->host.len == 0)
		return "a URI names a host";
	if (v6 != (p->host.ptr[0] == '['))
		return "an IPv6 address stands in brackets in a URI";
	sg_buf_text(out, v6 ? "[" : "");
	const char *wrong = sg_form_host(p->host, out);
	sg_buf_text(out, v6 ? "]" : "");
	if (wrong == NULL && p->port.ptr != NULL && !sg_str_int(p->port, 1, 65535, &port))
		wrong = "a port is 1 to 65535";
	if (wrong == NULL && p->port.ptr != NULL && scheme == NULL)
		wrong = "which port goes without saying is not known of this scheme, so that it would be another spelling: leave it out";
	if (port != 0 && port != standard)
		sg_buf_printf(out, ":%d", (int)port);
	return wrong;
}

/* The name without what drivers pass over in it: blanks in every spelling, '_' and '-'; in small letters. "" where it is longer than any that is meant. */
static void
bare_name(struct sg_str name, char out[32])
{
	size_t len = 0;
	for (size_t i = 0; i < name.len && len < 31; i++) {
		if (name.len - i >= 3 && strncasecmp(name.ptr + i, "%20", 3) == 0)
			i += 2;
		else if (strchr(" +_-", name.ptr[i]) == NULL || name.ptr[i] == '\0')
			out[len++] = (char)tolower((unsigned char)name.ptr[i]);
	}
	out[len < 31 ? len : 0] = '\0';
}

/* Members that clients of databases take before what the URI says itself: libpq (Parameter Key Words), pgx, mysql2, redis-py and their like. Who opens it is not
 * known, so that no scheme is without them but those whose query is the host's own. */
static bool
names_again(struct sg_str query)
{
	static const char *const words[] = {
		"host", "hostaddr", "hostname", "server", "servername", "address", "addr", "networkaddress", "localsocketaddress", "failoverpartner", "replicaset", "port",
		"db", "dbname", "database", "databasename", "catalog", "initialcatalog", "attachdbfilename", "sid", "instance", "instancename", "vhost", "virtualhost",
		"service", "servicename", "servicefile", "readdefaultfile", "tnsadmin", "dsn", "datasource", "odbcconnect", "connectdata", "url", "uri",
		"socket", "unixsocket", "socketpath", "unixsock", "pghost", "pghostaddr", "pgport", "pgdatabase", "pgdbname", "pgservice",
		"user", "username", "uid", "password", "passwd", "pwd", "role", "options", "replication", "sessionauthorization", "passfile", "searchpath", "currentschema",
		"proxyhost", "proxyport", "proxy", "portnumber", "portname", "schema",
	};
	while (query.ptr != NULL) {
		struct sg_str rest = sg_str_cut(&query, '&');
		char name[32];
		bare_name(sg_str_cut(&rest, '='), name);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strcmp(name, words[i]) == 0)
				return true;
	}
	return false;
}

static const char *
write_query(struct sg_str query, const struct sg_scheme *scheme, struct sg_buf *out)
{
	if (scheme != NULL && scheme->query == SG_QUERY_NONE)
		return "a URI of file, ftp, sftp or ssh has no query";
	if ((scheme == NULL || scheme->query == SG_QUERY_NAMES) && !are_names(query))
		return "only behind http, https, ws and wss may a query have '.', '..' or empty names";
	sg_buf_text(out, "?");
	size_t from = out->len;
	const char *wrong = write_text(query, true, out);
	bool own = scheme != NULL && scheme->query == SG_QUERY_OWN;
	if (wrong == NULL && !own && names_again((struct sg_str){out->ptr + from, out->len - from}))
		wrong = "its query names host, port, database or user, and would be taken before the URI";
	return wrong;
}

const char *
sg_form_uri(struct sg_str text, struct sg_buf *out)
{
	struct parts p;
	const char *wrong = cut(text, &p);
	if (wrong != NULL)
		return wrong;
	const struct sg_scheme *scheme = sg_scheme_of(text);
	bool file = scheme != NULL && scheme->port == 0;
	sg_form_lower(scheme != NULL && scheme->is != NULL ? sg_str(scheme->is) : p.scheme, out);
	sg_buf_text(out, "://");
	if (!file || p.host.len > 0 || p.port.ptr != NULL)
		wrong = file ? "a file is on this machine: file:///path" : write_host(&p, scheme, out);
	if (wrong == NULL && p.path.len > 1)
		wrong = write_path(p.path, out);
	else if ((scheme != NULL && scheme->root) || p.query.len > 0)
		sg_buf_text(out, "/"); /* what is asked of a host stands below it */
	return wrong != NULL || p.query.len == 0 ? wrong : write_query(p.query, scheme, out); /* nothing behind '?' asks nothing */
}
