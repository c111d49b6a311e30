# SPDX-License-Identifier: Apache-2.0
"""Two arms of 14 joints without hardware, as LeRobot's bimanual robots are made: one robot, joints
left_… and right_…, and a camera. Each joint goes a part of the way to its goal in a tick."""
from dataclasses import dataclass, field

from lerobot.cameras import CameraConfig
from lerobot.cameras.utils import make_cameras_from_configs
from lerobot.robots import Robot, RobotConfig

ARM = ["shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_yaw", "wrist_pitch",
       "wrist_roll", "thumb_yaw", "thumb", "index", "middle", "ring", "little", "spread"]
JOINTS = [f"{side}_{j}.pos" for side in ("left", "right") for j in ARM]


@RobotConfig.register_subclass("bisim")
@dataclass(kw_only=True)
class BiSimConfig(RobotConfig):
    cameras: dict[str, CameraConfig] = field(default_factory=dict)


class BiSim(Robot):
    config_class, name = BiSimConfig, "bisim"

    def __init__(self, config):
        super().__init__(config)
        self.config, self.cameras = config, make_cameras_from_configs(config.cameras)
        self.at, self.up = dict.fromkeys(JOINTS, 0.0), False

    @property
    def action_features(self):
        return dict.fromkeys(JOINTS, float)

    @property
    def observation_features(self):
        return {**self.action_features, **{k: (c.height, c.width, 3)
                                           for k, c in self.config.cameras.items()}}

    @property
    def is_connected(self):
        return self.up

    @property
    def is_calibrated(self):
        return True

    def calibrate(self):
        pass

    def configure(self):
        pass

    def connect(self, calibrate=True):
        for c in self.cameras.values():
            c.connect()
        self.up = True

    def get_observation(self):
        return {**self.at, **{k: c.async_read() for k, c in self.cameras.items()}}

    def send_action(self, action):
        for j in JOINTS:
            self.at[j] += 0.5 * (float(action[j]) - self.at[j])
        return action

    def disconnect(self):
        for c in self.cameras.values():
            c.disconnect()
        self.up = False
