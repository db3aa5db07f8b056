/* SPDX-License-Identifier: Apache-2.0
 * Streams over descriptors that are asked before each write. A pipe that can take anything takes PIPE_BUF bytes whole (pipe(7)), and a line is shorter. */
#include "base/log.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { PIECE = 2048 };

static struct out {
	int fd;
	unsigned long left_out; /* writes, a line each */
} outs[2] = {{STDOUT_FILENO, 0}, {STDERR_FILENO, 0}};

static bool
takes(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	return poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
}

static bool
put(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t put = takes(fd) ? write(fd, bytes, len < PIECE ? len : PIECE) : -1;
		if (put <= 0)
			return false;
		bytes += put;
		len -= (size_t)put;
	}
	return true;
}

static ssize_t
write_line(void *cookie, const char *bytes, size_t len)
{
	struct out *out = cookie;
	char note[64];
	int said = out->left_out == 0 ? 0 : snprintf(note, sizeof(note), "stepgated: %lu lines were left out: nobody read them\n", out->left_out);
	bool good = (said == 0 || put(out->fd, note, (size_t)said)) && put(out->fd, bytes, len);
	out->left_out = good ? 0 : out->left_out + 1;
	return (ssize_t)len; /* else the stream would fail for good */
}

static FILE *
stream(struct out *out)
{
	FILE *file = fopencookie(out, "w", (cookie_io_functions_t){.write = write_line});
	if (file != NULL)
		setvbuf(file, NULL, _IOLBF, PIECE);
	return file;
}

bool
sg_log_begin(void)
{
	FILE *out = stream(&outs[0]), *err = out == NULL ? NULL : stream(&outs[1]);
	if (err == NULL) {
		if (out != NULL)
			fclose(out);
		return false;
	}
	fflush(stdout);
	stdout = out;
	stderr = err;
	return true;
}
