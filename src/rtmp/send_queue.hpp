// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What waits to be written to one peer. Bounded in bytes and messages; when it is full the peer
// loses whole groups of pictures (queued frames go, and nothing follows until the next keyframe),
// while codec configs and answers to commands are never lost. Payloads are shared: the queue holds
// references.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

#include "rtmp/media_message.hpp"

namespace livedub::rtmp {

class SendQueue {
  public:
    explicit SendQueue(std::size_t max_bytes) : max_bytes_{max_bytes} {}

    /// Appends an answer or control message.
    void push_control(wire::Bytes bytes);

    /// Appends media, or drops it, or drops others for it: see the top.
    ///
    /// @return How many groups of pictures (audio without video: runs of frames) were lost by it.
    std::size_t push(const SharedMedia& media);

    /// Lets no picture through before the next keyframe: at the start and after a takeover.
    void wait_for_keyframe();

    /// Fills `out` with what is to be written next.
    ///
    /// @return How many entries were filled. They stay valid until consume().
    [[nodiscard]] std::size_t gather(std::span<wire::ByteView> out);

    /// Takes `size` bytes off the front: they have been written.
    void consume(std::size_t size);

    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t control_bytes() const noexcept { return control_bytes_; }

  private:
    enum class Gate {
        kOpen = 1,
        kKeyframe = 2,  // no inter frames until a keyframe
        kLost = 3,      // no frames at all, audio neither, until a keyframe
    };
    struct Item {
        wire::SharedBytes bytes;
        MediaKind kind = MediaKind::kMetadata;
        bool is_control = false;
    };

    [[nodiscard]] bool passes_gate(const MediaMessage& media);
    [[nodiscard]] bool fits(const MediaMessage& media) const;
    void close_gate();
    [[nodiscard]] std::size_t make_room(const MediaMessage& incoming);
    void erase_frames(std::size_t begin, std::size_t end);
    void erase_stale_configs(std::size_t begin);

    std::size_t max_bytes_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    std::size_t control_bytes_ = 0;
    std::size_t front_offset_ = 0;  // bytes of the first item already written
    std::size_t in_flight_ = 0;     // items given to gather() and not yet consumed
    bool has_video_ = false;
    Gate gate_ = Gate::kKeyframe;
    std::uint32_t newest_ms_ = 0;
    std::uint32_t lost_at_ms_ = 0;
};

}  // namespace livedub::rtmp
