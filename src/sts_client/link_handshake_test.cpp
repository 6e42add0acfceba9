// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_handshake.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::sts_client {
namespace {

TEST(LinkHandshake, SaysWhoItIs) {
    StsClientConfig config;
    config.url = "https://sts.example:8443";
    config.path = "/ws/sts/";
    config.name_space = "/sts";
    config.link.worker_id = "worker-7";
    config.verify_certificate = false;
    const auto client = make_client_config(config, "cam_1");
    EXPECT_EQ(client.url, "https://sts.example:8443");
    EXPECT_EQ(client.path, "/ws/sts/");
    EXPECT_EQ(client.name_space, "/sts");
    EXPECT_FALSE(client.verify_certificate);
    ASSERT_EQ(client.headers.size(), 2U);
    EXPECT_EQ(client.headers[0], (std::pair<std::string, std::string>{"X-Stream-ID", "cam_1"}));
    EXPECT_EQ(client.headers[1], (std::pair<std::string, std::string>{"X-Worker-ID", "worker-7"}));
}

TEST(LinkHandshake, CarriesTheKeyOnlyIfThereIsOne) {
    StsClientConfig config;
    EXPECT_TRUE(make_client_config(config, "cam").auth.empty());
    config.api_key = "a\"b";
    EXPECT_EQ(make_client_config(config, "cam").auth, R"({"token":"a\"b"})");
}

TEST(LinkHandshake, HeadersTakeOnlyPlainNames) {
    EXPECT_EQ(header_name_of("Az09_-"), "Az09_-");
    EXPECT_EQ(header_name_of("live/cam 1\r\nX: y"), "live_cam_1__X__y");
    EXPECT_EQ(header_name_of(std::string(200, 'a')), std::string(64, 'a'));
}

}  // namespace
}  // namespace livedub::sts_client
