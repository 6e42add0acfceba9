// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A small RTMP client on a blocking loopback socket, for tests: it does what it is told, right or
// wrong, and every wait has a deadline.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "wire/rtmp_message.hpp"

namespace livedub::testing_support {

/// Polls `condition` for up to 10 s.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

class RtmpClient {
  public:
    /// @param receive_buffer Bytes the kernel may hold for us; 0: its own choice.
    explicit RtmpClient(std::uint16_t port, int receive_buffer = 0);
    ~RtmpClient();
    RtmpClient(const RtmpClient&) = delete;
    RtmpClient& operator=(const RtmpClient&) = delete;

    void send_raw(wire::ByteView bytes);
    void handshake();
    void connect_app(const std::string& app);
    /// After handshake and connect: createStream and publish. Waits for the status and returns its
    /// code.
    std::string publish(const std::string& app, const std::string& stream);
    /// The same for play, without waiting.
    void play(const std::string& app, const std::string& stream);
    void command(const char* name, double transaction,
                 std::initializer_list<wire::AmfValue> values);
    /// Sends media at `timestamp_ms` in chunks of 64 KiB.
    void send(const wire::RtmpMessage& message);

    /// The next message, or nothing once the peer has closed or `wait` is over.
    std::optional<wire::RtmpMessage> receive(std::chrono::milliseconds wait = std::chrono::seconds{
                                                 10});
    /// The next audio, video or data message.
    std::optional<wire::RtmpMessage> receive_media(
        std::chrono::milliseconds wait = std::chrono::seconds{10});
    /// Reads until an onStatus with this code. False when the peer closes first, or after 10 s.
    [[nodiscard]] bool receive_status(const std::string& code);
    /// Reads to the end. True when the peer closed, false after 10 s.
    [[nodiscard]] bool is_closed_by_peer();
    void close();

    /// Of the last onStatus.
    [[nodiscard]] const std::string& status() const { return status_; }

  private:
    /// False: nothing came in time, or the end did.
    bool read_some(std::chrono::milliseconds wait);
    void note_status(const wire::RtmpMessage& message);

    int socket_ = -1;
    bool is_at_end_ = false;
    std::size_t handshake_left_ = 0;
    wire::ChunkReader reader_;
    std::deque<wire::RtmpMessage> messages_;
    std::string status_;
};

}  // namespace livedub::testing_support
