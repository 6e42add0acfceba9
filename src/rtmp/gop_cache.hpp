// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a player that joins late needs to show a picture at once: metadata, codec configs, and
// everything since the last keyframe. Bounded in bytes, frames and time: a group of pictures that
// grows beyond any is forgotten, and players that join then wait for the next keyframe.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtmp/media_message.hpp"

namespace livedub::rtmp {

struct GopLimits {
    std::size_t bytes = std::size_t{8} << 20U;
    std::uint32_t duration_ms = 20'000;
};

class GopCache {
  public:
    explicit GopCache(const GopLimits& limits) : limits_{limits} {}

    void add(const SharedMedia& media);

    /// What to send to a new player, in order. Codec configs carry the time of the first frame that
    /// follows them, so a player sees no jump; metadata has time 0.
    [[nodiscard]] std::vector<SharedMedia> replay() const;

    /// Whether the stream can be decoded: a frame has come, or the configs of both audio and video.
    [[nodiscard]] bool is_playable() const noexcept;

    /// Names of the tracks seen so far, video first.
    [[nodiscard]] std::vector<std::string> tracks() const;

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  private:
    void forget_frames();

    GopLimits limits_;
    SharedMedia metadata_;
    SharedMedia video_config_;
    SharedMedia audio_config_;
    std::optional<wire::VideoCodec> video_codec_;
    std::optional<wire::AudioCodec> audio_codec_;
    bool has_frame_ = false;
    std::uint32_t last_timestamp_ms_ = 0;

    std::vector<SharedMedia> frames_;  // from a keyframe on; empty while there is none
    std::size_t bytes_ = 0;            // of frames_
};

}  // namespace livedub::rtmp
