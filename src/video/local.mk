# SPDX-License-Identifier: Apache-2.0
# The helper that decodes videos: the only program that is linked with FFmpeg.
if HAVE_FFMPEG
pkglibexec_PROGRAMS += %D%/policytop-video
endif
EXTRA_PROGRAMS += %D%/policytop-video
%C%_policytop_video_SOURCES = %D%/main.c %D%/decode.c %D%/decode.h
%C%_policytop_video_CFLAGS = $(AM_CFLAGS) $(FFMPEG_CFLAGS)
%C%_policytop_video_LDADD = src/vision/libvision.a src/model/libmodel.a src/base/libbase.a $(FFMPEG_LIBS)
