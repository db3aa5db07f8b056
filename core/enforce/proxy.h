/* SPDX-License-Identifier: Apache-2.0
 * An MCP session seen from the middle: lines from the client, lines from the server, and a decision before anything that does something. Only the
 * `initialize`-based era is spoken; a message of the newer one is refused and said to be.
 *
 * No byte of one side reaches the other: what passes is written anew as one line (strings canonical, numbers and ids as they came), a decided call from
 * the very arguments that were decided. A message that cannot be read becomes an error with its id, in both directions. */
#ifndef SG_ENFORCE_PROXY_H
#define SG_ENFORCE_PROXY_H

#include "base/buf.h"
#include "base/table.h"
#include "enforce/calls.h"
#include "enforce/daemon.h"
#include "enforce/message.h"
#include "enforce/method.h"

/* What a server says that no call is decided for: not yet said, decided that it passes, that it does not. */
enum sg_words { SG_WORDS_NEW, SG_WORDS_PASS, SG_WORDS_STAY };

/* What the server told, or was told by a decided call, that the client may say again: the last so many, as digests. */
enum { SG_GIVEN = 256 };

struct sg_proxy {
	void (*client_line)(struct sg_proxy *proxy, struct sg_str line); /* sg_proxy_client_line, for what was held */
	struct sg_daemon *daemon;
	char name[64];              /* of the server: mcp.NAME.tools.TOOL */
	const char *instructions;   /* their SHA-256 in hex, if the server's may pass; borrowed, NULL: they may not */
	struct sg_buf to_client, to_server; /* lines to be written */
	struct sg_mcp_calls open;   /* requests to the server that wait for their answer */
	struct sg_mcp_calls from_server; /* requests of the server that wait for the client */
	struct sg_table tools;      /* tool name → digest of its definition, and the listing it came in */
	uint64_t listings, answers; /* how many were begun, how many pages came: their numbers */
	uint64_t listing_of[2];     /* the one that the client reads, the one that the gateway itself reads */
	struct sg_buf held;         /* lines of the client that wait until the tools are known */
	struct sg_buf lined;        /* calls that wait until fewer are open */
	bool next_of_line;          /* one of them has its turn */
	bool listed, listing;       /* all tools are known; they are being asked for */
	uint64_t pings;             /* of the gateway's own, that tell whether the server read past what was taken back */
	bool barrier_open, barrier_due; /* one of them is not answered; another has to be sent */
	bool broken;                /* the session ends: with its task, or the server said something so long that nobody can say whose it is */
	bool changed, letting_go;   /* they changed meanwhile; what was held is let go */
	bool overdue;               /* what the gateway asked for the tools was not answered in time; until it is, nothing waits for it */
	unsigned pages;
	enum sg_words said;
	bool still;                 /* the task stood still when it was last looked at: none of them go on */
	int64_t said_ms;            /* when that was decided */
	int64_t marks;              /* the daemon's, as of the last look */
	bool introduced;            /* the client has said `initialize`, which is said once */
	unsigned char given[SG_GIVEN][SG_SHA256_BYTES];
	size_t given_next;
	uint64_t refused;           /* lines that were not let through */
	int64_t sure_ms;            /* when the task was last known to stand */
	int64_t look_ms;            /* when it is looked whether the task still stands, by sg_mcp_now_ms; 0: not yet begun */
	int64_t list_ms;            /* until when what is held waits, likewise */
};

void sg_proxy_init(struct sg_proxy *proxy, struct sg_daemon *daemon, const char *name);
void sg_proxy_done(struct sg_proxy *proxy);
/* One line without its end. Fills to_client, to_server. */
void sg_proxy_client_line(struct sg_proxy *proxy, struct sg_str line);
void sg_proxy_server_line(struct sg_proxy *proxy, struct sg_str line);
/* False: the session ends. Asked before each line, for what one line asks of the daemon may be answered late: looks whether its task stands, if that is due. */
bool sg_proxy_stands(struct sg_proxy *proxy);
/* What is due by now; then `broken` may be set. Returns the milliseconds until something is again, -1: nothing will be. */
int sg_proxy_tick(struct sg_proxy *proxy);
/* Milliseconds since this machine began. */
int64_t sg_mcp_now_ms(void);
/* The server is gone: every open call is answered and its outcome is unknown. */
void sg_proxy_server_gone(struct sg_proxy *proxy);

#endif
