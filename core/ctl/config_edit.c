/* SPDX-License-Identifier: Apache-2.0
 * config edit: a copy is edited, the whole configuration is checked with it, and only then does it take the place of
 * the file, in one step. Names that begin with a dot are not read from conf.d, so what lies beside is never
 * configuration. */
#include "ctl/config_put.h"
#include "ctl/edit.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int
failed(const struct sg_ctl *ctl, const struct sg_edit *edit, const char *what)
{
	return sg_ctl_fail(ctl,
			   errno == EACCES || errno == EPERM || errno == EROFS ? SG_CTL_PERMISSION : SG_CTL_CANNOT_MAKE,
			   "cannot_edit", "", "%s: %s: %s", edit->path, what, strerror(errno));
}

/* True if a person says yes. Without a terminal nobody does. */
static bool
again(const struct sg_ctl *ctl)
{
	char line[16] = "";
	if (ctl->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fprintf(stderr, "Edit again? [Y/n] ");
	return fgets(line, sizeof(line), stdin) != NULL && line[0] != 'n' && line[0] != 'N';
}

static int
edit_until_good(const struct sg_ctl *ctl, struct sg_edit *edit)
{
	for (;;) {
		int status = sg_edit_run(edit);
		if (status != 0)
			return sg_ctl_fail(ctl, SG_CTL_DENIED, "editor", "$VISUAL or $EDITOR names it",
					   "the editor ended with %d; nothing was changed", status);
		if (!sg_edit_read(edit))
			return failed(ctl, edit, "the edited copy cannot be read");
		if (sg_edit_same(edit))
			return SG_CTL_OK;
		int code = sg_config_check(ctl, sg_config_source(ctl), edit->name, sg_buf_view(&edit->text));
		if (code == SG_CTL_OK || !again(ctl))
			return code;
	}
}

int
sg_ctl_config_edit(struct sg_ctl *ctl)
{
	struct sg_edit edit;
	struct sg_conf_source source = sg_config_source(ctl);
	if (!sg_edit_name(&edit, source.file, ctl->args[0]))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage",
				   "letters, digits, '.', '_' and '-', at most 100; no dot in front",
				   "that is no name of a file in conf.d");
	if (!sg_edit_begin(&edit, sg_conf_source_vendor(&source))) {
		int code = failed(ctl, &edit, "cannot be edited");
		sg_edit_end(&edit);
		return code;
	}
	int code = edit_until_good(ctl, &edit);
	bool changed = code == SG_CTL_OK && !sg_edit_same(&edit);
	if (changed && !sg_edit_install(&edit))
		code = errno == EBUSY
			       ? sg_ctl_fail(ctl, SG_CTL_DENIED, "changed_meanwhile", "edit it again",
					     "%s was changed by somebody else meanwhile; nothing was put in place",
					     edit.path)
			       : failed(ctl, &edit, "cannot be put in place");
	if (code == SG_CTL_OK)
		sg_config_put_told(ctl, edit.path, changed, "");
	else if (code == SG_CTL_CONFIG && !ctl->json)
		fprintf(stderr, "stepgate: nothing was put in place\n");
	sg_edit_end(&edit);
	return code;
}
