// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How rtmp2src behaves (1.22, found by experiment, kept true by tests/component/gst_rtmp_test.cpp):
// one buffer is one FLV tag, the first with the file header in front. A lost connection and
// NetStream end both come as EOS. A refused one is an ERROR message from its network thread and
// then EOS on the streaming thread, so the end is always told from one thread, by the EOS. The last
// message before the end is lost when the streaming thread has not taken it yet: at most one frame.
// One that is stopped before the server has answered keeps its socket for ever, so it is not: it is
// left alone until there is an answer, or nothing has come for so long that it ends by itself.

#include "gst/rtmp_ingest.hpp"

#include <atomic>
#include <utility>

#include "gst/flv_units.hpp"
#include "gst/pipeline.hpp"
#include "wire/flv.hpp"

namespace livedub::gst {

class RtmpIngest::Impl {
  public:
    explicit Impl(OnItem on_item) : on_item_{std::move(on_item)} {}

    Result<void> start(const std::string& url) {
        // Servers answer, or drop a silent publisher, sooner than idle-timeout (seconds).
        // max-buffers guards memory should a callback ever stall: rtmp2src then stops reading the
        // socket, and the server's rule for slow players decides.
        auto pipeline = Pipeline::make(
            "rtmp2src name=dub-rtmp-in idle-timeout=45 ! "
            "appsink name=sink sync=false async=false enable-last-sample=false max-buffers=64",
            {});
        if (!pipeline) {
            return tl::unexpected{std::move(pipeline).error()};
        }
        pipeline_ = *std::move(pipeline);
        if (auto set = Pipeline::set_url(pipeline_->element("dub-rtmp-in"), url); !set) {
            return set;
        }
        GstAppSinkCallbacks callbacks = {};
        callbacks.new_sample = &Impl::on_sample;
        callbacks.eos = &Impl::on_eos;
        gst_app_sink_set_callbacks(GST_APP_SINK(pipeline_->element("sink").get()), &callbacks, this,
                                   nullptr);
        return pipeline_->play();
    }

    /// on_item_ is not called any more. The server has not answered yet: this goes when it has.
    ///
    /// @return false when it has answered, and the owner may stop the pipeline.
    [[nodiscard]] bool leave() noexcept {
        auto expected = Answer::kAwaited;
        return answer_.compare_exchange_strong(expected, Answer::kNotWanted);
    }

  private:
    enum class Answer {
        kAwaited = 1,
        kCame = 2,
        kNotWanted = 3,  // the owner has left; this belongs to nobody
    };

    /// Before anything else is done on the streaming thread. @return Whether there is an owner.
    [[nodiscard]] bool note_answer() noexcept {
        auto before = Answer::kAwaited;
        return answer_.compare_exchange_strong(before, Answer::kCame) || before == Answer::kCame;
    }

    /// On a thread of GStreamer's that may change states.
    void delete_later() {
        if (!std::exchange(is_going_, true)) {
            answer_ = Answer::kNotWanted;  // what was done so far is visible to whoever reads it
            gst_element_call_async(
                pipeline_->element("sink").get(),
                [](GstElement* /*sink*/, gpointer self) {
                    auto* const impl = static_cast<Impl*>(self);
                    static_cast<void>(impl->answer_.load());  // TSan does not see GLib's locks
                    delete impl;  // NOLINT(cppcoreguidelines-owning-memory)
                },
                this, nullptr);
        }
    }

    static GstFlowReturn on_sample(GstAppSink* sink, gpointer self) noexcept {
        const SamplePtr sample{gst_app_sink_pull_sample(sink)};
        GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
        auto& impl = *static_cast<Impl*>(self);
        if (!impl.note_answer()) {
            impl.delete_later();
            return GST_FLOW_EOS;
        }
        return buffer == nullptr ? GST_FLOW_EOS : impl.take(buffer);
    }

    static void on_eos(GstAppSink* /*sink*/, gpointer self) noexcept {
        auto& impl = *static_cast<Impl*>(self);
        const VisibleOrder::Crossing crossing{impl.pipeline_->order()};
        if (!impl.note_answer()) {
            impl.delete_later();
            return;
        }
        impl.end(impl.pipeline_->first_error());
    }

    GstFlowReturn take(GstBuffer* buffer) {
        const VisibleOrder::Crossing crossing{pipeline_->order()};
        const BufferMap bytes{buffer};
        auto tags = reader_.feed({bytes.data(), bytes.size()});
        if (!tags) {
            end(std::move(tags).error());
            return GST_FLOW_ERROR;
        }
        const SteadyTime now = SystemClock{}.now();
        for (const auto& tag : *tags) {
            if (auto unit = unit_of(tag)) {
                on_item_(ArrivedUnit{.unit = *std::move(unit), .arrival = now});
            }
        }
        return GST_FLOW_OK;
    }

    void end(std::optional<Error> error) {
        if (!has_ended_) {
            has_ended_ = true;
            on_item_(IngestEnd{std::move(error)});
        }
    }

    // Constant after construction.
    OnItem on_item_;

    std::atomic<Answer> answer_{Answer::kAwaited};

    // Only the streaming thread touches these.
    bool is_going_ = false;
    wire::FlvTagReader reader_;
    bool has_ended_ = false;

    std::unique_ptr<Pipeline> pipeline_;  // last: its threads use everything above
};

Result<std::unique_ptr<RtmpIngest>> RtmpIngest::start(const std::string& url, OnItem on_item) {
    auto impl = std::make_unique<Impl>(std::move(on_item));
    if (auto started = impl->start(url); !started) {
        return tl::unexpected{std::move(started).error().with_context(url)};
    }
    return std::unique_ptr<RtmpIngest>{new RtmpIngest{std::move(impl)}};
}

RtmpIngest::RtmpIngest(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}

RtmpIngest::~RtmpIngest() {
    if (impl_->leave()) {
        (void)impl_.release();
    }
}

}  // namespace livedub::gst
