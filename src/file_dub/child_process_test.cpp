// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/child_process.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace livedub::file_dub {
namespace {

TEST(ChildProcess, ReadsAllItSays) {
    const auto child = *ChildProcess::start({"seq", "1", "1000"}, Pipe::kFromChild);
    std::array<std::byte, 8'192> bytes{};

    const auto got = child->read(bytes);

    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(*got, 3'893U);
    EXPECT_TRUE(child->wait().has_value());
}

TEST(ChildProcess, EatsAllItIsGiven) {
    const auto child = *ChildProcess::start({"sh", "-c", "test $(wc -c) = 200000"}, Pipe::kToChild);
    const std::vector<std::byte> bytes(200'000);

    ASSERT_TRUE(child->write(bytes).has_value());

    EXPECT_TRUE(child->wait().has_value());
}

TEST(ChildProcess, ItsLastWordsAreTheError) {
    const auto child = *ChildProcess::start({"sh", "-c", "echo first >&2; echo last >&2; exit 3"},
                                            Pipe::kFromChild);

    const auto ended = child->wait();

    ASSERT_FALSE(ended.has_value());
    EXPECT_EQ(ended.error().message(), "last");
}

TEST(ChildProcess, AMissingProgramIsNamed) {
    const auto child = ChildProcess::start({"livedub-no-such-program"}, Pipe::kFromChild);

    ASSERT_FALSE(child.has_value());
    EXPECT_EQ(child.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(child.error().message().find("livedub-no-such-program"), std::string::npos);
}

TEST(ChildProcess, KillEndsABlockingRead) {
    const auto child = *ChildProcess::start({"sleep", "60"}, Pipe::kFromChild);
    std::array<std::byte, 16> bytes{};
    const std::jthread killer{[&] { child->kill(); }};

    const auto got = child->read(bytes);

    EXPECT_EQ(got.value_or(1), 0U);
    EXPECT_FALSE(child->wait().has_value());
    child->kill();  // long gone: nobody else is hit
}

TEST(ChildProcess, IsNotLeftBehind) {
    const auto begin = std::chrono::steady_clock::now();

    (void)*ChildProcess::start({"sleep", "60"}, Pipe::kFromChild);

    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

TEST(ChildProcess, AGoneChildIsAnErrorOfTheWrite) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto child = *ChildProcess::start({"true"}, Pipe::kToChild);
    const std::vector<std::byte> bytes(1'000'000);

    EXPECT_FALSE(child->write(bytes).has_value());
}

}  // namespace
}  // namespace livedub::file_dub
