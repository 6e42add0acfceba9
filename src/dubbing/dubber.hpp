// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The one port between media and speech: a fragment in; a dub, or the reason why not, out. The
// media side never learns which engine or transport answers; the speech side never learns about
// streams of packets.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "dubbing/encoded_clip.hpp"
#include "dubbing/failure.hpp"
#include "dubbing/fallback_reason.hpp"
#include "media/aac_packets.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub {

/// What the viewer of one stream asked for. Languages are BCP 47 tags ("en", "es", "pt-BR").
struct DubOptions {
    std::string stream_id;
    std::string source_language = "en";
    std::string target_language = "es";
    std::string voice = "default";
    std::vector<std::string> domain_hints{};   // "sports", "news", ...: what the stream is about
    PcmFormat format{};                        // of the fragments to come; {} when not yet known
    std::chrono::milliseconds segment{6'000};  // the usual length of a fragment: a hint
    /// The most that whoever is asked over a network may take for a fragment, from its sending.
    std::chrono::milliseconds sts_timeout{8'000};
};

/// A stretch of one stream to be dubbed.
struct Fragment {
    std::uint64_t number = 0;  // 0, 1, 2, ... within the session
    PcmChunk audio;            // as on the timeline: its start, rate and channels are the stream's
    ClipBytes clip;            // the same sound as an MP4/AAC file, if somebody has made it already
};

/// A phrase with its place on the timeline, for captions.
struct Phrase {
    std::string text;
    StreamTime start;
    StreamTime end;
};

struct StageTimings {
    std::chrono::milliseconds recognise{0};
    std::chrono::milliseconds translate{0};
    std::chrono::milliseconds synthesise{0};
};

/// What became of one fragment. Exactly one of `dub` and `fallback` is set.
struct DubOutcome {
    std::uint64_t fragment = 0;

    /// False: whoever dubs was not asked, because he could not be or should not.
    bool was_asked = true;

    /// The new speech alone, without the original under it. Same start, format and frame count as
    /// the fragment: it fills the slot, silent where nobody speaks.
    std::optional<PcmChunk> dub;

    /// The original is silent under all of the dub, whether it speaks or not.
    bool is_alone = false;

    std::optional<FallbackReason> fallback;
    std::string detail;                 // one line for a person, with kFailed and the like
    std::optional<DubFailure> failure;  // which stage and code, with kFailed, kTimeout, kDeadline
    ClipBytes clip;  // the dub as a file, as it was received; null when it never was one

    // What is known of the words, whichever way it went. Empty where a stage did not run.
    std::vector<Phrase> transcript;
    std::vector<Phrase> translation;
    StageTimings timings;
    std::chrono::milliseconds total{0};   // from request() to now, waiting included
    double speed_ratio = 1.0;             // how much faster than natural the dub is spoken
    double overrun = 0.0;                 // share of the slot that had to be trimmed
    bool is_partial = false;              // trimmed so much that somebody may miss it
    std::chrono::milliseconds speech{0};  // how long somebody spoke in the original
};

/// Dubs one stream. Destroying it abandons what is outstanding without a callback and waits at most
/// for a running engine to notice (100 ms).
class DubSession {
  public:
    DubSession() = default;
    virtual ~DubSession() = default;
    DubSession(const DubSession&) = delete;
    DubSession& operator=(const DubSession&) = delete;

    /// Asks for one fragment. Never blocks. The outcome comes exactly once, through the OnOutcome
    /// given at open(), on any thread, possibly before this returns. An outcome that cannot be had
    /// by `deadline` arrives as kTimeout or kDeadline, work on it having been stopped or never
    /// begun.
    virtual void request(Fragment fragment, SteadyTime deadline) = 0;

    /// Shows a fragment that nobody is to dub, for whoever keeps what came in. Never blocks; there
    /// is no outcome.
    virtual void keep(Fragment&& /*fragment*/) {}

    /// The same for a fragment that nobody has decoded. @param number As Fragment::number.
    virtual void keep_packets(std::uint64_t /*number*/, AacPackets&& /*packets*/) {}
};

/// What results say that they were made by. Empty where there is no such stage, or nobody knows.
struct EngineNames {
    std::string recogniser;
    std::string translator;
    std::string synthesizer;
};

/// Must not block; called from any thread, one call at a time per session.
using OnOutcome = std::function<void(DubOutcome)>;

/// Makes sessions; shared by all streams. Thread-safe; must outlive its sessions.
class Dubber {
  public:
    Dubber() = default;
    virtual ~Dubber() = default;
    Dubber(const Dubber&) = delete;
    Dubber& operator=(const Dubber&) = delete;

    /// One line for the start-up banner: the engines behind it.
    [[nodiscard]] virtual std::string describe() const = 0;

    [[nodiscard]] virtual EngineNames engines() const { return {}; }

    /// Errors: kInvalidArgument when a language or pair or voice is not available (the message
    /// names what is missing and which package has it); kUnavailable, kExhausted.
    [[nodiscard]] virtual Result<std::unique_ptr<DubSession>> open(DubOptions options,
                                                                   OnOutcome on_outcome) = 0;

    /// A session for a stream that is not to be dubbed: it is only shown fragments, keep() and
    /// keep_packets() being all that may be called. Null when nobody wants to see them.
    ///
    /// Errors: kInvalidArgument when the stream's id is none to keep anything under.
    [[nodiscard]] virtual Result<std::unique_ptr<DubSession>> open_keeper(
        const std::string& /*stream_id*/) {
        return nullptr;
    }
};

}  // namespace livedub
