// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace livedub::whisper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPoll{10};

struct Header {
    std::uint32_t kind;
    std::uint32_t size;
};

tl::unexpected<Error> gone() {
    return fail(ErrorCode::kUnavailable, "the other end has gone");
}

Result<void> wait_for(int fd, short events, SteadyTime deadline, const std::stop_token& stop) {
    while (true) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        int timeout = -1;
        if (deadline != kForever) {
            const auto left = deadline - std::chrono::steady_clock::now();
            if (left <= SteadyDuration::zero()) {
                return fail(ErrorCode::kTimeout, "no answer in time");
            }
            timeout = static_cast<int>(
                std::min<std::int64_t>(std::chrono::ceil<milliseconds>(left).count(), 60'000));
        }
        if (stop.stop_possible()) {
            const auto poll = static_cast<int>(kStopPoll.count());
            timeout = timeout < 0 ? poll : std::min(timeout, poll);
        }
        pollfd wait{.fd = fd, .events = events, .revents = 0};
        if (::poll(&wait, 1, timeout) > 0) {
            return {};  // an error or a hang-up shows in what is done next
        }
    }
}

/// A message's control part: room for one descriptor.
struct Passing {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

Result<void> send_all(int fd, std::span<const char> bytes, SteadyTime deadline,
                      const std::stop_token& stop, int passed) {
    Passing passing;
    while (!bytes.empty()) {
        iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (passed >= 0) {
            message.msg_control = passing.bytes.data();
            message.msg_controllen = passing.bytes.size();
            auto* const control = CMSG_FIRSTHDR(&message);
            control->cmsg_level = SOL_SOCKET;
            control->cmsg_type = SCM_RIGHTS;
            control->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(control), &passed, sizeof(int));
        }
        const auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
            passed = -1;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (auto waited = wait_for(fd, POLLOUT, deadline, stop); !waited) {
                return waited;
            }
        } else if (errno != EINTR) {
            return gone();
        }
    }
    return {};
}

Result<void> receive_all(int fd, std::span<char> bytes, SteadyTime deadline,
                         const std::stop_token& stop, OwnedFd& passed) {
    while (!bytes.empty()) {
        if (auto waited = wait_for(fd, POLLIN, deadline, stop); !waited) {
            return waited;
        }
        Passing passing;
        iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = passing.bytes.data();
        message.msg_controllen = passing.bytes.size();
        const auto got = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(got));
            const auto* const control = CMSG_FIRSTHDR(&message);
            if (control != nullptr && control->cmsg_type == SCM_RIGHTS) {
                int descriptor = -1;
                std::memcpy(&descriptor, CMSG_DATA(control), sizeof(int));
                passed = OwnedFd{descriptor};
            }
        } else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            return gone();
        }
    }
    return {};
}

}  // namespace

Result<std::pair<OwnedFd, OwnedFd>> make_channel() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return fail(ErrorCode::kExhausted,
                    fmt::format("make a socket: {}", std::generic_category().message(errno)));
    }
    return std::pair{OwnedFd{ends[0]}, OwnedFd{ends[1]}};
}

Result<void> send_message(int fd, const Message& message, SteadyTime deadline,
                          const std::stop_token& stop, int passed) {
    const Header header{.kind = static_cast<std::uint32_t>(message.kind),
                        .size = static_cast<std::uint32_t>(message.body.size())};
    return send_all(fd, {reinterpret_cast<const char*>(&header), sizeof(header)}, deadline, stop,
                    passed)
        .and_then([&] { return send_all(fd, message.body, deadline, stop, -1); });
}

Result<Received> receive_message(int fd, SteadyTime deadline, const std::stop_token& stop) {
    Received received;
    Header header{};
    if (auto got = receive_all(fd, {reinterpret_cast<char*>(&header), sizeof(header)}, deadline,
                               stop, received.descriptor);
        !got) {
        return tl::unexpected{std::move(got).error()};
    }
    if (header.size > kMostBody) {
        return fail(ErrorCode::kProtocol, fmt::format("a message of {} bytes", header.size));
    }
    received.message.kind = static_cast<MessageKind>(header.kind);
    received.message.body.resize(header.size);
    OwnedFd none;
    if (auto got = receive_all(fd, received.message.body, deadline, stop, none); !got) {
        return tl::unexpected{std::move(got).error()};
    }
    return received;
}

bool has_news(int fd) {
    pollfd look{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&look, 1, 0) > 0;
}

}  // namespace livedub::whisper
