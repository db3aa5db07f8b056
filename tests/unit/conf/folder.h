/* SPDX-License-Identifier: Apache-2.0
 * For configuration tests: a private folder with files in it, and loading what lies there. */
#ifndef SG_TESTS_CONF_FOLDER_H
#define SG_TESTS_CONF_FOLDER_H

#include "base/str.h"
#include "conf/load.h"
#include "unit/cases.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64], file[128];
	struct sg_conf_errors errors;
	struct sg_buf document;
};

static inline void
folder_open(struct folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/sg-conf-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->path));
	snprintf(f->file, sizeof(f->file), "%s/stepgate.conf", f->path);
	sg_conf_errors_init(&f->errors);
	sg_buf_init(&f->document, SG_CONF_MAX_DOCUMENT);
}

/* Writes `name` ("stepgate.conf", "conf.d/10-x.conf"), making its folder. */
static inline void
folder_put(struct folder *f, const char *name, struct sg_str text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	FILE *file = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL_FATAL(fwrite(text.ptr, 1, text.len, file), text.len);
	fclose(file);
	chmod(path, 0644);
}

static inline enum sg_status
folder_load(struct folder *f, const char *vendor)
{
	char path[256];
	struct sg_conf_source source = {.file = f->file};
	snprintf(path, sizeof(path), "%s/%s", f->path, vendor == NULL ? "" : vendor);
	if (vendor != NULL)
		source.vendor_dir = path;
	sg_conf_errors_done(&f->errors);
	sg_buf_clear(&f->document);
	return sg_conf_load(&source, &f->document, &f->errors);
}

static inline void
folder_close(struct folder *f)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf '%s'", f->path);
	CU_ASSERT_EQUAL(system(command), 0);
	sg_conf_errors_done(&f->errors);
	sg_buf_done(&f->document);
}

/* Prints what was found, when a test did not find what it wanted. */
static inline void
folder_show(const struct folder *f)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	sg_conf_errors_print(&text, &f->errors);
	printf("\n%.*s\n", SG_STR_ARG(sg_buf_view(&text)));
	sg_buf_done(&text);
}

#endif
