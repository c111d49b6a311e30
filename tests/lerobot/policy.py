# SPDX-License-Identifier: Apache-2.0
"""Writes a tiny ACT checkpoint with random weights through LeRobot's own code.  policy.py DIR TYPE"""
import os
import sys
from pathlib import Path

import numpy as np
import torch
from lerobot.configs.default import DatasetConfig
from lerobot.configs.train import TrainPipelineConfig
from lerobot.configs.types import FeatureType, PolicyFeature
from lerobot.policies.factory import (
    get_policy_class,
    make_policy_config,
    make_pre_post_processors,
)
from lerobot.utils.import_utils import register_third_party_plugins

REST = [0.0, -95.0, 90.0, 65.0, 0.0, 2.0]  # degrees, gripper 0..100: near the arm's pose at start
STD = [12.0, 15.0, 15.0, 15.0, 20.0, 15.0]

if os.environ.get("JOINTS"):  # another robot
    REST, STD = [0.0] * int(os.environ["JOINTS"]), [15.0] * int(os.environ["JOINTS"])

out, kind = Path(sys.argv[1]), sys.argv[2]
chunk = 50 if kind == "simrtc" else 20
torch.manual_seed(1)
register_third_party_plugins()
cfg = make_policy_config(
    kind, device="cpu", chunk_size=chunk, n_action_steps=chunk, use_vae=False,
    pretrained_backbone_weights=None, dim_model=64, n_heads=4, dim_feedforward=128,
    n_encoder_layers=1, push_to_hub=False,
    input_features={"observation.state": PolicyFeature(FeatureType.STATE, (len(REST),)),
                    "observation.images.front": PolicyFeature(FeatureType.VISUAL, (3, 48, 64))},
    output_features={"action": PolicyFeature(FeatureType.ACTION, (len(REST),))})
policy = get_policy_class(kind)(cfg)


def stat(mean, std):
    m, s = np.array(mean, np.float32), np.array(std, np.float32)
    return {"mean": m, "std": s, "min": m - 3 * s, "max": m + 3 * s, "count": np.array([1000])}


one = np.ones((3, 1, 1), np.float32)
pre, post = make_pre_post_processors(cfg, dataset_stats={
    "observation.state": stat(REST, STD), "action": stat(REST, STD),
    "observation.images.front": {"mean": one * 0.5, "std": one * 0.25, "min": one * 0, "max": one,
                                 "count": np.array([1000])}})
for part in (policy, pre, post):
    part.save_pretrained(out)
TrainPipelineConfig(dataset=DatasetConfig(repo_id="sim/so101"), policy=cfg,
                    output_dir=out).save_pretrained(out)
