/* SPDX-License-Identifier: Apache-2.0
 * Schemes of URIs. */
#include "base/scheme.h"

#include <string.h>
#include <strings.h>

/* Ports as IANA has them registered (service names and port numbers), of what software itself takes without one. */
static const struct sg_scheme schemes[] = {
	{"http", 80, true, SG_QUERY_OWN}, {"https", 443, true, SG_QUERY_OWN}, {"ws", 80, true, SG_QUERY_OWN},
	{"wss", 443, true, SG_QUERY_OWN}, {"ftp", 21, false, SG_QUERY_NONE}, {"sftp", 22, false, SG_QUERY_NONE},
	{"ssh", 22, false, SG_QUERY_NONE}, {"file", 0, true, SG_QUERY_NONE}, {"postgres", 5432, false, SG_QUERY_NAMES},
	{"postgresql", 5432, false, SG_QUERY_NAMES}, {"mysql", 3306, false, SG_QUERY_NAMES}, {"mariadb", 3306, false, SG_QUERY_NAMES},
	{"redis", 6379, false, SG_QUERY_NAMES}, {"rediss", 6379, false, SG_QUERY_NAMES}, {"mongodb", 27017, false, SG_QUERY_NAMES},
	{"amqp", 5672, false, SG_QUERY_NAMES}, {"amqps", 5671, false, SG_QUERY_NAMES}, {"ldap", 389, false, SG_QUERY_NAMES},
	{"ldaps", 636, false, SG_QUERY_NAMES}, {"imap", 143, false, SG_QUERY_NAMES}, {"imaps", 993, false, SG_QUERY_NAMES},
	{"smtp", 25, false, SG_QUERY_NAMES}, {"smtps", 465, false, SG_QUERY_NAMES}, {"git", 9418, false, SG_QUERY_NAMES},
	{"nats", 4222, false, SG_QUERY_NAMES}, {"smb", 445, false, SG_QUERY_NAMES}, {"rtsp", 554, false, SG_QUERY_NAMES},
	{"mqtt", 1883, false, SG_QUERY_NAMES}, {"mqtts", 8883, false, SG_QUERY_NAMES},
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
