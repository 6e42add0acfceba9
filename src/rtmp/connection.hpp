// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One client's socket on the io thread: reads into its Session, writes what the session answers and
// what the hub hands over, and notices when the peer is late. A connection closes itself on any
// error; nobody else is touched by it.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/asio.hpp"
#include "rtmp/rtmp_metrics.hpp"
#include "rtmp/send_queue.hpp"
#include "rtmp/session.hpp"

namespace livedub::rtmp {

class Hub;
struct Path;

class Connection final : public SessionListener, public std::enable_shared_from_this<Connection> {
  public:
    enum class Role { kNone = 1, kPublisher = 2, kPlayer = 3, kWaitingPlayer = 4 };

    Connection(Hub& hub, net::Tcp::socket socket, std::string id, std::uint64_t seed);

    void start();
    /// Closes the socket now. Safe to call more than once, and from within its own handlers.
    void close();
    /// Closes once everything queued has been sent, or after the linger timeout.
    void close_after_flush();
    /// Looks at the clock: closes what is late.
    void check_deadlines(SteadyTime at);

    /// The peer wants something, and whether it may is not known yet.
    void wait_for_access(const StreamName& name);
    /// Counts what the peer has wanted; an answer to what it wanted before is none.
    [[nodiscard]] std::uint64_t request_number() const noexcept { return request_number_; }
    [[nodiscard]] bool still_waits_for_access(std::uint64_t number) const noexcept {
        return !is_closed_ && !is_lingering_ && role_ == Role::kNone && number == request_number_;
    }
    [[nodiscard]] std::string peer_address() const;

    // From the hub. The answer to a publisher leaves once the read that asked for it is done.
    void accept_publish(Path& path, const StreamName& name);
    void replace_publish();
    void wait_to_play(Path& path, const StreamName& name);
    void accept_play(const std::vector<SharedMedia>& replay);
    void restart_play();
    void end_play();
    void refuse(std::string_view code, std::string_view description);
    void push(const SharedMedia& media);
    void flush();
    void leave_path() noexcept;

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] Role role() const noexcept { return role_; }
    [[nodiscard]] Path* path() const noexcept { return path_; }

    // From the session.
    void on_publish(const StreamName& name) override;
    void on_play(const StreamName& name) override;
    Result<void> on_media(const wire::RtmpMessage& message) override;
    void on_stop() override;

  private:
    void read();
    void on_read(net::error_code error, std::size_t size);
    void on_written(net::error_code error, std::size_t size);
    void finish_lingering();
    void set_role(Role role, Path* path);
    void time_out(std::string_view what);
    [[nodiscard]] std::string describe() const;

    static constexpr std::size_t kMaxBuffers = 64;  // what one writev of Asio takes

    // Given at construction; outlives this for as long as is_closed_ is false.
    Hub& hub_;
    // Constant after construction.
    const std::string id_;

    net::Tcp::socket socket_;
    std::string peer_;
    Session session_;
    SendQueue queue_;
    std::optional<Series> series_;  // empty once closed: the registry may end before we do
    Role role_ = Role::kNone;
    Path* path_ = nullptr;
    StreamName name_;
    std::uint64_t request_number_ = 0;
    bool has_media_ = false;
    bool is_closed_ = false;
    bool is_lingering_ = false;  // closes when the queue is empty
    bool is_shut_down_ = false;  // our half is closed; waiting for the peer's
    bool is_writing_ = false;
    std::size_t lost_gops_ = 0;
    SteadyTime lost_logged_at_;

    SteadyTime state_since_;  // when handshake, idling, publishing, waiting or lingering began
    SteadyTime last_read_;
    SteadyTime write_began_;
    SteadyTime last_ping_;

    std::vector<std::uint8_t> read_buffer_;
    std::array<wire::ByteView, kMaxBuffers> views_{};
    std::array<net::asio::const_buffer, kMaxBuffers> buffers_{};
};

}  // namespace livedub::rtmp
