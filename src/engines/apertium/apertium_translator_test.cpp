// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/apertium_translator.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "engines/apertium/resident_pair.hpp"

namespace livedub::apertium {
namespace {

using namespace std::chrono_literals;
using speech::LanguagePair;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const LanguagePair kEnglishToSpanish{.source = "en", .target = "es"};

SteadyTime in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

/// A directory with one mode of the test's own.
class OwnMode {
  public:
    OwnMode(const std::string& name, const std::string& text) {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        directory_ = std::filesystem::path{testing::TempDir()} /
                     (std::string{"livedub-own-mode-"} + info->name());
        std::filesystem::create_directories(directory_);
        std::ofstream{directory_ / name} << text;
    }
    ~OwnMode() { std::filesystem::remove_all(directory_); }
    OwnMode(const OwnMode&) = delete;
    OwnMode& operator=(const OwnMode&) = delete;

    [[nodiscard]] ApertiumOptions options(std::chrono::milliseconds timeout = 20s) const {
        return {.mode_directories = {directory_}, .timeout = timeout};
    }

  private:
    std::filesystem::path directory_;
};

class EnglishToSpanish : public testing::Test {
  protected:
    void SetUp() override {
        if (std::ranges::count(installed_pairs(), "eng-spa") == 0) {
            GTEST_SKIP() << "the package apertium-eng-spa is not installed";
        }
    }
    std::string translate(std::string_view text) {
        auto result =
            translator_->translate({.text = std::string{text}, .pair = kEnglishToSpanish}, {});
        return result ? *result : "error: " + result.error().message();
    }

    std::unique_ptr<speech::Translator> translator_ = make_apertium_translator();
};

TEST_F(EnglishToSpanish, TranslatesSentences) {
    ASSERT_TRUE(translator_->prepare(kEnglishToSpanish).has_value());

    const auto line = translate("The ball goes over the line.");
    EXPECT_THAT(line, HasSubstr("línea"));
    EXPECT_THAT(line, AnyOf(HasSubstr("bola"), HasSubstr("pelota"), HasSubstr("balón")));
    EXPECT_THAT(translate("On Sunday the Spanish team wins the game. The players are happy."),
                AllOf(HasSubstr("domingo"), HasSubstr("equipo español"), HasSubstr("jugadores")));
}

TEST_F(EnglishToSpanish, SurvivesEverySpecialCharacter) {
    const std::string hostile = "The ^team$ [wins] 3/4 <games> {now} @ home \\ *today #yes 100%.";

    const auto text = translate(hostile);

    EXPECT_THAT(text, HasSubstr("equipo"));
    EXPECT_THAT(text, Not(HasSubstr("*")));
    EXPECT_THAT(text, Not(HasSubstr("[]")));
    EXPECT_THAT(translate("The game is over."), HasSubstr("juego"));
}

TEST_F(EnglishToSpanish, UnknownWordsCarryNoMark) {
    const auto text = translate("The blorfish team wins.");

    EXPECT_THAT(text, AllOf(HasSubstr("blorfish"), HasSubstr("equipo"), Not(HasSubstr("*"))));
}

TEST_F(EnglishToSpanish, DoesNotPassOffTheSourceAsATranslation) {
    const auto result =
        translator_->translate({.text = "Blorfish zanderbrack.", .pair = kEnglishToSpanish}, {});

    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(EnglishToSpanish, MostlyUnknownWordsAreNoTranslationEither) {
    const auto translate = [this](std::string text) {
        return translator_->translate({.text = std::move(text), .pair = kEnglishToSpanish}, {});
    };

    const auto result = translate("The zanderbrack blorfish twizzled frobnics.");

    ASSERT_FALSE(result.has_value());
    EXPECT_THAT(result.error().message(), HasSubstr("too few words"));
    // Names are what they are.
    EXPECT_TRUE(translate("Zubimendi passes to Oyarzabal, Oyarzabal to Merino.").has_value());
}

TEST_F(EnglishToSpanish, LeavesSignsAsTheyAre) {
    const auto result =
        translator_->translate({.text = "Messi qzaa two Qzab, and qzac the ball.",
                                .pair = kEnglishToSpanish,
                                .signs = {{.sign = "qzaa"}, {.sign = "Qzab"}, {.sign = "qzac"}}},
                               {});

    ASSERT_TRUE(result.has_value()) << result.error().message();
    for (const auto* sign : {" qzaa ", " Qzab", " qzac "}) {
        EXPECT_THAT(*result, HasSubstr(sign));
    }
    EXPECT_THAT(*result, Not(HasSubstr("*")));
}

TEST_F(EnglishToSpanish, ManyThreadsShareOnePipeline) {
    std::vector<std::string> answers(4);
    {
        std::vector<std::jthread> threads;
        threads.reserve(answers.size());
        for (auto& answer : answers) {
            threads.emplace_back([&] {
                for (int round = 0; round < 10; ++round) {
                    answer = translate("The team wins the game.");
                }
            });
        }
    }
    for (const auto& answer : answers) {
        EXPECT_THAT(answer, HasSubstr("equipo"));
    }
}

TEST_F(EnglishToSpanish, RecoversFromAKilledStage) {
    std::ifstream file{"/usr/share/apertium/modes/eng-spa.mode"};
    auto commands = parse_mode(std::string{std::istreambuf_iterator<char>{file}, {}});
    ASSERT_TRUE(commands.has_value());
    ResidentPair pair{*commands};
    ASSERT_TRUE(pair.exchange("The ball.[]", in(20s), {}).has_value());
    const auto stages = pair.pids().size();

    for (const std::size_t victim : {std::size_t{0}, stages / 2, stages - 1}) {
        const auto pids = pair.pids();
        ASSERT_EQ(pids.size(), stages);
        ::kill(pids[victim], SIGKILL);

        // Either the death was seen first and the chain restarted, or this call failed cleanly.
        // Never a wrong answer, and well again as soon as the backoff allows.
        const auto deadline = in(20s);
        bool recovered = false;
        while (!recovered && std::chrono::steady_clock::now() < deadline) {
            const auto answer = pair.exchange("The ball.[]", in(20s), {});
            if (answer) {
                EXPECT_EQ(*answer, "La bola.[]");
                recovered = true;
            } else {
                EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable);
                std::this_thread::yield();
            }
        }
        EXPECT_TRUE(recovered) << "stage " << victim;
    }
}

TEST(ApertiumTranslator, NamesTheMissingPairAndItsPackage) {
    const OwnMode mode{"eng-spa.mode", "cat"};
    const auto translator = make_apertium_translator(mode.options());

    const auto catalan = translator->prepare({.source = "en", .target = "ca"});
    const auto french = translator->prepare({.source = "en-GB", .target = "fr"});

    ASSERT_FALSE(catalan.has_value());
    EXPECT_EQ(catalan.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(catalan.error().message(), HasSubstr("apertium-eng-cat"));
    ASSERT_FALSE(french.has_value());
    EXPECT_EQ(french.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(french.error().message(), AllOf(HasSubstr("en-GB to fr"), HasSubstr("eng-spa")));
}

TEST(ApertiumTranslator, SaysWhichProgramIsMissing) {
    const OwnMode mode{"eng-spa.mode", "livedub-no-such-program x | cat"};
    const auto translator = make_apertium_translator(mode.options());

    const auto prepared = translator->prepare(kEnglishToSpanish);

    ASSERT_FALSE(prepared.has_value());
    EXPECT_EQ(prepared.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(prepared.error().message(), HasSubstr("livedub-no-such-program"));
}

TEST(ApertiumTranslator, AHangingPairTimesOutAndThenBacksOff) {
    // tail -z prints nothing until its input ends.
    const OwnMode mode{"eng-spa.mode", "tail"};
    const auto translator = make_apertium_translator(mode.options(30ms));
    const auto code = [&] {
        return translator->translate({.text = "Hello.", .pair = kEnglishToSpanish}, {})
            .error()
            .code();
    };

    EXPECT_EQ(code(), ErrorCode::kTimeout);
    EXPECT_EQ(code(), ErrorCode::kTimeout);
    bool was_held_back = false;  // the wait doubles until it outlasts any pause between two calls
    for (int i = 0; i < 8 && !was_held_back; ++i) {
        was_held_back = code() == ErrorCode::kUnavailable;
    }
    EXPECT_TRUE(was_held_back);
}

TEST(ApertiumTranslator, StopsWithin100MsWhileItWaitsForItsTurn) {
    const OwnMode mode{"eng-spa.mode", "tail"};
    const auto translator = make_apertium_translator(mode.options(60s));
    const auto call = [&](const std::stop_token& stop) {
        const auto result =
            translator->translate({.text = "Hello.", .pair = kEnglishToSpanish}, stop);
        EXPECT_EQ(result.error().code(), ErrorCode::kCancelled);
    };
    std::jthread first{call};
    std::jthread second{call};

    const auto begin = std::chrono::steady_clock::now();
    second.request_stop();
    second.join();
    first.request_stop();
    first.join();

    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);  // 100 ms each and a busy machine
}

}  // namespace
}  // namespace livedub::apertium
