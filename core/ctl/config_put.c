/* SPDX-License-Identifier: Apache-2.0
 * A new file of conf.d. */
#include "ctl/config_put.h"
#include "ctl/daemon.h"
#include "ctl/start.h"

#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

bool
sg_config_quote(struct sg_buf *out, struct sg_str text)
{
	sg_buf_text(out, "\"");
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return false;
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			sg_buf_text(out, "\\");
		sg_buf_add(out, text.ptr + i, 1);
	}
	sg_buf_text(out, "\"");
	return true;
}

int
sg_config_check(const struct sg_ctl *ctl, struct sg_conf_source source, const char *name, struct sg_str text)
{
	struct sg_config config;
	source.draft = name;
	source.draft_text = text;
	int code = sg_config_load(ctl, &source, &config);
	sg_config_done(&config);
	return code;
}

/* Whether the modules of its stanzas would start: stepgated knows, as for config check. */
static int
would_start(const struct sg_ctl *ctl, const struct sg_conf_source *source, const char *name, struct sg_str text)
{
	const char *arguments[] = {"-t", "-c", source->file, "--draft", name, ctl->json ? "--json" : NULL, NULL, NULL, NULL};
	size_t at = ctl->json ? 6 : 5;
	struct sg_buf said;
	if (source->vendor_dir != NULL) {
		arguments[at++] = "--vendor";
		arguments[at] = source->vendor_dir;
	}
	int draft = memfd_create("stepgate-draft", MFD_CLOEXEC);
	bool given = draft >= 0 && sg_write_whole(draft, text) && lseek(draft, 0, SEEK_SET) == 0 && dup2(draft, STDIN_FILENO) == STDIN_FILENO;
	sg_buf_init(&said, 1 << 20);
	int status = given ? sg_daemon_read("stepgated", arguments, false, &said) : -1;
	fwrite(said.ptr, 1, said.len, stdout);
	sg_buf_done(&said);
	if (draft >= 0)
		close(draft);
	return status == 0 || status == SG_CTL_CONFIG ? status : sg_ctl_fail(ctl, SG_CTL_INTERNAL, "no_program", "", "stepgated could not be asked");
}

void
sg_config_put_told(const struct sg_ctl *ctl, const char *path, bool changed, const char *first)
{
	struct sg_buf out;
	sg_buf_init(&out, 8192);
	if (ctl->json) {
		sg_buf_printf(&out, "{\"changed\":%s,\"file\":", changed ? "true" : "false");
		sg_canon_string(&out, sg_str(path));
		sg_buf_text(&out, "}\n");
	} else if (changed) {
		sg_buf_printf(&out, "%s is in place; %sstepgate reload brings it into force\n", path, first);
	} else {
		sg_buf_printf(&out, "nothing was changed\n");
	}
	sg_config_print(ctl, &out);
	sg_buf_done(&out);
}

int
sg_config_put(const struct sg_ctl *ctl, struct sg_conf_source source, const char *name, struct sg_str text, char *path, size_t room)
{
	const char *slash = strrchr(source.file, '/');
	char folder[1100];
	snprintf(folder, sizeof(folder), "%.*s/conf.d", slash == NULL ? 1 : (int)(slash - source.file), slash == NULL ? "." : source.file);
	if (snprintf(path, room, "%s/%s", folder, name) >= (int)room)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "%s: the path is too long", name);
	int code = sg_config_check(ctl, source, name, text);
	if (code == SG_CTL_OK)
		code = would_start(ctl, &source, name, text);
	if (code != SG_CTL_OK)
		return code;
	enum sg_make made = sg_make_folder(folder, 0755);
	if (made != SG_MAKE_FAILED)
		made = sg_make_file(path, text, 0644);
	if (made == SG_MAKE_FAILED)
		return sg_ctl_fail(ctl, errno == EACCES || errno == EPERM || errno == EROFS ? SG_CTL_PERMISSION : SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", path,
				   strerror(errno));
	return made == SG_MAKE_MADE ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_DENIED, "exists", "stepgate config edit changes it", "%s is there already", path);
}
