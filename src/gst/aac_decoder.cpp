// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/aac_decoder.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "gst/pipeline.hpp"
#include "wire/flv.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

constexpr guint64 kMaxQueuedFrames = 96;  // 2.0 s of AAC at 48 kHz, 2.2 s at 44.1 kHz
constexpr milliseconds kDrainLimit{1'000};
// Buffers cannot carry a time before zero; audio that started before the stream's zero has one.
constexpr StreamDuration kBias = std::chrono::hours{1};

std::string description(Codec codec, PcmFormat out) {
    // No aacparse: frames of an RTMP stream are whole, and the config names what it would find.
    const char* decoder = codec == Codec::kAac ? "avdec_aac" : "mpegaudioparse ! avdec_mp3";
    return fmt::format(
        "appsrc name=dub-dec format=time ! {} ! audioconvert ! audioresample ! "
        "audio/x-raw,format=S16LE,layout=interleaved,rate={},channels={} ! "
        "appsink name=sink sync=false async=false enable-last-sample=false",
        decoder, out.sample_rate_hz, out.channels);
}

CapsPtr aac_caps(std::span<const std::uint8_t> config) {
    GstBuffer* codec_data = wrap_bytes(std::make_shared<const Bytes>(config.begin(), config.end()));
    CapsPtr caps{gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format",
                                     G_TYPE_STRING, "raw", "framed", G_TYPE_BOOLEAN, TRUE,
                                     "codec_data", GST_TYPE_BUFFER, codec_data, nullptr)};
    gst_buffer_unref(codec_data);
    return caps;
}

CapsPtr mp3_caps() {
    return CapsPtr{gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 1, "layer",
                                       G_TYPE_INT, 3, nullptr)};
}

}  // namespace

class AudioDecoder::Impl {
  public:
    Impl(PcmFormat out, OnPcm on_pcm, OnError on_error)
        : out_{out}, on_pcm_{std::move(on_pcm)}, on_error_{std::move(on_error)} {}

    Result<void> start(Codec codec, std::span<const std::uint8_t> config) {
        auto pipeline = Pipeline::make(description(codec, out_), [this](Error error) {
            has_failed_ = true;
            if (on_error_) {
                on_error_(std::move(error));
            }
        });
        if (!pipeline) {
            return tl::unexpected{std::move(pipeline).error()};
        }
        pipeline_ = *std::move(pipeline);
        source_ = pipeline_->element("dub-dec");
        const CapsPtr caps = codec == Codec::kAac ? aac_caps(config) : mp3_caps();
        g_object_set(source_.get(), "max-bytes", guint64{0}, "caps", caps.get(), nullptr);
        GstAppSinkCallbacks callbacks = {};
        callbacks.new_sample = &Impl::on_sample;
        gst_app_sink_set_callbacks(GST_APP_SINK(pipeline_->element("sink").get()), &callbacks, this,
                                   nullptr);
        return pipeline_->play();
    }

    bool push(SharedBytes frame, StreamTime dts) {
        GstAppSrc* source = GST_APP_SRC(source_.get());
        const bool has_room = gst_app_src_get_current_level_buffers(source) < kMaxQueuedFrames;
        if (has_failed_ || !has_room || frame == nullptr || frame->empty()) {
            return false;
        }
        GstBuffer* buffer = wrap_bytes(std::move(frame));
        GST_BUFFER_PTS(buffer) =
            static_cast<GstClockTime>((dts.time_since_epoch() + kBias).count());
        pipeline_->order().cross();
        return gst_app_src_push_buffer(source, buffer) == GST_FLOW_OK;
    }

    void drain() {
        // The end of the stream is the one thing that empties parser, decoder and resampler.
        gst_app_src_end_of_stream(GST_APP_SRC(source_.get()));
        (void)pipeline_->wait_for_end(kDrainLimit);
        pipeline_->rewind();
        if (!pipeline_->play()) {
            has_failed_ = true;
        }
    }

  private:
    static GstFlowReturn on_sample(GstAppSink* sink, gpointer self) noexcept {
        const SamplePtr sample{gst_app_sink_pull_sample(sink)};
        GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
        if (buffer == nullptr) {
            return GST_FLOW_EOS;
        }
        static_cast<Impl*>(self)->take(buffer);
        return GST_FLOW_OK;
    }

    void take(GstBuffer* buffer) {
        const VisibleOrder::Crossing crossing{pipeline_->order()};
        const BufferMap bytes{buffer};
        std::vector<std::int16_t> samples(bytes.size() / sizeof(std::int16_t));
        if (samples.empty() || !GST_BUFFER_PTS_IS_VALID(buffer)) {
            return;
        }
        std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int16_t));
        const StreamTime start{StreamDuration{static_cast<std::int64_t>(GST_BUFFER_PTS(buffer))} -
                               kBias};
        if (auto chunk = PcmChunk::make(start, out_, std::move(samples))) {
            on_pcm_(*std::move(chunk));
        }
    }

    // Constant after construction.
    PcmFormat out_;
    OnPcm on_pcm_;
    OnError on_error_;

    std::atomic<bool> has_failed_{false};
    ElementPtr source_;
    std::unique_ptr<Pipeline> pipeline_;  // last: its threads use everything above
};

Result<std::unique_ptr<AudioDecoder>> AudioDecoder::start(Codec codec,
                                                          std::span<const std::uint8_t> config,
                                                          PcmFormat out, OnPcm on_pcm,
                                                          OnError on_error) {
    if (codec != Codec::kAac && codec != Codec::kMp3) {
        return fail(ErrorCode::kInvalidArgument, "decoder: neither AAC nor MP3");
    }
    if (auto format = PcmChunk::make({}, out, {}); !format) {
        return tl::unexpected{std::move(format).error().with_context("decoder")};
    }
    if (codec == Codec::kAac) {
        if (auto parsed = wire::parse_audio_specific_config(config); !parsed) {
            return fail(ErrorCode::kInvalidArgument, "decoder: " + parsed.error().message());
        }
    }
    auto impl = std::make_unique<Impl>(out, std::move(on_pcm), std::move(on_error));
    if (auto started = impl->start(codec, config); !started) {
        return tl::unexpected{std::move(started).error().with_context("decoder")};
    }
    return std::unique_ptr<AudioDecoder>{new AudioDecoder{std::move(impl)}};
}

AudioDecoder::AudioDecoder(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
AudioDecoder::~AudioDecoder() = default;

bool AudioDecoder::push(SharedBytes frame, StreamTime dts) {
    return impl_->push(std::move(frame), dts);
}
void AudioDecoder::drain() {
    impl_->drain();
}

}  // namespace livedub::gst
