/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "plan/plan_impl.h"

static void add_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->len && b->p[b->len - 1] != '{' ? "," : "", key);
	if (value && value[0])
		buf_json_str(b, value);
	else
		buf_str(b, "null");
}

static void add_number(struct buf *b, const char *key, double value)
{
	buf_printf(b, ",\"%s\":", key);
	if (value > 0)
		buf_json_num(b, value);
	else
		buf_str(b, "null");
}

static void add_cameras(struct buf *b, const struct plan *p)
{
	buf_str(b, ",\"cameras\":[");
	for (unsigned i = 0; i < p->cameras; i++) {
		const struct plan_camera *c = &p->camera[i];

		buf_str(b, i ? ",{" : "{");
		add_text(b, "role", c->role);
		add_text(b, "type", c->type);
		add_text(b, "path", c->path);
		add_number(b, "width", (double)c->width);
		add_number(b, "height", (double)c->height);
		add_number(b, "fps_hz", c->fps);
		add_text(b, "from", p->cameras_from);
		buf_str(b, "}");
	}
	buf_str(b, "]");
}

static void add_list(struct buf *b, const char *key, const char (*text)[PLAN_TEXT_BYTES],
		     unsigned n)
{
	buf_printf(b, ",\"%s\":[", key);
	for (unsigned i = 0; i < n; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, text[i]);
	}
	buf_str(b, "]");
}

void plan_json(struct buf *b, const struct plan *p)
{
	add_text(b, "family", p->family ? p->family->name : NULL);
	add_text(b, "program", p->program >= 0 ? p->argv[p->program] : NULL);
	add_text(b, "root", p->root);
	buf_str(b, ",\"facts\":{");
	for (unsigned i = 0; i < p->facts; i++) {
		buf_printf(b, "%s\"%s\":{", i ? "," : "", p->fact[i].key);
		add_text(b, "value", p->fact[i].value);
		add_text(b, "from", p->fact[i].from);
		buf_str(b, "}");
	}
	buf_str(b, "}");
	add_cameras(b, p);
	add_list(b, "warnings", p->warning, p->warnings);
	add_list(b, "notes", p->note, p->notes);
}
