// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/rtmp_egress.hpp"

#include <atomic>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "gst/flv_units.hpp"
#include "gst/pipeline.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMaxQueuedBytes = 16ULL * 1024 * 1024;
constexpr GstClockTime kMaxQueuedTime = 4 * GST_SECOND;
constexpr milliseconds kFinishLimit{2'000};
constexpr milliseconds kPollInterval{5};
constexpr milliseconds kQuiet{250};

}  // namespace

class RtmpEgress::Impl {
  public:
    explicit Impl(OnEnd on_end) : on_end_{std::move(on_end)} {}

    Result<void> start(const std::string& url) {
        // chunk-size: the default of 128 bytes costs a header per 128 bytes and a slower peer.
        auto pipeline = Pipeline::make(
            "appsrc name=dub-rtmp-out format=time is-live=true caps=video/x-flv ! "
            "rtmp2sink name=sink sync=false async=false qos=false "
            "enable-last-sample=false chunk-size=65536",
            [this](Error error) { end(std::move(error)); });
        if (!pipeline) {
            return tl::unexpected{std::move(pipeline).error()};
        }
        pipeline_ = *std::move(pipeline);
        source_ = pipeline_->element("dub-rtmp-out");
        g_object_set(source_.get(), "max-bytes", guint64{0}, nullptr);  // push() keeps the bounds
        sink_ = pipeline_->element("sink");
        if (auto set = Pipeline::set_url(sink_, url); !set) {
            return set;
        }
        return pipeline_->play();
    }

    bool push(const EncodedUnit& unit, std::uint32_t timestamp_ms) {
        if (has_ended_ || is_finishing_) {
            return false;
        }
        GstAppSrc* source = GST_APP_SRC(source_.get());
        if (gst_app_src_get_current_level_bytes(source) + unit.payload->size() > kMaxQueuedBytes ||
            gst_app_src_get_current_level_time(source) > kMaxQueuedTime) {
            return false;
        }
        auto tag = std::make_shared<Bytes>();
        append_unit(*tag, unit, timestamp_ms);
        GstBuffer* buffer = wrap_bytes(std::move(tag));
        // Only appsrc reads this, to know how much time it holds: rtmp2sink sends what the tag
        // says.
        GST_BUFFER_DTS(buffer) = unroll(timestamp_ms) * GST_MSECOND;
        pipeline_->order().cross();
        return gst_app_src_push_buffer(source, buffer) == GST_FLOW_OK;
    }

    void finish() {
        if (is_finishing_.exchange(true)) {
            return;
        }
        const auto deadline = std::chrono::steady_clock::now() + kFinishLimit;
        if (!has_ended_ && gst_app_src_end_of_stream(GST_APP_SRC(source_.get())) == GST_FLOW_OK &&
            pipeline_->wait_for_end(kFinishLimit)) {
            wait_until_written(deadline);
        }
        pipeline_->stop();
    }

  private:
    /// At EOS rtmp2sink has only queued its last messages, FCUnpublish and deleteStream among them;
    /// stopping then cuts them off, and it does not say how many are left. So: until the server
    /// hangs up, or nothing more has been written for a while.
    void wait_until_written(std::chrono::steady_clock::time_point deadline) {
        guint64 written = bytes_written();
        auto quiet_since = std::chrono::steady_clock::now();
        while (!pipeline_->wait_for_error(kPollInterval)) {
            const auto now = std::chrono::steady_clock::now();
            if (const guint64 total = bytes_written(); total != written) {
                written = total;
                quiet_since = now;
            }
            if (now - quiet_since > kQuiet || now > deadline) {
                return;
            }
        }
    }

    [[nodiscard]] guint64 bytes_written() const {
        GstStructure* stats = nullptr;
        g_object_get(sink_.get(), "stats", &stats, nullptr);
        guint64 bytes = 0;
        if (stats != nullptr) {
            gst_structure_get_uint64(stats, "out-bytes-total", &bytes);
            gst_structure_free(stats);
        }
        return bytes;
    }

    std::uint64_t unroll(std::uint32_t timestamp_ms) {
        const auto step = static_cast<std::int32_t>(timestamp_ms - last_timestamp_ms_);
        last_timestamp_ms_ = timestamp_ms;
        unrolled_ms_ += static_cast<std::uint64_t>(std::int64_t{step});
        return unrolled_ms_;
    }

    void end(Error error) {
        if (!has_ended_.exchange(true) && !is_finishing_ && on_end_) {
            on_end_(std::move(error));
        }
    }

    // Constant after construction.
    OnEnd on_end_;

    // Only the pushing thread touches these.
    std::uint32_t last_timestamp_ms_ = 0;
    std::uint64_t unrolled_ms_ = 1ULL << 40U;  // far from zero, so a step back stays positive

    std::atomic<bool> has_ended_{false};
    std::atomic<bool> is_finishing_{false};
    ElementPtr source_;
    ElementPtr sink_;
    std::unique_ptr<Pipeline> pipeline_;  // last: its threads use everything above
};

Result<std::unique_ptr<RtmpEgress>> RtmpEgress::start(const std::string& url, OnEnd on_end) {
    auto impl = std::make_unique<Impl>(std::move(on_end));
    if (auto started = impl->start(url); !started) {
        return tl::unexpected{std::move(started).error().with_context(url)};
    }
    return std::unique_ptr<RtmpEgress>{new RtmpEgress{std::move(impl)}};
}

RtmpEgress::RtmpEgress(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
RtmpEgress::~RtmpEgress() = default;

bool RtmpEgress::push(const EncodedUnit& unit, std::uint32_t timestamp_ms) {
    return impl_->push(unit, timestamp_ms);
}
void RtmpEgress::finish() {
    impl_->finish();
}

}  // namespace livedub::gst
