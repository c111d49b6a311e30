# SPDX-License-Identifier: Apache-2.0
"""ACT that says it can do real-time chunking, so that the real RTC engine runs without a VLA.

The new chunk is held to what is left of the old one for the delay; SIMRTC_SLEEP_S makes it slow."""
import os
import time
from dataclasses import dataclass

from lerobot.configs.policies import PreTrainedConfig
from lerobot.policies.act.configuration_act import ACTConfig
from lerobot.policies.act.modeling_act import ACTPolicy
from lerobot.policies.act.processor_act import (  # noqa: F401
    make_act_pre_post_processors as make_simrtc_pre_post_processors,
)


@PreTrainedConfig.register_subclass("simrtc")
@dataclass
class SimRtcConfig(ACTConfig):
    pass


class SimRtcPolicy(ACTPolicy):
    config_class, name = SimRtcConfig, "simrtc"

    def supports_rtc(self):
        return True

    def predict_action_chunk(self, batch, inference_delay=0, prev_chunk_left_over=None):
        chunk = super().predict_action_chunk(batch)
        time.sleep(float(os.environ.get("SIMRTC_SLEEP_S", 0)))
        if prev_chunk_left_over is not None:
            n = min(inference_delay, len(prev_chunk_left_over))
            chunk[0, :n] = prev_chunk_left_over[:n]
        return chunk
