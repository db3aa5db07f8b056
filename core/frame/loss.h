/* SPDX-License-Identifier: Apache-2.0
 * An operator's word that leaves are gone, left in the journal's folder for the next start, which records it. */
#ifndef SG_FRAME_LOSS_H
#define SG_FRAME_LOSS_H

/* {"ahead":N,"by":TEXT,"kill":BOOL,"last":N,"reason":TEXT,"what":TEXT}; with kill all that was stopped meanwhile is stopped again. */
#define SG_LOSS_FILE "loss"

enum { SG_LOSS_FILE_MOST = 4096, SG_LOSS_REASON_MOST = 256 };

#endif
