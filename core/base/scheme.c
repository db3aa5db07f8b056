/* SPDX-License-Identifier: Apache-2.0
 * Schemes of URIs. */
#include "base/scheme.h"

#include <string.h>
#include <strings.h>

/* Ports as IANA has them registered (service names and port numbers), of what software itself takes without one. */
static const struct sg_scheme schemes[] = {
	{"http", 80, true, SG_QUERY_OWN, NULL}, {"https", 443, true, SG_QUERY_OWN, NULL}, {"ws", 80, true, SG_QUERY_OWN, NULL},
	{"wss", 443, true, SG_QUERY_OWN, NULL}, {"ftp", 21, false, SG_QUERY_NONE, NULL}, {"sftp", 22, false, SG_QUERY_NONE, NULL},
	{"ssh", 22, false, SG_QUERY_NONE, NULL}, {"file", 0, true, SG_QUERY_NONE, NULL}, {.name = "postgres", .port = 5432, .query = SG_QUERY_NAMES},
	{.name = "postgresql", .port = 5432, .query = SG_QUERY_NAMES, .is = "postgres"}, {"mysql", 3306, false, SG_QUERY_NAMES, NULL}, {.name = "mariadb", .port = 3306, .query = SG_QUERY_NAMES, .is = "mysql"},
	{.name = "redis", .port = 6379, .query = SG_QUERY_NAMES}, {.name = "rediss", .port = 6379, .query = SG_QUERY_NAMES}, {"mongodb", 27017, false, SG_QUERY_NAMES, NULL},
	{"amqp", 5672, false, SG_QUERY_NAMES, NULL}, {"amqps", 5671, false, SG_QUERY_NAMES, NULL}, {"ldap", 389, false, SG_QUERY_NAMES, NULL},
	{"ldaps", 636, false, SG_QUERY_NAMES, NULL}, {"imap", 143, false, SG_QUERY_NAMES, NULL}, {"imaps", 993, false, SG_QUERY_NAMES, NULL},
	{"smtp", 25, false, SG_QUERY_NAMES, NULL}, {"smtps", 465, false, SG_QUERY_NAMES, NULL}, {"git", 9418, false, SG_QUERY_NAMES, NULL},
	{"nats", 4222, false, SG_QUERY_NAMES, NULL}, {"smb", 445, false, SG_QUERY_NAMES, NULL}, {"rtsp", 554, false, SG_QUERY_NAMES, NULL},
	{"mqtt", 1883, false, SG_QUERY_NAMES, NULL}, {"mqtts", 8883, false, SG_QUERY_NAMES, NULL},
};

const struct sg_scheme *
sg_scheme_of(struct sg_str text)
{
	const char *colon = text.len < 5 ? NULL : memchr(text.ptr, ':', text.len < SG_SCHEME_MAX ? text.len : SG_SCHEME_MAX);
	for (size_t i = 0; colon != NULL && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].name);
		if (text.len >= len + 3 && strncasecmp(text.ptr, schemes[i].name, len) == 0 && memcmp(text.ptr + len, "://", 3) == 0)
			return &schemes[i];
	}
	return NULL;
}
