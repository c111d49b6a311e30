/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that LeRobot has below robot., policy., dataset. and of a camera, from 2024 to 0.6, as
 * far as somebody who runs a policy gives them. A plug-in has others: one that is not here is a
 * note, with the nearest that is.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

enum { WORD_BYTES = 64 };

static const char robot[] =
	"calibration_dir camera_height camera_width cameras can_adapter can_bitrate "
	"can_data_bitrate can_interface connect_timeout_s control_dt control_mode controller "
	"default_positions disable_torque_on_disconnect discover_packages_path dm_serial_baud "
	"follower_arms gravity_compensation gripper_control_mode gripper_mit_kd "
	"gripper_mit_kp gripper_open_degree gripper_torque_ratio id ip_address is_simulation "
	"joint_limits kd kp leader_arms left_arm_config left_arm_disable_torque_on_disconnect "
	"left_arm_max_relative_target left_arm_port left_arm_use_degrees max_relative_target "
	"mit_kd mit_kp mock motor_can_ids motor_config num_read_retries polling_timeout_ms "
	"port port_zmq_cmd port_zmq_observations pos_vel_velocity position_d_coefficient "
	"position_i_coefficient position_kd position_kp position_p_coefficient remote_ip "
	"right_arm_config right_arm_disable_torque_on_disconnect "
	"right_arm_max_relative_target right_arm_port right_arm_use_degrees robot_ip sdk_url "
	"side teleop_keys teleop_time_s type use_can_fd use_degrees use_external_commands "
	"use_velocity_and_torque with_antennas with_l_arm with_left_teleop_camera "
	"with_mobile_base with_neck with_r_arm with_right_teleop_camera with_torso_camera ";

static const char policy[] =
	"action_act action_chunk_size action_decode_transform action_dropout "
	"action_expert_variant action_feature_names action_guidance_scale action_head "
	"action_horizon action_max_seq_len action_mode action_model_type action_per_frame "
	"action_scheduler action_snr_shift action_tokenizer_name actor_network_kwargs "
	"adapt_to_pi_aloha add_control_tokens add_image_special_tokens add_setup_tokens "
	"advantage_scaling apply_training_stage_defaults async_prefetch attention_mode "
	"base_model_id base_model_path batch_size binarize_gripper binarize_gripper_action "
	"camera_layout checkpoint_force_download checkpoint_path checkpoint_revision "
	"chunk_size clip_normalized_actions clip_sample clip_sample_range compile_mode "
	"compile_model concurrency consistency_coeff control_mode crop_is_random crop_shape "
	"dataset_feature_names dataset_paths dataset_stats default_embodiment_id depth device "
	"dim_feedforward dim_model dim_time discount discover_packages_path "
	"discrete_generation_max_steps down_dims drop_n_last_frames dropout dtype "
	"embodied_action_token embodiment_id_field embodiment_tag empty_cameras "
	"enable_inference_cuda_graph enable_knowledge_insulation eps eval_seed "
	"expectile_weight expert_width_multiplier fast_skip_tokens feedforward_activation "
	"force_fp32_autocast frame_chunk_size freeze_vision_encoder gradient_checkpointing "
	"gripper_above_threshold_value gripper_below_threshold_value gripper_index "
	"gripper_threshold guidance_scale height horizon image_hflip image_keys "
	"image_max_pixels image_min_pixels image_resize_shape image_resolution image_size "
	"in_channels inference_action_mode inference_seed input_features integration_method "
	"joint_offsets joint_signs kernel_size kl_weight latent_dim license load_vlm_weights "
	"max_action_dim max_action_tokens max_decoding_steps max_len_seq max_period "
	"max_random_shift_ratio max_sequence_length max_state_dim max_std max_steps max_views "
	"min_period min_std model_dtype model_id model_params_fp32 n_action_pred_token "
	"n_action_repeats n_action_steps n_decoder_layers n_encoder_layers n_groups n_heads "
	"n_obs_steps n_pi_samples n_vae_encoder_layers negative_prompt noise_scheduler_type "
	"norm_tag normalization_mapping normalize_gripper normalize_language "
	"num_expert_layers num_inference_steps num_steps num_train_timesteps num_vlm_layers "
	"objective obs_cam_keys optimizer_lr optimizer_weight_decay out_channels output_dir "
	"output_features pad_language_to paligemma_variant patch_size path per_episode_seed "
	"pi_coeff policy_kwargs pre_norm pre_snap_gripper_action prediction_mode "
	"prediction_type prefix_length pretrained_backbone_weights pretrained_name_or_path "
	"pretrained_path pretrained_revision private prompt_template push_to_hub "
	"q_ensemble_size rand_device relative_exclude_joints repeated_diffusion_steps "
	"replace_final_stride_with_dilation repo_id repo_type report_to resize_images_to "
	"resize_imgs_with_padding resize_shape resume return_cls_only revision reward_coeff "
	"rope_base rope_max_seq_len rtc_config rtc_ramp_rate save_predicted_video save_steps "
	"sequentially_select setup_type shared_encoder sigma_min sigma_shift snr_shift "
	"special_action_token supervise_padding_actions tags target_model_momentum task_field "
	"temperature temporal_decay_coeff temporal_ensemble_coeff tiled tokenizer_max_length "
	"tokenizer_name torch_dtype train_expert_only train_state_proj training_stage type "
	"uncertainty_regularizer_coeff use_amp use_bf16 use_cache "
	"use_delta_joint_actions_aloha use_fast_processor use_film_scale_modulation "
	"use_group_norm use_hetero_proj use_kv_cache use_mpc use_peft use_positional_encoding "
	"use_proprio use_relative_actions use_rope use_separate_rgb_encoder_per_camera "
	"use_vae used_action_channel_ids validate_action_token_prefix value_coeff "
	"vision_backbone vision_encoder_name vlm_model_name warmup_ratio width ";

static const char dataset[] =
	"depth_encoder encoder_queue_maxsize encoder_threads episode_time_s episodes fps "
	"image_transforms local_files_only no_stamp num_episodes num_image_writer_processes "
	"num_image_writer_threads_per_camera private push_to_hub rename_map repo_id repo_type "
	"reset_time_s resume return_uint8 revision rgb_encoder root run_compute_stats "
	"single_task streaming streaming_encoding tags use_imagenet_stats vcodec video "
	"video_encoding_batch_size warmup_time_s ";

static const char camera[] =
	"backend camera_index camera_name color_mode exposure fourcc fps gain height "
	"image_type index_or_path interface_id ip_address name port rotation serial_number "
	"serial_number_or_name server_address timeout_ms type use_depth use_rgb warmup_s "
	"white_balance width ";

/* Groups whose members are described elsewhere: an arm of two, an encoder. */
static const char nested[] = "left_arm_config right_arm_config rtc_config rgb_encoder "
			     "depth_encoder image_transforms normalization_mapping ";

/* Is word, of n bytes, one of those in list, each with a space behind it? */
static bool among(const char *list, const char *word, size_t n)
{
	for (const char *s = list; *s; s = strchr(s, ' ') + 1) {
		if (strncmp(s, word, n) == 0 && s[n] == ' ')
			return true;
	}
	return false;
}

/* The nearest word of a list; "" none is near. */
static void nearest(char best[WORD_BYTES], const char *list, const char *word)
{
	unsigned least = 4;

	best[0] = '\0';
	for (const char *s = list, *end; *s; s = end + 1) {
		char one[WORD_BYTES];
		unsigned d;

		end = strchr(s, ' ');
		snprintf(one, sizeof(one), "%.*s", (int)(end - s), s);
		d = text_distance(one, word);
		if (d < least) {
			least = d;
			text_copy(best, WORD_BYTES, one);
		}
	}
}

static void look(struct plan *p, const char *list, const char *above, const char *key)
{
	char best[WORD_BYTES];

	if (among(list, key, strlen(key)))
		return;
	nearest(best, list, key);
	if (best[0])
		plan_note(p, "%s%s is not known here: did you mean %s%s?", above, key, above, best);
	else
		plan_note(p, "%s%s is not known here", above, key);
}

void plan_known_camera(struct plan *p, const char *role, const char *key)
{
	char above[2 * WORD_BYTES];

	snprintf(above, sizeof(above), "robot.cameras.%.60s.", role);
	look(p, camera, above, key);
}

void plan_known(struct plan *p, const char *option)
{
	static const struct {
		const char *above, *list;
	} groups[] = {{"robot.", robot}, {"policy.", policy}, {"dataset.", dataset}};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		const char *key = option + strlen(groups[i].above), *dot;

		if (!text_starts(option, groups[i].above))
			continue;
		dot = strchr(key, '.');
		if (text_starts(key, "cameras.") ||
		    (dot && among(nested, key, (size_t)(dot - key))))
			return; /* a camera's own keys are looked at where they are read */
		look(p, groups[i].list, groups[i].above, key);
		return;
	}
}
