/* SPDX-License-Identifier: Apache-2.0
 * UNIX sockets of the enforced form. */
#include "enforce/mcp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool
fill(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path)) {
		fprintf(stderr, "stepgate mcp: %s: a socket's path has at most 107 bytes\n", path);
		return false;
	}
	memcpy(address->sun_path, path, strlen(path) + 1);
	return true;
}

int
sg_mcp_listen(const char *path, unsigned mode)
{
	struct sockaddr_un address;
	struct stat status;
	if (!fill(&address, path))
		return -1;
	if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_uid == geteuid())
		unlink(path); /* left behind by ourselves; anything else makes bind fail */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(0777 & ~mode);
	bool good = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 64) == 0;
	umask(before);
	if (good)
		return fd;
	fprintf(stderr, "stepgate mcp: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
sg_mcp_reach(const char *path)
{
	struct sockaddr_un address;
	if (!fill(&address, path))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	fprintf(stderr, "stepgate mcp: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

long
sg_mcp_peer_uid(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 ? (long)peer.uid : -1;
}
