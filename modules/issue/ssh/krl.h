/* SPDX-License-Identifier: Apache-2.0
 * The key revocation list that sshd reads at each login (OpenSSH's PROTOCOL.krl). The file is the only memory: its comment says how long each
 * serial must stay in it. */
#ifndef SSH_KRL_H
#define SSH_KRL_H

#include <stepgate/module.h>

enum { KRL_MAX = 65536, KRL_KEEP_S = 3660, KRL_NAME_MAX = 64 };

struct krl {
	int folder;
	const char *name;
	const unsigned char *ca;
	size_t ca_len;
	uint64_t version;
	size_t count, group_count;
	uint64_t *serials; /* room for KRL_MAX, oldest first */
	struct {
		int64_t until; /* seconds since 1970; never falls */
		size_t count;
	} groups[128];
};

/* Makes the file if there is none, so that sshd has something to read, and forgets what is over. Codes: ssh_krl_form, ssh_krl_ca, ssh_krl_read,
 * ssh_krl_write. */
enum sg_status krl_start(struct krl *krl, int64_t now, struct sg_err *err);
void krl_done(struct krl *krl);

/* On disk, in place, when this answers SG_OK; the second time it only looks. Besides the above: ssh_krl_full. */
enum sg_status krl_revoke(struct krl *krl, uint64_t serial, int64_t now, struct sg_err *err);

#endif
