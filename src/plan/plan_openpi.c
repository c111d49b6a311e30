/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of an openpi policy server: examples/ALOHA_REAL/main.py and what is made like it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

static const struct plan_option options[] = {
	{"host", "host"},
	{"host", "remote_host"},
	{"host", "policy_host"},
	{"server_port", "port"},
	{"server_port", "remote_port"},
	{"server_port", "policy_port"},
	{"task", "prompt"},
	{"task", "instruction"},
	{"actions_per_chunk", "action_horizon"},
	{"execute", "open_loop_horizon"},
	{"execute", "replan_steps"},
	{"episodes", "num_episodes"},
	{"robot", "env"},
	{"task_suite", "task_suite_name"},
	{0},
};

/* examples/NAME/main.py or examples.NAME.main: the robot is the example's name. */
static bool example_of(const struct plan *p, char name[NAME_BYTES])
{
	const char *word = p->argv[p->program], *at = strstr(word, "examples");
	size_t n;

	if (!at || (at > word && at[-1] != '/' && at[-1] != '.') || (at[8] != '/' && at[8] != '.'))
		return false;
	at += 9;
	n = strcspn(at, "/.");
	if (!n || strcmp(at + n, p->module ? ".main" : "/main.py") != 0)
		return false;
	text_clean(name, NAME_BYTES, at, n);
	return true;
}

static bool is_example(const struct plan *p)
{
	char name[NAME_BYTES];

	return example_of(p, name);
}

static void derive(struct plan *p)
{
	char name[NAME_BYTES], server[PLAN_TEXT_BYTES];
	const char *host = plan_value(p, "host"), *port = plan_value(p, "server_port");
	const struct plan_fact *from = plan_get(p, "host");

	if (example_of(p, name))
		plan_add(p, "robot", name, strlen(name), p->argv[p->program]);
	from = from ? from : plan_get(p, "server_port");
	/* A host that is a whole address is used as it is, by openpi, too. */
	snprintf(server, sizeof(server), "%s%.200s%s%.20s", text_starts(host, "ws") ? "" : "ws://",
		 host[0] ? host : "0.0.0.0", text_starts(host, "ws") && !port[0] ? "" : ":",
		 port[0]		   ? port
		 : text_starts(host, "ws") ? ""
					   : "8000");
	plan_add(p, "server", server, strlen(server), from ? from->from : "openpi's default");
}

static const char *const script[] = {"main.py", NULL};
static const char *const module[] = {"examples.aloha_real.main",
				     "examples.aloha_sim.main",
				     "examples.droid.main",
				     "examples.libero.main",
				     "examples.simple_client.main",
				     "examples.ur5.main",
				     NULL};

const struct plan_family plan_openpi = {
	.name = "openpi",
	.summary = "a client of an openpi policy server",
	.module = module,
	.script = script,
	.option = options,
	.also = is_example,
	.derive = derive,
};
