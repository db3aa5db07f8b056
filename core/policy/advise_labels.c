/* SPDX-License-Identifier: Apache-2.0
 * Advice on labels: one that is made of what is asked can be any number of labels. */
#include "policy/advise_in.h"

/* `taint = { ... .. ... }`, or with string.format in it. */
void
sg_advise_labels(struct sg_advice *a, size_t i)
{
	const struct sg_token *t = a->lint.tokens;
	if (!sg_lint_is(&t[i], "taint") || !sg_lint_is(&t[i + 1], "=") || !sg_lint_is(&t[i + 2], "{"))
		return;
	for (size_t n = i + 3, end = sg_lint_behind(&a->lint, i + 2); n < end; n++)
		if (sg_lint_is(&t[n], "..") || sg_lint_is(&t[n], "format")) {
			sg_warning_add(a->lint.policy, a->lint.file, t[n].line, "name the label: taint = { \"mail\" }",
				       "a label is made here: 64 of them stop a task, its domain and whoever reads what they wrote (labels_full)");
			return;
		}
}
