// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/server_url.hpp"

#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

struct Good {
    std::string_view url;
    ServerUrl server;
    std::string_view authority;
};

class ServerUrls : public testing::TestWithParam<Good> {};

TEST_P(ServerUrls, AreTakenApart) {
    const auto server = parse_server_url(GetParam().url);
    ASSERT_TRUE(server.has_value()) << server.error().message();
    EXPECT_EQ(*server, GetParam().server);
    EXPECT_EQ(server->authority(), GetParam().authority);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServerUrls,
    testing::Values(
        Good{"http://localhost:3000", {false, "localhost", "3000"}, "localhost:3000"},
        Good{"http://sts_a-1.example/", {false, "sts_a-1.example", "80"}, "sts_a-1.example:80"},
        Good{"https://sts.example", {true, "sts.example", "443"}, "sts.example:443"},
        Good{"ws://127.0.0.1:1/", {false, "127.0.0.1", "1"}, "127.0.0.1:1"},
        Good{"wss://[::1]:8443", {true, "::1", "8443"}, "[::1]:8443"},
        Good{"wss://[::1]", {true, "::1", "443"}, "[::1]:443"}));

class NotServerUrls : public testing::TestWithParam<std::string_view> {};

TEST_P(NotServerUrls, AreRefused) {
    const auto server = parse_server_url(GetParam());
    ASSERT_FALSE(server.has_value());
    EXPECT_EQ(server.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(server.error().message().find(GetParam()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, NotServerUrls,
                         testing::Values("", "localhost:3000", "ftp://host", "http://", "http:///",
                                         "http://:3000", "http://host:", "http://host:0",
                                         "http://host:65536", "http://host:3000x", "http://ho st",
                                         "http://host/path", "http://user@host", "http://host?x=1",
                                         "http://[::1", "http://[::1]x", "http://[host]:1",
                                         "http://host\r\nX: y"));

TEST(RequestTarget, HasOneSlashAtEachEnd) {
    for (const auto* path : {"socket.io", "/socket.io", "socket.io/", "/socket.io/"}) {
        EXPECT_EQ(request_target(path, "websocket", ""), "/socket.io/?EIO=4&transport=websocket");
    }
    EXPECT_EQ(request_target("/ws/sts", "polling", ""), "/ws/sts/?EIO=4&transport=polling");
    EXPECT_EQ(request_target("/", "polling", ""), "/?EIO=4&transport=polling");
}

TEST(RequestTarget, EncodesTheSid) {
    EXPECT_EQ(request_target("/a/", "polling", "x-Y_9&z=\n"),
              "/a/?EIO=4&transport=polling&sid=x-Y_9%26z%3D%0A");
}

}  // namespace
}  // namespace livedub::sio
