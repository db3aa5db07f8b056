/* SPDX-License-Identifier: Apache-2.0
 * The document, the shipped files, and the child: its death, its deadline, what it leaves behind. */
#include "base/canon.h"
#include "unit/conf/folder.h"

#include <glob.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static void
test_document(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(
		&f, "stepgate.conf",
		SG_STR("trust_domain = \"acme.example\"  mode = \"dev\"  run_dir = \"/run/x\"\n"
		       "attest : { peer : { use = \"peer\"  control = \"required\"  strict = true  depth = -3  path = "
		       "\"/\\\"x\" } }\n"
		       "issue : { token : { use = \"jwt\"  ttl = \"30s\"  audience = ( \"a\", \"b\" ) } }\n"
		       "agents : { code-helper : { owner = \"mira@acme.example\"  escalate = \"oncall@acme.example\"\n"
		       "  review_by = \"2027-01-31\"  environment = \"staging\"  match = [ \"peer:uid=1001\" ]\n"
		       "  reach = [ \"repo.*\" ]  intents = [ \"fix-bug\" ] } }\n"
		       "actions : { deploy_run : { name = \"deploy.run\"  class = \"infrastructure\"  effect = "
		       "\"execute\"\n"
		       "  sensitivity = \"internal\"  credential = \"token\"  narrow = [ \"count\" ]  taints = [ "
		       "\"mail\" ] } }\n"
		       "intents : { fix-bug : { actions = [ \"repo.*\", \"deploy.run\" ]  sensitivity = \"internal\" } "
		       "}\n"
		       "enforcers : { gw : { match = [ \"peer:uid=1002\" ]  for_agents = [ \"code-helper\" ] } }\n"
		       "admins : { mira : { uid = 1000  groups = [ \"ops\" ] } }\n"
		       "groups : { ops : { members = [ \"mira\" ] } }\n"
		       "limits : { use_by = \"1m\"  max_body = \"1KiB\" }\n"));
	enum sg_status status = folder_load(&f, NULL);
	CU_ASSERT_EQUAL(status, SG_OK);
	if (status != SG_OK)
		folder_show(&f);
	sg_buf_add(&f.document, "", 1);
	CU_ASSERT_STRING_EQUAL(
		f.document.ptr,
		"{\"actions\":{\"deploy_run\":{\"arguments\":[],\"authority\":[],\"budgets\":[],\"class\":\"infrastructure\",\"costs\":[],\"credential\":\"token\",\"effect\":"
		"\"execute\","
		"\"environment\":\"\",\"name\":\"deploy.run\",\"narrow\":[\"count\"],\"sensitivity\":\"internal\","
		"\"taints\":"
		"[\"mail\"],\"unbound\":[]}},\"admin_group\":\"\",\"admins\":{\"mira\":{\"groups\":[\"ops\"],\"may\":\"operate\",\"uid\":1000}},\"agents\":{\"code-helper\":{"
		"\"approvers\":\"\",\"autonomy\":\"autonomous\",\"budgets\":[],\"delegates\":[],"
		"\"domain\":\"auto\",\"environment\":\"staging\",\"escalate\":\"oncall@acme.example\",\"essential\":0,\"fade\":3600000,\"human_use\":\"refuse\",\"identity\":\"content\",\"instance\":\"process\",\"intents\":"
		"[\"fix-bug\"],\"isolated_files\":false,\"match\":[\"peer:uid=1001\"],\"owner\":\"mira@acme.example\",\"reach\":[\"repo.*\"],"
		"\"review_by\":\"2027-01-31\",\"roles\":[]}},\"approver_group\":\"\",\"attest\":{\"peer\":{\"after\":\"\",\"before\":\"\",\"control\":\"required\",\"grants\":[],\"kind\":\"attest\",\"log_level\":\"info\",\"options\":{\"depth\":"
		"\"-3\","
		"\"path\":\"/"
		"\\\"x\",\"strict\":\"true\"},\"order\":0,\"refresh\":0,\"use\":\"peer\"}},\"audit\":{},\"enforcers\":{\"gw\":{\"actions\":"
		"[\"**\"],\"for_agents\":[\"code-helper\"],\"match\":[\"peer:uid=1002\"],\"obligations\":[],"
		"\"resources\":"
		"[\"**\"]}},\"groups\":{\"ops\":{\"members\":[\"mira\"]}},\"humans\":{},\"intents\":{\"fix-bug\":{\"actions\":["
		"\"repo.*\","
		"\"deploy.run\"],\"budgets\":[],\"children\":16,\"depth\":3,\"environment\":\"\",\"idle\":0,\"resources\":[\"**\"],"
		"\"roles\":[],\"sensitivity\":\"internal\",\"tree\":[],\"ttl\":"
		"3600000}},"
		"\"issue\":{\"token\":{\"audience\":[\"a\",\"b\"],\"grants\":[],\"log_level\":\"info\",\"options\":{},\"refresh\":0,\"ttl\":30000,\"unconfirmed_max\":0,\"use\":\"jwt\"}},"
		"\"limits\":{"
		"\"approval_ttl\":900000,\"approvals_per_agent\":3,\"attempts_per_task\":1000,\"body_timeout\":10000,"
		"\"burst\":100,\"children_burst\":50,\"clock_jump\":86400000,\"connections\":4096,\"credential_ttl_max\":60000,\"denials\":50,\"denials_within\":600000,\"domain_denials\":500,\"domain_step_ups\":120,\"doors\":64,\"enforcer_connections\":1024,\"gate_hang\":2000,\"hang_refusal\":60000,\"head_timeout\":5000,"
		"\"host_deadline\":1000,\"idle_timeout\":30000,\"keep_bytes\":0,\"keep_days\":0,\"keep_hold\":false,\"leases_per_agent\":1000,\"max_body\":1024,"
		"\"memories\":20000,\"outcome_deadline\":300000,\"party_burst\":5000,\"party_rate\":1000,\"policy_deadline\":50,\"policy_kills\":5,\"policy_load_deadline\":5000,\"policy_memory\":"
		"67108864,"
		"\"policy_workers\":2,\"proof_rest\":60000,\"proof_tries\":5,\"rate\":20,\"requests_per_connection\":1000,\"review_grace\":604800000,\"segment_bytes\":67108864,"
		"\"session_idle\":3600000,\"snapshot_leaves\":100000,\"step_ups\":12,\"step_ups_within\":300000,"
		"\"task_ttl_max\":28800000,\"tasks\":100000,\"tasks_per_agent\":100,\"uid_connections\":64,\"use_by\":"
		"60000,\"values\":4096,\"values_per_report\":512},\"listen\":{},"
		"\"mode\":\"dev\",\"module_dir\":\"" SG_MODULE_PATH "\",\"office\":{\"holidays\":[],\"hours\":[],\"offsets\":[\"0 0\"],\"zone\":\"UTC\"},\"policy_dir\":\"/etc/stepgate/"
		"policy.d\",\"prove\":{},"
		"\"resources\":{},\"roles\":{},\"run_dir\":\"/run/x\",\"state_dir\":\"/var/lib/stepgate\",\"tools\":{},\"trust_domain\":\"acme.example\",\"web\":{\"idle\":600000,\"origin\":\"\",\"total\":28800000}}");
	folder_close(&f);
}

static void
load_file(struct folder *f, const char *path, const char *as)
{
	char text[16384];
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	size_t len = fread(text, 1, sizeof(text), file);
	fclose(file);
	CU_ASSERT(len > 0 && len < sizeof(text));
	folder_put(f, as, (struct sg_str){text, len});
}

static void
load_shipped(struct folder *f, const char *name, const char *as)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/conf.d/%s", SG_SOURCE_DIR, name);
	load_file(f, path, as);
}

/* Takes the '#' from what is commented out, so that it is read as it would stand there. */
static void
uncomment(struct folder *f, const char *name)
{
	char text[16384], out[16384], path[512];
	size_t len = 0;
	snprintf(path, sizeof(path), "%s/conf.d/%s", SG_SOURCE_DIR, name);
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(text, sizeof(text), file) != NULL) {
		if (strncmp(text, "  #", 3) == 0)
			text[2] = ' ';
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s", text);
	}
	fclose(file);
	char as[64];
	snprintf(as, sizeof(as), "conf.d/%.32s", name);
	folder_put(f, as, (struct sg_str){out, len});
}

static bool
loads(struct folder *f)
{
	bool good = folder_load(f, NULL) == SG_OK;
	if (!good)
		folder_show(f);
	return good;
}

/* What the shipped files show as comments, and what lies beside each module, are stanzas that work. */
static void
test_examples(void)
{
	glob_t found;
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	uncomment(&f, "10-limits.conf");
	uncomment(&f, "20-attest.conf");
	uncomment(&f, "30-issue.conf");
	uncomment(&f, "40-audit.conf");
	uncomment(&f, "50-tasks.conf");
	CU_ASSERT_TRUE(loads(&f));
	folder_close(&f);
	CU_ASSERT_EQUAL_FATAL(glob(SG_SOURCE_DIR "/modules/[aiv]*/*/*.conf", 0, NULL, &found), 0);
	CU_ASSERT(found.gl_pathc >= 10);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		folder_open(&f);
		folder_put(&f, "stepgate.conf", SG_STR(""));
		load_file(&f, found.gl_pathv[i], "conf.d/50.conf");
		if (!loads(&f))
			printf("\n    %s", found.gl_pathv[i]);
		CU_ASSERT_TRUE(loads(&f));
		folder_close(&f);
	}
	globfree(&found);
}

static void
test_shipped(void)
{
	struct folder f;
	folder_open(&f);
	load_shipped(&f, "stepgate.conf", "stepgate.conf");
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	load_shipped(&f, "10-limits.conf", "conf.d/10-limits.conf");
	load_shipped(&f, "20-attest.conf", "conf.d/20-attest.conf");
	load_shipped(&f, "30-issue.conf", "conf.d/30-issue.conf");
	load_shipped(&f, "40-audit.conf", "conf.d/40-audit.conf");
	load_shipped(&f, "50-tasks.conf", "conf.d/50-tasks.conf");
	enum sg_status status = folder_load(&f, NULL);
	CU_ASSERT_EQUAL(status, SG_OK);
	if (status != SG_OK)
		folder_show(&f);
	sg_buf_add(&f.document, "", 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.document.ptr, "\"agents\":{}")); /* deny is what is left */
	CU_ASSERT_PTR_NOT_NULL(strstr(f.document.ptr, "\"enforcers\":{}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.document.ptr, "\"mode\":\"enforce\""));
	folder_close(&f);
}

/* libconfig 1.5 prints to stderr and calls exit(2) when an include is a folder. With the pre-check out of the way it
 * gets to do so. */
static void
test_death(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("@include \"/tmp\"\n"));
	struct sg_conf_source source = {.file = f.file, .skip_precheck = true};
	CU_ASSERT_EQUAL(sg_conf_load(&source, &f.document, &f.errors), SG_MALFORMED);
	CU_ASSERT_EQUAL_FATAL(f.errors.count, 1);
	CU_ASSERT_STRING_EQUAL(f.errors.list[0].code, "conf_crashed");
	CU_ASSERT_PTR_NOT_NULL(strstr(f.errors.list[0].what, "exit 2"));
	CU_ASSERT_EQUAL(f.document.len, 0);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0); /* no child is left */

	folder_put(&f, "stepgate.conf", SG_STR("limits : { rate = 5 }\n")); /* the same way, without the trap, works */
	sg_conf_errors_done(&f.errors);
	CU_ASSERT_EQUAL(sg_conf_load(&source, &f.document, &f.errors), SG_OK);
	folder_close(&f);
}

/* Files that take libconfig long: it looks for each name among all before it. */
static void
test_deadline(void)
{
	struct folder f;
	struct timespec before, after;
	struct sg_buf text;
	folder_open(&f);
	sg_buf_init(&text, SG_CONF_MAX_FILE_BYTES);
	while (text.len < SG_CONF_MAX_FILE_BYTES - 16)
		sg_buf_printf(&text, "n%zx=1\n", text.len);
	for (int i = 0; i < 20; i++) {
		char name[32];
		snprintf(name, sizeof(name), "conf.d/%02d.conf", i);
		folder_put(&f, name, sg_buf_view(&text));
	}
	folder_put(&f, "stepgate.conf", SG_STR(""));
	struct sg_conf_source source = {.file = f.file, .deadline_ms = 30};
	clock_gettime(CLOCK_BOOTTIME, &before);
	CU_ASSERT_EQUAL(sg_conf_load(&source, &f.document, &f.errors), SG_MALFORMED);
	clock_gettime(CLOCK_BOOTTIME, &after);
	CU_ASSERT_STRING_EQUAL(f.errors.list[0].code, "conf_timeout");
	CU_ASSERT(after.tv_sec - before.tv_sec < 3);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0);
	sg_buf_done(&text);
	folder_close(&f);
}

/* libconfig 1.5 refuses a file that ends in a comment without a line end; ours do load. */
static void
test_last_line(void)
{
	static const char *const ends[] = {"mode = \"dev\" # x", "mode = \"dev\" // x", "mode = \"dev\" /* x */",
					   "mode = \"dev\"", "#"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct folder f;
		folder_open(&f);
		folder_put(&f, "stepgate.conf", sg_str(ends[i]));
		CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
		folder_close(&f);
	}
}

/* The caller's cap on the document holds, and nothing half is left. */
static void
test_cap(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	size_t len = f.document.len;
	struct sg_conf_source source = {.file = f.file};
	struct sg_buf exact, less;
	sg_buf_init(&exact, len);
	sg_buf_init(&less, len - 1);
	CU_ASSERT_EQUAL(sg_conf_load(&source, &exact, &f.errors), SG_OK);
	CU_ASSERT_EQUAL(sg_conf_load(&source, &less, &f.errors), SG_MALFORMED);
	CU_ASSERT_EQUAL(less.len, 0);
	sg_buf_done(&exact);
	sg_buf_done(&less);
	folder_close(&f);
}

SG_CASES("conf.load", {"examples are stanzas that work", test_examples}, {"the whole document", test_document}, {"what is shipped loads, and denies", test_shipped},
	 {"libconfig's exit stays in the child", test_death}, {"the deadline holds", test_deadline},
	 {"the last line needs no end", test_last_line}, {"the document's cap holds", test_cap})
