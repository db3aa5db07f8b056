/* SPDX-License-Identifier: Apache-2.0
 * Advice on labels: one that is made of what is asked can be any number of labels. */
#include "policy/advise/in.h"

/* `taint = { "a", "b" }`, or `taint = "a"`: each of them is a text that stands there. */
void
sg_advise_labels(struct sg_advice *a, size_t i)
{
	const struct sg_token *t = a->lint.tokens;
	if (!sg_lint_is(&t[i], "taint") || !sg_lint_is(&t[i + 1], "="))
		return;
	bool list = sg_lint_is(&t[i + 2], "{");
	size_t end = list ? sg_lint_behind(&a->lint, i + 2) - 1 : i + 3, n = list ? i + 3 : i + 2;
	while (n < end && (t[n].kind == SG_TOKEN_STRING || sg_lint_is(&t[n], ",") || sg_lint_is(&t[n], ";")))
		n++;
	if (n < end)
		sg_warning_add(a->lint.policy, a->lint.file, t[n].line, "name the label: taint = { \"mail\" }",
			       "a label is made here: 64 of them stop a task, its domain and whoever reads what they wrote (labels_full)");
}
