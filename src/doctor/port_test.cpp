// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/port.hpp"

#include <array>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

namespace livedub::doctor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ListeningSockets, AreTheOnesInThatState) {
    constexpr std::string_view kTable =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout "
        "inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "4242 1 0000000000000000 100 0 0 10 0\n"
        "   1: 0100007F:1F91 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "4243 1 0000000000000000 20 4 30 10 -1\n"
        "   2: 00000000000000000000000000000000:078F 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000  1000        0 77 1 0000000000000000 100 0 0 10 "
        "0\n";

    EXPECT_THAT(listening_sockets(kTable), ElementsAre(ListeningSocket{.port = 8080, .inode = 4242},
                                                       ListeningSocket{.port = 1935, .inode = 77}));
}

TEST(ListeningSockets, AreNoneOfOtherText) {
    EXPECT_THAT(listening_sockets(""), IsEmpty());
    EXPECT_THAT(listening_sockets("a b c 0A e f g h i j\n"), IsEmpty());
    EXPECT_THAT(listening_sockets("0: 0100007F: r 0A e f g h i 12\n"), IsEmpty());
    EXPECT_THAT(listening_sockets("0: 0100007F:FFFFFF r 0A e f g h i 12\n"), IsEmpty());
}

/// Listens on a port of the loopback that the system chose.
class Listener {
  public:
    Listener() : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        if (::bind(fd_, raw, size) == 0 && ::listen(fd_, 1) == 0 &&
            ::getsockname(fd_, raw, &size) == 0) {
            port_ = ntohs(address.sin_port);
        }
    }
    ~Listener() { ::close(fd_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    int fd_;
    std::uint16_t port_ = 0;
};

TEST(Port, IsHeldByWhoeverListens) {
    const Listener listener;
    ASSERT_NE(listener.port(), 0);

    for (const auto* host : {"127.0.0.1", "0.0.0.0"}) {
        const auto facts = look_at_port(host, listener.port());

        ASSERT_EQ(facts.state, PortState::kHeld) << host;
        ASSERT_TRUE(facts.holder.has_value()) << host;
        EXPECT_EQ(facts.holder->pid, ::getpid());
        EXPECT_EQ(facts.holder->program, "doctor_test");
        EXPECT_GT(facts.next_free, listener.port());
    }
}

TEST(Port, IsNotAdvisedWhenItIsSpokenFor) {
    const Listener listener;
    const auto first = look_at_port("127.0.0.1", listener.port()).next_free;

    const std::array spoken_for{first};
    EXPECT_NE(look_at_port("127.0.0.1", listener.port(), spoken_for).next_free, first);
}

TEST(Port, IsFreeWhenNobodyDoes) {
    std::uint16_t port = 0;
    {
        const Listener listener;
        port = listener.port();
    }

    EXPECT_EQ(look_at_port("127.0.0.1", port).state, PortState::kFree);
    EXPECT_EQ(look_at_port("127.0.0.1", 0).state, PortState::kFree);
}

TEST(Port, NeedsAnAddressOfThisMachine) {
    EXPECT_EQ(look_at_port("192.0.2.1", 1935).state, PortState::kNoAddress);  // documentation's
    EXPECT_EQ(look_at_port("not an address", 1935).state, PortState::kNoAddress);
    EXPECT_NE(look_at_port("not an address", 1935).problem, "");
}

}  // namespace
}  // namespace livedub::doctor
