/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `policytop demo` on a terminal. Four processes, as on a real robot: the world, an engine, its
 * keeper (which starts it again when it dies), and this one, the viewer, whose end is theirs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "cmd/cmd.h"
#include "cmd/demo.h"
#include "cmd/demo_world.h"
#include "cmd/keeper.h"
#include "cmd/picture_file.h"
#include "ui/viewer.h"

static const char rig[] = "demo";

/* The engine died; its keeper starts the next one. */
static struct client *again(void *host, bool *give_up, struct err *e)
{
	struct keeper *k = host;
	struct client *c = client_connect(rig, CLIENT_HZ, e);

	*give_up = !c && keeper_gone(k);
	return c;
}

static int view(const struct term_cfg *term, struct keeper *k, struct viewer_result *r,
		struct err *e)
{
	struct viewer_cfg cfg = {
		.term = *term, .bell = true, .again = again, .save = picture_file_keep, .host = k};
	struct client *c = client_connect(rig, CLIENT_HZ, e);
	int rc;

	if (!c)
		return -e->code;
	rc = viewer_run(&c, &cfg, r, e);
	client_close(c);
	return rc;
}

/* Where the policy's client connects: the address of the second source, where there is one. */
static void tell_address(const struct demo_world *w, const char *ready)
{
	cJSON *o = cJSON_Parse(ready);
	const cJSON *s = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(o, "sources"), 1);
	const char *address = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(s, "address"));

	if (address)
		demo_world_tell(w, address);
	cJSON_Delete(o);
}

/* With the world up: an engine that listens to it, and the viewer. */
static int watch(const struct demo *d, const struct demo_world *w, const struct term_cfg *term,
		 struct viewer_result *r, struct err *e)
{
	char word[DEMO_WORDS][DEMO_WORD_BYTES];
	const char *source[DEMO_WORDS] = {word[0], word[1]};
	struct launch l = {
		.db = d->db,
		.rig = rig,
		.profile = d->profile->name,
		.source = source,
		.sources = demo_world_words(w, word),
	};
	struct keeper k;
	int rc;

	rc = keeper_start(&k, &l, "demo.log", e);
	if (rc == 0) {
		tell_address(w, k.ready);
		rc = view(term, &k, r, e);
		keeper_stop(&k);
		keeper_close(&k);
	}
	return rc;
}

int demo_interactive(const struct demo *d)
{
	const char *no_color = getenv("NO_COLOR");
	struct term_cfg term = {STDIN_FILENO, STDOUT_FILENO, false, no_color && *no_color};
	struct viewer_result r = {0};
	struct demo_world w;
	struct err e = {0};
	int rc;

	if (term_check(&term, &e) < 0)
		return cmd_fail_status(&e, EXIT_UNAVAILABLE);
	if (demo_world_start(&w, &d->world, &e) < 0)
		return cmd_fail(&e);
	rc = watch(d, &w, &term, &r, &e);
	demo_world_stop(&w);
	if (rc < 0)
		return cmd_fail(&e);
	printf("policytop: the demo is over. What it recorded:\n"
	       "  policytop --db %s query timeline\n",
	       d->db);
	return r.worst >= LEVEL_FAIL ? EXIT_FAIL : r.worst >= LEVEL_WARN ? EXIT_WARN : EXIT_OK;
}
