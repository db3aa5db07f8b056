/* SPDX-License-Identifier: Apache-2.0
 * What /proc/PID/cgroup says in layouts that people's bug reports, tests and manuals show, and the right facts of each. Layouts are as the named source
 * shows them; ids and uids are ours. An absent fact is NULL: right or absent, never something else.
 *
 * HEX, HEX2: 64 hex digits. UID_: a pod's uid with '-', as systemd writes it with '_', and of a static pod. */
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID_DASH "1b2c3d4e-0000-4111-8222-333344445555"
#define UID_LINE "1b2c3d4e_0000_4111_8222_333344445555"
#define UID_STATIC "b1e89a2fcc688644de3eb95aee8025ce"
/* Version 1: the same path in several hierarchies, as it is everywhere but where it says otherwise. */
#define V1(path) "12:pids:" path "\n11:memory:" path "\n10:rdma:/\n4:cpu,cpuacct:" path "\n1:name=systemd:" path "\n"
#define V2(path) "0::" path "\n"

static const struct layout {
	const char *name, *source, *cgroup;
	const char *runtime, *id, *pod; /* container: */
	const char *unit;               /* systemd: */
} layouts[] = {
	/* no container */
	{"a service, version 2", "systemd.io/CGROUP_DELEGATION", V2("/system.slice/nginx.service"), NULL, NULL, NULL, "nginx.service"},
	{"a service, hybrid", "Ubuntu 18.04, container runtime readers' tests", V1("/system.slice/ssh.service") V2("/system.slice/ssh.service"), NULL, NULL, NULL, "ssh.service"},
	{"a service, version 1", "CentOS 7, needrestart#165", V1("/system.slice/docker.service"), NULL, NULL, NULL, "docker.service"},
	{"an instance in its slice", "systemd.slice(5)", V2("/system.slice/system-getty.slice/getty@tty1.service"), NULL, NULL, NULL, "getty@tty1.service"},
	{"a login session", "pam_systemd(8)", V2("/user.slice/user-1000.slice/session-3.scope"), NULL, NULL, NULL, "session-3.scope"},
	{"a desktop's program", "systemd.io/DESKTOP_ENVIRONMENTS", V2("/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-Alacritty-3266.scope"), NULL, NULL, NULL, "app-gnome-Alacritty-3266.scope"},
	{"init", "systemd", V2("/init.scope"), NULL, NULL, NULL, "init.scope"},
	{"the root", "any host without systemd", V2("/"), NULL, NULL, NULL, NULL},
	{"no systemd, controllers alone", "Alpine, OpenRC", "3:cpu:/a\n2:memory:/a\n1:name=openrc:/sshd\n", NULL, NULL, NULL, NULL},
	/* docker */
	{"docker, cgroupfs, version 1", "docker docs; amicontained's tests", V1("/docker/" HEX), "docker", HEX, NULL, NULL},
	{"docker, cgroupfs, hybrid (19.03, Ubuntu 18.04 and 20.04)", "four public writeups and an end to end test of docker 19.03.13", V1("/docker/" HEX) V2("/system.slice/containerd.service"), "docker", HEX, NULL, NULL},
	{"docker from a snap, hybrid", "Werkzeug PIN writeups", V1("/docker/" HEX) V2("/system.slice/snap.docker.dockerd.service"), "docker", HEX, NULL, NULL},
	{"docker, cgroupfs, both hierarchies alike", "TryHackMe plant writeup", V1("/docker/" HEX) V2("/docker/" HEX), "docker", HEX, NULL, NULL},
	{"docker, cgroupfs, version 2", "moby#42275 family", V2("/docker/" HEX), "docker", HEX, NULL, NULL},
	{"docker, systemd driver", "docker docs, runtime/metrics", V2("/system.slice/docker-" HEX ".scope"), "docker", HEX, NULL, "docker-" HEX ".scope"},
	{"docker, systemd driver, version 1", "elastic/apm-agent tests", V1("/system.slice/docker-" HEX ".scope"), "docker", HEX, NULL, "docker-" HEX ".scope"},
	{"docker, rootless", "docs.docker.com/engine/security/rootless", V2("/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" HEX ".scope"), "docker", HEX, NULL, "docker-" HEX ".scope"},
	{"docker in docker", "jenkins dind reports", V2("/docker/" HEX "/docker/" HEX2), "docker", HEX, NULL, NULL},
	{"systemd in a docker container", "Guance datakit tests", V2("/system.slice/docker-" HEX ".scope/system.slice/containerd.service"), "docker", HEX, NULL, "docker-" HEX ".scope"},
	{"docker's buildkit", "moby, buildkit executor", V2("/system.slice/docker.service/docker/buildkit/0jvs9o3z1c2k5l4m7n8b6v5cx"), NULL, NULL, NULL, NULL},
	{"docker below a parent of somebody's own", "GitHub Actions: --cgroup-parent", V1("/actions_job/" HEX), NULL, NULL, NULL, NULL},
	/* podman */
	{"podman, systemd", "podman(1)", V2("/machine.slice/libpod-" HEX ".scope/container"), "podman", HEX, NULL, "libpod-" HEX ".scope"},
	{"podman, systemd, version 1", "insights-core tests", V1("/machine.slice/libpod-" HEX ".scope"), "podman", HEX, NULL, "libpod-" HEX ".scope"},
	{"podman, hybrid, deeper in version 2", "container id readers' tests", V1("/machine.slice/libpod-" HEX ".scope") V2("/machine.slice/libpod-" HEX ".scope/container"), "podman", HEX, NULL,
	 "libpod-" HEX ".scope"},
	{"podman's conmon is no container", "Fedora, conmon", V2("/machine.slice/libpod-conmon-" HEX ".scope"), NULL, NULL, NULL, "libpod-conmon-" HEX ".scope"},
	{"podman, rootless", "Gentoo, openSUSE", V2("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX ".scope/container"), "podman", HEX, NULL, "libpod-" HEX ".scope"},
	{"podman, cgroupfs", "podman debug logs, Fedora", V2("/libpod_parent/libpod-" HEX), "podman", HEX, NULL, NULL},
	{"podman, a pod's infra container", "podman#13673", V2("/machine.slice/machine-libpod_pod_" HEX2 ".slice/libpod-" HEX ".scope/container"), "podman", HEX, NULL, "libpod-" HEX ".scope"},
	{"Quadlet", "podman#16589, coroot#251", V2("/system.slice/quadlet-minimal.service/libpod-payload-" HEX), "podman", HEX, NULL, "quadlet-minimal.service"},
	{"Quadlet's conmon", "podman#23664", V2("/system.slice/child.service/runtime"), NULL, NULL, NULL, "child.service"},
	{"Quadlet, in a slice of one's own", "podman#13673", V2("/srv.slice/container-homeassistant.service/libpod-payload-" HEX), "podman", HEX, NULL, "container-homeassistant.service"},
	{"Quadlet, rootless", "podman user reports", V2("/user.slice/user-1000.slice/user@1000.service/app.slice/redis.service/libpod-payload-" HEX), "podman", HEX, NULL, "redis.service"},
	/* Kubernetes */
	{"containerd, systemd driver", "containerd CRI; crictl howto", V2("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_LINE ".slice/cri-containerd-" HEX ".scope"), "containerd", HEX, UID_DASH,
	 "cri-containerd-" HEX ".scope"},
	{"guaranteed class", "kubernetes cm/pod_container_manager", V2("/kubepods.slice/kubepods-pod" UID_LINE ".slice/cri-containerd-" HEX ".scope"), "containerd", HEX, UID_DASH, "cri-containerd-" HEX ".scope"},
	{"cgroupfs driver, version 1", "GKE", V1("/kubepods/burstable/pod" UID_DASH "/" HEX), "kubernetes", HEX, UID_DASH, NULL},
	{"cgroupfs driver, hybrid", "metrics agents' tests", V1("/kubepods/burstable/pod" UID_DASH "/" HEX) V2("/system.slice/containerd.service"), "kubernetes", HEX, UID_DASH, NULL},
	{"systemd's form taken for a name, below containerd", "elastic/apm-agent-nodejs#3550, DataDog mountinfo", V1("/system.slice/containerd.service/kubepods-besteffort-pod" UID_LINE ".slice:cri-containerd:" HEX),
	 "containerd", HEX, UID_DASH, NULL},
	{"the same, version 2", "opentelemetry-js container detector", V2("/system.slice/containerd.service/kubepods-burstable-pod" UID_DASH ".slice:cri-containerd:" HEX), "containerd", HEX, UID_DASH, NULL},
	{"the same, at the root (k3s)", "SPIRE k8s attestor, k3s", V1("/kubepods-besteffort-pod" UID_LINE ".slice:cri-containerd:" HEX), "containerd", HEX, UID_DASH, NULL},
	{"docker's form of it", "minikube, dockershim", V1("/system.slice/containerd.service/kubepods-burstable-pod" UID_LINE ".slice:docker:" HEX), "docker", HEX, UID_DASH, NULL},
	{"dockershim, systemd driver", "kubernetes 1.15 howtos", V1("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_LINE ".slice/docker-" HEX ".scope"), "docker", HEX, UID_DASH, "docker-" HEX ".scope"},
	{"CRI-O", "OpenShift", V2("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_LINE ".slice/crio-" HEX ".scope"), "crio", HEX, UID_DASH, "crio-" HEX ".scope"},
	{"CRI-O with crun", "OpenShift 4.14", V2("/kubepods.slice/kubepods-pod" UID_LINE ".slice/crio-" HEX ".scope/container"), "crio", HEX, UID_DASH, "crio-" HEX ".scope"},
	{"CRI-O's conmon is no container", "cri-o", V2("/kubepods.slice/kubepods-pod" UID_LINE ".slice/crio-conmon-" HEX ".scope"), NULL, NULL, NULL, "crio-conmon-" HEX ".scope"},
	{"CRI-O, cgroupfs", "cri-o docs", V1("/kubepods/burstable/pod" UID_DASH "/crio-" HEX), "crio", HEX, UID_DASH, NULL},
	{"a static pod, systemd driver", "kepler#153, kubeadm", V2("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_STATIC ".slice/cri-containerd-" HEX ".scope"), "containerd", HEX, UID_STATIC,
	 "cri-containerd-" HEX ".scope"},
	{"a static pod, cgroupfs driver", "Cloud Shell, minikube#9508", V1("/kubepods/besteffort/pod" UID_STATIC "/" HEX), "kubernetes", HEX, UID_STATIC, NULL},
	{"a kubelet with its own root", "kind, from within its node", V2("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_LINE ".slice/cri-containerd-" HEX ".scope"),
	 "containerd", HEX, UID_DASH, "cri-containerd-" HEX ".scope"},
	{"kind, version 2 (above 256 bytes)", "kepler#153, containerd/nri#227",
	 V2("/system.slice/docker-" HEX ".scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod" UID_LINE ".slice/cri-containerd-" HEX2 ".scope"), "docker", HEX, NULL,
	 "docker-" HEX ".scope"},
	{"kind, version 1", "SPIRE k8s attestor", V1("/docker/" HEX "/kubepods/besteffort/pod" UID_DASH "/" HEX2), "docker", HEX, NULL, NULL},
	{"minikube with CRI-O in docker", "minikube#11280", V2("/docker/" HEX "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_LINE ".slice/crio-" HEX2 ".scope"), "docker", HEX, NULL, NULL},
	{"nerdctl", "nerdctl docs", V2("/system.slice/nerdctl-" HEX ".scope"), "containerd", HEX, NULL, "nerdctl-" HEX ".scope"},
	{"a task of ECS", "Datadog, ECS samples", V1("/ecs/1b2c3d4e-0000-4111-8222-333344445555/" HEX), NULL, NULL, NULL, NULL},
	/* machines and LXC: no container that is known here, and their inner names are their own */
	{"nspawn, version 1", "amicontained's tests", V1("/machine.slice/machine-nspawntest.scope"), NULL, NULL, NULL, "machine-nspawntest.scope"},
	{"nspawn, booted", "systemd#18104", V2("/machine.slice/machine-dev.scope/payload/system.slice/nginx.service"), NULL, NULL, NULL, "machine-dev.scope"},
	{"nspawn as a service", "systemd-nspawn@.service", V2("/machine.slice/systemd-nspawn@dev.service/payload/init.scope"), NULL, NULL, NULL, "systemd-nspawn@dev.service"},
	{"docker within nspawn", "nspawn users", V2("/machine.slice/systemd-nspawn@dev.service/payload/system.slice/docker-" HEX ".scope"), NULL, NULL, NULL, "systemd-nspawn@dev.service"},
	{"rkt", "amicontained's tests", V1("/machine.slice/machine-rkt\\x2d7767082e.scope/system.slice/node.service") V2("/machine.slice/machine-rkt\\x2d7767082e.scope"), NULL, NULL, NULL, "machine-rkt\\x2d7767082e.scope"},
	{"a virtual machine", "libvirt", V1("/machine.slice/machine-qemu\\x2d7\\x2dvm1.scope"), NULL, NULL, NULL, "machine-qemu\\x2d7\\x2dvm1.scope"},
	{"LXC, version 1", "lxc", V1("/lxc/debian2"), NULL, NULL, NULL, NULL},
	{"LXC, version 2", "waydroid, incus", V2("/lxc.payload.gha-fleet_worker/system.slice/actions.runner.one-job.service"), NULL, NULL, NULL, NULL},
	{"LXC's monitor", "lxc 4", V2("/lxc.monitor.dev"), NULL, NULL, NULL, NULL},
	{"docker within LXC", "Proxmox forums", V2("/lxc/105/ns/system.slice/docker-" HEX ".scope"), NULL, NULL, NULL, NULL},
	{"docker within LXC, cgroupfs", "Proxmox forums", V1("/lxc/105/docker/" HEX), NULL, NULL, NULL, NULL},
	/* what is nobody's word */
	{"a form below a unit's own folder", "a unit with Delegate=yes", V2("/system.slice/agent.service/docker-" HEX ".scope"), NULL, NULL, NULL, "agent.service"},
	{"a pod below a unit's own folder", "a unit with Delegate=yes", V2("/system.slice/agent.service/pod" UID_DASH "/" HEX), NULL, NULL, NULL, "agent.service"},
	{"a slice of pods below a unit's own folder", "a unit with Delegate=yes", V2("/agent.service/kubepods-pod" UID_LINE ".slice/crio-" HEX ".scope"), NULL, NULL, NULL, "agent.service"},
	{"outside the reader's namespace", "cgroup_namespaces(7)", V2("/../docker-" HEX ".scope"), NULL, NULL, NULL, NULL},
	{"a group that is gone", "cgroups(7)", V2("/system.slice/docker-" HEX ".scope (deleted)"), NULL, NULL, NULL, NULL},
};

/* Mount tables, and where the unified hierarchy and systemd's own one are seen whole; NULL: nowhere. */
static const struct {
	const char *name, *source, *mountinfo, *unified, *named;
} mount_tables[] = {
	{"version 2", "Fedora, Debian 12", "26 64 0:23 / /sys rw,nosuid shared:2 - sysfs sysfs rw\n30 26 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n",
	 "/sys/fs/cgroup", NULL},
	{"hybrid", "Ubuntu 20.04",
	 "35 24 0:30 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,size=4096k,mode=755\n36 35 0:31 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate\n"
	 "37 35 0:32 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd\n41 35 0:36 / /sys/fs/cgroup/cpu,cpuacct rw shared:16 - cgroup cgroup rw,cpu,cpuacct\n",
	 "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"},
	{"version 1, release agent", "CentOS 7", "25 23 0:22 / /sys/fs/cgroup/systemd rw,nosuid shared:9 - cgroup cgroup rw,xattr,release_agent=/usr/lib/systemd/systemd-cgroups-agent,name=systemd\n", NULL, "/sys/fs/cgroup/systemd"},
	{"another source name, no optional fields", "Ubuntu 18.04", "33 32 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw,nsdelegate\n", "/sys/fs/cgroup/unified", NULL},
	{"in a container of docker, version 1", "systemd#17902", "741 740 0:29 /docker/" HEX " /sys/fs/cgroup/systemd ro,nosuid master:11 - cgroup cgroup rw,xattr,name=systemd\n", NULL, NULL},
	{"in a container of containerd", "Datadog",
	 "5632 5631 0:30 /system.slice/containerd.service/kubepods-besteffort-pod" UID_LINE ".slice:cri-containerd:" HEX " /sys/fs/cgroup/systemd ro master:11 - cgroup cgroup rw,xattr,name=systemd\n", NULL, NULL},
	{"another namespace's", "systemd#17902, podman", "1118 1116 0:27 /../../../../../.. /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,seclabel,nsdelegate\n", NULL, NULL},
	{"mounted elsewhere", "mount table tests", "30 23 0:26 / /run/cg2 rw,nosuid shared:4 - cgroup2 cgroup2 rw\n33 25 0:29 / /run/cg1/systemd rw shared:13 - cgroup cgroup rw,xattr,name=systemd\n", "/run/cg2", "/run/cg1/systemd"},
	{"a name with an escape", "mount table tests", "30 23 0:26 / /mnt/my\\040cgroups rw,relatime shared:9 - cgroup2 cgroup2 rw\n", NULL, NULL},
	{"no control groups", "a bare container", "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\nmalformed\n\n", NULL, NULL},
	{"OpenRC", "Alpine", "30 23 0:26 / /sys/fs/cgroup/openrc rw - cgroup openrc rw,release_agent=/lib/rc/sh/cgroup-release-agent.sh,name=openrc\n31 23 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw,nsdelegate\n",
	 "/sys/fs/cgroup/unified", NULL},
};
