// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// For tests of sessions: plays a client and the processor, and writes down what a session asks for,
// one short line each. No product code includes this.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "sts_session/session.hpp"

namespace livedub::sts_session {

class RecordingObserver final : public SessionObserver {
  public:
    void on_stream_begin(const std::string& /*stream_id*/) override { ++active; }
    void on_stream_end(const std::string& /*stream_id*/) override { --active; }
    void on_load(const std::string& /*stream_id*/, int outstanding_by, int waiting_by) override {
        outstanding += outstanding_by;
        waiting += waiting_by;
    }
    void on_delivered(const std::string& /*stream_id*/,
                      const FinishedFragment& /*finished*/) override {
        ++delivered;
    }
    void on_sequence_event(std::string_view kind) override { sequence.emplace_back(kind); }
    void on_backpressure(std::string_view severity) override { severities.emplace_back(severity); }

    int active = 0;
    int outstanding = 0;
    int waiting = 0;
    int delivered = 0;
    std::vector<std::string> sequence;
    std::vector<std::string> severities;
};

/// "ack f0 queued", "processed 0 success", "error QUEUE_FULL f20", "start 0", "complete 1/0/0", ...
class Script {
  public:
    struct Describe;

    explicit Script(SessionSettings with = {}) : settings{with}, capacity{with.max_streams} {
        restart();
    }

    void restart() {
        session.reset();
        session =
            std::make_unique<Session>(SessionContext{settings, environment, observer, capacity});
    }

    static contract::StreamInit stream_init(std::string stream_id = "s") {
        contract::StreamInit init;
        init.stream_id = std::move(stream_id);
        init.worker_id = "w";
        return init;
    }

    /// stream:init and its answer from the processor.
    std::vector<std::string> open(contract::StreamInit init = stream_init()) {
        auto lines = ask(std::move(init));
        auto more = answer();
        lines.insert(lines.end(), more.begin(), more.end());
        return lines;
    }
    std::vector<std::string> ask(contract::Checked<contract::StreamInit> init) {
        return told([&](Actions& out) { session->on_init(std::move(init), out); });
    }
    std::vector<std::string> answer(tl::expected<void, Refusal> opened = {}) {
        return told([&](Actions& out) { session->on_opened(last_open, std::move(opened), out); });
    }

    static contract::FragmentData fragment(std::int64_t number, std::string id = {}) {
        contract::FragmentData data;
        data.fragment_id = id.empty() ? fmt::format("f{}", number) : std::move(id);
        data.stream_id = "as-sent";
        data.sequence_number = number;
        data.audio.duration_ms = 6'000;
        data.audio.data = "audio";
        return data;
    }
    static ParsedFragment bad(std::string code, std::optional<std::string> id,
                              std::optional<std::int64_t> number) {
        return tl::unexpected{contract::FragmentViolation{
            .violation = {.code = std::move(code), .field = "audio", .message = "is wrong"},
            .fragment_id = std::move(id),
            .stream_id = "as-sent",
            .sequence_number = number}};
    }
    std::vector<std::string> send(std::int64_t number, std::string id = {}) {
        return send(fragment(number, std::move(id)));
    }
    std::vector<std::string> send(ParsedFragment data) {
        return told([&](Actions& out) { session->on_fragment(std::move(data), out); });
    }

    /// The processor's answer for a fragment that was started.
    std::vector<std::string> finish(
        std::int64_t number, contract::ResultStatus status = contract::ResultStatus::kSuccess,
        std::optional<contract::ProcessingError> error = {}) {
        for (auto job = started.begin(); job != started.end(); ++job) {
            if (job->data.sequence_number == number) {
                const auto done = std::move(*job);
                started.erase(job);
                FinishedFragment finished;
                finished.result.fragment_id = done.data.fragment_id;
                finished.result.stream_id = done.data.stream_id;
                finished.result.sequence_number = number;
                finished.result.status = status;
                finished.result.error = std::move(error);
                finished.result.processing_time_ms =
                    std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() -
                                                                          done.received)
                        .count();
                return told([&](Actions& out) {
                    session->on_finished(done.serial, std::move(finished), out);
                });
            }
        }
        return {fmt::format("{} was not started", number)};
    }

    std::vector<std::string> pause() {
        return told([&](Actions& out) { session->on_pause(contract::StreamControl{}, out); });
    }
    std::vector<std::string> resume() {
        return told([&](Actions& out) { session->on_resume(contract::StreamControl{}, out); });
    }
    std::vector<std::string> end() {
        return told([&](Actions& out) { session->on_end(contract::StreamControl{}, out); });
    }

    /// Lets time pass, waking the session whenever it wants to be.
    std::vector<std::string> pass(std::chrono::milliseconds time) {
        const auto until = clock.now() + time;
        std::vector<std::string> lines;
        while (true) {
            const auto wake = session->next_wake();
            if (!wake || *wake > until) {
                break;
            }
            if (*wake > clock.now()) {
                clock.advance(*wake - clock.now());
            }
            auto more = told([&](Actions& out) { session->on_time(out); });
            if (more.empty() && session->next_wake() == wake) {
                lines.emplace_back("woken for nothing");
                break;
            }
            lines.insert(lines.end(), more.begin(), more.end());
        }
        clock.advance(until - clock.now());
        return lines;
    }

    template <typename Event>
    std::vector<std::string> told(const Event& event) {
        last = {};
        event(last);
        std::vector<std::string> lines;
        for (auto& action : last) {
            lines.push_back(describe(action));
            if (auto* const start = std::get_if<StartFragment>(&action)) {
                started.push_back(*start);
            }
            if (const auto* const open = std::get_if<OpenStream>(&action)) {
                last_open = open->serial;
            }
        }
        return lines;
    }

    /// The last message of that type in the last list of actions; a default one if there is none.
    template <typename T>
    [[nodiscard]] T said() const {
        T found{};
        for (const auto& action : last) {
            if (const auto* const emitted = std::get_if<Emit>(&action)) {
                if (const auto* const message = std::get_if<T>(&emitted->message)) {
                    found = *message;
                }
            }
        }
        return found;
    }

    static std::string describe(const Action& action);

    SessionSettings settings;
    FakeClock clock;
    int uuids = 0;
    Environment environment{.clock = clock,
                            .unix_ms = [] { return std::int64_t{1'700'000'000'000}; },
                            .make_uuid = [this] { return fmt::format("uuid-{}", ++uuids); }};
    RecordingObserver observer;
    StreamCapacity capacity;
    std::unique_ptr<Session> session;
    Actions last;
    std::vector<StartFragment> started;  // and not finished
    std::uint64_t last_open = 0;
};

struct Script::Describe {
    std::string operator()(const contract::StreamReady& ready) const {
        return fmt::format("ready {}", ready.stream_id);
    }
    std::string operator()(const contract::FragmentAck& ack) const {
        return fmt::format("ack {} {}", ack.fragment_id, ack.status);
    }
    std::string operator()(const contract::StreamComplete& complete) const {
        return fmt::format("complete {}/{}/{}", complete.success_count, complete.partial_count,
                           complete.failed_count);
    }
    std::string operator()(const contract::Backpressure& event) const {
        return fmt::format("backpressure {} {} {}", event.severity, event.action,
                           event.recommended_delay_ms.value_or(0));
    }
    std::string operator()(const contract::ErrorEvent& event) const {
        return fmt::format("error {}{}", event.code,
                           event.fragment_id ? " " + *event.fragment_id : std::string{});
    }
    std::string operator()(const contract::ErrorSimulationAck& ack) const {
        return fmt::format("simulation {} {}", ack.is_accepted ? "accepted" : "rejected",
                           ack.rules_count);
    }
    std::string operator()(const contract::SimulateDisconnectAck& ack) const {
        return fmt::format("disconnect {}", ack.status);
    }
    std::string operator()(const FinishedFragment& finished) const {
        const auto& result = finished.result;
        if (result.status != contract::ResultStatus::kFailed) {
            return fmt::format(
                "processed {} {}", result.sequence_number,
                result.status == contract::ResultStatus::kSuccess ? "success" : "partial");
        }
        const auto error = result.error.value_or(contract::ProcessingError{});
        return fmt::format("processed {} failed {}{}", result.sequence_number, error.code,
                           error.stage ? "/" + *error.stage : std::string{});
    }
    std::string operator()(const Emit& emitted) const { return std::visit(*this, emitted.message); }
    std::string operator()(const OpenStream& open) const {
        return fmt::format("open {}", open.init.stream_id);
    }
    std::string operator()(const AdoptStream& /*adopt*/) const { return "adopt"; }
    std::string operator()(const StartFragment& start) const {
        return fmt::format("start {}", start.data.sequence_number);
    }
    std::string operator()(const CloseStream& /*close*/) const { return "close"; }
    std::string operator()(const Disconnect& /*disconnect*/) const { return "disconnect now"; }
};

inline std::string Script::describe(const Action& action) {
    return std::visit(Describe{}, action);
}

}  // namespace livedub::sts_session
