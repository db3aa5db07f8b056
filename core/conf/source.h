/* SPDX-License-Identifier: Apache-2.0
 * Which files make up the configuration, and opening them without being led astray. */
#ifndef SG_CONF_SOURCE_H
#define SG_CONF_SOURCE_H

#include "conf/errors.h"

/* Zeroed but for `file` is fine. Strings are borrowed. */
struct sg_conf_source {
	const char *file; /* stepgate.conf; conf.d is looked for beside it and may be absent */
	const char *vendor_dir; /* read first, each file masked by one of the same name in conf.d; absent: none; NULL: SG_VENDOR_CONFIG_DIR where
				 * `file` is SG_CONFIG_FILE, as installed, else none */
	const char *draft;   /* NULL, or a name "x.conf": conf.d holds `draft_text` by that name, whatever is there */
	struct sg_str draft_text;
	unsigned deadline_ms; /* 0: SG_CONF_DEADLINE_MS */
	bool skip_precheck; /* for tests alone: hand the files to libconfig unseen, to show that its death stays in the
			       child */
};

enum { SG_CONF_DEADLINE_MS = 5000, SG_CONF_MAX_FILES = 128, SG_CONF_MAX_FILE_BYTES = 256 * 1024 };

/* In the order of merging, later wins. */
struct sg_conf_files {
	struct sg_conf_file *list[SG_CONF_MAX_FILES];
	size_t count;
};

/* Reads vendor_dir/[!.]*.conf, file, conf.d/[!.]*.conf (byte order within a folder) into `arena`. Files and folders are
 * opened without following a link in the last component, must be owned by root or the effective user and not writable
 * for group or others. A file that is open for writing, or is written while it is read, is refused: what is read is
 * never the half of something. Everything wrong goes to `errors`; false if there was anything. */
bool sg_conf_source_read(struct sg_arena *arena, const struct sg_conf_source *source, struct sg_conf_errors *errors,
			 struct sg_conf_files *files);

/* The vendor's folder that is read with it; NULL: none. */
const char *sg_conf_source_vendor(const struct sg_conf_source *source);

#endif
