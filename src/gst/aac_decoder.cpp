// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/aac_decoder.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
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

std::string description(const char* decoder, PcmFormat out) {
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

/// Of a codec that leaves rate and channels to the container.
CapsPtr coded_caps(const char* type, PcmFormat coded) {
    return CapsPtr{gst_caps_new_simple(type, "rate", G_TYPE_INT, coded.sample_rate_hz, "channels",
                                       G_TYPE_INT, coded.channels, nullptr)};
}

CapsPtr pcm_caps(const char* format, PcmFormat coded) {
    auto caps = coded_caps("audio/x-raw", coded);
    gst_caps_set_simple(caps.get(), "format", G_TYPE_STRING, format, "layout", G_TYPE_STRING,
                        "interleaved", nullptr);
    return caps;
}

/// The decoder expects the two headers of a Speex file, which FLV does not have: wideband, mono,
/// one frame a packet (Speex manual, "Ogg file format").
CapsPtr speex_caps(PcmFormat coded) {
    constexpr std::size_t kStrings = 28;                    // "Speex   " and the version, padded
    constexpr std::array<std::int32_t, 13> kFields{1,       // version of the header
                                                   80,      // its size
                                                   16'000,  // Hz
                                                   1,       // wideband
                                                   4,       // version of the bitstream
                                                   1,       // channel
                                                   -1,      // bit rate: unknown
                                                   320,     // samples per frame
                                                   0,       // constant bit rate
                                                   1,       // frame per packet
                                                   0,      0, 0};
    constexpr std::string_view kName = "Speex   1.1.12";
    Bytes header(kName.begin(), kName.end());
    header.resize(kStrings);
    for (const auto field : kFields) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            header.push_back(
                static_cast<std::uint8_t>(static_cast<std::uint32_t>(field) >> shift & 0xFFU));
        }
    }
    auto caps = coded_caps("audio/x-speex", coded);
    GValue headers = G_VALUE_INIT;
    g_value_init(&headers, GST_TYPE_ARRAY);
    for (const auto& bytes : {header, Bytes(8)}) {  // no vendor, no comments
        GValue value = G_VALUE_INIT;
        g_value_init(&value, GST_TYPE_BUFFER);
        gst_value_take_buffer(&value, wrap_bytes(std::make_shared<const Bytes>(bytes)));
        gst_value_array_append_and_take_value(&headers, &value);
    }
    gst_caps_set_value(caps.get(), "streamheader", &headers);
    g_value_unset(&headers);
    return caps;
}

Result<CapsPtr> opus_caps(std::span<const std::uint8_t> head) {
    // RFC 7845, 5.1: channels at 9, mapping family at 18.
    if (head.size() < 19 || head[18] != 0 || head[9] < 1 || head[9] > 2) {
        return fail(ErrorCode::kInvalidArgument, "an OpusHead that is not mono or stereo");
    }
    return CapsPtr{gst_caps_new_simple("audio/x-opus", "channel-mapping-family", G_TYPE_INT, 0,
                                       "channels", G_TYPE_INT, static_cast<int>(head[9]), "rate",
                                       G_TYPE_INT, 48'000, nullptr)};
}

Result<CapsPtr> flac_caps(std::span<const std::uint8_t> config) {
    constexpr std::size_t kStreamInfo = 34;
    constexpr std::size_t kBefore = 8;  // "fLaC" and the head of a metadata block
    if (config.size() >= kBefore + kStreamInfo && config[0] == 'f') {
        config = config.subspan(kBefore);
    }
    if (config.size() < kStreamInfo) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("FLAC STREAMINFO of {} bytes", config.size()));
    }
    const auto info = config.first(kStreamInfo);
    GstBuffer* data = wrap_bytes(std::make_shared<const Bytes>(info.begin(), info.end()));
    CapsPtr caps{gst_caps_new_simple("audio/x-flac", "framed", G_TYPE_BOOLEAN, TRUE, "codec_data",
                                     GST_TYPE_BUFFER, data, nullptr)};
    gst_buffer_unref(data);
    return caps;
}

/// How GStreamer is told of the sound that comes, and by what it is decoded.
struct CodedSound {
    const char* decoder;
    CapsPtr caps;
};

Result<CodedSound> with(const char* decoder, Result<CapsPtr> caps) {
    if (!caps) {
        return tl::unexpected{std::move(caps).error()};
    }
    return CodedSound{decoder, *std::move(caps)};
}

// No parsers where they can be done without: frames of an RTMP stream are whole.
Result<CodedSound> describe(Codec codec, std::span<const std::uint8_t> config, PcmFormat coded) {
    switch (codec) {
        case Codec::kAac:
            if (auto parsed = wire::parse_audio_specific_config(config); !parsed) {
                return fail(ErrorCode::kInvalidArgument, parsed.error().message());
            }
            return with("avdec_aac", aac_caps(config));
        case Codec::kMp3:
            return with("mpegaudioparse ! avdec_mp3",
                        CapsPtr{gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 1,
                                                    "layer", G_TYPE_INT, 3, nullptr)});
        case Codec::kOpus:
            return with("opusdec", opus_caps(config));
        case Codec::kFlac:
            return with("avdec_flac", flac_caps(config));
        case Codec::kAc3:
            return with("avdec_ac3", CapsPtr{gst_caps_new_empty_simple("audio/x-ac3")});
        case Codec::kEac3:
            return with("avdec_eac3", CapsPtr{gst_caps_new_empty_simple("audio/x-eac3")});
        default:
            break;
    }
    if (coded.sample_rate_hz <= 0 || coded.channels <= 0) {
        return fail(ErrorCode::kInvalidArgument, "sound of a kind that nothing here decodes");
    }
    switch (codec) {
        case Codec::kPcmU8:
            return with("identity", pcm_caps("U8", coded));
        case Codec::kPcmS16:
            return with("identity", pcm_caps("S16LE", coded));
        case Codec::kALaw:
            return with("alawdec", coded_caps("audio/x-alaw", coded));
        case Codec::kMuLaw:
            return with("mulawdec", coded_caps("audio/x-mulaw", coded));
        case Codec::kSpeex:
            return with("speexdec", speex_caps(coded));
        case Codec::kNellymoser:
            return with("avdec_nellymoser", coded_caps("audio/x-nellymoser", coded));
        default:
            return fail(ErrorCode::kInvalidArgument, "sound of a kind that nothing here decodes");
    }
}

}  // namespace

class AudioDecoder::Impl {
  public:
    Impl(PcmFormat out, OnPcm on_pcm, OnError on_error)
        : out_{out}, on_pcm_{std::move(on_pcm)}, on_error_{std::move(on_error)} {}

    Result<void> start(const CodedSound& coded) {
        auto pipeline = Pipeline::make(description(coded.decoder, out_), [this](Error error) {
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
        g_object_set(source_.get(), "max-bytes", guint64{0}, "caps", coded.caps.get(), nullptr);
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
                                                          OnError on_error, PcmFormat coded) {
    if (auto format = PcmChunk::make({}, out, {}); !format) {
        return tl::unexpected{std::move(format).error().with_context("decoder")};
    }
    if (auto started = start_gstreamer(); !started) {  // caps need it
        return tl::unexpected{std::move(started).error().with_context("decoder")};
    }
    const auto sound = describe(codec, config, coded);
    if (!sound) {
        return tl::unexpected{Error{sound.error()}.with_context("decoder")};
    }
    auto impl = std::make_unique<Impl>(out, std::move(on_pcm), std::move(on_error));
    if (auto started = impl->start(*sound); !started) {
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
