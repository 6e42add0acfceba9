// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/log.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

TEST(Log, AnUnknownLevelIsRefusedByName) {
    const auto result = set_up_logging("loud", LogFormat::kText);

    ASSERT_FALSE(result.has_value());
    EXPECT_NE(result.error().message().find("\"loud\""), std::string::npos);
}

TEST(Log, OneRoomHasOneLogger) {
    ASSERT_TRUE(set_up_logging("Warn", LogFormat::kJson).has_value());

    EXPECT_EQ(logger("media"), logger("media"));
    EXPECT_EQ(logger("media")->level(), spdlog::level::warn);
}

}  // namespace
}  // namespace livedub
