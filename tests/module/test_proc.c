/* SPDX-License-Identifier: Apache-2.0
 * attest/peer's reading of /proc, with names that a process may have chosen to be misread. */
#include "../../modules/attest/container_id.c"
#include "../../modules/attest/proc.c"
#define ends unit_ends
#define take unit_take
#include "../../modules/attest/systemd/unit.c"
#undef ends
#undef take

#include "layouts.h"
#include "unit/cases.h"

#include "base/group.h"
#include "base/str.h"

static const char *
cgroup_of(const char *text)
{
	static struct proc_group group;
	return proc_cgroup(text, &group) ? group.path : "none";
}

static void
cgroups(void)
{
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/system.slice/a.service\n"), "/system.slice/a.service");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/system.slice/a.service"), "/system.slice/a.service");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/\n"), "/");
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/a\n0::/\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("12:name=systemd:/a\n1:cpu:/b\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/a\n0::/b\n"), "/a"); /* a runtime moved it in version 1 alone */
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/\n0::/b\n"), "/b");
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/b\n0::/b\n"), "/b");
	CU_ASSERT_STRING_EQUAL(cgroup_of("3:cpu:/x:name=systemd:/evil\n9:name=systemd:/a\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("3:cpu:/0::/evil\n0::/\n"), "/");
	CU_ASSERT_STRING_EQUAL(cgroup_of("1:cpu:/b\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of(""), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/caf\xc3\xa9\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/a\tb\n"), "none");
}

static void
lengths(void)
{
	char text[400], value[PROC_VALUE];
	snprintf(text, sizeof(text), "0::/%0255d\n", 0);
	CU_ASSERT(proc_line(text, "0::", value) && strlen(value) == 256);
	snprintf(text, sizeof(text), "0::/%0256d\n", 0);
	CU_ASSERT(!proc_line(text, "0::", value));
}

static void
stat_lines(void)
{
#define BEHIND " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21\n"
	CU_ASSERT_EQUAL(proc_start_time("7 (a)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (a b)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (x) R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (\n) S)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time(""), 0);
	CU_ASSERT_EQUAL(proc_start_time("7 (a) S 1 2 3"), 0);
	CU_ASSERT_EQUAL(proc_start_time("7 (a"), 0);
}

static void
status_lines(void)
{
	char value[PROC_VALUE];
	CU_ASSERT_EQUAL(proc_user("Name:\ta\nUid:\t1\t1000\t3\t4\nGid:\t5\t6\t7\t8\n"), 1000);
	CU_ASSERT_EQUAL(proc_user("Name:\tUid:\t7\t7\t7\t7\nUid:\t1\t4294967294\t3\t4\n"), 4294967294);
	CU_ASSERT_EQUAL(proc_user("Name:\ta\nUid:\t1\n"), -1);
	CU_ASSERT_EQUAL(proc_user("Name:\ta\n"), -1);
	CU_ASSERT_EQUAL(proc_user(""), -1);
	CU_ASSERT(proc_line("Name:\tSeccomp:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n", "Seccomp:\t", value));
	CU_ASSERT_STRING_EQUAL(value, "2");
	CU_ASSERT(!proc_line("Name:\tSeccomp:\t0", "Seccomp:\t", value));
}

static void
units(void)
{
	static const struct {
		const char *cgroup, *unit, *slice;
		bool user;
	} rows[] = {
		{"/system.slice/agent.service", "agent.service", "system.slice", false},
		{"/system.slice/system-agent.slice/agent@7.service", "agent@7.service", "system-agent.slice", false},
		{"/agent.service", "agent.service", "-.slice", false},
		{"/system.slice/agent.service/below/evil.service", "agent.service", "system.slice", false},
		{"/system.slice/docker-abc.scope", "docker-abc.scope", "system.slice", false},
		{"/user.slice/user-1000.slice/session-2.scope", "session-2.scope", "user-1000.slice", false},
		{"/user.slice/user-1000.slice/user@1000.service/app.slice/agent.service", "agent.service", "app.slice", true},
		{"/user.slice/user-1000.slice/user@1000.service/system.slice/sshd.service", "sshd.service", "system.slice", true},
	};
	static const char *const none[] = {"/", "", "/system.slice", "/../agent.service", "/system.slice/../agent.service", "/system.slice//agent.service",
					   "/system.slice/.service", "/docker/agent.service", "system.slice/agent.service",
					   "/user.slice/user-1000.slice/user@1000.service", "/user.slice/user-1000.slice/user@1000.service/init"};
	struct unit unit;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_FATAL(unit_of(rows[i].cgroup, &unit));
		CU_ASSERT_STRING_EQUAL(unit.unit, rows[i].unit);
		CU_ASSERT_STRING_EQUAL(unit.slice, rows[i].slice);
		CU_ASSERT_EQUAL(unit.user, rows[i].user);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CU_ASSERT_FALSE(unit_of(none[i], &unit));
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define POD "1b2c3d4e-0000-4111-8222-333344445555"
#define POD_ "1b2c3d4e_0000_4111_8222_333344445555"

static void
containers(void)
{
	static const struct {
		const char *cgroup, *runtime, *id, *pod;
	} rows[] = {
		{"/docker/" ID, "docker", ID, ""},
		{"/system.slice/docker-" ID ".scope", "docker", ID, ""},
		{"/machine.slice/libpod-" ID ".scope/container", "podman", ID, ""},
		{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope", "podman", ID, ""},
		{"/libpod_parent/libpod-" ID, "podman", ID, ""},
		{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice/cri-containerd-" ID ".scope", "containerd", ID, POD},
		{"/kubepods.slice/kubepods-pod" POD_ ".slice/crio-" ID ".scope", "crio", ID, POD},
		{"/kubepods/besteffort/pod" POD "/" ID, "kubernetes", ID, POD},
		{"/docker/" ID "/docker/" ID2, "docker", ID, ""}, /* what is inside was named inside */
		{"/system.slice/docker-" ID ".scope/kubepods/pod" POD "/" ID2, "docker", ID, ""},
	};
	static const char *const none[] = {"/", "/docker", "/docker/short", "/docker/" ID "0", "/evil/" ID, "/system.slice/docker-" ID, "/system.slice/docker-" ID ".scope.x",
					   "/../docker/" ID, "/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
					   "/kubepods/besteffort/pod" POD, "/kubepods/besteffort/podX/" ID, "/system.slice/sshd.service"};
	struct container c;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_FATAL(container_of(rows[i].cgroup, &c));
		CU_ASSERT_STRING_EQUAL(c.runtime, rows[i].runtime);
		CU_ASSERT_STRING_EQUAL(c.id, rows[i].id);
		CU_ASSERT_STRING_EQUAL(c.pod, rows[i].pod);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CU_ASSERT_FALSE(container_of(none[i], &c));
}

/* ---- layouts of others ---- */

static void
same(const struct layout *l, const char *what, const char *got, const char *want)
{
	bool good = strcmp(got, want != NULL ? want : "") == 0;
	if (!good)
		fprintf(stderr, "\n%s (%s): %s is \"%s\"\n", l->name, l->source, what, got);
	CU_ASSERT_TRUE(good);
}

static void
layouts_of_others(void)
{
	size_t count = sizeof(layouts) / sizeof(layouts[0]);
	CU_ASSERT_TRUE(count >= 60);
	for (size_t i = 0; i < count; i++) {
		const struct layout *l = &layouts[i];
		struct proc_group group;
		struct container c = {.id = ""};
		struct unit unit = {.unit = ""};
		bool box = proc_cgroup(l->cgroup, &group) && container_of(group.path, &c), in_unit = unit_of_process(l->cgroup, &group, &unit);
		same(l, "runtime", box ? c.runtime : "", l->runtime);
		same(l, "id", box ? c.id : "", l->id);
		same(l, "pod", box ? c.pod : "", l->pod);
		same(l, "unit", in_unit ? unit.unit : "", l->unit);
		CU_ASSERT_TRUE(!box || (c.end <= strlen(group.path) && c.end > CONTAINER_ID && (group.path[c.end] == '/' || group.path[c.end] == '\0')));
		CU_ASSERT_TRUE(!in_unit || (unit.end <= strlen(group.path) && (group.path[unit.end] == '/' || group.path[unit.end] == '\0')));
	}
}

static void
mounts_of_others(void)
{
	for (size_t i = 0; i < sizeof(mount_tables) / sizeof(mount_tables[0]); i++)
		for (int unified = 0; unified < 2; unified++) {
			char out[SG_GROUP_PATH] = "";
			const char *want = unified ? mount_tables[i].unified : mount_tables[i].named;
			bool found = sg_group_mount(sg_str(mount_tables[i].mountinfo), unified, out);
			if (found != (want != NULL) || (found && strcmp(out, want) != 0))
				fprintf(stderr, "\n%s (%s): %s\n", mount_tables[i].name, mount_tables[i].source, out);
			CU_ASSERT_TRUE(found == (want != NULL) && (!found || strcmp(out, want) == 0));
		}
}

/* ---- what a path is worth ---- */

static const char *roots_path;
static bool roots_below, roots_unified, roots_say;

static bool
say_roots(const struct sg_host *host, const char *path, bool below, bool unified)
{
	static char kept[PROC_PATH];
	(void)host;
	snprintf(kept, sizeof(kept), "%s", path);
	roots_path = kept;
	roots_below = below;
	roots_unified = unified;
	return roots_say;
}

static void
strengths(void)
{
	struct sg_host host = {.size = sizeof(host), .group_roots = say_roots}, old = {.size = offsetof(struct sg_host, group_roots)};
	struct proc_group g = {.path = "/system.slice/a.service/b", .unified = true};
	roots_say = true;
	CU_ASSERT_EQUAL(proc_group_strength(&host, &g, strlen("/system.slice/a.service"), true), SG_FACT_BOUNDARY);
	CU_ASSERT_STRING_EQUAL(roots_path, "/system.slice/a.service");
	CU_ASSERT_TRUE(roots_below && roots_unified);
	g.unified = false; /* who may write a group below moves itself into it: all of the way counts */
	CU_ASSERT_EQUAL(proc_group_strength(&host, &g, strlen("/system.slice/a.service"), true), SG_FACT_BOUNDARY);
	CU_ASSERT_STRING_EQUAL(roots_path, "/system.slice/a.service/b");
	CU_ASSERT_TRUE(!roots_below && !roots_unified);
	g.unified = true;
	CU_ASSERT_EQUAL(proc_group_strength(&old, &g, strlen(g.path), true), SG_FACT_HINT); /* a host that cannot say */
	roots_say = false;
	CU_ASSERT_EQUAL(proc_group_strength(&host, &g, strlen(g.path), false), SG_FACT_HINT);
	roots_say = true;
	static const char *const hints[] = {"/", "/../a", "/a/../b", "/user.slice/user-1.slice/session-2.scope", "/user.slice/user-1.slice/user@1.service/app.slice/a.service"};
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		snprintf(g.path, sizeof(g.path), "%s", hints[i]);
		CU_ASSERT_EQUAL(proc_group_strength(&host, &g, strlen(g.path), false), SG_FACT_HINT);
	}
}

SG_CASES("module.proc", {"control groups", cgroups}, {"lengths", lengths}, {"stat", stat_lines},
	 {"status", status_lines}, {"units", units}, {"containers", containers}, {"layouts of others", layouts_of_others}, {"mounts of others", mounts_of_others}, {"strengths", strengths})
