// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/delay_line.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;

StreamTime ms(std::int64_t value) {
    return StreamTime{milliseconds{value}};
}

DelayedUnit unit(UnitKind kind, std::int64_t at_ms, bool is_keyframe = false,
                 std::size_t size = 100) {
    EncodedUnit encoded;
    encoded.kind = kind;
    encoded.is_keyframe = is_keyframe;
    encoded.payload = std::make_shared<const Bytes>(size);
    return {{ms(at_ms), std::move(encoded)}, {}};
}

TEST(DelayLine, InterleavesByDecodingTimeVideoFirst) {
    DelayLine line{1'000'000};
    line.push(unit(UnitKind::kVideoFrame, 0, true));
    line.push(unit(UnitKind::kVideoFrame, 33));
    line.push(unit(UnitKind::kVideoFrame, 66));
    line.push(unit(UnitKind::kAudioFrame, 0));
    line.push(unit(UnitKind::kAudioFrame, 46));

    std::vector<std::pair<UnitKind, StreamTime>> order;
    while (const auto next = line.pop(ms(50))) {
        order.emplace_back(next->timed.unit.kind, next->timed.dts);
    }

    const std::vector<std::pair<UnitKind, StreamTime>> expected{{UnitKind::kVideoFrame, ms(0)},
                                                                {UnitKind::kAudioFrame, ms(0)},
                                                                {UnitKind::kVideoFrame, ms(33)},
                                                                {UnitKind::kAudioFrame, ms(46)}};
    EXPECT_EQ(order, expected);
    EXPECT_EQ(line.next(), ms(66));
}

TEST(DelayLine, SoundAndHeadersAreBoundedToo) {
    for (const auto kind : {UnitKind::kMetadata, UnitKind::kVideoConfig, UnitKind::kAudioConfig,
                            UnitKind::kAudioFrame}) {
        DelayLine line{250};
        for (int n = 0; n < 100; ++n) {
            line.push(unit(kind, 0));
        }
        EXPECT_EQ(line.video_units() + line.audio_units(), 5U);
        EXPECT_EQ(line.dropped(), 95U);
    }
}

TEST(DelayLine, AFullLineLosesTheRestOfTheGroupAndNoSound) {
    DelayLine line{250};
    line.push(unit(UnitKind::kVideoFrame, 0, true));
    line.push(unit(UnitKind::kVideoFrame, 33));
    line.push(unit(UnitKind::kVideoFrame, 66));  // does not fit
    line.push(unit(UnitKind::kAudioFrame, 70, false, 10));
    ASSERT_TRUE(line.pop(ms(0)));
    line.push(unit(UnitKind::kVideoFrame, 100));  // would fit, but could not be decoded
    line.push(unit(UnitKind::kVideoFrame, 133, true));

    std::vector<StreamTime> left;
    while (const auto next = line.pop(ms(1000))) {
        left.push_back(next->timed.dts);
    }

    EXPECT_EQ(left, (std::vector{ms(33), ms(70), ms(133)}));
    EXPECT_EQ(line.dropped(), 2U);
    EXPECT_TRUE(line.is_empty());
}

}  // namespace
}  // namespace livedub
