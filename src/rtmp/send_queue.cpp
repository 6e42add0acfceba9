// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/send_queue.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>

#include "base/check.hpp"

namespace livedub::rtmp {
namespace {

/// Whatever their size, messages cost memory of their own: 384 bytes are what one has on average in
/// a queue of 12 MiB that is full of both.
constexpr std::size_t kMaxItems = std::size_t{32} << 10U;
/// A publisher whose pictures stop for good must not silence a player that once was slow.
constexpr std::int32_t kLostAudioLimitMs = 10'000;

}  // namespace

void SendQueue::push_control(wire::Bytes bytes) {
    bytes_ += bytes.size();
    control_bytes_ += bytes.size();
    items_.push_back(
        {.bytes = std::make_shared<const wire::Bytes>(std::move(bytes)), .is_control = true});
}

std::size_t SendQueue::push(const SharedMedia& media) {
    has_video_ = has_video_ || is_video(media->kind);
    if (media->kind != MediaKind::kMetadata) {  // it has no time
        newest_ms_ = media->timestamp_ms;
    }
    if (!passes_gate(*media)) {
        return 0;
    }
    std::size_t lost = 0;
    if (!fits(*media)) {
        lost = make_room(*media);
        if (!is_config(media->kind) && (gate_ == Gate::kLost || !fits(*media))) {
            close_gate();
            return std::max<std::size_t>(lost, 1);
        }
    }
    bytes_ += media->chunks.size();
    items_.push_back({.bytes = wire::SharedBytes{media, &media->chunks}, .kind = media->kind});
    return lost;
}

void SendQueue::wait_for_keyframe() {
    gate_ = Gate::kKeyframe;
}

bool SendQueue::passes_gate(const MediaMessage& media) {
    if (is_config(media.kind) || gate_ == Gate::kOpen) {
        return true;
    }
    if (media.kind == MediaKind::kKeyframe) {
        gate_ = Gate::kOpen;
        return true;
    }
    if (media.kind == MediaKind::kInterFrame) {
        return false;
    }
    if (media.kind != MediaKind::kAudio) {
        return gate_ == Gate::kKeyframe;
    }
    const auto lost_for = static_cast<std::int32_t>(media.timestamp_ms - lost_at_ms_);
    if (gate_ == Gate::kLost && lost_for > kLostAudioLimitMs) {
        gate_ = Gate::kKeyframe;
    }
    return gate_ == Gate::kKeyframe;
}

bool SendQueue::fits(const MediaMessage& media) const {
    return bytes_ + media.chunks.size() <= max_bytes_ && items_.size() < kMaxItems;
}

void SendQueue::close_gate() {
    if (has_video_) {
        gate_ = Gate::kLost;
        lost_at_ms_ = newest_ms_;
    }
}

std::size_t SendQueue::make_room(const MediaMessage& incoming) {
    // Bytes of the first items are with the kernel, in whole or in part.
    const std::size_t first = std::max(in_flight_, front_offset_ > 0 ? std::size_t{1} : 0);
    const bool is_boundary = incoming.kind == MediaKind::kKeyframe || !has_video_;
    std::size_t newest_keyframe = first;
    std::size_t keyframes = 0;
    for (std::size_t i = first; i < items_.size(); ++i) {
        if (!items_[i].is_control && items_[i].kind == MediaKind::kKeyframe) {
            newest_keyframe = i;
            ++keyframes;
        }
    }
    // The newest group is worth keeping when it leaves room to go on with it.
    if (!is_boundary && keyframes > 1) {
        erase_frames(first, newest_keyframe);
        if (bytes_ <= max_bytes_ / 2 && items_.size() <= kMaxItems / 2) {
            return keyframes - 1;
        }
    }
    erase_frames(first, items_.size());
    erase_stale_configs(first);
    if (!is_boundary) {
        close_gate();
    }
    return std::max<std::size_t>(keyframes, 1);
}

void SendQueue::erase_frames(std::size_t begin, std::size_t end) {
    std::deque<Item> kept;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        auto& item = items_[i];
        const bool goes = i >= begin && i < end && !item.is_control && !is_config(item.kind);
        if (goes) {
            bytes_ -= item.bytes->size();
        } else {
            kept.push_back(std::move(item));
        }
    }
    items_ = std::move(kept);
}

void SendQueue::erase_stale_configs(std::size_t begin) {
    // Only the last of each kind matters once the frames between them are gone. One pass, from the
    // end: there may be very many.
    std::array<bool, 4> has_newer{};  // by kind
    std::deque<Item> kept;
    for (; items_.size() > begin; items_.pop_back()) {
        auto& item = items_.back();
        const bool is_of_a_kind = !item.is_control && is_config(item.kind);
        if (is_of_a_kind &&
            std::exchange(has_newer.at(static_cast<std::size_t>(item.kind)), true)) {
            bytes_ -= item.bytes->size();
        } else {
            kept.push_front(std::move(item));
        }
    }
    std::ranges::move(kept, std::back_inserter(items_));
}

std::size_t SendQueue::gather(std::span<wire::ByteView> out) {
    const std::size_t count = std::min(out.size(), items_.size());
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = wire::ByteView{*items_[i].bytes};
    }
    if (count > 0) {
        out[0] = out[0].subspan(front_offset_);
    }
    in_flight_ = count;
    return count;
}

void SendQueue::consume(std::size_t size) {
    LIVEDUB_CHECK(size <= bytes_);
    in_flight_ = 0;
    bytes_ -= size;
    front_offset_ += size;
    while (!items_.empty() && front_offset_ >= items_.front().bytes->size()) {
        const auto& front = items_.front();
        front_offset_ -= front.bytes->size();
        if (front.is_control) {
            control_bytes_ -= front.bytes->size();
        }
        items_.pop_front();
    }
}

}  // namespace livedub::rtmp
