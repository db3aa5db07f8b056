/* SPDX-License-Identifier: Apache-2.0
 * version: which forms this program reads and writes. */
#include "ctl/backup.h"
#include "ctl/show.h"

#include "base/str.h"
#include "frame/segment.h"

#include <stepgate/module.h>

#include <openssl/crypto.h>
#include <stdio.h>

enum { LINE_ROOM = 1024 };

int
sg_ctl_version(struct sg_ctl *ctl)
{
	struct sg_buf line;
	struct sg_json_writer w;
	if (!ctl->json) {
		printf("stepgate %s\n", SG_VERSION);
		sg_show_rowf("module ABI", "%d", SG_ABI);
		sg_show_rowf("backup", "format %d", SG_BACKUP_FORMAT);
		sg_show_rowf("journal", "format %d, reads %d and later", SG_JOURNAL_FORMAT, SG_JOURNAL_FORMAT_LEAST);
		sg_show_row("libcrypto", sg_str(OpenSSL_version(OPENSSL_VERSION)));
		return SG_CTL_OK;
	}
	sg_buf_init(&line, LINE_ROOM);
	sg_jw_begin(&w, &line);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "backup_format", SG_BACKUP_FORMAT);
	sg_jw_member_int(&w, "journal_format", SG_JOURNAL_FORMAT);
	sg_jw_member_text(&w, "libcrypto", OpenSSL_version(OPENSSL_VERSION));
	sg_jw_member_int(&w, "module_abi", SG_ABI);
	sg_jw_member_text(&w, "version", SG_VERSION);
	sg_jw_end(&w);
	sg_show_answer(sg_buf_view(&line));
	sg_buf_done(&line);
	return SG_CTL_OK;
}
