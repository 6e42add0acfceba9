// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/connection.hpp"

#include <utility>

#include <fmt/format.h>

#include "net/peer.hpp"
#include "rtmp/hub.hpp"
#include "telemetry/log.hpp"

namespace livedub::rtmp {
namespace {

constexpr std::size_t kSmallReadBuffer = std::size_t{4} << 10U;    // commands
constexpr std::size_t kLargeReadBuffer = std::size_t{128} << 10U;  // media
/// A peer that asks and asks and never reads the answers.
constexpr std::size_t kMaxControlBytes = std::size_t{256} << 10U;
constexpr std::chrono::seconds kPingInterval{1};

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// A view that Asio may copy freely, unlike the array it looks at.
struct BufferRun {
    using value_type = net::asio::const_buffer;
    // NOLINTNEXTLINE(readability-identifier-naming): what Asio asks of a buffer sequence
    using const_iterator = const net::asio::const_buffer*;
    const_iterator first;
    const_iterator last;
    [[nodiscard]] const_iterator begin() const { return first; }
    [[nodiscard]] const_iterator end() const { return last; }
};

}  // namespace

Connection::Connection(Hub& hub, net::Tcp::socket socket, std::string id, std::uint64_t seed)
    : hub_{hub},
      id_{std::move(id)},
      socket_{std::move(socket)},
      peer_{net::describe_peer(socket_)},
      session_{*this, {.message_bytes = hub.config().max_message_bytes}, seed},
      queue_{hub.config().player_queue_bytes},
      series_{std::in_place,
              hub.metrics().conns,
              hub.metrics().conn_bytes_received,
              hub.metrics().conn_bytes_sent,
              "id",
              id_},
      state_since_{now()},
      last_read_{state_since_},
      write_began_{state_since_},
      last_ping_{state_since_},
      read_buffer_(kSmallReadBuffer) {
    series_->set_state("idle");
}

void Connection::start() {
    net::error_code ignored;
    socket_.set_option(net::Tcp::no_delay{true}, ignored);
    socket_.set_option(net::asio::socket_base::keep_alive{true}, ignored);
    read();
}

void Connection::read() {
    socket_.async_read_some(net::asio::buffer(read_buffer_),
                            [self = shared_from_this()](net::error_code error, std::size_t size) {
                                self->on_read(error, size);
                            });
}

void Connection::on_read(net::error_code error, std::size_t size) {
    if (is_closed_) {
        return;
    }
    if (error) {
        close();
        return;
    }
    last_read_ = now();
    series_->add_received(size);
    if (is_lingering_) {  // whatever it still says, its stream is over
        read();
        return;
    }
    const auto state_before = session_.state();
    const auto handled = session_.feed(wire::ByteView{read_buffer_.data(), size});
    if (is_closed_) {
        return;
    }
    if (!handled) {
        hub_.metrics().malformed.Increment();
        logger("rtmp")->warn("malformed {} error=\"{}\"", describe(), handled.error().message());
        close();
        return;
    }
    if (state_before == Session::State::kHandshake && session_.state() != state_before) {
        state_since_ = last_read_;
    }
    if (role_ == Role::kPublisher) {
        Hub::flush(*path_);
        // Here and not when the publish is accepted: that may be while a read is under way.
        if (read_buffer_.size() < kLargeReadBuffer / 2) {
            read_buffer_.resize(kLargeReadBuffer / 2);
        } else if (size == read_buffer_.size() && size < kLargeReadBuffer) {
            read_buffer_.resize(kLargeReadBuffer);
        }
    }
    flush();
    if (!is_closed_) {
        read();
    }
}

void Connection::flush() {
    if (is_closed_) {
        return;
    }
    if (session_.has_output()) {
        queue_.push_control(session_.take_output());
    }
    if (queue_.control_bytes() > kMaxControlBytes) {
        time_out("does not read our answers");
        return;
    }
    if (is_writing_ || is_shut_down_) {
        return;
    }
    const std::size_t count = queue_.gather(views_);
    if (count == 0) {
        finish_lingering();
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        buffers_.at(i) = {views_.at(i).data(), views_.at(i).size()};
    }
    is_writing_ = true;
    write_began_ = now();
    socket_.async_write_some(BufferRun{buffers_.data(), buffers_.data() + count},
                             [self = shared_from_this()](net::error_code error, std::size_t size) {
                                 self->on_written(error, size);
                             });
}

void Connection::on_written(net::error_code error, std::size_t size) {
    is_writing_ = false;
    if (is_closed_) {
        return;
    }
    if (error) {
        close();
        return;
    }
    queue_.consume(size);
    series_->add_sent(size);
    if (role_ == Role::kPlayer) {
        path_->series.add_sent(size);
    }
    flush();
}

void Connection::close_after_flush() {
    if (is_closed_ || is_lingering_) {
        return;
    }
    is_lingering_ = true;
    state_since_ = now();
    flush();
}

void Connection::finish_lingering() {
    if (!is_lingering_ || is_shut_down_) {
        return;
    }
    // Closing at once could make the kernel throw away what the peer has not read yet.
    is_shut_down_ = true;
    net::error_code ignored;
    socket_.shutdown(net::Tcp::socket::shutdown_send, ignored);
}

void Connection::close() {
    if (is_closed_) {
        return;
    }
    const auto keep_alive = shared_from_this();
    hub_.leave(*this);
    is_closed_ = true;
    series_.reset();
    net::error_code ignored;
    socket_.close(ignored);
    hub_.remove(*this);
}

void Connection::check_deadlines(SteadyTime at) {
    const auto& config = hub_.config();
    const auto in_state = at - state_since_;
    const bool is_stuck = is_writing_ && at - write_began_ > config.idle_timeout;
    if (is_lingering_) {
        if (in_state > config.linger_timeout) {
            close();
        }
        return;
    }
    if (session_.state() == Session::State::kHandshake) {
        if (in_state > config.handshake_timeout) {
            time_out("no handshake");
        }
        return;
    }
    switch (role_) {
        case Role::kNone:
            if (in_state > config.first_packet_timeout) {
                time_out("neither publishes nor plays");
            }
            return;
        case Role::kPublisher:
            if (!has_media_ && in_state > config.first_packet_timeout) {
                time_out("publishes nothing");
            } else if (at - last_read_ > config.idle_timeout) {
                time_out("stopped sending");
            }
            return;
        case Role::kWaitingPlayer:
            if (in_state > config.play_wait_timeout) {
                hub_.leave(*this);
                refuse("NetStream.Play.StreamNotFound", "nobody publishes " + name_.path);
            } else if (at - last_ping_ >= kPingInterval) {
                last_ping_ = at;
                const auto since_start =
                    std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
                session_.ping(static_cast<std::uint32_t>(since_start.count()));
                flush();
            }
            return;
        case Role::kPlayer:
            if (is_stuck) {
                time_out("stopped reading");
            }
            return;
    }
}

void Connection::time_out(std::string_view what) {
    hub_.metrics().timed_out.Increment();
    logger("rtmp")->warn("timed_out {} reason=\"{}\"", describe(), what);
    close();
}

std::string Connection::describe() const {
    return name_.path.empty() ? fmt::format("conn={} peer={}", id_, peer_)
                              : fmt::format("conn={} peer={} path={}", id_, peer_, name_.path);
}

void Connection::set_role(Role role, Path* path) {
    if (is_closed_) {
        return;
    }
    role_ = role;
    path_ = path;
    state_since_ = now();
    const bool is_reader = role == Role::kPlayer || role == Role::kWaitingPlayer;
    series_->set_state(role == Role::kPublisher ? "publish" : (is_reader ? "read" : "idle"));
}

// --- requests of the peer ----------------------------------------------------

void Connection::on_publish(const StreamName& name) {
    if (is_closed_) {  // by an earlier command of the same read
        return;
    }
    hub_.request(*this, Access::kPublish, name);
}

void Connection::on_play(const StreamName& name) {
    if (is_closed_) {
        return;
    }
    hub_.request(*this, Access::kPlay, name);
}

Result<void> Connection::on_media(const wire::RtmpMessage& message) {
    if (role_ != Role::kPublisher) {
        return {};
    }
    has_media_ = true;
    return hub_.media(*this, message);
}

void Connection::on_stop() {
    ++request_number_;
    hub_.leave(*this);
}

std::string Connection::peer_address() const {
    net::error_code gone;
    const auto endpoint = socket_.remote_endpoint(gone);
    return gone ? std::string{} : endpoint.address().to_string();
}

// --- answers of the hub ------------------------------------------------------

void Connection::wait_for_access(const StreamName& name) {
    ++request_number_;
    name_ = name;
}

void Connection::accept_publish(Path& path, const StreamName& name) {
    name_ = name;
    has_media_ = false;
    set_role(Role::kPublisher, &path);
    session_.accept_publish(name);
    logger("rtmp")->info("publish {}", describe());
}

void Connection::replace_publish() {
    logger("rtmp")->info("replaced {}", describe());
    session_.end_publish("NetStream.Publish.BadName", "another publisher took this path over");
    close_after_flush();
}

void Connection::wait_to_play(Path& path, const StreamName& name) {
    name_ = name;
    set_role(Role::kWaitingPlayer, &path);
    last_ping_ = state_since_;
}

void Connection::accept_play(const std::vector<SharedMedia>& replay) {
    set_role(Role::kPlayer, path_);
    session_.accept_play(name_);
    queue_.push_control(session_.take_output());
    queue_.wait_for_keyframe();
    logger("rtmp")->info("play {}", describe());
    for (const auto& media : replay) {
        push(media);
    }
    flush();
}

void Connection::restart_play() {
    queue_.wait_for_keyframe();
}

void Connection::end_play() {
    session_.end_play();
    close_after_flush();
}

void Connection::refuse(std::string_view code, std::string_view description) {
    logger("rtmp")->info("refused {} code={} reason=\"{}\"", describe(), code, description);
    session_.refuse(code, description);
    close_after_flush();
}

void Connection::push(const SharedMedia& media) {
    const std::size_t lost = queue_.push(media);
    if (lost == 0) {
        return;
    }
    lost_gops_ += lost;
    hub_.metrics().dropped_gops.Increment(static_cast<double>(lost));
    const auto at = now();
    if (at - lost_logged_at_ > std::chrono::seconds{1}) {
        lost_logged_at_ = at;
        logger("rtmp")->warn("slow_player {} lost_gops={}", describe(), lost_gops_);
    }
}

void Connection::leave_path() noexcept {
    set_role(Role::kNone, nullptr);
}

}  // namespace livedub::rtmp
