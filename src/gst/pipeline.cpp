// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/pipeline.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

struct ErrorDeleter {
    void operator()(GError* error) const noexcept { g_error_free(error); }
};
using ErrorPtr = std::unique_ptr<GError, ErrorDeleter>;

/// What a caller can do about it; a missing element is told by make() already.
ErrorCode code_of(const GError& error) {
    if (error.domain == GST_RESOURCE_ERROR) {
        return error.code == GST_RESOURCE_ERROR_NOT_AUTHORIZED ? ErrorCode::kInvalidArgument
                                                               : ErrorCode::kUnavailable;
    }
    if (error.domain == GST_STREAM_ERROR) {
        return ErrorCode::kProtocol;
    }
    return ErrorCode::kInternal;
}

Error error_of(GstMessage* message) {
    GError* raw = nullptr;
    gst_message_parse_error(message, &raw, nullptr);
    const ErrorPtr error{raw};
    return Error{code_of(*error),
                 fmt::format("{}: {}", GST_MESSAGE_SRC_NAME(message), error->message)};
}

/// What rtmp2src and rtmp2sink (1.22) forget when the server refuses: the main context of their
/// network thread, on which the error is told, still watches the connection's socket, and what
/// watches owns the connection, so that neither would ever go.
void stop_watching_sockets() {
    GMainContext* context = g_main_context_get_thread_default();
    if (context == nullptr) {
        return;  // a thread without a network
    }
    GSource* last = g_idle_source_new();
    const guint end = g_source_attach(last, context);  // numbers go up from 1
    g_source_destroy(last);
    g_source_unref(last);
    for (guint number = 1; number < end; ++number) {
        GSource* source = g_main_context_find_source_by_id(context, number);
        const char* name = source == nullptr ? nullptr : g_source_get_name(source);
        if (name != nullptr && std::string_view{name} == "GPollableSource") {
            g_source_destroy(source);
        }
    }
}

// Bytes are freed on whichever thread drops the buffer, of a pipeline that may be gone.
constinit VisibleOrder byte_handoffs;

void delete_shared_bytes(gpointer holder) {
    byte_handoffs.cross();
    delete static_cast<SharedBytes*>(holder);  // NOLINT(cppcoreguidelines-owning-memory)
}

}  // namespace

Result<void> start_gstreamer() {
    static const Result<void> started = []() -> Result<void> {
        GError* raw = nullptr;
        if (gst_init_check(nullptr, nullptr, &raw) == FALSE) {
            const ErrorPtr error{raw};
            return fail(ErrorCode::kUnavailable,
                        fmt::format("GStreamer: {}", error ? error->message : "cannot start"));
        }
        return {};
    }();
    return started;
}

BufferMap::BufferMap(GstBuffer* buffer) noexcept
    : buffer_{buffer}, is_mapped_{gst_buffer_map(buffer, &info_, GST_MAP_READ) != FALSE} {}

BufferMap::~BufferMap() {
    if (is_mapped_) {
        gst_buffer_unmap(buffer_, &info_);
    }
}

Result<std::unique_ptr<Pipeline>> Pipeline::make(const std::string& description, OnError on_error) {
    if (auto started = start_gstreamer(); !started) {
        return tl::unexpected{started.error()};
    }
    GError* raw = nullptr;
    ElementPtr pipeline{
        gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &raw)};
    if (pipeline == nullptr) {
        const ErrorPtr error{raw};
        return fail(ErrorCode::kUnavailable,
                    fmt::format("GStreamer: {}", error ? error->message : "no pipeline"));
    }
    g_object_ref_sink(pipeline.get());
    return std::unique_ptr<Pipeline>{new Pipeline{std::move(pipeline), std::move(on_error)}};
}

Pipeline::Pipeline(ElementPtr pipeline, OnError on_error)
    : pipeline_{std::move(pipeline)}, on_error_{std::move(on_error)} {
    GstBus* bus = gst_element_get_bus(pipeline_.get());
    gst_bus_set_sync_handler(bus, &Pipeline::on_message, this, nullptr);
    gst_object_unref(bus);
}

Pipeline::~Pipeline() {
    stop();
    GstBus* bus = gst_element_get_bus(pipeline_.get());
    gst_bus_set_sync_handler(bus, nullptr, nullptr, nullptr);
    gst_object_unref(bus);
}

ElementPtr Pipeline::element(const char* name) const {
    ElementPtr element{gst_bin_get_by_name(GST_BIN(pipeline_.get()), name)};
    LIVEDUB_CHECK(element != nullptr);
    return element;
}

Result<void> Pipeline::set_url(const ElementPtr& element, const std::string& url) {
    GError* raw = nullptr;
    if (gst_uri_handler_set_uri(GST_URI_HANDLER(element.get()), url.c_str(), &raw) == FALSE) {
        const ErrorPtr error{raw};
        return fail(ErrorCode::kInvalidArgument, error ? error->message : "not an RTMP address");
    }
    return {};
}

Result<void> Pipeline::play() {
    order_.cross();
    if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        if (auto error = first_error()) {
            return tl::unexpected{*std::move(error)};
        }
        return fail(ErrorCode::kUnavailable, "GStreamer: the pipeline does not start");
    }
    return {};
}

void Pipeline::stop() {
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    order_.cross();
}

void Pipeline::rewind() {
    gst_element_set_state(pipeline_.get(), GST_STATE_READY);
    order_.cross();
    const MutexLock lock{mutex_};
    has_ended_ = false;
}

bool Pipeline::wait_for_end(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const MutexLock lock{mutex_};
    return ended_.wait_until(mutex_, deadline, [this]() LIVEDUB_REQUIRES(mutex_) {
        return has_ended_ || error_.has_value();
    });
}

bool Pipeline::wait_for_error(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const MutexLock lock{mutex_};
    return ended_.wait_until(mutex_, deadline,
                             [this]() LIVEDUB_REQUIRES(mutex_) { return error_.has_value(); });
}

std::optional<Error> Pipeline::first_error() const {
    const MutexLock lock{mutex_};
    return error_;
}

GstBusSyncReply Pipeline::on_message(GstBus* /*bus*/, GstMessage* message, gpointer self) noexcept {
    static_cast<Pipeline*>(self)->take(message);
    gst_message_unref(message);  // a handler that says "drop" owns the message
    return GST_BUS_DROP;
}

void Pipeline::take(GstMessage* message) {
    const VisibleOrder::Crossing crossing{order_};
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
        {
            const MutexLock lock{mutex_};
            has_ended_ = true;
        }
        ended_.notify_all();
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        Error error = error_of(message);
        stop_watching_sockets();
        {
            const MutexLock lock{mutex_};
            if (error_) {
                return;
            }
            error_ = error;
        }
        ended_.notify_all();
        if (on_error_) {
            on_error_(std::move(error));
        }
    }
}

GstBuffer* wrap_bytes(SharedBytes bytes) {
    auto* holder = new SharedBytes{std::move(bytes)};  // NOLINT(cppcoreguidelines-owning-memory)
    const Bytes& view = **holder;
    // Read-only memory: GStreamer copies before it writes, so the const_cast lets nobody change it.
    auto* data = const_cast<std::uint8_t*>(view.data());
    const auto size = view.size();
    byte_handoffs.cross();
    return gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, data, size, 0, size, holder,
                                       delete_shared_bytes);
}

}  // namespace livedub::gst
