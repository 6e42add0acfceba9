// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/opus_translator.hpp"

#include <condition_variable>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "engines/opus/fake_model.hpp"
#include "files/test_directory.hpp"

namespace livedub::opus {
namespace {

using files::put_file;
using testing::HasSubstr;

/// Reads until it is stopped.
class StuckWeights final : public TranslationWeights {
  public:
    Result<std::unique_ptr<NextTokens>> read(std::span<const TokenId> /*source*/,
                                             const std::stop_token& stop) const override {
        Mutex mutex;
        std::condition_variable_any never;
        const MutexLock lock{mutex};
        never.wait(mutex, stop, [] { return false; });
        return fail(ErrorCode::kCancelled, "stopped");
    }
};

class OpusTranslatorTest : public testing::Test {
  protected:
    void put_pair(const std::string& name) const {
        for (const auto* file : {"encoder_model.onnx", "decoder_model_merged.onnx", "source.spm",
                                 "target.spm", "vocab.json", "config.json"}) {
            put_file(directory_.path() / name / file, "");
        }
    }
    [[nodiscard]] OpusOptions options() const { return {.directories = {directory_.path()}}; }

    /// A model for every folder but that of German, which is broken.
    static Result<std::unique_ptr<const PairModel>> load(const ModelFiles& files) {
        if (files.config.parent_path().filename() == "opus-mt-en-de") {
            return fail(ErrorCode::kUnavailable, "encoder_model.onnx: truncated");
        }
        return fake_model({{"It", "Se"},
                           {"is", "es"},
                           {"over.", "fin."},
                           {"We", "We"},
                           {"won", "won"},
                           {"the", "the"},
                           {"cup.", "cup."}});
    }

    files::TestDirectory directory_;
};

TEST_F(OpusTranslatorTest, TranslatesSentenceBySentence) {
    put_pair("opus-mt-en-es");
    const auto translator = make_opus_translator(options(), load);
    ASSERT_TRUE(translator) << translator.error().message();

    EXPECT_EQ((*translator)->name(), "opus");
    EXPECT_TRUE((*translator)->prepare({"en-us", "es-mx"}));
    EXPECT_EQ(
        *(*translator)->translate({.text = "It is over. It is.", .pair = {"en-us", "es-mx"}}, {}),
        "Se es fin. Se hm");
}

TEST_F(OpusTranslatorTest, ASentenceThatCameBackIsNoTranslation) {
    put_pair("opus-mt-en-es");
    const auto translator = make_opus_translator(options(), load);

    const auto text =
        (*translator)->translate({.text = "It is over. We won the cup.", .pair = {"en", "es"}}, {});

    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message(), HasSubstr("untranslated"));
}

TEST_F(OpusTranslatorTest, APairThatIsNotThereIsRefusedWithWhatThereIs) {
    put_pair("opus-mt-en-es");
    const auto translator = make_opus_translator(options(), load);

    const auto refused = (*translator)->prepare({"en", "fr"});

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message(),
                HasSubstr("no folder opus-mt-en-fr in " + directory_.path().string()));
    EXPECT_THAT(refused.error().message(), HasSubstr("opus-mt-en-es"));
    EXPECT_EQ((*translator)->translate({.text = "It", .pair = {"es", "en"}}, {}).error().code(),
              ErrorCode::kInvalidArgument);
}

TEST_F(OpusTranslatorTest, APairThatIsBrokenLeavesTheOthers) {
    put_pair("opus-mt-en-de");
    put_pair("opus-mt-en-es");
    put_file(directory_.path() / "opus-mt-en-fr" / "config.json", "");
    const auto translator = make_opus_translator(options(), load);
    ASSERT_TRUE(translator);

    EXPECT_TRUE((*translator)->prepare({"en", "es"}));
    const auto broken = (*translator)->prepare({"en", "de"});
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(broken.error().message(), HasSubstr("truncated"));
    EXPECT_THAT((*translator)->prepare({"en", "fr"}).error().message(),
                HasSubstr("lacks encoder_model.onnx"));
}

TEST_F(OpusTranslatorTest, IsNotMadeOfNothing) {
    const auto none = make_opus_translator(options(), load);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(none.error().message(), HasSubstr(directory_.path().string()));
    EXPECT_THAT(none.error().message(), HasSubstr("livedub models pull opus-mt-en-es"));

    put_pair("opus-mt-en-de");
    EXPECT_THAT(make_opus_translator(options(), load).error().message(), HasSubstr("truncated"));
}

TEST_F(OpusTranslatorTest, WhatIsNoTextIsRefused) {
    put_pair("opus-mt-en-es");
    const auto translator = make_opus_translator(options(), load);
    for (const auto& text :
         {std::string(10'000'000, 'a'), std::string{"It \xff"}, std::string{" "}}) {
        const auto refused = (*translator)->translate({.text = text, .pair = {"en", "es"}}, {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
    }
}

TEST_F(OpusTranslatorTest, StopsAndKeepsToItsTime) {
    put_pair("opus-mt-en-es");
    auto wanted = options();
    wanted.timeout = std::chrono::milliseconds::zero();
    const auto translator = make_opus_translator(wanted, load);
    const speech::TranslationRequest request{.text = "It is over.", .pair = {"en", "es"}};

    EXPECT_EQ((*translator)->translate(request, {}).error().code(), ErrorCode::kTimeout);

    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ((*translator)->translate(request, stop.get_token()).error().code(),
              ErrorCode::kCancelled);
}

TEST_F(OpusTranslatorTest, KeepsToItsTimeInTheMiddleOfAStep) {
    put_pair("opus-mt-en-es");
    auto wanted = options();
    wanted.timeout = std::chrono::milliseconds{1};
    const auto translator = make_opus_translator(
        wanted, [](const ModelFiles& /*files*/) -> Result<std::unique_ptr<const PairModel>> {
            auto model = fake_model({{"It", "Se"}});
            model->weights = std::make_unique<StuckWeights>();
            return model;
        });

    const auto slow = (*translator)->translate({.text = "It", .pair = {"en", "es"}}, {});

    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().code(), ErrorCode::kTimeout);
}

}  // namespace
}  // namespace livedub::opus
