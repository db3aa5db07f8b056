/* SPDX-License-Identifier: Apache-2.0
 * The key revocation list that sshd reads at each login (OpenSSH's PROTOCOL.krl). The file is the only memory: its comment says how long each
 * serial must stay in it. */
#ifndef SSH_KRL_H
#define SSH_KRL_H

#include <stepgate/module.h>

/* KRL_LIVE: certificates that may live at a time; one that lives for a second stays on the list for two minutes, half of which count. */
enum { KRL_MAX = 65536, KRL_LIVE = KRL_MAX / 2, KRL_KEEP_S = 3660, KRL_NAME_MAX = 64 };

struct krl {
	int folder;
	int lock; /* beside the list: two instances may live for a moment */
	const char *name;
	const unsigned char *ca;
	size_t ca_len;
	uint64_t version;
	size_t count, group_count;
	uint64_t *serials; /* room for KRL_MAX, first those that are over first */
	struct {
		int64_t until; /* seconds since 1970, whole minutes; rises */
		size_t count;
	} groups[128];
};

/* Makes the file if there is none, so that sshd has something to read. Codes: ssh_krl_form, ssh_krl_ca, ssh_krl_read,
 * ssh_krl_write. */
enum sg_status krl_start(struct krl *krl, int64_t now, struct sg_err *err);
void krl_done(struct krl *krl);

/* On disk, in place, when this answers SG_OK; the second time it only looks. It stays there until a minute after `exp` (seconds since
 * 1970), KRL_KEEP_S if that is 0, and while the list is not half full for KRL_KEEP_S more: what is over by one clock may not be by another's. Besides the above: ssh_krl_full. */
enum sg_status krl_revoke(struct krl *krl, uint64_t serial, int64_t exp, int64_t now, struct sg_err *err);

#endif
