/* SPDX-License-Identifier: Apache-2.0
 * Reaching out on behalf of a module, before it is loaded: sockets that are connected already, a program's input. Each
 * answers with a blocking descriptor of the caller's, closed on exec. */
#ifndef SG_HOST_REACH_H
#define SG_HOST_REACH_H

#include "conf/grant.h"

/* A datagram socket where the path takes one, else a stream. SG_UNAVAILABLE grant_connect. */
enum sg_status sg_reach_unix(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err);

/* The first address of HOST that answers within SG_GRANT_CONNECT_MS. SG_UNAVAILABLE grant_connect. */
enum sg_status sg_reach_tcp(const char *rest, const struct sg_grant *grant, int *fd, struct sg_err *err);

/* What stands at an https address, fetched by /usr/bin/curl as nobody within SG_GRANT_FETCH_S seconds, at most SG_GRANT_FETCH_MAX bytes, following nothing.
 * `ca`: a file of the only authorities to trust, or -1. SG_UNAVAILABLE grant_fetch; sg_open_trusted's codes for curl. */
enum { SG_GRANT_FETCH_MAX = 1 << 20 };
#define SG_GRANT_FETCH_S "8"
enum sg_status sg_reach_url(const char *url, int ca, int *fd, struct sg_err *err);

/* Starts the program: its input is a pipe whose other end is `*fd`, its output is /dev/null, its errors are ours; started as root it
 * runs as a user and group that nobody else is (base/own_uid.h), without groups, without our environment but PATH, and ends (SIGKILL) when this process does; started without root it keeps the daemon's user, and can reach what that user can. sg_open_trusted's codes, grant_run. */
enum sg_status sg_reach_program(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err);

#endif
