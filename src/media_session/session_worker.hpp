// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The inside of a StreamSession: everything its thread owns, and the loop that turns it.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/bounded_queue.hpp"
#include "gst/rtmp_ingest.hpp"
#include "media/pace_clock.hpp"
#include "media/timeline.hpp"
#include "media_session/delay_line.hpp"
#include "media_session/fragment_ledger.hpp"
#include "media_session/input_backoff.hpp"
#include "media_session/output.hpp"
#include "media_session/passed_sound.hpp"
#include "media_session/sound_path.hpp"
#include "media_session/stream_session.hpp"

namespace livedub {

class StreamSession::Worker {
  public:
    Worker(StreamSetup setup, Dubber* dubber, StreamMetrics& metrics, const Clock& clock,
           OnDecided on_decided, OnEnded on_ended, OnInput on_input);

    void publisher_arrived() { post(PublisherArrived{}); }
    void publisher_left() { post(PublisherLeft{}); }

  private:
    struct FromIngest {
        std::uint64_t connection;
        gst::IngestItem item;
    };
    struct OutputLost {
        std::uint64_t connection;
        Error error;
    };
    struct SoundFailed {
        Error error;
    };
    struct PublisherArrived {};
    struct PublisherLeft {};
    using Mail = std::variant<FromIngest, OutputLost, SoundFailed, PublisherArrived, PublisherLeft,
                              PcmChunk, gst::AacFrame, DubOutcome>;

    enum class Input {
        kConnecting = 1,
        kRunning = 2,
        kGone = 3,   // ended; a publisher may come back within the grace period
        kFinal = 4,  // nothing more will come: play out and end
    };

    void post(Mail mail);
    void run(const std::stop_token& stop);
    [[nodiscard]] SteadyTime next_wakeup(SteadyTime now) const;
    void tick(SteadyTime now);

    // Input.
    void connect_input();
    /// No input any more: what it has sent and nobody has looked at yet is not heard either.
    void drop_input();
    void handle(FromIngest&& mail);
    void handle(gst::ArrivedUnit&& arrived);
    void handle(gst::IngestEnd&& end);
    void handle_audio(DelayedUnit&& arrived);
    void pass_sound(DelayedUnit&& arrived);
    void note_undecodable(const std::string& why);
    void handle(PublisherArrived&& arrived);
    void handle(PublisherLeft&& left);
    void input_ended();
    void supervise_input(SteadyTime now);
    void tell_input(bool is_running);
    void end_because(EndKind kind, std::string why);

    // Sound.
    void handle(PcmChunk&& chunk);
    void handle(gst::AacFrame&& frame);
    void handle(SoundFailed&& failed);
    void supervise_sound(SteadyTime now);
    void announce_sound();
    void mix(SteadyTime now);

    // Fragments.
    void open_dubbing();
    void open_keeper();
    void abandon_fragments();
    void cut_last_sound();
    /// Where a segment ends after its beginning has gone on air, nobody is asked to dub it: it is
    /// cut, to be kept, when all of it was mixed. Then nothing that belongs into it can still come.
    [[nodiscard]] bool is_cut_when_mixed() const { return delay_ <= setup_.options.segment; }
    void cut_fragments(StreamTime available);
    void cut_without_sound(SteadyTime now);
    void cut_tail();
    void ask_for_dub(StreamTime start, StreamTime end);
    [[nodiscard]] std::optional<FallbackReason> reason_not_to_ask(StreamDuration length) const;
    void keep_original(const OpenFragment& fragment);
    void handle(DubOutcome&& outcome);
    void decide(const OpenFragment& fragment, std::optional<FallbackReason> reason,
                DubOutcome outcome);
    void decide_overdue(SteadyTime now);

    // Output.
    void handle(OutputLost&& lost);
    void send_due(SteadyTime now);
    [[nodiscard]] bool is_played_out() const;
    [[nodiscard]] SteadyTime due(StreamTime moment) const { return pace_.instant(moment) + delay_; }

    // Given at construction; outlive this.
    Dubber* const dubber_;
    StreamMetrics& metrics_;
    const Clock& clock_;

    // Constant after construction.
    const StreamSetup setup_;
    const std::chrono::milliseconds delay_;
    const OnDecided on_decided_;
    const OnEnded on_ended_;
    const OnInput on_input_;

    // Everybody's way in. Full (a second or two of everything): the oldest goes and is counted.
    BoundedQueue<Mail> mailbox_;
    std::atomic<std::uint64_t> mail_lost_{0};

    // Only the session's thread touches these. They end in reverse: sources of mail before the
    // mailbox.
    Timeline timeline_;
    PaceClock pace_;
    DelayLine delay_line_;
    FragmentLedger ledger_;
    Input input_ = Input::kConnecting;
    std::uint64_t connection_ = 0;
    InputBackoff input_backoff_;
    std::string no_input_why_ = "no connection to it yet";
    SteadyTime started_;                            // first attempt to get input
    std::optional<SteadyTime> reconnect_input_at_;  // no input connection until then
    SteadyTime gone_since_;
    std::optional<SteadyTime> arrived_at_;  // the publisher we were told of last, while it is there
    bool has_publisher_ = true;             // as far as we were told
    bool is_another_waiting_ = false;       // was announced while the last one's input still ran
    std::optional<SteadyTime> cut_off_at_;  // a publisher that left gets no more time than this
    std::optional<SteadyTime> first_unit_at_;
    std::optional<SteadyTime> next_mix_at_;
    bool has_passed_sound_ = false;  // AAC that goes out as it came
    PassedSound passed_sound_;       // what of it no segment has been cut from yet
    std::uint64_t passed_dropped_seen_ = 0;
    bool is_undecodable_noted_ = false;
    bool is_sound_announced_ = false;
    bool is_encoder_drained_ = false;
    std::optional<FallbackReason> no_dub_reason_;  // why nothing is asked for at all
    bool is_stopping_ = false;
    std::optional<End> end_;
    std::uint64_t corrections_seen_ = 0;
    std::uint64_t dropped_seen_ = 0;
    SoundPath sound_;
    Output output_;
    std::unique_ptr<DubSession> dubbing_;  // or, with a reason not to dub, who keeps fragments
    bool is_keeper_asked_for_ = false;
    std::unique_ptr<gst::RtmpIngest> ingest_;

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub
