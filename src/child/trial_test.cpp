// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "child/trial.hpp"

#include <string>

#include <gmock/gmock.h>

namespace livedub::child {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr seconds kLong{600};

Error error_of(const std::string& script, seconds patience = kLong) {
    const auto tried =
        try_out({.words = {"sh", "-c", "ulimit -c 0; " + script}}, "/models/x.onnx", patience);
    return tried ? Error{ErrorCode::kInternal, "none"} : tried.error();
}

TEST(TryOut, TakesWhatIsGood) {
    EXPECT_TRUE(try_out({.words = {"true"}}, "it", kLong));
}

TEST(TryOut, GivesTheErrorThatTheProgramTold) {
    const auto refused = error_of("echo noise >&2; echo x.onnx is cut short >&2; exit 10");
    EXPECT_EQ(refused.code(), ErrorCode::kUnavailable);
    EXPECT_EQ(refused.message(), "x.onnx is cut short");

    const auto no_memory = error_of("echo no memory >&2; exit 11");
    EXPECT_EQ(no_memory.code(), ErrorCode::kExhausted);
    EXPECT_EQ(no_memory.message(), "no memory");
}

TEST(TryOut, TellsHowTheProgramEndedOtherwise) {
    for (const auto& [script, how] :
         {std::pair{"echo noise >&2; kill -SEGV $$", "signal 11 (Segmentation fault): noise"},
          std::pair{"kill -KILL $$", "signal 9 (Killed)"},
          std::pair{"exit 127", "exit code 127"}}) {
        const auto error = error_of(script);
        EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
        EXPECT_EQ(
            error.message(),
            "/models/x.onnx cannot be used: the program that tried it ended: " + std::string{how});
    }
}

TEST(TryOut, EndsWhatTakesTooLong) {
    const auto error = error_of("exec sleep 1000", seconds{0});

    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
    EXPECT_EQ(error.message(), "/models/x.onnx cannot be used: to try it took over 0 s");
}

TEST(TryOut, NamesAProgramThatIsNotThere) {
    const auto tried = try_out({.words = {"/nowhere/livedub-onnx"}}, "/models/x.onnx", kLong);

    ASSERT_FALSE(tried);
    EXPECT_EQ(tried.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(tried.error().message(), HasSubstr("/models/x.onnx"));
    EXPECT_THAT(tried.error().message(), HasSubstr("/nowhere/livedub-onnx"));
}

TEST(Tell, SaysItOnOneLine) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(tell({}), 0);
    EXPECT_EQ(tell(fail(ErrorCode::kUnavailable, "one\ntwo")), 10);
    EXPECT_EQ(tell(fail(ErrorCode::kExhausted, "no memory")), 11);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "one two\nno memory\n");
}

}  // namespace
}  // namespace livedub::child
