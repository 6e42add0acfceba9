// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/aac_encoder.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "gst/pipeline.hpp"
#include "telemetry/log.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDrainLimit{1'000};
constexpr std::int64_t kMaxQueuedSeconds = 2;

/// The rates of ISO 14496-3 that voaacenc takes, in the order of their index.
constexpr std::array<int, 12> kRates = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000,
                                        24'000, 22'050, 16'000, 12'000, 11'025, 8'000};

struct Encoder {
    const char* element;
    /// How much later a sample comes out of a decoder than it went in. Measured by
    /// cross-correlation (tests/component/gst_aac_test.cpp holds them to it) at 44.1 and 48 kHz,
    /// mono and stereo.
    std::int64_t delay_samples;
};
constexpr Encoder kVoAacEnc{.element = "voaacenc", .delay_samples = 1600};
constexpr Encoder kAvEncAac{.element = "avenc_aac", .delay_samples = 1024};

bool is_installed(const char* element) {
    GstElementFactory* factory = gst_element_factory_find(element);
    if (factory == nullptr) {
        return false;
    }
    gst_object_unref(factory);
    return true;
}

Encoder encoder_of(AacEncoderChoice choice) {
    if (choice == AacEncoderChoice::kAvEncAac) {
        return kAvEncAac;
    }
    if (choice == AacEncoderChoice::kVoAacEnc || is_installed(kVoAacEnc.element)) {
        return kVoAacEnc;
    }
    logger("gst")->warn("event=aac_encoder element={} reason=\"{} is not installed\"",
                        kAvEncAac.element, kVoAacEnc.element);
    return kAvEncAac;
}

/// AAC-LC, rate index, channels: 5 + 4 + 4 bits, then three zeros (frames of 1024, no extension).
Bytes make_config(std::size_t rate_index, int channels) {
    const auto bits =
        2U << 11U | static_cast<unsigned>(rate_index) << 7U | static_cast<unsigned>(channels) << 3U;
    return {static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)};
}

std::string description(const Encoder& encoder, PcmFormat format, int bitrate_bps) {
    const bool is_float = std::string_view{encoder.element} == kAvEncAac.element;
    return fmt::format(
        "appsrc name=dub-enc format=time "
        "caps=audio/x-raw,format=S16LE,layout=interleaved,rate={},channels={}{} ! {}{} bitrate={} "
        "! "
        "audio/mpeg,mpegversion=4,stream-format=raw ! "
        "appsink name=sink sync=false async=false enable-last-sample=false",
        format.sample_rate_hz, format.channels,
        format.channels == 2 ? ",channel-mask=(bitmask)0x3" : "", is_float ? "audioconvert ! " : "",
        encoder.element, bitrate_bps);
}

}  // namespace

class AacEncoder::Impl {
  public:
    Impl(PcmFormat format, Bytes config, OnFrame on_frame)
        : format_{format}, config_{std::move(config)}, on_frame_{std::move(on_frame)} {}

    Result<void> start(int bitrate_bps, AacEncoderChoice choice) {
        if (auto started = start_gstreamer(); !started) {  // or it cannot say what it has
            return started;
        }
        const Encoder encoder = encoder_of(choice);
        delay_ = encoder.delay_samples;
        auto pipeline =
            Pipeline::make(description(encoder, format_, bitrate_bps), [this](const Error& error) {
                has_ended_ = true;
                logger("gst")->error("event=aac_encoder_failed error=\"{}\"", error.message());
            });
        if (!pipeline) {
            return tl::unexpected{std::move(pipeline).error()};
        }
        pipeline_ = *std::move(pipeline);
        source_ = pipeline_->element("dub-enc");
        g_object_set(source_.get(), "max-bytes", guint64{0}, nullptr);
        GstAppSinkCallbacks callbacks = {};
        callbacks.new_sample = &Impl::on_sample;
        gst_app_sink_set_callbacks(GST_APP_SINK(pipeline_->element("sink").get()), &callbacks, this,
                                   nullptr);
        return pipeline_->play();
    }

    [[nodiscard]] const Bytes& config() const noexcept { return config_; }

    bool push(std::span<const std::int16_t> interleaved) {
        GstAppSrc* source = GST_APP_SRC(source_.get());
        const auto limit =
            static_cast<guint64>(kMaxQueuedSeconds * format_.sample_rate_hz * format_.channels) *
            sizeof(std::int16_t);
        if (has_ended_ || gst_app_src_get_current_level_bytes(source) > limit) {
            return false;
        }
        return interleaved.empty() || send(interleaved);
    }

    void drain() {
        if (has_ended_.exchange(true)) {
            return;
        }
        // Silence up to the end of the frame that holds the last sample, delay included.
        const std::int64_t wanted = pushed_ + delay_;
        const std::int64_t whole =
            (wanted + kAacFrameSamples - 1) / kAacFrameSamples * kAacFrameSamples;
        const std::vector<std::int16_t> silence(
            static_cast<std::size_t>((whole - pushed_) * format_.channels));
        send(silence);
        gst_app_src_end_of_stream(GST_APP_SRC(source_.get()));
        (void)pipeline_->wait_for_end(kDrainLimit);
        pipeline_->stop();
    }

  private:
    bool send(std::span<const std::int16_t> interleaved) {
        GstBuffer* buffer = gst_buffer_new_memdup(interleaved.data(), interleaved.size_bytes());
        GST_BUFFER_PTS(buffer) = gst_util_uint64_scale_int(static_cast<guint64>(pushed_),
                                                           GST_SECOND, format_.sample_rate_hz);
        pushed_ += static_cast<std::int64_t>(interleaved.size()) / format_.channels;
        pipeline_->order().cross();
        return gst_app_src_push_buffer(GST_APP_SRC(source_.get()), buffer) == GST_FLOW_OK;
    }

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
        if (bytes.size() == 0) {
            return;
        }
        on_frame_(
            {.payload = std::make_shared<const Bytes>(bytes.data(), bytes.data() + bytes.size()),
             .first_sample = frames_out_ * kAacFrameSamples - delay_});
        ++frames_out_;
    }

    // Constant after construction.
    PcmFormat format_;
    Bytes config_;
    OnFrame on_frame_;
    std::int64_t delay_ = 0;

    std::int64_t pushed_ = 0;      // samples per channel; only the pushing thread
    std::int64_t frames_out_ = 0;  // only the streaming thread

    std::atomic<bool> has_ended_{false};
    ElementPtr source_;
    std::unique_ptr<Pipeline> pipeline_;  // last: its threads use everything above
};

Result<std::unique_ptr<AacEncoder>> AacEncoder::start(PcmFormat format, int bitrate_bps,
                                                      OnFrame on_frame, AacEncoderChoice choice) {
    if (auto checked = PcmChunk::make({}, format, {}); !checked) {
        return tl::unexpected{std::move(checked).error().with_context("AAC encoder")};
    }
    const auto* const rate = std::ranges::find(kRates, format.sample_rate_hz);
    if (rate == kRates.end()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("AAC encoder: no rate of {} Hz", format.sample_rate_hz));
    }
    auto config = make_config(static_cast<std::size_t>(rate - kRates.begin()), format.channels);
    auto impl = std::make_unique<Impl>(format, std::move(config), std::move(on_frame));
    if (auto started = impl->start(bitrate_bps, choice); !started) {
        return tl::unexpected{std::move(started).error().with_context("AAC encoder")};
    }
    return std::unique_ptr<AacEncoder>{new AacEncoder{std::move(impl)}};
}

AacEncoder::AacEncoder(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
AacEncoder::~AacEncoder() = default;

const Bytes& AacEncoder::audio_specific_config() const noexcept {
    return impl_->config();
}
bool AacEncoder::push(std::span<const std::int16_t> interleaved) {
    return impl_->push(interleaved);
}
void AacEncoder::drain() {
    impl_->drain();
}

}  // namespace livedub::gst
