/* SPDX-License-Identifier: Apache-2.0 */
#include "video/decode.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdbool.h>

enum { SIDE_MAX = 8192, BROKEN_MAX = 100 };

/* Without the last two, libswscale's tables make every channel a level darker than it is. */
enum { SCALING = SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND };

struct decode {
	const struct decode_job *job;
	int (*take)(void *host, const struct decode_picture *p);
	void *host;
	AVFormatContext *file;
	AVCodecContext *codec;
	AVStream *stream;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scale;
	uint8_t *rgb[4];
	int stride[4];
	int rgb_width, rgb_height;
	unsigned seen, broken;
	bool done;
	struct err *e;
};

static int fail(struct decode *d, int av, const char *what)
{
	char why[AV_ERROR_MAX_STRING_SIZE] = "";

	av_strerror(av, why, sizeof(why));
	return err_set(d->e, EBADMSG, "%s: %s", what, why);
}

static int open_file(struct decode *d)
{
	AVDictionary *o = NULL;
	int rc;

	/* A video must not name other files or addresses. */
	av_dict_set(&o, "protocol_whitelist", "file", 0);
	av_dict_set(&o, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi", 0);
	rc = avformat_open_input(&d->file, d->job->path, NULL, &o);
	av_dict_free(&o);
	if (rc < 0)
		return fail(d, rc, "no video can be read from it (cut short?)");
	rc = avformat_find_stream_info(d->file, NULL);
	if (rc < 0)
		return fail(d, rc, "its streams are not understood");
	rc = av_find_best_stream(d->file, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (rc < 0)
		return err_set(d->e, EBADMSG, "there is no video stream in it");
	d->stream = d->file->streams[rc];
	return 0;
}

static int open_codec(struct decode *d)
{
	const AVCodecParameters *par = d->stream->codecpar;
	const AVCodec *codec = avcodec_find_decoder(par->codec_id);
	int rc;

	if (!codec)
		return err_set(d->e, ENOTSUP,
			       "no decoder for its codec %s in these FFmpeg libraries",
			       avcodec_get_name(par->codec_id));
	if (par->width > SIDE_MAX || par->height > SIDE_MAX)
		return err_set(d->e, EFBIG, "%d x %d pixels are too many", par->width, par->height);
	d->codec = avcodec_alloc_context3(codec);
	if (!d->codec)
		return err_set(d->e, ENOMEM, "no memory for a decoder");
	rc = avcodec_parameters_to_context(d->codec, par);
	d->codec->thread_count = 2;
	d->codec->pkt_timebase = d->stream->time_base;
	if (rc >= 0)
		rc = avcodec_open2(d->codec, codec, NULL);
	return rc < 0 ? fail(d, rc, "its decoder does not start") : 0;
}

/* To a key frame before the stretch; a file in which one cannot seek is read from its beginning. */
static void seek(struct decode *d)
{
	double base = av_q2d(d->stream->time_base);
	int64_t at = (int64_t)(d->job->from_s / base);

	if (d->job->from_s > 0 &&
	    av_seek_frame(d->file, d->stream->index, at, AVSEEK_FLAG_BACKWARD) >= 0)
		avcodec_flush_buffers(d->codec);
}

static bool is_full_range(const AVFrame *f)
{
	return f->color_range == AVCOL_RANGE_JPEG || f->format == AV_PIX_FMT_YUVJ420P ||
	       f->format == AV_PIX_FMT_YUVJ422P || f->format == AV_PIX_FMT_YUVJ444P;
}

/* What a file does not say is BT.601 in the range of television, as LeRobot's writers leave it. */
static void set_colours(struct SwsContext *scale, const AVFrame *f)
{
	bool hd = f->colorspace == AVCOL_SPC_BT709;

	/* It declines forms without such colours, as RGB: they need none. */
	sws_setColorspaceDetails(scale, sws_getCoefficients(hd ? SWS_CS_ITU709 : SWS_CS_DEFAULT),
				 is_full_range(f), sws_getCoefficients(SWS_CS_DEFAULT), 1, 0,
				 1 << 16, 1 << 16);
}

/* Size and form of frames may change within a file. */
static int make_scale(struct decode *d, const AVFrame *f)
{
	int w = f->width, h = f->height;

	if (w < 1 || h < 1 || w > SIDE_MAX || h > SIDE_MAX)
		return err_set(d->e, EFBIG, "a frame of %d x %d pixels", w, h);
	d->scale = sws_getCachedContext(d->scale, f->width, f->height,
					(enum AVPixelFormat)f->format, w, h, AV_PIX_FMT_RGB24,
					SCALING, NULL, NULL, NULL);
	if (!d->scale)
		return err_set(d->e, ENOTSUP, "its pixel format is not supported");
	set_colours(d->scale, f);
	if (w == d->rgb_width && h == d->rgb_height)
		return 0;
	av_freep(&d->rgb[0]);
	if (av_image_alloc(d->rgb, d->stride, w, h, AV_PIX_FMT_RGB24, 32) < 0)
		return err_set(d->e, ENOMEM, "no memory for a picture");
	d->rgb_width = w;
	d->rgb_height = h;
	return 0;
}

static double frame_time(const struct decode *d, const AVFrame *f)
{
	if (f->best_effort_timestamp == AV_NOPTS_VALUE)
		return (double)NAN;
	return (double)f->best_effort_timestamp * av_q2d(d->stream->time_base);
}

static int take_frame(struct decode *d, const AVFrame *f)
{
	double fps = av_q2d(d->stream->avg_frame_rate), t = frame_time(d, f);
	double half = fps > 0 ? 0.5 / fps : 0.001;
	struct decode_picture p = {.fps = isfinite(fps) && fps > 0 ? fps : 0};
	int rc;

	if (isnan(t)) /* a file without times: counted */
		t = p.fps > 0 ? d->seen / p.fps : 0;
	if (t < d->job->from_s - half)
		return 0;
	if (t > d->job->to_s - half) {
		d->done = true;
		return 0;
	}
	if (d->seen++ % d->job->every)
		return 0;
	rc = make_scale(d, f);
	if (rc)
		return rc;
	sws_scale(d->scale, (const uint8_t *const *)f->data, f->linesize, 0, f->height, d->rgb,
		  d->stride);
	p.t_s = t - d->job->from_s;
	p.width = (uint32_t)f->width;
	p.height = (uint32_t)f->height;
	p.rgb = d->rgb[0];
	p.stride = (size_t)d->stride[0];
	return d->take(d->host, &p);
}

static int drain(struct decode *d)
{
	int rc = 0;

	while (!rc && !d->done && (rc = avcodec_receive_frame(d->codec, d->frame)) >= 0) {
		rc = take_frame(d, d->frame);
		av_frame_unref(d->frame);
	}
	return rc == AVERROR(EAGAIN) || rc == AVERROR_EOF ? 0 : rc;
}

/* Damage within a file costs what it hits; a file of nothing but damage is given up. */
static int feed(struct decode *d, const AVPacket *packet)
{
	int rc = avcodec_send_packet(d->codec, packet);

	if (rc < 0 && rc != AVERROR(EAGAIN) && rc != AVERROR_EOF && ++d->broken > BROKEN_MAX)
		return fail(d, rc, "its pictures do not decode");
	rc = drain(d);
	if (rc < 0 && !d->e->code)
		rc = ++d->broken > BROKEN_MAX ? fail(d, rc, "its pictures do not decode") : 0;
	return rc;
}

static int read_all(struct decode *d)
{
	int rc = 0, end = 0;

	while (!rc && !d->done && (end = av_read_frame(d->file, d->packet)) >= 0) {
		if (d->packet->stream_index == d->stream->index)
			rc = feed(d, d->packet);
		av_packet_unref(d->packet);
	}
	if (!rc && !d->done)
		rc = feed(d, NULL);
	if (!rc && !d->done && end < 0 && end != AVERROR_EOF)
		rc = fail(d, end, "it ends early");
	if (!rc && !d->seen)
		rc = d->broken ? err_set(d->e, EBADMSG, "none of its pictures decodes")
			       : err_set(d->e, ENODATA, "it has no picture from %.3f s on",
					 d->job->from_s);
	return rc;
}

int decode_video(const struct decode_job *job,
		 int (*take)(void *host, const struct decode_picture *p), void *host, struct err *e)
{
	struct decode d = {.job = job, .take = take, .host = host, .e = e};
	int rc = open_file(&d);

	if (!rc)
		rc = open_codec(&d);
	d.packet = av_packet_alloc();
	d.frame = av_frame_alloc();
	if (!rc && (!d.packet || !d.frame))
		rc = err_set(e, ENOMEM, "no memory for a packet");
	if (!rc) {
		seek(&d);
		rc = read_all(&d);
	}
	av_packet_free(&d.packet);
	av_frame_free(&d.frame);
	avcodec_free_context(&d.codec);
	avformat_close_input(&d.file);
	sws_freeContext(d.scale);
	av_freep(&d.rgb[0]);
	return rc;
}
