/* SPDX-License-Identifier: Apache-2.0
 * Lines of a session, on stderr. */
#ifndef SG_ENFORCE_TELL_H
#define SG_ENFORCE_TELL_H

enum { SG_TELL_LINES = 5, SG_TELL_WITHIN_MS = 10000 };

/* "stepgate mcp: " and the text, as printf's, on a line of its own; of this process SG_TELL_LINES in SG_TELL_WITHIN_MS, then how many were left out: what brings
 * it about is a client's or a server's to say as often as it likes. */
void sg_mcp_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
