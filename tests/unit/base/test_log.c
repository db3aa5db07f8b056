/* SPDX-License-Identifier: Apache-2.0
 * A log that nobody reads: whoever writes goes on, and what was left out is told once somebody reads again. */
#include "base/log.h"
#include "unit/cases.h"

#include <fcntl.h>
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

static void
nobody_reads(void)
{
	int log[2], go[2], status = -1;
	static char text[1 << 20];
	CU_ASSERT_EQUAL_FATAL(pipe2(log, O_CLOEXEC) | pipe2(go, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0)
		child(log[1], go[0]);
	close(log[1]);
	sleep(1); /* it has come to its end by then, or waits for a reader */
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
	fcntl(log[0], F_SETFL, O_NONBLOCK);
	size_t len = read_all(log[0], text, sizeof(text) / 2);
	CU_ASSERT_TRUE(len > 4096 && strncmp(text, "line 0000", 9) == 0);
	fcntl(log[0], F_SETFL, 0);
	CU_ASSERT_EQUAL(write(go[1], "x", 1), 1);
	len += read_all(log[0], text + len, sizeof(text) - len - 1);
	text[len] = '\0';
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	const char *note = strstr(text, "lines were left out: nobody read them\nthe last\n");
	CU_ASSERT_PTR_NOT_NULL(note);
	size_t lines = 0;
	for (const char *at = text; (at = strstr(at, "line 0")) != NULL || (at != NULL); at++)
		lines++;
	CU_ASSERT_TRUE(lines > 100 && lines < 3000);
	for (size_t i = 0; i < 2; i++) {
		close(go[i]);
	}
	close(log[0]);
}

SG_CASES("base.log", {"nobody reads", nobody_reads})
