// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_store.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base/bounded_queue.hpp"
#include "clips/clip.hpp"
#include "clips/test_sound.hpp"
#include "files/test_directory.hpp"
#include "segments/segment_files.hpp"

namespace livedub::segments {
namespace {

namespace fs = std::filesystem;
using files::get_file;
using files::put_file;
using files::TestDirectory;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kFormat{.sample_rate_hz = 48'000, .channels = 2};

/// Things happen on other threads; nothing here takes as long as this.
constexpr seconds kPatience{30};

SteadyTime soon() {
    return std::chrono::steady_clock::now() + kPatience;
}

template <typename T>
std::optional<T> wait_for(BoundedQueue<T>& queue) {
    return queue.pop_until(soon(), {});
}

/// Answers each fragment as the test tells it, from within request() or later.
class FakeDubber final : public Dubber {
  public:
    using Answer = std::function<DubOutcome(const Fragment&)>;

    [[nodiscard]] std::string describe() const override { return "fake"; }

    [[nodiscard]] Result<std::unique_ptr<DubSession>> open(DubOptions,
                                                           OnOutcome on_outcome) override {
        if (is_refusing) {
            return fail(ErrorCode::kUnavailable, "refused");
        }
        return std::make_unique<Session>(*this, std::move(on_outcome));
    }

    Answer answer;
    bool is_refusing = false;
    BoundedQueue<Fragment> asked{100};

  private:
    class Session final : public DubSession {
      public:
        Session(FakeDubber& dubber, OnOutcome on_outcome)
            : dubber_{dubber}, on_outcome_{std::move(on_outcome)} {}
        void request(Fragment fragment, SteadyTime) override {
            if (dubber_.answer) {
                on_outcome_(dubber_.answer(fragment));
            }
            static_cast<void>(dubber_.asked.push_evicting(std::move(fragment)));
        }

      private:
        FakeDubber& dubber_;
        OnOutcome on_outcome_;
    };
};

DubOutcome dub_of(const Fragment& fragment) {
    DubOutcome outcome;
    outcome.fragment = fragment.number;
    outcome.dub = fragment.audio;
    return outcome;
}

class SegmentStoreTest : public testing::Test {
  protected:
    std::unique_ptr<DubSession> open(SegmentStore& store, const std::string& id = "stream") {
        DubOptions options;
        options.stream_id = id;
        auto session = store.open(options, [this](DubOutcome outcome) {
            static_cast<void>(outcomes_.push_evicting(std::move(outcome)));
        });
        EXPECT_TRUE(session.has_value());
        return std::move(*session);
    }

    SegmentStoreConfig config() const { return {.root = dir_.path() / "segments", .limits = {}}; }

    SegmentEvents events() {
        return {.on_written =
                    [this](const SegmentRecord& record) {
                        static_cast<void>(written_.push_evicting(record));
                    },
                .on_error =
                    [this](std::string_view id, std::string_view type) {
                        static_cast<void>(
                            errors_.push_evicting(std::string{id} + " " + std::string{type}));
                    }};
    }

    static Fragment fragment(std::uint64_t number, std::size_t frames = 48'000) {
        const auto sound = clips::make_test_sound(kFormat, frames);
        return {.number = number,
                .audio = *PcmChunk::make(StreamTime{seconds{number}}, kFormat, sound.samples()),
                .clip = nullptr};
    }

    fs::path path(const std::string& name, const std::string& id = "stream") const {
        return directory_of(dir_.path() / "segments", id) / name;
    }

    TestDirectory dir_;
    BoundedQueue<DubOutcome> outcomes_{100};
    BoundedQueue<SegmentRecord> written_{100};
    BoundedQueue<std::string> errors_{100};
    FakeDubber dubber_;
};

TEST_F(SegmentStoreTest, OneClipGoesToDiskAndAlong) {
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->request(fragment(7), soon());

    const auto asked = wait_for(dubber_.asked);
    const auto record = wait_for(written_);
    ASSERT_TRUE(asked && record);
    ASSERT_NE(asked->clip, nullptr);
    EXPECT_EQ(get_file(path("000007_audio.m4a")), *asked->clip);
    EXPECT_EQ(clips::decode_clip(*asked->clip, {})->sound.frames(), 48'000U);
    EXPECT_EQ(record->stream_id, "stream");
    EXPECT_EQ(record->batch_number, 7U);
    EXPECT_EQ(record->start, StreamTime{seconds{7}});
    EXPECT_EQ(record->duration, seconds{1});
    EXPECT_EQ(record->file_path, path("000007_audio.m4a"));
    EXPECT_EQ(record->file_size, asked->clip->size());
    EXPECT_EQ(record->fragment_id.size(), 36U);
    EXPECT_EQ(record->fragment_id[14], '4');
}

TEST_F(SegmentStoreTest, WithoutADubberTheOriginalIsKeptAndPlays) {
    SegmentStore store{nullptr, config(), events()};
    const auto session = open(store);

    session->request(fragment(0), std::chrono::steady_clock::now());

    EXPECT_EQ(wait_for(outcomes_)->fallback, FallbackReason::kSkipSts);
    EXPECT_EQ(wait_for(written_)->file_path, path("000000_audio.m4a"));
    EXPECT_EQ(store.describe(), "no speech");
}

struct DubCase {
    const char* name;
    std::function<ClipBytes(const PcmChunk&)> clip;
    bool is_as_received;
};

class DubbedFile : public SegmentStoreTest, public testing::WithParamInterface<DubCase> {};

TEST_P(DubbedFile, IsAnMp4File) {
    ClipBytes sent;
    dubber_.answer = [&](const Fragment& asked) {
        auto outcome = dub_of(asked);
        sent = outcome.clip = GetParam().clip(asked.audio);
        return outcome;
    };
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->request(fragment(0), soon());

    const auto original = wait_for(written_);
    const auto dubbed = wait_for(written_);
    ASSERT_TRUE(original && dubbed);
    EXPECT_EQ(dubbed->kind, SegmentKind::kDubbed);
    EXPECT_EQ(dubbed->fragment_id, original->fragment_id);
    EXPECT_EQ(dubbed->file_path, path("000000_audio_dubbed.m4a"));
    const auto bytes = get_file(dubbed->file_path);
    const auto decoded =
        clips::decode_clip(bytes, {.format = clips::ClipFormat::kM4a, .pcm = kFormat});
    ASSERT_TRUE(decoded.has_value());
    EXPECT_FALSE(decoded->is_label_wrong);
    EXPECT_GE(decoded->sound.frames(), 48'000U);
    if (GetParam().is_as_received) {
        EXPECT_EQ(bytes, *sent);
    }
    EXPECT_TRUE(wait_for(outcomes_)->dub.has_value());
}

ClipBytes as(const PcmChunk& sound, clips::ClipFormat format) {
    return std::make_shared<const std::string>(*clips::encode_clip(sound, format));
}

INSTANTIATE_TEST_SUITE_P(
    All, DubbedFile,
    testing::Values(
        DubCase{"Mp4", [](const auto& s) { return as(s, clips::ClipFormat::kM4a); }, true},
        DubCase{"Adts", [](const auto& s) { return as(s, clips::ClipFormat::kAdts); }, false},
        DubCase{"Wav", [](const auto& s) { return as(s, clips::ClipFormat::kWav); }, false},
        DubCase{"NoClip", [](const auto&) { return ClipBytes{}; }, false}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST_F(SegmentStoreTest, AFallbackHasNoDubbedFile) {
    dubber_.answer = [](const Fragment& asked) {
        DubOutcome outcome;
        outcome.fragment = asked.number;
        outcome.fallback = FallbackReason::kFailed;
        outcome.clip = asked.clip;
        return outcome;
    };
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->request(fragment(0), soon());
    session->request(fragment(1), soon());

    EXPECT_EQ(wait_for(written_)->kind, SegmentKind::kOriginal);
    EXPECT_EQ(wait_for(written_)->batch_number, 1U);  // the one after, with nothing in between
    EXPECT_FALSE(fs::exists(path("000000_audio_dubbed.m4a")));
}

TEST_F(SegmentStoreTest, ALateDubIsKeptAllTheSame) {
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);
    session->request(fragment(4), soon());
    const auto original = wait_for(written_);
    ASSERT_TRUE(original);
    const auto clip = std::make_shared<const std::string>(get_file(original->file_path));

    store.keep_late("nobody", 4, clip);
    store.keep_late("stream", 3, std::make_shared<const std::string>("no sound"));
    store.keep_late("stream", 4, clip);

    const auto late = wait_for(written_);
    ASSERT_TRUE(late);
    EXPECT_EQ(late->kind, SegmentKind::kDubbed);
    EXPECT_EQ(late->file_path, path("000004_audio_dubbed.m4a"));
    EXPECT_EQ(get_file(late->file_path), *clip);
}

TEST_F(SegmentStoreTest, ADubThatComesAfterTheEndOfItsRunJoinsItsFiles) {
    SegmentStore store{&dubber_, config(), events()};
    auto session = open(store);
    session->request(fragment(4), soon());
    const auto original = wait_for(written_);
    ASSERT_TRUE(original);
    const auto clip = std::make_shared<const std::string>(get_file(original->file_path));
    session.reset();

    store.keep_late("stream", 4, clip);

    const auto late = wait_for(written_);
    ASSERT_TRUE(late);
    EXPECT_EQ(late->file_path, path("000004_audio_dubbed.m4a"));
    EXPECT_TRUE(fs::exists(original->file_path));
}

TEST_F(SegmentStoreTest, AnotherRunBeginsWithAnEmptyDirectory) {
    put_file(path("000009_audio.m4a"), "of an earlier process");
    SegmentStore store{nullptr, config(), events()};
    {
        const auto session = open(store);
        session->request(fragment(5), soon());
        ASSERT_TRUE(wait_for(written_));
    }
    EXPECT_FALSE(fs::exists(path("000009_audio.m4a")));
    EXPECT_TRUE(fs::exists(path("000005_audio.m4a")));  // the files of an ended run stay

    const auto session = open(store);
    session->request(fragment(0), soon());

    ASSERT_TRUE(wait_for(written_));
    EXPECT_FALSE(fs::exists(path("000005_audio.m4a")));
    EXPECT_TRUE(fs::exists(path("000000_audio.m4a")));
}

TEST_F(SegmentStoreTest, ADiskThatFailsIsCountedAndStopsNothing) {
    put_file(dir_.path() / "segments", "a file where the directory should be");
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->request(fragment(0), soon());

    ASSERT_NE(wait_for(dubber_.asked)->clip, nullptr);
    // Neither could the directory be emptied nor the file be written.
    EXPECT_EQ(wait_for(errors_), "stream disk");
    EXPECT_EQ(wait_for(errors_), "stream disk");

    fs::remove(dir_.path() / "segments");
    session->request(fragment(1), soon());
    EXPECT_EQ(wait_for(written_)->batch_number, 1U);
}

TEST_F(SegmentStoreTest, WhatCannotBeEncodedInTimeGoesOnAtOnceAndIsStoredLater) {
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->request(fragment(0), std::chrono::steady_clock::now() + milliseconds{1});

    EXPECT_EQ(wait_for(dubber_.asked)->clip, nullptr);
    EXPECT_EQ(wait_for(written_)->kind, SegmentKind::kOriginal);
}

TEST_F(SegmentStoreTest, WhatNobodyIsToDubIsStoredAndNotHandedOn) {
    dubber_.answer = dub_of;
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    session->keep(fragment(3, 12'000));
    session->request(fragment(4, 12'000), soon());

    EXPECT_EQ(wait_for(written_)->file_path, path("000003_audio.m4a"));
    EXPECT_EQ(wait_for(dubber_.asked)->number, 4U);
    EXPECT_EQ(wait_for(outcomes_)->fragment, 4U) << "the other has none";
}

/// The packets of a second, as AAC of an encoder, in the place of fragment `number`.
AacPackets packets_of(std::uint64_t number) {
    AacPackets packets{.config = std::make_shared<const Bytes>(Bytes{0x11, 0x90}),
                       .format = kFormat,
                       .packets = {}};
    for (std::int64_t i = 0; i < 47; ++i) {
        const auto start = sample_time(i * AacPackets::kSamplesPerPacket, kFormat.sample_rate_hz);
        packets.packets.push_back(
            {start + seconds{number},
             std::make_shared<const Bytes>(Bytes(200, static_cast<std::uint8_t>(i)))});
    }
    return packets;
}

TEST_F(SegmentStoreTest, AKeeperStoresPacketsAsTheyAreAndAsksNobody) {
    put_file(path("000009_audio.m4a"), "of the run before");
    SegmentStore store{&dubber_, config(), events()};
    const auto keeper = store.open_keeper("stream");
    ASSERT_TRUE(keeper);

    (*keeper)->keep_packets(0, packets_of(0));
    (*keeper)->keep_packets(1, packets_of(1));

    const auto first = wait_for(written_);
    const auto second = wait_for(written_);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(second->batch_number, 1U);
    EXPECT_EQ(second->kind, SegmentKind::kOriginal);
    EXPECT_EQ(second->start, StreamTime{seconds{1}});
    EXPECT_NEAR(std::chrono::duration<double>{second->duration}.count(), 1.0, 0.02);
    EXPECT_EQ(second->file_path, path("000001_audio.m4a"));
    EXPECT_EQ(get_file(second->file_path), *clips::packets_to_m4a(packets_of(1)));
    EXPECT_FALSE(fs::exists(path("000009_audio.m4a")));
    EXPECT_EQ(dubber_.asked.size(), 0U);
}

TEST_F(SegmentStoreTest, AKeeperStoresSoundThatIsDecodedToo) {
    SegmentStore store{&dubber_, config(), events()};
    const auto keeper = store.open_keeper("stream");
    ASSERT_TRUE(keeper);

    (*keeper)->keep(fragment(3));

    const auto record = wait_for(written_);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->file_path, path("000003_audio.m4a"));
    EXPECT_EQ(dubber_.asked.size(), 0U);
}

TEST_F(SegmentStoreTest, AKeeperIsRefusedForAnIdThatLeadsOutOfTheDirectory) {
    SegmentStore store{nullptr, config(), events()};
    const auto keeper = store.open_keeper("../x");
    ASSERT_FALSE(keeper);
    EXPECT_EQ(keeper.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(keeper.error().message(), "stream id \"../x\" (allowed: [a-zA-Z0-9_-]{1,128})");
}

TEST_F(SegmentStoreTest, PacketsWithoutAnyAreCountedAndNotStored) {
    SegmentStore store{nullptr, config(), events()};
    const auto keeper = store.open_keeper("stream");
    ASSERT_TRUE(keeper);
    auto packets = packets_of(0);
    packets.config = nullptr;

    (*keeper)->keep_packets(0, std::move(packets));

    EXPECT_EQ(wait_for(errors_), "stream audio_processing");
    EXPECT_EQ(written_.size(), 0U);
}

TEST_F(SegmentStoreTest, EveryFragmentIsAnsweredOnceHoweverManyCome) {
    dubber_.answer = dub_of;
    SegmentStore store{&dubber_, config(), events()};
    const auto session = open(store);

    auto one = fragment(0, 24'000);
    for (; one.number < 60; ++one.number) {
        session->request(one, soon());
    }

    std::map<std::uint64_t, int> answers;
    for (int n = 0; n < 60; ++n) {
        const auto outcome = wait_for(outcomes_);
        ASSERT_TRUE(outcome.has_value()) << n;
        ++answers[outcome->fragment];
    }
    EXPECT_EQ(answers.size(), 60U);
}

TEST_F(SegmentStoreTest, ClosingAnswersNothingMoreAndWaitsForNoEncoder) {
    SegmentStore store{&dubber_, config(), events()};
    auto session = open(store);
    // Several seconds of encoding, were it done.
    auto one = fragment(0, 480'000);
    for (; one.number < 20; ++one.number) {
        session->request(one, soon());
    }
    const auto begin = std::chrono::steady_clock::now();

    session.reset();

    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds{2});
    EXPECT_EQ(outcomes_.size(), 0U);
}

TEST_F(SegmentStoreTest, WhatWaitsAtTheEndIsStoredBeforeIt) {
    auto store = std::make_unique<SegmentStore>(&dubber_, config(), events());
    auto session = open(*store);
    auto one = fragment(0, 12'000);
    for (; one.number < 8; ++one.number) {
        session->request(one, soon());
    }

    session.reset();
    store.reset();

    for (std::uint64_t n = 0; n < 8; ++n) {
        EXPECT_TRUE(fs::exists(path(file_name(n, SegmentKind::kOriginal)))) << n;
    }
    EXPECT_EQ(errors_.size(), 0U);
}

TEST_F(SegmentStoreTest, TheEndIsBoundedAndWhatItCostsIsCounted) {
    auto store = std::make_unique<SegmentStore>(&dubber_, config(), events());
    auto session = open(*store);
    // Ten minutes of sound: far more than kLastWrites of encoding.
    auto one = fragment(0, 48'000 * 30);
    for (; one.number < 20; ++one.number) {
        session->request(one, soon());
    }

    session.reset();
    store.reset();

    EXPECT_GT(errors_.size(), 0U) << "all of it was waited for";
    EXPECT_EQ(written_.size() + errors_.size(), 20U);
}

TEST_F(SegmentStoreTest, RefusesIdsThatLeadOutOfTheDirectory) {
    SegmentStore store{nullptr, config(), events()};
    for (const auto* const id : {"", "..", "../x", "a/b", "a.b"}) {
        DubOptions options;
        options.stream_id = id;
        const auto session = store.open(options, [](const DubOutcome&) {});
        ASSERT_FALSE(session.has_value()) << id;
        EXPECT_EQ(session.error().code(), ErrorCode::kInvalidArgument);
    }
}

TEST_F(SegmentStoreTest, TheInnerRefusalIsPassedOn) {
    dubber_.is_refusing = true;
    put_file(path("000009_audio.m4a"), "kept");
    SegmentStore store{&dubber_, config(), events()};
    DubOptions options;
    options.stream_id = "stream";

    const auto session = store.open(options, [](const DubOutcome&) {});

    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(get_file(path("000009_audio.m4a")), "kept");
    EXPECT_EQ(store.describe(), "fake");
}

TEST_F(SegmentStoreTest, OpensAndClosesManyTimes) {
    dubber_.answer = dub_of;
    SegmentStore store{&dubber_, config(), events()};
    for (std::uint64_t n = 0; n < 100; ++n) {
        const auto session = open(store, n % 2 == 0 ? "a" : "b");
        session->request(fragment(n, 4'800), soon());
    }
}

}  // namespace
}  // namespace livedub::segments
