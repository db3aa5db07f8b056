/* SPDX-License-Identifier: Apache-2.0
 * Telling what a start would refuse, and who can look at it. */
#include "main/would.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void
sg_would_fault(const struct sg_would *w, const char *hint, const char *format, ...)
{
	char what[2400];
	va_list list;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	sg_conf_error_add(w->errors, SG_CONF_E_start, (struct sg_conf_place){&(struct sg_conf_file){.path = w->config}, 0, 0}, hint, "%s", what);
}

bool
sg_would_look(const struct sg_would *w)
{
	char path[1100];
	struct stat st;
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(sg_json_text_at(w->document, "state_dir")));
	return geteuid() == 0 || (stat(path, &st) == 0 && st.st_uid == geteuid());
}

bool
sg_would_pass(const struct sg_json *document, void (*check)(const struct sg_would *w))
{
	struct sg_conf_errors errors;
	sg_conf_errors_init(&errors);
	check(&(struct sg_would){.document = document, .config = "", .errors = &errors});
	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, errors.list[i].hint[0] != '\0' ? "stepgated: %s\n\thint: %s\n" : "stepgated: %s\n", errors.list[i].what, errors.list[i].hint);
	bool good = !sg_conf_errors_any(&errors);
	sg_conf_errors_done(&errors);
	return good;
}
