/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/preflight.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "preflight/rig_audit.h"

/* A name like user/model is looked for on the Hub: only what must be a path can be missing. */
static bool is_path(const char *value)
{
	return value[0] == '/' || text_starts(value, "./") || text_starts(value, "../");
}

static int must_be_there(const struct plan *p, const char *key, const char *what, struct err *e)
{
	const struct plan_fact *f = plan_get(p, key);
	char path[2 * PLAN_TEXT_BYTES];

	if (!f || !is_path(f->value))
		return 0;
	if (p->root && f->value[0] != '/')
		return 0; /* nobody knows its working directory there */
	snprintf(path, sizeof(path), "%s%s", p->root ? p->root : "", f->value);
	if (access(path, F_OK) == 0)
		return 0;
	return err_set(e, errno, "%s %s: %s (from %s)", what, path, strerror(errno), f->from);
}

static int checkpoint(const struct plan *p, struct err *e)
{
	return must_be_there(p, "checkpoint", "the checkpoint", e);
}

static int config(const struct plan *p, struct err *e)
{
	return must_be_there(p, "config", "the configuration", e);
}

static int port(const struct plan *p, struct err *e)
{
	static const char *const keys[] = {"port", "left_port", "right_port", "teleop_port"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int rc = must_be_there(p, keys[i], "the robot's port", e);

		if (rc)
			return rc;
	}
	return 0;
}

const struct preflight_check preflight_table[] = {
	{"checkpoint", checkpoint},
	{"config", config},
	{"port", port},
	{0},
};

unsigned preflight(const struct plan *p, const char *name, const struct rig *r, const char *db,
		   void (*fail)(void *host, const char *name, const char *text), void *host)
{
	struct audit a = {0};
	unsigned fails = 0;

	for (const struct preflight_check *c = preflight_table; c->name; c++) {
		struct err e = {0};

		if (c->look(p, &e) == 0)
			continue;
		fail(host, c->name, e.msg);
		fails++;
	}
	if (!fails) /* else it is known already that its files are not there */
		rig_audit(&a, name, r, p, db);
	for (size_t i = 0; i < a.n; i++) {
		const struct audit_finding *f = &a.finding[i];
		struct buf b = {0};

		if (f->level != LEVEL_FAIL)
			continue;
		buf_printf(&b, "%s%s%s", f->text, f->todo[0] ? "; " : "", f->todo);
		fail(host, f->code->code, b.p);
		buf_fini(&b);
		fails++;
	}
	audit_fini(&a);
	return fails;
}
