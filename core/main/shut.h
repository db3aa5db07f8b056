/* SPDX-License-Identifier: Apache-2.0
 * Users who only connect, shut out of a face for a moment: the kernel itself refuses them (EACCES), by an entry in the access list of the socket, so that they
 * cannot fill the backlog that others wait in. Where the file system has no access lists nothing is done: the gate rests between them. */
#ifndef SG_MAIN_SHUT_H
#define SG_MAIN_SHUT_H

#include <stdbool.h>
#include <stepgate/types.h>
#include <sys/types.h>

enum {
	SG_SHUT_MOST = 16,   /* users of one face at a time; one more is not shut out */
	SG_SHUT_MS = 1000    /* until the supervisor's next turn after it */
};

struct sg_shut {
	unsigned char list[4 + 8 * (SG_SHUT_MOST + 5)]; /* as it was written last; list_len 0: none is there */
	size_t list_len;
	bool other; /* an administrator's stands there, and stays: nobody is shut out by it */
	struct {
		uid_t uid;
		sg_time until; /* 0: free */
	} users[SG_SHUT_MOST];
};

/* Writes the access list of the socket at `path`, whose mode it keeps: all that are shut out by now, or none. A list that somebody else put there is left as it is,
 * which is said once. False: it could not be, or is not. */
bool sg_shut_write(struct sg_shut *shut, const char *path);
/* From `now` (monotonic) on for SG_SHUT_MS. False: it was so already, or there is no place. */
bool sg_shut_add(struct sg_shut *shut, uid_t uid, sg_time now);
/* Forgets those whose time is over. True: there were some. */
bool sg_shut_over(struct sg_shut *shut, sg_time now);

#endif
