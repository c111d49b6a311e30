/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verdict.h"

const char *level_word(enum level l)
{
	static const char *const words[] = {"unknown", "ok", "note", "warn", "fail"};

	return l <= LEVEL_FAIL ? words[l] : "unknown";
}

void verdict_json(struct buf *b, const struct verdict *v)
{
	buf_str(b, "\"code\":");
	buf_json_str(b, v->code);
	buf_printf(b, ",\"level\":\"%s\",\"subject\":", level_word(v->level));
	buf_json_str(b, v->subject);
	buf_printf(b, ",\"episode\":%u,\"seq\":", v->episode);
	if (v->seq >= 0)
		buf_printf(b, "%lld,\"value\":", (long long)v->seq);
	else
		buf_str(b, "null,\"value\":"); /* before the first step */
	buf_json_num(b, v->value);
	buf_str(b, ",\"threshold\":");
	buf_json_num(b, v->threshold);
	buf_str(b, ",\"unit\":");
	buf_json_str(b, v->unit);
	buf_str(b, ",\"message\":");
	buf_json_str(b, v->message);
}
