/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of an Isaac-GR00T inference service, generations N1 to N1.7. */
#include <stdio.h>
#include <string.h>

#include "plan/plan_impl.h"

static const struct plan_option options[] = {
	{"host", "policy_host"},
	{"host", "host"},
	{"server_port", "policy_port"},
	{"server_port", "port"},
	{"task", "lang_instruction"},
	{"task", "language_instruction"},
	{"task", "task"},
	{"robot", "robot.type"},
	{"robot_id", "robot.id"},
	{"port", "robot.port"},
	{"cameras", "robot.cameras"},
	{"execute", "action_horizon"},
	{"execute", "actions_to_execute"},
	{"embodiment", "embodiment_tag"},
	{"dataset", "dataset_path"},
	{0},
};

static void derive(struct plan *p)
{
	const struct plan_fact *host = plan_get(p, "host"), *port = plan_get(p, "server_port");
	char server[PLAN_TEXT_BYTES];

	snprintf(server, sizeof(server), "tcp://%.200s:%.20s", host ? host->value : "localhost",
		 port ? port->value : "5555");
	plan_add(p, "server", server, strlen(server),
		 host	? host->from
		 : port ? port->from
			: "GR00T's default");
}

/* A server has the same script in the older generations. */
static bool is_client(const struct plan *p)
{
	if (!strstr(p->argv[p->program], "inference_service"))
		return true;
	for (int i = p->args; i < p->argc; i++) {
		if (strcmp(p->argv[i], "--client") == 0)
			return true;
	}
	return false;
}

static const char *const script[] = {"eval_lerobot.py", "eval_gr00t_so100.py",	"eval_so100.py",
				     "eval_so101.py",	"inference_service.py", NULL};
static const char *const module[] = {"gr00t.eval.real_robot.SO100.eval_so100", NULL};

const struct plan_family plan_groot = {
	.name = "groot",
	.summary = "a client of an Isaac-GR00T inference service",
	.module = module,
	.script = script,
	.option = options,
	.also = is_client,
	.derive = derive,
};
