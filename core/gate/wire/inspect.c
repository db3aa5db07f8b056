/* SPDX-License-Identifier: Apache-2.0
 * A snapshot stands for the leaves before it, and their place in the chain is in the headers behind them: that they are what they were takes reading them all,
 * which nobody waits for. */
#include "gate/wire/inspect.h"

#include "base/str.h"
#include "gate/desk/desk.h"
#include "gate/wire/copy.h"
#include "gate/journal/inspect.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The copy does this one thing and leaves its finding: what is wrong, or the one good word. */
static void
inspect_copy(const struct sg_gate *gate)
{
	struct sg_err err = {0};
	char text[sizeof(err.text) + 64];
	if (nice(10) == -1)
		(void)0; /* then it runs as it is */
	bool good = sg_journal_inspect(gate->sys, gate->journal.folder, gate->journal.segment, &err) == SG_OK;
	int len = good ? snprintf(text, sizeof(text), SG_INSPECTED_GOOD) : snprintf(text, sizeof(text), "%s (%s)", err.text, err.code);
	int fd = openat(gate->journal.folder, SG_INSPECTED_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	_exit(fd >= 0 && len > 0 && write(fd, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1) > 0 ? 0 : 1);
}

void
sg_gate_inspect(struct sg_gate *gate)
{
	unlinkat(gate->journal.folder, SG_INSPECTED_FILE, 0);
	if (gate->snapshot_last == 0 || gate->sys->copy == NULL)
		return; /* all of it was read */
	gate->inspect_at = gate->state.now.boot + SG_SEC;
	gate->inspect_until = gate->inspect_at + SG_INSPECT_MOST_S * SG_SEC;
	pid_t copy = sg_copy_begin(gate, SG_INSPECT_MOST_S, &gate->inspect_end);
	if (copy == 0)
		inspect_copy(gate);
	if (copy < 0)
		gate->inspect_until = gate->inspect_at; /* nobody reads them: said at once */
}

static bool
read_finding(const struct sg_gate *gate, char text[sizeof(gate->passed_why)])
{
	int fd = openat(gate->journal.folder, SG_INSPECTED_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(gate->passed_why) - 1);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* Without a word from the copy nobody knows, and that is said, too. */
void
sg_gate_inspected(struct sg_gate *gate)
{
	char text[sizeof(gate->passed_why)];
	if (gate->inspect_until == 0 || gate->state.now.boot < gate->inspect_at)
		return;
	gate->inspect_at = gate->state.now.boot + SG_INSPECT_EACH_S * SG_SEC;
	bool over = sg_copy_over(gate->inspect_end), found = read_finding(gate, text); /* in this order: what it left before it ended is found */
	if (!found && !over && gate->state.now.boot < gate->inspect_until)
		return;
	gate->inspect_until = 0;
	sg_copy_forget(&gate->inspect_end);
	unlinkat(gate->journal.folder, SG_INSPECTED_FILE, 0);
	if (found && strcmp(text, SG_INSPECTED_GOOD) == 0)
		return;
	gate->passed_over++;
	snprintf(gate->passed_why, sizeof(gate->passed_why), "%s", found ? text : "nobody read the segments before the snapshot: their reader said nothing");
	fprintf(stderr, "stepgated: the journal is not what it was, or was not read: %s\n\thint: stepgate audit verify says more\n", gate->passed_why);
	sg_alert(gate, "journal_damaged", SG_STR(""), SG_STR(""), SG_STR(""));
}
