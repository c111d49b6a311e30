/* SPDX-License-Identifier: Apache-2.0 */
/* `policytop rig`: set-ups with a name: from a command line, from questions, shown, checked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/rig_new.h"
#include "cmd/rig_plan.h"
#include "cmd/run_env.h"
#include "preflight/rig_audit.h"
#include "preflight/rig_codes.h"
#include "rig/rig_file.h"

static char *dev_dup(const struct app *app)
{
	const char *dev = opts_text(&app->opts, "dev");

	return path_absolute_dup(dev ? dev : "/dev");
}

static int save(struct app *app, const struct rig *r, const char *name)
{
	struct err e = {0};
	char *path;
	int rc = rig_file_save(r, name, opts_has(&app->opts, "force"), &e);

	if (rc)
		return e.code == EEXIST ? cmd_fail_status(&e, EXIT_USAGE) : cmd_fail(&e);
	path = rig_file_dup(name);
	fprintf(stderr, "policytop: rig %s is %s\n", name, path);
	free(path);
	if (opts_has(&app->opts, "json")) {
		struct buf b = {0};

		rig_write(&b, r);
		fputs(b.p, stdout);
		buf_fini(&b);
	}
	return EXIT_OK;
}

static int from(struct app *app)
{
	const struct plan_world world = run_env_world();
	struct plan *p = xcalloc(1, sizeof(*p));
	struct rig *r = xcalloc(1, sizeof(*r));
	struct err e = {0};
	char *db = cmd_db_dup(app), *dev = dev_dup(app);
	int status, rc = rig_file_name(app->argv[1], &e);

	if (!rc)
		rc = plan_command(p, app->argc - 2, app->argv + 2, &world, &e);
	if (!rc && !p->family)
		rc = err_set(
			&e, EINVAL,
			"rig from: '%s' is no program that is known here; policytop rig new %s "
			"asks instead",
			app->argv[2], app->argv[1]);
	for (unsigned i = 0; !rc && i < p->warnings; i++)
		fprintf(stderr, "policytop: warning: %s\n", p->warning[i]);
	for (unsigned i = 0; !rc && i < p->notes; i++)
		fprintf(stderr, "policytop: note: %s\n", p->note[i]);
	if (!rc) {
		rig_init(r);
		rig_from_plan(r, p, dev, db);
	}
	status = rc ? cmd_fail(&e) : save(app, r, app->argv[1]);
	free(dev);
	free(db);
	free(r);
	free(p);
	return status;
}

static int make_new(struct app *app)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct err e = {0};
	char *db = cmd_db_dup(app), *dev = dev_dup(app);
	int status, rc = rig_file_name(app->argv[1], &e);

	rig_init(r);
	if (!rc)
		rc = rig_ask(r, dev, db, &e);
	status = rc ? cmd_fail(&e) : save(app, r, app->argv[1]);
	free(dev);
	free(db);
	free(r);
	return status;
}

static void tell_group(FILE *out, const struct rig *r, const char *above, const char *shown,
		       const void *base)
{
	for (const struct rig_option *o = rig_options; o->key; o++) {
		bool camera = text_starts(o->key, "cameras.*."), set;
		struct buf b = {0};

		if (camera != (above[0] != '\0'))
			continue;
		set = rig_option_set(o, base) &&
		      (strcmp(o->key, "require") != 0 || r->require_said);
		rig_option_json(&b, o, base);
		if (set || o->fallback[0] || strcmp(o->key, "require") == 0)
			fprintf(out, "%s%-*s %s%s%s%s\n", shown, (int)(34 - strlen(shown)),
				o->key + strlen(above), b.p, o->unit[0] ? " " : "", o->unit,
				set ? "" : "   (default)");
		buf_fini(&b);
	}
}

static void tell(FILE *out, const struct rig *r)
{
	tell_group(out, r, "", "", r);
	for (unsigned i = 0; i < r->cameras; i++) {
		char shown[NAME_BYTES + 16];

		snprintf(shown, sizeof(shown), "cameras.%s.", r->camera[i].role);
		tell_group(out, r, "cameras.*.", shown, &r->camera[i]);
	}
}

static int show(struct app *app)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct rig_errors errors;
	struct err e = {0};
	struct buf b = {0};
	int status = EXIT_OK;

	if (rig_file_load(r, &errors, app->argv[1], &e)) {
		status = cmd_fail(&e);
	} else if (opts_has(&app->opts, "json")) {
		rig_write(&b, r);
		fputs(b.p, stdout);
	} else {
		tell(stdout, r);
	}
	buf_fini(&b);
	free(r);
	return status;
}

static void check_json(const char *name, const struct rig_errors *errors, const struct audit *a)
{
	struct buf b = {0};

	buf_str(&b, "{\"schema\":1,\"rig\":");
	buf_json_str(&b, name);
	buf_str(&b, ",\"errors\":[");
	for (unsigned i = 0; i < errors->n; i++) {
		buf_printf(&b, "%s{\"line\":%u,\"text\":", i ? "," : "", errors->error[i].line);
		buf_json_str(&b, errors->error[i].text);
		buf_str(&b, "}");
	}
	buf_str(&b, "],\"items\":");
	audit_json(&b, a);
	buf_str(&b, "}");
	puts(b.p);
	buf_fini(&b);
}

static void check_text(const char *name, const struct rig_errors *errors, const struct audit *a)
{
	char *path = rig_file_dup(name);

	for (unsigned i = 0; i < errors->n; i++) {
		if (errors->error[i].line)
			printf("%s:%u: %s\n", path, errors->error[i].line, errors->error[i].text);
		else
			printf("%s: %s\n", path, errors->error[i].text);
	}
	rig_audit_print(stdout, a);
	free(path);
}

/* 2: the file has an error, or something fails; 1: a warning. */
static int check(struct app *app)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct audit a = {0};
	struct rig_errors errors;
	struct err e = {0};
	int status, rc = rig_file_load(r, &errors, app->argv[1], &e);

	if (rc && rc != -EBADMSG) {
		status = cmd_fail(&e);
	} else if (rc && !errors.n) {
		status = cmd_fail(&e);
	} else {
		char *db = cmd_db_dup(app);

		rig_codes_check(&errors, r);
		rig_audit_paths(&a, r);
		rig_audit(&a, app->argv[1], r, NULL, db);
		(opts_has(&app->opts, "json") ? check_json : check_text)(app->argv[1], &errors, &a);
		status = errors.n || audit_level(&a, NULL) == LEVEL_FAIL ? EXIT_FAIL
			 : audit_level(&a, NULL) == LEVEL_WARN		 ? EXIT_WARN
									 : EXIT_OK;
		free(db);
	}
	audit_fini(&a);
	free(r);
	return status;
}

struct listing {
	struct buf b;
	bool json;
};

static void list_one(void *host, const char *name)
{
	struct listing *l = host;
	struct rig *r = xcalloc(1, sizeof(*r));
	struct rig_errors errors;
	struct err e = {0};
	int rc = rig_file_load(r, &errors, name, &e);

	if (!l->json) {
		buf_printf(&l->b, "%-16s %-18s %-30s %s%s\n", name, r->robot_type, r->policy,
			   r->task, rc ? "   (policytop rig check)" : "");
	} else {
		buf_printf(&l->b, "%s{\"rig\":", l->b.p[l->b.len - 1] == '[' ? "" : ",");
		buf_json_str(&l->b, name);
		buf_str(&l->b, ",\"robot\":");
		buf_json_str(&l->b, r->robot_type);
		buf_str(&l->b, ",\"policy\":");
		buf_json_str(&l->b, r->policy);
		buf_str(&l->b, ",\"task\":");
		buf_json_str(&l->b, r->task);
		buf_printf(&l->b, ",\"errors\":%u}", errors.n);
	}
	free(r);
}

static int list(struct app *app)
{
	struct listing l = {.json = opts_has(&app->opts, "json")};
	struct err e = {0};
	int rc;

	buf_str(&l.b, l.json ? "{\"schema\":1,\"rigs\":[" : "");
	rc = rig_file_each(list_one, &l, &e);
	buf_str(&l.b, l.json ? "]}\n" : "");
	if (!rc)
		fputs(buf_text(&l.b), stdout);
	buf_fini(&l.b);
	return rc ? cmd_fail(&e) : EXIT_OK;
}

static const struct action {
	const char *word;
	int least, most; /* operands, the word included */
	int (*run)(struct app *app);
} actions[] = {
	{"from", 3, 1 << 20, from}, {"new", 2, 2, make_new}, {"show", 2, 2, show},
	{"check", 2, 2, check},	    {"list", 1, 1, list},
};

static int run(struct app *app)
{
	struct err e = {0};

	for (size_t i = 0; app->argc && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].word, app->argv[0]) == 0 && app->argc >= actions[i].least &&
		    app->argc <= actions[i].most)
			return actions[i].run(app);
	}
	err_set(&e, EINVAL, "rig: from NAME -- COMMAND…, new NAME, show NAME, check NAME, or list");
	return cmd_fail(&e);
}

static const struct opt options[] = {
	{"force", NULL, "from, new: replace a rig of this name"},
	{"dev", "DIR", "from, new: the folder of devices (/dev)"},
	{"json", NULL, "print one JSON object"},
	{0},
};

const struct command command_rig = {
	.name = "rig",
	.operands = "from NAME -- COMMAND…|new NAME|show NAME|check NAME|list",
	.summary = "set-ups with a name: robot, cameras, policy, task",
	.options = options,
	.run = run,
};
