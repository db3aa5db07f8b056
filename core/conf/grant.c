/* SPDX-License-Identifier: Apache-2.0
 * Reading a grant: NAME=KIND:REST, or one word. */
#include "conf/grant.h"
#include "conf/unit.h"

#include "base/str.h"
#include "conf/option.h"

static const char *const kinds[] = {"",
#define X(kind, rest, gives) #kind,
				    SG_GRANTS(X)
#undef X
};

static const struct {
	const char *word;
	enum sg_grant_kind kind;
} permissions[] = {
#define X(kind, gives) {#kind, SG_GRANT_##kind},
	SG_GRANT_PERMISSIONS(X)
#undef X
};

static bool
is_name(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!(c >= 'a' && c <= 'z') && (i == 0 || (!(c >= '0' && c <= '9') && c != '_')))
			return false;
	}
	return text.len > 0 && text.len <= SG_GRANT_NAME_MAX;
}

static enum sg_grant_kind
kind_named(struct sg_str word)
{
	for (size_t i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sg_str_is(word, kinds[i]))
			return (enum sg_grant_kind)i;
	return SG_GRANT_none;
}

/* Names, IPv4 and [IPv6]; whether it exists is the resolver's to say. */
static bool
is_host(struct sg_str host, bool v6)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", address[] = "0123456789abcdefABCDEF.:";
	for (size_t i = 0; i < host.len; i++)
		if (memchr(v6 ? address : name, host.ptr[i], v6 ? sizeof(address) - 1 : sizeof(name) - 1) == NULL)
			return false;
	return host.len > 0 && host.len <= 253 && host.ptr[0] != '-' && (!v6 || memchr(host.ptr, ':', host.len) != NULL);
}

static bool
read_address(struct sg_grant *grant)
{
	size_t colon = grant->rest.len;
	int64_t number;
	while (colon > 0 && grant->rest.ptr[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return false;
	grant->port = (struct sg_str){grant->rest.ptr + colon, grant->rest.len - colon};
	grant->host = (struct sg_str){grant->rest.ptr, colon - 1};
	bool v6 = grant->host.len > 2 && grant->host.ptr[0] == '[' && grant->host.ptr[grant->host.len - 1] == ']';
	if (v6)
		grant->host = (struct sg_str){grant->host.ptr + 1, grant->host.len - 2};
	return is_host(grant->host, v6) && sg_str_int(grant->port, 1, 65535, &number);
}

/* It becomes one argument of curl(1): nothing that curl would expand, or take for an option. */
static bool
is_url(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || strchr("{}[]\"\\^`<>|@", text.ptr[i]) != NULL)
			return false;
	return text.len > 8 && text.len <= SG_GRANT_URL_MAX && sg_str_starts(text, "https://") && text.ptr[8] != '/' && text.ptr[8] != '-';
}

static bool
fits(struct sg_grant *grant)
{
	switch (grant->kind) {
	case SG_GRANT_tcp:
		return read_address(grant);
	case SG_GRANT_url:
		return is_url(grant->rest);
	default:
		return sg_conf_is_path(grant->rest);
	}
}

bool
sg_grant_is_permission(enum sg_grant_kind kind)
{
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++)
		if (permissions[i].kind == kind)
			return true;
	return false;
}

static bool
read_permission(struct sg_str text, struct sg_grant *grant)
{
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++)
		if (sg_str_is(text, permissions[i].word)) {
			*grant = (struct sg_grant){.name = text, .kind = permissions[i].kind, .rest = {text.ptr + text.len, 0}};
			return true;
		}
	return false;
}

bool
sg_grant_read(struct sg_str text, struct sg_grant *grant)
{
	struct sg_grant read = {.rest = text};
	if (read_permission(text, grant))
		return true;
	read.name = sg_str_cut(&read.rest, '=');
	if (read.rest.ptr == NULL || !is_name(read.name))
		return false;
	struct sg_str word = sg_str_cut(&read.rest, ':');
	read.kind = kind_named(word);
	if (read.rest.ptr == NULL || read.kind == SG_GRANT_none)
		return false;
	if (!fits(&read))
		return false;
	*grant = read;
	return true;
}
