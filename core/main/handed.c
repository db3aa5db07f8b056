/* SPDX-License-Identifier: Apache-2.0
 * Descriptors from 3 on, their number and names in the environment. */
#include "main/handed.h"

#include "base/str.h"
#include "main/notify.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST = 3 };

static struct {
	int fd;
	char name[SG_HANDED_NAME];
} handed[SG_HANDED_MOST];
static size_t count;

static int
number_of(const char *option)
{
	int64_t number = 0;
	const char *text = getenv(option);
	return text != NULL && sg_str_int((struct sg_str){text, strlen(text)}, 0, INT32_MAX, &number) ? (int)number : 0;
}

static void
keep(int fd, struct sg_str name)
{
	if (count == SG_HANDED_MOST || name.len >= SG_HANDED_NAME) {
		close(fd);
		return;
	}
	handed[count].fd = fd;
	snprintf(handed[count++].name, SG_HANDED_NAME, "%.*s", SG_STR_ARG(name));
}

void
sg_handed_begin(void)
{
	const char *names = getenv("LISTEN_FDNAMES");
	struct sg_str rest = {names == NULL ? "" : names, names == NULL ? 0 : strlen(names)};
	int most = number_of("LISTEN_PID") == (int)getpid() ? number_of("LISTEN_FDS") : 0;
	for (int i = 0; i < most; i++) {
		struct sg_str name = rest.ptr == NULL ? SG_STR("") : sg_str_cut(&rest, ':');
		if (fcntl(FIRST + i, F_SETFD, FD_CLOEXEC) != 0)
			break;
		keep(FIRST + i, name);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

void
sg_handed_name(char name[SG_HANDED_NAME], const char *face, const char *path)
{
	struct stat st;
	name[0] = '\0';
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		snprintf(name, SG_HANDED_NAME, "%s-%llx-%llx", face, (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
}

static bool
is_number(int fd, int option, int wanted)
{
	int value = 0;
	socklen_t len = sizeof(value);
	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 && value == wanted;
}

static bool
same_address(const struct sockaddr *a, const struct sockaddr *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	if (a->sa_family == AF_INET6)
		return a6->sin6_port == b6->sin6_port && memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
	return a->sa_family == AF_UNIX && strcmp(((const struct sockaddr_un *)a)->sun_path, ((const struct sockaddr_un *)b)->sun_path) == 0;
}

/* Whoever started the daemon is trusted, and may be mistaken. */
static bool
fits(int fd, const struct sockaddr *address)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own) - 1;
	return is_number(fd, SO_TYPE, SOCK_STREAM) && is_number(fd, SO_ACCEPTCONN, 1) && getsockname(fd, (struct sockaddr *)&own, &len) == 0 && same_address((const struct sockaddr *)&own, address) &&
	       fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

int
sg_handed_take(const char *name, const struct sockaddr *address)
{
	for (size_t i = 0; i < count && name[0] != '\0'; i++) {
		if (strcmp(handed[i].name, name) != 0 || !fits(handed[i].fd, address))
			continue;
		int fd = handed[i].fd;
		handed[i] = handed[--count];
		return fd;
	}
	return -1;
}

void
sg_handed_end(void)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(stderr, "stepgated: a socket that was handed over under the name \"%s\" is closed: none of its faces listens there\n", handed[i].name);
		sg_notify_forget(handed[i].name);
		close(handed[i].fd);
	}
	count = 0;
}
