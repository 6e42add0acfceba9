// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/recogniser_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "speech/fake_engines.hpp"

namespace livedub::engines {
namespace {

using testing::HasSubstr;

class FakeWhisper final : public whisper::WhisperModel {
  public:
    explicit FakeWhisper(double six_seconds_ms) : cost_{.encode_ms = six_seconds_ms} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "whisper-base"; }
    [[nodiscard]] bool supports(std::string_view /*language*/) const override { return true; }
    [[nodiscard]] Result<std::unique_ptr<speech::TranscriptionSession>> open_session(
        const speech::TranscriptionOptions& /*options*/) const override {
        return fail(ErrorCode::kInternal, "not here");
    }
    [[nodiscard]] const whisper::ExpectedCost& expected_cost() const noexcept override {
        return cost_;
    }
    [[nodiscard]] const std::string& version() const noexcept override { return version_; }
    [[nodiscard]] std::vector<pid_t> pids() const override { return {}; }

  private:
    const whisper::ExpectedCost cost_;
    const std::string version_{"1"};
};

speech::FakeRecognition& script() {
    static speech::FakeRecognition instance;
    return instance;
}

RecogniserFactories with_whisper_of(double six_seconds_ms) {
    return {.whisper = [=](const auto&) -> Result<std::unique_ptr<whisper::WhisperModel>> {
                return std::make_unique<FakeWhisper>(six_seconds_ms);
            },
            .pocketsphinx = []() -> Result<std::unique_ptr<speech::TranscriptionModel>> {
                return std::make_unique<speech::FakeTranscriptionModel>(script());
            }};
}

TEST(RecogniserChoice, IsWhisperWhereItIsFastEnough) {
    const auto chosen = choose_recogniser({}, with_whisper_of(1'500));
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->engine, "whisper");
    EXPECT_EQ(chosen->model->name(), "whisper-base");
    EXPECT_EQ(chosen->why, "whisper-base takes 0.25 of real time here");
}

TEST(RecogniserChoice, IsPocketsphinxWhereItIsTooSlow) {
    const auto chosen = choose_recogniser({}, with_whisper_of(6'600));
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->engine, "pocketsphinx");
    EXPECT_EQ(chosen->model->name(), "fake-asr");
    EXPECT_EQ(chosen->why, "whisper-base takes 1.10 of real time here, more than 0.5");
}

TEST(RecogniserChoice, SaysWhatIsMissing) {
    auto factories = with_whisper_of(0);
    factories.whisper = [](const auto&) {
        return fail(ErrorCode::kUnavailable, "whisper: no ggml-base.bin in /models");
    };
    const auto chosen = choose_recogniser({}, factories);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(chosen->engine, "pocketsphinx");
    EXPECT_EQ(chosen->why, "whisper: no ggml-base.bin in /models");

    factories.pocketsphinx = [] {
        return fail(ErrorCode::kUnavailable, "install the package pocketsphinx-en-us");
    };
    const auto none = choose_recogniser({}, factories);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message(), HasSubstr("no ggml-base.bin"));
    EXPECT_THAT(none.error().message(), HasSubstr("pocketsphinx-en-us"));
}

}  // namespace
}  // namespace livedub::engines
