/* SPDX-License-Identifier: Apache-2.0
 * One connection of a door. Private to door/. */
#ifndef SG_DOOR_CONN_H
#define SG_DOOR_CONN_H

#include "base/ring.h"
#include "base/table.h"
#include "door/body.h"
#include "door/door.h"
#include "frame/link.h"

#include <sys/types.h>

enum {
	SG_READ_CHUNK = 16 << 10, /* bytes read at once */
	SG_DOOR_SMALL = 2048,     /* bytes of a body that is read at once */
	SG_DOOR_TURN_US = 1000,   /* for larger ones in a turn of the loop, one at least */
	SG_DOOR_SENDERS = 256     /* of whom is known when they were served */
};

struct sg_tls_server;
struct sg_tls;

struct sg_door {
	struct sg_door_process how;
	struct sg_tls_server *tls; /* NULL: plain UNIX sockets */
	int epoll;
	struct sg_link gate;
	uint32_t gate_events; /* of epoll, that the gate's link is asked for */
	struct sg_table conns;
	struct sg_door_conn *ended; /* freed at the end of the turn: events of it may still be in hand */
	sg_time now, swept;
	struct sg_ring whole; /* connections whose large body is there (turns.c) */
	sg_time turn;         /* counts them */
	struct {
		uint64_t who;
		sg_time at; /* 0: nobody */
	} senders[SG_DOOR_SENDERS];
};

enum sg_conn_state {
	SG_CONN_HEAD, /* reading a head */
	SG_CONN_BODY, /* reading a body */
	SG_CONN_WHOLE, /* its body is there and waits for its turn */
	SG_CONN_GATE, /* the gate has it */
	SG_CONN_LAST, /* an answer is on its way, then the end */
};

struct sg_door_conn {
	uint64_t id;
	char key[24];
	int fd; /* -1 once ended */
	bool known;      /* the gate found out who speaks there */
	uint64_t sender; /* its user; of another machine the connection itself, above all users */
	struct sg_ring waits;
	pid_t pid; /* who connected: every byte must come from it */
	enum sg_conn_state state;
	uint32_t events; /* of epoll, that it is asked for */
	struct sg_buf in, out;
	struct sg_http_head head;
	const struct sg_route_row *route;
	struct sg_str argument;
	char request_id[129];
	sg_time deadline;
	uint32_t requests, pings;
	struct sg_tls *tls; /* NULL: none */
	bool shaken;        /* its handshake is done */
	struct sg_buf token; /* the bearer token that came with its first request, and must come with every other */
	struct sg_door_conn *next_ended;
};

/* Bytes that a connection may hold of what it sends: a head, a body as large as is allowed now, and one read. */
size_t sg_door_conn_room(const struct sg_door *door);
/* Takes the descriptor. NULL if the door is full or out of memory. */
struct sg_door_conn *sg_door_conn_new(struct sg_door *door, uint64_t id, int fd);
struct sg_door_conn *sg_door_conn_find(struct sg_door *door, uint64_t id);
void sg_door_conn_event(struct sg_door *door, struct sg_door_conn *conn, uint32_t events);
/* The gate's answer: u16 status, u8 close, u8 known, body. */
void sg_door_conn_answer(struct sg_door *door, struct sg_door_conn *conn, struct sg_str payload);
/* `tell`: the gate does not know yet. */
void sg_door_conn_end(struct sg_door *door, struct sg_door_conn *conn, bool tell);
/* `got` plain bytes stand behind conn->in. */
void sg_door_conn_received(struct sg_door *door, struct sg_door_conn *conn, size_t got);
/* Answers bad input in words of ours; `why` a hint, "" none. */
void sg_door_conn_refuse(struct sg_door *door, struct sg_door_conn *conn, enum sg_http_error error, const char *why);
void sg_door_conn_flush(struct sg_door *door, struct sg_door_conn *conn);
/* Tells the gate what the peer presented (form: enum sg_presented). False: it could not be told. */
bool sg_door_present(struct sg_door *door, struct sg_door_conn *conn, unsigned form, struct sg_str bytes);
/* turns.c. True: its body is large and waits for its turn. */
bool sg_door_waits(struct sg_door *door, struct sg_door_conn *conn);
/* Whose turn it is, which no longer waits; NULL: nobody waits. */
struct sg_door_conn *sg_door_next(struct sg_door *door);
/* Its request is whole: it is read and handed to the gate. */
void sg_door_conn_whole(struct sg_door *door, struct sg_door_conn *conn);
/* Ends what is past its deadline, frees what has ended. */
void sg_door_conns_sweep(struct sg_door *door);

#endif
