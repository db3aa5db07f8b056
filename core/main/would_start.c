/* SPDX-License-Identifier: Apache-2.0
 * One list of what a start looks at; whoever checks goes through the same. */
#include "main/would.h"

#include "base/canon.h"
#include "conf/load.h"
#include "frame/table.h"

#include <stdio.h>

enum { WAIT_MS = 10000 };

void
sg_would_start(const struct sg_would *w)
{
	bool whole = w->draft == NULL && sg_would_look(w);
	if (whole) {
		sg_would_state(w);
		sg_would_listen(w);
		sg_would_tls(w);
	} else if (w->draft == NULL) {
		fprintf(stderr, "stepgated: only root and the owner of state_dir can look at all that a start looks at; not looked at: state and keys, run_dir, key and certificate of listen.enforcer, and of grants and modules "
				"all but whether they are there and take their options\n");
	}
	sg_would_modules(w);
}

static void
print(const struct sg_conf_errors *errors, bool json)
{
	struct sg_buf text;
	if (!sg_conf_errors_any(errors))
		return;
	sg_buf_init(&text, 1 << 20);
	json ? sg_conf_errors_write(&text, errors) : sg_conf_errors_print(&text, errors);
	fprintf(json ? stdout : stderr, "%.*s%s", (int)text.len, text.ptr, json ? "\n" : "");
	sg_buf_done(&text);
}

bool
sg_would_disk(const struct sg_conf_source *source, bool json)
{
	struct sg_conf_errors errors;
	struct sg_arena arena;
	struct sg_buf document, places;
	struct sg_would w = {.config = source->file, .errors = &errors, .wait_ms = WAIT_MS, .draft = source->draft};
	sg_conf_errors_init(&errors);
	sg_arena_init(&arena, 256 << 20);
	sg_buf_init(&document, SG_FRAME_MAX);
	sg_buf_init(&places, SG_CONF_MAX_ORIGINS);
	bool good = sg_conf_load_origins(source, &document, &places, &errors) == SG_OK &&
		    sg_canon_parse(&arena, sg_buf_view(&document), &sg_conf_document_limits, &w.document, NULL) == SG_OK &&
		    sg_canon_parse(&arena, sg_buf_view(&places), &sg_conf_origins_limits, &w.origins, NULL) == SG_OK;
	if (good)
		sg_would_start(&w);
	print(&errors, json);
	good = good && !sg_conf_errors_any(&errors);
	sg_conf_errors_done(&errors);
	sg_buf_done(&places);
	sg_buf_done(&document);
	sg_arena_done(&arena);
	return good;
}
