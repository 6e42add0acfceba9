// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/slice.hpp"

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

TEST(Slice, KeepsAPartOfAPartWithoutMovingIt) {
    Slice slice{std::string("0123456789 that is no short text")};
    const auto* const place = slice.view().data();

    slice.keep(slice.view().substr(2));
    slice.keep(slice.view().substr(1, 4));

    EXPECT_EQ(slice, "3456");
    EXPECT_EQ(slice.size(), 4U);
    EXPECT_EQ(slice.view().data(), place + 3);
    const Slice moved{std::move(slice)};
    EXPECT_EQ(moved, "3456");
}

TEST(Slice, GivesItsPartAsAString) {
    for (const std::string_view part : {"", "a", "bc", "abc"}) {
        Slice slice{"abc"};
        slice.keep(slice.view().substr(slice.view().find(part), part.size()));
        EXPECT_EQ(std::move(slice).take(), part);
    }
    EXPECT_EQ(Slice{}.take(), "");
}

}  // namespace
}  // namespace livedub::wire
