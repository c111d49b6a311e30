# SPDX-License-Identifier: Apache-2.0
"""
Captures of policies that are served, through policytop's own tap: openpi-client's runtime against a
server on the websockets package, and pyzmq in the forms of GR00T's generation C.
    served.py POLICYTOP FOLDER
"""
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
from openpi_client import action_chunk_broker, websocket_client_policy
from openpi_client.runtime import environment, runtime
from openpi_client.runtime.agents import policy_agent

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import groot  # noqa: E402
import openpi  # noqa: E402

RNG = np.random.default_rng(4)
ALOHA = np.array([0, -0.96, 1.16, 0, -0.3, 0, 0.1] * 2)
ALOHA_JOINTS = ",".join(f"{side}_{j}" for side in ("left", "right") for j in (
    "waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate", "gripper"))
SO101 = np.array([0.0, -95.0, 90.0, 65.0, 0.0, 20.0])


def picture(channels_first, t):
    image = np.full((24, 24, 3), 60, np.uint8)
    image[6:16, int(t * 10) % 16:int(t * 10) % 16 + 8] = (200, 90, 40)
    return np.transpose(image, (2, 0, 1)) if channels_first else image


def towards(state, home, reach, horizon):
    """Roughly right, each answer with an error of its own: a wave around home, from where it is."""
    t = np.linspace(0, 1, horizon)[:, None]
    goal = home + reach * np.sin(RNG.uniform(0, 6.28, home.shape))
    return state + (goal - state) * (3 * t ** 2 - 2 * t ** 3) + RNG.normal(0, reach / 200, home.shape)


class Tap:
    """policytop between the two, as a user starts it."""

    def __init__(self, policytop, kind, upstream, path, more):
        self.p = subprocess.Popen(
            [policytop, "--db", path + ".db", "record", "--json", "--capture", path,
             f"{kind}:127.0.0.1:0=127.0.0.1:{upstream}?{more}"],
            stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.p.stdout.readline())
        self.port = int(json.dumps(ready).rpartition("127.0.0.1:")[2].split('"')[0])

    def end(self):
        time.sleep(0.5)
        self.p.send_signal(signal.SIGINT)
        print(self.p.communicate(timeout=60)[0].splitlines()[-1])


class Aloha(environment.Environment):
    """examples/aloha_real/env.py, whose client says no prompt, around two arms that follow."""

    def __init__(self):
        self.at = ALOHA.copy()

    def reset(self):
        self.at = ALOHA.copy()

    def is_episode_complete(self):
        return False

    def get_observation(self):
        t = time.monotonic()
        return {"state": self.at + RNG.normal(0, 0.0005, 14),
                "images": {name: picture(True, t + i) for i, name in enumerate(
                    ("cam_high", "cam_low", "cam_left_wrist", "cam_right_wrist"))}}

    def apply_action(self, action):
        self.at += 0.6 * (action["actions"] - self.at)


def aloha(policytop, folder):
    def policy(obs):
        time.sleep(0.06)
        return {"actions": towards(obs["state"], ALOHA, 0.25, 50),
                "policy_timing": {"infer_ms": 58.0 + RNG.uniform(0, 4)}}
    server = openpi.Server(policy, {"reset_pose": [0, -1.5, 1.5, 0, 0, 0]})
    tap = Tap(policytop, "openpi", server.port, f"{folder}/openpi-aloha.cap",
              f"fps=50&joints={ALOHA_JOINTS}")
    client = websocket_client_policy.WebsocketClientPolicy("127.0.0.1", tap.port)
    agent = policy_agent.PolicyAgent(action_chunk_broker.ActionChunkBroker(client, 25))
    runtime.Runtime(Aloha(), agent, [], max_hz=50, max_episode_steps=249).run()
    client._ws.close()
    tap.end()


class Gr00t(groot.Server):
    def answer(self, request):
        if request.get("endpoint") != "get_action":
            return super().answer(request)
        time.sleep(0.09)
        state = request["data"]["observation"]["state"]
        now = np.concatenate([state["single_arm"][0, -1], state["gripper"][0, -1]])
        rows = towards(now, SO101, np.array([12.0, 15, 15, 15, 20, 15]), 16).astype("f4")
        return [{"single_arm": rows[None, :, :5], "gripper": rows[None, :, 5:]}, {}]


def so101(policytop, folder):
    server = Gr00t("C")
    tap = Tap(policytop, "groot", server.port, f"{folder}/groot-so101.cap", "fps=30")
    client = groot.Client(tap.port, "C")
    at = SO101.copy()
    client.call("ping")
    client.call("get_modality_config")
    client.call("reset", data={"options": None})
    began = time.monotonic()
    while time.monotonic() - began < 5:
        t = time.monotonic()
        state = (at + RNG.normal(0, 0.05, 6)).astype("f4")[None, None]
        reply = client.call("get_action", data={"observation": {
            "video": {"front": picture(False, t)[None, None], "wrist": picture(False, t + 1)[None, None]},
            "state": {"single_arm": state[..., :5], "gripper": state[..., 5:]},
            "language": {groot.TASK: [["pick up the cube"]]}}, "options": None})
        t = time.monotonic()  # as its examples do: ask, then act, then ask again
        for row in np.concatenate([reply[0]["single_arm"][0], reply[0]["gripper"][0]], axis=1)[:8]:
            at += 0.7 * (row - at)
            t += 1 / 30
            time.sleep(max(0, t - time.monotonic()))
    client.close()
    tap.end()
    server.stop.set()
    server.thread.join()


if __name__ == "__main__":
    aloha(*sys.argv[1:])
    so101(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
