// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The processors with real threads: each answer is waited for, none is timed.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "speech/fake_engines.hpp"
#include "speech/pipeline.hpp"
#include "sts_session/dub_processor.hpp"
#include "sts_session/echo_processor.hpp"
#include "sts_session/worker_pool.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_session {
namespace {

using contract::ResultStatus;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What processors answered.
class Answers {
  public:
    OnFinished on_finished() {
        return [this](std::uint64_t serial, FinishedFragment finished) {
            const MutexLock lock{mutex_};
            serials_.push_back(serial);
            finished_.push_back(std::move(finished));
            arrived_.notify_all();
        };
    }
    OnOpened on_opened() {
        return [this](tl::expected<std::unique_ptr<StreamWork>, Refusal> opened) {
            const MutexLock lock{mutex_};
            if (opened) {
                work_ = std::move(*opened);
            } else {
                refusal_ = std::move(opened.error());
            }
            arrived_.notify_all();
        };
    }

    std::vector<FinishedFragment> wait_for(std::size_t count) {
        const MutexLock lock{mutex_};
        arrived_.wait_for(mutex_, seconds{10},
                          [&]() LIVEDUB_REQUIRES(mutex_) { return finished_.size() >= count; });
        return finished_;
    }
    /// Null when the stream was refused.
    std::unique_ptr<StreamWork> wait_for_work() {
        const MutexLock lock{mutex_};
        arrived_.wait_for(mutex_, seconds{10},
                          [&]() LIVEDUB_REQUIRES(mutex_) { return work_ || refusal_; });
        return std::move(work_);
    }
    [[nodiscard]] std::optional<Refusal> refusal() const {
        const MutexLock lock{mutex_};
        return refusal_;
    }

  private:
    mutable Mutex mutex_;
    std::condition_variable_any arrived_;
    std::vector<std::uint64_t> serials_ LIVEDUB_GUARDED_BY(mutex_);
    std::vector<FinishedFragment> finished_ LIVEDUB_GUARDED_BY(mutex_);
    std::unique_ptr<StreamWork> work_ LIVEDUB_GUARDED_BY(mutex_);
    std::optional<Refusal> refusal_ LIVEDUB_GUARDED_BY(mutex_);
};

OpenStream request(std::string voice = "default", std::string target = "es") {
    OpenStream open;
    open.serial = 1;
    open.init.stream_id = "s";
    open.init.voice_profile = std::move(voice);
    open.init.target_language = std::move(target);
    open.init.output_format = "pcm_s16le";
    return open;
}

StartFragment job(std::uint64_t serial, std::string data) {
    StartFragment start;
    start.serial = serial;
    start.data.fragment_id = "f" + std::to_string(serial);
    start.data.stream_id = "s";
    start.data.sequence_number = static_cast<std::int64_t>(serial);
    start.data.audio = {.format = "pcm_s16le",
                        .sample_rate_hz = 16'000,
                        .channels = 1,
                        .duration_ms = 500,
                        .data = std::move(data),
                        .is_binary = false};
    start.received = std::chrono::steady_clock::now();
    start.deadline = start.received + seconds{30};
    return start;
}

std::string silence() {
    return wire::encode_base64(std::string(16'000, '\0'));
}

TEST(WorkerPool, TheTasksOfALineRunInOrderAndOneAtATime) {
    constexpr int kTasks = 200;
    Mutex mutex;
    std::condition_variable_any done;
    std::vector<int> order;
    WorkerPool pool{4};
    const auto line = WorkerPool::make_line();

    for (int n = 0; n < kTasks; ++n) {
        pool.post(line, [&, n] {
            const MutexLock lock{mutex};
            order.push_back(n);
            done.notify_all();
        });
    }

    const MutexLock lock{mutex};
    done.wait_for(mutex, seconds{10}, [&] { return order.size() == kTasks; });
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kTasks));
    for (int n = 0; n < kTasks; ++n) {
        EXPECT_EQ(order[static_cast<std::size_t>(n)], n);
    }
}

TEST(EchoProcessor, AnswersWithTheSameSound) {
    const SystemClock clock;
    Answers answers;
    EchoProcessor echo{clock, milliseconds{0}};
    echo.open(request(), answers.on_finished(), answers.on_opened());
    const auto work = answers.wait_for_work();
    ASSERT_NE(work, nullptr);

    work->start(job(3, "c291bmQ="));

    const auto all = answers.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].result.status, ResultStatus::kSuccess);
    EXPECT_EQ(all[0].result.transcript, "[ECHO] Original audio (seq=3)");
    EXPECT_EQ(all[0].result.translated_text, "[ECHO] Audio original (seq=3)");
    ASSERT_NE(all[0].encoded, nullptr);
    EXPECT_NE(all[0].encoded->argument.view().find("c291bmQ="), std::string::npos);
}

TEST(EchoProcessor, WhatIsNoSoundFails) {
    for (const std::string data : {"", "not base64!"}) {
        const auto result = echo(job(0, data).data, milliseconds{0});
        EXPECT_EQ(result.status, ResultStatus::kFailed);
        ASSERT_TRUE(result.error.has_value());
        EXPECT_EQ(result.error->code, "INVALID_AUDIO_FORMAT");
        EXPECT_EQ(result.error->stage, "asr");
    }
}

TEST(EchoProcessor, AClosedStreamIsNotAnswered) {
    const SystemClock clock;
    Answers closed;
    Answers open;
    EchoProcessor echo{clock, seconds{1}};
    echo.open(request(), closed.on_finished(), closed.on_opened());
    echo.open(request(), open.on_finished(), open.on_opened());
    auto work = closed.wait_for_work();
    const auto other = open.wait_for_work();
    work->start(job(0, "c291bmQ="));
    work.reset();

    other->start(job(0, "c291bmQ="));

    EXPECT_EQ(open.wait_for(1).size(), 1U);
    EXPECT_TRUE(closed.wait_for(0).empty());
}

class DubProcessorTest : public testing::Test {
  protected:
    DubProcessorTest()
        : processor_{clock_,
                     {.threads = 2,
                      .resolve_voice = [](const std::string& name,
                                          const std::string&) -> std::optional<std::string> {
                          return name == "default" ? std::optional{name} : std::nullopt;
                      },
                      .on_label_mismatch = [] {},
                      .keep =
                          [this](artifacts::Artifact artifact) {
                              const MutexLock lock{mutex_};
                              kept_.push_back(std::move(artifact));
                          }}} {}

    void load() { processor_.set_dubber(pipeline_); }

    speech::FakeRecognition recognition_;
    speech::FakeSynthesizer::Script synthesis_;
    const SystemClock clock_;
    Mutex mutex_;
    std::vector<artifacts::Artifact> kept_;
    Answers answers_;
    speech::Pipeline pipeline_{
        speech::Engines{
            .recogniser = std::make_unique<speech::FakeTranscriptionModel>(recognition_),
            .translator = std::make_unique<speech::FakeTranslator>(),
            .synthesizer = std::make_unique<speech::FakeSynthesizer>(synthesis_)},
        {.workers = 1}};
    DubProcessor processor_;
};

TEST_F(DubProcessorTest, AStreamWaitsForTheEngines) {
    processor_.open(request(), answers_.on_finished(), answers_.on_opened());
    EXPECT_FALSE(answers_.refusal().has_value());

    load();

    EXPECT_NE(answers_.wait_for_work(), nullptr);
}

TEST_F(DubProcessorTest, AStreamThatWasGivenUpIsNeitherKeptNorOpened) {
    constexpr int kAsked = 100;
    auto last = std::make_shared<std::atomic<bool>>(false);
    const auto witness = std::make_shared<int>(0);
    for (int asked = 0; asked < kAsked; ++asked) {
        *last = true;
        last = std::make_shared<std::atomic<bool>>(false);
        auto one = request();
        one.is_given_up = last;
        processor_.open(one, answers_.on_finished(),
                        [witness, opened = answers_.on_opened()](auto answer) {
                            ++*witness;
                            opened(std::move(answer));
                        });
    }
    EXPECT_LE(witness.use_count(), 1 + 1) << "one for each connection waits";

    load();

    EXPECT_NE(answers_.wait_for_work(), nullptr);
    EXPECT_EQ(*witness, 1);
}

TEST_F(DubProcessorTest, SilenceComesBackAsSilenceAndIsKept) {
    load();
    processor_.open(request(), answers_.on_finished(), answers_.on_opened());
    const auto work = answers_.wait_for_work();
    ASSERT_NE(work, nullptr);

    work->start(job(0, silence()));

    const auto all = answers_.wait_for(1);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].result.status, ResultStatus::kSuccess);
    EXPECT_EQ(all[0].result.transcript, "");
    ASSERT_TRUE(all[0].result.metadata.has_value());
    EXPECT_TRUE(all[0].result.metadata->no_speech);
    EXPECT_EQ(all[0].result.metadata->original_duration_ms, 500);
    EXPECT_EQ(all[0].result.metadata->dubbed_duration_ms, 500);
    ASSERT_NE(all[0].encoded->inset.text, nullptr);  // too long to be copied into the argument
    EXPECT_EQ(*all[0].encoded->inset.text, silence());
    const MutexLock lock{mutex_};
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_EQ(kept_[0].fragment_id, "f0");
    EXPECT_EQ(kept_[0].status, "success");
    EXPECT_TRUE(kept_[0].original.has_value());
}

TEST_F(DubProcessorTest, BadAudioFailsAtOnce) {
    load();
    processor_.open(request(), answers_.on_finished(), answers_.on_opened());
    const auto work = answers_.wait_for_work();
    ASSERT_NE(work, nullptr);

    work->start(job(0, "not base64!"));
    work->start(job(1, ""));

    const auto all = answers_.wait_for(2);
    ASSERT_EQ(all.size(), 2U);
    for (const auto& finished : all) {
        EXPECT_EQ(finished.result.status, ResultStatus::kFailed);
        EXPECT_EQ(finished.result.error->code, "INVALID_AUDIO_FORMAT");
    }
}

TEST_F(DubProcessorTest, AnUnknownVoiceOrLanguageIsRefused) {
    load();
    processor_.open(request("nobody"), answers_.on_finished(), answers_.on_opened());
    EXPECT_EQ(answers_.wait_for_work(), nullptr);
    EXPECT_EQ(answers_.refusal()->code, "INVALID_VOICE_PROFILE");

    Answers other;
    processor_.open(request("default", "xx"), other.on_finished(), other.on_opened());
    EXPECT_EQ(other.wait_for_work(), nullptr);
    EXPECT_EQ(other.refusal()->code, "UNSUPPORTED_LANGUAGE");
}

TEST(DubProcessor, EndsWhileWorkIsUnderWay) {
    const SystemClock clock;
    for (int life = 0; life < 50; ++life) {
        speech::FakeRecognition recognition;
        speech::FakeSynthesizer::Script synthesis;
        Answers answers;
        speech::Pipeline pipeline{
            speech::Engines{
                .recogniser = std::make_unique<speech::FakeTranscriptionModel>(recognition),
                .translator = std::make_unique<speech::FakeTranslator>(),
                .synthesizer = std::make_unique<speech::FakeSynthesizer>(synthesis)},
            {.workers = 1}};
        DubProcessor processor{
            clock,
            {.threads = 2,
             .resolve_voice = [](const std::string& name,
                                 const std::string&) { return std::optional{name}; },
             .on_label_mismatch = [] {}}};
        processor.set_dubber(pipeline);
        processor.open(request(), answers.on_finished(), answers.on_opened());
        auto work = answers.wait_for_work();
        ASSERT_NE(work, nullptr);
        for (std::uint64_t n = 0; n < 5; ++n) {
            work->start(job(n, silence()));
        }
        if (life % 2 == 0) {
            work.reset();
        }
    }
}

}  // namespace
}  // namespace livedub::sts_session
