// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's side of one RTMP connection as a state machine without a socket: handshake, chunks,
// commands and their answers. Bytes go in, requests come out through SessionListener, answers
// collect in an output that the driver writes.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "rtmp/stream_name.hpp"
#include "wire/rtmp_chunk.hpp"
#include "wire/rtmp_handshake.hpp"
#include "wire/rtmp_message.hpp"

namespace livedub::rtmp {

/// Called from within Session::feed(). An Error closes the connection.
class SessionListener {
  public:
    SessionListener() = default;
    virtual ~SessionListener() = default;
    SessionListener(const SessionListener&) = delete;
    SessionListener& operator=(const SessionListener&) = delete;

    /// The client wants to publish or play; answer with accept or refuse, now or later.
    virtual void on_publish(const StreamName& name) = 0;
    virtual void on_play(const StreamName& name) = 0;
    /// Audio, video or data of a publish that was accepted.
    virtual Result<void> on_media(const wire::RtmpMessage& message) = 0;
    /// The client ended its publish or play; the connection stays.
    virtual void on_stop() = 0;
};

class Session {
  public:
    enum class State {
        kHandshake = 1,
        kConnecting = 2,  // no "connect" yet
        kIdle = 3,
        kPublishRequested = 4,
        kPublishing = 5,
        kPlayRequested = 6,
        kPlaying = 7,
    };

    /// @param seed Varies the handshake's random bytes.
    Session(SessionListener& listener, const wire::ChunkLimits& limits, std::uint64_t seed)
        : listener_{listener}, handshake_{seed}, chunks_{limits} {}

    /// Errors: kProtocol (the peer broke the protocol) or what the listener returned. The
    /// connection is of no use afterwards.
    [[nodiscard]] Result<void> feed(wire::ByteView bytes);

    void accept_publish(const StreamName& name);
    void accept_play(const StreamName& name);
    /// Refuses what was requested, with a NetStream code ("NetStream.Play.StreamNotFound").
    void refuse(std::string_view code, std::string_view description);
    /// Ends an accepted play or publish from our side, with the reason as a NetStream code.
    void end_play();
    void end_publish(std::string_view code, std::string_view description);
    /// Asks for a sign of life: some clients give up when nothing comes for seconds.
    void ping(std::uint32_t now_ms);

    [[nodiscard]] State state() const noexcept { return state_; }

    /// What is to be written, and leaves.
    [[nodiscard]] wire::Bytes take_output() { return std::exchange(out_, {}); }
    [[nodiscard]] bool has_output() const noexcept { return !out_.empty(); }

  private:
    [[nodiscard]] Result<void> on_message(const wire::RtmpMessage& message);
    [[nodiscard]] Result<void> on_command(const wire::RtmpCommand& command);
    [[nodiscard]] Result<void> on_user_control(const wire::RtmpMessage& message);
    [[nodiscard]] Result<void> on_media_message(const wire::RtmpMessage& message);
    void on_connect(const wire::RtmpCommand& command);
    void on_stream_request(const wire::RtmpCommand& command, State requested);
    void stop();
    void acknowledge(std::size_t received);
    void answer(double transaction, std::initializer_list<wire::AmfValue> values);
    void status(wire::StatusLevel level, std::string_view code, std::string_view description);

    // Given at construction; outlives this.
    SessionListener& listener_;

    State state_ = State::kHandshake;
    wire::RtmpServerHandshake handshake_;
    wire::ChunkReader chunks_;
    std::vector<wire::RtmpMessage> messages_;  // reused
    wire::Bytes out_;
    std::string app_;
    std::uint32_t out_chunk_size_ = wire::kDefaultChunkSize;
    std::uint32_t received_ = 0;            // bytes, modulo 2^32 as the protocol counts them
    std::uint32_t acknowledged_ = 0;        // of received_
    std::uint32_t ack_window_ = 2'500'000;  // until the peer says another
};

}  // namespace livedub::rtmp
