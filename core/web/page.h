/* SPDX-License-Identifier: Apache-2.0
 * The pages. Each writes a whole one, status and all. Private to web/. */
#ifndef SG_WEB_PAGE_H
#define SG_WEB_PAGE_H

#include "web/html.h"
#include "web/web.h"

/* Files that are in the program. */
struct sg_web_file {
	const char *name;
	const unsigned char *bytes;
	size_t len;
};
extern const struct sg_web_file sg_web_files[];
extern const size_t sg_web_file_count;

enum { SG_WEB_CSRF = 65 /* bytes, with the NUL */ };

/* What a form must bring back, so that it was made here for this sign-in. */
void sg_web_csrf(const char *token, char out[SG_WEB_CSRF]);

#define SG_WEB_AGAIN "/again" /* the queue, fetched by itself: nobody's use of the sign-in */

/* From here to sg_page_end: `refresh` seconds until the queue is fetched anew, 0: never. */
void sg_page_begin(struct sg_web_request *r, unsigned status, const char *title, unsigned refresh);
void sg_page_end(struct sg_web_request *r);
/* "<form method=post action=...>" with what it must bring back. */
void sg_page_form(struct sg_web_request *r, const char *action);
/* The same, which a passkey may prove: with script, where its digits are left empty. `offer` to enrol one, else NULL. */
void sg_page_proof_form(struct sg_web_request *r, const char *action, struct sg_str offer);
/* Its field of digits. */
void sg_page_digits(struct sg_web_request *r, const char *label);
/* A line that tells what happened; `class` "bad" or "good". */
void sg_page_note(struct sg_web_request *r, const char *class, struct sg_str text);
/* Goes on at a path of ours. */
void sg_page_go(struct sg_web_request *r, const char *path);
/* What the daemon refused, in words; back leads to where it was asked. */
void sg_page_refused(struct sg_web_request *r, unsigned status, const struct sg_json *answer, const char *back);

/* challenge.c: what a device must sign, as the daemon says it, in JSON for the page's own script. */
void sg_web_challenge(struct sg_web_request *r, const char *path);
/* queue.c */
void sg_page_queue(struct sg_web_request *r);
/* approval.c: one request, and what is said to it. */
void sg_page_approval(struct sg_web_request *r, const char *id);
void sg_page_say(struct sg_web_request *r, const char *id, const char *verb);
/* sign_in.c */
void sg_page_sign_in(struct sg_web_request *r, const struct sg_json *facts, struct sg_str note);
void sg_page_signed_in(struct sg_web_request *r, const struct sg_json *facts);
void sg_page_sign_out(struct sg_web_request *r);
/* enrol.c */
void sg_page_enrol(struct sg_web_request *r);
void sg_page_offer(struct sg_web_request *r);
void sg_page_finish(struct sg_web_request *r);

#endif
