// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/weights_process.hpp"

#include <utility>

#include "engines/whisper/channel.hpp"

namespace livedub::whisper {
namespace {

using std::chrono::seconds;

/// To make or to end a worker is a matter of milliseconds, on a machine that thrashes of more.
constexpr seconds kPatience{5};

}  // namespace

Result<std::unique_ptr<WeightsProcess>> WeightsProcess::start(
    const std::vector<std::string>& command) {
    auto ends = make_channel();
    if (!ends) {
        return tl::unexpected{std::move(ends).error()};
    }
    // Threads that have nothing to do sleep at once (spinning ones steal the time of those they
    // wait for), and abort() calls no debugger.
    auto child = child::ChildProcess::start(
        {.words = command,
         .variables = {"OMP_WAIT_POLICY=passive", "GOMP_SPINCOUNT=0", "GGML_NO_BACKTRACE=1"},
         .input = ends->second.get()});
    if (!child) {
        return tl::unexpected{std::move(child).error()};
    }
    return std::unique_ptr<WeightsProcess>{
        new WeightsProcess{std::move(ends->first), std::move(*child)}};
}

WeightsProcess::WeightsProcess(OwnedFd channel, std::unique_ptr<child::ChildProcess> child)
    : channel_{std::move(channel)}, child_{std::move(child)} {}

Result<Ready> WeightsProcess::await_ready(SteadyTime deadline, const std::stop_token& stop) {
    auto received = receive_message(channel_.get(), deadline, stop);
    if (!received) {
        const auto code = received.error().code();
        if (code == ErrorCode::kTimeout || code == ErrorCode::kCancelled) {
            return tl::unexpected{std::move(received).error()};
        }
        return tl::unexpected{ended()};
    }
    if (received->message.kind == MessageKind::kFailed) {
        return tl::unexpected{error_from(received->message.body)};
    }
    if (received->message.kind != MessageKind::kReady) {
        return tl::unexpected{ended()};
    }
    return ready_from(received->message.body);
}

Result<Message> WeightsProcess::ask(const Message& question, int passed) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    auto answer = send_message(channel_.get(), question, deadline, {}, passed).and_then([&] {
        return receive_message(channel_.get(), deadline, {});
    });
    if (!answer) {
        return tl::unexpected{ended()};  // also when it hangs: nothing can be had from it
    }
    return std::move(answer->message);
}

Result<Worker> WeightsProcess::make_worker() {
    auto ends = make_channel();
    if (!ends) {
        return tl::unexpected{std::move(ends).error()};
    }
    auto made = ask({.kind = MessageKind::kMakeWorker}, ends->second.get());
    if (!made) {
        return tl::unexpected{std::move(made).error()};
    }
    if (made->kind == MessageKind::kFailed) {
        return tl::unexpected{error_from(made->body)};
    }
    const auto pid = number_from(made->body);
    if (made->kind != MessageKind::kWorkerMade || !pid) {
        return tl::unexpected{ended()};
    }
    return Worker{.channel = std::move(ends->first), .pid = *pid};
}

std::string WeightsProcess::end_worker(Worker worker) {
    const auto ended_worker = ask({.kind = MessageKind::kEndWorker, .body = to_body(worker.pid)});
    if (!ended_worker) {
        return ended_worker.error().message();
    }
    const auto status = number_from(ended_worker->body);
    if (!status) {
        return "unknown";
    }
    return child::how_it_ended(*status, child_->last_line());
}

Error WeightsProcess::ended() {
    if (end_.empty()) {
        const bool was_running = child_->is_running();
        const int status = child_->end();
        const auto line = child_->last_line();
        end_ = was_running ? "it made no sense" + (line.empty() ? "" : ": " + line)
                           : child::how_it_ended(status, line);
    }
    return {ErrorCode::kUnavailable, "whisper's process ended: " + end_};
}

}  // namespace livedub::whisper
