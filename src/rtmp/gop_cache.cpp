// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/gop_cache.hpp"

namespace livedub::rtmp {
namespace {

/// More than 800 a second for 20 s are no pictures and sound; each costs memory beside its bytes.
constexpr std::size_t kMaxFrames = std::size_t{16} << 10U;

}  // namespace

void GopCache::add(const SharedMedia& media) {
    if (media->kind != MediaKind::kMetadata) {  // it has no time
        last_timestamp_ms_ = media->timestamp_ms;
    }
    if (is_video(media->kind) && media->kind != MediaKind::kVideoOther) {
        video_codec_ = media->video_codec;
    }
    switch (media->kind) {
        case MediaKind::kMetadata:
            metadata_ = media;
            return;
        case MediaKind::kVideoConfig:
            // Frames held belong to the old config; a repeated one changes nothing.
            if (video_config_ == nullptr || video_config_->payload != media->payload) {
                forget_frames();
                video_config_ = media;
            }
            return;
        case MediaKind::kAudioConfig:
            audio_codec_ = media->audio_codec;
            audio_config_ = media;
            return;
        case MediaKind::kAudio:
            audio_codec_ = media->audio_codec;
            break;
        case MediaKind::kKeyframe:
            forget_frames();
            break;
        case MediaKind::kInterFrame:
        case MediaKind::kVideoOther:
        case MediaKind::kData:
            break;
    }
    has_frame_ = has_frame_ || is_frame(media->kind);
    if (frames_.empty() && media->kind != MediaKind::kKeyframe) {
        return;
    }
    frames_.push_back(media);
    bytes_ += media->chunks.size();
    const auto age = static_cast<std::int32_t>(media->timestamp_ms - frames_[0]->timestamp_ms);
    const bool is_too_long = age > 0 && static_cast<std::uint32_t>(age) > limits_.duration_ms;
    if (bytes_ > limits_.bytes || is_too_long || frames_.size() > kMaxFrames) {
        forget_frames();
    }
}

std::vector<SharedMedia> GopCache::replay() const {
    std::vector<SharedMedia> messages;
    const auto start = frames_.empty() ? last_timestamp_ms_ : frames_[0]->timestamp_ms;
    if (metadata_ != nullptr) {
        messages.push_back(metadata_);
    }
    for (const auto* config : {&video_config_, &audio_config_}) {
        if (*config != nullptr) {
            messages.push_back(with_timestamp(**config, start));
        }
    }
    messages.insert(messages.end(), frames_.begin(), frames_.end());
    return messages;
}

bool GopCache::is_playable() const noexcept {
    return has_frame_ || (video_config_ != nullptr && audio_config_ != nullptr);
}

std::vector<std::string> GopCache::tracks() const {
    std::vector<std::string> names;
    if (video_codec_) {
        names.emplace_back(track_name(*video_codec_));
    }
    if (audio_codec_) {
        names.emplace_back(track_name(*audio_codec_));
    }
    return names;
}

void GopCache::forget_frames() {
    frames_.clear();
    bytes_ = 0;
}

}  // namespace livedub::rtmp
