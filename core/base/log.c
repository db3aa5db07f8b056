/* SPDX-License-Identifier: Apache-2.0
 * Streams over descriptors that are asked before each write. A pipe that can take anything takes PIPE_BUF bytes whole (pipe(7)), and a line is shorter. A
 * terminal takes what it has room for. */
#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { PIECE = 2048 };

static struct out {
	int fd;
	unsigned long left_out; /* writes, a line each */
	bool cut;               /* of the last one something was taken, not its end */
} outs[2] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

/* A terminal says that it has room where it has some, and waits for the rest: this process has it anew, so that whoever else has it still waits as before. What
 * cannot be opened again stays as it is. */
static void
never_wait(int fd)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int again = isatty(fd) == 1 ? open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	if (again < 0)
		return;
	dup2(again, fd);
	close(again);
}

static bool
takes(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	return poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
}

/* As much as is taken at once; all of it: true. */
static bool
put(struct out *out, const char *bytes, size_t len)
{
	size_t done = 0;
	while (done < len) {
		ssize_t put = takes(out->fd) ? write(out->fd, bytes + done, len - done < PIECE ? len - done : PIECE) : -1;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	out->cut = done > 0 ? bytes[done - 1] != '\n' : out->cut;
	return done == len;
}

static ssize_t
write_line(void *cookie, const char *bytes, size_t len)
{
	struct out *out = cookie;
	char note[80];
	int said = out->left_out == 0 ? 0 : snprintf(note, sizeof(note), "%sstepgated: %lu lines were left out: nobody read them\n", out->cut ? "\n" : "", out->left_out);
	bool good = (said == 0 || put(out, note, (size_t)said)) && put(out, bytes, len);
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
	for (size_t i = 0; i < sizeof(outs) / sizeof(outs[0]); i++)
		never_wait(outs[i].fd);
	return true;
}

void
sg_log_line(const char *line, size_t len)
{
	write_line(&outs[1], line, len);
}
