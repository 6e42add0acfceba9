// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/gop_cache.hpp"

#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/media_samples.hpp"

namespace livedub::rtmp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void add(GopCache& cache, std::initializer_list<wire::RtmpMessage> messages) {
    for (const auto& message : messages) {
        const auto media = make_media(message);
        ASSERT_TRUE(media.has_value()) << media.error().message();
        cache.add(*media);
    }
}

std::vector<MediaKind> kinds(const GopCache& cache) {
    std::vector<MediaKind> kinds;
    for (const auto& media : cache.replay()) {
        kinds.push_back(media->kind);
    }
    return kinds;
}

TEST(GopCache, ReplaysConfigsAndTheLastGroup) {
    GopCache cache{{}};
    add(cache, {samples::metadata(7), samples::video_config(), samples::audio_config(),
                samples::keyframe(0), samples::audio_frame(10), samples::inter_frame(33),
                samples::keyframe(1000), samples::audio_frame(1010), samples::inter_frame(1033)});

    EXPECT_THAT(kinds(cache),
                ElementsAre(MediaKind::kMetadata, MediaKind::kVideoConfig, MediaKind::kAudioConfig,
                            MediaKind::kKeyframe, MediaKind::kAudio, MediaKind::kInterFrame));
    for (const auto& media : cache.replay()) {
        if (media->kind == MediaKind::kMetadata) {
            EXPECT_EQ(media->timestamp_ms, 0U);
        } else {
            EXPECT_GE(media->timestamp_ms, 1000U);  // no jump between configs and frames
        }
    }
    EXPECT_THAT(cache.tracks(), ElementsAre("H264", "MPEG-4 Audio"));
}

TEST(GopCache, TakesNoCuePointForMetadata) {
    GopCache cache{{}};
    add(cache, {samples::metadata(), samples::cue_point(0), samples::keyframe(10),
                samples::cue_point(20)});

    EXPECT_THAT(kinds(cache),
                ElementsAre(MediaKind::kMetadata, MediaKind::kKeyframe, MediaKind::kData));
    EXPECT_EQ(cache.replay().back()->timestamp_ms, 20U);
}

TEST(GopCache, HoldsNoFramesOfAudioAlone) {
    GopCache cache{{}};
    add(cache, {samples::audio_config(), samples::audio_frame(0), samples::audio_frame(23)});

    EXPECT_THAT(kinds(cache), ElementsAre(MediaKind::kAudioConfig));
    EXPECT_TRUE(cache.is_playable());
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(GopCache, IsPlayableWithBothConfigsOrAFrame) {
    GopCache configs{{}};
    add(configs, {samples::metadata(), samples::video_config()});
    EXPECT_FALSE(configs.is_playable());
    add(configs, {samples::audio_config()});
    EXPECT_TRUE(configs.is_playable());

    GopCache frame{{}};
    add(frame, {samples::video_config(), samples::keyframe(0)});
    EXPECT_TRUE(frame.is_playable());
}

TEST(GopCache, ForgetsAGroupThatGrowsTooLarge) {
    GopCache cache{{.bytes = 300, .duration_ms = 20'000}};
    add(cache, {samples::video_config(), samples::keyframe(0, 200), samples::inter_frame(33, 200),
                samples::inter_frame(66, 10)});
    EXPECT_THAT(kinds(cache), ElementsAre(MediaKind::kVideoConfig));
    EXPECT_EQ(cache.bytes(), 0U);

    add(cache, {samples::keyframe(100, 10)});
    EXPECT_THAT(kinds(cache), ElementsAre(MediaKind::kVideoConfig, MediaKind::kKeyframe));
}

TEST(GopCache, ForgetsAGroupThatGrowsTooLong) {
    GopCache cache{{.bytes = 1'000'000, .duration_ms = 1'000}};
    add(cache, {samples::keyframe(0xFFFFFF00U), samples::inter_frame(0x100U)});  // across the wrap
    EXPECT_EQ(kinds(cache).size(), 2U);

    add(cache, {samples::inter_frame(0x100U + 1'000)});
    EXPECT_THAT(kinds(cache), IsEmpty());
}

TEST(GopCache, AGroupOfVeryManyFramesIsForgotten) {
    GopCache cache{{}};
    add(cache, {samples::keyframe(0)});
    for (int i = 0; i < 16'384; ++i) {
        add(cache, {samples::audio_frame(0)});  // few bytes, no time
    }

    EXPECT_THAT(kinds(cache), IsEmpty());
}

TEST(GopCache, ANewVideoConfigEndsTheGroup) {
    GopCache cache{{}};
    add(cache, {samples::video_config(1), samples::keyframe(0), samples::video_config(1)});
    EXPECT_THAT(kinds(cache), ElementsAre(MediaKind::kVideoConfig, MediaKind::kKeyframe));

    add(cache, {samples::video_config(2), samples::inter_frame(40)});
    EXPECT_THAT(kinds(cache), ElementsAre(MediaKind::kVideoConfig));
    EXPECT_EQ(cache.replay()[0]->chunks.back(), 2);
}

TEST(MediaMessage, RefusesHugeConfigs) {
    auto config = samples::video_config();
    config.payload.resize(300 * 1024);

    EXPECT_FALSE(make_media(config).has_value());
}

TEST(MediaMessage, EmptyBodiesAreNothing) {
    const auto media = make_media(samples::message(wire::MessageType::kAudio, 0, {}));

    ASSERT_TRUE(media.has_value());
    EXPECT_EQ(*media, nullptr);
}

}  // namespace
}  // namespace livedub::rtmp
