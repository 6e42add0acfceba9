// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/session.hpp"

#include <array>

#include <fmt/format.h>

#include "rtmp/media_message.hpp"

namespace livedub::rtmp {
namespace {

using wire::AmfNull;
using wire::AmfObject;
using wire::MessageType;
using wire::StatusLevel;

constexpr std::uint32_t kWindow = 2'500'000;
/// Some encoders look for "FMS/" and a version they know how to speak to.
constexpr const char* kServerVersion = "FMS/3,5,7,7009";

}  // namespace

Result<void> Session::feed(wire::ByteView bytes) {
    acknowledge(bytes.size());
    if (!handshake_.is_done()) {
        auto used = handshake_.feed(bytes, out_);
        if (!used) {
            return tl::unexpected{std::move(used).error()};
        }
        bytes = bytes.subspan(*used);
        if (!handshake_.is_done()) {
            return {};
        }
        if (state_ == State::kHandshake) {
            state_ = State::kConnecting;
        }
    }
    messages_.clear();
    auto read = chunks_.feed(bytes, messages_);
    // What came whole before a malformed chunk still counts.
    for (const auto& message : messages_) {
        if (auto handled = on_message(message); !handled) {
            return handled;
        }
    }
    return read;
}

void Session::acknowledge(std::size_t received) {
    received_ += static_cast<std::uint32_t>(received);
    if (handshake_.is_done() && received_ - acknowledged_ >= ack_window_) {
        acknowledged_ = received_;
        wire::append_acknowledgement(out_, received_);
    }
}

Result<void> Session::on_message(const wire::RtmpMessage& message) {
    switch (message.type) {
        case MessageType::kAudio:
        case MessageType::kVideo:
        case MessageType::kData:
        case MessageType::kDataAmf3:
            return on_media_message(message);
        case MessageType::kCommand:
        case MessageType::kCommandAmf3: {
            const auto command = wire::parse_command(message);
            if (!command) {
                return tl::unexpected{command.error()};
            }
            return on_command(*command);
        }
        case MessageType::kUserControl:
            return on_user_control(message);
        case MessageType::kWindowAckSize:
            if (message.payload.size() < 4) {
                return fail(ErrorCode::kProtocol, "window size of fewer than 4 bytes");
            }
            // A window of nothing would have us answer every byte.
            ack_window_ = std::max<std::uint32_t>(wire::read_be32(message.payload.data()), 65536);
            return {};
        default:  // acknowledgements, bandwidth, shared objects: nothing to do
            return {};
    }
}

Result<void> Session::on_media_message(const wire::RtmpMessage& message) {
    if (state_ != State::kPublishing) {
        return {};  // in flight when the publish was refused or ended
    }
    return listener_.on_media(message);
}

Result<void> Session::on_user_control(const wire::RtmpMessage& message) {
    const auto control = wire::parse_user_control(message.payload);
    if (!control) {
        return tl::unexpected{control.error()};
    }
    if (control->event == wire::UserEvent::kPingRequest) {
        wire::append_user_control(
            out_, {.event = wire::UserEvent::kPingResponse, .value = control->value});
    }
    return {};
}

Result<void> Session::on_command(const wire::RtmpCommand& command) {
    const auto& name = command.name;
    if (name == "connect") {
        if (state_ != State::kConnecting) {
            return fail(ErrorCode::kProtocol, "second connect");
        }
        on_connect(command);
        return {};
    }
    if (state_ == State::kConnecting) {
        return fail(ErrorCode::kProtocol, fmt::format("\"{}\" before connect", name));
    }
    if (name == "createStream") {
        answer(command.transaction, {AmfNull{}, static_cast<double>(kMessageStreamId)});
    } else if (name == "publish") {
        on_stream_request(command, State::kPublishRequested);
    } else if (name == "play") {
        on_stream_request(command, State::kPlayRequested);
    } else if (name == "deleteStream" || name == "closeStream" || name == "FCUnpublish") {
        stop();
    } else if (name == "getStreamLength") {
        answer(command.transaction, {AmfNull{}, 0.0});  // 0: live
    } else if (name == "releaseStream" || name == "FCPublish" || name == "FCSubscribe" ||
               name == "_checkbw") {
        answer(command.transaction, {AmfNull{}, wire::AmfUndefined{}});
    } else if (command.transaction != 0 && name != "_result" && name != "_error" &&
               name != "onStatus") {
        AmfObject info{{{"level", "error"},
                        {"code", "NetConnection.Call.Failed"},
                        {"description", "unknown command"}}};
        wire::append_command(out_, 0, "_error", command.transaction, {AmfNull{}, std::move(info)},
                             out_chunk_size_);
    }
    return {};
}

void Session::on_connect(const wire::RtmpCommand& command) {
    double encoding = 0;
    if (!command.arguments.empty()) {
        if (const auto* object = command.arguments[0].object()) {
            const auto* app = object->find("app");
            if (app != nullptr && app->text() != nullptr) {
                app_ = *app->text();
            }
            const auto* asked = object->find("objectEncoding");
            if (asked != nullptr && asked->number() != nullptr) {
                encoding = *asked->number();
            }
        }
    }
    wire::append_window_ack_size(out_, kWindow);
    wire::append_set_peer_bandwidth(out_, kWindow);
    wire::append_set_chunk_size(out_, kOutChunkSize);
    out_chunk_size_ = kOutChunkSize;
    AmfObject properties{{{"fmsVer", kServerVersion}, {"capabilities", 31.0}, {"mode", 1.0}}};
    AmfObject info{{{"level", "status"},
                    {"code", "NetConnection.Connect.Success"},
                    {"description", "Connection succeeded."},
                    {"objectEncoding", encoding}}};
    answer(command.transaction, {std::move(properties), std::move(info)});
    state_ = State::kIdle;
}

void Session::on_stream_request(const wire::RtmpCommand& command, State requested) {
    const bool is_publish = requested == State::kPublishRequested;
    const auto* const bad_name =
        is_publish ? "NetStream.Publish.BadName" : "NetStream.Play.StreamNotFound";
    if (state_ != State::kIdle) {
        status(StatusLevel::kError, bad_name, "this connection has a stream already");
        return;
    }
    const auto name = StreamName::make(app_, command.text(1));
    state_ = requested;
    if (!name) {
        refuse(bad_name, name.error().message());
        return;
    }
    if (is_publish) {
        listener_.on_publish(*name);
    } else {
        listener_.on_play(*name);
    }
}

void Session::stop() {
    const bool has_stream = state_ != State::kIdle;
    if (state_ == State::kPublishing) {
        status(StatusLevel::kStatus, "NetStream.Unpublish.Success", "stopped");
    }
    state_ = State::kIdle;
    if (has_stream) {
        listener_.on_stop();
    }
}

void Session::accept_publish(const StreamName& name) {
    state_ = State::kPublishing;
    wire::append_user_control(out_,
                              {.event = wire::UserEvent::kStreamBegin, .value = kMessageStreamId});
    status(StatusLevel::kStatus, "NetStream.Publish.Start", name.path + " is now published");
}

void Session::accept_play(const StreamName& name) {
    state_ = State::kPlaying;
    wire::append_user_control(out_,
                              {.event = wire::UserEvent::kStreamBegin, .value = kMessageStreamId});
    status(StatusLevel::kStatus, "NetStream.Play.Reset", "playing " + name.path);
    status(StatusLevel::kStatus, "NetStream.Play.Start", "started playing " + name.path);
}

void Session::refuse(std::string_view code, std::string_view description) {
    state_ = State::kIdle;
    status(StatusLevel::kError, code, description);
}

void Session::end_play() {
    state_ = State::kIdle;
    wire::append_user_control(out_,
                              {.event = wire::UserEvent::kStreamEof, .value = kMessageStreamId});
    status(StatusLevel::kStatus, "NetStream.Play.UnpublishNotify", "the stream has ended");
    status(StatusLevel::kStatus, "NetStream.Play.Stop", "the stream has ended");
}

void Session::end_publish(std::string_view code, std::string_view description) {
    refuse(code, description);
}

void Session::ping(std::uint32_t now_ms) {
    wire::append_user_control(out_, {.event = wire::UserEvent::kPingRequest, .value = now_ms});
}

void Session::answer(double transaction, std::initializer_list<wire::AmfValue> values) {
    wire::append_command(out_, 0, "_result", transaction, values, out_chunk_size_);
}

void Session::status(StatusLevel level, std::string_view code, std::string_view description) {
    wire::append_status(out_, kMessageStreamId, level, code, description, out_chunk_size_);
}

}  // namespace livedub::rtmp
