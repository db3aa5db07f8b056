/* SPDX-License-Identifier: Apache-2.0
 * The unit, as systemd has it. */
#include "ctl/daemon.h"
#include "ctl/doctor.h"

#include "base/str.h"

#include <stdlib.h>
#include <unistd.h>

enum { SAID = 64 << 10, WORD = 64 };

/* What stands behind NAME= on a line of its own; "" for nothing. */
static void
value_of(struct sg_str said, const char *name, char out[WORD])
{
	out[0] = '\0';
	while (said.len > 0) {
		struct sg_str value = sg_str_cut(&said, '\n'), key = sg_str_cut(&value, '=');
		if (sg_str_is(key, name))
			snprintf(out, WORD, "%.*s", SG_STR_ARG(value));
	}
}

static void
check_enabled(struct sg_doctor *d, struct sg_str said)
{
	char enabled[WORD];
	value_of(said, "UnitFileState", enabled);
	if (strcmp(enabled, "masked") == 0)
		sg_doctor_say(d, SG_DOCTOR_ERROR, "systemctl unmask stepgated", "the unit is masked");
	else if (strncmp(enabled, "enabled", 7) != 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "systemctl enable stepgated", "the unit is %s: it does not come back with the machine", enabled[0] != '\0' ? enabled : "not enabled");
}

static void
check_active(struct sg_doctor *d, struct sg_str said)
{
	char active[WORD], result[WORD], condition[WORD], restarts[WORD];
	value_of(said, "ActiveState", active);
	value_of(said, "Result", result);
	value_of(said, "ConditionResult", condition);
	value_of(said, "NRestarts", restarts);
	if (strcmp(active, "active") == 0 || strcmp(active, "reloading") == 0)
		sg_doctor_say(d, strtol(restarts, NULL, 10) > 0 ? SG_DOCTOR_WARNING : SG_DOCTOR_OK, strtol(restarts, NULL, 10) > 0 ? "journalctl -u stepgated says why" : "",
			      "the unit is active, started again %s times by itself", restarts[0] != '\0' ? restarts : "0");
	else if (strcmp(active, "inactive") == 0 && strcmp(condition, "no") == 0)
		sg_doctor_say(d, SG_DOCTOR_ERROR, "stepgate init, then systemctl start stepgated", "the unit was skipped: there is no state");
	else
		sg_doctor_say(d, SG_DOCTOR_ERROR, "journalctl -u stepgated says why; systemctl start stepgated", "the unit is %s (%s)", active, result);
}

void
sg_doctor_unit(struct sg_doctor *d)
{
	static const char *const show[] = {"show", "stepgated.service", "--no-pager", "-p", "LoadState,ActiveState,Result,UnitFileState,ConditionResult,NRestarts", NULL};
	char loaded[WORD];
	struct sg_buf said;
	if (strcmp(d->config, SG_CTL_CONFIG_FILE) != 0 || access("/run/systemd/system", F_OK) != 0) {
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "", "not looked at: %s", access("/run/systemd/system", F_OK) != 0 ? "no systemd runs here" : "the unit runs another configuration");
		return;
	}
	sg_buf_init(&said, SAID);
	int code = sg_daemon_read("systemctl", show, true, &said);
	value_of(sg_buf_view(&said), "LoadState", loaded);
	if (code != 0)
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "", "not looked at: systemctl show ended with %d", code);
	else if (strcmp(loaded, "loaded") != 0 && strcmp(loaded, "masked") != 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "install the package, or see that your own supervisor starts it again", "systemd has no stepgated.service (%s)", loaded);
	else {
		check_active(d, sg_buf_view(&said));
		check_enabled(d, sg_buf_view(&said));
	}
	sg_buf_done(&said);
}
