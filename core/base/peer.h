/* SPDX-License-Identifier: Apache-2.0
 * Reading the kernel's facts about a peer, and telling whether it is still that process. */
#ifndef SG_BASE_PEER_H
#define SG_BASE_PEER_H

#include "base/sys.h"

/* As sg_sys.peer: SO_PEERCRED, SO_PEERGROUPS, SO_PEERPIDFD, else as sg_peer_read_old. What these cannot tell: they describe the process
 * that called connect(). A child that inherited the socket, or a program exec'd since, looks the same to them; see
 * SCM_CREDENTIALS in door/ and the second look at facts in gate/. */
enum sg_status sg_peer_read(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err);

/* For kernels without SO_PEERPIDFD (before 6.5): pidfd_open between two reads of the start time, which must agree, so a pid that is reused while it is
 * read is caught. A pid that was reused between connect() and the first read is not: such a kernel keeps only the number, and the new process is taken for
 * the peer. It then speaks only if it also holds the connection, and every byte's sender is checked against that number. */
enum sg_status sg_peer_read_old(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err);

/* As sg_sys.peer_alive. */
bool sg_peer_alive(const struct sg_sys *self, const struct sg_peer *peer);

/* Start time of a process (field 22 of /proc/PID/stat), 0 if it cannot be read. */
uint64_t sg_process_start_time(pid_t pid);

/* Closes the pidfd, if any. */
void sg_peer_done(struct sg_peer *peer);

/* sg_sys.process_start for real, from /proc/PID/stat (proc_pid_stat(5)): a process that has ended and is not yet waited for counts as gone. */
uint64_t sg_process_start(const struct sg_sys *self, pid_t pid);

#endif
