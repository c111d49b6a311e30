# SPDX-License-Identifier: Apache-2.0
"""
Checkpoints of forms whose own code is too large for a test, as their documentation and their
loaders have them: SmolVLA (LeRobot), LeRobot before 0.4, openpi, GR00T N1.5 and N1.6.
make_forms.py DIR
"""
import json
import struct
import sys
from pathlib import Path

top = Path(sys.argv[1])


def put(path, value):
    path = top / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def tensors(path, values, weights=0):
    """Shape, numbers; weights: bytes that nobody is to read, behind all of it."""
    head, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (shape, numbers) in values.items():
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        head[name] = {"dtype": "F32", "shape": shape,
                      "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    if weights:
        head["model.weight"] = {"dtype": "F32", "shape": [weights // 4],
                                "data_offsets": [len(data), len(data) + weights]}
        data += b"\x01" * weights
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path = top / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def stats(n, at=0.0):
    mean = [at + i for i in range(n)]
    return {"mean": mean, "std": [1.0 + i for i in range(n)], "min": [m - 9 - i for i, m in
            enumerate(mean)], "max": [m + 9 + i for i, m in enumerate(mean)],
            "q01": [m - 7 for m in mean], "q99": [m + 7 for m in mean]}


def flat(key, s):
    return {f"{key}.{k}": ([len(v)], v) for k, v in s.items()}


NAMES = [j + ".pos" for j in ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex",
                              "wrist_roll", "gripper")]
CAMERA = {"type": "VISUAL", "shape": [3, 256, 256]}
STATE, ACTION = {"type": "STATE", "shape": [6]}, {"type": "ACTION", "shape": [6]}
MAP = {"VISUAL": "IDENTITY", "STATE": "MEAN_STD", "ACTION": "MEAN_STD"}


def smolvla():
    inputs = {"observation.state": STATE, "observation.images.camera1": CAMERA,
              "observation.images.camera2": CAMERA, "observation.images.empty_camera_0": CAMERA}
    put("smolvla/config.json", {
        "type": "smolvla", "n_obs_steps": 1, "input_features": inputs,
        "output_features": {"action": ACTION}, "chunk_size": 50, "n_action_steps": 50,
        "normalization_mapping": MAP, "max_state_dim": 32, "max_action_dim": 32,
        "empty_cameras": 1})
    put("smolvla/train_config.json", {
        "dataset": {"repo_id": "me/brain_241", "use_imagenet_stats": True}, "steps": 50000,
        "batch_size": 32, "policy": {"type": "smolvla"}})
    both = {**flat("observation.state", stats(6)), **flat("action", stats(6, 2.0))}
    put("smolvla/policy_preprocessor.json", {"name": "policy_preprocessor", "steps": [
        {"registry_name": "rename_observations_processor", "config": {"rename_map": {
            "observation.images.front": "observation.images.camera1",
            "observation.images.wrist": "observation.images.camera2"}}},
        {"registry_name": "to_batch_processor", "config": {}},
        {"registry_name": "smolvla_new_line_processor", "config": {}},
        {"registry_name": "tokenizer_processor", "config": {"max_length": 48, "tokenizer_name":
                                                            "HuggingFaceTB/SmolVLM2"}},
        {"registry_name": "device_processor", "config": {"device": "cuda"}},
        {"registry_name": "normalizer_processor", "config": {
            "eps": 1e-8, "features": {**inputs, "action": ACTION}, "norm_map": MAP},
         "state_file": "policy_preprocessor_step_5_normalizer_processor.safetensors"}]})
    put("smolvla/policy_postprocessor.json", {"name": "policy_postprocessor", "steps": [
        {"registry_name": "unnormalizer_processor", "config": {
            "eps": 1e-8, "features": {"action": ACTION}, "norm_map": MAP},
         "state_file": "policy_postprocessor_step_0_unnormalizer_processor.safetensors"},
        {"registry_name": "device_processor", "config": {"device": "cpu"}}]})
    tensors("smolvla/policy_preprocessor_step_5_normalizer_processor.safetensors", both)
    tensors("smolvla/policy_postprocessor_step_0_unnormalizer_processor.safetensors", both)


def relative():
    """pi0.5 of LeRobot with relative actions, the gripper absolute, and quantiles."""
    mode = {"VISUAL": "IDENTITY", "STATE": "QUANTILES", "ACTION": "QUANTILES"}
    inputs = {"observation.state": STATE, "observation.images.base_0_rgb": CAMERA}
    put("relative/config.json", {
        "type": "pi05", "input_features": inputs, "output_features": {"action": ACTION},
        "chunk_size": 50, "n_action_steps": 10, "normalization_mapping": mode,
        "use_relative_actions": True, "relative_exclude_joints": ["gripper"],
        "action_feature_names": NAMES, "n_obs_steps": 1})
    put("relative/policy_preprocessor.json", {"name": "policy_preprocessor", "steps": [
        {"registry_name": "rename_observations_processor", "config": {"rename_map": {}}},
        {"registry_name": "relative_actions_processor", "config": {
            "enabled": True, "exclude_joints": ["gripper"], "action_names": NAMES}},
        {"registry_name": "normalizer_processor", "config": {
            "eps": 1e-8, "features": {**inputs, "action": ACTION}, "norm_map": mode},
         "state_file": "pre.safetensors"},
        {"registry_name": "tokenizer_processor", "config": {}}]})
    put("relative/policy_postprocessor.json", {"name": "policy_postprocessor", "steps": [
        {"class": "lerobot.processor.normalize_processor.UnnormalizerProcessorStep", "config": {
            "eps": 1e-8, "features": {"action": ACTION}, "norm_map": mode},
         "state_file": "post.safetensors"},
        {"registry_name": "absolute_actions_processor", "config": {"enabled": True}}]})
    both = {**flat("observation.state", stats(6)), **flat("action", stats(6, -1.0))}
    tensors("relative/pre.safetensors", both)
    tensors("relative/post.safetensors", both)


def old():
    put("old/config.json", {
        "type": "act", "n_obs_steps": 1, "input_features": {
            "observation.state": STATE, "observation.images.top_view": CAMERA},
        "output_features": {"action": ACTION}, "chunk_size": 100, "n_action_steps": 100,
        "normalization_mapping": {"VISUAL": "MEAN_STD", "STATE": "MEAN_STD",
                                  "ACTION": "MEAN_STD"}})
    put("old/train_config.json", {"dataset": {"repo_id": "me/old"}, "steps": 100000,
                                  "batch_size": 8, "policy": {"type": "act"}})
    found = {}
    for place, key, s in (("normalize_inputs", "observation_state", stats(6)),
                          ("normalize_targets", "action", stats(6, 2.0)),
                          ("unnormalize_outputs", "action", stats(6, 2.0))):
        for k in ("mean", "std"):
            found[f"{place}.buffer_{key}.{k}"] = ([6], s[k])
    for k, v in (("mean", [0.485, 0.456, 0.406]), ("std", [0.229, 0.224, 0.225])):
        found[f"normalize_inputs.buffer_observation_images_top_view.{k}"] = ([3, 1, 1], v)
    tensors("old/model.safetensors", found, weights=8000)


def openpi():
    for asset, at in (("droid", 0.0), ("trossen", 5.0)):
        put(f"openpi/assets/{asset}/norm_stats.json", {"norm_stats": {
            "state": {k: v for k, v in stats(8, at).items() if k in ("mean", "std", "q01", "q99")},
            "actions": {**{k: v for k, v in stats(32, at).items() if k in ("mean", "std")},
                        "q01": None, "q99": None}}})



def groot15():
    put("groot15/config.json", {"model_type": "gr00t_n1_5", "action_horizon": 16})
    put("groot15/experiment_cfg/metadata.json", {"new_embodiment": {
        "statistics": {"state": {"single_arm": stats(5, 0.0), "gripper": stats(1, 9.0)},
                       "action": {"single_arm": stats(5, 1.0), "gripper": stats(1, 8.0)}},
        "modalities": {
            "video": {"front": {"resolution": [640, 480], "channels": 3, "fps": 30.0}},
            "state": {"single_arm": {"absolute": True, "rotation_type": None, "shape": [5],
                                     "continuous": True},
                      "gripper": {"absolute": True, "rotation_type": None, "shape": [1],
                                  "continuous": True}},
            "action": {"single_arm": {"absolute": True, "rotation_type": None, "shape": [5],
                                      "continuous": True},
                       "gripper": {"absolute": True, "rotation_type": None, "shape": [1],
                                   "continuous": True}}},
        "embodiment_tag": "new_embodiment"}})


def groot16():
    put("groot16/config.json", {"model_type": "Gr00tN1d6", "action_horizon": 40})
    put("groot16/embodiment_id.json", {"so101": 10})
    rows = {k: [v for _ in range(16)] for k, v in stats(5, 0.0).items()}
    put("groot16/statistics.json", {"so101": {
        "state": {"gripper": stats(1, 9.0), "single_arm": stats(5, 0.0)},
        "action": {"gripper": stats(1, 8.0), "single_arm": stats(5, 1.0)},
        "relative_action": {"single_arm": rows}}})
    put("groot16/processor_config.json", {"processor_class": "Gr00tN1d6Processor",
                                          "processor_kwargs": {
        "use_percentiles": True, "clip_outliers": True, "use_relative_action": True,
        "max_state_dim": 128, "max_action_dim": 128, "max_action_horizon": 40,
        "modality_configs": {"so101": {
            "video": {"delta_indices": [0], "modality_keys": ["front", "wrist"]},
            "state": {"delta_indices": [0], "modality_keys": ["single_arm", "gripper"]},
            "action": {"delta_indices": list(range(16)),
                       "modality_keys": ["single_arm", "gripper"],
                       "action_configs": [
                           {"rep": "RELATIVE", "type": "NON_EEF", "format": "DEFAULT"},
                           {"rep": "ABSOLUTE", "type": "NON_EEF", "format": "DEFAULT"}]},
            "language": {"delta_indices": [0],
                         "modality_keys": ["annotation.human.task_description"]}}}}})


for form in (smolvla, relative, old, openpi, groot15, groot16):
    form()
