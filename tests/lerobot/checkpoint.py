# SPDX-License-Identifier: Apache-2.0
"""
Writes tiny checkpoints with random weights by LeRobot's own save_pretrained, then loads them again
by LeRobot's own code and says what that knows, as one JSON object.    checkpoint.py DIR
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from lerobot.configs.default import DatasetConfig
from lerobot.configs.policies import PreTrainedConfig
from lerobot.configs.train import TrainPipelineConfig
from lerobot.configs.types import FeatureType, NormalizationMode, PolicyFeature
from lerobot.policies.factory import (
    get_policy_class,
    make_policy_config,
    make_pre_post_processors,
)
from lerobot.processor import NormalizerProcessorStep, UnnormalizerProcessorStep

STATE, ENV, ACTION = "observation.state", "observation.environment_state", "action"
FRONT = "observation.images.front"
WIDTH = {STATE: (6,), ENV: (3,), ACTION: (6,), FRONT: (3, 48, 64)}
TYPE = {STATE: FeatureType.STATE, ENV: FeatureType.ENV, FRONT: FeatureType.VISUAL}
OURS = {NormalizationMode.MEAN_STD: "MEAN_STD", NormalizationMode.MIN_MAX: "MIN_MAX",
        NormalizationMode.IDENTITY: "IDENTITY", NormalizationMode.QUANTILES: "QUANTILES"}
ENV_TOO = {"VISUAL": NormalizationMode.MEAN_STD, "STATE": NormalizationMode.MEAN_STD,
           "ACTION": NormalizationMode.MEAN_STD, "ENV": NormalizationMode.MIN_MAX}

# name: policy, inputs, options, rename map
MADE = {
    "act": ("act", (STATE, FRONT), {"chunk_size": 20, "n_action_steps": 10, "dim_model": 32,
                                    "n_heads": 4, "dim_feedforward": 32, "n_encoder_layers": 1,
                                    "use_vae": False, "pretrained_backbone_weights": None},
            {"observation.images.cam0": FRONT}),
    "act_env": ("act", (STATE, ENV), {"chunk_size": 20, "n_action_steps": 20, "dim_model": 16,
                                      "n_heads": 2, "dim_feedforward": 16, "n_encoder_layers": 1,
                                      "use_vae": False, "normalization_mapping": ENV_TOO}, {}),
    "diffusion": ("diffusion", (STATE, ENV), {"horizon": 16, "n_action_steps": 8,
                                              "down_dims": (8, 16), "n_groups": 4,
                                              "diffusion_step_embed_dim": 16}, {}),
}


def statistics(rng):
    """Of a training set that never was: all of them, as float64, as a dataset has them."""
    stats = {}
    for key, shape in WIDTH.items():
        x = rng.normal(0, 1, (200, shape[0]))
        x = x / 8 + 0.5 if key == FRONT else x * np.arange(2, 2 + shape[0]) * 7 + 11
        q = {f"q{k:02d}": np.quantile(x, k / 100, axis=0) for k in (1, 10, 50, 90, 99)}
        stats[key] = {"mean": x.mean(0), "std": x.std(0), "min": x.min(0), "max": x.max(0), **q}
        if len(shape) == 3:
            stats[key] = {k: v.reshape(-1, 1, 1) for k, v in stats[key].items()}
        stats[key]["count"] = np.array([200])
    return stats


def write(out, name, stats):
    kind, inputs, options, rename = MADE[name]
    cfg = make_policy_config(
        kind, device="cpu", push_to_hub=False, **options,
        input_features={k: PolicyFeature(TYPE[k], WIDTH[k]) for k in inputs},
        output_features={ACTION: PolicyFeature(FeatureType.ACTION, WIDTH[ACTION])})
    torch.manual_seed(1)
    policy = get_policy_class(kind)(cfg)
    pre, post = make_pre_post_processors(cfg, dataset_stats=stats)
    for step in pre.steps:
        if hasattr(step, "rename_map"):
            step.rename_map = rename
    for part in (policy, pre, post):
        part.save_pretrained(out)
    TrainPipelineConfig(dataset=DatasetConfig(repo_id="sim/so101"), policy=cfg,
                        output_dir=Path("outputs", name), steps=1234, batch_size=8,
                        rename_map=rename).save_pretrained(out)


def feature(f, mode):
    return {"type": f.type.value, "shape": list(f.shape), "mode": OURS.get(mode)}


def side(pipeline, kind):
    steps = [s for s in pipeline.steps if type(s) is kind]
    return {"steps": len(steps), "eps": steps[0].eps,
            "features": {k: feature(f, steps[0].norm_map.get(f.type))
                         for k, f in steps[0].features.items()},
            "stats": by_key(steps[0].state_dict())}


def by_key(flat):
    found = {}
    for name, tensor in flat.items():
        key, stat = name.rsplit(".", 1)
        found.setdefault(key, {})[stat] = tensor.double().reshape(-1).tolist()
    return found


def read(path):
    cfg = PreTrainedConfig.from_pretrained(path)
    pre, post = make_pre_post_processors(cfg, pretrained_path=str(path))
    maps = cfg.normalization_mapping
    rename = next((s.rename_map for s in pre.steps if hasattr(s, "rename_map")), {})
    return {"type": cfg.type, "chunk_size": getattr(cfg, "chunk_size", None) or cfg.horizon,
            "n_action_steps": cfg.n_action_steps, "n_obs_steps": cfg.n_obs_steps,
            "inputs": {k: feature(f, maps.get(f.type.value))
                       for k, f in cfg.input_features.items()},
            "outputs": {k: feature(f, maps.get(f.type.value))
                        for k, f in cfg.output_features.items()},
            "rename_map": rename, "pre": side(pre, NormalizerProcessorStep),
            "post": side(post, UnnormalizerProcessorStep)}


def main():
    top = Path(sys.argv[1])
    stats = statistics(np.random.default_rng(7))
    for name in MADE:
        write(top / name, name, stats)
    print(json.dumps({name: read(top / name) for name in MADE}))


main()
