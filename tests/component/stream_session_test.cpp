// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A whole session against the real RTMP server: what a publisher sends comes out again, later by
// the delay, whatever the dubbing side does. Time is real here, so the delay is short.

#include "media_session/stream_session.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "base/mutex.hpp"
#include "gst/aac_encoder.hpp"
#include "gst/flv_units.hpp"
#include "gst/rtmp_egress.hpp"
#include "gst/rtmp_ingest.hpp"
#include "media_session/stream_table.hpp"
#include "net/io_thread.hpp"
#include "rtmp/server.hpp"
#include "wire/flv.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Each;
using testing::Ge;
using testing::Le;
using testing::SizeIs;

constexpr PcmFormat kStereo44k{.sample_rate_hz = 44'100, .channels = 2};
constexpr seconds kPatience{20};

/// Answers as scripted; stands for the speech side, which these tests are not about.
class ScriptedDubber final : public Dubber {
  public:
    enum class Answer { kLoudTone = 1, kNothingEver = 2, kFailure = 3 };

    explicit ScriptedDubber(Answer answer) : answer_{answer} {}

    [[nodiscard]] std::string describe() const override { return "scripted"; }

    [[nodiscard]] Result<std::unique_ptr<DubSession>> open(DubOptions options,
                                                           OnOutcome on_outcome) override {
        const MutexLock lock{mutex_};
        opened_ = std::move(options);
        return std::make_unique<Session>(*this, std::move(on_outcome));
    }

    [[nodiscard]] Result<std::unique_ptr<DubSession>> open_keeper(
        const std::string& /*stream_id*/) override {
        return std::make_unique<Session>(*this, [](const DubOutcome&) {});
    }

    struct Seen {
        std::uint64_t number = 0;
        StreamTime end;
        bool is_to_be_dubbed = false;
        std::vector<AacPacket> packets{};
        double loudness = 0.0;  // of decoded sound: the mean of its samples without their signs
    };
    [[nodiscard]] std::vector<Seen> seen() const {
        const MutexLock lock{mutex_};
        return seen_;
    }

    [[nodiscard]] std::optional<DubOptions> opened() const {
        const MutexLock lock{mutex_};
        return opened_;
    }

  private:
    class Session final : public DubSession {
      public:
        Session(ScriptedDubber& dubber, OnOutcome on_outcome)
            : dubber_{dubber}, on_outcome_{std::move(on_outcome)} {}

        void keep(Fragment&& fragment) override {
            const auto& samples = fragment.audio.samples();
            const double sum = std::accumulate(
                samples.begin(), samples.end(), 0.0,
                [](double so_far, std::int16_t sample) { return so_far + std::abs(sample); });
            dubber_.note({.number = fragment.number,
                          .end = fragment.audio.end(),
                          .loudness = sum / static_cast<double>(samples.size())});
        }

        void keep_packets(std::uint64_t number, AacPackets&& packets) override {
            EXPECT_EQ(packets.format, kStereo44k);
            const auto end = packets.start() + packets.duration();
            dubber_.note({number, end, false, std::move(packets.packets)});
        }

        void request(Fragment fragment, SteadyTime /*deadline*/) override {
            dubber_.note({fragment.number, fragment.audio.end(), true});
            DubOutcome outcome{.fragment = fragment.number};
            if (dubber_.answer_ == Answer::kNothingEver) {
                return;
            }
            if (dubber_.answer_ == Answer::kFailure) {
                outcome.fallback = FallbackReason::kFailed;
            } else {
                auto tone = fragment.audio.samples();
                for (std::size_t i = 0; i < tone.size(); ++i) {
                    tone[i] = i / 100 % 2 == 0 ? std::int16_t{8'000} : std::int16_t{-8'000};
                }
                outcome.dub = *PcmChunk::make(fragment.audio.start(), fragment.audio.format(),
                                              std::move(tone));
            }
            on_outcome_(std::move(outcome));
        }

      private:
        ScriptedDubber& dubber_;
        const OnOutcome on_outcome_;
    };

    void note(Seen seen) {
        const MutexLock lock{mutex_};
        seen_.push_back(seen);
    }

    const Answer answer_;
    mutable Mutex mutex_;
    std::vector<Seen> seen_ LIVEDUB_GUARDED_BY(mutex_);
    std::optional<DubOptions> opened_ LIVEDUB_GUARDED_BY(mutex_);
};

EncodedUnit unit(UnitKind kind, Codec codec, Bytes payload, bool is_keyframe = false) {
    EncodedUnit made;
    made.kind = kind;
    made.codec = codec;
    made.is_keyframe = is_keyframe;
    made.payload = std::make_shared<const Bytes>(std::move(payload));
    return made;
}

/// An FLV video body whose "NAL units" are told apart by their index: nothing here decodes
/// pictures.
EncodedUnit picture(std::uint32_t index) {
    const bool is_keyframe = index % 15 == 0;
    Bytes body{static_cast<std::uint8_t>(is_keyframe ? 0x17 : 0x27), 1, 0, 0, 66};
    for (int i = 0; i < 500; ++i) {
        body.push_back(static_cast<std::uint8_t>(index >> (i % 4 * 8)));
    }
    auto made = unit(UnitKind::kVideoFrame, Codec::kH264, std::move(body), is_keyframe);
    made.composition_offset_ms = 66;
    return made;
}

EncodedUnit picture_config() {
    return unit(UnitKind::kVideoConfig, Codec::kH264,
                {0x17, 0,    0,    0, 0,    1, 0x64, 0, 0x1F, 0xFF, 0xE1, 0,
                 4,    0x67, 0x64, 0, 0x1F, 1, 0,    4, 0x68, 0xEE, 0x3C, 0x80});
}

/// Publishes pictures at 30 a second and quiet stereo sound, in real time, until destroyed.
class Publisher {
  public:
    struct Manner {
        std::uint32_t first_ms = 0;  // of the frames; their configurations are stamped 0
        bool has_sound = true;
    };
    explicit Publisher(const std::string& url) : Publisher{url, Manner{}} {}
    Publisher(const std::string& url, Manner manner)
        : manner_{manner}, thread_{[this, url](const std::stop_token& stop) { run(url, stop); }} {}

    [[nodiscard]] std::uint32_t sent() const { return sent_; }

  private:
    void run(const std::string& url, const std::stop_token& stop) {
        Mutex mutex;
        std::deque<gst::AacFrame> frames;
        auto encoder = *gst::AacEncoder::start(kStereo44k, 128'000, [&](gst::AacFrame frame) {
            const MutexLock lock{mutex};
            frames.push_back(std::move(frame));
        });
        auto egress = *gst::RtmpEgress::start(
            url, [](const Error& error) { ADD_FAILURE() << error.message(); });
        EXPECT_TRUE(egress->push(picture_config(), 0));
        if (manner_.has_sound) {
            EXPECT_TRUE(egress->push(
                unit(UnitKind::kAudioConfig, Codec::kAac, encoder->audio_specific_config()), 0));
        }
        const auto start = SystemClock{}.now();
        std::vector<std::int16_t> quiet(1470 * 2, std::int16_t{300});  // one picture's worth
        for (std::uint32_t index = 0; !stop.stop_requested(); ++index) {
            std::this_thread::sleep_until(start +
                                          milliseconds{index * 100 / 3});  // it is a live source
            EXPECT_TRUE(egress->push(picture(index), manner_.first_ms + index * 100 / 3));
            if (manner_.has_sound) {
                EXPECT_TRUE(encoder->push(quiet));
            }
            const MutexLock lock{mutex};
            for (; !frames.empty(); frames.pop_front()) {
                const auto at =
                    std::max<std::int64_t>(0, frames.front().first_sample * 1000 / 44'100);
                EXPECT_TRUE(
                    egress->push(unit(UnitKind::kAudioFrame, Codec::kAac, *frames.front().payload),
                                 manner_.first_ms + static_cast<std::uint32_t>(at)));
            }
            sent_ = index + 1;
        }
        egress->finish();
    }

    const Manner manner_;
    std::atomic<std::uint32_t> sent_{0};
    std::jthread thread_;
};

struct PipeCloser {
    void operator()(FILE* pipe) const noexcept { pclose(pipe); }
};

/// Publishes a tone as MP3 and no pictures, in real time, until destroyed.
class Mp3Publisher {
  public:
    explicit Mp3Publisher(const std::string& url)
        : thread_{[this, url](const std::stop_token& stop) { run(url, stop); }} {}

  private:
    void run(const std::string& url, const std::stop_token& stop) {
        const std::unique_ptr<FILE, PipeCloser> pipe{
            popen("ffmpeg -v error -f lavfi -i sine=duration=10 -ar 44100 -c:a libmp3lame -f flv -",
                  "r")};
        Bytes file(2'000'000);
        file.resize(fread(file.data(), 1, file.size(), pipe.get()));
        wire::FlvTagReader reader;
        const auto tags = reader.feed(file);
        ASSERT_TRUE(tags.has_value());
        auto egress = *gst::RtmpEgress::start(
            url, [](const Error& error) { ADD_FAILURE() << error.message(); });
        const auto start = SystemClock{}.now();
        for (const auto& tag : *tags) {
            const auto unit = gst::unit_of(tag);
            if (!unit || unit->kind != UnitKind::kAudioFrame) {
                continue;
            }
            std::this_thread::sleep_until(start +
                                          milliseconds{unit->timestamp_ms});  // it is a live source
            if (stop.stop_requested()) {
                break;
            }
            EXPECT_TRUE(egress->push(*unit, unit->timestamp_ms));
        }
        egress->finish();
    }

    std::jthread thread_;
};

/// Plays a path until it ends or is destroyed, and keeps everything.
class Viewer {
  public:
    explicit Viewer(std::string url) : url_{std::move(url)} { connect(); }

    struct Seen {
        std::vector<gst::ArrivedUnit> pictures;
        std::vector<gst::ArrivedUnit> sounds;
        int picture_configs = 0;
        bool is_ended = false;
    };

    template <typename Condition>
    [[nodiscard]] bool wait_for(Condition condition) {
        const auto until = SystemClock{}.now() + kPatience;
        while (SystemClock{}.now() < until) {
            {
                const MutexLock lock{mutex_};
                const bool is_true = changed_.wait_until(
                    mutex_, until, [&] { return condition(seen_) || is_refused_; });
                if (is_true && !is_refused_) {
                    return true;
                }
                is_refused_ = false;
            }
            connect();  // nobody publishes yet
        }
        return false;
    }

    [[nodiscard]] Seen seen() const {
        const MutexLock lock{mutex_};
        return seen_;
    }

  private:
    void connect() {
        ingest_.reset();
        ingest_ = *gst::RtmpIngest::start(url_, [this](gst::IngestItem item) {
            const MutexLock lock{mutex_};
            changed_.notify_all();
            if (std::holds_alternative<gst::IngestEnd>(item)) {
                is_refused_ = seen_.pictures.empty();
                seen_.is_ended = !seen_.pictures.empty();
                return;
            }
            auto& arrived = std::get<gst::ArrivedUnit>(item);
            if (arrived.unit.kind == UnitKind::kVideoFrame) {
                seen_.pictures.push_back(std::move(arrived));
            } else if (arrived.unit.kind == UnitKind::kAudioFrame) {
                seen_.sounds.push_back(std::move(arrived));
            } else if (arrived.unit.kind == UnitKind::kVideoConfig) {
                ++seen_.picture_configs;
            }
        });
    }

    const std::string url_;
    mutable Mutex mutex_;
    std::condition_variable_any changed_;
    Seen seen_;
    bool is_refused_ = false;
    std::unique_ptr<gst::RtmpIngest> ingest_;
};

class StreamSessionOnAir : public testing::Test {
  protected:
    StreamSessionOnAir() {
        const rtmp::AccessGuard count = [this](const rtmp::AccessRequest& request,
                                               const rtmp::AccessAnswer& answer) {
            const bool is_input = request.path == "live/test/in";
            input_plays_ += is_input && request.access == rtmp::Access::kPlay ? 1 : 0;
            answer({});
        };
        const auto note = [this](const rtmp::PublisherInfo& publisher) {
            const MutexLock lock{mutex_};
            publishers_ += publisher.path == "live/test/in" ? 1 : 0;
            has_decided_.notify_all();
        };
        auto server = rtmp::Server::start(io_, {.host = "127.0.0.1", .port = 0},
                                          {.on_ready = note, .may_use = count}, registry_);
        EXPECT_TRUE(server) << server.error().message();
        server_ = std::move(*server);
        base_ = "rtmp://127.0.0.1:" + std::to_string(server_->port());
        options_.segment = seconds{1};
        options_.delay = seconds{2};
        options_.grace = milliseconds{500};
    }

    std::unique_ptr<StreamSession> start(Dubber* dubber, StreamSession::OnInput on_input = {}) {
        return std::make_unique<StreamSession>(
            StreamSetup{"test", base_ + "/live/test/in", base_ + "/live/test/out", options_},
            dubber, metrics_, clock_,
            [this](const DecidedFragment& fragment) {
                const MutexLock lock{mutex_};
                decided_.push_back(fragment);
                has_decided_.notify_all();
            },
            [this](const StreamSession::End& end) { ended_.set_value(end.why); },
            std::move(on_input));
    }

    [[nodiscard]] bool wait_for_decided(std::size_t count) {
        const MutexLock lock{mutex_};
        return has_decided_.wait_until(mutex_, SystemClock{}.now() + kPatience,
                                       [&] { return decided_.size() >= count; });
    }

    [[nodiscard]] bool wait_for_publishers(int count) {
        const MutexLock lock{mutex_};
        return has_decided_.wait_until(mutex_, SystemClock{}.now() + kPatience,
                                       [&] { return publishers_ >= count; });
    }

    std::vector<DecidedFragment> decided() {
        const MutexLock lock{mutex_};
        return decided_;
    }

    SystemClock clock_;
    prometheus::Registry registry_;
    MediaMetrics media_metrics_{registry_};
    StreamMetrics metrics_{media_metrics_, "test"};
    StreamOptions options_;
    std::promise<std::string> ended_;
    Mutex mutex_;
    std::condition_variable_any has_decided_;
    std::vector<DecidedFragment> decided_;
    int publishers_ = 0;  // of the input, so far; under the mutex
    std::atomic<int> input_plays_{0};
    net::IoThread io_;
    std::unique_ptr<rtmp::Server> server_;
    std::string base_;
};

std::vector<std::int64_t> gaps_ms(const std::vector<gst::ArrivedUnit>& units) {
    std::vector<std::int64_t> gaps;
    for (std::size_t i = 1; i < units.size(); ++i) {
        gaps.push_back(static_cast<std::int64_t>(units[i].unit.timestamp_ms) -
                       units[i - 1].unit.timestamp_ms);
    }
    return gaps;
}

TEST_F(StreamSessionOnAir, ThePictureIsUntouchedAndLateByTheDelay) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    Viewer original{base_ + "/live/test/in"};
    Viewer dubbed{base_ + "/live/test/out"};
    const Publisher publisher{base_ + "/live/test/in"};
    const auto session = start(&dubber);

    ASSERT_TRUE(dubbed.wait_for([](const auto& seen) { return seen.pictures.size() >= 120; }));

    const auto in = original.seen().pictures;
    const auto out = dubbed.seen().pictures;
    ASSERT_TRUE(out.front().unit.is_keyframe);
    std::map<Bytes, SteadyTime> arrivals;
    for (const auto& arrived : in) {
        arrivals.emplace(*arrived.unit.payload, arrived.arrival);
    }
    std::vector<std::int64_t> lags;
    for (const auto& arrived : out) {
        ASSERT_TRUE(arrivals.contains(*arrived.unit.payload));
        EXPECT_EQ(arrived.unit.composition_offset_ms, 66);
        lags.push_back((arrived.arrival - arrivals.at(*arrived.unit.payload)) / milliseconds{1});
    }
    std::ranges::nth_element(lags, lags.begin() + static_cast<std::ptrdiff_t>(lags.size() / 2));
    EXPECT_NEAR(static_cast<double>(lags[lags.size() / 2]), 2000.0, 200.0);
    EXPECT_THAT(gaps_ms(out), Each(testing::AnyOf(33, 34)));
    EXPECT_EQ(dubbed.seen().picture_configs, 1);
}

TEST_F(StreamSessionOnAir, SoundHasNoHoleWhetherDubsComeOrNot) {
    options_.delay = seconds{4};  // room to decide in time on a busy machine
    for (const auto answer :
         {ScriptedDubber::Answer::kLoudTone, ScriptedDubber::Answer::kNothingEver,
          ScriptedDubber::Answer::kFailure}) {
        decided_.clear();
        ScriptedDubber dubber{answer};
        Viewer viewer{base_ + "/live/test/out"};
        const Publisher publisher{base_ + "/live/test/in"};
        const auto session = start(&dubber);

        ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.sounds.size() >= 100; }));

        EXPECT_THAT(gaps_ms(viewer.seen().sounds), Each(testing::AllOf(Ge(22), Le(24))));
        const auto expected = answer == ScriptedDubber::Answer::kLoudTone ? std::nullopt
                              : answer == ScriptedDubber::Answer::kFailure
                                  ? std::optional{FallbackReason::kFailed}
                                  : std::optional{FallbackReason::kDeadline};
        const auto decisions = decided();
        ASSERT_THAT(decisions, SizeIs(Ge(2U)));
        for (const auto& decision : decisions) {
            EXPECT_EQ(decision.reason, expected);
        }
    }
}

TEST_F(StreamSessionOnAir, WhatIsBufferedIsPlayedOutWhenThePublisherLeaves) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    Viewer viewer{base_ + "/live/test/out"};
    std::uint32_t sent = 0;
    std::unique_ptr<StreamSession> session;
    {
        const Publisher publisher{base_ + "/live/test/in"};
        session = start(&dubber);
        ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() >= 30; }));
        sent = publisher.sent();
    }

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.is_ended; }));

    const auto seen = viewer.seen();
    EXPECT_GE(seen.pictures.size() + 1, sent);
    EXPECT_EQ(ended_.get_future().get(), "the publisher left");
    const auto fragments = decided();
    for (std::size_t i = 1; i < fragments.size(); ++i) {
        EXPECT_EQ(fragments[i].start, fragments[i - 1].end);
    }
}

TEST_F(StreamSessionOnAir, AStopCutsWhatHasArrivedAndGivesItAwayToBeStored) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kNothingEver};
    Viewer viewer{base_ + "/live/test/out"};
    const Publisher publisher{base_ + "/live/test/in"};
    auto session = start(&dubber);
    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() >= 20; }));

    session.reset();

    const auto fragments = decided();
    const auto seen = dubber.seen();
    ASSERT_FALSE(fragments.empty());
    ASSERT_THAT(seen, SizeIs(fragments.size()));
    for (std::size_t i = 1; i < fragments.size(); ++i) {
        EXPECT_EQ(fragments[i].start, fragments[i - 1].end);
    }
    EXPECT_EQ(fragments.back().reason, FallbackReason::kStopping);
    EXPECT_EQ(seen.back().number + 1, fragments.size());
    EXPECT_FALSE(seen.back().is_to_be_dubbed);
    EXPECT_LT(std::chrono::abs(seen.back().end - fragments.back().end), milliseconds{1});
}

TEST_F(StreamSessionOnAir, PassedSoundIsGivenAwayPacketByPacket) {
    options_.mode = StreamMode::kPassthrough;
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    Viewer original{base_ + "/live/test/in"};
    const Publisher publisher{base_ + "/live/test/in"};
    auto session = start(&dubber);
    ASSERT_TRUE(original.wait_for([](const auto& seen) { return seen.sounds.size() >= 150; }));

    session.reset();

    EXPECT_FALSE(dubber.opened().has_value());
    const auto fragments = decided();
    const auto kept = dubber.seen();
    ASSERT_THAT(fragments, SizeIs(Ge(3U)));
    ASSERT_THAT(kept, SizeIs(fragments.size()));
    std::vector<Bytes> packets;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(kept[i].number, i);
        EXPECT_EQ(fragments[i].reason, FallbackReason::kPassthrough);
        for (const auto& packet : kept[i].packets) {
            EXPECT_GE(packet.start, fragments[i].start);
            EXPECT_LT(packet.start, fragments[i].end);
            packets.push_back(*packet.bytes);
        }
    }
    std::vector<Bytes> sent;
    for (const auto& arrived : original.seen().sounds) {
        sent.push_back(*arrived.unit.payload);
    }
    ASSERT_THAT(packets, SizeIs(Ge(100U)));
    packets.resize(100);
    EXPECT_NE(std::search(sent.begin(), sent.end(), packets.begin(), packets.end()), sent.end())
        << "not what was sent";
}

TEST_F(StreamSessionOnAir, PassedSoundThatIsDecodedIsGivenAwayWhole) {
    options_.mode = StreamMode::kPassthrough;
    options_.segment = seconds{2};  // twice what it is late by on air
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    const Mp3Publisher publisher{base_ + "/live/test/in"};
    auto session = start(&dubber);
    ASSERT_TRUE(wait_for_decided(2));

    session.reset();

    const auto fragments = decided();
    const auto kept = dubber.seen();
    ASSERT_THAT(fragments, SizeIs(Ge(3U)));
    ASSERT_THAT(kept, SizeIs(fragments.size()));
    EXPECT_EQ(fragments[0].start, StreamTime{});
    EXPECT_EQ(fragments[1].end, StreamTime{seconds{4}});
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(fragments[i].reason, FallbackReason::kPassthrough);
        EXPECT_EQ(kept[i].number, i);
        EXPECT_LT(std::chrono::abs(kept[i].end - fragments[i].end), milliseconds{1});
        EXPECT_TRUE(i == 0 || fragments[i].start == fragments[i - 1].end);
    }
    // A tone at an eighth of full scale, from the beginning to the end of each.
    EXPECT_GT(kept[0].loudness, 2'300);
    EXPECT_GT(kept[1].loudness, 2'400);
}

TEST_F(StreamSessionOnAir, ANewPublisherGoesOnOnTheSameTimeline) {
    options_.grace = seconds{20};
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    Viewer viewer{base_ + "/live/test/out"};
    std::unique_ptr<StreamSession> session;
    {
        const Publisher first{base_ + "/live/test/in"};
        session = start(&dubber);
        ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() >= 30; }));
    }
    const Publisher second{base_ + "/live/test/in"};  // its timestamps begin at zero again
    session->publisher_arrived();

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) {
        return std::ranges::count_if(seen.pictures, [](const auto& arrived) {
                   return *arrived.unit.payload == *picture(45).payload;
               }) == 2;
    }));

    const auto seen = viewer.seen();
    EXPECT_FALSE(seen.is_ended);
    EXPECT_THAT(gaps_ms(seen.pictures), Each(Ge(0)));
    EXPECT_THAT(gaps_ms(seen.sounds), Each(testing::AllOf(Ge(22), Le(24))));
}

TEST_F(StreamSessionOnAir, APublisherThatIsAnnouncedAsTheLastOneEndsIsConnectedToOnce) {
    options_.grace = seconds{20};
    Viewer viewer{base_ + "/live/test/out"};
    std::promise<StreamSession*> next;  // the session, when somebody else publishes
    auto first = std::make_unique<Publisher>(base_ + "/live/test/in");
    const auto session = start(nullptr, [&next, is_first = true](bool is_running) mutable {
        // The news is there while what the decoder holds is taken out.
        if (!is_running && std::exchange(is_first, false)) {
            next.get_future().get()->publisher_arrived();
        }
    });
    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() >= 30; }));
    first.reset();
    const Publisher second{base_ + "/live/test/in"};
    ASSERT_TRUE(wait_for_publishers(2));
    next.set_value(session.get());

    ASSERT_TRUE(viewer.wait_for([&](const auto& /*seen*/) { return second.sent() >= 100; }));

    EXPECT_EQ(input_plays_, 2) << "one for each publisher";
}

TEST_F(StreamSessionOnAir, APublisherThatIsSaidToHaveLeftIsNotListenedToAnyMore) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    Viewer viewer{base_ + "/live/test/out"};
    const Publisher publisher{base_ + "/live/test/in"};  // and it never stops
    const auto session = start(&dubber);
    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() >= 30; }));

    session->publisher_left();

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.is_ended; }));
    EXPECT_EQ(ended_.get_future().get(), "the publisher left");
}

TEST_F(StreamSessionOnAir, AConfigurationIsNoMomentOfTheStream) {
    const Publisher publisher{base_ + "/live/test/in", {.first_ms = 2'500}};
    Viewer viewer{base_ + "/live/test/out"};
    const auto session = start(nullptr);

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.pictures.size() > 30; }));

    EXPECT_EQ(metrics_.input_discontinuities.Value(), 0.0);
}

TEST_F(StreamSessionOnAir, NothingGoesOutUntilItIsKnownWhetherThereIsSound) {
    const Publisher publisher{base_ + "/live/test/in", {.has_sound = false}};
    Viewer viewer{base_ + "/live/test/out"};
    const auto session = start(nullptr);

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return seen.sounds.size() > 30; }));

    const auto seen = viewer.seen();
    // By arrival: silence that comes late is stamped as if it had not.
    EXPECT_LT(seen.sounds.at(0).arrival - seen.pictures.at(0).arrival, milliseconds{500});
    EXPECT_EQ(metrics_.output_reconnects.Value(), 0.0);
}

TEST_F(StreamSessionOnAir, DubbingIsOpenedWithTheFormatOfTheSound) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kLoudTone};
    options_.domain_hints = {"sports"};
    Viewer viewer{base_ + "/live/test/out"};
    const Publisher publisher{base_ + "/live/test/in"};
    const auto session = start(&dubber);

    ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return !seen.sounds.empty(); }));
    const auto opened = dubber.opened();
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->format, kStereo44k);
    EXPECT_EQ(opened->segment, options_.segment);
    EXPECT_THAT(opened->domain_hints, testing::ElementsAre("sports"));
}

TEST_F(StreamSessionOnAir, AnInputThatNobodyPublishesEndsWithAReason) {
    // The server lets a player wait for a publisher; a port that refuses is the quick way to
    // "none".
    server_.reset();
    options_.ready_timeout = seconds{1};
    const auto session = start(nullptr);

    EXPECT_THAT(ended_.get_future().get(), testing::StartsWith("no_input"));
}

TEST_F(StreamSessionOnAir, StartsAndStopsAgainAndAgain) {
    ScriptedDubber dubber{ScriptedDubber::Answer::kNothingEver};
    const Publisher publisher{base_ + "/live/test/in"};
    Viewer neighbour{base_ + "/live/test/in"};
    ASSERT_TRUE(neighbour.wait_for([](const auto& seen) { return !seen.pictures.empty(); }));

    for (int i = 0; i < 100; ++i) {
        const auto session = start(&dubber);
        if (i % 25 == 0) {  // the others end while they connect, this one in full swing
            Viewer viewer{base_ + "/live/test/out"};
            ASSERT_TRUE(viewer.wait_for([](const auto& seen) { return !seen.pictures.empty(); }));
        }
    }

    // Neither the publisher nor who watches it beside us has noticed.
    const auto watched = neighbour.seen().pictures.size();
    EXPECT_TRUE(neighbour.wait_for(
        [watched](const auto& seen) { return seen.pictures.size() > watched + 5; }));
    EXPECT_THAT(gaps_ms(neighbour.seen().pictures), Each(testing::AnyOf(33, 34)));
    EXPECT_EQ(server_->paths().size(), 1U);
}

TEST(InputStreamId, OnlyInputsOfThisShapeAreOurs) {
    EXPECT_EQ(input_stream_id("live/demo/in"), "demo");
    EXPECT_EQ(input_stream_id("live/a_b-1/in"), "a_b-1");
    for (const auto* other : {"live/demo/out", "live/in", "live//in", "demo/in", "live/a/b/in",
                              "live/../in", "live/demo/in/", ""}) {
        EXPECT_EQ(input_stream_id(other), "") << other;
    }
}

}  // namespace
}  // namespace livedub
