// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/synthesizer.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace livedub::speech {
namespace {

TEST(SynthesisRequest, MayBeMinutesLongAndNoLonger) {
    EXPECT_TRUE(check({.text = std::string(16U << 10U, 'a'), .language = "es"}));
    const auto refused = check({.text = std::string((16U << 10U) + 1, 'a'), .language = "es"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "16385 bytes of text, at most 16384");
}

TEST(SynthesisRequest, HasASpeedThatThereIs) {
    for (const double speed : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
        const auto refused = check({.text = "Hola.", .language = "es", .speed = speed});
        ASSERT_FALSE(refused) << speed;
        EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
    }
    EXPECT_TRUE(check({.text = "Hola.", .language = "es", .speed = 0.5}));
}

}  // namespace
}  // namespace livedub::speech
