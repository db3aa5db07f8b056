/* SPDX-License-Identifier: Apache-2.0
 * The corridor between processes as one table: which role may send which frame to whom, in which state, with what inside.
 * A frame that is not in the table for this sender, receiver and state ends the link (and with it the process that sent it). */
#ifndef SG_FRAME_TABLE_H
#define SG_FRAME_TABLE_H

#include <stdbool.h>
#include <stepgate/types.h>

enum sg_role { SG_ROLE_SUPERVISOR, SG_ROLE_GATE, SG_ROLE_DOOR, SG_ROLE_ZYGOTE, SG_ROLE_WORKER, SG_ROLE_HOST };

/* A link starts in STARTING and becomes READY when its R-marked frame passes. */
enum sg_link_state { SG_LINK_STARTING = 1, SG_LINK_READY = 2 };

enum sg_payload {
	SG_PAYLOAD_NONE,  /* empty */
	SG_PAYLOAD_JSON,  /* RFC 8785 bytes; refused unless write(read(b)) = b */
	SG_PAYLOAD_BYTES, /* laid out as the frame's comment says */
};

enum { SG_FRAME_MAX = 4 << 20 };

/*     name         number sender      receiver    state     payload  descriptor  becomes ready */
#define SG_FRAMES(X)                                                                                                   \
	X(S_CONFIG,     1,  SUPERVISOR, GATE,       ANY,      JSON,    false, true)  /* {"document":{...},"state":path} */ \
	X(S_CHILD,      2,  SUPERVISOR, GATE,       READY,    JSON,    true,  false) /* {"generation":n,"pid":n,"slot":n}: your end of a new process; 0: a worker */ \
	X(S_POLICY,     3,  SUPERVISOR, GATE,       READY,    JSON,    false, false) /* manifest of a policy set that loaded, id = generation */ \
	X(S_RELOADED,   4,  SUPERVISOR, GATE,       READY,    JSON,    false, false) /* a reload ended, id = the G_RELOAD it answers or 0: {"document":{...},"errors":[],"generation":n,"policy":manifest} or {"errors":[...]} */ \
	X(S_STOP,       5,  SUPERVISOR, GATE,       ANY,      NONE,    false, false) /* finish: sync what is appended and leave */ \
	X(S_LISTEN,     6,  SUPERVISOR, GATE,       READY,    JSON,    true,  false) /* {"face":name}: a listening socket */ \
	X(S_PREPARE,    7,  SUPERVISOR, GATE,       READY,    JSON,    false, false) /* {"document":{...}}: start the modules that this one would need; id = reload */ \
	X(S_HELD,       8,  SUPERVISOR, GATE,       READY,    JSON,    false, false) /* {"after","body","kind"}: in force in a gate before you, which could not record it: what of it stands behind leaf `after` is recorded */ \
	X(G_PREPARED,   14, GATE,       SUPERVISOR, READY,    JSON,    false, false) /* {"errors":[...]}: they are ready, or what is wrong; id = reload */ \
	X(G_SPAWN,      10, GATE,       SUPERVISOR, READY,    JSON,    false, false) /* {"face","name","next":bool,"role","slot","uid"}; next: by the document being prepared */ \
	X(G_KILL,       11, GATE,       SUPERVISOR, READY,    JSON,    false, false) /* {"slot":n} */ \
	X(G_RELOAD,     12, GATE,       SUPERVISOR, READY,    NONE,    false, false) /* read configuration and policy again, from now on; id comes back */ \
	X(G_HOLD,       15, GATE,       SUPERVISOR, READY,    JSON,    false, false) /* {"after","body","kind"}: in force and not recorded, for the next gate; {}: all of it is */ \
	X(G_SHUT,       16, GATE,       SUPERVISOR, READY,    JSON,    false, false) /* {"face","uid"}: this user only connects there: to be shut out for a moment */ \
	X(G_OPEN,       13, GATE,       SUPERVISOR, READY,    NONE,    false, false) /* recovered; faces may be announced */ \
	X(D_CONN,       20, GATE,       DOOR,       ANY,      NONE,    true,  true)  /* id = connection */ \
	X(D_ANSWER,     21, GATE,       DOOR,       READY,    BYTES,   false, false) /* u16 status, u8 close, u8: it is known who speaks there, then a JSON body */ \
	X(D_CLOSE,      22, GATE,       DOOR,       READY,    NONE,    false, false) /* id = connection */ \
	X(D_REQUEST,    23, DOOR,       GATE,       READY,    BYTES,   false, false) /* u16 route, u16 length of argument, argument, canonical body */ \
	X(D_GONE,       24, DOOR,       GATE,       READY,    NONE,    false, false) /* id = connection closed by the peer or by a bound */ \
	X(D_CHANGED,    25, DOOR,       GATE,       READY,    NONE,    false, false) /* id = connection: a byte came from another pid */ \
	X(D_PRESENTED,  26, DOOR,       GATE,       READY,    BYTES,   false, false) /* id = connection: u16 form, then the token or chain that its peer presented */ \
	X(D_LIMITS,     27, GATE,       DOOR,       ANY,      BYTES,   false, false) /* u64 each: those of limits.h, in their order */ \
	X(Z_READY,      30, ZYGOTE,     SUPERVISOR, STARTING, JSON,    false, true)  /* manifest */ \
	X(Z_FAILED,     31, ZYGOTE,     SUPERVISOR, STARTING, JSON,    false, false) /* {"errors":[...]} */ \
	X(Z_SPAWN,      32, SUPERVISOR, ZYGOTE,     ANY,      NONE,    true,  true)  /* id = slot; the worker's socket */ \
	X(Z_SPAWNED,    33, ZYGOTE,     SUPERVISOR, READY,    NONE,    true,  false) /* id = slot; the worker's pidfd */ \
	X(P_JUDGE,      40, GATE,       WORKER,     ANY,      JSON,    false, true)  /* id = judgement */ \
	X(P_AFTER,      41, GATE,       WORKER,     ANY,      JSON,    false, true)                                    \
	X(P_EFFECTS,    42, WORKER,     GATE,       ANY,      JSON,    false, true)  /* answers in order, same id */ \
	X(H_READY,      50, HOST,       GATE,       STARTING, JSON,    false, true)  /* {"digest","kind","name",...} */ \
	X(H_LOADING,    57, HOST,       GATE,       STARTING, JSON,    false, false) /* {"digest","kind","layers"}: said before a byte of the module runs, once */ \
	X(H_REFUSED,    54, HOST,       GATE,       ANY,      JSON,    false, false) /* {"code","may_mend":bool,"text"}: why it ends */ \
	X(H_TAIL,       55, GATE,       HOST,       READY,    JSON,    false, false) /* {"durable":n,"segment":n}: how far a sink may carry */ \
	X(H_CURSOR,     56, HOST,       GATE,       READY,    JSON,    false, false) /* {"durable":n,"gaps":n}: how far a sink is safe */ \
	X(H_CALL,       51, GATE,       HOST,       READY,    JSON,    false, false) /* {"verb",...}; id = call */ \
	X(H_LOOK,       52, GATE,       HOST,       READY,    JSON,    true,  false) /* an attest call; the peer's pidfd */ \
	X(H_ANSWER,     53, HOST,       GATE,       READY,    JSON,    false, false) /* {"ok":true,...} or {"code","ok":false,"text"}; of a look SG_LOOK_MORE */

enum sg_frame_type {
#define X(name, number, sender, receiver, state, payload, fd, ready) SG_FRAME_##name = number,
	SG_FRAMES(X)
#undef X
};

struct sg_frame_rule {
	const char *name;
	uint16_t type;
	enum sg_role sender, receiver;
	unsigned states; /* set of enum sg_link_state */
	enum sg_payload payload;
	bool carries_fd;
	bool makes_ready;
};

/* The row of `type`, or NULL. */
const struct sg_frame_rule *sg_frame_rule(uint16_t type);

/* True if `sender` may send `type` to `receiver` in `state`. */
bool sg_frame_allowed(uint16_t type, enum sg_role sender, enum sg_role receiver, enum sg_link_state state);

/* A part of a look is done: it is asked for again. */
#define SG_LOOK_MORE "{\"more\":true}"

#endif
