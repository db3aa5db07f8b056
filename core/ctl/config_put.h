/* SPDX-License-Identifier: Apache-2.0
 * A new file of conf.d: written as a stanza, checked with the whole configuration, and only then there. */
#ifndef SG_CTL_CONFIG_PUT_H
#define SG_CTL_CONFIG_PUT_H

#include "ctl/config.h"

/* A text as a configuration file holds it, quoted. False: it holds a byte that no such text may (control characters). */
bool sg_config_quote(struct sg_buf *out, struct sg_str text);

/* The whole configuration with `text` as conf.d's file `name`, among the others or in the place of what is there. SG_CTL_OK, or an exit code, told. */
int sg_config_check(const struct sg_ctl *ctl, struct sg_conf_source source, const char *name, struct sg_str text);

/* Says that the file is in place, or that nothing was changed; with --json as JSON. `first`: what is to be done before the reload ("... then "), or "". */
void sg_config_put_told(const struct sg_ctl *ctl, const char *path, bool changed, const char *first);

/* Puts `text` into conf.d as `name` ("x.conf") beside source->file, if the configuration is good with it. What is there by that name is never written
 * over: SG_CTL_DENIED, told. `path` gets where it lies. SG_CTL_OK, or an exit code, told. */
int sg_config_put(const struct sg_ctl *ctl, struct sg_conf_source source, const char *name, struct sg_str text, char *path, size_t room);

#endif
