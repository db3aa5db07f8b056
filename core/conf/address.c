/* SPDX-License-Identifier: Apache-2.0
 * Reading an address: inet_pton says what a number is. */
#include "conf/address.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

static bool
split(struct sg_str text, struct sg_str *host, int64_t *port)
{
	size_t colon = text.len;
	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 || !sg_str_int((struct sg_str){text.ptr + colon, text.len - colon}, 1, 65535, port))
		return false;
	*host = (struct sg_str){text.ptr, colon - 1};
	return true;
}

bool
sg_conf_address(struct sg_str text, struct sockaddr_storage *address, socklen_t *len)
{
	struct sg_str host;
	int64_t port;
	char number[INET6_ADDRSTRLEN];
	struct sockaddr_storage found = {0};
	struct sockaddr_in *four = (struct sockaddr_in *)&found;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&found;
	if (!split(text, &host, &port))
		return false;
	bool v6 = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
	if (v6)
		host = (struct sg_str){host.ptr + 1, host.len - 2};
	if (host.len >= sizeof(number) || memchr(host.ptr, '\0', host.len) != NULL)
		return false;
	snprintf(number, sizeof(number), "%.*s", SG_STR_ARG(host));
	if (inet_pton(v6 ? AF_INET6 : AF_INET, number, v6 ? (void *)&six->sin6_addr : (void *)&four->sin_addr) != 1)
		return false;
	found.ss_family = v6 ? AF_INET6 : AF_INET;
	if (v6)
		six->sin6_port = htons((uint16_t)port);
	else
		four->sin_port = htons((uint16_t)port);
	if (address != NULL)
		*address = found;
	if (len != NULL)
		*len = v6 ? sizeof(*six) : sizeof(*four);
	return true;
}
