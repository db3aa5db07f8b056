/* SPDX-License-Identifier: Apache-2.0
 * stepgate mcp: the four ways to stand between an agent and an MCP server. */
#ifndef SG_ENFORCE_MCP_H
#define SG_ENFORCE_MCP_H

#include <stdbool.h>

/* X(bit, as it is written). In the order of the texts of sg_mcp_options. */
#define SG_MCP_OPTIONS(X)                                                                                              \
	X(RUN, "run") X(NAME, "name") X(INTENT, "intent") X(SOCKET, "socket") X(LISTEN, "listen") X(SERVER, "server")  \
	X(GATEWAY, "gateway") X(ADMIT, "admit") X(INSTRUCTIONS, "instructions")

enum {
	SG_MCP_RUN = 1 << 0,
	SG_MCP_NAME = 1 << 1,
	SG_MCP_INTENT = 1 << 2,
	SG_MCP_SOCKET = 1 << 3,
	SG_MCP_LISTEN = 1 << 4,
	SG_MCP_SERVER = 1 << 5,
	SG_MCP_GATEWAY = 1 << 6,
	SG_MCP_ADMIT = 1 << 7,
	SG_MCP_COMMAND = 1 << 8, /* what stands behind the options */
	SG_MCP_INSTRUCTIONS = 1 << 9
};

/*     name       takes, needs, arguments                                    what it is */
#define SG_MCP_FORMS(X)                                                                                                \
	X(cooperate, SG_MCP_RUN | SG_MCP_NAME | SG_MCP_INTENT | SG_MCP_INSTRUCTIONS | SG_MCP_COMMAND, SG_MCP_COMMAND, "[--run DIR] [--name NAME] [--intent INTENT] [--instructions SHA256] -- SERVER...",                                       \
	  "the agent's own child: starts SERVER and decides its calls. Cooperative: the agent could start SERVER itself") \
	X(serve, SG_MCP_SOCKET | SG_MCP_ADMIT | SG_MCP_COMMAND, SG_MCP_SOCKET | SG_MCP_ADMIT | SG_MCP_COMMAND, "--socket PATH --admit UID -- SERVER...",                                                             \
	  "runs SERVER under this uid, for each connection anew, on a socket that admits the gateway's uid alone")     \
	X(gateway, SG_MCP_RUN | SG_MCP_NAME | SG_MCP_LISTEN | SG_MCP_SERVER | SG_MCP_INSTRUCTIONS, SG_MCP_NAME | SG_MCP_LISTEN | SG_MCP_SERVER, "[--run DIR] --name NAME --listen PATH --server PATH [--instructions SHA256]",                                              \
	  "a registered enforcer between agents' clients and a server behind `serve`")                                 \
	X(connect, SG_MCP_RUN | SG_MCP_INTENT | SG_MCP_GATEWAY, SG_MCP_GATEWAY, "[--run DIR] [--intent INTENT] --gateway PATH",                                                     \
	  "the agent's thin client: opens a task, hands its token to the gateway, relays")

struct sg_mcp_options {
	const char *run, *name, *intent, *socket, *listen, *server, *gateway;
	const char *instructions; /* digest of those of the server that may pass, 64 hex digits; NULL: none do */
	long admit; /* -1: not given */
	char **command;
};

int sg_mcp_cooperate(const struct sg_mcp_options *options);
int sg_mcp_serve(const struct sg_mcp_options *options);
int sg_mcp_gateway(const struct sg_mcp_options *options);
int sg_mcp_connect(const struct sg_mcp_options *options);

/* sockets.c: a listening UNIX socket of `mode`, or a connection; -1 with a line on stderr. The peer's uid, -1 if it cannot be known. */
int sg_mcp_listen(const char *path, unsigned mode);
int sg_mcp_reach(const char *path);
long sg_mcp_peer_uid(int fd);

#endif
