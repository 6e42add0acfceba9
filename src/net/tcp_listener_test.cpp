// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/tcp_listener.hpp"

#include <future>

#include <gtest/gtest.h>

namespace livedub::net {
namespace {

TEST(TcpListener, HandsOnWhatConnects) {
    IoThread io;
    auto listener = TcpListener::open(io, "127.0.0.1", 0);
    ASSERT_TRUE(listener.has_value()) << listener.error().message();
    ASSERT_NE((*listener)->port(), 0);
    std::promise<void> accepted;
    (*listener)->start([&](const Tcp::socket& /*socket*/) { accepted.set_value(); });

    asio::io_context context;
    Tcp::socket client{context};
    client.connect({asio::ip::address_v4::loopback(), (*listener)->port()});

    EXPECT_EQ(accepted.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    io.call([&] { (*listener)->close(); });
}

TEST(TcpListener, SaysWhichPortIsInUse) {
    IoThread io;
    const auto first = TcpListener::open(io, "127.0.0.1", 0);
    ASSERT_TRUE(first.has_value());

    const auto second = TcpListener::open(io, "127.0.0.1", (*first)->port());

    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(
        second.error().message(),
        "cannot listen on 127.0.0.1:" + std::to_string((*first)->port()) + ": the port is in use");
}

TEST(TcpListener, RefusesAnAddressOfAnotherMachine) {
    IoThread io;

    const auto listener = TcpListener::open(io, "192.0.2.1", 0);

    ASSERT_FALSE(listener.has_value());
    EXPECT_EQ(listener.error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace livedub::net
