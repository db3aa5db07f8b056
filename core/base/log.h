/* SPDX-License-Identifier: Apache-2.0
 * Lines for whoever reads what a daemon says. Nobody waits for the reader: a line goes where there is room for it, or is left out and counted. */
#ifndef SG_BASE_LOG_H
#define SG_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* From now on, in this process and those that it forks, stderr and stdout take a line at a time and never wait: what a full pipe, a stopped terminal or a log that
 * is not read does not take at once is left out, and the next line that it takes says so first. False: no memory; all stays as it was. Once, before other threads. */
bool sg_log_begin(void);

/* A line to stderr, its end included, without the stream, whose seeking a confined process may not do. Left out if it is not taken at once. */
void sg_log_line(const char *line, size_t len);

#endif
