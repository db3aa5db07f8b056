/* SPDX-License-Identifier: Apache-2.0
 * The approvers' page: a program of its own, with a user of its own, that asks the daemon on approver.sock for whoever is signed in, and makes pages of the answers. It
 * decides nothing and keeps nothing: the daemon knows who is signed in, and holds every yes against the device that proves it. HTTP and TLS are libmicrohttpd's. */
#ifndef SG_WEB_WEB_H
#define SG_WEB_WEB_H

#include "base/buf.h"
#include "base/json.h"

enum {
	SG_WEB_FORM_MAX = 8192,      /* bytes of a form that a browser sends, all fields */
	SG_WEB_FIELDS = 16,          /* of one form */
	SG_WEB_CONNS = 256,          /* open at once */
	SG_WEB_CONNS_EACH = 32,      /* of one address */
	SG_WEB_IDLE_S = 20,          /* a connection that says nothing */
	SG_WEB_THREADS = 4,          /* that answer; each has one request of the daemon's under way */
	SG_WEB_PAGE_MAX = 4 << 20,   /* bytes of a page */
	SG_WEB_TOKEN_MAX = 48
};

/* How it runs. All strings live as long as it does. */
struct sg_web {
	const char *run;               /* folder of the daemon's sockets */
	const char *listen_at;         /* "127.0.0.1:8443" */
	const char *certificate, *key; /* PEM files; NULL: no TLS, on this machine's own addresses alone */
};

/* One request of a browser, whole. Texts are borrowed for its time. */
struct sg_web_request {
	const struct sg_web *web;
	const char *method, *path;
	const char *origin, *host; /* of its head; NULL: not sent */
	char token[SG_WEB_TOKEN_MAX]; /* of its cookie; "": none */
	struct sg_web_field {
		char name[24];
		struct sg_str value;
	} fields[SG_WEB_FIELDS];
	size_t field_count;
	struct sg_arena *arena;
	/* The answer. */
	unsigned status;
	struct sg_buf *out;
	const char *type;         /* its Content-Type */
	char location[256];       /* ""; or where to go on, status 303 */
	char set_cookie[256];     /* "": none */
	bool secure;              /* its origin is https */
};

/* A form's field, {"", 0} if it was not sent. */
struct sg_str sg_web_field(const struct sg_web_request *r, const char *name);
/* Every request, the strange ones too: sets status, out and the rest. */
void sg_web_answer(struct sg_web_request *r);

/* ask.c: asks the daemon. NULL, with *status 503, if it does not answer; else what it says, also where *status is an error. `body` NULL: GET. */
const struct sg_json *sg_web_ask(struct sg_web_request *r, const char *method, const char *path, struct sg_str body, unsigned *status);
/* The code of an error's answer, "" if it is none; and its words. */
struct sg_str sg_web_code(const struct sg_json *answer);
struct sg_str sg_web_words(const struct sg_json *answer);

/* serve.c: until SIGTERM; SIGHUP reads certificate and key again. Exit code. */
int sg_web_serve(const struct sg_web *web);

#endif
