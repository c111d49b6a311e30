# SPDX-License-Identifier: Apache-2.0
# A target f_NAME.c is four lines below and seeds in corpus/NAME. `make check` replays the seeds and
# their edits; configured with --enable-fuzzing (clang), `make fuzz` explores each FUZZ_SECONDS long.
FUZZ_SECONDS = 20
FUZZ_TARGETS =
check_PROGRAMS += $(FUZZ_TARGETS)
EXTRA_DIST += %D%/corpus

if FUZZING
FUZZ_FLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_LIBS = $(TEST_PROGRAM_LIBS)
else
TESTS += $(FUZZ_TARGETS)
check_LIBRARIES += %D%/libreplay.a
%C%_libreplay_a_SOURCES = %D%/replay.c
FUZZ_FLAGS = $(AM_LDFLAGS)
FUZZ_LIBS = %D%/libreplay.a $(TEST_PROGRAM_LIBS)
endif

fuzz: $(FUZZ_TARGETS)
	@for t in $(FUZZ_TARGETS); do \
		name=$${t##*/f_}; grown=%D%/grown/$$name; $(MKDIR_P) $$grown; \
		./$$t -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=1024 -timeout=20 \
			-print_final_stats=1 -artifact_prefix=$$t. \
			$$grown $(srcdir)/%D%/corpus/$$name >$$t.out 2>&1 || \
			{ tail -n 40 $$t.out; echo "fuzz $$name: failed, see $$t.*"; exit 1; }; \
		echo "fuzz $$name: $$(awk '/number_of_executed_units/ { print $$2 }' $$t.out) inputs"; \
	done
.PHONY: fuzz

FUZZ_TARGETS += %D%/f_text
%C%_f_text_SOURCES = %D%/f_text.c
%C%_f_text_LDADD = $(FUZZ_LIBS)
%C%_f_text_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_uri
%C%_f_uri_SOURCES = %D%/f_uri.c
%C%_f_uri_LDADD = $(FUZZ_LIBS)
%C%_f_uri_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_message
%C%_f_message_SOURCES = %D%/f_message.c
%C%_f_message_LDADD = $(FUZZ_LIBS)
%C%_f_message_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_json
%C%_f_json_SOURCES = %D%/f_json.c
%C%_f_json_LDADD = $(FUZZ_LIBS)
%C%_f_json_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_stream
%C%_f_stream_SOURCES = %D%/f_stream.c
%C%_f_stream_LDADD = $(FUZZ_LIBS)
%C%_f_stream_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_capture
%C%_f_capture_SOURCES = %D%/f_capture.c
%C%_f_capture_LDADD = $(FUZZ_LIBS)
%C%_f_capture_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_thrift
%C%_f_thrift_SOURCES = %D%/f_thrift.c
%C%_f_thrift_LDADD = $(FUZZ_LIBS)
%C%_f_thrift_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_parquet
%C%_f_parquet_SOURCES = %D%/f_parquet.c
%C%_f_parquet_LDADD = $(FUZZ_LIBS)
%C%_f_parquet_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_profile
%C%_f_profile_SOURCES = %D%/f_profile.c
%C%_f_profile_LDADD = $(FUZZ_LIBS)
%C%_f_profile_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_request
%C%_f_request_SOURCES = %D%/f_request.c
%C%_f_request_LDADD = $(FUZZ_LIBS)
%C%_f_request_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_websocket
%C%_f_websocket_SOURCES = %D%/f_websocket.c
%C%_f_websocket_LDADD = $(FUZZ_LIBS)
%C%_f_websocket_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_foxglove
%C%_f_foxglove_SOURCES = %D%/f_foxglove.c
%C%_f_foxglove_LDADD = $(FUZZ_LIBS)
%C%_f_foxglove_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_loglines
%C%_f_loglines_SOURCES = %D%/f_loglines.c
%C%_f_loglines_LDADD = $(FUZZ_LIBS)
%C%_f_loglines_LDFLAGS = $(FUZZ_FLAGS)
FUZZ_TARGETS += %D%/f_msgpack
%C%_f_msgpack_SOURCES = %D%/f_msgpack.c
%C%_f_msgpack_LDADD = $(FUZZ_LIBS)
%C%_f_msgpack_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_npy
%C%_f_npy_SOURCES = %D%/f_npy.c
%C%_f_npy_LDADD = $(FUZZ_LIBS)
%C%_f_npy_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_zmtp
%C%_f_zmtp_SOURCES = %D%/f_zmtp.c
%C%_f_zmtp_LDADD = $(FUZZ_LIBS)
%C%_f_zmtp_LDFLAGS = $(FUZZ_FLAGS)

noinst_HEADERS += %D%/traffic.h
FUZZ_TARGETS += %D%/f_openpi
%C%_f_openpi_SOURCES = %D%/f_openpi.c
%C%_f_openpi_LDADD = $(FUZZ_LIBS)
%C%_f_openpi_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_groot
%C%_f_groot_SOURCES = %D%/f_groot.c
%C%_f_groot_LDADD = $(FUZZ_LIBS)
%C%_f_groot_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_plan
%C%_f_plan_SOURCES = %D%/f_plan.c
%C%_f_plan_LDADD = $(FUZZ_LIBS)
%C%_f_plan_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_servobus
%C%_f_servobus_SOURCES = %D%/f_servobus.c
%C%_f_servobus_LDADD = $(FUZZ_LIBS)
%C%_f_servobus_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_calibration
%C%_f_calibration_SOURCES = %D%/f_calibration.c
%C%_f_calibration_LDADD = $(FUZZ_LIBS)
%C%_f_calibration_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_usbmon
%C%_f_usbmon_SOURCES = %D%/f_usbmon.c
%C%_f_usbmon_LDADD = $(FUZZ_LIBS)
%C%_f_usbmon_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_picture
%C%_f_picture_SOURCES = %D%/f_picture.c
%C%_f_picture_LDADD = $(FUZZ_LIBS)
%C%_f_picture_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_safetensors
%C%_f_safetensors_SOURCES = %D%/f_safetensors.c
%C%_f_safetensors_LDADD = $(FUZZ_LIBS)
%C%_f_safetensors_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_checkpoint
%C%_f_checkpoint_SOURCES = %D%/f_checkpoint.c
%C%_f_checkpoint_LDADD = $(FUZZ_LIBS)
%C%_f_checkpoint_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_rig
%C%_f_rig_SOURCES = %D%/f_rig.c
%C%_f_rig_LDADD = $(FUZZ_LIBS)
%C%_f_rig_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_canframe
%C%_f_canframe_SOURCES = %D%/f_canframe.c
%C%_f_canframe_LDADD = $(FUZZ_LIBS)
%C%_f_canframe_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_dqbuf
%C%_f_dqbuf_SOURCES = %D%/f_dqbuf.c
%C%_f_dqbuf_LDADD = $(FUZZ_LIBS)
%C%_f_dqbuf_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_infer
%C%_f_infer_SOURCES = %D%/f_infer.c
%C%_f_infer_LDADD = $(FUZZ_LIBS)
%C%_f_infer_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_png
%C%_f_png_SOURCES = %D%/f_png.c
%C%_f_png_LDADD = $(FUZZ_LIBS)
%C%_f_png_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_redact
%C%_f_redact_SOURCES = %D%/f_redact.c
%C%_f_redact_LDADD = $(FUZZ_LIBS)
%C%_f_redact_LDFLAGS = $(FUZZ_FLAGS)

FUZZ_TARGETS += %D%/f_frames
%C%_f_frames_SOURCES = %D%/f_frames.c
%C%_f_frames_LDADD = $(FUZZ_LIBS)
%C%_f_frames_LDFLAGS = $(FUZZ_FLAGS)
