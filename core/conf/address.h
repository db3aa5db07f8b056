/* SPDX-License-Identifier: Apache-2.0
 * Where to listen: a number and a port, so that nothing has to be asked of a resolver and nothing else can be meant. */
#ifndef SG_CONF_ADDRESS_H
#define SG_CONF_ADDRESS_H

#include <stdbool.h>
#include <stepgate/types.h>
#include <sys/socket.h>

/* "127.0.0.1:8443" or "[::1]:8443", the port from 1 to 65535. `*address` and `*len` are what bind() takes; both may be NULL. False (output
 * untouched) on any other form. */
bool sg_conf_address(struct sg_str text, struct sockaddr_storage *address, socklen_t *len);

#endif
