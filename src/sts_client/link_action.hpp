// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What one stream's link asks its driver to do. The link decides, the driver has the sockets, the
// threads and the clocks.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "dubbing/dubber.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::sts_client {

/// The slot that a dub has to fill.
struct FragmentShape {
    StreamTime start;
    PcmFormat format;
    std::size_t frames = 0;
};

/// A dub as it was received, and what it has to become.
struct DecodeTask {
    std::uint64_t number = 0;
    std::string fragment_id;
    contract::Audio audio;
    FragmentShape shape;
    bool is_late = false;  // to be kept, not to be played
};

/// What became of a DecodeTask.
struct Decoded {
    std::uint64_t number = 0;
    std::string fragment_id;
    std::optional<PcmChunk> dub;  // fills the slot exactly; nullopt: undecodable
    ClipBytes clip;               // the bytes as they came, when they could be decoded
    std::string problem;          // why not
    bool is_late = false;
};

namespace action {

/// Begin to connect; answer with connected() or ended().
struct Connect {};

/// Tell with returned() when the service is back, until the next Connect. No answer otherwise.
struct Watch {};

/// Drop the connection, if there is one. No answer.
struct Disconnect {};

/// Make the clip that is to be sent, or take the one that is there; answer with prepared().
struct Prepare {
    Fragment fragment;
};

/// Emit one event. A fragment's audio.data is bytes, also when audio.is_binary says that they
/// travel as base64.
struct Send {
    std::variant<contract::StreamInit, contract::FragmentData, contract::FragmentAck,
                 contract::StreamControl>
        message;  // StreamControl: stream:end
};

/// Answer with decoded().
struct Decode {
    DecodeTask task;
};

/// Hand the outcome to the stream.
struct Settle {
    DubOutcome outcome;
};

/// A dub that came when its fragment was decided already.
struct KeepLate {
    std::uint64_t number = 0;
    ClipBytes clip;
};

/// Reconnecting has failed so often that the configuration says to stop.
struct GiveUp {};

/// The link is closed; nothing follows.
struct Finish {};

/// For the log.
struct Note {
    std::string text;
    bool is_warning = false;
};

}  // namespace action

using LinkAction = std::variant<action::Connect, action::Watch, action::Disconnect, action::Prepare,
                                action::Send, action::Decode, action::Settle, action::KeepLate,
                                action::GiveUp, action::Finish, action::Note>;

}  // namespace livedub::sts_client
