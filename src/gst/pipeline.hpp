// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One GStreamer pipeline behind RAII. Private to this room: it is the only header of the tree that
// includes <gst/...>.
//
// There is no GLib main loop and no bus thread: a synchronous bus handler takes each message on the
// thread that posts it, keeps what matters (the first error, the end of the stream) and drops it,
// so the bus never fills and a stream costs no thread beyond GStreamer's own.

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "media/encoded_unit.hpp"

namespace livedub::gst {

// Deleters are spelt out because gst_sample_unref and its kin are static inline in GStreamer's
// headers: as template arguments they would give every type built on them internal linkage.
struct ElementDeleter {
    void operator()(GstElement* element) const noexcept { gst_object_unref(element); }
};
struct SampleDeleter {
    void operator()(GstSample* sample) const noexcept { gst_sample_unref(sample); }
};
struct CapsDeleter {
    void operator()(GstCaps* caps) const noexcept { gst_caps_unref(caps); }
};
using ElementPtr = std::unique_ptr<GstElement, ElementDeleter>;
using SamplePtr = std::unique_ptr<GstSample, SampleDeleter>;
using CapsPtr = std::unique_ptr<GstCaps, CapsDeleter>;

/// A buffer's bytes, readable while this lives.
class BufferMap {
  public:
    explicit BufferMap(GstBuffer* buffer) noexcept;
    ~BufferMap();
    BufferMap(const BufferMap&) = delete;
    BufferMap& operator=(const BufferMap&) = delete;

    /// Null when the buffer could not be mapped.
    [[nodiscard]] const std::uint8_t* data() const noexcept {
        return is_mapped_ ? info_.data : nullptr;
    }
    [[nodiscard]] std::size_t size() const noexcept { return is_mapped_ ? info_.size : 0; }

  private:
    GstBuffer* buffer_;
    GstMapInfo info_ = {};
    bool is_mapped_;
};

/// GStreamer orders what passes between our threads with GLib's locks, which ThreadSanitizer cannot
/// see. Both sides also touch this counter, so the order is visible, and races of our own still
/// show. Two atomic increments per buffer.
class VisibleOrder {
  public:
    /// For the length of a callback: after what happened before it, before what happens after it.
    class Crossing {
      public:
        explicit Crossing(VisibleOrder& order) noexcept : order_{order} { order_.cross(); }
        ~Crossing() { order_.cross(); }
        Crossing(const Crossing&) = delete;
        Crossing& operator=(const Crossing&) = delete;

      private:
        VisibleOrder& order_;
    };

    void cross() noexcept { crossings_.fetch_add(1, std::memory_order_acq_rel); }

  private:
    std::atomic<std::uint32_t> crossings_{0};
};

/// gst_init, once per process; Pipeline::make calls it. Any thread.
///
/// Errors: kUnavailable when GStreamer cannot start.
[[nodiscard]] Result<void> start_gstreamer();

/// Any thread may call post-construction members; states are changed by one thread at a time, never
/// by one of GStreamer's.
class Pipeline {
  public:
    using OnError = std::function<void(Error)>;

    /// Builds a pipeline from gst-launch syntax. Starts GStreamer itself on first use.
    ///
    /// @param on_error Called for the first error only, on the GStreamer thread that met it. Must
    ///                 not block or change states.
    ///
    /// Errors: kUnavailable when a plug-in is missing, naming it.
    static Result<std::unique_ptr<Pipeline>> make(const std::string& description, OnError on_error);
    /// Stops. Afterwards no callback runs.
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// The element called `name`, which the description must have.
    [[nodiscard]] ElementPtr element(const char* name) const;

    /// Sets the address of `element`, a source or sink that takes one.
    ///
    /// Errors: kInvalidArgument when it is none that this element can open.
    [[nodiscard]] static Result<void> set_url(const ElementPtr& element, const std::string& url);

    /// Errors: kUnavailable with the message of the element that refused.
    [[nodiscard]] Result<void> play();
    /// Joins the streaming threads. Bounded: the elements used here unblock on a state change.
    void stop();
    /// Back to before the first buffer, for another run.
    void rewind();

    /// Waits until the end of the stream has come through to the sink, or an error has.
    ///
    /// @return false when neither came in `limit`.
    [[nodiscard]] bool wait_for_end(std::chrono::milliseconds limit) LIVEDUB_EXCLUDES(mutex_);
    /// Waits until an error has come.
    ///
    /// @return false when none came in `limit`.
    [[nodiscard]] bool wait_for_error(std::chrono::milliseconds limit) LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] VisibleOrder& order() noexcept { return order_; }
    [[nodiscard]] std::optional<Error> first_error() const LIVEDUB_EXCLUDES(mutex_);

  private:
    Pipeline(ElementPtr pipeline, OnError on_error);
    static GstBusSyncReply on_message(GstBus* bus, GstMessage* message, gpointer self) noexcept;
    void take(GstMessage* message) LIVEDUB_EXCLUDES(mutex_);

    // Constant after construction.
    ElementPtr pipeline_;
    OnError on_error_;

    mutable Mutex mutex_;
    std::optional<Error> error_ LIVEDUB_GUARDED_BY(mutex_);
    bool has_ended_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::condition_variable_any ended_;
    VisibleOrder order_;
};

/// Hands bytes to GStreamer without a copy; they are freed on whichever thread drops the buffer.
[[nodiscard]] GstBuffer* wrap_bytes(SharedBytes bytes);

}  // namespace livedub::gst
