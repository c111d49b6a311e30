# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += %D%/libwire.a
%C%_libwire_a_CFLAGS = $(AM_CFLAGS) $(VECTOR_CFLAGS) $(ZSTD_CFLAGS) $(LZ4_CFLAGS) $(ZLIB_CFLAGS) \
	$(PNG_CFLAGS) $(TURBOJPEG_CFLAGS)
%C%_libwire_a_SOURCES = \
	%D%/calibration.c %D%/calibration.h \
	%D%/dynamixel.c %D%/dynamixel.h \
	%D%/dynamixel_table.c \
	%D%/feetech.c %D%/feetech.h \
	%D%/feetech_table.c \
	%D%/canerror.c %D%/canerror.h \
	%D%/canframe.c %D%/canframe.h \
	%D%/capture.c %D%/capture.h \
	%D%/damiao.c %D%/damiao.h \
	%D%/damiao_bus.c %D%/damiao_bus.h \
	%D%/damiao_impl.h \
	%D%/damiao_motor.c \
	%D%/damiao_tell.c \
	%D%/foxglove.c %D%/foxglove.h \
	%D%/foxglove_impl.h \
	%D%/foxglove_image.c \
	%D%/foxglove_step.c \
	%D%/foxglove_text.c \
	%D%/groot.c %D%/groot.h \
	%D%/infer.c %D%/infer.h \
	%D%/infer_heard.c \
	%D%/json.c %D%/json.h \
	%D%/json_number.c \
	%D%/loglines.c %D%/loglines.h \
	%D%/loglines_impl.h \
	%D%/loglines_rules.c \
	%D%/loglines_trace.c \
	%D%/msgpack.c %D%/msgpack.h \
	%D%/ndarray.c %D%/ndarray.h \
	%D%/npy.c %D%/npy.h \
	%D%/openpi.c %D%/openpi.h \
	%D%/msgpack_put.c %D%/msgpack_put.h \
	%D%/parquet.c %D%/parquet.h \
	%D%/parquet_impl.h \
	%D%/parquet_meta.c \
	%D%/parquet_page.c \
	%D%/parquet_read.c \
	%D%/parquet_recover.c \
	%D%/parquet_rle.c \
	%D%/payload.c %D%/payload.h \
	%D%/photo.c %D%/photo.h \
	%D%/picture.c %D%/picture.h \
	%D%/pngfile.c %D%/pngfile.h \
	%D%/protobuf.c %D%/protobuf.h \
	%D%/servo.c %D%/servo.h \
	%D%/servobus.c %D%/servobus.h \
	%D%/servobus_gap.c \
	%D%/servobus_health.c \
	%D%/servobus_impl.h \
	%D%/servobus_joint.c \
	%D%/servobus_sample.c \
	%D%/servobus_turn.c \
	%D%/servobus_write.c \
	%D%/sha1.c %D%/sha1.h \
	%D%/stream.c %D%/stream.h \
	%D%/stream_camera.c \
	%D%/stream_encode.c \
	%D%/stream_health.c %D%/stream_health.h \
	%D%/stream_hello.c \
	%D%/stream_impl.h \
	%D%/stream_small.c \
	%D%/stream_step.c \
	%D%/safetensors.c %D%/safetensors.h \
	%D%/stranger.c %D%/stranger.h \
	%D%/thrift.c %D%/thrift.h \
	%D%/traffic.c %D%/traffic.h \
	%D%/traffic_episode.c \
	%D%/traffic_error.c \
	%D%/traffic_impl.h \
	%D%/traffic_joints.c \
	%D%/traffic_message.c \
	%D%/websocket.c %D%/websocket.h \
	%D%/websocket_handshake.c \
	%D%/zmtp.c %D%/zmtp.h
