// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/child_pipeline.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::apertium {
namespace {

using namespace std::chrono_literals;
using Commands = std::vector<std::vector<std::string>>;

SteadyTime in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

std::size_t open_descriptors() {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

bool exists(pid_t pid) {
    return ::kill(pid, 0) == 0 || errno != ESRCH;
}

TEST(ChildPipeline, AnswersEachMessageInTurn) {
    auto pipeline = ChildPipeline::start({{"cat"}, {"cat"}, {"cat"}});
    ASSERT_TRUE(pipeline.has_value()) << pipeline.error().message();

    for (const auto& message : {std::string{"one"}, std::string{}, std::string(300'000, 'x')}) {
        const auto answer = (*pipeline)->exchange(message, in(20s), {});

        ASSERT_TRUE(answer.has_value()) << answer.error().message();
        EXPECT_EQ(*answer, message);
    }
}

TEST(ChildPipeline, NamesTheProgramThatIsMissing) {
    const auto pipeline = ChildPipeline::start({{"cat"}, {"livedub-no-such-program"}});

    ASSERT_FALSE(pipeline.has_value());
    EXPECT_EQ(pipeline.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(pipeline.error().message().find("livedub-no-such-program"), std::string::npos);
}

TEST(ChildPipeline, GivesUpAtTheDeadline) {
    auto pipeline = ChildPipeline::start({{"sleep", "600"}});
    ASSERT_TRUE(pipeline.has_value());

    const auto answer = (*pipeline)->exchange("hello", in(50ms), {});

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), ErrorCode::kTimeout);
}

TEST(ChildPipeline, StopsWithin100MsWhenAsked) {
    auto pipeline = ChildPipeline::start({{"sleep", "600"}});
    ASSERT_TRUE(pipeline.has_value());
    std::stop_source source;
    SteadyTime asked;
    const std::jthread stopper{[&] {
        asked = std::chrono::steady_clock::now();
        source.request_stop();
    }};

    // More than the socket holds, so that the write is what has to be given up.
    const auto answer =
        (*pipeline)->exchange(std::string(4'000'000, 'x'), in(60s), source.get_token());

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), ErrorCode::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);  // 100 ms and a busy machine
}

TEST(ChildPipeline, AKilledStageIsAnErrorAndNeverAnAnswer) {
    auto pipeline = ChildPipeline::start({{"cat"}, {"cat"}, {"cat"}});
    ASSERT_TRUE(pipeline.has_value());
    ASSERT_TRUE((*pipeline)->all_running());
    ::kill((*pipeline)->pids()[1], SIGKILL);

    const auto answer = (*pipeline)->exchange("hello", in(20s), {});

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable);
    // A process closes its pipes a moment before the kernel calls it dead.
    const auto deadline = in(20s);
    while ((*pipeline)->all_running() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    EXPECT_FALSE((*pipeline)->all_running());
}

TEST(ChildPipeline, AnEndlessAnswerIsCutOff) {
    auto pipeline = ChildPipeline::start({{"yes"}});
    ASSERT_TRUE(pipeline.has_value());

    const auto answer = (*pipeline)->exchange("hello", in(60s), {});

    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable);
}

TEST(ChildPipeline, LeavesNoChildAndNoDescriptorBehind) {
    const auto before = open_descriptors();
    for (int round = 0; round < 40; ++round) {
        auto pipeline = ChildPipeline::start({{"cat"}, {"sleep", "600"}, {"cat"}});
        ASSERT_TRUE(pipeline.has_value()) << pipeline.error().message();
        const auto pids = (*pipeline)->pids();
        ASSERT_EQ(pids.size(), 3U);

        pipeline->reset();

        for (const pid_t pid : pids) {
            EXPECT_FALSE(exists(pid));  // a zombie would still exist
        }
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(ChildPipeline, ChildrenInheritNothingButTheirThreeDescriptors) {
    auto pipeline = ChildPipeline::start({{"cat"}, {"cat"}});
    ASSERT_TRUE(pipeline.has_value());
    ASSERT_TRUE((*pipeline)->exchange("started", in(20s), {}).has_value());

    for (const pid_t pid : (*pipeline)->pids()) {
        const auto folder = "/proc/" + std::to_string(pid) + "/fd";
        EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder}, {}), 3);
    }
}

}  // namespace
}  // namespace livedub::apertium
