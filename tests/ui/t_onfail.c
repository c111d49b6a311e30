/* SPDX-License-Identifier: Apache-2.0 */
/* --on-fail: the verdict arrives as JSON, hostile texts run nothing, nobody waits. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "tests/tap.h"
#include "ui/onfail.h"

static struct verdict hostile(void)
{
	struct verdict v = {.level = LEVEL_FAIL,
			    .episode = 3,
			    .seq = 99,
			    .value = 26.5,
			    .threshold = (double)NAN};

	strcpy(v.code, "seam");
	strcpy(v.subject, "\"; touch pwned; $(touch pwned) `touch pwned`");
	strcpy(v.message, "line\\\"'<>&|\xc3\xa9");
	return v;
}

static void wait_all(struct onfail *o)
{
	for (int i = 0; i < 500 && o->running; i++) {
		onfail_collect(o);
		poll(NULL, 0, 10);
	}
}

static void test_run(struct tap *t)
{
	struct onfail o = {.command = "cat > seen.json; echo noise; echo noise >&2"};
	struct verdict v = hostile();
	struct err e = {0};
	char text[4096] = "";
	FILE *f;
	cJSON *j;

	ok(t, onfail_run(&o, "rig \"1\"", &v, &e) == 0 && o.running == 1, "starts");
	wait_all(&o);
	ok(t, o.running == 0, "and is collected");
	f = fopen("seen.json", "r");
	ok(t, f && fgets(text, sizeof(text), f), "its input is one line");
	if (f)
		fclose(f);
	j = cJSON_Parse(text);
	ok(t,
	   j && !strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(j, "subject")), v.subject) &&
		   !strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(j, "rig")), "rig \"1\""),
	   "which is the verdict as JSON");
	ok(t,
	   j && cJSON_IsNull(cJSON_GetObjectItem(j, "threshold")) &&
		   cJSON_GetObjectItem(j, "value")->valuedouble == 26.5 &&
		   cJSON_GetObjectItem(j, "schema")->valueint == 1,
	   "with plain numbers, null for unknown");
	cJSON_Delete(j);
	ok(t, access("pwned", F_OK) != 0, "nothing of its texts was run");
}

static void test_slow(struct tap *t)
{
	struct onfail o = {.command = "exec sleep 60"};
	struct verdict v = hostile();
	struct err e = {0};
	int started = 0;

	for (int i = 0; i < 10; i++)
		started += onfail_run(&o, "r", &v, &e) == 0;
	ok(t, started == ONFAIL_RUNNING_MAX && o.skipped == 6, "slow commands do not pile up");
	ok(t, strstr(e.msg, "on-fail"), "and that is said: %s", e.msg);
	o.command = NULL;
	ok(t, onfail_run(&o, "r", &v, &e) == 0, "none given, none run");
}

int main(void)
{
	char dir[] = "/tmp/policytop-onfail-XXXXXX", all[64];
	struct tap t = {0};

	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	test_run(&t);
	test_slow(&t);
	snprintf(all, sizeof(all), "rm -rf %s", dir);
	ok(&t, chdir("/") == 0 && system(all) == 0, "cleaned up");
	return tap_done(&t);
}
