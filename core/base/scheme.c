/* SPDX-License-Identifier: Apache-2.0
 * Schemes of URIs. */
#include "base/scheme.h"

#include <string.h>
#include <strings.h>

/* Connection URIs of PostgreSQL (libpq, "Connection URIs" and "Parameter Key Words"). */
#define PQ "host hostaddr port dbname service servicefile "

/* Ports as IANA has them registered (service names and port numbers), of what software itself takes without one. */
static const struct sg_scheme schemes[] = {
	{"http", 80, true, SG_QUERY_OWN, NULL, NULL}, {"https", 443, true, SG_QUERY_OWN, NULL, NULL}, {"ws", 80, true, SG_QUERY_OWN, NULL, NULL},
	{"wss", 443, true, SG_QUERY_OWN, NULL, NULL}, {"ftp", 21, false, SG_QUERY_NONE, NULL, NULL}, {"sftp", 22, false, SG_QUERY_NONE, NULL, NULL},
	{"ssh", 22, false, SG_QUERY_NONE, NULL, NULL}, {"file", 0, true, SG_QUERY_NONE, NULL, NULL}, {.name = "postgres", .port = 5432, .query = SG_QUERY_NAMES, .again = PQ},
	{.name = "postgresql", .port = 5432, .query = SG_QUERY_NAMES, .is = "postgres", .again = PQ}, {"mysql", 3306, false, SG_QUERY_NAMES, NULL, NULL}, {.name = "mariadb", .port = 3306, .query = SG_QUERY_NAMES, .is = "mysql"},
	{.name = "redis", .port = 6379, .query = SG_QUERY_NAMES, .again = "db "}, {.name = "rediss", .port = 6379, .query = SG_QUERY_NAMES, .again = "db "}, {"mongodb", 27017, false, SG_QUERY_NAMES, NULL, NULL},
	{"amqp", 5672, false, SG_QUERY_NAMES, NULL, NULL}, {"amqps", 5671, false, SG_QUERY_NAMES, NULL, NULL}, {"ldap", 389, false, SG_QUERY_NAMES, NULL, NULL},
	{"ldaps", 636, false, SG_QUERY_NAMES, NULL, NULL}, {"imap", 143, false, SG_QUERY_NAMES, NULL, NULL}, {"imaps", 993, false, SG_QUERY_NAMES, NULL, NULL},
	{"smtp", 25, false, SG_QUERY_NAMES, NULL, NULL}, {"smtps", 465, false, SG_QUERY_NAMES, NULL, NULL}, {"git", 9418, false, SG_QUERY_NAMES, NULL, NULL},
	{"nats", 4222, false, SG_QUERY_NAMES, NULL, NULL}, {"smb", 445, false, SG_QUERY_NAMES, NULL, NULL}, {"rtsp", 554, false, SG_QUERY_NAMES, NULL, NULL},
	{"mqtt", 1883, false, SG_QUERY_NAMES, NULL, NULL}, {"mqtts", 8883, false, SG_QUERY_NAMES, NULL, NULL},
};

const struct sg_scheme *
sg_scheme_of(struct sg_str text)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].name);
		if (text.len >= len + 3 && strncasecmp(text.ptr, schemes[i].name, len) == 0 && memcmp(text.ptr + len, "://", 3) == 0)
			return &schemes[i];
	}
	return NULL;
}
