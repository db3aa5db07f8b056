/* SPDX-License-Identifier: Apache-2.0
 * A log that nobody reads: whoever writes goes on, and what was left out is told once somebody reads again. */
#include "base/log.h"
#include "unit/cases.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, whose stderr is this pipe: writes 3,000 lines, then, once it is told, one more. */
static void
child(int out, int go)
{
	char byte;
	dup2(out, STDERR_FILENO);
	alarm(20); /* it waits for nobody */
	if (!sg_log_begin())
		_exit(2);
	for (int i = 0; i < 3000; i++)
		fprintf(stderr, "line %04d of many that nobody reads, and of some length so that the pipe is full\n", i);
	if (write(out, "", 0) != 0 || read(go, &byte, 1) != 1)
		_exit(3);
	fprintf(stderr, "the last\n");
	_exit(0);
}

static size_t
read_all(int fd, char *text, size_t room)
{
	size_t len = 0;
	for (ssize_t n; len < room && (n = read(fd, text + len, room - len)) > 0; len += (size_t)n) {
	}
	return len;
}

/* log[0] is read; log[1] is written to. */
static bool
terminal(int log[2])
{
	log[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (log[0] < 0 || grantpt(log[0]) != 0 || unlockpt(log[0]) != 0)
		return false;
	log[1] = open(ptsname(log[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
	return log[1] >= 0;
}

/* A terminal's line ends are two bytes. */
static size_t
without_returns(char *text, size_t len)
{
	size_t kept = 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	return kept;
}

static bool
in_pipe(int log[2])
{
	return pipe2(log, O_CLOEXEC) == 0;
}

static void
nobody_reads(bool (*make)(int log[2]))
{
	int log[2], go[2], status = -1;
	static char text[1 << 20];
	CU_ASSERT_TRUE_FATAL(make(log) && pipe2(go, O_CLOEXEC) == 0);
	pid_t pid = fork();
	if (pid == 0)
		child(log[1], go[0]);
	close(log[1]);
	sleep(1); /* it has come to its end by then, or waits for a reader */
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
	fcntl(log[0], F_SETFL, O_NONBLOCK);
	size_t len = 0; /* what a terminal holds comes in pieces */
	for (struct pollfd more = {.fd = log[0], .events = POLLIN}; poll(&more, 1, 200) == 1 && len < sizeof(text) / 2;)
		len += read_all(log[0], text + len, sizeof(text) / 2 - len);
	CU_ASSERT_TRUE(len > 2048 && strncmp(text, "line 0000", 9) == 0);
	fcntl(log[0], F_SETFL, 0);
	CU_ASSERT_EQUAL(write(go[1], "x", 1), 1);
	len += read_all(log[0], text + len, sizeof(text) - len - 1);
	text[len = without_returns(text, len)] = '\0';
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	const char *note = strstr(text, " lines were left out: nobody read them\nthe last\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(note);
	while (note > text && note[-1] != '\n')
		note--;
	CU_ASSERT_EQUAL(strncmp(note, "stepgated: ", 11), 0); /* on a line of its own, also where the one before was cut */
	size_t lines = 0;
	for (const char *at = text; (at = strstr(at, "line 0")) != NULL || (at != NULL); at++)
		lines++;
	CU_ASSERT_TRUE(lines > 20 && lines < 3000);
	for (size_t i = 0; i < 2; i++) {
		close(go[i]);
	}
	close(log[0]);
}

static void
pipes(void)
{
	nobody_reads(in_pipe);
}

static void
terminals(void)
{
	nobody_reads(terminal);
}

SG_CASES("base.log", {"nobody reads a pipe", pipes}, {"nobody reads a terminal", terminals})
