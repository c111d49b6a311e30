/* SPDX-License-Identifier: Apache-2.0 */
/* LeRobot's programs, from control_robot.py of 2024 to lerobot-rollout of 0.6. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

/* The same words mean the same in all of them. */
static const struct plan_option options[] = {
	{"config", "config_path"},
	{"robot", "robot.type"},
	{"robot", "robot_type"},
	{"robot_id", "robot.id"},
	{"port", "robot.port"},
	{"left_port", "robot.left_arm_port"},
	{"left_port", "robot.left_arm_config.port"},
	{"right_port", "robot.right_arm_port"},
	{"right_port", "robot.right_arm_config.port"},
	{"max_relative_target", "robot.max_relative_target"},
	{"calibration", "robot.calibration_dir"},
	{"cameras", "robot.cameras"},
	{"task", "task"},
	{"task", "dataset.single_task"},
	{"task", "control.single_task"},
	{"task", "single_task"},
	{"checkpoint", "policy.path"},
	{"checkpoint", "control.policy.path"},
	{"checkpoint", "policy.pretrained_path"},
	{"checkpoint", "pretrained_name_or_path"},
	{"checkpoint", "pretrained_policy_name_or_path"},
	{"checkpoint", "p"},
	{"policy", "policy.type"},
	{"policy", "policy_type"},
	{"device", "policy.device"},
	{"device", "control.policy.device"},
	{"dataset", "dataset.repo_id"},
	{"dataset", "control.repo_id"},
	{"dataset", "repo_id"},
	{"episodes", "dataset.num_episodes"},
	{"episodes", "control.num_episodes"},
	{"fps", "fps"},
	{"fps", "dataset.fps"},
	{"fps", "control.fps"},
	{"strategy", "strategy.type"},
	{"inference", "inference.type"},
	{"interpolation", "interpolation_multiplier"},
	{"rename_map", "rename_map"},
	{"rename_map", "dataset.rename_map"},
	{"n_action_steps", "policy.n_action_steps"},
	{"n_action_steps", "control.policy.n_action_steps"},
	{"teleop", "teleop.type"},
	{"teleop_id", "teleop.id"},
	{"teleop_port", "teleop.port"},
	{"server", "server_address"},
	{"actions_per_chunk", "actions_per_chunk"},
	{"display", "display_data"},
	{"display", "control.display_data"},
	{"display_mode", "display_mode"},
	{"display_ip", "display_ip"},
	{"display_port", "display_port"},
	{0},
};

/* can0, vcan1: the bus of an arm that listens to no serial port. */
static bool is_can(const char *port)
{
	port += port[0] == 'v';
	return text_starts(port, "can") && isdigit((unsigned char)port[3]) &&
	       port[3 + strspn(port + 3, "0123456789")] == '\0';
}

static void derive_can(struct plan *p)
{
	static const char *const keys[] = {"port", "left_port", "right_port"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct plan_fact *f = plan_get(p, keys[i]);

		if (f && is_can(f->value))
			plan_source(p, f->from, "can:%s%s", f->value,
				    i == 1   ? "?prefix=left"
				    : i == 2 ? "?prefix=right"
					     : "");
	}
}

/* A server that listens everywhere is asked on this machine. */
static void derive_foxglove(struct plan *p)
{
	const struct plan_fact *mode = plan_get(p, "display_mode");
	const char *ip = plan_value(p, "display_ip"), *port = plan_value(p, "display_port");
	const char *fps = plan_value(p, "fps");

	if (!mode || strcmp(mode->value, "foxglove") != 0 || !plan_true(plan_value(p, "display")))
		return;
	if (!ip[0] || strcmp(ip, "0.0.0.0") == 0 || strcmp(ip, "::") == 0)
		ip = "127.0.0.1";
	plan_source(p, mode->from, strchr(ip, ':') ? "foxglove:[%s]:%s%s%s" : "foxglove:%s:%s%s%s",
		    ip, port[0] ? port : "8765", fps[0] ? "?fps=" : "", fps);
}

static void derive(struct plan *p)
{
	if (p->family != &plan_lerobot_teleoperate)
		plan_add(p, "fps", "30", 2, "LeRobot's default");
	derive_foxglove(p);
	derive_can(p);
}

/* control_robot.py has its mode as a word, later as --control.type. */
static bool has_mode(const struct plan *p, const char *mode)
{
	char name[64];

	if (!text_ends(p->argv[p->program], "control_robot.py") &&
	    !text_ends(p->argv[p->program], "control_robot"))
		return true;
	for (int i = p->args; i < p->argc; i++) {
		const char *value = plan_split(p->argv[i], name, sizeof(name));

		if (strcmp(p->argv[i], mode) == 0)
			return true;
		if (value && strcmp(name, "control.type") == 0)
			return strcmp(value, mode) == 0;
	}
	return false;
}

static bool is_record(const struct plan *p)
{
	return has_mode(p, "record");
}

static bool is_teleoperate(const struct plan *p)
{
	return has_mode(p, "teleoperate");
}

static const char *const rollout_program[] = {"lerobot-rollout", NULL};
static const char *const rollout_module[] = {"lerobot.scripts.lerobot_rollout", NULL};
static const char *const rollout_script[] = {"lerobot_rollout.py", NULL};

const struct plan_family plan_lerobot_rollout = {
	.name = "lerobot-rollout",
	.summary = "LeRobot runs a policy",
	.program = rollout_program,
	.module = rollout_module,
	.script = rollout_script,
	.option = options,
	.lerobot = true,
	.derive = derive,
};

static const char *const record_program[] = {"lerobot-record", NULL};
static const char *const record_module[] = {"lerobot.record", "lerobot.scripts.lerobot_record",
					    "lerobot.scripts.control_robot", NULL};
static const char *const record_script[] = {"lerobot/record.py", "lerobot_record.py",
					    "control_robot.py", NULL};

const struct plan_family plan_lerobot_record = {
	.name = "lerobot-record",
	.summary = "LeRobot records, a person or (up to 0.5) a policy drives",
	.program = record_program,
	.module = record_module,
	.script = record_script,
	.option = options,
	.lerobot = true,
	.also = is_record,
	.derive = derive,
};

static const char *const teleoperate_program[] = {"lerobot-teleoperate", NULL};
static const char *const teleoperate_module[] = {"lerobot.teleoperate",
						 "lerobot.scripts.lerobot_teleoperate",
						 "lerobot.scripts.control_robot", NULL};
static const char *const teleoperate_script[] = {"lerobot/teleoperate.py", "lerobot_teleoperate.py",
						 "control_robot.py", NULL};

const struct plan_family plan_lerobot_teleoperate = {
	.name = "lerobot-teleoperate",
	.summary = "LeRobot follows a person",
	.program = teleoperate_program,
	.module = teleoperate_module,
	.script = teleoperate_script,
	.option = options,
	.lerobot = true,
	.also = is_teleoperate,
	.derive = derive,
};

static const char *const async_module[] = {"lerobot.async_inference.robot_client",
					   "lerobot.scripts.server.robot_client", NULL};
static const char *const async_script[] = {"async_inference/robot_client.py",
					   "scripts/server/robot_client.py", NULL};

const struct plan_family plan_lerobot_async = {
	.name = "lerobot-async",
	.summary = "LeRobot's robot_client, with its policy on a server",
	.module = async_module,
	.script = async_script,
	.option = options,
	.lerobot = true,
	.derive = derive,
};
