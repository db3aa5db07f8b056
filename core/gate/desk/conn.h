/* SPDX-License-Identifier: Apache-2.0
 * Connections: who is behind one, what looks at it, where it finds room, how it ends. Gate thread only. */
#ifndef SG_GATE_DESK_CONN_H
#define SG_GATE_DESK_CONN_H

#include "gate/desk/request.h"

enum { SG_LOOK_FRESH_MS = 1000 /* so long a look holds for what binds nobody */ };

enum { SG_CONN_NAME = 40 };
/* The user behind a connection, as the kernel says; -1: it is on another machine, or gone (NULL). */
int64_t sg_conn_uid(const struct sg_conn *conn);
/* Its user's number, or what its address counts as: for buckets and whatever else is kept of a caller. */
void sg_conn_name(const struct sg_conn *conn, char out[SG_CONN_NAME]);
/* The operator who speaks there, as records name them: never empty; "stepgate" where the daemon itself does it. */
struct sg_str sg_conn_operator(const struct sg_conn *conn);
/* One of these match expressions is "STEP:uid=UID". */
bool sg_match_names_uid(const struct sg_strings *match, uid_t uid);
/* What an address counts as: an IPv6 user has a whole network of 64 bits; an IPv4 address stands for itself. */
void sg_address_name(const unsigned char address[16], char out[33]);
/* True if both count as one. */
bool sg_address_same(const unsigned char one[16], const unsigned char other[16]);
/* chance.c: bytes nobody can guess, at most 512 at a time, each given once. False: the system has none, then nothing is issued. */
bool sg_gate_random(struct sg_gate *gate, void *out, size_t len);
/* alive.c: the process that connected lives. */
bool sg_peer_lives(struct sg_gate *gate, const struct sg_peer *peer);
/* False if more connections come from there than the rate admits: a caller's, or a party's where an enforcer was found there within the last hour. */
bool sg_address_take(struct sg_gate *gate, const unsigned char address[16]);
/* An enforcer was found behind this connection: for an hour its user, or its address, has the rates of a party. */
void sg_party_proven(struct sg_gate *gate, const struct sg_conn *conn);
/* Is there place for one more from there? May close the oldest of those of whom nothing is known. `most`: connections of all. */
bool sg_far_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most);
/* So many connections there may be: limits.connections, or what the descriptors of this process have room for. */
size_t sg_conns_most(const struct sg_gate *gate);
/* A peer connected. Takes the peer's pidfd. SG_REFUSED (too_many_connections, not_admin, admin_is_agent is decided after the look) closes it. */
enum sg_status sg_gate_connect(struct sg_gate *gate, uint64_t conn, enum sg_face face, struct sg_peer *peer,
			       struct sg_err *err);
/* The peer of a connection presented a token or a certificate chain (form: enum sg_presented). Once for each form, before the first request that
 * rests on it. False if this connection may not: the door that said so is to be killed. */
bool sg_gate_presented(struct sg_gate *gate, uint64_t conn, unsigned form, struct sg_str bytes);
void sg_conn_free(struct sg_conn *conn);
void sg_gate_disconnect(struct sg_gate *gate, uint64_t conn);
/* A module must look before this connection's next request is run: it never has, something was presented, or a reload came. */
bool sg_look_due(const struct sg_gate *gate, const struct sg_conn *conn);
/* On the admin's face: somebody who may say yes or no to what they are asked for, and nothing else; by the socket or by their stanza. */
bool sg_approves_only(const struct sg_conn *conn);
/* What somebody on the admin's face may ask, by the socket and by their stanza; on other faces all. *why: what to say where not, static. */
bool sg_may_ask(const struct sg_conn *conn, unsigned route, const char **why);
/* Its user is an operator and, but for mode dev, no agent. */
bool sg_is_operator(const struct sg_gate *gate, const struct sg_conn *conn);
/* Its operator is a person whom another operator disabled. */
bool sg_operator_gone(const struct sg_gate *gate, const struct sg_conn *conn);
/* After a reload: closes operators' connections that are none any more, and refuses who waits for what it may see no more; at most `most` looked at in a call. */
void sg_conns_review(struct sg_gate *gate, size_t most);
/* Behind a reload: whether a connection of people is an operator's. */
void sg_conn_roles(struct sg_gate *gate, struct sg_conn *conn);
/* Nobody has looked at who is behind this connection: it comes before its first request is judged. */
bool sg_first_look_due(const struct sg_gate *gate, const struct sg_conn *conn);
/* Calls `then` once the facts of the asker are fresh: at once if the last look is young, else after another. What records something in the asker's name, and
 * has no second look as an action has, is looked at for itself. */
void sg_look_first(struct sg_gate *gate, struct sg_request *request, void (*then)(struct sg_gate *, struct sg_request *));
/* The same, with another look in any case. */
void sg_look_now(struct sg_gate *gate, struct sg_request *request, void (*then)(struct sg_gate *, struct sg_request *));
/* A byte came from another process than the one that connected. */
void sg_gate_changed(struct sg_gate *gate, uint64_t conn);
/* Attestation answered, or did not: then `facts` is {NULL, 0} and `why` says so. */
void sg_gate_looked(struct sg_gate *gate, uint64_t id, struct sg_str facts, enum sg_reason why);
enum { SG_STRANGERS_PART = 4 }; /* of all connections one in so many may be of nobody knows whom */
/* Some agent's or enforcer's `match`, or an admin's stanza, names this uid. */
bool sg_uid_named(const struct sg_catalogue *catalogue, uid_t uid);
/* A stanza of enforcers names it. */
bool sg_uid_enforces(const struct sg_catalogue *catalogue, uid_t uid);
/* The most that another one may hold and be turned out for somebody who comes; `named`: whose uid the configuration names. */
enum sg_hold sg_hold_least(bool named);
/* Closes it, with what only waits there. */
void sg_conn_turn_out(struct sg_gate *gate, const struct sg_conn *conn);
/* There is place for another connection of this peer, of at most `most` without those of operators: or was made, by closing one that holds less. */
bool sg_conn_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most);

#endif
