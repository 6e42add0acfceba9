// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "component/rtmp_client.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"
#include "wire/rtmp_handshake.hpp"

namespace livedub::testing_support {
namespace {

constexpr std::uint32_t kChunkSize = 65536;
constexpr std::size_t kAnswerSize = 1 + 2 * wire::kHandshakeSize;

}  // namespace

bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

RtmpClient::RtmpClient(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    LIVEDUB_CHECK(socket_ >= 0);
    const int no_delay = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        is_at_end_ = true;
    }
}

RtmpClient::~RtmpClient() {
    close();
}

void RtmpClient::close() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = -1;
    is_at_end_ = true;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what the peer sees
void RtmpClient::send_raw(wire::ByteView bytes) {
    while (!bytes.empty() && socket_ >= 0) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // the peer has closed: reading tells
        }
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

void RtmpClient::handshake() {
    wire::Bytes hello(1 + 2 * wire::kHandshakeSize, 0);
    hello[0] = 3;
    handshake_left_ = kAnswerSize;
    send_raw(hello);
    while (handshake_left_ > 0 && read_some(std::chrono::seconds{10})) {
    }
}

void RtmpClient::connect_app(const std::string& app) {
    handshake();
    wire::Bytes bytes;
    wire::append_set_chunk_size(bytes, kChunkSize);
    send_raw(bytes);
    command("connect", 1, {wire::AmfObject{{{"app", app}}}});
}

std::string RtmpClient::publish(const std::string& app, const std::string& stream) {
    connect_app(app);
    command("createStream", 2, {wire::AmfNull{}});
    command("publish", 3, {wire::AmfNull{}, stream, "live"});
    while (status_.empty() && receive()) {
    }
    return status_;
}

void RtmpClient::play(const std::string& app, const std::string& stream) {
    connect_app(app);
    command("createStream", 2, {wire::AmfNull{}});
    command("play", 3, {wire::AmfNull{}, stream});
}

void RtmpClient::command(const char* name, double transaction,
                         std::initializer_list<wire::AmfValue> values) {
    wire::Bytes bytes;
    wire::append_command(bytes, 0, name, transaction, values, kChunkSize);
    send_raw(bytes);
}

void RtmpClient::send(const wire::RtmpMessage& message) {
    wire::Bytes bytes;
    wire::append_message(bytes, wire::ChunkStreamId::kVideo, message.type, message.timestamp_ms, 1,
                         message.payload, kChunkSize);
    send_raw(bytes);
}

bool RtmpClient::read_some(std::chrono::milliseconds wait) {
    if (is_at_end_) {
        return false;
    }
    pollfd poll_for{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&poll_for, 1, static_cast<int>(wait.count())) <= 0) {
        return false;
    }
    std::array<std::uint8_t, 65536> buffer{};
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
        is_at_end_ = true;
        return false;
    }
    wire::ByteView bytes{buffer.data(), static_cast<std::size_t>(size)};
    const auto of_handshake = std::min(handshake_left_, bytes.size());
    handshake_left_ -= of_handshake;
    std::vector<wire::RtmpMessage> messages;
    LIVEDUB_CHECK(reader_.feed(bytes.subspan(of_handshake), messages).has_value());
    for (auto& message : messages) {
        messages_.push_back(std::move(message));
    }
    return true;
}

void RtmpClient::note_status(const wire::RtmpMessage& message) {
    if (message.type != wire::MessageType::kCommand) {
        return;
    }
    const auto parsed = wire::parse_command(message);
    if (!parsed || parsed->name != "onStatus" || parsed->arguments.size() < 2) {
        return;
    }
    const auto* info = parsed->arguments[1].object();
    const auto* code = info == nullptr ? nullptr : info->find("code");
    if (code != nullptr && code->text() != nullptr) {
        status_ = *code->text();
    }
}

std::optional<wire::RtmpMessage> RtmpClient::receive(std::chrono::milliseconds wait) {
    const auto deadline = std::chrono::steady_clock::now() + wait;
    while (messages_.empty()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() < 0 || (!read_some(left) && messages_.empty())) {
            return std::nullopt;
        }
    }
    auto message = std::move(messages_.front());
    messages_.pop_front();
    note_status(message);
    return message;
}

std::optional<wire::RtmpMessage> RtmpClient::receive_media(std::chrono::milliseconds wait) {
    while (auto message = receive(wait)) {
        if (message->type == wire::MessageType::kAudio ||
            message->type == wire::MessageType::kVideo ||
            message->type == wire::MessageType::kData) {
            return message;
        }
    }
    return std::nullopt;
}

bool RtmpClient::receive_status(const std::string& code) {
    while (receive()) {
        if (status_ == code) {
            return true;
        }
    }
    return false;
}

bool RtmpClient::is_closed_by_peer() {
    while (receive()) {
    }
    return is_at_end_;
}

}  // namespace livedub::testing_support
