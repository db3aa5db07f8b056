/* SPDX-License-Identifier: Apache-2.0
 * The page on leaves, made of their rows. */
#include "gate/state/fold.h"
#include "gate/state/leaf_form.h"

#include "base/str.h"

static const struct {
	const char *name, *text;
} forms[] = {
#define X(form, bytes, text) {#form, text},
	SG_MEMBER_FORMS(X)
	SG_LEAF_PARTS(X)
#undef X
};

static void
write_rows(struct sg_buf *out, const struct sg_leaf_member *row)
{
	static const char *const needs[] = {"told", "may", "must"};
	if (row->name.ptr == NULL) {
		sg_buf_printf(out, "No members.\n");
		return;
	}
	sg_buf_printf(out, "| member | form | | what it says |\n|---|---|---|---|\n");
	for (; row->name.ptr != NULL; row++)
		sg_buf_printf(out, "| `%s` | %s | %s | %s |\n", row->name.ptr, forms[row->form].name, needs[row->need], row->text);
}

static void
write_body(struct sg_buf *out, const char *kind, const char *event)
{
#define X(name, function, asks, text)                                                                                         \
	if (sg_str_is(sg_str(kind), #name))                                                                                   \
		sg_buf_printf(out, "\n## %s%s%s\n\n%c%s.\n\n", kind, event[0] != '\0' ? ", " : "", event, text[0] & ~32, text + 1);
	SG_LEAF_KINDS(X)
#undef X
	write_rows(out, sg_leaf_members(sg_str(kind), sg_str(event)));
}

void
sg_leaf_page(struct sg_buf *out)
{
	sg_buf_printf(out, "# Leaves\n\nWhat stands in the body of each kind of leaf of the journal. Made of the rows in core/gate/state/leaf.h.\n\n"
			   "A leaf without a member that it must have, or with one of another form, is folded by nobody: it is refused whole. What is only told\n"
			   "is for readers, and members that are not named here are passed over.\n\n## Forms\n\n| form | what is taken for it |\n|---|---|\n");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		sg_buf_printf(out, "| %s | %s |\n", forms[i].name, forms[i].text);
#define X(kind, event, rows) write_body(out, #kind, event);
	SG_LEAF_BODIES(X)
#undef X
#define X(form, rows, text)                                                                                                   \
	sg_buf_printf(out, "\n## %s\n\n", #form);                                                                             \
	write_rows(out, sg_leaf_part(SG_MEMBER_##form));
	SG_LEAF_PARTS(X)
#undef X
}
