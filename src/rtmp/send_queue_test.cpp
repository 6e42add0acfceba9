// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/send_queue.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "rtmp/media_samples.hpp"

namespace livedub::rtmp {
namespace {

constexpr std::size_t kFrame = 100;  // body bytes; 12 more on the wire

class SendQueueTest : public testing::Test {
  protected:
    std::size_t push(const wire::RtmpMessage& message) { return queue_.push(*make_media(message)); }

    /// Writes `size` bytes.
    void write(std::size_t size) {
        std::array<wire::ByteView, 64> views{};
        (void)queue_.gather(views);
        queue_.consume(size);
    }

    /// What is queued: K, i (inter), a, V, A, M (configs, metadata), c (control).
    std::string content() {
        std::array<wire::ByteView, 256> views{};
        const std::size_t count = queue_.gather(views);
        std::string kinds;
        for (std::size_t i = 0; i < count; ++i) {
            kinds.push_back(kind_of(views.at(i)));
        }
        queue_.consume(0);
        return kinds;
    }

    static char kind_of(wire::ByteView view) {
        if (view.size() < 14) {
            return 'c';
        }
        switch (view[7]) {
            case 8:
                return view[13] == 0 ? 'A' : 'a';
            case 9:
                return view[13] == 0 ? 'V' : (view[12] == 0x17 ? 'K' : 'i');
            default:
                return 'M';
        }
    }

    SendQueue queue_{1000};
};

TEST_F(SendQueueTest, StartsWithConfigsAndWaitsForAKeyframe) {
    push(samples::metadata());
    push(samples::video_config());
    push(samples::inter_frame(0));
    push(samples::audio_frame(5));
    push(samples::keyframe(10));
    push(samples::inter_frame(20));

    EXPECT_EQ(content(), "MVaKi");
}

TEST_F(SendQueueTest, CuePointsWaitForNoKeyframeUnlessPicturesWereLost) {
    push(samples::cue_point(0));
    push(samples::keyframe(10));
    EXPECT_EQ(content(), "MK");

    push(samples::inter_frame(20, 2000));  // does not fit: the group is lost
    push(samples::cue_point(30));
    EXPECT_EQ(content(), "");
}

TEST_F(SendQueueTest, GivesBackWhatWasNotWritten) {
    queue_.push_control({1, 2, 3});
    queue_.push_control({4, 5});
    std::array<wire::ByteView, 64> views{};
    ASSERT_EQ(queue_.gather(views), 2U);
    EXPECT_EQ(views[0].size(), 3U);

    queue_.consume(4);

    ASSERT_EQ(queue_.gather(views), 1U);
    EXPECT_EQ(views[0].size(), 1U);
    EXPECT_EQ(views[0][0], 5);
    EXPECT_EQ(queue_.control_bytes(), 2U);
    queue_.consume(1);
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(queue_.bytes(), 0U);
    EXPECT_EQ(queue_.control_bytes(), 0U);
}

TEST_F(SendQueueTest, ASlowPlayerLosesTheRestOfAGroup) {
    push(samples::video_config());
    push(samples::keyframe(0, kFrame));
    std::size_t lost = 0;
    for (std::uint32_t i = 1; i < 20; ++i) {
        lost += push(samples::inter_frame(i * 33, kFrame));
        lost += push(samples::audio_frame(i * 33));
    }
    EXPECT_EQ(lost, 1U);
    EXPECT_EQ(content(), "V");

    push(samples::keyframe(1000, kFrame));
    push(samples::audio_frame(1001));
    push(samples::inter_frame(1033, kFrame));
    EXPECT_EQ(content(), "VKai");
}

TEST_F(SendQueueTest, KeepsTheNewestGroupWhenThereIsRoomToGoOn) {
    push(samples::keyframe(0, kFrame));
    for (std::uint32_t i = 1; i < 6; ++i) {
        push(samples::inter_frame(i, kFrame));
    }
    push(samples::keyframe(1000, kFrame));
    EXPECT_EQ(push(samples::inter_frame(1001, kFrame)), 0U);

    EXPECT_EQ(push(samples::inter_frame(1002, kFrame)), 1U);

    EXPECT_EQ(content(), "Kii");
}

TEST_F(SendQueueTest, AKeyframeThatDoesNotFitTakesThePlaceOfWhatIsOlder) {
    push(samples::keyframe(0, kFrame));
    for (std::uint32_t i = 1; i < 8; ++i) {
        push(samples::inter_frame(i, kFrame));
    }

    EXPECT_EQ(push(samples::keyframe(1000, 2 * kFrame)), 1U);

    EXPECT_EQ(content(), "K");
    EXPECT_EQ(push(samples::inter_frame(1001, kFrame)), 0U);
    EXPECT_EQ(content(), "Ki");
}

TEST_F(SendQueueTest, AFrameLargerThanTheQueueCostsItsGroup) {
    EXPECT_EQ(push(samples::keyframe(0, 2000)), 1U);
    push(samples::inter_frame(33, kFrame));
    EXPECT_EQ(content(), "");

    push(samples::keyframe(1000, kFrame));
    EXPECT_EQ(content(), "K");
}

TEST_F(SendQueueTest, NeverDropsWhatIsHalfWritten) {
    push(samples::keyframe(0, kFrame));
    push(samples::inter_frame(1, kFrame));
    write(10);
    for (std::uint32_t i = 2; i < 20; ++i) {
        push(samples::inter_frame(i, kFrame));
    }

    std::array<wire::ByteView, 64> views{};
    ASSERT_EQ(queue_.gather(views), 1U);
    EXPECT_EQ(views[0].size(), kFrame + 12 - 10);
}

TEST_F(SendQueueTest, NeverDropsWhatIsBeingWritten) {
    push(samples::keyframe(0, kFrame));
    push(samples::inter_frame(1, kFrame));
    std::array<wire::ByteView, 64> views{};
    ASSERT_EQ(queue_.gather(views), 2U);
    for (std::uint32_t i = 2; i < 20; ++i) {
        push(samples::inter_frame(i, kFrame));
    }
    queue_.consume(kFrame + 12);

    EXPECT_EQ(content(), "i");
}

TEST_F(SendQueueTest, AudioAloneLosesWhatIsQueuedAndGoesOn) {
    push(samples::audio_config());
    std::size_t lost = 0;
    for (std::uint32_t i = 0; i < 50; ++i) {
        lost += push(samples::audio_frame(i * 23, kFrame));
    }
    EXPECT_EQ(lost, 6U);
    EXPECT_EQ(content().substr(0, 2), "Aa");
    EXPECT_LE(queue_.bytes(), 1000U);
}

TEST_F(SendQueueTest, AudioComesBackWhenPicturesNeverDo) {
    push(samples::keyframe(0, kFrame));
    for (std::uint32_t i = 1; i < 20; ++i) {
        push(samples::inter_frame(i, kFrame));
    }
    push(samples::audio_frame(1'000));
    EXPECT_EQ(content(), "");

    push(samples::audio_frame(11'000));

    EXPECT_EQ(content(), "a");
}

TEST_F(SendQueueTest, ConfigsAreKeptOnceEach) {
    for (std::uint8_t i = 0; i < 200; ++i) {
        push(samples::video_config(i));
        push(samples::audio_config());
    }

    EXPECT_LE(queue_.bytes(), 1000U);
    std::array<wire::ByteView, 256> views{};
    const std::size_t count = queue_.gather(views);
    ASSERT_GE(count, 2U);
    EXPECT_EQ(views.at(count - 2).back(), 199);
}

TEST_F(SendQueueTest, AGroupLostToAConfigStaysLost) {
    for (const auto& config :
         {samples::metadata(5'007), samples::audio_config(), samples::video_config()}) {
        queue_ = SendQueue{1000};
        push(samples::keyframe(5'000, kFrame));
        for (std::uint32_t i = 1; i < 8; ++i) {
            push(samples::inter_frame(5'000 + i, kFrame));
        }
        while (push(config) == 0) {
        }

        push(samples::inter_frame(5'040, kFrame));
        push(samples::audio_frame(5'041));
        EXPECT_EQ(content().find_first_of("Kia"), std::string::npos) << content();

        push(samples::keyframe(6'000, kFrame));
        push(samples::inter_frame(6'040, kFrame));
        EXPECT_EQ(content().find("Ki"), content().size() - 2) << content();
    }
}

TEST_F(SendQueueTest, ThrowsAwayManyConfigsAtOnce) {
    SendQueue queue{std::size_t{12} << 20U};
    const auto video = *make_media(samples::video_config());
    const auto audio = *make_media(samples::audio_config());
    std::size_t largest = 0;
    while (queue.bytes() >= largest) {
        largest = queue.bytes();
        (void)queue.push(video);
        (void)queue.push(audio);
    }

    EXPECT_LT(queue.bytes(), 1'000U);  // one by one that takes minutes
}

TEST_F(SendQueueTest, IsFullOfManySmallMessagesToo) {
    // A message of a few bytes costs ten times as much memory.
    SendQueue queue{std::size_t{12} << 20U};
    const auto frame = *make_media(samples::audio_frame(0));
    std::size_t lost = 0;
    std::size_t pushed = 0;
    for (; lost == 0 && pushed < 100'000; ++pushed) {
        lost = queue.push(frame);
    }

    EXPECT_EQ(lost, 1U);
    EXPECT_EQ(queue.bytes(), frame->chunks.size());  // as when it is full of bytes
}

TEST_F(SendQueueTest, ATakeoverWaitsForAKeyframeAgain) {
    push(samples::keyframe(0));
    queue_.wait_for_keyframe();
    push(samples::inter_frame(1));
    push(samples::audio_frame(2));
    push(samples::keyframe(3));

    EXPECT_EQ(content(), "KaK");
}

}  // namespace
}  // namespace livedub::rtmp
