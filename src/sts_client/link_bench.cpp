// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_bench.hpp"

#include <memory>
#include <utility>

namespace livedub::sts_client {
namespace {

constexpr const char* kClip = "clip bytes";

PcmChunk sound(const FragmentShape& shape) {
    return *PcmChunk::make(shape.start, shape.format, std::vector<std::int16_t>(shape.frames, 7));
}

Decoded decode(const DecodeTask& task, bool is_decodable) {
    Decoded decoded;
    decoded.number = task.number;
    decoded.fragment_id = task.fragment_id;
    decoded.is_late = task.is_late;
    if (is_decodable) {
        decoded.dub = sound(task.shape);
        decoded.clip = std::make_shared<const std::string>(task.audio.data);
    } else {
        decoded.problem = "no audio in it";
    }
    return decoded;
}

}  // namespace

struct ActionNotes {
    LinkBench& bench;

    void operator()(action::Connect& /*action*/) const { ++bench.connects_; }
    void operator()(action::Watch& /*action*/) const { ++bench.watches_; }
    void operator()(action::Disconnect& /*action*/) const { ++bench.disconnects_; }
    void operator()(action::Prepare& action) const {
        bench.prepares_.push_back(action.fragment);
        if (!bench.hold_prepares_) {
            bench.link_->prepared(action.fragment.number, kClip);
        }
    }
    void operator()(action::Send& action) const { std::visit(*this, action.message); }
    void operator()(contract::StreamInit& init) const { bench.inits_.push_back(std::move(init)); }
    void operator()(contract::FragmentData& data) const { bench.sent_.push_back(std::move(data)); }
    void operator()(contract::FragmentAck& ack) const { bench.acks_.push_back(std::move(ack)); }
    void operator()(contract::StreamControl& end) const { bench.ends_.push_back(std::move(end)); }
    void operator()(action::Decode& action) const {
        bench.decodes_.push_back(action.task);
        if (!bench.hold_decodes_) {
            bench.link_->decoded(decode(action.task, true));
        }
    }
    void operator()(action::Settle& action) const {
        bench.settled_.push_back(std::move(action.outcome));
    }
    void operator()(action::KeepLate& action) const { bench.late_.push_back(std::move(action)); }
    void operator()(action::GiveUp& /*action*/) const { ++bench.give_ups_; }
    void operator()(action::Finish& /*action*/) const { ++bench.finishes_; }
    void operator()(action::Note& /*action*/) const {}
};

void LinkBench::drain() {
    for (auto actions = link_->take_actions(); !actions.empty(); actions = link_->take_actions()) {
        for (auto& action : actions) {
            std::visit(ActionNotes{*this}, action);
        }
    }
}

LinkCore& LinkBench::open() {
    link_.emplace(config_, options_,
                  LinkSources{.clock = clock_,
                              .random = [this] { return random_; },
                              .make_id = [this] { return "id-" + std::to_string(ids_++); },
                              .unix_ms = [] { return 1'700'000'000'000; }});
    link_->start();
    drain();
    return *link_;
}

LinkCore& LinkBench::open_ready() {
    open();
    connect();
    ready();
    return *link_;
}

void LinkBench::connect() {
    link_->connected();
    drain();
}

void LinkBench::lose(ErrorCode code, const std::string& why) {
    link_->ended(Error{code, why});
    drain();
}

void LinkBench::come_back() {
    link_->returned();
    drain();
}

void LinkBench::ready(int max_inflight, bool binary) {
    contract::StreamReady message;
    message.max_inflight = max_inflight;
    message.binary = binary;
    link_->on_ready(message);
    drain();
}

void LinkBench::pass(std::chrono::milliseconds by) {
    const auto until = clock_.now() + by;
    for (auto wake = link_->next_wake(); wake && *wake <= until; wake = link_->next_wake()) {
        ASSERT_GE(*wake, clock_.now()) << "it wants to be woken in the past";
        clock_.advance(*wake - clock_.now());
        link_->on_time();
        drain();
    }
    clock_.advance(until - clock_.now());
}

void LinkBench::ask(std::uint64_t number, std::chrono::milliseconds to_deadline) {
    const auto start = StreamTime{std::chrono::milliseconds{100} * number};
    link_->request({.number = number,
                    .audio = *PcmChunk::make(start, kFormat, std::vector<std::int16_t>(kFrames)),
                    .clip = nullptr},
                   clock_.now() + to_deadline);
    drain();
}

void LinkBench::ask_many(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
        ask(number);
    }
}

contract::FragmentProcessed LinkBench::result(std::size_t sent_index) const {
    const auto& sent = sent_.at(sent_index);
    contract::FragmentProcessed message;
    message.fragment_id = sent.fragment_id;
    message.stream_id = sent.stream_id;
    message.sequence_number = sent.sequence_number;
    message.dubbed_audio = contract::Audio{.data = "ZHVi"};
    message.transcript = "good evening";
    message.translated_text = "buenas noches";
    message.stage_timings = {.asr = 100, .translation = 20, .tts = 30};
    message.metadata = contract::ResultMetadata{};
    return message;
}

void LinkBench::give(contract::FragmentProcessed result) {
    link_->on_result(std::move(result));
    drain();
}

void LinkBench::fail(std::size_t sent_index, const std::string& code) {
    auto message = result(sent_index);
    message.status = contract::ResultStatus::kFailed;
    message.dubbed_audio.reset();
    message.metadata.reset();
    message.error = contract::ProcessingError{
        .stage = "tts", .code = code, .message = "it broke", .retryable = true};
    give(std::move(message));
}

void LinkBench::say_error(const std::string& code, std::optional<std::string> fragment_id,
                          const std::string& severity) {
    contract::ErrorEvent error;
    error.code = code;
    error.message = "said so";
    error.severity = severity;
    error.fragment_id = std::move(fragment_id);
    link_->on_error(error);
    drain();
}

void LinkBench::say_backpressure(const std::string& action, std::optional<int> delay_ms) {
    contract::Backpressure message;
    message.action = action;
    message.severity = "medium";
    message.recommended_delay_ms = delay_ms;
    link_->on_backpressure(message);
    drain();
}

void LinkBench::stop() {
    link_->stop();
    drain();
}

void LinkBench::finish_decoding(bool is_decodable) {
    for (const auto& task : std::exchange(decodes_, {})) {
        link_->decoded(decode(task, is_decodable));
    }
    drain();
}

std::vector<DubOutcome> LinkBench::outcomes_of(std::uint64_t number) const {
    std::vector<DubOutcome> found;
    for (const auto& outcome : settled_) {
        if (outcome.fragment == number) {
            found.push_back(outcome);
        }
    }
    return found;
}

std::optional<FallbackReason> LinkBench::reason_of(std::uint64_t number) const {
    const auto found = outcomes_of(number);
    EXPECT_EQ(found.size(), 1U) << "outcomes of fragment " << number;
    if (found.empty()) {
        return FallbackReason::kStopping;  // none of the reasons that arise here
    }
    EXPECT_NE(found.front().dub.has_value(), found.front().fallback.has_value());
    return found.front().fallback;
}

std::vector<std::string> LinkBench::acks_of(const std::string& fragment_id) const {
    std::vector<std::string> found;
    for (const auto& ack : acks_) {
        if (ack.fragment_id == fragment_id) {
            found.push_back(ack.status);
        }
    }
    return found;
}

std::vector<std::int64_t> LinkBench::sequence() const {
    std::vector<std::int64_t> numbers;
    for (const auto& sent : sent_) {
        numbers.push_back(sent.sequence_number);
    }
    return numbers;
}

}  // namespace livedub::sts_client
