/* SPDX-License-Identifier: Apache-2.0
 * stepgate watch: what the status says, again and again, and how fast its counters rise. */
#ifndef SG_CTL_WATCH_H
#define SG_CTL_WATCH_H

#include "ctl/ctl.h"

struct sg_watch_sample {
	struct sg_ctl_answer answer; /* answer.json NULL: the daemon did not answer, and `err` says why */
	struct sg_err err;
	int64_t at_ms;   /* since boot */
	int64_t wall_s;  /* since 1970 */
};

struct sg_watch {
	const struct sg_ctl *ctl;
	struct sg_watch_sample now, before; /* before: the last one that was answered; none: answer.json NULL */
	bool restarted;                     /* counters went back: the daemon that answers is another one */
	bool screen;                        /* stdout is a terminal, redrawn in place */
	int64_t interval_ms, left;          /* left: samples still to take; below 0: without end */
};

/* watch_sample.c. Gives back both samples. */
void sg_watch_done(struct sg_watch *w);
/* Takes the next sample; the last one that was answered becomes `before`. */
void sg_watch_take(struct sg_watch *w);
/* True if there are rates: two samples of the same daemon. */
bool sg_watch_is_rated(const struct sg_watch *w);
/* How much the counter `name` of the status's object `group` rose a second; 0 where there are no rates. */
double sg_watch_rate(const struct sg_watch *w, const char *group, struct sg_str name);
/* Leaves on disk that the sink of this module has not carried further; below 0: it is no sink. */
int64_t sg_watch_lag(const struct sg_watch *w, const struct sg_json *module);

/* watch_show.c: the newest sample as a screen, a line, or an object, on stdout. */
void sg_watch_screen(const struct sg_watch *w);
void sg_watch_line(const struct sg_watch *w);
void sg_watch_object(const struct sg_watch *w);

/* watch_terminal.c. The terminal is restored at its end, also by a signal that ends the program (exit 0). */
void sg_watch_terminal_take(void);
void sg_watch_terminal_give(void);
/* Ends on SIGINT, SIGTERM and SIGHUP with exit 0, whatever stands on the terminal. */
void sg_watch_signals(void);
/* Waits for so long; true at once when somebody types q. */
bool sg_watch_wait(int64_t ms);
/* Lines in place of what stood on the screen, each cut to its width, below each other as far as there is room. The first byte of a line is how it is shown: ' ' plain, '=' bold, '!' red. */
void sg_watch_draw(struct sg_str lines, bool color);

#endif
