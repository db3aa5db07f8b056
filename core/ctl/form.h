/* SPDX-License-Identifier: Apache-2.0
 * Bodies of requests, from what stands on a command line. A body is begun, its members are written in any order, and it
 * is ended: what was written is then read by the strict reader and made canonical, so that one check stands for all. */
#ifndef SG_CTL_FORM_H
#define SG_CTL_FORM_H

#include "ctl/ctl.h"

struct sg_ctl_form {
	const struct sg_ctl *ctl;
	struct sg_buf text;
	int code; /* SG_CTL_OK until something was wrong and has been told */
};

void sg_ctl_form_begin(struct sg_ctl_form *form, const struct sg_ctl *ctl);

/* "name":"value"; nothing if `value` is NULL. */
void sg_ctl_form_text(struct sg_ctl_form *form, const char *name, const char *value);
/* --ttl: whole seconds. */
void sg_ctl_form_ttl(struct sg_ctl_form *form);
/* What --key names, else a random one. */
void sg_ctl_form_key(struct sg_ctl_form *form);
/* NAME=TEXT and NAME:=JSON of a repeated option as {"NAME":...}. Without one: nothing, or {} if `always`. */
void sg_ctl_form_pairs(struct sg_ctl_form *form, const char *name, int option, bool always);
/* A repeated option as a list of texts; nothing without one. */
void sg_ctl_form_list(struct sg_ctl_form *form, const char *name, int option);
/* DIM=AMOUNT of a repeated option as {"DIM":n}, money in hundredths; nothing without one. */
void sg_ctl_form_amounts(struct sg_ctl_form *form, const char *name, int option);
/* JSON that somebody else wrote: exactly one value, or it is wrong; `what` names it. */
void sg_ctl_form_value(struct sg_ctl_form *form, const char *name, const char *what, struct sg_str json);
/* JSON that was made here. */
void sg_ctl_form_json(struct sg_ctl_form *form, const char *name, struct sg_str json);
/* Tells that it is wrong, once. */
void sg_ctl_form_wrong(struct sg_ctl_form *form, const char *what, const char *text);

/* Writes it to `out` and ends `form`. SG_CTL_OK, or the exit code once what is wrong was told. */
int sg_ctl_form_end(struct sg_ctl_form *form, struct sg_buf *out);

/* A file, or standard input as "-", at most as many bytes as `out` takes. SG_CTL_OK, or told. */
int sg_ctl_form_file(const struct sg_ctl *ctl, const char *path, struct sg_buf *out);

#endif
