/* SPDX-License-Identifier: Apache-2.0
 * An operator's word that leaves are gone, left in the journal's folder for the next start, which records it. */
#ifndef SG_FRAME_LOSS_H
#define SG_FRAME_LOSS_H

#include "frame/cut.h"

/* {"ahead":N,"by":TEXT,"cut":CUT,"kill":BOOL,"last":N,"reason":TEXT,"what":TEXT}; with kill all that was stopped meanwhile is stopped again; the cut is the anchor's
 * (cut.h), where there is one: what said so may be among what is lost. */
#define SG_LOSS_FILE "loss"

enum { SG_LOSS_FILE_MOST = 4096, SG_LOSS_REASON_MOST = 256 };

/* The cut that the word in a journal's folder names. False: there is no word, or it names none. */
bool sg_loss_cut(int journal, struct sg_cut *cut);

#endif
